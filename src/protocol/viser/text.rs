//! Messages' values as the JSON of states.
//!
//! What JSON has no word for keeps its meaning, so that a state gives back what was sent: `{"$id":…}` is a reference,
//! `{"$float":"nan"}` a number that is none, `{"$ext":[type,"base64"]}` an extension. A key that begins with `$` gets
//! one more.

use std::borrow::Cow;
use std::fmt::Write;

use bytes::Bytes;

use super::message::{DEEPEST, Value, placeholder};
use super::shape::{item_bytes, shape};
use crate::protocol::msgpack::{MsgpackError, Reader, Token};
use crate::protocol::state_text::{push_f64, push_string};

/// An array or some bytes that a state refers to.
#[derive(Clone, Debug)]
pub struct Part {
    /// Where it stands: `props.points`.
    pub place: String,
    /// The type of its values, as NumPy writes it; nothing for plain bytes.
    pub dtype: Option<String>,
    /// How many there are, in each dimension.
    pub shape: Vec<u64>,
    /// The values.
    pub bytes: Bytes,
}

/// Writes the text of one object's state.
pub struct Writer<'a> {
    /// The text so far.
    pub out: String,
    /// What it refers to, so far.
    pub parts: Vec<Part>,
    id: &'a str,
    class: &'a str,
    place: String,
    /// Writes arrays and bytes where they stand, instead of what refers to them.
    stand_in: Option<StandIn<'a>>,
}

/// One step down to where a value stands.
#[derive(Clone, Copy)]
enum Step<'a> {
    Key(&'a str),
    Index(u32),
}

/// What stands for an array of a type, or for plain bytes.
pub type StandIn<'a> = &'a mut dyn FnMut(Option<&str>, &Bytes) -> String;

impl<'a> Writer<'a> {
    /// For an object of this id and class.
    pub fn new(id: &'a str, class: &'a str) -> Self {
        Self { out: String::with_capacity(256), parts: Vec::new(), id, class, place: String::new(), stand_in: None }
    }

    /// For a value that is no object's: arrays stand where they are, as `stand_in` writes them.
    pub fn inline(stand_in: StandIn<'a>) -> Self {
        Self { stand_in: Some(stand_in), ..Self::new("", "") }
    }

    /// Appends a key and the colon behind it; a comma before it where one is needed.
    pub fn key(&mut self, key: &str) {
        if self.out.as_bytes().last() != Some(&b'{') {
            self.out.push(',');
        }
        push_string(&mut self.out, key);
        self.out.push(':');
    }

    /// Appends a property with a text for a value.
    pub fn text(&mut self, key: &str, text: &str) {
        self.key(key);
        push_string(&mut self.out, text);
    }

    /// Appends a property with a value that came. `values_of` is for the shapes of arrays.
    ///
    /// # Errors
    /// When it cannot be read: then nothing of it is there.
    pub fn property(
        &mut self,
        key: &str,
        value: &Value<'_>,
        values_of: &dyn Fn(&str) -> Option<u64>,
    ) -> Result<(), MsgpackError> {
        if key.starts_with('$') { self.marked(key, value, values_of) } else { self.written(key, value, values_of) }
    }

    /// The same with one more `$` before the key, for one that would mean something else.
    ///
    /// # Errors
    /// As [`Writer::property`].
    pub fn marked(
        &mut self,
        key: &str,
        value: &Value<'_>,
        values_of: &dyn Fn(&str) -> Option<u64>,
    ) -> Result<(), MsgpackError> {
        self.written(&format!("${key}"), value, values_of)
    }

    fn written(
        &mut self,
        key: &str,
        value: &Value<'_>,
        values_of: &dyn Fn(&str) -> Option<u64>,
    ) -> Result<(), MsgpackError> {
        let (len, parts, place) = (self.out.len(), self.parts.len(), self.place.len());
        self.key(key);
        let mut reader = Reader::new(value.data);
        let written = self.value(&mut reader, Step::Key(key), value, values_of, 0);
        self.place.truncate(place);
        if written.is_err() {
            self.out.truncate(len);
            self.parts.truncate(parts);
        }
        written
    }

    /// Goes down into a property, for the places of what is in it.
    pub fn enter(&mut self, key: &str) -> usize {
        let before = self.place.len();
        if before > 0 {
            self.place.push('.');
        }
        self.place.push_str(key);
        before
    }

    /// Comes back from [`Writer::enter`].
    pub fn leave(&mut self, before: usize) {
        self.place.truncate(before);
    }

    fn value(
        &mut self,
        reader: &mut Reader<'_>,
        step: Step<'_>,
        of: &Value<'_>,
        values_of: &dyn Fn(&str) -> Option<u64>,
        depth: usize,
    ) -> Result<(), MsgpackError> {
        if depth > DEEPEST {
            return Err(reader.error("nested more than 100 levels deep"));
        }
        let mut here = reader.clone();
        match reader.token()? {
            Token::Nil => self.out.push_str("null"),
            Token::Bool(value) => self.out.push_str(if value { "true" } else { "false" }),
            Token::Negative(n) => self.out.push_str(itoa::Buffer::new().format(n)),
            Token::Unsigned(n) => self.out.push_str(itoa::Buffer::new().format(n)),
            Token::Float(f) if f.is_finite() => push_f64(&mut self.out, f),
            Token::Float(f) => {
                let name = if f.is_nan() {
                    "nan"
                } else if f > 0.0 {
                    "inf"
                } else {
                    "-inf"
                };
                // Writing to a string cannot fail.
                let _ = write!(self.out, "{{\"$float\":\"{name}\"}}");
            }
            Token::Text(text) => {
                let text = std::str::from_utf8(text).map_err(|_| here.error("a string that is not UTF-8"))?;
                push_string(&mut self.out, text);
            }
            Token::Extension(kind, data) => {
                let data = data_encoding::BASE64.encode(data);
                let _ = write!(self.out, "{{\"$ext\":[{kind},\"{data}\"]}}");
            }
            // Only these have places, or something in them that does.
            Token::Binary(data) => {
                let before = self.step(step);
                self.part(None, of.share(data), values_of);
                self.leave(before);
            }
            Token::Array(len) => {
                let before = self.step(step);
                self.array(len, reader, of, values_of, depth)?;
                self.leave(before);
            }
            Token::Map(len) => {
                let before = self.step(step);
                if let Some(found) = placeholder(&mut here) {
                    let buffer = of.buffer(found.index).ok_or_else(|| reader.error("a buffer that is not there"))?;
                    self.part(Some(found.dtype.to_owned()), buffer.clone(), values_of);
                    *reader = here;
                } else {
                    self.map(len, reader, of, values_of, depth)?;
                }
                self.leave(before);
            }
        }
        Ok(())
    }

    fn step(&mut self, step: Step<'_>) -> usize {
        match step {
            Step::Key(key) => self.enter(key),
            Step::Index(index) => self.enter(itoa::Buffer::new().format(index)),
        }
    }

    fn array(
        &mut self,
        len: u32,
        reader: &mut Reader<'_>,
        of: &Value<'_>,
        values_of: &dyn Fn(&str) -> Option<u64>,
        depth: usize,
    ) -> Result<(), MsgpackError> {
        self.out.push('[');
        for k in 0..len {
            if k > 0 {
                self.out.push(',');
            }
            self.value(reader, Step::Index(k), of, values_of, depth + 1)?;
        }
        self.out.push(']');
        Ok(())
    }

    fn map(
        &mut self,
        len: u32,
        reader: &mut Reader<'_>,
        of: &Value<'_>,
        values_of: &dyn Fn(&str) -> Option<u64>,
        depth: usize,
    ) -> Result<(), MsgpackError> {
        self.out.push('{');
        for k in 0..len {
            if k > 0 {
                self.out.push(',');
            }
            let key = key(reader)?;
            push_string(&mut self.out, &key);
            self.out.push(':');
            self.value(reader, Step::Key(&key), of, values_of, depth + 1)?;
        }
        self.out.push('}');
        Ok(())
    }

    fn part(&mut self, dtype: Option<String>, bytes: Bytes, values_of: &dyn Fn(&str) -> Option<u64>) {
        if let Some(stand_in) = &mut self.stand_in {
            self.out.push_str(&stand_in(dtype.as_deref(), &bytes));
            return;
        }
        let count = bytes.len() / dtype.as_deref().map_or(1, item_bytes);
        let property = self.place.rsplit('.').next().unwrap_or_default();
        let shape = match dtype {
            Some(_) => shape(self.class, property, count as u64, values_of),
            None => vec![count as u64],
        };
        self.out.push_str("{\"$id\":");
        push_string(&mut self.out, &part_id(self.id, &self.place));
        self.out.push('}');
        self.parts.push(Part { place: self.place.clone(), dtype, shape, bytes });
    }
}

/// The id of an array: whose it is, and where it stands there.
pub fn part_id(owner: &str, place: &str) -> String {
    format!("{owner}#{place}")
}

/// The state of an array whose values are in the blob of this name.
pub fn part_state(part: &Part, hash: &str) -> String {
    let (class, dtype) = match &part.dtype {
        Some(dtype) => ("Array", dtype.as_str()),
        None => ("Bytes", "|u1"),
    };
    let mut out = format!("{{\"type\":\"{class}\",\"dtype\":");
    push_string(&mut out, dtype);
    let shape: Vec<String> = part.shape.iter().map(u64::to_string).collect();
    let _ = write!(out, ",\"shape\":[{}],\"hash\":\"{hash}\"}}", shape.join(","));
    out
}

/// A key. Python's dictionaries may have numbers for keys; JSON's may not.
fn key<'a>(reader: &mut Reader<'a>) -> Result<Cow<'a, str>, MsgpackError> {
    let here = reader.clone();
    Ok(match reader.token()? {
        Token::Text(text) => {
            let text = std::str::from_utf8(text).map_err(|_| here.error("a key that is not UTF-8"))?;
            if text.starts_with('$') { format!("${text}").into() } else { text.into() }
        }
        Token::Unsigned(n) => format!("$int:{n}").into(),
        Token::Negative(n) => format!("$int:{n}").into(),
        _ => return Err(here.error("a key that is neither a string nor an integer")),
    })
}
