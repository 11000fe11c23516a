//! Reading `.viser` files of every version.

use std::io::Read;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use flate2::read::MultiGzDecoder;

use crate::protocol::Told;
use crate::protocol::msgpack::{MsgpackError, Reader};
use crate::protocol::viser::chronicle::{Kept, Line, Loose, Story};
use crate::protocol::viser::frame::{
    Limits, MOST_BUFFERS, ZSTD_MAGIC, at_most, inflate, number, seconds, slice_buffers,
};

use super::super::legacy;

/// What we let a file be when it is inflated, in bytes.
const LIMITS: Limits = Limits { inflated: 4 << 30 };

/// Messages in a file: a minute of a thousand nodes that move 30 times a second has 3.6 million.
const MOST_MESSAGES: usize = 16 << 20;

/// The longest session, in seconds: a year.
const LONGEST: f64 = 366.0 * 86_400.0;

/// What the msgpack says.
#[derive(Default)]
struct Body {
    length: f64,
    messages: Vec<(f64, Bytes)>,
    version: String,
    lengths: Vec<u64>,
}

/// Reads a file.
///
/// # Errors
/// In words.
pub(super) fn read(data: &Bytes) -> Result<Told, String> {
    let inner = Bytes::from(unpack(data)?);
    let (body, buffers, is_old) = match with_buffers(&inner) {
        Some(end) => {
            let body = Body::read(&inner.slice(8..end)).map_err(|error| error.to_string())?;
            let buffers = slice_buffers(&inner, end, &body.lengths).map_err(|error| error.to_string())?;
            (body, buffers, false)
        }
        None => (Body::read(&inner).map_err(|error| error.to_string())?, Vec::new(), true),
    };
    told(body, buffers, is_old, inner.len() as u64)
}

fn unpack(data: &Bytes) -> Result<Vec<u8>, String> {
    if data.starts_with(&[0x1f, 0x8b]) {
        let mut inner = Vec::new();
        let unpacked = MultiGzDecoder::new(&data[..]).take(LIMITS.inflated + 1).read_to_end(&mut inner);
        unpacked.map_err(|error| format!("its gzip data: {error}"))?;
        if inner.len() as u64 > LIMITS.inflated {
            return Err(format!("it inflates to more than {} bytes", LIMITS.inflated));
        }
        return Ok(inner);
    }
    if data.get(8..12) != Some(&ZSTD_MAGIC) {
        return Err(String::from("it is neither zstd nor gzip data"));
    }
    let claimed = number(data, 0).ok_or("it is too short")?;
    inflate(data.get(8..).unwrap_or_default(), claimed, LIMITS).map_err(|error| error.to_string())
}

/// Where the msgpack ends, where its length is before it and buffers follow.
fn with_buffers(inner: &[u8]) -> Option<usize> {
    let end = usize::try_from(number(inner, 0)?).ok()?.checked_add(8)?;
    // A map's first byte, read as the start of a length, would be of more than there is.
    (end <= inner.len()).then_some(end)
}

impl Body {
    fn read(data: &Bytes) -> Result<Self, MsgpackError> {
        let mut body = Self::default();
        let mut reader = Reader::new(data);
        for _ in 0..reader.map()? {
            match reader.text()? {
                "durationSeconds" => body.length = seconds(&mut reader)?,
                "viserVersion" => body.version = reader.text()?.to_owned(),
                "messages" => {
                    for _ in 0..at_most(MOST_MESSAGES, &mut reader)? {
                        if reader.array()? != 2 {
                            return Err(reader.error("a time and a message are wanted here"));
                        }
                        let time = seconds(&mut reader)?;
                        body.messages.push((time, data.slice(reader.skip()?)));
                    }
                }
                "binaryBufferLengths" => {
                    for _ in 0..at_most(MOST_BUFFERS, &mut reader)? {
                        body.lengths.push(reader.count()?);
                    }
                }
                _ => {
                    reader.skip()?;
                }
            }
        }
        if reader.is_at_end() { Ok(body) } else { Err(reader.error("something follows the messages")) }
    }
}

fn duration(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds.clamp(0.0, LONGEST)).unwrap_or_default()
}

/// The messages as a session: those of the first time are the first state, and those of each later time come at once.
fn told(body: Body, mut buffers: Vec<Bytes>, is_old: bool, bytes: u64) -> Result<Told, String> {
    let (times, mut maps): (Vec<f64>, Vec<Bytes>) = body.messages.into_iter().unzip();
    if is_old {
        maps.iter_mut().for_each(|map| legacy::with_arrays(map, &mut buffers));
    }
    let loose = Arc::new(Loose { maps, buffers });
    let mut line = Line::new(Duration::ZERO);
    let (mut start, mut last) = (0, Duration::ZERO);
    while start < times.len() || start == 0 {
        let time = times.get(start).copied().unwrap_or_default();
        // A time that is no number is not even the same as itself.
        let more = times.get(start + 1..).unwrap_or_default().iter().take_while(|other| **other <= time).count();
        let end = times.len().min(start + 1 + more);
        let kept = Kept::Loose(Arc::clone(&loose), start..end);
        let messages =
            kept.messages().map_err(|reason| format!("message {start} or one of the same time: {reason}"))?;
        // Times ascend, whatever a file says.
        last = last.max(if start == 0 { Duration::ZERO } else { duration(time) });
        line.hear(last, messages, kept);
        start = end.max(start + 1);
    }
    line.hydrated = Some(0);
    let length = duration(body.length).max(last);
    line.end(length);
    let version = if body.version.is_empty() { String::from("?") } else { body.version };
    let program = format!("viser {version}");
    let messages = loose.maps.len() as u64;
    let story = Story::new(vec![line], length, Some(program.clone()));
    Ok(Told { program, length, messages, bytes, chronicle: Arc::new(story) })
}

/// For tests of what is written.
#[cfg(test)]
pub(super) fn parse(data: &Bytes) -> (f64, String, Vec<(f64, super::super::message::Message)>) {
    use super::super::message::Message;

    let inner = Bytes::from(unpack(data).unwrap());
    let end = with_buffers(&inner).unwrap();
    let body = Body::read(&inner.slice(8..end)).unwrap();
    let buffers = slice_buffers(&inner, end, &body.lengths).unwrap();
    let messages = body.messages.into_iter().map(|(time, map)| (time, Message::parse(map, &buffers).unwrap()));
    (body.length, body.version, messages.collect())
}
