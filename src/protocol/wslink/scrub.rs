//! Taking the secret out of a hello. No I/O.

use bytes::Bytes;

use super::frame::{self, HEADER_LEN, Header, Message};
use super::json::{self, Unspeakable};
use super::message::{self, Incoming, Request};
use crate::protocol::msgpack::{Reader, Token};
use crate::protocol::{Direction, Part, Scrubber, WsMessage};

/// What stands for a secret.
const REMOVED: &str = "(removed)";

/// Looks at one connection's messages until it is let in: before, whatever a client says may be a secret.
#[derive(Default)]
pub struct WslinkScrubber {
    let_in: bool,
    found: Vec<Vec<u8>>,
}

impl Scrubber for WslinkScrubber {
    fn scrub(&mut self, direction: Direction, message: WsMessage) -> WsMessage {
        match direction {
            Direction::ToServer if message.is_text => self.text(message),
            Direction::ToServer => self.frame(message),
            Direction::ToClient => {
                self.let_in = self.let_in || is_welcome(&message);
                message
            }
        }
    }

    fn take_found(&mut self) -> Vec<Vec<u8>> {
        std::mem::take(&mut self.found)
    }

    fn is_let_in(&self) -> bool {
        self.let_in
    }

    fn part(&self, message: &WsMessage) -> Option<Part> {
        let header = Header::read(&message.data).ok().filter(|_| !message.is_text)?;
        let end = u64::from(header.offset) + message.data.len().saturating_sub(HEADER_LEN) as u64;
        let goes_on = end < u64::from(header.total);
        let is_part = goes_on || header.offset > 0;
        is_part.then_some(Part { of: header.message, head: HEADER_LEN, goes_on })
    }
}

impl WslinkScrubber {
    fn frame(&mut self, message: WsMessage) -> WsMessage {
        let request = Header::read(&message.data).ok().and_then(|header| {
            let body = message.data.slice(HEADER_LEN..);
            let is_whole = body.len() as u64 == u64::from(header.total);
            is_whole.then(|| Request::decode(body).ok()).flatten().map(|request| (header, request))
        });
        match request {
            Some((header, request)) if is_system(request.id.as_deref()) => {
                self.learn(&request.args);
                self.learn(&request.kwargs);
                let mut args = Vec::new();
                json::push_array_len(&mut args, 1);
                json::push_map_len(&mut args, 1);
                json::push_str(&mut args, "secret");
                json::push_str(&mut args, REMOVED);
                let id = request.id.unwrap_or_default();
                let buffer = message::encode_request(&id, &request.method, |out| out.extend_from_slice(&args));
                let mut clean = Bytes::new();
                frame::finish_message(header.message, buffer, usize::MAX, |frame| clean = frame);
                WsMessage::binary(clean)
            }
            Some(_) => message,
            None if self.let_in => message,
            // Who can tell what this is? Its length is all that is kept.
            None => WsMessage::binary(vec![0; message.data.len()]),
        }
    }

    fn text(&mut self, message: WsMessage) -> WsMessage {
        let mut value: serde_json::Value = match serde_json::from_slice(&message.data) {
            Ok(value) => value,
            Err(_) if self.let_in => return message,
            Err(_) => return WsMessage::text(vec![b' '; message.data.len()]),
        };
        if !is_system(value.get("id").and_then(serde_json::Value::as_str)) {
            return message;
        }
        for key in ["args", "kwargs"] {
            if let Some(said) = value.get_mut(key) {
                if !self.let_in {
                    self.learn_json(said);
                }
                *said = match key {
                    "args" => serde_json::json!([{"secret": REMOVED}]),
                    _ => serde_json::json!({}),
                };
            }
        }
        WsMessage::text(value.to_string())
    }

    /// Every text in what a hello carries is a secret, unless the server has let the client in without it.
    fn learn(&mut self, msgpack: &[u8]) {
        if self.let_in {
            return;
        }
        let mut text = String::new();
        if json::push_json(&mut Reader::new(msgpack), &mut text, Unspeakable::Null).is_ok()
            && let Ok(value) = serde_json::from_str(&text)
        {
            self.learn_json(&value);
        }
        // Secrets may be bytes, too: custom servers check what they like.
        let mut reader = Reader::new(msgpack);
        while let Ok(token) = reader.token() {
            if let Token::Binary(data) = token {
                self.found.push(data.to_vec());
            }
        }
    }

    fn learn_json(&mut self, value: &serde_json::Value) {
        match value {
            serde_json::Value::String(text) => self.found.push(text.clone().into_bytes()),
            serde_json::Value::Array(items) => items.iter().for_each(|item| self.learn_json(item)),
            serde_json::Value::Object(members) => members.values().for_each(|item| self.learn_json(item)),
            _ => {}
        }
    }
}

fn is_system(id: Option<&str>) -> bool {
    id.is_some_and(|id| id.starts_with("system:"))
}

/// True for the answer to a good hello: it gives the client its id. That a refusal repeats what the client said is none.
fn is_welcome(message: &WsMessage) -> bool {
    let (id, result) = if message.is_text {
        let Ok(mut value) = serde_json::from_slice::<serde_json::Value>(&message.data) else { return false };
        let id = value.get("id").and_then(serde_json::Value::as_str).map(str::to_owned);
        (id, value.get_mut("result").map(serde_json::Value::take))
    } else {
        let body = message.data.slice(HEADER_LEN.min(message.data.len())..);
        match Incoming::decode(Message { parts: vec![body] }) {
            Ok(Incoming::Reply { id, outcome: Ok(result) }) => {
                (Some(id), result.json().ok().and_then(|json| serde_json::from_str(&json).ok()))
            }
            _ => (None, None),
        }
    };
    is_system(id.as_deref()) && result.is_some_and(|result| result.get("clientID").is_some())
}
