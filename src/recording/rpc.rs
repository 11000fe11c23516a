//! The `/rpc` channel: one JSON object per call and per pushed message, which MCAP tools show as they are.

use std::collections::HashMap;
use std::time::Duration;

use serde::Serialize;
use xxhash_rust::xxh3::xxh3_64;

use crate::protocol::{Direction, Ear, Heard, Keep, Kind, Protocol, WsMessage, binary_placeholder};

/// The schema of the objects, as the channel carries it.
pub(super) const SCHEMA: &str = r#"{"$schema":"https://json-schema.org/draft/2020-12/schema","title":"scenectl.Rpc","type":"object","properties":{"t":{"type":"number","description":"seconds since the start: of a call, when it was asked"},"connection":{"type":"integer"},"direction":{"enum":["c2s","s2c"]},"kind":{"enum":["call","error","push","unreadable"]},"id":{"type":"string"},"method":{"type":"string","description":"the method, or the topic of what was pushed"},"args":{"type":"string","description":"the arguments as JSON, where they are short"},"args_digest":{"type":"string","description":"XXH3 of the arguments as JSON"},"request_bytes":{"type":"integer"},"bytes":{"type":"integer","description":"of the answer, or of what was pushed"},"ms":{"type":"number","description":"from the call to its answer"}},"required":["t","connection","direction","kind","method","bytes"]}"#;

/// Longer arguments are only counted and digested.
const LONGEST_ARGS: usize = 512;
/// Calls that are waited for at a time.
const MOST_PENDING: usize = 100_000;

/// Makes the lines.
pub(super) struct RpcLog {
    ear: Box<dyn Ear>,
    pending: HashMap<(u32, String), Asked>,
}

struct Asked {
    time: Duration,
    bytes: u64,
    args: Option<String>,
    digest: Option<String>,
}

#[derive(Serialize)]
struct Line<'a> {
    t: f64,
    connection: u32,
    direction: &'a str,
    kind: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    method: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    args: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    args_digest: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_bytes: Option<u64>,
    bytes: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    ms: Option<f64>,
}

impl RpcLog {
    pub(super) fn new(protocol: &'static dyn Protocol) -> Self {
        Self { ear: protocol.ear(Keep::Heads), pending: HashMap::new() }
    }

    /// The lines of what was said as a whole with a websocket message.
    pub(super) fn hear(
        &mut self,
        time: Duration,
        connection: u32,
        direction: Direction,
        message: &WsMessage,
    ) -> Vec<String> {
        let mut heard = Vec::new();
        self.ear.hear(time, connection, direction, message, &mut |said| heard.push(said));
        heard.into_iter().filter_map(|said| self.line(time, connection, said)).collect()
    }

    fn line(&mut self, time: Duration, connection: u32, heard: Heard) -> Option<String> {
        let asked = heard.id.as_ref().and_then(|id| self.pending.remove(&(connection, id.clone())));
        if heard.kind == Kind::Call {
            self.asked(time, heard);
            return None;
        }
        let kind = if heard.kind == Kind::Answer { Kind::Call } else { heard.kind };
        let line = Line {
            t: asked.as_ref().map_or(time, |asked| asked.time).as_secs_f64(),
            connection,
            direction: if heard.took.is_some() { Direction::ToServer } else { heard.direction }.name(),
            kind: kind.name(),
            id: heard.id.as_deref(),
            method: &heard.name,
            args: asked.as_ref().and_then(|asked| asked.args.as_deref()),
            args_digest: asked.as_ref().and_then(|asked| asked.digest.as_deref()),
            request_bytes: asked.as_ref().map(|asked| asked.bytes),
            bytes: heard.bytes,
            ms: heard.took.map(|took| (took.as_secs_f64() * 1e6).round() / 1e3),
        };
        serde_json::to_string(&line).ok()
    }

    fn asked(&mut self, time: Duration, heard: Heard) {
        let Some(id) = heard.id else { return };
        if self.pending.len() >= MOST_PENDING {
            return;
        }
        let args = heard.body.and_then(|body| body.to_json(&mut |pieces| binary_placeholder(pieces)).ok());
        let digest = args.as_ref().map(|args| format!("{:016x}", xxh3_64(args.as_bytes())));
        let args = args.filter(|args| args.len() <= LONGEST_ARGS);
        self.pending.insert((heard.connection, id), Asked { time, bytes: heard.bytes, args, digest });
    }

    /// A connection ended: what is still asked on it gets no answer.
    pub(super) fn closed(&mut self, connection: u32) {
        self.ear.closed(connection);
        self.pending.retain(|(of, _), _| *of != connection);
    }
}
