//! What stands between clients and a server, without sockets.
//!
//! The engine in [`crate::relay`] knows no protocol. There are two ways to stand between ([`Stance`]):
//!
//! - Where clients ask, each has a connection of its own to the server: a [`Middle`], and one [`Between`] for each client,
//!   say which messages are calls and which are their answers, which calls ask the same, which published messages make
//!   earlier ones needless.
//! - Where servers push the same to everybody, one connection is shared: a [`Fanout`] keeps what came, and one [`Member`]
//!   for each client says how far that client is, and what is only its own.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use tokio::sync::watch;

use super::{ConnectError, Connecting, Direction, Dropped, Handshake, Newcomer, Outgoing, WsMessage};
use crate::faults::LostBlobs;
use crate::wire::Connection;

/// How a protocol wants to be stood between.
#[derive(Clone)]
pub enum Stance {
    /// Each client has its own connection to the server.
    PerClient(Arc<dyn Middle>),
    /// All clients share one.
    Shared(Arc<dyn Fanout>),
}

impl Stance {
    /// See [`Middle::hearing`].
    pub fn hearing(&self, with_bodies: bool) -> Box<dyn Hearing> {
        match self {
            Self::PerClient(middle) => middle.hearing(with_bodies),
            Self::Shared(fanout) => fanout.hearing(with_bodies),
        }
    }

    /// See [`Middle::patch`].
    ///
    /// # Errors
    /// Where a patch is none, or the protocol has no way to change what passes.
    pub fn patch(&self, patches: &[Patch]) -> Result<(), String> {
        match self {
            Self::PerClient(middle) => middle.patch(patches),
            Self::Shared(fanout) => fanout.patch(patches),
        }
    }

    /// See [`Middle::take_news`]. Shared connections have a way of their own to say so.
    pub fn take_news(&self) -> bool {
        match self {
            Self::PerClient(middle) => middle.take_news(),
            Self::Shared(_) => false,
        }
    }
}

/// What a relay is told about its protocol: made once, shared by all clients.
pub trait Middle: Send + Sync {
    /// The relay's half of a new connection.
    fn open(&self) -> Box<dyn Between>;

    /// Makes sense of a connection's traffic, for people.
    fn hearing(&self, with_bodies: bool) -> Box<dyn Hearing>;

    /// Changes what clients get of some objects: all patches there are from now on.
    ///
    /// # Errors
    /// When a selector or an assignment is not one; then nothing is changed.
    fn patch(&self, patches: &[Patch]) -> Result<(), String>;

    /// True when clients were given something that is not so any longer: each is told by [`Between::news`].
    fn take_news(&self) -> bool;
}

/// How to stand between.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Ids or names of the only roots that clients may see; empty: all.
    pub views: Vec<String>,
    /// Blobs that are answered as if the server did not know them.
    pub lost: LostBlobs,
    /// Patches from the start.
    pub patches: Vec<Patch>,
    /// Answers above this size are nobody else's.
    pub largest_shared: u64,
    /// Largest message of a server, in bytes.
    pub largest_message: u32,
    /// Clients that share a connection have none of their own: they only watch.
    pub only_watch: bool,
}

/// `SELECTOR PATH=JSON`: a property that clients get with another value.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Patch {
    /// Of which objects.
    pub selector: String,
    /// `PATH=JSON`.
    pub set: String,
}

/// A call on its way to the server.
#[derive(Clone, Debug)]
pub struct Ask {
    /// Its number on this connection.
    pub call: u64,
    /// The messages as the client sent them.
    pub messages: Vec<WsMessage>,
    /// Calls of one kind have answers of about the same size.
    pub kind: Arc<str>,
    /// Calls with the same question have the same answer, while nothing changes. `None`: it is nobody else's.
    pub question: Option<Bytes>,
    /// The answer never changes.
    pub is_lasting: bool,
    /// May be asked a second time.
    pub is_repeatable: bool,
    /// It may change what others are answered.
    pub has_effect: bool,
    /// A later one with the same key makes this one needless, as long as it is not sent.
    pub superseded_by: Option<Bytes>,
}

impl Ask {
    /// Bytes of its messages.
    pub fn len(&self) -> usize {
        self.messages.iter().map(|message| message.data.len()).sum()
    }

    /// True for a call without any.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// What becomes of a client's message.
pub enum FromClient {
    /// It goes on as it is.
    Pass(WsMessage),
    /// It is a call.
    Ask(Ask),
    /// The relay answers itself.
    Answer(Vec<ToClient>),
}

/// Something for a client.
pub struct ToClient {
    /// What is sent.
    pub outgoing: Outgoing,
    /// Bytes of it.
    pub bytes: u64,
    /// A later one with the same key makes this one needless, as long as it is not sent.
    pub superseded_by: Option<Bytes>,
}

impl ToClient {
    /// One message, which nothing supersedes.
    pub fn message(message: WsMessage) -> Self {
        Self { bytes: message.data.len() as u64, outgoing: Outgoing::Ready(message), superseded_by: None }
    }
}

/// What becomes of a server's message.
pub enum FromServer {
    /// A part of an answer, or all of it.
    Answer(Part),
    /// The server announces something.
    Publish(ToClient),
    /// It goes on as it is.
    Pass(WsMessage),
    /// The server knows us again after a lost connection (see [`Between::resume`]), or it does not.
    Resumed(bool),
}

/// A part of an answer.
pub struct Part {
    /// Which call it answers.
    pub call: u64,
    /// What goes to the client now; nothing while the answer is held back.
    pub out: Vec<ToClient>,
    /// Bytes of the answer that came with this message.
    pub bytes: u64,
    /// Bytes of the whole answer.
    pub total: u64,
    /// The answer is complete.
    pub is_last: bool,
    /// The complete answer, for others who asked the same.
    pub whole: Option<Arc<Whole>>,
}

/// A complete answer that others may have, too: as the server sent it to the first who asked.
#[derive(Clone, Debug)]
pub struct Whole {
    /// The messages.
    pub messages: Vec<Bytes>,
    /// Bytes of them.
    pub bytes: u64,
    /// It never changes.
    pub is_lasting: bool,
}

/// The relay's half of one client's connection.
pub trait Between: Send {
    /// Takes a message of the client.
    ///
    /// # Errors
    /// [`Dropped`] where the server would drop the connection, too.
    fn client_says(&mut self, message: WsMessage, out: &mut Vec<FromClient>) -> Result<(), Dropped>;

    /// Takes a message of the server.
    ///
    /// # Errors
    /// [`Dropped`] where no client could make sense of it.
    fn server_says(&mut self, message: WsMessage, out: &mut Vec<FromServer>) -> Result<(), Dropped>;

    /// Answers a call with what another connection, which asked the same, was answered.
    fn answer(&mut self, call: u64, whole: &Whole) -> Vec<ToClient>;

    /// Answers a call with the error that says that the connection to the server was lost.
    fn fail(&mut self, call: u64) -> Vec<ToClient>;

    /// Tells the client that something is new: see [`Middle::take_news`].
    fn news(&mut self) -> Vec<ToClient>;

    /// The connection to the server was lost: what to say on a new one before anything else. `None`: only the
    /// client itself can begin again. When the server has answered, it gives [`FromServer::Resumed`].
    fn resume(&mut self) -> Option<Vec<WsMessage>>;
}

/// What was said, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spoken {
    /// What it is.
    pub kind: SpokenKind,
    /// The method or topic.
    pub name: String,
    /// The id of the call, where it has one.
    pub id: Option<String>,
    /// Bytes of the request.
    pub request_bytes: Option<u64>,
    /// Bytes of the answer, or of what was published.
    pub answer_bytes: Option<u64>,
    /// From the request to the end of the answer.
    pub time: Option<Duration>,
    /// What was said, as JSON text, where that was wanted and it came in one piece.
    pub body: Option<String>,
}

/// What kind of thing was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SpokenKind {
    /// A client asked.
    Call,
    /// The server answered.
    Answer,
    /// The server answered with an error.
    Error,
    /// The server published.
    Publish,
    /// Nobody understands it.
    Unreadable,
}

/// Makes sense of a connection's traffic.
pub trait Hearing: Send {
    /// Listens to a message; gives what was said as a whole by it.
    fn hear(&mut self, time: Duration, direction: Direction, message: &WsMessage) -> Vec<Spoken>;
}

/// A connection to a server, ready to be listened to.
pub struct Opened {
    /// The websocket.
    pub connection: Connection,
    /// Where it leads; without user names, passwords and queries.
    pub url: String,
}

/// Keeps what a server pushes to everybody, for any number of clients: made once, shared by all of them.
pub trait Fanout: Send + Sync {
    /// How clients' websockets are opened.
    fn handshake(&self) -> Handshake;

    /// Makes sense of a connection's traffic, for people.
    fn hearing(&self, with_bodies: bool) -> Box<dyn Hearing>;

    /// Changes what clients get of some objects: all patches there are from now on.
    ///
    /// # Errors
    /// When a selector or an assignment is not one, or nothing can be changed.
    fn patch(&self, patches: &[Patch]) -> Result<(), String>;

    /// Opens the shared connection; all that [`Fanout::shared_says`] is told from now on came over it. It says nothing that
    /// the server's application would notice.
    fn connect<'a>(&'a self, how: &'a Connecting) -> BoxFuture<'a, Result<Opened, ConnectError>>;

    /// Opens one for a client: see [`Member::client_says`].
    fn connect_alone<'a>(&'a self, how: &'a Connecting) -> BoxFuture<'a, Result<Opened, ConnectError>>;

    /// Takes a message of the shared connection.
    ///
    /// # Errors
    /// [`Dropped`] where nobody could make sense of it.
    fn shared_says(&self, message: &WsMessage) -> Result<(), Dropped>;

    /// The shared connection was silent for [`SILENCE`].
    ///
    /// # Errors
    /// As [`Fanout::shared_says`].
    fn shared_is_silent(&self) -> Result<(), Dropped>;

    /// The shared connection is lost; it will be opened again.
    fn shared_is_lost(&self);

    /// What the server says cannot be taken, now or on another connection: clients are sent away with this, and all that
    /// came is forgotten.
    fn shared_is_hopeless(&self, dropped: &Dropped);

    /// True when all has come that was built before the shared connection was opened.
    fn is_whole(&self) -> bool;

    /// A client has come; whoever is not to be served is dropped by [`Member::next`].
    fn open(&self, client: &Newcomer) -> Arc<dyn Member>;

    /// Changes whenever there is something new for clients.
    fn news(&self) -> watch::Receiver<u64>;
}

/// See [`Fanout::shared_is_silent`].
pub const SILENCE: Duration = Duration::from_millis(500);

/// One client of a shared connection. It ends when it is dropped.
pub trait Member: Send + Sync {
    /// Takes a message of the client; gives what goes on over a connection of its own. That is opened for the first.
    ///
    /// # Errors
    /// [`Dropped`] where the server would drop the client, too.
    fn client_says(&self, message: WsMessage) -> Result<Option<WsMessage>, Dropped>;

    /// What its own connection is told first when it had to be opened again.
    fn introduction(&self) -> Option<WsMessage>;

    /// Takes a message of the client's own connection. Ends when it is decided what of it is for the client, and there is
    /// room for that: until then no other one is read.
    ///
    /// # Errors
    /// [`Dropped`] where nobody could make sense of it.
    fn alone_says<'a>(&'a self, message: WsMessage) -> BoxFuture<'a, Result<(), Dropped>>;

    /// The client's own connection is lost; it will be opened again. What came over it is not so any longer.
    fn alone_is_lost(&self);

    /// What is next to be sent; nothing while there is nothing new. It was taken in when this is asked again.
    ///
    /// # Errors
    /// [`Dropped`] for a client that is not served (any longer).
    fn next(&self) -> Result<Option<Outgoing>, Dropped>;
}
