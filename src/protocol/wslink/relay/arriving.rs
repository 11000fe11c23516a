//! A server's message of which not all frames have come yet.

use bytes::Bytes;

use super::calls::Answering;
use crate::protocol::wslink::frame::{HEADER_LEN, Header};

/// So many frames of a message may be tiny …
const MANY: u64 = 1024;
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
    /// How many frames have come.
    count: u64,
    total: u32,
    /// The frames so far, while they are kept.
    frames: Option<Vec<Bytes>>,
}

impl Arriving {
    pub(super) fn new(what: What, total: u32, keep: bool) -> Self {
        Self { what, received: 0, count: 0, total, frames: keep.then(Vec::new) }
    }

    /// Takes a frame; true when it was the last one.
    pub(super) fn add(&mut self, header: Header, frame: &Bytes) -> bool {
        // Frames of one message come in order from every server there is. Others are not kept.
        if u64::from(header.offset) != self.received || header.total != self.total {
            self.frames = None;
        }
        self.received += frame.len().saturating_sub(HEADER_LEN) as u64;
        self.count += 1;
        if let Some(frames) = &mut self.frames {
            frames.push(frame.clone());
        }
        self.received >= u64::from(self.total)
    }

    /// A frame costs some dozens of bytes to keep here or in a queue, also one that brings nothing. No client takes
    /// many of those.
    pub(super) fn is_in_crumbs(&self) -> bool {
        self.count > MANY && self.received < self.count * SMALLEST_MEAN
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_that_bring_nothing_are_counted_though_they_are_not_kept() {
        for keep in [true, false] {
            let mut arriving = Arriving::new(What::Other, 1 << 20, keep);
            let header = |offset| Header { message: 1, offset, total: 1 << 20 };
            arriving.add(header(0), &Bytes::from(vec![0; 1000]));
            let empty = Bytes::from(vec![0; HEADER_LEN]);
            let many = (0..2 * MANY).take_while(|_| !arriving.add(header(988), &empty) && !arriving.is_in_crumbs());
            assert_eq!(many.count() as u64, MANY - 1);
        }
        let mut arriving = Arriving::new(What::Other, 1 << 20, false);
        let frame = Bytes::from(vec![0; HEADER_LEN + 64]);
        let is_last = (0..1 << 14).map(|k| arriving.add(Header { message: 1, offset: k * 64, total: 1 << 20 }, &frame));
        assert_eq!(is_last.filter(|is_last| *is_last).count(), 1);
        assert!(!arriving.is_in_crumbs());
    }
}
