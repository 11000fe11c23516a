//! How what passes is shown.

use std::time::{Duration, UNIX_EPOCH};

use serde_json::{Value, json};

use crate::protocol::Direction;
use crate::protocol::relay::SpokenKind;
use crate::relay::TalkLine;
use crate::render::bytes;
use crate::scene::{shortened, without_controls};

/// Characters of what was said that are shown.
const SHOWN: usize = 300;

/// A line for people; a call is one line, when its answer is there, unless what was said is wanted, too.
pub(super) fn text(line: &TalkLine, full: bool) -> Option<String> {
    let spoken = &line.spoken;
    if spoken.kind == SpokenKind::Call && spoken.body.is_none() {
        return None;
    }
    let (sign, what) = match (line.direction, spoken.kind) {
        (Direction::ToServer, _) => ("→", ""),
        (Direction::ToClient, SpokenKind::Error) => ("←", " ERROR"),
        (Direction::ToClient, SpokenKind::Publish) => ("⇐", ""),
        (Direction::ToClient, SpokenKind::Unreadable) => ("←", " UNREADABLE"),
        (Direction::ToClient, _) => ("←", ""),
    };
    let sizes = match (spoken.request_bytes, spoken.answer_bytes) {
        (Some(asked), Some(answered)) => format!("{} / {}", bytes(asked), bytes(answered)),
        (Some(only), None) | (None, Some(only)) => bytes(only),
        (None, None) => String::new(),
    };
    let time = spoken.time.map(|time| format!("  {:.1} ms", time.as_secs_f64() * 1e3)).unwrap_or_default();
    let mut text = format!("{} #{} {sign}{what} {:<24} {sizes}{time}", clock(line), line.connection, spoken.name);
    if let Some(body) = &spoken.body {
        let body = without_controls(body);
        text.push_str("  ");
        text.push_str(&if full { body } else { shortened(&body, SHOWN).into_owned().into() });
    }
    Some(without_controls(text.trim_end()).into_owned())
}

/// A line for programs.
pub(super) fn json(line: &TalkLine) -> String {
    let spoken = &line.spoken;
    let mut found = json!({
        "t": line.time.as_secs_f64(),
        "connection": line.connection,
        "direction": line.direction.name(),
        "kind": spoken.kind,
        "name": spoken.name,
        "id": spoken.id,
        "request_bytes": spoken.request_bytes,
        "answer_bytes": spoken.answer_bytes,
        "ms": spoken.time.map(|time: Duration| time.as_secs_f64() * 1e3),
    });
    if let (Some(body), Some(map)) = (&spoken.body, found.as_object_mut()) {
        map.insert(String::from("body"), serde_json::from_str(body).unwrap_or_else(|_| Value::from(body.as_str())));
    }
    found.to_string()
}

/// The time of day, UTC.
fn clock(line: &TalkLine) -> String {
    let since = line.wall.duration_since(UNIX_EPOCH).unwrap_or_default();
    let seconds = since.as_secs() % 86_400;
    format!("{:02}:{:02}:{:02}.{:03}", seconds / 3600, seconds / 60 % 60, seconds % 60, since.subsec_millis())
}
