//! Reading a recording, from its start to wherever it ends. Nothing of it is held but what is at hand.

use std::collections::HashMap;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use mcap::sans_io::{LinearReadEvent, LinearReader, LinearReaderOptions};
use serde_json::Value;

use super::records::Record;
use super::{EVENTS, FORMAT, FRAMES_TO_CLIENT, FRAMES_TO_SERVER, METADATA, RecordingError, TEXT};
use crate::protocol::{Direction, Happening, Traffic, WsMessage};

/// No record is larger; what a header claims beyond is refused.
const LARGEST_RECORD: usize = 1 << 30;
/// Bytes read at a time.
const PIECE: usize = 1 << 20;

/// What a recording says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// The protocol that was spoken.
    pub protocol: String,
    /// What wrote it.
    pub program: String,
    /// When it started, where that is known.
    pub start: Option<SystemTime>,
}

/// How a recording ends.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum End {
    /// It is being read.
    #[default]
    NotYet,
    /// It is whole.
    Complete,
    /// It was cut, or is damaged from here on.
    Cut(String),
}

/// The traffic of a recording, one by one.
pub struct Events {
    file: File,
    path: PathBuf,
    reader: LinearReader,
    channels: HashMap<u16, Channel>,
    header: Header,
    /// The version of the layout.
    format: String,
    start: u64,
    /// The end of the messages was seen.
    has_all: bool,
    /// How it ended; known when there is nothing more.
    pub end: End,
}

#[derive(Clone, Copy)]
enum Channel {
    Frames(Direction, bool),
    Events,
    Other,
}

impl Events {
    /// Opens a recording and reads its head.
    ///
    /// # Errors
    /// [`RecordingError::NotARecording`] for other files, other people's MCAP files among them.
    pub fn open(path: &Path) -> Result<Self, RecordingError> {
        Self::of(File::open(path).map_err(RecordingError::io(path, "read"))?, path)
    }

    /// As [`Events::open`], for a file that is open already.
    pub(super) fn of(file: File, path: &Path) -> Result<Self, RecordingError> {
        let options =
            LinearReaderOptions::default().with_validate_chunk_crcs(true).with_record_length_limit(LARGEST_RECORD);
        let mut events = Self {
            file,
            path: path.to_owned(),
            reader: LinearReader::new_with_options(options),
            channels: HashMap::new(),
            header: Header { protocol: String::new(), program: String::new(), start: None },
            format: String::new(),
            start: 0,
            has_all: false,
            end: End::NotYet,
        };
        let not_ours =
            |reason: &str| RecordingError::NotARecording { path: path.to_owned(), reason: reason.to_owned() };
        loop {
            match events.step()? {
                Step::Header if events.format == FORMAT => return Ok(events),
                Step::Header => {
                    return Err(not_ours(&format!(
                        "its format is {:?}, and this version reads only {FORMAT:?}",
                        events.format
                    )));
                }
                Step::Traffic(_) => return Err(not_ours("it has no metadata of scenectl's at its start")),
                Step::Nothing => {}
                Step::End => {
                    return Err(not_ours(match &events.end {
                        End::Cut(reason) => reason,
                        _ => "it has no metadata of scenectl's",
                    }));
                }
            }
        }
    }

    /// What it says of itself.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// What comes next; nothing at the end, wherever that is.
    ///
    /// # Errors
    /// When the system says no. A cut or damaged file is no error: see [`Events::end`].
    pub fn next_traffic(&mut self) -> Result<Option<Traffic>, RecordingError> {
        loop {
            match self.step()? {
                Step::Traffic(traffic) => return Ok(Some(traffic)),
                Step::End => return Ok(None),
                Step::Header | Step::Nothing => {}
            }
        }
    }

    fn step(&mut self) -> Result<Step, RecordingError> {
        if self.end != End::NotYet {
            return Ok(Step::End);
        }
        let record = match self.reader.next_event() {
            None => return Ok(self.ends(End::Complete)),
            Some(Err(_)) if self.has_all => {
                let reason = "its index is cut or damaged, and nothing of the session is missing";
                return Ok(self.ends(End::Cut(String::from(reason))));
            }
            Some(Err(error)) => return Ok(self.ends(End::Cut(error.to_string()))),
            Some(Ok(LinearReadEvent::ReadRequest(wanted))) => {
                let room = self.reader.insert(wanted.clamp(1, PIECE));
                let read = self.file.read(room).map_err(RecordingError::io(&self.path, "read"))?;
                self.reader.notify_read(read);
                return Ok(Step::Nothing);
            }
            Some(Ok(LinearReadEvent::Record { data, opcode })) => Record::read(opcode, data),
        };
        match record {
            Some(Record::Message { header, data }) => {
                let time = Duration::from_nanos(header.log_time.saturating_sub(self.start));
                let what = match self.channels.get(&header.channel_id) {
                    Some(&Channel::Frames(direction, is_text)) => {
                        let data = Bytes::copy_from_slice(data);
                        Some(Happening::Message(direction, WsMessage { is_text, data }))
                    }
                    Some(Channel::Events) => happening(data),
                    Some(Channel::Other) | None => None,
                };
                let traffic = what.map(|what| Traffic { time, connection: header.sequence, what });
                Ok(traffic.map_or(Step::Nothing, Step::Traffic))
            }
            Some(Record::Channel { id, topic, encoding }) => {
                self.channels.insert(id, Channel::of(topic, encoding));
                Ok(Step::Nothing)
            }
            Some(Record::Metadata { name: METADATA, pairs }) => {
                let found = |key: &str| pairs.iter().find(|(name, _)| *name == key).map(|(_, value)| *value);
                let value = |key: &str| found(key).unwrap_or_default().to_owned();
                self.format = value("format");
                self.start = value("start").parse().unwrap_or_default();
                let start = Some(UNIX_EPOCH + Duration::from_nanos(self.start));
                self.header = Header { protocol: value("protocol"), program: value("program"), start };
                Ok(Step::Header)
            }
            Some(Record::DataEnd) => {
                self.has_all = true;
                Ok(Step::Nothing)
            }
            Some(Record::Metadata { .. } | Record::Other) => Ok(Step::Nothing),
            None => Ok(self.ends(End::Cut(String::from("a record in it is damaged")))),
        }
    }

    fn ends(&mut self, end: End) -> Step {
        self.end = end;
        Step::End
    }
}

impl Channel {
    fn of(topic: &str, encoding: &str) -> Self {
        let is_text = encoding == TEXT;
        match topic {
            FRAMES_TO_SERVER => Self::Frames(Direction::ToServer, is_text),
            FRAMES_TO_CLIENT => Self::Frames(Direction::ToClient, is_text),
            EVENTS => Self::Events,
            _ => Self::Other,
        }
    }
}

enum Step {
    Header,
    Traffic(Traffic),
    Nothing,
    End,
}

/// Reads an object of the `/events` channel.
fn happening(json: &[u8]) -> Option<Happening> {
    let event: Value = serde_json::from_slice(json).ok()?;
    let text = |key: &str| event.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    match event.get("event")?.as_str()? {
        "open" => Some(Happening::Opened { url: text("url") }),
        "close" => Some(Happening::Closed { reason: text("reason") }),
        _ => None,
    }
}
