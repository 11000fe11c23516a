//! The arrays of a GLB file.

use super::document::Glb;
use crate::analysis::shapes::{Floats, shown};

/// An accessor's values, row by row. Values that are normalized are 0 to 1 (or -1 to 1).
struct Rows {
    /// Values in a row.
    width: usize,
    values: Vec<f32>,
}

/// Bytes of a value, and the largest that counts as 1 where it is normalized.
fn component(kind: u32) -> Option<(usize, f64)> {
    Some(match kind {
        5120 => (1, 127.0),
        5121 => (1, 255.0),
        5122 => (2, 32_767.0),
        5123 => (2, 65_535.0),
        5125 => (4, 4_294_967_295.0),
        5126 => (4, 1.0),
        _ => return None,
    })
}

fn number(kind: u32, bytes: &[u8]) -> f64 {
    match (kind, bytes) {
        (5120, [a]) => f64::from(a.cast_signed()),
        (5121, [a]) => f64::from(*a),
        (5122, [a, b]) => f64::from(i16::from_le_bytes([*a, *b])),
        (5123, [a, b]) => f64::from(u16::from_le_bytes([*a, *b])),
        (5125, [a, b, c, d]) => f64::from(u32::from_le_bytes([*a, *b, *c, *d])),
        (5126, [a, b, c, d]) => f64::from(f32::from_le_bytes([*a, *b, *c, *d])),
        _ => f64::NAN,
    }
}

impl Glb {
    /// Calls `each` with every value of an accessor; how many there are in a row. `None` where it cannot be read.
    fn each(&self, index: usize, mut each: impl FnMut(f64)) -> Option<usize> {
        let accessor = self.document.accessors.get(index).filter(|accessor| accessor.sparse.is_none())?;
        let width = match accessor.kind.as_str() {
            "SCALAR" => 1,
            "VEC2" => 2,
            "VEC3" => 3,
            "VEC4" => 4,
            _ => return None,
        };
        let (size, one) = component(accessor.component_type)?;
        let (bytes, view) = self.view(accessor.buffer_view?)?;
        let row = size * width;
        let stride = usize::try_from(view.byte_stride.unwrap_or(row as u64)).ok().filter(|stride| *stride >= row)?;
        let count = usize::try_from(accessor.count).ok()?;
        let start = usize::try_from(accessor.byte_offset).ok()?;
        let Some(last) = count.checked_sub(1) else { return Some(width) };
        let end = last.checked_mul(stride)?.checked_add(row)?.checked_add(start)?;
        let bytes = bytes.get(start..end)?;
        for row_bytes in bytes.chunks(stride) {
            for value in row_bytes.get(..row)?.chunks_exact(size) {
                let value = number(accessor.component_type, value);
                each(if accessor.normalized { (value / one).max(-1.0) } else { value });
            }
        }
        Some(width)
    }

    fn rows(&self, index: usize) -> Option<Rows> {
        let mut values = Vec::new();
        let width = self.each(index, |value| values.push(value as f32))?;
        Some(Rows { width, values })
    }

    /// Numbers in rows of so many.
    pub(super) fn floats(&self, index: usize, width: usize) -> Option<Floats> {
        let rows = self.rows(index).filter(|rows| rows.width == width)?;
        Some(rows.values.into_iter().collect())
    }

    /// Numbers of vertices.
    pub(super) fn indices(&self, index: usize) -> Option<Vec<u32>> {
        let mut found = Vec::new();
        let width = self.each(index, |value| found.push(value as u32))?;
        (width == 1).then_some(found)
    }

    /// Colours as they show, with opacity; those in the file are linear.
    pub(super) fn colors(&self, index: usize, is_opaque: bool) -> Option<Vec<u8>> {
        let rows = self.rows(index).filter(|rows| matches!(rows.width, 3 | 4))?;
        let byte = |value: f64| (value.clamp(0.0, 1.0) * 255.0).round() as u8;
        let mut found = Vec::with_capacity(rows.values.len() / rows.width * 4);
        for row in rows.values.chunks_exact(rows.width) {
            found.extend(row.iter().take(3).map(|value| byte(shown(f64::from(*value)))));
            let opacity = row.get(3).filter(|_| !is_opaque);
            found.push(opacity.map_or(u8::MAX, |opacity| byte(f64::from(*opacity))));
        }
        Some(found)
    }

    /// How many values an accessor has, whatever it says of them.
    pub(super) fn len(&self, index: usize) -> u64 {
        self.document.accessors.get(index).map_or(0, |accessor| accessor.count.saturating_mul(4))
    }
}
