//! What a hydration tells of itself while it runs, and in the end.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;

use crate::scene::ObjectId;

/// How many of how many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Count {
    /// Done.
    pub current: u64,
    /// To do in all.
    pub total: u64,
}

/// How far an update is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Progress {
    /// False in the last call of an update.
    pub active: bool,
    /// States.
    pub state: Count,
    /// Blobs.
    pub blob: Count,
    /// Bytes of blobs; the total is known from the arrays' sizes before the blobs arrive.
    pub bytes: Count,
    /// Nobody knows how much is to come: the totals are what came so far, and `state` counts messages.
    #[serde(skip)]
    pub is_open: bool,
    /// Why nothing comes, where that is no failure: for people who wonder.
    #[serde(skip)]
    pub patience: Option<&'static str>,
}

/// Something that is not as it should be, while everything else is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Loss {
    /// An object was announced, and there is no (readable) state for it.
    NoState {
        /// The object.
        id: ObjectId,
        /// Why it could not be read, if there was something to read.
        reason: Option<String>,
    },
    /// A blob was announced and did not come.
    BlobMissing {
        /// Its name.
        hash: Arc<str>,
        /// What the server says.
        reason: Option<String>,
    },
    /// A blob has not as many bytes as the array that uses it says.
    BlobSize {
        /// Its name.
        hash: Arc<str>,
        /// Bytes the array needs.
        expected: u64,
        /// Bytes there are.
        len: u64,
    },
    /// A blob's content does not belong to its name.
    BlobContent {
        /// Its name.
        hash: Arc<str>,
    },
    /// The server told of more than is kept of a scene. Said once.
    TooMuch,
}

impl Loss {
    /// True where something is missing or cannot be used, and not just doubtful.
    pub fn is_damage(&self) -> bool {
        !matches!(self, Self::BlobContent { .. })
    }
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoState { id, reason: None } => write!(f, "object {id} is announced and has no state"),
            Self::NoState { id, reason: Some(reason) } => {
                write!(f, "the state of object {id} cannot be read: {reason}")
            }
            Self::BlobMissing { hash, reason: None } => write!(f, "blob {hash} is announced and not there"),
            Self::BlobMissing { hash, reason: Some(reason) } => write!(f, "blob {hash} did not come: {reason}"),
            Self::BlobSize { hash, expected, len } => {
                write!(f, "blob {hash} has {len} bytes; its array needs {expected}")
            }
            Self::BlobContent { hash } => write!(f, "the content of blob {hash} does not belong to its name"),
            Self::TooMuch => write!(f, "the server sent more objects or messages than are kept: some are missing"),
        }
    }
}

/// What an update did.
#[derive(Clone, Debug, Default)]
pub struct Update {
    /// States fetched.
    pub fetched_states: u64,
    /// Blobs fetched.
    pub fetched_blobs: u64,
    /// Bytes of the blobs fetched.
    pub fetched_bytes: u64,
    /// Blobs that were here already.
    pub reused_blobs: u64,
    /// Requests sent.
    pub requests: u64,
    /// Objects that are new or whose state's text changed.
    pub changed: Vec<ObjectId>,
    /// Objects that no window reaches any more.
    pub removed: Vec<ObjectId>,
    /// What is not as it should be.
    pub losses: Vec<Loss>,
    /// Time in which there was nothing to do but wait for the server.
    pub waiting: Duration,
    /// Time until the status was there.
    pub status_time: Duration,
    /// Time until the states were there.
    pub states_time: Duration,
    /// Time until the blobs were there.
    pub blobs_time: Duration,
}
