//! A part of an array, as Python writes it: `[10:20]`, `[-5:]`, `[::2]`, `[5]`.

use std::fmt;
use std::str::FromStr;

use super::{Path, SceneError};

/// Which rows of an array.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slice {
    /// One; a negative one counts from the end.
    Row(i64),
    /// From the first on, before the second, each so many.
    Range(Option<i64>, Option<i64>, i64),
}

/// Rows that are there: an iterator of their numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rows {
    /// The first.
    pub first: usize,
    /// From one to the next; not 0.
    pub step: isize,
    /// How many.
    pub count: usize,
}

impl Iterator for Rows {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        self.count = self.count.checked_sub(1)?;
        let row = self.first;
        self.first = row.wrapping_add_signed(self.step);
        Some(row)
    }
}

impl Slice {
    /// The rows among so many, as Python has it: what is beyond the ends is left out. `None` for a single one that is
    /// not there.
    pub fn rows(self, len: usize) -> Option<Rows> {
        let len = i64::try_from(len).unwrap_or(i64::MAX);
        let from_start = |index: i64| if index < 0 { index.saturating_add(len) } else { index };
        let (first, count, step) = match self {
            Self::Row(index) => {
                let row = from_start(index);
                (0..len).contains(&row).then_some((row, 1, 1))?
            }
            Self::Range(start, end, step) if step > 0 => {
                let start = from_start(start.unwrap_or(0)).clamp(0, len);
                let end = from_start(end.unwrap_or(len)).clamp(start, len);
                let step = step.min(len.max(1));
                (start, (end - start + step - 1) / step, step)
            }
            Self::Range(start, end, step) => {
                let start = start.map_or(len - 1, from_start).clamp(-1, len - 1);
                let end = end.map_or(-1, from_start).clamp(-1, start);
                let step = step.max(-len.max(1));
                (start.max(0), (start - end - step - 1) / -step, step)
            }
        };
        let whole = |number: i64| usize::try_from(number).unwrap_or_default();
        Some(Rows { first: whole(first), step: isize::try_from(step).unwrap_or(isize::MAX), count: whole(count) })
    }
}

impl FromStr for Slice {
    type Err = String;

    /// Reads what stands between the brackets.
    fn from_str(text: &str) -> Result<Self, String> {
        let number = |text: &str| {
            let text = text.trim();
            text.parse::<i64>().map_err(|_| format!("`{text}` is no row's number"))
        };
        let bound = |text: &str| if text.trim().is_empty() { Ok(None) } else { number(text).map(Some) };
        let parts: Vec<&str> = text.split(':').collect();
        match parts.as_slice() {
            [row] => number(row).map(Self::Row),
            [start, end] => Ok(Self::Range(bound(start)?, bound(end)?, 1)),
            [start, end, step] => match bound(step)?.unwrap_or(1) {
                0 => Err(String::from("a step cannot be 0")),
                step => Ok(Self::Range(bound(start)?, bound(end)?, step)),
            },
            _ => Err(String::from("it has more than two colons")),
        }
    }
}

impl fmt::Display for Slice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::Range(start, end, step) = self else {
            let Self::Row(row) = self else { return Ok(()) };
            return write!(f, "[{row}]");
        };
        let bound = |bound: &Option<i64>| bound.map(|bound| bound.to_string()).unwrap_or_default();
        let step = if *step == 1 { String::new() } else { format!(":{step}") };
        write!(f, "[{}:{}{step}]", bound(start), bound(end))
    }
}

/// A path, and the rows of the array that it ends in: `Points.Data[10:20]`. Names that end in a bracket are quoted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SlicedPath {
    /// The path.
    pub path: Path,
    /// The rows; all, where there is none.
    pub slice: Option<Slice>,
}

impl FromStr for SlicedPath {
    type Err = SceneError;

    fn from_str(text: &str) -> Result<Self, SceneError> {
        let Some((path, slice)) = text.strip_suffix(']').and_then(|text| text.rsplit_once('[')) else {
            return Ok(Self { path: text.parse()?, slice: None });
        };
        let slice = slice.parse().map_err(|reason| SceneError::Path { path: text.to_owned(), reason })?;
        Ok(Self { path: path.parse()?, slice: Some(slice) })
    }
}

impl fmt::Display for SlicedPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path)?;
        self.slice.iter().try_for_each(|slice| write!(f, "{slice}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picked(text: &str, len: usize) -> Option<Vec<usize>> {
        text.parse::<Slice>().unwrap().rows(len).map(Iterator::collect)
    }

    /// What `list(range(10))[…]` gives.
    #[test]
    fn rows_are_those_of_python() {
        let cases: [(&str, &[usize]); 17] = [
            ("2:5", &[2, 3, 4]),
            (":3", &[0, 1, 2]),
            ("-3:", &[7, 8, 9]),
            ("::4", &[0, 4, 8]),
            ("1:8:3", &[1, 4, 7]),
            ("1:7:3", &[1, 4]),
            ("8:100", &[8, 9]),
            ("5:2", &[]),
            ("20:", &[]),
            ("-100:2", &[0, 1]),
            ("::-3", &[9, 6, 3, 0]),
            ("5:1:-2", &[5, 3]),
            ("100:7:-1", &[9, 8]),
            ("0:5:-1", &[]),
            ("2::-1", &[2, 1, 0]),
            ("4", &[4]),
            ("-1", &[9]),
        ];
        for (text, rows) in cases {
            assert_eq!(picked(text, 10).as_deref(), Some(rows), "{text}");
        }
        for text in ["10", "-11"] {
            assert_eq!(picked(text, 10), None, "{text}");
        }
        let huge = format!("{}:{}:{}", i64::MIN, i64::MAX, i64::MAX);
        assert_eq!(picked(&huge, 10).unwrap(), [0]);
        assert_eq!(picked(&format!("::{}", i64::MIN), 10).unwrap(), [9]);
        for text in [":", "::2", "::-1", "3:7"] {
            assert_eq!(picked(text, 0).unwrap(), [0; 0], "{text}");
        }
    }

    #[test]
    fn paths_end_in_brackets() {
        for text in ["Points.Data[10:20]", "Data[5]", "[-5:]", "a[::-2]", "Data[1:2:3]", "Data", ""] {
            let path: SlicedPath = text.parse().unwrap();
            assert_eq!((path.to_string(), path.slice.is_some()), (text.to_owned(), text.ends_with(']')));
        }
        assert_eq!("\"a[5]\"".parse::<SlicedPath>().unwrap().path.0[0].0, "a[5]");
        for bad in
            ["Data[x]", "Data[]", "Data[::0]", "Data[1:2:3:4]", "Data]", "Data.[1]", "Data[99999999999999999999]"]
        {
            assert!(matches!(bad.parse::<SlicedPath>(), Err(SceneError::Path { .. })) || bad == "Data]", "{bad}");
        }
    }
}
