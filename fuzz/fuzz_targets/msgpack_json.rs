//! msgpack and JSON: what can be turned into JSON can be skipped, to the same place; what comes out is
//! JSON; and there and back gives the same text.
//!
//! Input: msgpack, and also JSON text if it is UTF-8.

#![no_main]

use libfuzzer_sys::fuzz_target;
use scenectl::protocol::wslink::json::{Unspeakable, push_json, push_msgpack};
use scenectl::protocol::msgpack::Reader;
use serde_json::value::RawValue;

fuzz_target!(|data: &[u8]| {
    from_msgpack(data);
    if let Ok(text) = std::str::from_utf8(data) {
        from_json(text);
    }
});

fn from_msgpack(data: &[u8]) {
    let mut skipping = Reader::new(data);
    let skipped = skipping.skip();
    let mut reading = Reader::new(data);
    let mut text = String::new();
    if push_json(&mut reading, &mut text, Unspeakable::Null).is_err() {
        return; // text that is not UTF-8, a key that is none, too deep: all of that can be skipped
    }
    assert_eq!(skipped, Ok(0..reading.position()));
    assert!(serde_json::from_str::<&RawValue>(&text).is_ok(), "not JSON: {text}");
    let mut strict = String::new();
    if push_json(&mut Reader::new(data), &mut strict, Unspeakable::Refuse).is_ok() {
        assert_eq!(strict, text);
    }
    from_json(&text);
}

fn from_json(text: &str) {
    let mut packed = Vec::new();
    if push_msgpack(text, &mut packed).is_err() {
        return; // no JSON, or deeper than serde_json goes
    }
    assert_eq!(Reader::new(&packed).skip(), Ok(0..packed.len()));
    let mut canonical = String::new();
    push_json(&mut Reader::new(&packed), &mut canonical, Unspeakable::Refuse).expect("what we packed");
    let mut again = Vec::new();
    push_msgpack(&canonical, &mut again).expect("what we printed");
    assert_eq!(again, packed, "{text} became {canonical}");
}
