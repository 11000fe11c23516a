//! Calling any method of a server, and hearing what it pushes: for that no scene is needed.

use std::fmt;

use bytes::Bytes;
use futures_util::future::BoxFuture;

use super::{Body, ClientError, ServerInfo};

/// One argument of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Argument {
    /// A value, as JSON text.
    Json(String),
    /// Binary data.
    Binary(Bytes),
}

/// What is to be called.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Request {
    /// The method.
    pub method: String,
    /// Its arguments, by their places.
    pub args: Vec<Argument>,
    /// Its arguments by name.
    pub kwargs: Vec<(String, Argument)>,
}

/// Something that a server pushed.
pub struct Pushed {
    /// The topic.
    pub topic: String,
    /// The data.
    pub body: Box<dyn Body>,
    /// Bytes of the data.
    pub bytes: u64,
}

/// Why a call has no result.
#[derive(thiserror::Error)]
pub enum CallFailure {
    /// The server answered with an error.
    #[error("{method}: {text}")]
    Refused {
        /// What was called.
        method: String,
        /// What the server says, in one line.
        text: String,
        /// All that it says: `{"code":…,"message":…,"data":…}`.
        error: Box<dyn Body>,
        /// The server does not know the method.
        unknown: bool,
    },
    /// The method would stop the server: it is never called.
    #[error("{method} would stop the server, for everybody")]
    Forbidden {
        /// What was to be called.
        method: String,
    },
    /// The protocol has no calls.
    #[error("a {protocol} server has no methods to call")]
    NoCalls {
        /// The protocol.
        protocol: &'static str,
        /// What there is instead.
        hint: &'static str,
    },
    /// The connection, or what came over it.
    #[error(transparent)]
    Client(#[from] ClientError),
}

impl fmt::Debug for CallFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A connection to a server, without a scene.
pub trait Caller: Send + Sync {
    /// What the server says of itself.
    fn info(&self) -> &ServerInfo;

    /// Calls a method.
    fn call<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Result<Box<dyn Body>, CallFailure>>;

    /// Hears what is pushed from now on.
    fn subscribe(&self) -> Box<dyn Subscription>;

    /// Says goodbye.
    fn close(&self) -> BoxFuture<'_, ()>;
}

/// What a server pushes, one after another.
pub trait Subscription: Send {
    /// Waits for the next. Nothing but a count where so many were missed, because nobody waited for them.
    fn next(&mut self) -> BoxFuture<'_, Result<Result<Pushed, u64>, ClientError>>;
}
