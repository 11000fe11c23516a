//! Msgpack in, websocket messages out.

use std::collections::BTreeSet;

use bytes::Bytes;
use memchr::memmem;

use super::super::json::{push_json_with, push_string};
use super::{ANNOUNCE, PREFIX, V1Error, WITH_DATA};
use crate::protocol::WsMessage;
use crate::protocol::msgpack::Reader;

/// Says messages of one direction of a connection as text, their binary data as attachments.
#[derive(Debug, Default)]
pub struct Encoder {
    next: u64,
}

impl Encoder {
    /// At the start of a connection.
    pub fn new() -> Self {
        Self::default()
    }

    /// Gives the websocket messages that say what a msgpack map says: for each piece of binary data a header and the
    /// data, then the text. They must be sent in this order, with nothing between a header and its data.
    ///
    /// # Errors
    /// For anything but a msgpack map that JSON has words for.
    pub fn encode(&mut self, msgpack: &[u8]) -> Result<Vec<WsMessage>, V1Error> {
        let taken = taken(msgpack);
        let mut messages = Vec::new();
        let mut text = String::with_capacity(msgpack.len() + 32);
        let mut reader = Reader::new(msgpack);
        text.push('{');
        for k in 0..reader.map()? {
            if k > 0 {
                text.push(',');
            }
            let key = reader.text()?;
            push_string(&mut text, key);
            text.push(':');
            let may_hold_data = WITH_DATA.contains(&key);
            push_json_with(&mut reader, &mut text, &mut |data, text| match data.filter(|_| may_hold_data) {
                Some(data) => {
                    let (name, header) = self.announce(&taken);
                    push_string(text, &name);
                    messages.push(header);
                    messages.push(WsMessage::binary(Bytes::copy_from_slice(data)));
                    true
                }
                None => {
                    text.push_str("null");
                    true
                }
            })?;
        }
        if !reader.is_at_end() {
            return Err(reader.error("something behind the message").into());
        }
        text.push('}');
        messages.push(WsMessage::text(text));
        Ok(messages)
    }

    /// A reply that is nothing but binary data: its header, and the text that comes behind the data. So that the data
    /// need not be in memory before it is sent.
    pub fn encode_binary_reply(&mut self, id: &str) -> (WsMessage, WsMessage) {
        let (name, header) = self.announce(&BTreeSet::new());
        let mut text = String::from(r#"{"wslink":"1.0","id":"#);
        push_string(&mut text, id);
        text.push_str(",\"result\":");
        push_string(&mut text, &name);
        text.push('}');
        (header, WsMessage::text(text))
    }

    /// A new name, and the message that announces it.
    fn announce(&mut self, taken: &BTreeSet<u64>) -> (String, WsMessage) {
        while taken.contains(&self.next) {
            self.next += 1;
        }
        let name = format!("{PREFIX}{}", self.next);
        self.next += 1;
        let header = announcement(&name);
        (name, header)
    }
}

/// The message that must come right before the data that a message will use by this name.
pub fn announcement(name: &str) -> WsMessage {
    WsMessage::text(format!(r#"{{"wslink":"1.0","method":"{ANNOUNCE}","args":["{name}"]}}"#))
}

/// Numbers of names that stand in the message as plain text, and must stay what they are.
fn taken(msgpack: &[u8]) -> BTreeSet<u64> {
    let number = |at: usize| {
        let digits = msgpack.get(at + PREFIX.len()..).unwrap_or_default();
        let len = digits.iter().take(20).take_while(|byte| byte.is_ascii_digit()).count();
        std::str::from_utf8(digits.get(..len)?).ok()?.parse().ok()
    };
    memmem::find_iter(msgpack, PREFIX).filter_map(number).collect()
}
