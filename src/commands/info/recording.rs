//! What `info` says of a recording.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use crate::protocol::Moment;
use crate::recording::{End, Session};
use crate::render::{bytes, count};

pub(super) fn json(session: &Session, moment: Option<&Moment>) -> Value {
    json!({
        "program": session.header.program,
        "start": session.header.start.map(since_epoch),
        "seconds": session.length.as_secs_f64(),
        "connections": session.connections,
        "messages": session.messages,
        "bytes": session.bytes,
        "updates": session.updates(),
        "complete": session.end == End::Complete,
        "moment": moment.map(|moment| {
            json!({"update": moment.update, "time": moment.time.as_secs_f64(), "partial": moment.is_partial})
        }),
    })
}

pub(super) fn lines(session: &Session, moment: Option<&Moment>) -> Vec<String> {
    let mut lines = vec![
        format!(
            "recording {:.3} s by {}: {}, {} ({}), {}",
            session.length.as_secs_f64(),
            session.header.program,
            count(session.connections, "connection"),
            count(session.messages, "message"),
            bytes(session.bytes),
            count(session.updates(), "update"),
        ),
        match moment {
            Some(moment) => {
                format!("moment    update {}, {:.3} s after the start", moment.update, moment.time.as_secs_f64())
            }
            None => String::from("moment    none: no scene had come"),
        },
    ];
    if let End::Cut(reason) = &session.end {
        lines.push(format!("cut       after {:.3} s: {reason}", session.length.as_secs_f64()));
    }
    lines
}

fn since_epoch(time: SystemTime) -> f64 {
    time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64()
}
