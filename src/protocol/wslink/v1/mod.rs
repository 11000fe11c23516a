//! wslink 1.x: messages as JSON text, binary data as attachments before them. No I/O.
//!
//! ```text
//! text    {"wslink":"1.0","method":"wslink.binary.attachment","args":["wslink_bin0"]}
//! binary  the data
//! text    {"wslink":"1.0","id":"rpc:c:1","result":"wslink_bin0"}
//! ```
//! Binary messages belong to the names that were announced, in their order. A string that is such a name, anywhere in
//! `result`, `args` or `kwargs`, stands for its data; each is used once. Messages have the same keys as those of
//! wslink 2, and become them here: what is above the codec knows no difference.
//!
//! Source: wslink 1.12.4, `wslink/protocol.py`, `wslink/publish.py` and `WebsocketConnection/session.js`.

mod attachments;
mod decoder;
mod encoder;

pub(super) use attachments::Attachments;
pub use decoder::{Decoder, Whole};
pub use encoder::{Encoder, announcement};

use crate::protocol::msgpack::MsgpackError;

/// The method of a message that announces attachments.
const ANNOUNCE: &str = "wslink.binary.attachment";

/// How the names of attachments begin; a number follows.
const PREFIX: &str = "wslink_bin";

/// The keys of a message whose values may hold binary data.
const WITH_DATA: [&str; 3] = ["result", "args", "kwargs"];

/// Why something is not wslink 1.x.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum V1Error {
    /// A text message that is not UTF-8.
    #[error("a text message is not UTF-8")]
    NotUtf8,
    /// A text message that is not JSON.
    #[error("a text message is not JSON: {0}")]
    NotJson(String),
    /// JSON, but no message.
    #[error("a text message is JSON, but not a wslink message")]
    NotAMessage,
    /// A message or attachment that is larger than we let it be.
    #[error("a message of {len} bytes; the limit is {limit}")]
    TooLarge {
        /// Bytes of it.
        len: u64,
        /// Bytes allowed.
        limit: u64,
    },
    /// More attachments wait for their messages than anybody needs.
    #[error("more than {limit} attachments wait for their messages")]
    TooMany {
        /// How many are allowed.
        limit: usize,
    },
    /// Attachments that wait for their messages hold more than allowed.
    #[error("attachments that wait for their messages hold more than {limit} bytes")]
    TooMuch {
        /// Bytes allowed.
        limit: u64,
    },
    /// What is to be sent is not a message.
    #[error(transparent)]
    Msgpack(#[from] MsgpackError),
}

impl V1Error {
    /// True for a text that is no message. What comes behind it is not touched by that.
    pub fn is_nonsense(&self) -> bool {
        matches!(self, Self::NotUtf8 | Self::NotJson(_) | Self::NotAMessage)
    }
}

/// True for the name of an attachment: `^wslink_bin\d+$`.
fn is_name(text: &str) -> bool {
    const LONGEST: usize = 40;
    let number = text.strip_prefix(PREFIX).filter(|_| text.len() <= LONGEST);
    number.is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests;
