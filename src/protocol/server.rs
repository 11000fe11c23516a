//! The server's side of a protocol, without sockets: what a fake server says to a client.

use std::fmt;
use std::net::SocketAddr;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use futures_util::{FutureExt, Sink};
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::{Error, Message};

use super::{PlayReport, WsMessage};
use crate::faults::LostBlobs;
use crate::wire::{self, Fault};

/// How to be a fake server.
#[derive(Clone, Debug, Default)]
pub struct ServerSettings {
    /// The secret that clients must know, as JSON text; `None`: the protocol's usual one.
    pub secret: Option<String>,
    /// Largest frame we send in bytes; `None`: the protocol's usual one.
    pub max_frame: Option<usize>,
    /// Blobs that are answered as if they were unknown.
    pub lost: LostBlobs,
    /// Clients of other versions are refused, as the real server does.
    pub exact_version: bool,
}

/// What a server agrees to when a websocket is opened.
#[derive(Clone, Copy, Debug)]
pub struct Handshake {
    /// The only path at which there is a websocket; `None`: there is one at every path.
    pub path: Option<&'static str>,
    /// Which of the subprotocols that a client offers (in its order) is agreed to; see [`no_subprotocol`].
    pub choose: for<'a> fn(&[&'a str]) -> Option<&'a str>,
    /// Largest websocket message that it takes of a client, in bytes.
    pub largest: usize,
}

impl Handshake {
    /// Where clients of a server that listens at an address go.
    pub fn url(&self, address: SocketAddr) -> String {
        format!("ws://{address}{}", self.path.unwrap_or("/"))
    }
}

/// Agrees to no subprotocol, whatever is offered.
pub fn no_subprotocol<'a>(_offered: &[&'a str]) -> Option<&'a str> {
    None
}

/// A client that has just come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Newcomer {
    /// Clients are counted from 1.
    pub number: u64,
    /// The subprotocol that was agreed to.
    pub subprotocol: Option<String>,
}

/// A fake server for one scene, shared by all its clients.
pub trait Server: Send + Sync {
    /// How its websockets are opened.
    fn handshake(&self) -> Handshake;

    /// What to tell a person who points a browser at it.
    fn page(&self) -> String;

    /// The server's half of a new connection.
    fn open(&self, client: &Newcomer) -> Box<dyn Peer>;

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
///
/// What it gives is sent before it is asked for more: a client that reads slowly slows its peer down, and no queue grows.
pub trait Peer: Send {
    /// Takes a websocket message; what is to be sent goes to `out`, in order.
    ///
    /// # Errors
    /// [`Dropped`] where the real server would drop the connection; what went to `out` before is still sent.
    fn receive(&mut self, message: WsMessage, out: &mut Vec<Outgoing>) -> Result<(), Dropped>;

    /// When it has something to say by itself: [`Peer::catch_up`] is called then, or as soon after as the client
    /// has taken what was sent before. A time that has passed means now. It is asked anew after every other call,
    /// the first time right after the handshake.
    fn due(&self) -> Option<Instant> {
        None
    }

    /// Says what is to be said without having been asked: what is due, or new since it was last called (see
    /// [`Server::news`]). Much to say is said in many calls, and what takes long to be found is found in many, too: one
    /// that says nothing while it is due gives others their turn.
    ///
    /// # Errors
    /// As [`Peer::receive`].
    fn catch_up(&mut self, out: &mut Vec<Outgoing>) -> Result<(), Dropped> {
        let _ = out;
        Ok(())
    }
}

/// Pieces of something that is sent, which come when it is their turn. An error ends the connection: the rest cannot be
/// had.
pub type Pieces = Box<dyn Iterator<Item = Result<Bytes, Dropped>> + Send>;

/// What goes out to a client.
pub enum Outgoing {
    /// One websocket message. A large binary one is sent without a copy of it.
    Ready(WsMessage),
    /// Many binary ones, built only when it is their turn: a large answer is never in memory as a whole.
    Many(Pieces),
    /// One binary message, in pieces: it is never in memory as a whole.
    Whole(Pieces),
}

impl Outgoing {
    /// Gives it to a websocket, which is not flushed. `sent` is told the bytes of each part.
    ///
    /// # Errors
    /// [`Dropped`] where the connection is gone, or the rest cannot be had.
    pub async fn feed<S>(self, websocket: &mut S, mut sent: impl FnMut(u64)) -> Result<(), Dropped>
    where
        S: Sink<Message, Error = Error> + Unpin,
    {
        match self {
            Self::Ready(WsMessage { is_text, data }) => {
                let bytes = data.len() as u64;
                wire::feed(websocket, is_text, data).await.map_err(Dropped::new)?;
                sent(bytes);
            }
            Self::Many(messages) => {
                for message in messages {
                    let message = message?;
                    let bytes = message.len() as u64;
                    wire::feed(websocket, false, message).await.map_err(Dropped::new)?;
                    sent(bytes);
                }
            }
            Self::Whole(pieces) => wire::feed_pieces(websocket, pieces, sent).await.map_err(|fault| match fault {
                Fault::Pieces(dropped) => dropped,
                Fault::Socket(error) => Dropped::new(error.to_string()),
            })?,
        }
        Ok(())
    }
}

/// Why a client is not served any longer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dropped {
    /// In words, for the log.
    pub reason: String,
    /// How the websocket is closed; `None`: the connection just ends.
    pub close: Option<Close>,
}

/// How a websocket is closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Close {
    /// One of the codes of RFC 6455 that may be sent, for instance 1000, 1001, 1002 or 1011.
    pub code: u16,
    /// What the client is told: at most 123 bytes of it.
    pub reason: String,
}

impl Dropped {
    /// The connection just ends.
    pub fn new(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), close: None }
    }

    /// The websocket is closed with a code, and a reason that may be empty.
    pub fn closing(code: u16, reason: impl Into<String>) -> Self {
        let reason = reason.into();
        Self { reason: format!("closed with {code} {reason}"), close: Some(Close { code, reason }) }
    }

    /// Code and reason for whoever closes in any case: with this code, unless another one is meant.
    pub fn close_or(self, code: u16) -> (u16, String) {
        self.close.map_or((code, self.reason), |close| (close.code, close.reason))
    }
}

impl fmt::Display for Dropped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.reason.trim_end())
    }
}

impl std::error::Error for Dropped {}
