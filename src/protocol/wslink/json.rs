//! Between msgpack and JSON text, directly: no tree in between.

use std::fmt;

use rmp::encode;
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use super::v1::Attachments;
use crate::protocol::msgpack::{MsgpackError, Reader, Token};
use crate::protocol::state_text::push_f64;
pub(super) use crate::protocol::state_text::push_string;

/// Nobody nests deeper; a hostile message could, to overflow the stack.
const DEEPEST: usize = 200;

/// What to write where JSON has no word for it (binary data, extension types).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unspeakable {
    /// Refuse the whole value.
    Refuse,
    /// Write `null`.
    Null,
}

/// Appends one msgpack value as compact JSON: key order kept, nothing escaped that need not be,
/// floats as VTK's servers print them (see [`crate::protocol::state_text`]).
///
/// # Errors
/// For msgpack that is cut or invalid, strings that are not UTF-8, and nesting beyond 200 levels.
pub fn push_json(reader: &mut Reader<'_>, out: &mut String, unspeakable: Unspeakable) -> Result<(), MsgpackError> {
    let mut write = |_: Option<&[u8]>, out: &mut String| match unspeakable {
        Unspeakable::Refuse => false,
        Unspeakable::Null => {
            out.push_str("null");
            true
        }
    };
    push_value(reader, out, &mut write, 0)
}

/// As [`push_json`]; `write` finds words for binary data (`None`: an extension type), or gives false to refuse it.
pub(super) fn push_json_with(
    reader: &mut Reader<'_>,
    out: &mut String,
    write: &mut dyn FnMut(Option<&[u8]>, &mut String) -> bool,
) -> Result<(), MsgpackError> {
    push_value(reader, out, write, 0)
}

fn push_value(
    reader: &mut Reader<'_>,
    out: &mut String,
    write: &mut dyn FnMut(Option<&[u8]>, &mut String) -> bool,
    depth: usize,
) -> Result<(), MsgpackError> {
    if depth > DEEPEST {
        return Err(reader.error("nested more than 200 levels deep"));
    }
    let here = reader.clone();
    match reader.token()? {
        Token::Nil => out.push_str("null"),
        Token::Bool(value) => out.push_str(if value { "true" } else { "false" }),
        Token::Negative(n) => out.push_str(itoa::Buffer::new().format(n)),
        Token::Unsigned(n) => out.push_str(itoa::Buffer::new().format(n)),
        Token::Float(f) => push_f64(out, f),
        Token::Text(text) => {
            let text = std::str::from_utf8(text).map_err(|_| here.error("a string that is not UTF-8"))?;
            push_string(out, text);
        }
        token @ (Token::Binary(_) | Token::Extension(..)) => {
            let data = if let Token::Binary(data) = token { Some(data) } else { None };
            if !write(data, out) {
                return Err(here.error("binary data where JSON is wanted"));
            }
        }
        Token::Array(len) => {
            out.push('[');
            for k in 0..len {
                if k > 0 {
                    out.push(',');
                }
                push_value(reader, out, write, depth + 1)?;
            }
            out.push(']');
        }
        Token::Map(len) => {
            out.push('{');
            for k in 0..len {
                if k > 0 {
                    out.push(',');
                }
                push_key(reader, out)?;
                out.push(':');
                push_value(reader, out, write, depth + 1)?;
            }
            out.push('}');
        }
    }
    Ok(())
}

/// A key. Python's dictionaries may have numbers for keys; JSON's may not.
fn push_key(reader: &mut Reader<'_>, out: &mut String) -> Result<(), MsgpackError> {
    let here = reader.clone();
    match reader.token()? {
        Token::Text(text) => {
            let text = std::str::from_utf8(text).map_err(|_| here.error("a key that is not UTF-8"))?;
            push_string(out, text);
        }
        Token::Unsigned(n) => push_string(out, itoa::Buffer::new().format(n)),
        Token::Negative(n) => push_string(out, itoa::Buffer::new().format(n)),
        _ => return Err(here.error("a key that is neither a string nor an integer")),
    }
    Ok(())
}

/// Appends JSON text as msgpack, the way Python's msgpack packs what Python's json reads: the
/// smallest integers, every float 64 bits wide, key order kept.
///
/// # Errors
/// For text that is not JSON, or nested beyond serde_json's 128 levels.
pub fn push_msgpack(text: &str, out: &mut Vec<u8>) -> Result<(), serde_json::Error> {
    let mut json = serde_json::Deserializer::from_str(text);
    Packer { out, attachments: None }.deserialize(&mut json)?;
    json.end()
}

/// Appends a string.
pub fn push_str(out: &mut Vec<u8>, text: &str) {
    // Writing to a vector cannot fail.
    let _ = encode::write_str(out, text);
}

/// Appends an unsigned integer in the fewest bytes.
pub fn push_uint(out: &mut Vec<u8>, n: u64) {
    let _ = encode::write_uint(out, n);
}

/// Appends the head of an array.
pub fn push_array_len(out: &mut Vec<u8>, len: usize) {
    let _ = encode::write_array_len(out, u32::try_from(len).unwrap_or(u32::MAX));
}

/// Appends the head of a map.
pub fn push_map_len(out: &mut Vec<u8>, len: usize) {
    let _ = encode::write_map_len(out, u32::try_from(len).unwrap_or(u32::MAX));
}

/// Appends the head of binary data; the data itself comes behind it.
pub fn push_bin_len(out: &mut Vec<u8>, len: usize) {
    let _ = encode::write_bin_len(out, u32::try_from(len).unwrap_or(u32::MAX));
}

/// Writes what a deserializer reads as msgpack. Strings that name an attachment become its data.
pub(super) struct Packer<'o, 'a> {
    pub(super) out: &'o mut Vec<u8>,
    pub(super) attachments: Option<&'a mut Attachments>,
}

impl Packer<'_, '_> {
    /// Leaves a byte for the head of a container: enough for the short ones, which are most.
    pub(super) fn open(&mut self) -> usize {
        self.out.push(0);
        self.out.len() - 1
    }

    /// Writes the head of a container whose length is known only now into the place left for it.
    pub(super) fn close(&mut self, start: usize, len: usize, write_head: fn(&mut Vec<u8>, usize)) {
        let mut head = Vec::with_capacity(5);
        write_head(&mut head, len);
        match (head.as_slice(), self.out.get_mut(start)) {
            ([byte], Some(place)) => *place = *byte,
            _ => drop(self.out.splice(start..=start, head)),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Packer<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Packer<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        let _ = encode::write_nil(self.out);
        Ok(())
    }

    fn visit_bool<E>(self, value: bool) -> Result<(), E> {
        let _ = encode::write_bool(self.out, value);
        Ok(())
    }

    fn visit_u64<E>(self, n: u64) -> Result<(), E> {
        push_uint(self.out, n);
        Ok(())
    }

    fn visit_i64<E>(self, n: i64) -> Result<(), E> {
        let _ = encode::write_sint(self.out, n);
        Ok(())
    }

    fn visit_f64<E>(self, f: f64) -> Result<(), E> {
        let _ = encode::write_f64(self.out, f);
        Ok(())
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        match self.attachments.and_then(|attachments| attachments.take(text)) {
            Some(data) => {
                push_bin_len(self.out, data.len());
                self.out.extend_from_slice(&data);
            }
            None => push_str(self.out, text),
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut seq: A) -> Result<(), A::Error> {
        let start = self.open();
        let mut len = 0;
        while seq.next_element_seed(Packer { out: self.out, attachments: self.attachments.as_deref_mut() })?.is_some() {
            len += 1;
        }
        self.close(start, len, push_array_len);
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        let start = self.open();
        let mut len = 0;
        while map.next_key_seed(Packer { out: self.out, attachments: None })?.is_some() {
            map.next_value_seed(Packer { out: self.out, attachments: self.attachments.as_deref_mut() })?;
            len += 1;
        }
        self.close(start, len, push_map_len);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn to_json(msgpack: &[u8]) -> Result<String, MsgpackError> {
        let mut out = String::new();
        let mut reader = Reader::new(msgpack);
        push_json(&mut reader, &mut out, Unspeakable::Refuse)?;
        assert!(reader.is_at_end());
        Ok(out)
    }

    fn round_trip(text: &str) -> String {
        let mut packed = Vec::new();
        push_msgpack(text, &mut packed).unwrap();
        let mut reader = Reader::new(&packed);
        assert_eq!(reader.skip().unwrap(), 0..packed.len());
        to_json(&packed).unwrap()
    }

    #[test]
    fn states_come_back_byte_for_byte() {
        let text = r#"{"A":[1.0,1e-05,-0.0,-7,4294967296],"B":{"Id":3},"Input":"scène ☃ \"\\\n\u0001/","N":null,"T":true,"Z":[]}"#;
        assert_eq!(round_trip(text), text);
        let long = format!("[{}]", vec!["{\"k\":1}"; 70_000].join(","));
        assert_eq!(round_trip(&long), long);
    }

    #[test]
    fn hostile_msgpack_is_an_error() {
        let deep = [0x91; 100_000];
        assert!(to_json(&deep).is_err());
        assert!(Reader::new(&deep).skip().is_err());
        for bad in [&b"\xc1"[..], b"\xdd\xff\xff\xff\xff", b"\xc6\xff\xff\xff\xffx", b"\xa2\xff\xfe", b"\xc4\x01x", b""]
        {
            assert!(to_json(bad).is_err(), "{bad:02x?}");
        }
    }

    #[test]
    fn deep_json_is_an_error_too() {
        assert!(push_msgpack(&"[".repeat(100_000), &mut Vec::new()).is_err());
    }

    fn any_json() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<i64>().prop_map(Into::into),
            any::<u64>().prop_map(Into::into),
            any::<f64>().prop_filter("finite", |f| f.is_finite()).prop_map(Into::into),
            any::<String>().prop_map(Into::into),
        ];
        leaf.prop_recursive(4, 40, 8, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..20).prop_map(Into::into),
                proptest::collection::hash_map(any::<String>(), inner, 0..20)
                    .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn any_json_survives_the_round_trip(value in any_json()) {
            let back: serde_json::Value = serde_json::from_str(&round_trip(&value.to_string())).unwrap();
            prop_assert_eq!(back, value);
        }

        #[test]
        fn any_bytes_are_read_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = push_json(&mut Reader::new(&bytes), &mut String::new(), Unspeakable::Null);
            let _ = Reader::new(&bytes).skip();
        }
    }
}
