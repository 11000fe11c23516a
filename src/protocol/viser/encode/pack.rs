//! Messages as msgpack, their arrays in buffers behind it.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use rmp::encode;
use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};

use super::Said;
use crate::protocol::viser::message::INDEX;
use crate::scene::{Blob, ObjectId, Scene, raw};

/// Why a message cannot be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct PackError(String);

/// Messages that are written one after another, and the buffers that they refer to: each content once.
pub struct Pack<'a> {
    scene: &'a Scene,
    /// The messages' msgpack.
    pub body: Vec<u8>,
    /// How many there are.
    pub messages: u32,
    /// The buffers.
    pub buffers: Vec<Blob>,
    by_hash: HashMap<Arc<str>, usize>,
}

impl<'a> Pack<'a> {
    /// With nothing in it; arrays are those of this scene.
    pub fn new(scene: &'a Scene) -> Self {
        Self { scene, body: Vec::new(), messages: 0, buffers: Vec::new(), by_hash: HashMap::new() }
    }

    /// Writes a message. Where that cannot be, nothing of it is there.
    ///
    /// # Errors
    /// For values that are no JSON, and arrays that are not in the scene.
    pub fn push(&mut self, said: &Said) -> Result<(), PackError> {
        self.push_behind(said, &[])
    }

    /// As [`Pack::push`], behind some msgpack that belongs to it.
    ///
    /// # Errors
    /// As [`Pack::push`].
    pub fn push_behind(&mut self, said: &Said, head: &[u8]) -> Result<(), PackError> {
        let (len, buffers) = (self.body.len(), self.buffers.len());
        self.body.extend_from_slice(head);
        let written = self.message(said);
        match written {
            Ok(()) => self.messages += 1,
            Err(_) => {
                self.body.truncate(len);
                self.buffers.truncate(buffers);
                self.by_hash.retain(|_, index| *index < buffers);
            }
        }
        written
    }

    fn message(&mut self, said: &Said) -> Result<(), PackError> {
        // Writing to a vector cannot fail.
        let _ = encode::write_map_len(&mut self.body, said.fields.len() as u32 + 1);
        for (name, value) in &said.fields {
            let _ = encode::write_str(&mut self.body, name);
            let mut out = std::mem::take(&mut self.body);
            let mut json = serde_json::Deserializer::from_str(value);
            let written = Packer { pack: self, out: &mut out }.deserialize(&mut json).and_then(|()| json.end());
            self.body = out;
            written.map_err(|error| PackError(format!("{} of a {}: {}", name, said.kind, without_place(&error))))?;
        }
        let _ = encode::write_str(&mut self.body, "type");
        let _ = encode::write_str(&mut self.body, &said.kind);
        Ok(())
    }

    /// Writes what stands for an array, or the bytes themselves.
    fn part(&mut self, id: &str, out: &mut Vec<u8>) -> Result<(), String> {
        let missing = |what: &str| format!("{what} {id} is not there");
        let state = self.scene.state(&ObjectId::parse(id)).ok_or_else(|| missing("object"))?;
        let members = state.members().map_err(|error| error.to_string())?;
        let text = |name: &str| raw::member(&members, name).and_then(raw::text);
        let hash = text("hash").ok_or_else(|| missing("the blob of"))?;
        let blob = self.scene.blob(&hash).ok_or_else(|| missing("the blob of"))?;
        if text("type").as_deref() == Some("Bytes") {
            let bytes = blob.read().map_err(|error| error.to_string())?;
            let len = u32::try_from(bytes.len()).map_err(|_| String::from("bytes of more than 4 GB"))?;
            let _ = encode::write_bin_len(out, len);
            out.extend_from_slice(&bytes);
            return Ok(());
        }
        let index = *self.by_hash.entry(hash.into()).or_insert_with(|| {
            self.buffers.push(blob.clone());
            self.buffers.len() - 1
        });
        let _ = encode::write_map_len(out, 2);
        let _ = encode::write_str(out, INDEX);
        let _ = encode::write_uint(out, index as u64);
        let _ = encode::write_str(out, "dtype");
        let _ = encode::write_str(out, text("dtype").as_deref().unwrap_or_default());
        Ok(())
    }
}

/// What is wrong, without where in the JSON: nobody sees that text.
fn without_place(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    text.strip_suffix(&place).map(str::to_owned).unwrap_or(text)
}

/// Writes what a deserializer reads as msgpack.
struct Packer<'o, 'p, 'a> {
    pack: &'p mut Pack<'a>,
    out: &'o mut Vec<u8>,
}

impl<'de> DeserializeSeed<'de> for Packer<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Packer<'_, '_, '_> {
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

    fn visit_i64<E>(self, value: i64) -> Result<(), E> {
        let _ = encode::write_sint(self.out, value);
        Ok(())
    }

    fn visit_u64<E>(self, value: u64) -> Result<(), E> {
        let _ = encode::write_uint(self.out, value);
        Ok(())
    }

    fn visit_f64<E>(self, value: f64) -> Result<(), E> {
        let _ = encode::write_f64(self.out, value);
        Ok(())
    }

    fn visit_str<E>(self, value: &str) -> Result<(), E> {
        let _ = encode::write_str(self.out, value);
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let mut inner = Vec::new();
        let mut len = 0;
        while seq.next_element_seed(Packer { pack: &mut *self.pack, out: &mut inner })?.is_some() {
            len += 1;
        }
        let _ = encode::write_array_len(self.out, len);
        self.out.extend_from_slice(&inner);
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut inner = Vec::new();
        let mut len = 0;
        while let Some(key) = map.next_key::<String>()? {
            match key.strip_prefix('$') {
                Some("id") if len == 0 => {
                    let id = map.next_value::<String>()?;
                    return self.pack.part(&id, self.out).map_err(A::Error::custom);
                }
                Some("float") if len == 0 => {
                    let value = match map.next_value::<String>()?.as_str() {
                        "inf" => f64::INFINITY,
                        "-inf" => f64::NEG_INFINITY,
                        _ => f64::NAN,
                    };
                    let _ = encode::write_f64(self.out, value);
                    return Ok(());
                }
                Some("ext") if len == 0 => {
                    let (kind, data) = map.next_value::<(i8, String)>()?;
                    let data = data_encoding::BASE64.decode(data.as_bytes()).map_err(A::Error::custom)?;
                    let _ = encode::write_ext_meta(self.out, u32::try_from(data.len()).unwrap_or(u32::MAX), kind);
                    self.out.extend_from_slice(&data);
                    return Ok(());
                }
                Some(rest) => match rest.strip_prefix("int:").and_then(|number| number.parse().ok()) {
                    Some(number) => drop(encode::write_sint(&mut inner, number)),
                    None => drop(encode::write_str(&mut inner, if rest.starts_with('$') { rest } else { &key })),
                },
                None => drop(encode::write_str(&mut inner, &key)),
            }
            map.next_value_seed(Packer { pack: &mut *self.pack, out: &mut inner })?;
            len += 1;
        }
        let _ = encode::write_map_len(self.out, len);
        self.out.extend_from_slice(&inner);
        Ok(())
    }
}
