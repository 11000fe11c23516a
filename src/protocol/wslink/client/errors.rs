//! Why there is no answer.

use std::time::Duration;

use super::super::frame::FrameError;
use super::super::message::{RpcError, code};
use super::super::v1::V1Error;
use crate::protocol::ClientError;
use crate::protocol::msgpack::MsgpackError;

/// Why a call got no result.
#[derive(Debug, Clone, thiserror::Error)]
pub enum CallError {
    /// The server answered with an error.
    #[error("{method} failed: {error}")]
    Refused {
        /// The method called.
        method: String,
        /// What the server says.
        error: RpcError,
    },
    /// The answer is not what it should be.
    #[error("{method} answered with something else than expected: {reason}")]
    Unexpected {
        /// The method called.
        method: String,
        /// What is wrong.
        reason: String,
    },
    /// The arguments cannot be said in the server's version of wslink.
    #[error("{method} cannot be called like this: {reason}")]
    Unspeakable {
        /// The method.
        method: String,
        /// What is wrong.
        reason: String,
    },
    /// The connection is gone.
    #[error(transparent)]
    Closed(#[from] Closed),
}

impl CallError {
    /// True where another connection may do better.
    pub fn is_lost_connection(&self) -> bool {
        matches!(self, Self::Closed(closed) if closed.may_come_back())
    }

    /// True where the server does not know the method.
    pub fn is_unknown_method(&self) -> bool {
        matches!(self, Self::Refused { error, .. } if error.code == code::METHOD_NOT_FOUND)
    }

    /// An [`CallError::Unexpected`].
    pub fn unexpected(method: &str, reason: impl ToString) -> Self {
        Self::Unexpected { method: method.to_owned(), reason: reason.to_string() }
    }
}

/// Why a connection ended.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Closed {
    /// The server closed it, or it broke.
    #[error("the connection was lost: {0}")]
    Lost(String),
    /// The server owes an answer and is silent.
    #[error("the server does not answer: nothing came for {} s", .0.as_secs_f64())]
    Silent(Duration),
    /// A message is larger than we let it be.
    #[error("{0}")]
    TooLarge(String),
    /// The server closed it because of how we speak (close code 1002).
    #[error("the server does not understand wslink: {0}")]
    NotUnderstood(String),
    /// A frame is not one of wslink's.
    #[error("the server sent something that is not wslink: {0}")]
    BadFrame(#[from] FrameError),
    /// A message is not one of wslink's.
    #[error("the server sent something that is not wslink: {0}")]
    BadMessage(#[from] MsgpackError),
    /// A text message is not one of wslink's.
    #[error("the server sent something that is not wslink: {0}")]
    BadText(V1Error),
    /// We closed it.
    #[error("the connection was closed")]
    ByUs,
}

impl Closed {
    pub(super) fn may_come_back(&self) -> bool {
        matches!(self, Self::Lost(_) | Self::Silent(_))
    }

    /// What to do about it, where there is something to say.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Lost(_) => Some("is the server still running? `pull -o FILE --keep-partial` keeps what has come"),
            Self::Silent(_) => Some("a busy server may need more time: --timeout SECONDS"),
            Self::NotUnderstood(_) | Self::BadFrame(_) | Self::BadMessage(_) | Self::BadText(_) => {
                Some("is this a trame / wslink server?")
            }
            Self::TooLarge(_) => Some("--max-message SIZE lets larger ones through"),
            Self::ByUs => None,
        }
    }
}

/// Why a hello failed.
#[derive(Debug, thiserror::Error)]
pub enum HelloError {
    /// The secret is not the server's.
    #[error("the server refuses the secret")]
    WrongSecret,
    /// It went away instead of an answer: it may speak another version of wslink.
    #[error("it dropped the connection at the hello ({0})")]
    Dropped(String),
    /// It went away, and the hello is larger than what a server of 2.x takes from somebody it does not know.
    #[error("it dropped the connection at a hello of {bytes} bytes")]
    TooLarge {
        /// Size of the hello.
        bytes: usize,
    },
    /// It is not a wslink server.
    #[error("this is not a wslink server: {0}")]
    NotWslink(String),
    /// The connection ended.
    #[error(transparent)]
    Call(#[from] CallError),
}

impl From<V1Error> for Closed {
    fn from(error: V1Error) -> Self {
        match error {
            V1Error::TooLarge { .. } | V1Error::TooMuch { .. } => Self::TooLarge(error.to_string()),
            error => Self::BadText(error),
        }
    }
}

impl From<CallError> for ClientError {
    fn from(error: CallError) -> Self {
        match error {
            CallError::Closed(Closed::TooLarge(reason)) => Self::TooLarge(reason),
            error if error.is_lost_connection() => Self::Lost(error.to_string()),
            error => Self::Failed(error.to_string()),
        }
    }
}
