//! Listening to traffic: who asked what, what came back, what was pushed, whatever the protocol.

use std::fmt;
use std::time::Duration;

use super::{Body, Direction, WsMessage};

/// How much of large messages is kept until they are whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// All.
    Whole,
    /// The first frame: enough to tell what they are.
    Heads,
}

/// What a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Somebody asks.
    Call,
    /// The answer to a call.
    Answer,
    /// The answer to a call that failed.
    Error,
    /// Something that nobody asked for.
    Push,
    /// Something that is not of the protocol; what follows on its connection is not understood either.
    Unreadable,
}

impl Kind {
    /// As it is written in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Call => "call",
            Self::Answer => "answer",
            Self::Error => "error",
            Self::Push => "push",
            Self::Unreadable => "unreadable",
        }
    }
}

/// A message that was heard as a whole, in one or many websocket messages.
pub struct Heard {
    /// The connection it went over.
    pub connection: u32,
    /// Which way.
    pub direction: Direction,
    /// What it is.
    pub kind: Kind,
    /// The method, or the topic; empty for the answer to a call that was not heard, why for what is unreadable.
    pub name: String,
    /// What ties an answer to its call, where there is something.
    pub id: Option<String>,
    /// Bytes of the message.
    pub bytes: u64,
    /// For an answer: time since its call.
    pub took: Option<Duration>,
    /// What it says: the arguments of a call as `{"args":[…],"kwargs":{…}}`, a result, an error as
    /// `{"code":…,"message":…,"data":…}`, pushed data. Nothing where it was not kept or is a secret.
    pub body: Option<Box<dyn Body>>,
}

impl fmt::Debug for Heard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {} {} B", self.direction.name(), self.kind.name(), self.name, self.bytes)
    }
}

/// Makes sense of the traffic of any number of connections. It is called by tasks that read sockets: it
/// decodes heads only, and bodies when somebody asks for them.
pub trait Ear: Send {
    /// Listens to a websocket message that went over a connection; `each` gets what was said as a whole by it, in order.
    fn hear(
        &mut self,
        time: Duration,
        connection: u32,
        direction: Direction,
        message: &WsMessage,
        each: &mut dyn FnMut(Heard),
    );

    /// A connection ended: what it held is forgotten.
    fn closed(&mut self, connection: u32);

    /// Calls that nobody has answered yet.
    fn unanswered(&self) -> usize;
}
