//! Messages for tests.

use bytes::Bytes;
use serde_json::Value;

use crate::protocol::msgpack::push_value;
use crate::protocol::viser::frame::Frame;
use crate::protocol::viser::message::Message;

/// A message of what JSON says.
pub(super) fn message(value: Value) -> Message {
    Message::parse(Bytes::from(packed(&value)), &[]).unwrap()
}

/// The same as msgpack.
pub(super) fn packed(value: &Value) -> Vec<u8> {
    let mut out = Vec::new();
    push_value(&mut out, value);
    out
}

/// A frame as it comes over a connection.
pub(super) fn data(messages: &[Value]) -> Bytes {
    let messages = messages.iter().cloned().map(message).collect();
    Bytes::from(Frame { messages, timestamp: 1.0 }.encode().concat())
}
