//! What a server said at once, kept until somebody wants to know.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use crate::protocol::viser::frame::{Frame, Limits};
use crate::protocol::viser::message::{Message, MessageError};
use crate::scene::Blob;

/// A window of messages, and when it came.
#[derive(Clone)]
pub(in crate::protocol::viser) struct Said {
    /// Since the start of the session.
    pub(in crate::protocol::viser) time: Duration,
    /// How many messages.
    pub(in crate::protocol::viser) messages: usize,
    /// Objects that it changed.
    pub(in crate::protocol::viser) changes: u64,
    /// What it says.
    pub(in crate::protocol::viser) kept: Kept,
}

/// Where the messages are.
#[derive(Clone)]
pub(in crate::protocol::viser) enum Kept {
    /// In a frame, as it came.
    Frame(Blob),
    /// In a file of messages: these of them.
    Loose(Arc<Loose>, Range<usize>),
}

/// Messages that came in no frames.
pub(in crate::protocol::viser) struct Loose {
    /// Each message's msgpack.
    pub(in crate::protocol::viser) maps: Vec<Bytes>,
    /// The buffers that they refer to.
    pub(in crate::protocol::viser) buffers: Vec<Bytes>,
}

impl Kept {
    /// The messages.
    ///
    /// # Errors
    /// In words: when they cannot be read where they were kept.
    pub(in crate::protocol::viser) fn messages(&self) -> Result<Vec<Message>, String> {
        match self {
            Self::Frame(blob) => {
                let data = blob.read().map_err(|error| error.to_string())?;
                Ok(Frame::decode(&data, Limits::default()).map_err(|error| error.to_string())?.messages)
            }
            Self::Loose(loose, range) => {
                let maps = loose.maps.get(range.clone()).unwrap_or_default().iter();
                let parse = |map: &Bytes| Message::parse(map.clone(), &loose.buffers);
                maps.map(parse).collect::<Result<_, _>>().map_err(|MessageError(reason)| reason)
            }
        }
    }

    /// The server's clock when it was said, in seconds.
    pub(super) fn timestamp(&self) -> Option<f64> {
        let Self::Frame(blob) = self else { return None };
        Frame::decode(&blob.read().ok()?, Limits::default()).ok().map(|frame| frame.timestamp)
    }
}
