//! A server's message of which not all frames have come yet.

use bytes::Bytes;

use super::calls::Answering;
use crate::protocol::wslink::frame::{HEADER_LEN, Header};

/// So many frames of a message may be tiny …
const MANY: usize = 1024;
/// … and the others hold at least so many bytes on the average.
const SMALLEST_MEAN: u64 = 64;

/// What a message turned out to be at its first frame.
pub(super) enum What {
    /// Nothing that is looked at.
    Other,
    /// Something published.
    Publish,
    /// The answer to a call.
    Answer(Answering),
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
            // A frame costs some dozens of bytes to keep, also one that brings nothing.
            if frames.len() > MANY && self.received < frames.len() as u64 * SMALLEST_MEAN {
                self.frames = None;
            }
        }
        self.received >= u64::from(self.total)
    }

    /// All frames so far are there.
    pub(super) fn is_kept(&self) -> bool {
        self.frames.is_some()
    }

    /// Bytes that are held for it.
    pub(super) fn kept(&self) -> u64 {
        if self.frames.is_some() { self.received } else { 0 }
    }

    /// All frames, where they were kept.
    pub(super) fn into_frames(self) -> (What, Option<Vec<Bytes>>) {
        (self.what, self.frames)
    }
}
