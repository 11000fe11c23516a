//! Frames: a 12-byte header and a slice of one message. No I/O.
//!
//! ```text
//! offset 0  u32 LE  message id (random per message; only groups its slices)
//! offset 4  u32 LE  offset of this slice in the message
//! offset 8  u32 LE  total size of the message
//! offset 12 …       the slice
//! ```
//! Source: wslink 2.6.0, `wslink/chunking.py`; every frame has the header, single ones too.

use std::collections::HashMap;

use bytes::{BufMut, Bytes, BytesMut};

/// Bytes before the slice.
pub const HEADER_LEN: usize = 12;

/// What a wslink server accepts as one whole message before a good hello (`WSLINK_AUTH_MSG_SIZE`).
pub const UNAUTHENTICATED_MESSAGE: u32 = 512;

/// The largest frame that a wslink server sends or takes unless it says otherwise, header included.
pub const DEFAULT_FRAME: usize = 4 * 1024 * 1024;

/// The header of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// Groups the slices of a message.
    pub message: u32,
    /// Where this slice goes.
    pub offset: u32,
    /// Size of the whole message in bytes.
    pub total: u32,
}

impl Header {
    /// Reads the header of a frame.
    ///
    /// # Errors
    /// [`FrameError::Short`] for fewer than 12 bytes.
    pub fn read(frame: &[u8]) -> Result<Self, FrameError> {
        let word = |at: usize| {
            let bytes = frame.get(at..at + 4)?;
            Some(u32::from_le_bytes(bytes.try_into().ok()?))
        };
        match (word(0), word(4), word(8)) {
            (Some(message), Some(offset), Some(total)) => Ok(Self { message, offset, total }),
            _ => Err(FrameError::Short { len: frame.len() }),
        }
    }

    fn put(self, out: &mut impl BufMut) {
        out.put_u32_le(self.message);
        out.put_u32_le(self.offset);
        out.put_u32_le(self.total);
    }
}

/// Why a frame is not one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// No room for a header.
    #[error("a frame of {len} bytes is too short for wslink's 12-byte header")]
    Short {
        /// Bytes there were.
        len: usize,
    },
    /// The message would be larger than we let it be.
    #[error("a message of {total} bytes is announced; the limit is {limit}")]
    TooLarge {
        /// Bytes announced.
        total: u32,
        /// Bytes allowed.
        limit: u32,
    },
    /// A slice that does not lie within its message.
    #[error("a slice of {len} bytes at {offset} does not fit a message of {total} bytes")]
    OutOfBounds {
        /// Where it should go.
        offset: u32,
        /// Its length.
        len: usize,
        /// Size of the message.
        total: u32,
    },
    /// Slices of one message that disagree about its size.
    #[error("message {message:#010x} was announced with {was} bytes and then with {total}")]
    TotalChanged {
        /// The message.
        message: u32,
        /// First total.
        was: u32,
        /// Later total.
        total: u32,
    },
    /// Slices of one message that cover the same bytes twice.
    #[error("the slices of message {message:#010x} overlap at byte {at}")]
    Overlap {
        /// The message.
        message: u32,
        /// Where.
        at: u32,
    },
    /// A message in crumbs, which would cost far more memory than it holds.
    #[error("message {message:#010x} comes in slices of a few bytes each")]
    Crumbs {
        /// The message.
        message: u32,
    },
    /// More unfinished messages at a time than anybody needs.
    #[error("more than {limit} messages are unfinished at the same time")]
    TooManyUnfinished {
        /// How many are allowed.
        limit: usize,
    },
    /// Unfinished messages that together hold more than allowed.
    #[error("unfinished messages hold more than {limit} bytes")]
    TooMuchUnfinished {
        /// Bytes allowed.
        limit: u64,
    },
}

/// Cuts a message of `total` bytes into frames of at most `max_frame` bytes, header included.
///
/// The parts are the message laid end to end; parts are asked for and frames built only when it is their turn,
/// so a large answer is never in memory as a whole.
pub fn frames(
    message: u32,
    total: usize,
    parts: impl Iterator<Item = Bytes> + Send + 'static,
    max_frame: usize,
) -> Frames {
    let slice = max_frame.saturating_sub(HEADER_LEN).max(1);
    Frames { message, parts: Box::new(parts), part: Bytes::new(), sent: 0, total, slice }
}

/// The frames of one message.
pub struct Frames {
    message: u32,
    parts: Box<dyn Iterator<Item = Bytes> + Send>,
    /// What is left of the part at hand.
    part: Bytes,
    sent: usize,
    total: usize,
    slice: usize,
}

impl Frames {
    /// False where the parts ended before the message did: the rest of it cannot be sent.
    pub fn is_complete(&self) -> bool {
        self.sent >= self.total
    }
}

impl Iterator for Frames {
    type Item = Bytes;

    fn next(&mut self) -> Option<Bytes> {
        if self.is_complete() {
            return None;
        }
        let len = self.slice.min(self.total - self.sent);
        let mut frame = BytesMut::with_capacity(HEADER_LEN + len);
        // A message is below 4 GiB by the format; callers that could exceed it are refused earlier.
        let clip = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Header { message: self.message, offset: clip(self.sent), total: clip(self.total) }.put(&mut frame);
        while frame.len() < HEADER_LEN + len {
            if self.part.is_empty() {
                self.part = self.parts.next()?;
            }
            let wanted = (HEADER_LEN + len - frame.len()).min(self.part.len());
            frame.extend_from_slice(&self.part.split_to(wanted));
        }
        self.sent += len;
        Some(frame.freeze())
    }
}

/// A buffer for a message that very likely fits one frame: leaves room for the header.
pub fn start_message(capacity: usize) -> Vec<u8> {
    let mut buffer = Vec::with_capacity(HEADER_LEN + capacity);
    buffer.resize(HEADER_LEN, 0);
    buffer
}

/// Turns a buffer from [`start_message`] into frames, without a copy where one frame is enough.
pub fn finish_message(message: u32, mut buffer: Vec<u8>, max_frame: usize, mut send: impl FnMut(Bytes)) {
    let total = buffer.len().saturating_sub(HEADER_LEN);
    if buffer.len() <= max_frame {
        let header = Header { message, offset: 0, total: u32::try_from(total).unwrap_or(u32::MAX) };
        if let Some(mut place) = buffer.get_mut(..HEADER_LEN) {
            header.put(&mut place);
        }
        send(buffer.into());
    } else {
        let body = Bytes::from(buffer).slice(HEADER_LEN..);
        frames(message, total, std::iter::once(body), max_frame).for_each(send);
    }
}

/// What a peer may make us hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Largest message in bytes.
    pub message: u32,
    /// How many messages may be unfinished at the same time.
    pub unfinished: usize,
    /// Bytes that unfinished messages may hold together.
    pub unfinished_bytes: u64,
}

impl Limits {
    /// Limits for messages of at most `message` bytes.
    pub fn for_messages(message: u32) -> Self {
        Self { message, unfinished: 64, unfinished_bytes: u64::from(message).saturating_mul(2) }
    }
}

/// A message whose slices all arrived, in the pieces in which they came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The pieces, in order.
    pub parts: Vec<Bytes>,
}

impl Message {
    /// Size in bytes.
    pub fn len(&self) -> usize {
        self.parts.iter().map(Bytes::len).sum()
    }

    /// True for a message without any bytes.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The message in one piece: free for one part, a copy for more.
    pub fn joined(self) -> Bytes {
        let len = self.len();
        let mut parts = self.parts.into_iter();
        match (parts.next(), parts.next()) {
            (None, _) => Bytes::new(),
            (Some(only), None) => only,
            (Some(first), Some(second)) => {
                let mut whole = BytesMut::with_capacity(len);
                whole.extend_from_slice(&first);
                whole.extend_from_slice(&second);
                parts.for_each(|part| whole.extend_from_slice(&part));
                whole.freeze()
            }
        }
    }
}

/// Puts messages together from frames that may come in any order and from several messages at once.
#[derive(Debug)]
pub struct Reassembler {
    /// What the peer may make us hold; may be changed at any time (a hello raises it).
    pub limits: Limits,
    unfinished: HashMap<u32, Unfinished>,
    held: u64,
}

#[derive(Debug)]
struct Unfinished {
    total: u32,
    received: u64,
    parts: Vec<(u32, Bytes)>,
}

impl Reassembler {
    /// An empty one.
    pub fn new(limits: Limits) -> Self {
        Self { limits, unfinished: HashMap::new(), held: 0 }
    }

    /// Bytes of unfinished messages that are held now.
    pub fn held(&self) -> u64 {
        self.held
    }

    /// Takes one frame; gives a message when this was the last frame it needed.
    ///
    /// # Errors
    /// [`FrameError`]; after one, the connection is of no more use.
    pub fn push(&mut self, frame: Bytes) -> Result<Option<Message>, FrameError> {
        let Header { message, offset, total } = Header::read(&frame)?;
        let slice = frame.slice(HEADER_LEN..);
        if total > self.limits.message {
            return Err(FrameError::TooLarge { total, limit: self.limits.message });
        }
        if u64::from(offset) + slice.len() as u64 > u64::from(total) {
            return Err(FrameError::OutOfBounds { offset, len: slice.len(), total });
        }
        if slice.len() as u64 == u64::from(total) && !self.unfinished.contains_key(&message) {
            return Ok(Some(Message { parts: vec![slice] }));
        }
        self.add(message, offset, total, slice)
    }

    fn add(&mut self, message: u32, offset: u32, total: u32, slice: Bytes) -> Result<Option<Message>, FrameError> {
        if !self.unfinished.contains_key(&message) && self.unfinished.len() >= self.limits.unfinished {
            return Err(FrameError::TooManyUnfinished { limit: self.limits.unfinished });
        }
        self.held += slice.len() as u64;
        if self.held > self.limits.unfinished_bytes {
            return Err(FrameError::TooMuchUnfinished { limit: self.limits.unfinished_bytes });
        }
        let entry = self.unfinished.entry(message).or_insert(Unfinished { total, received: 0, parts: Vec::new() });
        if entry.total != total {
            return Err(FrameError::TotalChanged { message, was: entry.total, total });
        }
        entry.received += slice.len() as u64;
        entry.parts.push((offset, slice));
        if entry.is_in_crumbs() {
            return Err(FrameError::Crumbs { message });
        }
        if entry.received < u64::from(total) {
            return Ok(None);
        }
        let Some(done) = self.unfinished.remove(&message) else { return Ok(None) };
        self.held -= done.received;
        done.into_message(message).map(Some)
    }
}

impl Unfinished {
    /// A slice costs some dozens of bytes to keep: many tiny ones are an attack, not a message.
    fn is_in_crumbs(&self) -> bool {
        const MANY: usize = 1024;
        const SMALLEST_MEAN: u64 = 64;
        self.parts.len() > MANY && self.received < self.parts.len() as u64 * SMALLEST_MEAN
    }

    fn into_message(mut self, message: u32) -> Result<Message, FrameError> {
        self.parts.sort_by_key(|(offset, _)| *offset);
        let mut at = 0_u64;
        for (offset, slice) in &self.parts {
            if u64::from(*offset) != at {
                return Err(FrameError::Overlap { message, at: *offset });
            }
            at += slice.len() as u64;
        }
        Ok(Message { parts: self.parts.into_iter().map(|(_, slice)| slice).collect() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn frame(message: u32, offset: u32, total: u32, slice: &[u8]) -> Bytes {
        let mut frame = BytesMut::new();
        Header { message, offset, total }.put(&mut frame);
        frame.extend_from_slice(slice);
        frame.freeze()
    }

    fn reassembler() -> Reassembler {
        Reassembler::new(Limits::for_messages(1 << 20))
    }

    #[test]
    fn hostile_frames_are_refused() {
        let push = |frames: &[Bytes]| {
            let mut reassembler = reassembler();
            frames.iter().find_map(|frame| reassembler.push(frame.clone()).err())
        };
        assert_eq!(push(&[Bytes::from_static(b"short")]), Some(FrameError::Short { len: 5 }));
        let huge = push(&[frame(1, 0, u32::MAX, b"x")]);
        assert_eq!(huge, Some(FrameError::TooLarge { total: u32::MAX, limit: 1 << 20 }));
        assert!(matches!(push(&[frame(1, 8, 9, b"xx")]), Some(FrameError::OutOfBounds { .. })));
        assert!(matches!(push(&[frame(1, u32::MAX, 9, b"xx")]), Some(FrameError::OutOfBounds { .. })));
        let changed = push(&[frame(1, 0, 9, b"xx"), frame(1, 2, 8, b"xx")]);
        assert!(matches!(changed, Some(FrameError::TotalChanged { was: 9, total: 8, .. })));
        let twice = push(&[frame(1, 0, 4, b"xx"), frame(1, 0, 4, b"xx")]);
        assert!(matches!(twice, Some(FrameError::Overlap { .. })));
        let crumbs: Vec<Bytes> = (0..2000).map(|k| frame(1, k, 1 << 20, b"x")).collect();
        assert!(matches!(push(&crumbs), Some(FrameError::Crumbs { .. })));
        let empty: Vec<Bytes> = (0..2000).map(|_| frame(1, 0, 9, b"")).collect();
        assert!(matches!(push(&empty), Some(FrameError::Crumbs { .. })));
        let many: Vec<Bytes> = (0..65).map(|k| frame(k, 0, 9, b"x")).collect();
        assert!(matches!(push(&many), Some(FrameError::TooManyUnfinished { limit: 64 })));
        let much: Vec<Bytes> = (0..3).map(|k| frame(k, 0, 1 << 20, &vec![0; (1 << 20) - 1])).collect();
        assert!(matches!(push(&much), Some(FrameError::TooMuchUnfinished { .. })));
    }

    proptest! {
        #[test]
        fn messages_survive_any_cut_and_order(
            messages in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 1..300), 1..6),
            max_frame in 13_usize..100,
            shuffle in proptest::collection::vec(any::<prop::sample::Index>(), 0..200),
            split in any::<prop::sample::Index>(),
        ) {
            let mut all: Vec<Bytes> = Vec::new();
            for (k, message) in messages.iter().enumerate() {
                let at = split.index(message.len());
                let parts = [Bytes::copy_from_slice(&message[..at]), Bytes::copy_from_slice(&message[at..])];
                all.extend(frames(k as u32, message.len(), parts.into_iter(), max_frame));
            }
            prop_assert!(all.iter().all(|frame| frame.len() <= max_frame));
            for (k, index) in shuffle.iter().enumerate() {
                let (a, b) = (k % all.len(), index.index(all.len()));
                all.swap(a, b);
            }
            let mut reassembler = reassembler();
            let mut done = Vec::new();
            for frame in all {
                done.extend(reassembler.push(frame).unwrap().map(Message::joined));
            }
            prop_assert_eq!(reassembler.held(), 0);
            let mut expected: Vec<Bytes> = messages.into_iter().map(Bytes::from).collect();
            expected.sort();
            done.sort();
            prop_assert_eq!(done, expected);
        }

        #[test]
        fn any_bytes_are_answered_without_a_panic(frames in proptest::collection::vec(
            proptest::collection::vec(any::<u8>(), 0..40), 0..40)) {
            let mut reassembler = reassembler();
            for frame in frames {
                if reassembler.push(frame.into()).is_err() { break }
            }
        }
    }
}
