//! The values in a blob: typed, little-endian, one after another.

use std::convert::Infallible;
use std::fmt::Write as _;

use bytes::{Bytes, BytesMut};
use half::f16;

use super::stats::{Looking, Value as _};
use super::{Element, Rows, Stats};

/// A blob's bytes read as values of one type. Cheap to make and to clone: the bytes are shared.
#[derive(Clone, Debug)]
pub struct Values {
    bytes: Bytes,
    element: Element,
    len: usize,
}

/// Calls an expression with `$values` as an iterator of a blob's values in their own type.
macro_rules! with_values {
    ($self:expr, $values:ident => $body:expr) => {
        with_values!(@arms $self, $values => $body,
            I8 i8, U8 u8, I16 i16, U16 u16, I32 i32, U32 u32, I64 i64, U64 u64, F16 f16, F32 f32, F64 f64)
    };
    (@arms $self:expr, $values:ident => $body:expr, $($element:ident $type:ident),*) => {
        match $self.element {
            $(Element::$element => {
                let $values = $self.bytes.as_chunks().0.iter().take($self.len).map(|value| $type::from_le_bytes(*value));
                $body
            })*
            Element::Bit => {
                let $values = $self.bits();
                $body
            }
        }
    };
}

/// Runs an expression with the type of a blob's values as a name, and its size as another.
macro_rules! with_type {
    ($self:expr, $T:ident, $N:ident => $body:expr) => {
        with_type!(@arms $self, $T, $N => $body, I8 i8 1, U8 u8 1, I16 i16 2, U16 u16 2, I32 i32 4, U32 u32 4,
            I64 i64 8, U64 u64 8, F16 f16 2, F32 f32 4, F64 f64 8, Bit u8 1)
    };
    (@arms $self:expr, $T:ident, $N:ident => $body:expr, $($element:ident $type:ident $size:literal),*) => {
        match $self.element {
            $(Element::$element => {
                type $T = $type;
                const $N: usize = $size;
                $body
            })*
        }
    };
}

impl Values {
    /// Reads bytes as `count` values. Fewer, where the bytes end before.
    pub fn new(bytes: Bytes, element: Element, count: u64) -> Self {
        let fits = match element {
            Element::Bit => (bytes.len() as u64).saturating_mul(8),
            other => bytes.len() as u64 / other.bytes_for(1).max(1),
        };
        Self { len: usize::try_from(count.min(fits)).unwrap_or(usize::MAX), bytes, element }
    }

    /// How many values there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// True where there is none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Their type.
    pub fn element(&self) -> Element {
        self.element
    }

    /// The bytes.
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// VTK packs bits with the first in the highest place.
    fn bits(&self) -> impl Iterator<Item = u8> {
        self.bytes.iter().flat_map(|byte| (0..8).rev().map(move |place| byte >> place & 1)).take(self.len)
    }

    /// Calls `each` for every value, as the number it is nearest to in 64 bits of floating point.
    pub fn for_each(&self, mut each: impl FnMut(f64)) {
        with_values!(self, values => values.for_each(|value| each(value.near())));
    }

    /// Fills `out` with values from `start` on, as far as there are any.
    pub fn read(&self, start: usize, out: &mut [f64]) {
        let part = self.slice(start, out.len());
        let mut slots = out.iter_mut();
        part.for_each(|value| {
            if let Some(slot) = slots.next() {
                *slot = value;
            }
        });
    }

    /// The bytes of some values; `None` for bits, which do not start at bytes.
    pub fn raw(&self, start: usize, count: usize) -> Option<Bytes> {
        (self.element != Element::Bit).then(|| self.slice(start, count).bytes)
    }

    /// One value of an array of integers, exactly; `None` for one of floats.
    pub fn integer(&self, index: usize) -> Option<i128> {
        if self.element.is_float() {
            return None;
        }
        let one = self.slice(index, 1);
        with_values!(one, values => { let mut values = values; values.next().and_then(|value| value.whole()) })
    }

    /// A part of the values. (Of bits, a part starts with the first.)
    fn slice(&self, start: usize, count: usize) -> Self {
        let len = count.min(self.len.saturating_sub(start));
        if self.element == Element::Bit {
            let whole = self.bytes.slice((start / 8).min(self.bytes.len())..);
            let from = Self { bytes: whole, element: Element::Bit, len: len + start % 8 };
            let bits: Vec<u8> = from.bits().skip(start % 8).collect();
            return Self { bytes: bits.into(), element: Element::U8, len };
        }
        let size = usize::try_from(self.element.bytes_for(1)).unwrap_or(1);
        let range =
            start.saturating_mul(size).min(self.bytes.len())..(start + len).saturating_mul(size).min(self.bytes.len());
        Self { bytes: self.bytes.slice(range), element: self.element, len }
    }

    /// One value, exactly as JSON would write it.
    pub fn text(&self, index: usize) -> Option<String> {
        let one = self.slice(index, 1);
        with_values!(one, values => {
            let mut values = values;
            values.next().map(|value| format!("{:?}", value.shown()))
        })
    }

    /// What there is to say of the values as rows of so many.
    pub fn stats(&self, components: u64) -> Stats {
        with_type!(self, T, N => {
            let mut looking = Looking::<T>::new::<N>(components);
            let Ok(()) = self.blocks(components, |block| {
                looking.feed(block.as_chunks::<N>().0);
                Ok::<_, Infallible>(())
            });
            looking.conclude::<N>()
        })
    }

    /// The bytes of the values, whole rows at a time; bits a byte each.
    ///
    /// # Errors
    /// Those of `each`.
    pub fn blocks<E>(&self, components: u64, mut each: impl FnMut(&[u8]) -> Result<(), E>) -> Result<(), E> {
        /// Bits that are unpacked at a time, roughly.
        const BLOCK: usize = 1 << 16;
        if self.element != Element::Bit {
            let size = usize::try_from(self.element.bytes_for(1)).unwrap_or(1);
            return each(self.bytes.get(..self.len.saturating_mul(size)).unwrap_or_default());
        }
        let row = usize::try_from(components).unwrap_or(BLOCK).clamp(1, BLOCK);
        let rows = BLOCK.next_multiple_of(row);
        let mut bits = self.bits();
        loop {
            let block: Vec<u8> = bits.by_ref().take(rows).collect();
            if block.is_empty() {
                return Ok(());
            }
            each(&block)?;
        }
    }

    /// Some rows, in this order, as a new array; bits become bytes, unless all are wanted.
    pub fn rows(&self, rows: Rows, components: usize) -> Self {
        if rows.step == 1 {
            return self.slice(rows.first.saturating_mul(components), rows.count.saturating_mul(components));
        }
        let mut bytes = BytesMut::new();
        let mut found = Self { element: self.element, bytes: Bytes::new(), len: 0 };
        for row in rows {
            let part = self.slice(row.saturating_mul(components), components);
            bytes.extend_from_slice(&part.bytes);
            (found.element, found.len) = (part.element, found.len + part.len);
        }
        Self { bytes: bytes.freeze(), ..found }
    }

    /// Calls `each` with every value as text, as JSON would write it; what is no finite number is `NaN`, `inf` or `-inf`.
    ///
    /// # Errors
    /// Those of `each`.
    pub fn texts<E>(&self, mut each: impl FnMut(&str) -> Result<(), E>) -> Result<(), E> {
        let mut text = String::new();
        with_values!(self, values => {
            for value in values {
                text.clear();
                // Writing to a string does not fail.
                let _ = write!(text, "{:?}", value.shown());
                each(&text)?;
            }
        });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scene::Range;

    #[test]
    fn every_type_is_read() {
        let bytes = Bytes::from_static(&[1, 0, 0, 0, 255, 255, 255, 255, 9]);
        let read = |element, count| {
            let values = Values::new(bytes.clone(), element, count);
            let mut found = Vec::new();
            values.for_each(|value| found.push(value));
            found
        };
        assert_eq!(read(Element::I32, 9), [1.0, -1.0]);
        assert_eq!(read(Element::U32, 1), [1.0]);
        assert_eq!(read(Element::I64, 1), [-4_294_967_295.0]);
        assert_eq!(read(Element::U8, 3), [1.0, 0.0, 0.0]);
        assert_eq!(read(Element::Bit, 9), [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0]);
        let floats: Vec<u8> = [1.5_f32, f32::NAN, f32::INFINITY, -2.0].iter().flat_map(|v| v.to_le_bytes()).collect();
        let values = Values::new(floats.into(), Element::F32, 4);
        let stats = values.stats(1);
        let column = &stats.columns[0];
        assert_eq!((column.range, column.mean), (Range { min: -2.0, max: 1.5 }, Some(-0.25)));
        assert_eq!((stats.nan, stats.infinite, stats.first_bad(), stats.rising), (1, 1, Some(1), false));
        assert_eq!(
            (values.text(0).as_deref(), values.text(3).as_deref(), values.text(4)),
            (Some("1.5"), Some("-2.0"), None)
        );
        assert_eq!((stats.first_nan, stats.first_infinite), (Some(1), Some(2)));
        assert_eq!(values.integer(0), None);
        assert_eq!(Values::new(Bytes::from_static(&[0xff; 8]), Element::I64, 1).integer(0), Some(-1));
        let mut part = [0.0; 2];
        values.read(2, &mut part);
        assert_eq!(part, [f64::INFINITY, -2.0]);
    }

    fn of<const N: usize>(values: &[[u8; N]], element: Element) -> Values {
        Values::new(values.concat().into(), element, values.len() as u64)
    }

    /// Every width, and a last row that is cut, as one would look by hand.
    #[test]
    fn columns_are_looked_at_one_by_one() {
        let numbers: Vec<f32> = (0..1001).map(|k| ((k * 7919) % 1013) as f32 - 500.5).collect();
        let values = of(&numbers.iter().map(|v| v.to_le_bytes()).collect::<Vec<_>>(), Element::F32);
        for width in [1_usize, 2, 3, 4, 5, 9, 16, 17] {
            let stats = values.stats(width as u64);
            let columns = if width > 16 { 1 } else { width };
            assert_eq!(stats.columns.len(), columns);
            for (k, column) in stats.columns.iter().enumerate() {
                let mine: Vec<f32> = numbers.iter().skip(k).step_by(columns).copied().collect();
                let min = mine.iter().copied().fold(f32::INFINITY, f32::min);
                let max = mine.iter().copied().fold(f32::NEG_INFINITY, f32::max);
                assert_eq!(column.exact, Some((format!("{min:?}"), format!("{max:?}"))));
                let mean = mine.iter().copied().map(f64::from).sum::<f64>() / mine.len() as f64;
                assert!((column.mean.unwrap() - mean).abs() < 1e-9);
            }
            assert_eq!(stats.lengths.is_some(), width == 2 || width == 3);
        }
        let rows = of(&[3.0_f64, 4.0, f64::NAN, 1.0, -6.0, 8.0].map(f64::to_le_bytes), Element::F64).stats(2);
        assert_eq!(rows.lengths, Some(Range { min: 5.0, max: 10.0 }));
        assert_eq!((rows.nan, rows.first_bad()), (1, Some(1)));
    }

    #[test]
    fn integers_are_exact() {
        let stats = of(&[i64::MAX, i64::MIN + 1, 3].map(i64::to_le_bytes), Element::I64).stats(1);
        assert_eq!(stats.columns[0].exact, Some(("-9223372036854775807".into(), "9223372036854775807".into())));
        assert!(of(&[1_u16, 1, 9].map(u16::to_le_bytes), Element::U16).stats(1).rising);
        let none = Values::new(Bytes::new(), Element::F32, 0).stats(3);
        assert_eq!((none.columns.len(), none.columns[0].exact.is_none(), none.columns[0].mean), (3, true, None));
    }

    #[test]
    fn bits_are_looked_at_in_blocks() {
        let bytes: Vec<u8> = (0..30_000_u32).map(|k| k.wrapping_mul(2_654_435_761).to_le_bytes()[3]).collect();
        let ones: u32 = bytes.iter().map(|byte| byte.count_ones()).sum();
        let values = Values::new(bytes.into(), Element::Bit, 240_000);
        let stats = values.stats(3);
        let sum: f64 = stats.columns.iter().map(|column| column.mean.unwrap() * 80_000.0).sum();
        assert_eq!(sum.round(), f64::from(ones));
        assert_eq!(stats.columns[2].exact, Some(("0".into(), "1".into())));
    }

    #[test]
    fn rows_are_picked() {
        let values = of(&[0_i16, 1, 2, 3, 4, 5].map(i16::to_le_bytes), Element::I16);
        let picked = |first, step, count| {
            let mut found = Vec::new();
            values.rows(Rows { first, step, count }, 2).for_each(|value| found.push(value));
            found
        };
        assert_eq!(picked(1, 1, 2), [2.0, 3.0, 4.0, 5.0]);
        assert_eq!(picked(2, -2, 2), [4.0, 5.0, 0.0, 1.0]);
        assert_eq!(picked(0, 1, 0), [0.0; 0]);
        let bits = Values::new(Bytes::from_static(&[0b1010_0110, 0b1100_0000]), Element::Bit, 10);
        let mut text = String::new();
        bits.rows(Rows { first: 9, step: -3, count: 4 }, 1).for_each(|bit| text += &bit.to_string());
        assert_eq!(text, "1101");
    }
}
