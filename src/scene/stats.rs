//! What there is to say of an array without printing it: ranges, means, and what is no number.

use half::f16;

/// Columns beyond this are looked at together.
pub const MOST_COLUMNS: u64 = 16;

/// The smallest and the largest finite value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    /// The smallest.
    pub min: f64,
    /// The largest.
    pub max: f64,
}

impl Range {
    /// The range of no value: anything extends it.
    pub const NONE: Self = Self { min: f64::INFINITY, max: f64::NEG_INFINITY };

    /// True where there was a finite value.
    pub fn is_some(&self) -> bool {
        self.min <= self.max
    }

    /// Takes a value in.
    pub fn extend(&mut self, value: f64) {
        self.min = self.min.min(value);
        self.max = self.max.max(value);
    }

    /// Takes another range in.
    pub fn join(&mut self, other: Self) {
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
    }
}

/// The finite values of one component.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// The smallest and the largest, as the numbers of 64 bits of floating point that they are nearest to.
    pub range: Range,
    /// The same, exactly, as JSON writes them; `None` where there is no finite value.
    pub exact: Option<(String, String)>,
    /// Their mean; `None` where there is none.
    pub mean: Option<f64>,
}

/// What there is to say of an array.
#[derive(Clone, Debug, PartialEq)]
pub struct Stats {
    /// Each component; all together, where there are more than [`MOST_COLUMNS`].
    pub columns: Vec<Column>,
    /// The lengths of rows of two or three floats; of those in which all are finite.
    pub lengths: Option<Range>,
    /// How many values are not numbers.
    pub nan: u64,
    /// How many values are infinite.
    pub infinite: u64,
    /// The row of the first value that is not a number.
    pub first_nan: Option<u64>,
    /// The row of the first infinite value.
    pub first_infinite: Option<u64>,
    /// No value is smaller than the one before.
    pub rising: bool,
}

impl Stats {
    /// The row of the first value that is infinite or not a number.
    pub fn first_bad(&self) -> Option<u64> {
        [self.first_nan, self.first_infinite].into_iter().flatten().min()
    }
}

/// A type that values in blobs have; of so many bytes.
pub(super) trait Value<const N: usize>: Copy + PartialOrd {
    const IS_FLOAT: bool;
    /// What every value is smaller, and greater than, or equal to.
    const ENDS: (Self, Self);
    fn read(bytes: [u8; N]) -> Self;
    fn near(self) -> f64;
    /// The value, if it is of a type of integers.
    fn whole(self) -> Option<i128>;
    /// What prints as JSON writes the value.
    fn shown(self) -> impl std::fmt::Debug;
}

macro_rules! values {
    ($($type:ident $size:literal $float:literal $low:expr, $high:expr;)*) => {
        $(impl Value<$size> for $type {
            const IS_FLOAT: bool = $float;
            const ENDS: (Self, Self) = ($high, $low);
            fn read(bytes: [u8; $size]) -> Self {
                Self::from_le_bytes(bytes)
            }
            #[allow(clippy::cast_lossless, clippy::unnecessary_cast, reason = "one body for all types")]
            fn near(self) -> f64 {
                self as f64
            }
            #[allow(clippy::cast_lossless, reason = "one body for all types")]
            fn whole(self) -> Option<i128> {
                (!$float).then_some(self as i128)
            }
            fn shown(self) -> impl std::fmt::Debug {
                self
            }
        })*
    };
}

values! {
    i8 1 false i8::MIN, i8::MAX;
    u8 1 false u8::MIN, u8::MAX;
    i16 2 false i16::MIN, i16::MAX;
    u16 2 false u16::MIN, u16::MAX;
    i32 4 false i32::MIN, i32::MAX;
    u32 4 false u32::MIN, u32::MAX;
    i64 8 false i64::MIN, i64::MAX;
    u64 8 false u64::MIN, u64::MAX;
    f32 4 true f32::NEG_INFINITY, f32::INFINITY;
    f64 8 true f64::NEG_INFINITY, f64::INFINITY;
}

impl Value<2> for f16 {
    const IS_FLOAT: bool = true;
    const ENDS: (Self, Self) = (Self::INFINITY, Self::NEG_INFINITY);
    fn read(bytes: [u8; 2]) -> Self {
        Self::from_le_bytes(bytes)
    }
    fn near(self) -> f64 {
        self.to_f64()
    }
    fn whole(self) -> Option<i128> {
        None
    }
    /// The shortest decimal number that becomes the same value again, as the other types print it.
    fn shown(self) -> impl std::fmt::Debug {
        let single = self.to_f32();
        // Five digits tell all values of 16 bits apart; two more cover what rounding in between takes.
        let shortest = (0..7).filter_map(|digits| format!("{single:.digits$e}").parse::<f32>().ok());
        let mut shortest = shortest.filter(|near| Self::from_f32(*near) == self);
        if self.is_finite() { shortest.next().unwrap_or(single) } else { single }
    }
}

#[derive(Clone, Copy)]
struct Sum<T> {
    min: T,
    max: T,
    sum: f64,
    count: u64,
}

/// Looks through values, part by part; every part but the last has whole rows.
pub(super) struct Looking<T> {
    sums: Vec<Sum<T>>,
    components: u64,
    seen: u64,
    before: f64,
    squares: Range,
    stats: Stats,
}

impl<T> Looking<T> {
    pub(super) fn new<const N: usize>(components: u64) -> Self
    where
        T: Value<N>,
    {
        let width = if (1..=MOST_COLUMNS).contains(&components) { components } else { 1 };
        let (min, max) = T::ENDS;
        let none = Sum { min, max, sum: 0.0, count: 0 };
        Self {
            sums: vec![none; usize::try_from(width).unwrap_or(1)],
            components: components.max(1),
            seen: 0,
            before: f64::NEG_INFINITY,
            squares: Range::NONE,
            stats: Stats {
                columns: Vec::new(),
                lengths: None,
                nan: 0,
                infinite: 0,
                first_nan: None,
                first_infinite: None,
                rising: true,
            },
        }
    }

    /// Takes some values in.
    pub(super) fn feed<const N: usize>(&mut self, values: &[[u8; N]])
    where
        T: Value<N>,
    {
        match self.sums.len() {
            1 => self.rows::<N, 1>(values),
            2 => self.rows::<N, 2>(values),
            3 => self.rows::<N, 3>(values),
            4 => self.rows::<N, 4>(values),
            width => values.chunks(width).for_each(|row| self.row(row)),
        }
    }

    /// Rows of one width: what is summed up stays in registers.
    fn rows<const N: usize, const W: usize>(&mut self, values: &[[u8; N]])
    where
        T: Value<N>,
    {
        let Some(mut sums) = self.sums.first_chunk::<W>().copied() else { return };
        let (rows, rest) = values.as_chunks::<W>();
        let has_lengths = T::IS_FLOAT && (W == 2 || W == 3);
        let mut before = self.before;
        let (mut rising, mut squares) = (self.stats.rising, self.squares);
        let (mut bad, mut seen) = (false, self.seen);
        for row in rows {
            let mut square = 0.0;
            for (sum, bytes) in sums.iter_mut().zip(row) {
                let value = T::read(*bytes);
                let near = value.near();
                rising &= near >= before;
                before = near;
                square += near * near;
                if near.is_finite() {
                    sum.min = if value < sum.min { value } else { sum.min };
                    sum.max = if value > sum.max { value } else { sum.max };
                    sum.sum += near;
                    sum.count += 1;
                } else {
                    bad = true;
                }
            }
            if has_lengths && square.is_finite() {
                squares.extend(square);
            }
            if bad {
                bad = false;
                row.iter().enumerate().for_each(|(k, bytes)| self.bad(T::read(*bytes).near(), seen + k as u64));
            }
            seen += W as u64;
        }
        (self.before, self.squares, self.stats.rising, self.seen) = (before, squares, rising, seen);
        self.sums.iter_mut().zip(sums).for_each(|(slot, sum)| *slot = sum);
        if !rest.is_empty() {
            self.row(rest);
        }
    }

    /// A row of any width, or a part of one.
    fn row<const N: usize>(&mut self, row: &[[u8; N]])
    where
        T: Value<N>,
    {
        for (k, bytes) in row.iter().enumerate() {
            let value = T::read(*bytes);
            let near = value.near();
            self.stats.rising &= near >= self.before;
            self.before = near;
            match self.sums.get_mut(k).filter(|_| near.is_finite()) {
                Some(sum) => {
                    sum.min = if value < sum.min { value } else { sum.min };
                    sum.max = if value > sum.max { value } else { sum.max };
                    sum.sum += near;
                    sum.count += 1;
                }
                None => self.bad(near, self.seen + k as u64),
            }
        }
        self.seen += row.len() as u64;
    }

    fn bad(&mut self, value: f64, index: u64) {
        if value.is_finite() {
            return;
        }
        let stats = &mut self.stats;
        let (count, first) = if value.is_nan() {
            (&mut stats.nan, &mut stats.first_nan)
        } else {
            (&mut stats.infinite, &mut stats.first_infinite)
        };
        *count += 1;
        first.get_or_insert(index / self.components);
    }

    /// What was seen.
    pub(super) fn conclude<const N: usize>(self) -> Stats
    where
        T: Value<N>,
    {
        let column = |sum: Sum<T>| {
            let is_some = sum.count > 0;
            Column {
                range: if is_some { Range { min: sum.min.near(), max: sum.max.near() } } else { Range::NONE },
                exact: is_some.then(|| (format!("{:?}", sum.min.shown()), format!("{:?}", sum.max.shown()))),
                mean: is_some.then(|| sum.sum / sum.count as f64),
            }
        };
        let Range { min, max } = self.squares;
        let lengths = self.squares.is_some().then(|| Range { min: min.sqrt(), max: max.sqrt() });
        Stats { columns: self.sums.into_iter().map(column).collect(), lengths, ..self.stats }
    }
}
