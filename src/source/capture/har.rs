//! HAR files: `log.entries[]`, of which those of websockets have `_webSocketMessages`.
//!
//! ```text
//! {"type":"send"|"receive","time":SINCE 1970,"opcode":1|2,"data":TEXT, or base64 where opcode is 2}
//! ```
//! Chromium's `time` is in seconds, Playwright's in milliseconds.
//! Sources: Chromium's `front_end/models/har/Log.ts`; Playwright's `harTracer.ts`, and a file of 1.65.

use std::cell::RefCell;
use std::fmt;
use std::io::Read;

use data_encoding::BASE64;
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::{Connection, Failure, LONGEST, LONGEST_URL, MOST_CONNECTIONS, Teller, address};
use crate::limited::{Allowance, Limited};
use crate::protocol::{Direction, WsMessage};

/// What is done with what is found.
trait Sink {
    /// A message of the entry that is being read.
    fn message(&mut self, message: Message) -> Result<(), Failure>;
    /// The entry is over.
    fn entry(&mut self, url: Option<String>) -> Result<(), Failure>;
    /// Whether what messages carry is wanted.
    fn wants_data(&self) -> bool;
}

/// A message as it stands in the file.
#[derive(Default)]
struct Message {
    kind: String,
    time: f64,
    opcode: u64,
    data: Option<String>,
}

/// Finds the connections.
pub(super) fn look(reader: impl Read) -> Result<Vec<Connection>, Failure> {
    let mut looker = Looker { connections: Vec::new(), open: None };
    walk(reader, &mut looker)?;
    Ok(looker.connections)
}

/// Tells of all messages.
pub(super) fn read(reader: impl Read, teller: &mut Teller<'_>) -> Result<(), Failure> {
    walk(reader, &mut Reading { teller, next: 0, open: false })
}

struct Looker {
    connections: Vec<Connection>,
    open: Option<(f64, f64)>,
}

impl Sink for Looker {
    fn message(&mut self, message: Message) -> Result<(), Failure> {
        let (first, last) = self.open.unwrap_or((message.time, message.time));
        self.open = Some((first.min(message.time), last.max(message.time)));
        Ok(())
    }

    fn entry(&mut self, url: Option<String>) -> Result<(), Failure> {
        let Some((first, last)) = self.open.take() else { return Ok(()) };
        if self.connections.len() == MOST_CONNECTIONS {
            return Err(Failure::Unreadable(format!("more than {MOST_CONNECTIONS} websockets")));
        }
        self.connections.push(Connection { url: url.map(|url| address(&url)).unwrap_or_default(), first, last });
        Ok(())
    }

    fn wants_data(&self) -> bool {
        false
    }
}

struct Reading<'r, 'a> {
    teller: &'r mut Teller<'a>,
    next: u32,
    open: bool,
}

impl Sink for Reading<'_, '_> {
    fn message(&mut self, message: Message) -> Result<(), Failure> {
        if !self.open {
            self.open = true;
            self.teller.opened(self.next)?;
        }
        let direction = match message.kind.as_str() {
            "send" => Direction::ToServer,
            "receive" => Direction::ToClient,
            _ => {
                self.teller.read.skipped += 1;
                return Ok(());
            }
        };
        let said = match (message.opcode, message.data) {
            (1, Some(text)) => Some(WsMessage::text(text)),
            (2, Some(text)) => BASE64.decode(text.as_bytes()).ok().map(WsMessage::binary),
            // Pings, pongs, closing: nothing was said.
            (8..=10, _) => return Ok(()),
            _ => None,
        };
        match said {
            Some(said) => self.teller.message(message.time, self.next, direction, said),
            None => {
                self.teller.read.skipped += 1;
                Ok(())
            }
        }
    }

    fn entry(&mut self, _: Option<String>) -> Result<(), Failure> {
        if std::mem::take(&mut self.open) {
            self.teller.closed(self.next, None)?;
            self.next += 1;
        }
        Ok(())
    }

    fn wants_data(&self) -> bool {
        true
    }
}

fn walk(reader: impl Read, sink: &mut dyn Sink) -> Result<(), Failure> {
    let allowance = Allowance::default();
    let walk = Walk { sink: RefCell::new(sink), failed: RefCell::new(None), allowance: &allowance };
    let mut json = serde_json::Deserializer::from_reader(Limited { reader, allowance: &allowance });
    let walked = Keys { walk: &walk, level: Level::File }.deserialize(&mut json).and_then(|()| json.end());
    match (walk.failed.into_inner(), walked) {
        (Some(failure), _) => Err(failure),
        (None, Ok(())) => Ok(()),
        (None, Err(error)) if error.is_io() => Err(Failure::Io(error.into())),
        (None, Err(error)) => Err(Failure::Unreadable(error.to_string())),
    }
}

struct Walk<'w> {
    sink: RefCell<&'w mut dyn Sink>,
    /// Why the sink wants no more: serde has no place for it.
    failed: RefCell<Option<Failure>>,
    allowance: &'w Allowance,
}

impl Walk<'_> {
    fn tell<E: Error>(&self, tell: impl FnOnce(&mut dyn Sink) -> Result<(), Failure>) -> Result<(), E> {
        tell(&mut **self.sink.borrow_mut()).map_err(|failure| {
            *self.failed.borrow_mut() = Some(failure);
            E::custom("stopped")
        })
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Level {
    File,
    Log,
}

/// `{"log": {"entries": […]}}`, and anything beside.
struct Keys<'a, 'w> {
    walk: &'a Walk<'w>,
    level: Level,
}

impl<'de> DeserializeSeed<'de> for Keys<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Keys<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the `log` of a HAR")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = next_key(self.walk, &mut map)? {
            match (self.level, key.as_str()) {
                (Level::File, "log") => map.next_value_seed(Keys { level: Level::Log, ..self })?,
                (Level::Log, "entries") => map.next_value_seed(Entries { walk: self.walk })?,
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }
}

struct Entries<'a, 'w> {
    walk: &'a Walk<'w>,
}

impl<'de> DeserializeSeed<'de> for Entries<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Entries<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the `entries` of a HAR")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while seq.next_element_seed(Entry { walk: self.walk })?.is_some() {}
        Ok(())
    }
}

struct Entry<'a, 'w> {
    walk: &'a Walk<'w>,
}

impl<'de> DeserializeSeed<'de> for Entry<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Entry<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an entry of a HAR")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut url = None;
        while let Some(key) = next_key(self.walk, &mut map)? {
            match key.as_str() {
                "request" => {
                    // Headers and cookies stay where they are.
                    #[derive(Deserialize)]
                    struct Request {
                        url: Option<String>,
                    }
                    url = self.walk.allowance.within(LONGEST, || map.next_value::<Request>())?.url;
                    url = url.filter(|url| url.len() as u64 <= LONGEST_URL);
                }
                "_webSocketMessages" => map.next_value_seed(Messages { walk: self.walk })?,
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        self.walk.tell(|sink| sink.entry(url))
    }
}

struct Messages<'a, 'w> {
    walk: &'a Walk<'w>,
}

impl<'de> DeserializeSeed<'de> for Messages<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Messages<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("websocket messages")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        loop {
            let wants_data = self.walk.sink.borrow().wants_data();
            let next = self.walk.allowance.within(LONGEST, || seq.next_element_seed(OneMessage { wants_data }))?;
            match next {
                Some(message) => self.walk.tell(|sink| sink.message(message))?,
                None => return Ok(()),
            }
        }
    }
}

struct OneMessage {
    wants_data: bool,
}

impl<'de> DeserializeSeed<'de> for OneMessage {
    type Value = Message;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Message, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for OneMessage {
    type Value = Message;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a websocket message")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Message, A::Error> {
        let mut message = Message::default();
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "type" => message.kind = map.next_value()?,
                "time" => message.time = seconds(map.next_value()?),
                "opcode" => message.opcode = map.next_value()?,
                "data" if self.wants_data => message.data = Some(map.next_value()?),
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(message)
    }
}

/// A time that may be in milliseconds: as seconds, it would be after the year 5000, and as milliseconds, this is 1973.
fn seconds(time: f64) -> f64 {
    const LATEST: f64 = 1e11;
    if time > LATEST { time / 1000.0 } else { time }
}

fn next_key<'de, A: MapAccess<'de>>(walk: &Walk<'_>, map: &mut A) -> Result<Option<String>, A::Error> {
    walk.allowance.within(LONGEST, || map.next_key())
}
