//! One connection to a server for all clients, where the protocol says that it pushes the same to everybody.
//!
//! It is always read, and opened again when it is lost (`upstream`). What came is kept by the protocol's
//! [`Fanout`]; a client takes from there as fast as it reads (`client`), so no queue grows for one that does not. What a
//! client says goes on over a connection of its own, which is opened for that (`alone`).

mod alone;
mod client;
mod handshake;
mod upstream;

use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::watch;
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::error::CapacityError;

use crate::protocol::relay::{Fanout, Member};
use crate::protocol::{Connecting, Dropped};

pub(super) use handshake::websocket;
pub(super) use upstream::hold;

/// What all clients share.
pub(super) struct Shared {
    pub(super) fanout: Arc<dyn Fanout>,
    how: Connecting,
    state: watch::Sender<State>,
}

/// How it is with the server.
#[derive(Clone, Debug, PartialEq, Eq)]
enum State {
    /// It was never reached.
    Unknown,
    /// It is there, or was a moment ago.
    Up,
    /// It was lost, and stayed away for so long that clients are sent away, too; or what it says cannot be taken.
    Gone(Ending),
    /// The relay stops.
    Stopped,
}

/// How a connection ends.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Ending {
    /// The websocket's code.
    code: u16,
    /// Why.
    reason: String,
}

/// A server's message that is not let through. Another connection would bring it again.
fn too_large(error: &CapacityError) -> Dropped {
    Dropped::closing(
        1011,
        format!("the server's message is too large ({error}): the relay's --max-message lets it through"),
    )
}

impl Shared {
    pub(super) fn new(fanout: Arc<dyn Fanout>, how: Connecting) -> Self {
        Self { fanout, how, state: watch::Sender::new(State::Unknown) }
    }

    /// The server's connections are closed as it should be done.
    pub(super) fn stop(&self) {
        self.state.send_replace(State::Stopped);
    }
}

/// One client's connection, as its tasks share it.
pub(super) struct Session {
    member: Arc<dyn Member>,
    ending: watch::Sender<Option<Ending>>,
    /// When the client last said something, or took something.
    seen: Mutex<Instant>,
}

/// Who is told when the relay stops.
pub(super) type Sessions = std::collections::HashMap<u64, Weak<Session>>;

impl Session {
    fn new(member: Arc<dyn Member>) -> Arc<Self> {
        Arc::new(Self { member, ending: watch::Sender::new(None), seen: Mutex::new(Instant::now()) })
    }

    /// The client said something, or took something.
    fn touch(&self) {
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    /// When it last did.
    fn seen(&self) -> Instant {
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends it. The first reason counts.
    pub(super) fn end(&self, code: u16, reason: impl Into<String>) {
        let ending = Ending { code, reason: reason.into() };
        self.ending.send_if_modified(|now| {
            let is_first = now.is_none();
            if is_first {
                *now = Some(ending);
            }
            is_first
        });
    }

    /// Waits for the end.
    async fn ended(&self) -> Ending {
        let mut ending = self.ending.subscribe();
        let found = ending.wait_for(Option::is_some).await.ok().and_then(|ending| ending.clone());
        found.unwrap_or(Ending { code: 1001, reason: String::new() })
    }
}
