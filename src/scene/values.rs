//! The values in a blob: typed, little-endian, one after another.

use bytes::Bytes;

use super::Element;

/// A blob's bytes read as values of one type. Cheap to make and to clone: the bytes are shared.
#[derive(Clone, Debug)]
pub struct Values {
    bytes: Bytes,
    element: Element,
    len: usize,
}

/// What there is to say of an array without printing it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stats {
    /// The smallest finite value; `None` where there is no finite value.
    pub min: Option<f64>,
    /// The largest finite value.
    pub max: Option<f64>,
    /// The mean of the finite values.
    pub mean: Option<f64>,
    /// How many values are not numbers.
    pub nan: u64,
    /// How many values are infinite.
    pub infinite: u64,
}

/// Calls an expression with `$values` as an iterator of a blob's values in their own type.
macro_rules! with_values {
    ($self:expr, $values:ident => $body:expr) => {
        with_values!(@arms $self, $values => $body,
            I8 i8, U8 u8, I16 i16, U16 u16, I32 i32, U32 u32, I64 i64, U64 u64, F32 f32, F64 f64)
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
        #[allow(clippy::cast_lossless, clippy::unnecessary_cast, reason = "one body for all types")]
        {
            with_values!(self, values => values.for_each(|value| each(value as f64)));
        }
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
        #[allow(clippy::cast_lossless, clippy::unnecessary_cast, reason = "one body for all types")]
        {
            with_values!(one, values => { let mut values = values; values.next().map(|value| value as i128) })
        }
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
            values.next().map(|value| format!("{value:?}"))
        })
    }

    /// The extremes, the mean, and what is no number.
    pub fn stats(&self) -> Stats {
        let (mut min, mut max, mut sum) = (f64::INFINITY, f64::NEG_INFINITY, 0.0);
        let (mut nan, mut infinite) = (0_u64, 0_u64);
        self.for_each(|value| {
            if value.is_finite() {
                min = min.min(value);
                max = max.max(value);
                sum += value;
            } else if value.is_nan() {
                nan += 1;
            } else {
                infinite += 1;
            }
        });
        let finite = self.len as u64 - nan - infinite;
        let some = |value: f64| (finite > 0).then_some(value);
        Stats { min: some(min), max: some(max), mean: some(sum / finite as f64), nan, infinite }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        let stats = values.stats();
        assert_eq!((stats.min, stats.max, stats.mean), (Some(-2.0), Some(1.5), Some(-0.25)));
        assert_eq!((stats.nan, stats.infinite), (1, 1));
        assert_eq!(
            (values.text(0).as_deref(), values.text(3).as_deref(), values.text(4)),
            (Some("1.5"), Some("-2.0"), None)
        );
        assert_eq!(values.integer(0), None);
        assert_eq!(Values::new(Bytes::from_static(&[0xff; 8]), Element::I64, 1).integer(0), Some(-1));
        let mut part = [0.0; 2];
        values.read(2, &mut part);
        assert_eq!(part, [f64::INFINITY, -2.0]);
    }
}
