//! wslink, which trame, vtkWeb, ParaViewWeb and Slicer applications speak over a websocket: version 2 in frames of
//! msgpack, version 1 ([`v1`]) in JSON text.
//!
//! The codec ([`frame`], [`json`], [`message`], [`id`], [`v1`]) does no I/O and serves both ends;
//! [`client`] and [`server`] are thin skins around it; [`open`] finds out which version a server speaks;
//! [`transcript`], [`transcripts`] and [`ear`] listen from outside.

mod body;
pub mod caller;
pub mod client;
pub mod ear;
pub mod frame;
pub mod id;
pub mod json;
pub mod message;
mod open;
mod pages;
pub mod relay;
pub mod scrub;
pub mod server;
pub mod transcript;
pub mod transcripts;
pub mod v1;

use memchr::memmem;

use super::WsMessage;

/// The secret that wslink uses where nobody chose one.
pub const DEFAULT_SECRET: &str = "wslink-secret";

pub use open::{ENDPOINT, open, open_again};

/// A version of wslink, as far as it matters on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// 1.x: JSON text and binary attachments. trame 2 and older.
    One,
    /// 2.x: msgpack in frames.
    Two,
}

impl Version {
    /// As it is shown: `1` or `2`.
    pub fn name(self) -> &'static str {
        match self {
            Self::One => "1",
            Self::Two => "2",
        }
    }
}

/// True for the calls that stop a server for everybody: `application.exit`, `application.exit.later`. Nothing here
/// ever makes them. (wslink 2.6.0, `wslink/protocol.py`: every server has them.)
pub fn is_forbidden(method: &str) -> bool {
    method.trim().to_ascii_lowercase().starts_with("application.exit")
}

/// How far into a message its first key is looked for, in bytes.
const HEAD: usize = 64;

/// True for the start of a message of either version: its first key says so.
pub fn is_one(message: &WsMessage) -> bool {
    let data = &message.data[..];
    if message.is_text {
        return memmem::find(data.get(..HEAD).unwrap_or(data), b"\"wslink\"").is_some();
    }
    let starts = frame::Header::read(data).is_ok_and(|header| header.offset == 0);
    let content = data.get(frame::HEADER_LEN..).unwrap_or_default();
    starts && memmem::find(content.get(..HEAD).unwrap_or(content), b"\xa6wslink").is_some()
}
