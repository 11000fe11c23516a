//! A server's message of which not all frames have come yet.

use bytes::Bytes;

use crate::protocol::wslink::frame::{HEADER_LEN, Header};
use crate::protocol::wslink::message::Request;

/// What a message turned out to be at its first frame.
pub(super) enum What {
    /// Nothing that is looked at.
    Other,
    /// Something published.
    Publish,
    /// The answer to a call.
    Answer(Answering),
}

/// An answer on its way.
pub(super) struct Answering {
    pub(super) call: u64,
    /// The id, to find the call again.
    pub(super) request: Request,
    /// Nothing goes to the client before it is whole.
    pub(super) is_held: bool,
    pub(super) is_error: bool,
    /// Others may have it, too.
    pub(super) is_shared: bool,
}

/// A message that is not complete.
pub(super) struct Arriving {
    pub(super) what: What,
    received: u64,
    total: u32,
    /// The frames so far, while they are kept.
    frames: Option<Vec<Bytes>>,
}

impl Arriving {
    pub(super) fn new(what: What, total: u32, keep: bool) -> Self {
        Self { what, received: 0, total, frames: keep.then(Vec::new) }
    }

    /// Takes a frame; true when it was the last one.
    pub(super) fn add(&mut self, header: Header, frame: &Bytes) -> bool {
        // Frames of one message come in order from every server there is. Others are not kept.
        if u64::from(header.offset) != self.received || header.total != self.total {
            self.frames = None;
        }
        self.received += frame.len().saturating_sub(HEADER_LEN) as u64;
        if let Some(frames) = &mut self.frames {
            frames.push(frame.clone());
        }
        self.received >= u64::from(self.total)
    }

    /// All frames, where they were kept.
    pub(super) fn into_frames(self) -> (What, Option<Vec<Bytes>>) {
        (self.what, self.frames)
    }
}
