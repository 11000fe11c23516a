//! The client's side of a protocol: connect, hydrate, follow.

use std::sync::atomic::AtomicU64;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use futures_util::future::BoxFuture;

use super::{BlobStore, Progress, Tap, Update};
use crate::analysis::doctor::Draft;
use crate::scene::{Root, Scene};
use crate::wire::{ConnectOptions, Target, WireError};

/// Names of the steps, beside those of [`crate::wire::step`], that lead to a scene.
pub mod step {
    /// Both sides say who they are.
    pub const HELLO: &str = "hello";
    /// Finding out where the graph starts.
    pub const ROOTS: &str = "roots";
    /// Asking what there is behind the first root.
    pub const STATUS: &str = "status";
}

/// How to connect to a server.
#[derive(Clone)]
pub struct Connecting {
    /// The address.
    pub target: Target,
    /// Headers, TLS, timeouts.
    pub wire: ConnectOptions,
    /// The secret, as JSON text; `None`: the protocol's usual one.
    pub secret: Option<String>,
    /// Ids or names of the roots that are wanted; empty: all there are.
    pub roots: Vec<String>,
    /// Largest message taken, in bytes.
    pub largest_message: u32,
    /// Sees all traffic, where somebody wants to keep it.
    pub tap: Option<Arc<dyn Tap>>,
}

/// What a server says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServerInfo {
    /// The protocol.
    pub protocol: &'static str,
    /// Where it was reached; without user names, passwords and queries.
    pub url: String,
    /// Versions of the software behind it, as far as it tells.
    pub software: Vec<(String, String)>,
    /// Time until the websocket was open.
    pub connect_time: Duration,
    /// Time from there until the roots were known.
    pub discover_time: Duration,
}

/// What there is behind a root, before anything of it is fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announced {
    /// The root.
    pub root: Root,
    /// Objects that it reaches.
    pub objects: usize,
    /// Different blobs that they use.
    pub blobs: usize,
}

/// A connection to a server, and the scene that is hydrated over it.
pub trait Client: Send {
    /// What the server says of itself.
    fn info(&self) -> &ServerInfo;

    /// Where the graph starts.
    fn roots(&self) -> Vec<Root>;

    /// Where blobs go as they arrive; in memory unless told otherwise.
    fn set_store(&mut self, store: Arc<dyn BlobStore>);

    /// Whether blobs' contents are compared with their names; they are unless told otherwise.
    fn set_verify(&mut self, verify: bool);

    /// Calls back with the progress of every update from now on.
    fn on_progress(&mut self, callback: Arc<dyn Fn(Progress) + Send + Sync>);

    /// Asks what there is behind the first root, and fetches nothing of it.
    fn status(&mut self) -> BoxFuture<'_, Result<Announced, ClientError>>;

    /// Brings the scene up to date: everything the first time, then what is new.
    fn update(&mut self) -> BoxFuture<'_, Result<Update, ClientError>>;

    /// Waits until the server announces a change, and says how many announcements there were: those
    /// that came meanwhile need one update together.
    fn changed(&mut self) -> BoxFuture<'_, Result<u64, ClientError>>;

    /// The scene as the last update left it.
    fn scene(&self) -> Scene;

    /// What there is of it when an update broke off.
    fn partial_scene(&self) -> Scene;

    /// Connects again and goes on where a broken update was.
    fn reconnect(&mut self) -> BoxFuture<'_, Result<(), ConnectError>>;

    /// Bytes received so far over all connections, those of unfinished messages included.
    fn received(&self) -> Arc<AtomicU64>;

    /// Follows the server's updates for a while and says what only a live server shows, about the scene as
    /// it is then. Protocols that have nothing to say are silent.
    fn probe(&mut self, time: Duration) -> BoxFuture<'_, Result<Vec<Draft>, ClientError>> {
        let _ = time;
        Box::pin(async { Ok(Vec::new()) })
    }

    /// Asks for blobs by name, whether the scene still has them or not, and says how many bytes came for each.
    /// Nothing where the protocol has no such question.
    fn still_served<'a>(&'a mut self, blobs: &'a [Arc<str>]) -> BoxFuture<'a, Result<Option<Vec<u64>>, ClientError>> {
        let _ = blobs;
        Box::pin(async { Ok(None) })
    }

    /// Says goodbye.
    fn close(&mut self) -> BoxFuture<'_, ()>;
}

/// Why a connection could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The socket.
    #[error(transparent)]
    Wire(#[from] WireError),
    /// The secret is not the server's.
    #[error("the server refuses the secret")]
    WrongSecret,
    /// The hello is larger than what a server takes from somebody it does not know.
    #[error(
        "the hello, with the secret in it, has {bytes} bytes, and the server takes only {limit} before it knows us"
    )]
    HelloTooLarge {
        /// Size of the hello.
        bytes: usize,
        /// What servers usually take.
        limit: usize,
    },
    /// The server speaks something else.
    #[error("{0}")]
    OtherProtocol(String),
    /// The server speaks an older form of the protocol.
    #[error("the server is {software} {version}; scenectl speaks with {oldest} and later")]
    TooOld {
        /// What it is.
        software: &'static str,
        /// Which version.
        version: String,
        /// The oldest that will do.
        oldest: &'static str,
    },
    /// There is nothing to hydrate.
    #[error("the server has no view that scenectl can find")]
    NoRoots,
    /// The wanted root is not there.
    #[error("there is no root `{wanted}`{}", listed(.known))]
    NoSuchRoot {
        /// What was asked for.
        wanted: String,
        /// What there is.
        known: Vec<String>,
    },
    /// The protocol tells all its clients the same.
    #[error("a server of {protocol} has nothing to say to one client alone: there is nothing to attend")]
    NothingToAttend {
        /// The protocol.
        protocol: &'static str,
    },
    /// The server does not answer as it should.
    #[error(transparent)]
    Client(#[from] ClientError),
}

impl ConnectError {
    /// True where another protocol may do better.
    pub fn is_other_protocol(&self) -> bool {
        matches!(self, Self::OtherProtocol(_))
    }

    /// What to do about it, where there is something to say.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Wire(error) => error.hint(),
            Self::WrongSecret => {
                Some("--secret, --secret-file or SCENECTL_SECRET gives the one the server was started with")
            }
            Self::HelloTooLarge { .. } => {
                Some("a shorter secret fits; or start the server with WSLINK_AUTH_MSG_SIZE=BYTES in its environment")
            }
            Self::OtherProtocol(_) => Some(super::spoken()),
            Self::TooOld { .. } => Some("a newer version of it on the server's side is the only way"),
            Self::NoRoots => Some("--root ID names it; does the application show a view?"),
            Self::NoSuchRoot { .. } => Some("--root takes a root's id or its view's name; without it, all are pulled"),
            Self::NothingToAttend { .. } => Some("`scenectl watch` shows what changes there"),
            Self::Client(error) => error.hint(),
        }
    }
}

fn listed(known: &[String]) -> String {
    if known.is_empty() { String::new() } else { format!(" (there are: {})", known.join(", ")) }
}

/// Why hydrating or following did not work.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ClientError {
    /// The connection is gone; another one may do better.
    #[error("{0}")]
    Lost(String),
    /// The server does not do what it should.
    #[error("{0}")]
    Failed(String),
    /// A message is larger than we let it be.
    #[error("{0}")]
    TooLarge(String),
    /// What came cannot be kept.
    #[error("cannot keep what was pulled")]
    Store(#[source] Arc<std::io::Error>),
}

impl ClientError {
    /// True where another connection may do better.
    pub fn is_lost(&self) -> bool {
        matches!(self, Self::Lost(_))
    }

    /// What to do about it, where there is something to say.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Lost(_) => Some("is the server still running? A busy one may need more time: --timeout SECONDS"),
            Self::Failed(_) => {
                static HINT: LazyLock<String> =
                    LazyLock::new(|| format!("RUST_LOG=scenectl=debug shows more; {}", super::spoken()));
                Some(&HINT)
            }
            Self::TooLarge(_) => Some("--max-message SIZE lets larger ones through"),
            Self::Store(_) => Some("is there room on the disk, and may you write there?"),
        }
    }
}
