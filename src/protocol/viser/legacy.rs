//! Arrays of files before viser 1.0.25: plain bytes, whose type follows from where they stand.

use bytes::Bytes;
use rmp::encode;

use super::message::INDEX;
use crate::protocol::msgpack::{Reader, Token};

/// The type of the values of a property that is an array (viser 1.1.1, `_messages.py`; half floats are newer than these
/// files). Images and files are none.
fn dtype(property: &str) -> Option<&'static str> {
    Some(match property {
        "points" | "vertices" | "bone_wxyzs" | "bone_positions" | "skin_weights" | "control_points" => "<f4",
        "batched_wxyzs" | "batched_positions" | "batched_scales" | "batched_opacities" => "<f4",
        "faces" | "buffer" => "<u4",
        "skin_indices" => "<u2",
        "colors" | "batched_colors" => "|u1",
        _ => return None,
    })
}

/// Puts the arrays of a message into buffers, and what stands for them into its place. What cannot be read stays as it is.
pub(super) fn with_arrays(map: &mut Bytes, buffers: &mut Vec<Bytes>) {
    let before = buffers.len();
    match changed(map, buffers) {
        Some(changed) => *map = changed.into(),
        None => buffers.truncate(before),
    }
}

fn changed(map: &Bytes, buffers: &mut Vec<Bytes>) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let (mut reader, mut last, mut key) = (Reader::new(map), 0, None);
    while !reader.is_at_end() {
        let start = reader.position();
        match reader.token().ok()? {
            Token::Text(text) => key = std::str::from_utf8(text).ok(),
            Token::Binary(data) => {
                let size = |dtype: &str| super::shape::item_bytes(dtype);
                if let Some(dtype) = key.and_then(dtype).filter(|dtype| data.len() % size(dtype) == 0) {
                    out.extend_from_slice(map.get(last..start)?);
                    let _ = encode::write_map_len(&mut out, 2);
                    let _ = encode::write_str(&mut out, INDEX);
                    let _ = encode::write_uint(&mut out, buffers.len() as u64);
                    let _ = encode::write_str(&mut out, "dtype");
                    let _ = encode::write_str(&mut out, dtype);
                    buffers.push(map.slice_ref(data));
                    last = reader.position();
                }
                key = None;
            }
            // The value of what comes next is behind it.
            Token::Map(_) | Token::Array(_) => key = None,
            _ => {}
        }
    }
    if last == 0 {
        return None;
    }
    out.extend_from_slice(map.get(last..)?);
    Some(out)
}
