//! Just enough msgpack for a test server: JSON values, and bytes.

use serde_json::{Map, Value};

/// JSON as msgpack.
pub(crate) fn pack(value: &Value) -> Vec<u8> {
    match value {
        Value::Null => vec![0xc0],
        Value::Bool(value) => vec![0xc2 + u8::from(*value)],
        Value::Number(number) => match (number.as_u64(), number.as_i64()) {
            (Some(value @ 0..=0x7f), _) => vec![value as u8],
            (Some(value), _) => tagged(0xcf, &value.to_be_bytes()),
            (None, Some(value)) => tagged(0xd3, &value.to_be_bytes()),
            (None, None) => tagged(0xcb, &number.as_f64().unwrap().to_be_bytes()),
        },
        Value::String(text) => text_bytes(text.as_bytes()),
        Value::Array(values) => array(values.iter().map(pack)),
        Value::Object(fields) => map(fields.iter().map(|(name, value)| (name.as_str(), pack(value)))),
    }
}

/// A string, of any bytes.
pub(crate) fn text_bytes(bytes: &[u8]) -> Vec<u8> {
    [tagged(0xdb, &(bytes.len() as u32).to_be_bytes()).as_slice(), bytes].concat()
}

/// Binary data.
pub(crate) fn bin(bytes: &[u8]) -> Vec<u8> {
    [tagged(0xc6, &(bytes.len() as u32).to_be_bytes()).as_slice(), bytes].concat()
}

/// An array of what is packed already.
pub(crate) fn array(values: impl IntoIterator<Item = Vec<u8>>) -> Vec<u8> {
    let values: Vec<_> = values.into_iter().collect();
    [tagged(0xdd, &(values.len() as u32).to_be_bytes()), values.concat()].concat()
}

/// A map of what is packed already.
pub(crate) fn map<'a>(fields: impl IntoIterator<Item = (&'a str, Vec<u8>)>) -> Vec<u8> {
    let fields: Vec<_> =
        fields.into_iter().map(|(name, value)| [text_bytes(name.as_bytes()), value].concat()).collect();
    [tagged(0xdf, &(fields.len() as u32).to_be_bytes()), fields.concat()].concat()
}

fn tagged(tag: u8, bytes: &[u8]) -> Vec<u8> {
    [&[tag], bytes].concat()
}

/// What a client sent, as JSON; bytes become their number.
pub(crate) fn unpack(mut bytes: &[u8]) -> Value {
    let value = take_value(&mut bytes);
    assert!(bytes.is_empty(), "{} bytes after the message", bytes.len());
    value
}

fn take_value(bytes: &mut &[u8]) -> Value {
    let tag = take(bytes, 1)[0];
    match tag {
        0x00..=0x7f => tag.into(),
        0x80..=0x8f => take_map(bytes, u64::from(tag & 0x0f)),
        0x90..=0x9f => take_array(bytes, u64::from(tag & 0x0f)),
        0xa0..=0xbf => take_text(bytes, u64::from(tag & 0x1f)),
        0xc0 => Value::Null,
        0xc2 | 0xc3 => (tag == 0xc3).into(),
        0xc4..=0xc6 => {
            let length = take_number(bytes, 1 << (tag - 0xc4));
            take(bytes, length).len().into()
        }
        0xca => f32::from_be_bytes(take(bytes, 4).try_into().unwrap()).into(),
        0xcb => f64::from_be_bytes(take(bytes, 8).try_into().unwrap()).into(),
        0xcc..=0xcf => take_number(bytes, 1 << (tag - 0xcc)).into(),
        0xd0 => i8::from_be_bytes(take(bytes, 1).try_into().unwrap()).into(),
        0xd1 => i16::from_be_bytes(take(bytes, 2).try_into().unwrap()).into(),
        0xd2 => i32::from_be_bytes(take(bytes, 4).try_into().unwrap()).into(),
        0xd3 => i64::from_be_bytes(take(bytes, 8).try_into().unwrap()).into(),
        0xd9..=0xdb => {
            let length = take_number(bytes, 1 << (tag - 0xd9));
            take_text(bytes, length)
        }
        0xdc | 0xdd => {
            let length = take_number(bytes, 2 << (tag - 0xdc));
            take_array(bytes, length)
        }
        0xde | 0xdf => {
            let length = take_number(bytes, 2 << (tag - 0xde));
            take_map(bytes, length)
        }
        0xe0..=0xff => (tag as i8).into(),
        _ => panic!("msgpack tag {tag:#x}"),
    }
}

fn take<'a>(bytes: &mut &'a [u8], length: u64) -> &'a [u8] {
    let (head, rest) = bytes.split_at(length as usize);
    *bytes = rest;
    head
}

fn take_number(bytes: &mut &[u8], length: u64) -> u64 {
    take(bytes, length).iter().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

fn take_text(bytes: &mut &[u8], length: u64) -> Value {
    String::from_utf8(take(bytes, length).to_vec()).expect("strings are UTF-8").into()
}

fn take_array(bytes: &mut &[u8], length: u64) -> Value {
    (0..length).map(|_| take_value(bytes)).collect()
}

fn take_map(bytes: &mut &[u8], length: u64) -> Value {
    let mut fields = Map::new();
    for _ in 0..length {
        let name = take_value(bytes);
        fields.insert(name.as_str().expect("names are strings").to_owned(), take_value(bytes));
    }
    Value::Object(fields)
}
