//! Lines of frames: one JSON object for each websocket message.
//!
//! ```text
//! {"t":SECONDS,"conn":NUMBER,"dir":"c2s"|"s2c","type":"binary"|"text"|"close","b64":BASE64}
//! ```
//! It is what simple taps between a client and a server write; `tests/peers/tap.py` is one.

use std::collections::{HashMap, HashSet};
use std::io::{BufRead, Read};

use data_encoding::BASE64;
use serde::Deserialize;

use super::LONGEST;
use super::{Connection, Failure, MOST_CONNECTIONS, Teller};
use crate::protocol::{Direction, WsMessage};

#[derive(Deserialize)]
struct Line {
    t: f64,
    conn: u64,
    dir: String,
    #[serde(rename = "type")]
    kind: String,
    b64: Option<String>,
}

/// Finds the connections, numbered in the order in which they come.
pub(super) fn look(reader: impl BufRead) -> Result<Vec<Connection>, Failure> {
    let (mut found, mut numbers): (Vec<Connection>, HashMap<u64, usize>) = (Vec::new(), HashMap::new());
    lines(reader, |line| {
        let at = *numbers.entry(line.conn).or_insert(found.len());
        let count = found.len();
        match found.get_mut(at) {
            Some(connection) => connection.last = connection.last.max(line.t),
            None if count == MOST_CONNECTIONS => {
                return Err(Failure::Unreadable(format!("more than {MOST_CONNECTIONS} connections")));
            }
            None => found.push(Connection { url: String::new(), first: line.t, last: line.t }),
        }
        Ok(())
    })?;
    Ok(found)
}

/// Tells of all messages.
pub(super) fn read(reader: impl BufRead, teller: &mut Teller<'_>) -> Result<(), Failure> {
    let (mut numbers, mut ended): (HashMap<u64, u32>, HashSet<u32>) = (HashMap::new(), HashSet::new());
    lines(reader, |line| {
        let connection = match numbers.get(&line.conn) {
            Some(&connection) => connection,
            None => {
                let next = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
                numbers.insert(line.conn, next);
                teller.opened(next)?;
                next
            }
        };
        if line.kind == "close" {
            // Both ends say so.
            return if ended.insert(connection) { teller.closed(connection, Some(line.t)) } else { Ok(()) };
        }
        let direction = match line.dir.as_str() {
            "c2s" => Some(Direction::ToServer),
            "s2c" => Some(Direction::ToClient),
            _ => None,
        };
        let data = line.b64.and_then(|text| BASE64.decode(text.as_bytes()).ok());
        let message = data.and_then(|data| match line.kind.as_str() {
            "binary" => Some(WsMessage::binary(data)),
            "text" => String::from_utf8(data).ok().map(WsMessage::text),
            _ => None,
        });
        match (direction, message) {
            (Some(direction), Some(message)) => teller.message(line.t, connection, direction, message),
            _ => {
                teller.read.skipped += 1;
                Ok(())
            }
        }
    })
}

fn lines(mut reader: impl BufRead, mut each: impl FnMut(Line) -> Result<(), Failure>) -> Result<(), Failure> {
    let mut text = Vec::new();
    for number in 1_u64.. {
        text.clear();
        let read = (&mut reader).take(LONGEST).read_until(b'\n', &mut text).map_err(Failure::Io)?;
        if read == 0 {
            break;
        }
        if text.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let line = serde_json::from_slice(&text);
        each(line.map_err(|error| Failure::Unreadable(format!("line {number}: {error}")))?)?;
    }
    Ok(())
}
