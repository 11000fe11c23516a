//! What passes over a connection, told to people.

use std::time::Duration;

use crate::protocol::msgpack::Reader;
use crate::protocol::relay::{Hearing, Spoken, SpokenKind};
use crate::protocol::wslink::json::{self, Unspeakable};
use crate::protocol::wslink::message::{Payload, Request, RpcError};
use crate::protocol::wslink::transcript::{Answered, Keep, Said, Transcript};
use crate::protocol::{Direction, WsMessage};

/// Listens to one connection.
pub struct WslinkHearing {
    transcript: Transcript,
    with_bodies: bool,
}

impl WslinkHearing {
    /// At the start of a connection.
    pub fn new(with_bodies: bool) -> Self {
        Self { transcript: Transcript::new(Keep::Heads), with_bodies }
    }
}

impl Hearing for WslinkHearing {
    fn hear(&mut self, time: Duration, direction: Direction, message: &WsMessage) -> Vec<Spoken> {
        self.said(time, direction, message).into_iter().collect()
    }
}

impl WslinkHearing {
    fn said(&mut self, time: Duration, direction: Direction, message: &WsMessage) -> Option<Spoken> {
        let spoken = |kind, name: String| Spoken {
            kind,
            name,
            id: None,
            request_bytes: None,
            answer_bytes: None,
            time: None,
            body: None,
        };
        Some(match self.transcript.hear(time, direction, message)? {
            Said::Asked(asked) => Spoken {
                request_bytes: Some(asked.bytes),
                body: self.with_bodies.then(|| arguments(&asked.request)),
                id: asked.request.id.clone(),
                ..spoken(SpokenKind::Call, asked.request.method)
            },
            Said::Answered { id, asked, answer, bytes } => {
                let (is_error, body) = match answer {
                    Answered::Whole(Ok(payload)) => (false, self.with_bodies.then(|| value(&payload))),
                    Answered::Whole(Err(error)) => (true, Some(plain(&error))),
                    Answered::Passing { is_error } => (is_error, None),
                };
                let kind = if is_error { SpokenKind::Error } else { SpokenKind::Answer };
                let name = asked.as_ref().map_or_else(|| String::from("?"), |asked| asked.request.method.clone());
                Spoken {
                    request_bytes: asked.as_ref().map(|asked| asked.bytes),
                    time: asked.map(|asked| time.saturating_sub(asked.time)),
                    answer_bytes: Some(bytes),
                    id: Some(id),
                    body,
                    ..spoken(kind, name)
                }
            }
            Said::Published { topic, data, bytes } => Spoken {
                answer_bytes: Some(bytes),
                body: data.filter(|_| self.with_bodies).map(|data| value(&data)),
                ..spoken(SpokenKind::Publish, topic)
            },
            Said::Unreadable(reason) => spoken(SpokenKind::Unreadable, reason),
        })
    }
}

/// The arguments of a call; a hello's are a secret.
fn arguments(request: &Request) -> String {
    if request.method == "wslink.hello" {
        return String::from("[\"…\"]");
    }
    let text = |msgpack: &[u8]| {
        let mut text = String::new();
        json::push_json(&mut Reader::new(msgpack), &mut text, Unspeakable::Null).map(|()| text).unwrap_or_default()
    };
    let (args, kwargs) = (text(&request.args), text(&request.kwargs));
    if matches!(kwargs.as_str(), "{}" | "") { args } else { format!("{{\"args\":{args},\"kwargs\":{kwargs}}}") }
}

fn value(payload: &Payload) -> String {
    match payload {
        Payload::Binary(parts) => {
            format!("\"<{} bytes>\"", parts.iter().map(bytes::Bytes::len).sum::<usize>())
        }
        Payload::Msgpack(_) => payload.json().unwrap_or_default(),
    }
}

fn plain(error: &RpcError) -> String {
    serde_json::json!({"code": error.code, "message": error.to_string()}).to_string()
}
