//! What clients say: a bare msgpack map each, with exactly the fields that the server wants.

use rmp::encode;
use serde_json::Value;
use tokio_tungstenite::tungstenite::Message as SocketMessage;

/// The value of a field.
pub(in super::super) enum Field<'a> {
    /// A text, or nothing.
    Text(Option<&'a str>),
    /// Bytes.
    Bytes(&'a [u8]),
    /// A number that counts something.
    Count(u64),
    /// A number.
    Number(f64),
    /// Numbers.
    Numbers(&'a [f64]),
    /// Anything that JSON has words for.
    Json(&'a Value),
}

/// A message, ready to be sent.
pub(in super::super) fn message(kind: &str, fields: &[(&str, Field<'_>)]) -> SocketMessage {
    let mut out = Vec::new();
    // Writing to a vector cannot fail.
    let _ = encode::write_map_len(&mut out, fields.len() as u32 + 1);
    let _ = encode::write_str(&mut out, "type");
    let _ = encode::write_str(&mut out, kind);
    for (name, value) in fields {
        let _ = encode::write_str(&mut out, name);
        match value {
            Field::Text(None) => drop(encode::write_nil(&mut out)),
            Field::Text(Some(text)) => drop(encode::write_str(&mut out, text)),
            Field::Bytes(bytes) => {
                let _ = encode::write_bin_len(&mut out, bytes.len() as u32);
                out.extend_from_slice(bytes);
            }
            Field::Count(count) => drop(encode::write_uint(&mut out, *count)),
            Field::Number(number) => drop(encode::write_f64(&mut out, *number)),
            Field::Numbers(numbers) => {
                let _ = encode::write_array_len(&mut out, numbers.len() as u32);
                numbers.iter().for_each(|number| drop(encode::write_f64(&mut out, *number)));
            }
            Field::Json(value) => json(&mut out, value),
        }
    }
    SocketMessage::binary(out)
}

fn json(out: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Null => drop(encode::write_nil(out)),
        Value::Bool(value) => drop(encode::write_bool(out, *value)),
        Value::Number(number) => match (number.as_i64(), number.as_u64()) {
            (Some(number), _) => drop(encode::write_sint(out, number)),
            (None, Some(number)) => drop(encode::write_uint(out, number)),
            _ => drop(encode::write_f64(out, number.as_f64().unwrap_or_default())),
        },
        Value::String(text) => drop(encode::write_str(out, text)),
        Value::Array(values) => {
            let _ = encode::write_array_len(out, values.len() as u32);
            values.iter().for_each(|value| json(out, value));
        }
        Value::Object(members) => {
            let _ = encode::write_map_len(out, members.len() as u32);
            for (name, value) in members {
                let _ = encode::write_str(out, name);
                json(out, value);
            }
        }
    }
}
