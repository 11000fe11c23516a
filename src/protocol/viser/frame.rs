//! The frames that viser's servers send: one websocket message each, with a *window* of messages in it.
//!
//! ```text
//! 0   u64 LE   bytes of the msgpack when it is inflated
//! 8   u64 LE   bytes Z of the zstd data
//! 16  Z bytes  one zstd frame of {"messages":[…], "timestampSec": f64, "binaryBufferLengths":[n…]}
//! ..  each buffer, raw, from the next multiple of 8 on, counted from the start of the message
//! ```
//! Seen with viser 1.0.30 and 1.1.1 (`viser/infra/_infra.py`). Older ones framed otherwise: they are recognised, and
//! refused in words. Nothing is allocated for what a header claims before the data that is there may be as large.

use std::cell::RefCell;
use std::ops::Range;

use bytes::{BufMut, Bytes, BytesMut};
use memchr::memmem;
use rmp::encode;
use zstd::bulk::Decompressor;

use crate::protocol::msgpack::{MsgpackError, Reader, Token};

use super::message::{Fields, Message, MessageError};

/// The first bytes of any zstd frame.
pub const ZSTD_MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// Bytes of the header.
pub const HEADER: usize = 16;

/// Buffers start at multiples of this, for the browser's typed arrays.
pub const ALIGNMENT: usize = 8;

/// The level that viser compresses with.
const LEVEL: i32 = 1;

/// zstd's best ratio is about 1:30,000 for a block of one byte; real windows stay below 1:5,000 even for files of zeros.
const BEST_RATIO: u64 = 32_768;

thread_local! {
    /// Making one takes as long as inflating a small frame.
    static INFLATE: RefCell<Option<Decompressor<'static>>> = RefCell::new(Decompressor::new().ok());
}

/// Messages in a frame; real ones have 129 at most.
const MOST_MESSAGES: usize = 1 << 16;

/// Buffers behind a frame, or in a file. Some bytes of zstd data may claim any number of them.
pub const MOST_BUFFERS: usize = 1 << 20;

/// What is smaller than this is copied out of its frame, once: otherwise some bytes keep all of it alive.
pub(super) const OWN: usize = 256 << 10;

/// What we let a frame be.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of inflated msgpack.
    pub inflated: u64,
}

impl Limits {
    /// For who takes websocket messages of so many bytes.
    pub fn within(largest_message: u64) -> Self {
        Self { inflated: Self::default().inflated.min(largest_message) }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self { inflated: 1 << 30 }
    }
}

/// Why a websocket message is no frame.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// It is framed as an older viser did.
    #[error("the frames are those of viser {0}: scenectl reads those of 1.0.25 and later")]
    Old(&'static str),
    /// It is none at all.
    #[error("not a frame of viser: {0}")]
    NotAFrame(&'static str),
    /// Its header and its content do not fit.
    #[error("a broken frame: {0}")]
    Broken(String),
    /// More than we take.
    #[error("a frame claims to hold {claimed} bytes of messages; at most {limit} are taken")]
    TooLarge {
        /// What it claims.
        claimed: u64,
        /// What we take.
        limit: u64,
    },
}

impl From<MsgpackError> for FrameError {
    fn from(error: MsgpackError) -> Self {
        Self::Broken(error.to_string())
    }
}

impl From<MessageError> for FrameError {
    fn from(MessageError(reason): MessageError) -> Self {
        Self::Broken(reason)
    }
}

/// One window of messages.
#[derive(Clone, Debug)]
pub struct Frame {
    /// The messages, in order.
    pub messages: Vec<Message>,
    /// The server's clock in seconds, of an arbitrary origin.
    pub timestamp: f64,
}

/// True where this may be the start of a frame: zstd data stands where it should.
pub fn looks_like_one(data: &[u8]) -> bool {
    data.get(HEADER..HEADER + 4) == Some(&ZSTD_MAGIC)
}

impl Frame {
    /// Reads a websocket message. Buffers stay parts of it: nothing of them is copied.
    ///
    /// # Errors
    /// [`FrameError`].
    pub fn decode(data: &Bytes, limits: Limits) -> Result<Self, FrameError> {
        recognise(data)?;
        let claimed = number(data, 0).ok_or(FrameError::NotAFrame("it is too short"))?;
        let packed = number(data, 8).ok_or(FrameError::NotAFrame("it is too short"))?;
        let end = usize::try_from(packed).ok().and_then(|packed| packed.checked_add(HEADER));
        let end = end.filter(|end| *end <= data.len());
        let end = end.ok_or_else(|| FrameError::Broken(format!("its zstd data should have {packed} bytes")))?;
        let inflated = Bytes::from(inflate(data.get(HEADER..end).unwrap_or_default(), claimed, limits)?);
        let window = Window::read(&inflated)?;
        let buffers = slice_buffers(data, end, &window.lengths)?;
        let messages = window.messages.into_iter().map(|(range, fields)| {
            // Most are small, and outlive the others of their frame.
            let map = if range.len() < OWN {
                inflated.get(range).map(Bytes::copy_from_slice).unwrap_or_default()
            } else {
                inflated.slice(range)
            };
            Ok(Message::of(map, fields, &buffers)?)
        });
        Ok(Self { messages: messages.collect::<Result<_, FrameError>>()?, timestamp: window.timestamp })
    }

    /// As the websocket message that a server sends, in pieces: the head, and the buffers as they are, with what fills
    /// the gaps between them.
    pub fn encode(&self) -> Vec<Bytes> {
        let mut buffers: Vec<Bytes> = Vec::new();
        let mut messages = Vec::with_capacity(256);
        for message in &self.messages {
            message.write(&mut messages, &mut |buffer| {
                buffers.push(buffer);
                buffers.len() - 1
            });
        }
        let lengths: Vec<u64> = buffers.iter().map(|buffer| buffer.len() as u64).collect();
        let count = u32::try_from(self.messages.len()).unwrap_or(u32::MAX);
        assemble(head(count, &messages, self.timestamp, &lengths), buffers)
    }
}

/// The same frame with other msgpack, where `change` gives some: buffers follow as they are. Nothing for what is no frame.
pub fn change_body(data: &Bytes, change: &dyn Fn(&Bytes) -> Option<Bytes>) -> Option<Bytes> {
    if !looks_like_one(data) {
        return None;
    }
    let end = usize::try_from(number(data, 8)?).ok()?.checked_add(HEADER)?;
    let body = inflate(data.get(HEADER..end)?, number(data, 0)?, Limits::default()).ok()?;
    let body = Bytes::from(body);
    let buffers = slice_buffers(data, end, &Window::read(&body).ok()?.lengths).ok()?;
    Some(assemble(behind_header(&change(&body)?), buffers).concat().into())
}

/// The same frame at another time of the server's clock.
pub fn with_timestamp(data: &Bytes, seconds: f64) -> Option<Bytes> {
    const KEY: &[u8] = b"\xactimestampSec\xcb";
    change_body(data, &|body| {
        let at = memmem::rfind(body, KEY)? + KEY.len();
        let mut body = body.to_vec();
        body.get_mut(at..at + 8)?.copy_from_slice(&seconds.to_be_bytes());
        Some(body.into())
    })
}

/// All of a frame before its buffers: of so many messages, the msgpack of them, and the buffers' lengths.
pub fn head(count: u32, messages: &[u8], timestamp: f64, lengths: &[u64]) -> Bytes {
    let mut body = Vec::with_capacity(messages.len() + 96);
    // Writing to a vector cannot fail.
    let _ = encode::write_map_len(&mut body, 3);
    let _ = encode::write_str(&mut body, "messages");
    let _ = encode::write_array_len(&mut body, count);
    body.extend_from_slice(messages);
    let _ = encode::write_str(&mut body, "timestampSec");
    let _ = encode::write_f64(&mut body, timestamp);
    let _ = encode::write_str(&mut body, "binaryBufferLengths");
    let _ = encode::write_array_len(&mut body, u32::try_from(lengths.len()).unwrap_or(u32::MAX));
    lengths.iter().for_each(|len| drop(encode::write_uint(&mut body, *len)));
    behind_header(&body)
}

/// The msgpack of a frame, compressed, behind the frame's header.
fn behind_header(body: &[u8]) -> Bytes {
    let packed = compress(body);
    let mut head = BytesMut::with_capacity(HEADER + packed.len());
    head.put_u64_le(body.len() as u64);
    head.put_u64_le(packed.len() as u64);
    head.put_slice(&packed);
    head.freeze()
}

/// The pieces of a frame: its head, and its buffers with the gaps before them.
fn assemble(head: Bytes, buffers: Vec<Bytes>) -> Vec<Bytes> {
    let mut at = head.len() as u64;
    let mut pieces = vec![head];
    for buffer in buffers {
        let gap = gap(at);
        at += (gap.len() + buffer.len()) as u64;
        pieces.extend([gap, buffer].into_iter().filter(|piece| !piece.is_empty()));
    }
    pieces
}

/// What is left free before a buffer that would begin here.
pub fn gap(at: u64) -> Bytes {
    let len = at.next_multiple_of(ALIGNMENT as u64) - at;
    Bytes::from_static(&[0; ALIGNMENT]).slice(..len as usize)
}

/// Compressed as viser does.
pub fn compress(body: &[u8]) -> Vec<u8> {
    // Compressing into memory fails for no input.
    zstd::bulk::compress(body, LEVEL).unwrap_or_default()
}

/// Tells today's framing from older ones, and from what is none.
fn recognise(data: &[u8]) -> Result<(), FrameError> {
    if looks_like_one(data) {
        return Ok(());
    }
    if data.get(8..12) == Some(&ZSTD_MAGIC) {
        return Err(FrameError::Old("1.0.17 to 1.0.24"));
    }
    match data.first() {
        Some(0x82) => Err(FrameError::Old("0.2 to 1.0.16")),
        Some(0x90..=0x9f | 0xdc | 0xdd) => Err(FrameError::Old("0.1")),
        _ => Err(FrameError::NotAFrame("there is no zstd data in it")),
    }
}

/// A number of a header.
pub(super) fn number(data: &[u8], at: usize) -> Option<u64> {
    let bytes = data.get(at..at.checked_add(8)?)?;
    bytes.try_into().ok().map(u64::from_le_bytes)
}

/// Inflates zstd data that should give so many bytes.
pub(super) fn inflate(packed: &[u8], claimed: u64, limits: Limits) -> Result<Vec<u8>, FrameError> {
    if claimed > limits.inflated {
        return Err(FrameError::TooLarge { claimed, limit: limits.inflated });
    }
    if claimed > (packed.len() as u64).saturating_mul(BEST_RATIO) {
        return Err(FrameError::Broken(format!("{claimed} bytes cannot be in {} bytes of zstd data", packed.len())));
    }
    let room = usize::try_from(claimed).map_err(|_| FrameError::TooLarge { claimed, limit: limits.inflated })?;
    let inflated = INFLATE.with_borrow_mut(|inflate| inflate.as_mut().map(|inflate| inflate.decompress(packed, room)));
    let inflated = inflated.unwrap_or_else(|| zstd::bulk::decompress(packed, room));
    let inflated = inflated.map_err(|error| FrameError::Broken(format!("its zstd data: {error}")))?;
    if inflated.len() != room {
        return Err(FrameError::Broken(format!("it should inflate to {room} bytes and gives {}", inflated.len())));
    }
    Ok(inflated)
}

/// Where buffers of these lengths lie behind `start`; the last one must end where the data does.
pub(super) fn slice_buffers(data: &Bytes, start: usize, lengths: &[u64]) -> Result<Vec<Bytes>, FrameError> {
    let mut at = start;
    let mut buffers = Vec::with_capacity(lengths.len());
    for len in lengths {
        let from = at.checked_next_multiple_of(ALIGNMENT);
        let to = from.and_then(|from| from.checked_add(usize::try_from(*len).ok()?));
        let range = from.zip(to).filter(|(_, to)| *to <= data.len()).map(|(from, to)| from..to);
        let range = range.ok_or_else(|| {
            FrameError::Broken(format!("buffer {} should have {len} bytes, and the data ends before", buffers.len()))
        })?;
        at = range.end;
        let buffer = data.slice(range);
        buffers.push(if buffer.len() < OWN { Bytes::copy_from_slice(&buffer) } else { buffer });
    }
    match data.len() - at.min(data.len()) {
        0 => Ok(buffers),
        more => Err(FrameError::Broken(format!("{more} bytes follow its last buffer"))),
    }
}

/// What the msgpack of a frame says, by places in it.
struct Window {
    messages: Vec<(Range<usize>, Fields)>,
    timestamp: f64,
    lengths: Vec<u64>,
}

impl Window {
    fn read(body: &[u8]) -> Result<Self, FrameError> {
        let mut window = Self { messages: Vec::new(), timestamp: 0.0, lengths: Vec::new() };
        let mut reader = Reader::new(body);
        for _ in 0..reader.map()? {
            match reader.text()? {
                "messages" => {
                    for _ in 0..at_most(MOST_MESSAGES, &mut reader)? {
                        let start = reader.position();
                        let fields = Fields::read(&mut reader)?;
                        window.messages.push((start..reader.position(), fields));
                    }
                }
                "timestampSec" => window.timestamp = seconds(&mut reader)?,
                "binaryBufferLengths" => {
                    for _ in 0..at_most(MOST_BUFFERS, &mut reader)? {
                        window.lengths.push(reader.count()?);
                    }
                }
                _ => {
                    reader.skip()?;
                }
            }
        }
        if reader.is_at_end() { Ok(window) } else { Err(reader.error("something follows the messages").into()) }
    }
}

/// The head of an array that may not be longer than this.
pub(super) fn at_most(most: usize, reader: &mut Reader<'_>) -> Result<u32, MsgpackError> {
    let here = reader.clone();
    let len = reader.array()?;
    if len as usize > most { Err(here.error("an array of more than anybody sends")) } else { Ok(len) }
}

/// A time, which may come as an integer.
pub(super) fn seconds(reader: &mut Reader<'_>) -> Result<f64, MsgpackError> {
    let here = reader.clone();
    match reader.token()? {
        Token::Float(seconds) => Ok(seconds),
        Token::Unsigned(seconds) => Ok(seconds as f64),
        Token::Negative(seconds) => Ok(seconds as f64),
        Token::Nil => Ok(0.0),
        _ => Err(here.error("a time is wanted here")),
    }
}
