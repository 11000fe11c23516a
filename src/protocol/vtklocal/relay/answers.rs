//! Answers of a server, with some of their states, times and blobs changed. The rest keeps its bytes.

use bytes::Bytes;

use super::overlay::Overlay;
use crate::faults::LostBlobs;
use crate::protocol::msgpack::{MsgpackError, Reader, Token};
use crate::protocol::wslink::json::{self, Unspeakable, push_json, push_msgpack};

/// A status whose times grew by what patches add.
pub(super) fn status(result: &[u8], overlay: &Overlay) -> Result<Vec<u8>, MsgpackError> {
    let mut reader = Reader::new(result);
    let mut out = Vec::with_capacity(result.len() + 16);
    let fields = reader.map()?;
    copy(result, 0, reader.position(), &mut out);
    for _ in 0..fields {
        let at = reader.position();
        let key = reader.text()?;
        copy(result, at, reader.position(), &mut out);
        if key != "ids" {
            let range = reader.skip()?;
            copy(result, range.start, range.end, &mut out);
            continue;
        }
        let objects = reader.array()?;
        json::push_array_len(&mut out, objects as usize);
        for _ in 0..objects {
            let at = reader.position();
            let len = reader.array()?;
            let id = reader.count()?;
            copy(result, at, reader.position(), &mut out);
            if len > 1 {
                json::push_uint(&mut out, reader.count()?.saturating_add(overlay.offset(id)));
            }
            for _ in 2..len {
                let range = reader.skip()?;
                copy(result, range.start, range.end, &mut out);
            }
        }
    }
    Ok(out)
}

/// A state that was asked for alone: JSON text in a string.
pub(super) fn state(id: u64, result: &[u8], overlay: &mut Overlay) -> Option<Vec<u8>> {
    let Ok(Token::Text(text)) = Reader::new(result).token() else { return None };
    let shown = overlay.shown(id, std::str::from_utf8(text).ok()?)?;
    let mut out = Vec::with_capacity(shown.len() + 5);
    json::push_str(&mut out, &shown);
    Some(out)
}

/// States and blobs that were asked for together.
pub(super) fn batch(result: &Bytes, overlay: &mut Overlay, lost: &LostBlobs) -> Result<Vec<u8>, MsgpackError> {
    let mut reader = Reader::new(result);
    let mut out = Vec::with_capacity(result.len() + 1024);
    let fields = reader.map()?;
    copy(result, 0, reader.position(), &mut out);
    for _ in 0..fields {
        let at = reader.position();
        let key = reader.text()?;
        copy(result, at, reader.position(), &mut out);
        match key {
            "states" => states(&mut reader, result, overlay, &mut out)?,
            "hashes" if !lost.is_none() => {
                let blobs = reader.map()?;
                json::push_map_len(&mut out, blobs as usize);
                for _ in 0..blobs {
                    let name = reader.text()?;
                    json::push_str(&mut out, name);
                    let range = reader.skip()?;
                    if lost.takes(name) {
                        json::push_bin_len(&mut out, 0);
                    } else {
                        copy(result, range.start, range.end, &mut out);
                    }
                }
            }
            _ => {
                let range = reader.skip()?;
                copy(result, range.start, range.end, &mut out);
            }
        }
    }
    Ok(out)
}

fn states(
    reader: &mut Reader<'_>,
    result: &[u8],
    overlay: &mut Overlay,
    out: &mut Vec<u8>,
) -> Result<(), MsgpackError> {
    let count = reader.array()?;
    json::push_array_len(out, count as usize);
    for _ in 0..count {
        let range = reader.skip()?;
        let bytes = result.get(range.clone()).unwrap_or_default();
        let shown = if overlay.is_transparent() { None } else { shown(bytes, overlay) };
        let packed = shown.and_then(|text| {
            let mut packed = Vec::with_capacity(text.len());
            push_msgpack(&text, &mut packed).ok().map(|()| packed)
        });
        match packed {
            Some(packed) => out.extend_from_slice(&packed),
            None => out.extend_from_slice(bytes),
        }
    }
    Ok(())
}

fn shown(msgpack: &[u8], overlay: &mut Overlay) -> Option<String> {
    let mut text = String::with_capacity(msgpack.len() * 2);
    push_json(&mut Reader::new(msgpack), &mut text, Unspeakable::Refuse).ok()?;
    overlay.shown(id_of(msgpack)?, &text)
}

/// The id in a state.
fn id_of(msgpack: &[u8]) -> Option<u64> {
    let mut reader = Reader::new(msgpack);
    for _ in 0..reader.map().ok()? {
        if reader.text().ok()? == "Id" {
            return reader.count().ok();
        }
        reader.skip().ok()?;
    }
    None
}

fn copy(from: &[u8], start: usize, end: usize, to: &mut Vec<u8>) {
    to.extend_from_slice(from.get(start..end).unwrap_or_default());
}
