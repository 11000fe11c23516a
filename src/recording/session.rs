//! A recording as a whole: what it says of itself, and the scene at any moment of it.

use std::fmt;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use super::{End, Events, Header, RecordingError};
use crate::protocol::{self, Chronicle, Happening, Moment, Spool};
use crate::scene::Scene;

/// A moment, as people write it behind a recording's name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum At {
    /// The last that the recording has.
    #[default]
    End,
    /// So long after its start.
    Time(Duration),
    /// After the update of this number; 0 is the first hydration.
    Update(u64),
}

impl FromStr for At {
    type Err = String;

    /// Reads `12.5s`, `500ms`, `2m`, `update:3`, `end`.
    fn from_str(text: &str) -> Result<Self, String> {
        let bad = || format!("`{text}` is no moment: write @12.5s, @500ms, @2m, @update:3 or @end");
        if text == "end" {
            return Ok(Self::End);
        }
        if let Some(number) = text.strip_prefix("update:") {
            return number.parse().map(Self::Update).map_err(|_| bad());
        }
        let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        let unit = match text.get(digits.len()..).unwrap_or_default() {
            "s" | "" => 1.0,
            "ms" => 1e-3,
            "m" | "min" => 60.0,
            "h" => 3600.0,
            _ => return Err(bad()),
        };
        let number: f64 = digits.parse().map_err(|_| bad())?;
        Duration::try_from_secs_f64(number * unit).map(Self::Time).map_err(|_| bad())
    }
}

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::End => f.write_str("end"),
            Self::Time(time) => write!(f, "{}s", time.as_secs_f64()),
            Self::Update(number) => write!(f, "update:{number}"),
        }
    }
}

/// A recording that was read.
pub struct Session {
    pub(super) path: PathBuf,
    /// What it says of itself.
    pub header: Header,
    /// How it ends.
    pub end: End,
    /// How long the session was.
    pub length: Duration,
    /// Connections in it.
    pub connections: u64,
    /// Websocket messages.
    pub messages: u64,
    /// Their bytes.
    pub bytes: u64,
    /// What it tells.
    pub chronicle: Arc<dyn Chronicle>,
}

impl Session {
    /// Reads a recording, all of it.
    ///
    /// # Errors
    /// [`RecordingError`]; a cut recording is no error.
    pub fn read(path: &Path) -> Result<Self, RecordingError> {
        Self::of(File::open(path).map_err(RecordingError::io(path, "read"))?, path)
    }

    /// As [`Session::read`], from a file that is open already; `path` is what errors call it.
    ///
    /// # Errors
    /// As [`Session::read`].
    pub fn of(mut file: File, path: &Path) -> Result<Self, RecordingError> {
        let start = super::start_of(&mut file).map_err(RecordingError::io(path, "read"))?;
        if !start.starts_with(mcap::MAGIC)
            && let Some((protocol, files)) = super::own::files_of(path, &start)
        {
            return super::own::read(file, path, protocol, files);
        }
        let mut events = Events::of(file, path)?;
        let header = events.header().clone();
        let protocol = protocol::by_name(&header.protocol).ok_or_else(|| RecordingError::NotARecording {
            path: path.to_owned(),
            reason: format!("it is of a protocol that this version does not know ({:?})", header.protocol),
        })?;
        let mut chronicler = protocol.chronicler();
        let mut spool = Spool::default();
        let (mut length, mut connections, mut messages, mut bytes) = (Duration::ZERO, 0, 0, 0);
        while let Some(traffic) = events.next_traffic()? {
            length = length.max(traffic.time);
            match &traffic.what {
                Happening::Opened { .. } => connections += 1,
                Happening::Message(_, message) => {
                    messages += 1;
                    bytes += message.data.len() as u64;
                }
                Happening::Closed { .. } => {}
            }
            chronicler.hear(traffic, &mut |parts| spool.keep(parts)).map_err(RecordingError::io(path, "unpack"))?;
        }
        let chronicle = chronicler.end();
        Ok(Self { path: path.to_owned(), header, end: events.end, length, connections, messages, bytes, chronicle })
    }

    /// From when on it is not understood, in words, where that is so.
    pub fn not_understood(&self) -> Option<String> {
        let (time, reason) = self.chronicle.not_understood()?;
        Some(format!("the session is not understood after {:.3} s ({reason})", time.as_secs_f64()))
    }

    /// The number of the moment that somebody means.
    ///
    /// # Errors
    /// [`RecordingError::NoSuchMoment`], [`RecordingError::NoScene`].
    pub fn moment(&self, at: At) -> Result<usize, RecordingError> {
        let moments = self.chronicle.moments();
        let none = |reason: String| RecordingError::NoSuchMoment { path: self.path.clone(), reason };
        let Some(last) = moments.len().checked_sub(1) else {
            let why = match &self.end {
                End::Cut(reason) => Some(format!("it is cut ({reason})")),
                _ => self.not_understood(),
            };
            return Err(RecordingError::NoScene { path: self.path.clone(), why });
        };
        match at {
            At::End => Ok(last),
            At::Time(time) if time > self.length => {
                let length = self.length.as_secs_f64();
                Err(none(format!("at {} s it was over: it is {length:.3} s long", time.as_secs_f64())))
            }
            At::Time(time) => moments.iter().rposition(|moment| moment.time <= time).ok_or_else(|| {
                let first = moments.first().map(|moment| moment.time).unwrap_or_default();
                none(format!(
                    "at {} s the first hydration was not over: it took until {:.3} s",
                    time.as_secs_f64(),
                    first.as_secs_f64()
                ))
            }),
            At::Update(number) => moments
                .iter()
                .position(|moment| moment.update >= number)
                .ok_or_else(|| none(format!("it has no update {number}: the last is {}", self.updates()))),
        }
    }

    /// How many updates were announced in it.
    pub fn updates(&self) -> u64 {
        self.chronicle.moments().last().map_or(0, |moment| moment.update)
    }

    /// The scene at a moment, and whether it is whole.
    ///
    /// # Errors
    /// As [`Session::moment`].
    pub fn scene(&self, at: At) -> Result<(Scene, Moment), RecordingError> {
        let index = self.moment(at)?;
        let found = self.chronicle.scene(index).zip(self.chronicle.moments().get(index).copied());
        found.ok_or_else(|| RecordingError::NoSuchMoment {
            path: self.path.clone(),
            reason: String::from("its scene cannot be put together"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_as_people_write_them() {
        assert_eq!("12.5s".parse(), Ok(At::Time(Duration::from_millis(12_500))));
        assert_eq!("500ms".parse(), Ok(At::Time(Duration::from_millis(500))));
        assert_eq!("2m".parse(), Ok(At::Time(Duration::from_secs(120))));
        assert_eq!("3".parse(), Ok(At::Time(Duration::from_secs(3))));
        assert_eq!("update:3".parse(), Ok(At::Update(3)));
        assert_eq!("end".parse(), Ok(At::End));
        for bad in ["", "s", "-1s", "1d", "update:", "update:x", "1e400s", "nan"] {
            assert!(bad.parse::<At>().is_err(), "{bad}");
        }
    }
}
