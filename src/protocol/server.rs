//! The server's side of a protocol, without sockets: what a fake server says to a client.

use std::fmt;

use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::sync::watch;

use super::{PlayReport, WsMessage};
use crate::faults::LostBlobs;

/// How to be a fake server.
#[derive(Clone, Debug, Default)]
pub struct ServerSettings {
    /// The secret that clients must know, as JSON text; `None`: the protocol's usual one.
    pub secret: Option<String>,
    /// Largest frame we send in bytes; `None`: the protocol's usual one.
    pub max_frame: Option<usize>,
    /// Blobs that are answered as if they were unknown.
    pub lost: LostBlobs,
}

/// A fake server for one scene, shared by all its clients.
pub trait Server: Send + Sync {
    /// The path of its websocket.
    fn path(&self) -> &'static str;

    /// What to tell a person who points a browser at it.
    fn page(&self) -> String;

    /// Largest websocket frame it takes, in bytes.
    fn largest_frame(&self) -> usize;

    /// The server's half of a new connection.
    fn open(&self, client_number: u64) -> Box<dyn Peer>;

    /// Changes whenever there is something that clients should be told without having asked; `None` where
    /// there never is. It only says that: who was slow is told all at once by [`Peer::catch_up`].
    fn news(&self) -> Option<watch::Receiver<u64>> {
        None
    }

    /// What happens as time goes by, without anybody asking; it runs as long as clients are served.
    fn run(&self) -> BoxFuture<'_, ()> {
        std::future::pending().boxed()
    }

    /// What of a recording was played; `None` for a server that plays none.
    fn report(&self) -> Option<PlayReport> {
        None
    }
}

/// The server's half of one connection: messages in, messages out.
pub trait Peer: Send {
    /// Takes a websocket message; what is to be sent goes to `out`, in order.
    ///
    /// # Errors
    /// [`Dropped`] where the real server would drop the connection.
    fn receive(&mut self, message: WsMessage, out: &mut Vec<Outgoing>) -> Result<(), Dropped>;

    /// Tells the client what is new since it was last told: see [`Server::news`].
    fn catch_up(&mut self, out: &mut Vec<Outgoing>) {
        let _ = out;
    }
}

/// What goes out to a client.
pub enum Outgoing {
    /// One websocket message.
    Ready(WsMessage),
    /// Many binary ones, built only when it is their turn: a large answer is never in memory as a whole. An error ends
    /// the connection: the rest of the answer cannot be had.
    Many(Box<dyn Iterator<Item = Result<Bytes, Dropped>> + Send>),
}

/// Why a client is not served any longer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dropped(pub String);

impl fmt::Display for Dropped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Dropped {}
