//! Standing between clients and a wslink server. What a protocol on top of wslink adds is in its [`Hooks`].
//!
//! A client's first message shows which version of wslink it speaks ([`WslinkBetween`]); `framed` is between for
//! wslink 2, `texts` for wslink 1, and `calls` is what both have in common. There is no translation between them.
//!
//! Messages are not changed unless a hook wants it; what is not understood passes as it is. Messages that would
//! stop the server (`application.exit`, `application.exit.later`) are answered here and never pass.

mod arriving;
mod between;
mod calls;
mod framed;
mod hearing;
mod readdress;
mod stray;
mod texts;

use std::sync::Arc;

use bytes::Bytes;

use super::message::{Request, RpcError};
use crate::protocol::relay::{Hearing, Patch, Settings};

pub use between::WslinkBetween;
pub use hearing::WslinkHearing;

/// What a method is like, for a relay.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sort {
    /// Equal calls have equal answers, while nothing changes.
    pub is_shared: bool,
    /// They have them for ever.
    pub is_lasting: bool,
    /// It only reads.
    pub is_read: bool,
}

/// What a protocol on top of wslink knows of its methods and topics.
pub trait Hooks: Send + Sync + 'static {
    /// What a method is like.
    fn sort(&self, method: &str) -> Sort;

    /// An answer that the relay gives itself: a result as msgpack, or an error.
    fn intercept(&self, request: &Request) -> Option<Result<Vec<u8>, RpcError>>;

    /// Whether the answers of a method are wanted whole, by [`Hooks::answered`].
    fn holds(&self, method: &str) -> bool;

    /// Sees the result of a call; gives another one in its place.
    fn answered(&self, request: &Request, result: &Bytes) -> Option<Vec<u8>>;

    /// Sees what is published; gives the key by which a later one makes it needless.
    fn published(&self, topic: &str, data: &Bytes) -> Option<Bytes>;

    /// What is published to tell a client that something is new: a topic and its data as msgpack.
    fn news(&self) -> Option<(String, Vec<u8>)>;

    /// Whether the results of a method, which are wanted whole, tell if a server that came back is still the same.
    fn tells_identity(&self, method: &str) -> bool;

    /// Whether the result of such a call, and that of the same call now, are the same server's.
    fn is_same(&self, before: &Bytes, now: &Bytes) -> bool;

    /// See [`crate::protocol::relay::Middle::patch`].
    ///
    /// # Errors
    /// When a selector or an assignment is not one.
    fn patch(&self, patches: &[Patch]) -> Result<(), String>;

    /// See [`crate::protocol::relay::Middle::take_news`].
    fn take_news(&self) -> bool;
}

/// The relay's knowledge of a protocol on top of wslink.
pub struct WslinkMiddle<H> {
    hooks: Arc<H>,
    settings: Settings,
}

impl<H: Hooks> WslinkMiddle<H> {
    /// With what the protocol adds.
    pub fn new(hooks: H, settings: Settings) -> Self {
        Self { hooks: Arc::new(hooks), settings }
    }
}

impl<H: Hooks> crate::protocol::relay::Middle for WslinkMiddle<H> {
    fn open(&self) -> Box<dyn crate::protocol::relay::Between> {
        let settings = &self.settings;
        let hooks: Arc<dyn Hooks> = Arc::clone(&self.hooks) as _;
        Box::new(WslinkBetween::new(hooks, settings.largest_shared, settings.largest_message))
    }

    fn hearing(&self, with_bodies: bool) -> Box<dyn Hearing> {
        Box::new(WslinkHearing::new(with_bodies))
    }

    fn patch(&self, patches: &[Patch]) -> Result<(), String> {
        self.hooks.patch(patches)
    }

    fn take_news(&self) -> bool {
        self.hooks.take_news()
    }
}
