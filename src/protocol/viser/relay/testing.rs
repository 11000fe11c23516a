//! Messages for tests.

use bytes::Bytes;
use rmp::encode;
use serde_json::Value;

use crate::protocol::viser::frame::Frame;
use crate::protocol::viser::message::Message;

/// A message of what JSON says.
pub(super) fn message(value: Value) -> Message {
    Message::parse(Bytes::from(packed(&value)), &[]).unwrap()
}

/// The same as msgpack.
pub(super) fn packed(value: &Value) -> Vec<u8> {
    let mut out = Vec::new();
    push(value, &mut out);
    out
}

fn push(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Null => encode::write_nil(out).unwrap(),
        Value::Bool(value) => encode::write_bool(out, *value).unwrap(),
        Value::Number(value) => match value.as_u64() {
            Some(value) => drop(encode::write_uint(out, value).unwrap()),
            None => encode::write_f64(out, value.as_f64().unwrap()).unwrap(),
        },
        Value::String(text) => encode::write_str(out, text).unwrap(),
        Value::Array(values) => {
            encode::write_array_len(out, values.len() as u32).unwrap();
            values.iter().for_each(|value| push(value, out));
        }
        Value::Object(members) => {
            encode::write_map_len(out, members.len() as u32).unwrap();
            for (key, value) in members {
                encode::write_str(out, key).unwrap();
                push(value, out);
            }
        }
    }
}

/// A frame as it comes over a connection.
pub(super) fn data(messages: &[Value]) -> Bytes {
    let messages = messages.iter().cloned().map(message).collect();
    Bytes::from(Frame { messages, timestamp: 1.0 }.encode().concat())
}
