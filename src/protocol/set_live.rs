//! Setting on a live server what its protocol lets clients set.

use futures_util::future::BoxFuture;

use super::{Client, ClientError, ConnectError, Connecting};
use crate::scene::ObjectId;

/// One property that is to be set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    /// The object.
    pub id: ObjectId,
    /// The property.
    pub path: String,
    /// What it is now, as JSON; nothing where there is no value, for instance of a button.
    pub old: Option<String>,
    /// What it is to be, as JSON.
    pub new: String,
}

/// What became of a wish.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It was so already; nothing was sent.
    Unchanged,
    /// The server tells others that it is so now.
    Confirmed,
    /// The server tells others that it is something else now, as JSON: its program changed it again.
    Changed(String),
    /// It was sent; of such things the server says nothing.
    Sent,
    /// It was sent, and the server should tell others of it, but does not.
    Unconfirmed,
}

impl Fate {
    /// The word for it.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Unchanged => "unchanged",
            Self::Confirmed => "confirmed",
            Self::Changed(_) => "changed",
            Self::Sent => "sent",
            Self::Unconfirmed => "not confirmed",
        }
    }
}

/// What became of all wishes, in their order.
pub type Settled = Vec<Fate>;

/// Why something is not set. Nothing was sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text}")]
pub struct Unsettable {
    /// Why.
    pub text: String,
    /// What to do instead.
    pub hint: &'static str,
}

/// Checked wishes.
pub trait Plan: Send {
    /// What is to be set, one for each object and property.
    fn wishes(&self) -> &[Wish];

    /// Sets it. `observer` has the scene that it was planned for, and sees what others see of it. `progress` is called
    /// with the bytes of files that have arrived, and those that there are.
    fn send<'a>(
        &'a mut self,
        how: &'a Connecting,
        observer: &'a mut dyn Client,
        progress: &'a (dyn Fn(u64, u64) + Sync),
    ) -> BoxFuture<'a, Result<Settled, SendError>>;
}

/// Why something could not be set.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// There is no second connection.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// It was lost.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// A file.
    #[error("cannot read {path}")]
    File {
        /// Which.
        path: String,
        /// Why.
        source: std::io::Error,
    },
}
