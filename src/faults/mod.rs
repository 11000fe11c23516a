//! Faults on purpose, the same every time: what a bad link or a bad server does to a client.
//!
//! They are put between a client's websocket and whoever serves it ([`through`]), so `replay` and `relay` have the
//! same ones. Which blobs get lost is the protocol's to do; [`LostBlobs`] says which.

mod chance;
mod link;

use std::time::Duration;

pub use chance::{Chance, LostBlobs};
pub use link::through;

/// What is wrong with the way to a client.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Faults {
    /// Every message comes so much later.
    pub latency: Duration,
    /// Up to so much later still, at random.
    pub jitter: Duration,
    /// Bytes a second.
    pub bandwidth: Option<u64>,
    /// Messages overtake each other.
    pub reorder: bool,
    /// The connection breaks then.
    pub disconnect_after: Option<Amount>,
    /// Where the random numbers start.
    pub seed: u64,
}

impl Faults {
    /// True where nothing is wrong.
    pub fn is_none(&self) -> bool {
        *self == Self { seed: self.seed, ..Self::default() }
    }
}

/// How much of something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Amount {
    /// Messages.
    Messages(u64),
    /// Bytes.
    Bytes(u64),
}

impl Amount {
    /// True when so much was reached.
    fn is_reached(self, messages: u64, bytes: u64) -> bool {
        match self {
            Self::Messages(most) => messages >= most,
            Self::Bytes(most) => bytes >= most,
        }
    }
}
