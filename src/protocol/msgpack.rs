//! Reading msgpack in place: a cursor over bytes that somebody else sent. And writing what JSON has words for.
//!
//! Nothing is allocated for what a header merely claims, and skipping is not recursive, so hostile
//! input costs what it weighs.

use std::ops::Range;

use rmp::{Marker, encode};
use serde_json::Value;

/// Why bytes are not the msgpack they should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("invalid msgpack at byte {at}: {what}")]
pub struct MsgpackError {
    /// Offset from the start of the message.
    pub at: usize,
    /// What is wrong there.
    pub what: &'static str,
}

/// One value, as far as its head tells.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Token<'a> {
    /// nil
    Nil,
    /// A boolean.
    Bool(bool),
    /// An integer below zero.
    Negative(i64),
    /// An integer from zero on.
    Unsigned(u64),
    /// A float, 32 or 64 bits wide.
    Float(f64),
    /// A string, not yet checked to be UTF-8.
    Text(&'a [u8]),
    /// Binary data.
    Binary(&'a [u8]),
    /// The head of an array: so many values follow.
    Array(u32),
    /// The head of a map: so many pairs follow.
    Map(u32),
    /// An extension type and its data.
    Extension(i8, &'a [u8]),
}

/// A place in some msgpack.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    data: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    /// At the start.
    pub fn new(data: &'a [u8]) -> Self {
        Self { data, at: 0 }
    }

    /// Offset from the start.
    pub fn position(&self) -> usize {
        self.at
    }

    /// True when all was read.
    pub fn is_at_end(&self) -> bool {
        self.at >= self.data.len()
    }

    /// An error at this place.
    pub fn error(&self, what: &'static str) -> MsgpackError {
        MsgpackError { at: self.at, what }
    }

    /// Reads a value, or the head of an array or map.
    ///
    /// # Errors
    /// When the bytes end early, or start with the one marker that msgpack does not use.
    pub fn token(&mut self) -> Result<Token<'a>, MsgpackError> {
        let start = self.at;
        let marker = Marker::from_u8(*self.take(1)?.first().unwrap_or(&0xc1));
        Ok(match marker {
            Marker::FixPos(n) => Token::Unsigned(n.into()),
            Marker::FixNeg(n) => Token::Negative(n.into()),
            Marker::Null => Token::Nil,
            Marker::True => Token::Bool(true),
            Marker::False => Token::Bool(false),
            Marker::U8 => Token::Unsigned(self.unsigned(1)?),
            Marker::U16 => Token::Unsigned(self.unsigned(2)?),
            Marker::U32 => Token::Unsigned(self.unsigned(4)?),
            Marker::U64 => Token::Unsigned(self.unsigned(8)?),
            Marker::I8 => signed(self.unsigned(1)? as i8 as i64),
            Marker::I16 => signed(self.unsigned(2)? as i16 as i64),
            Marker::I32 => signed(self.unsigned(4)? as i32 as i64),
            Marker::I64 => signed(self.unsigned(8)? as i64),
            Marker::F32 => Token::Float(f32::from_bits(self.unsigned(4)? as u32).into()),
            Marker::F64 => Token::Float(f64::from_bits(self.unsigned(8)?)),
            Marker::FixStr(n) => Token::Text(self.take(n.into())?),
            Marker::Str8 => Token::Text(self.sized(1)?),
            Marker::Str16 => Token::Text(self.sized(2)?),
            Marker::Str32 => Token::Text(self.sized(4)?),
            Marker::Bin8 => Token::Binary(self.sized(1)?),
            Marker::Bin16 => Token::Binary(self.sized(2)?),
            Marker::Bin32 => Token::Binary(self.sized(4)?),
            Marker::FixArray(n) => Token::Array(n.into()),
            Marker::Array16 => Token::Array(self.unsigned(2)? as u32),
            Marker::Array32 => Token::Array(self.unsigned(4)? as u32),
            Marker::FixMap(n) => Token::Map(n.into()),
            Marker::Map16 => Token::Map(self.unsigned(2)? as u32),
            Marker::Map32 => Token::Map(self.unsigned(4)? as u32),
            Marker::FixExt1 => self.extension(1)?,
            Marker::FixExt2 => self.extension(2)?,
            Marker::FixExt4 => self.extension(4)?,
            Marker::FixExt8 => self.extension(8)?,
            Marker::FixExt16 => self.extension(16)?,
            Marker::Ext8 => self.extension_sized(1)?,
            Marker::Ext16 => self.extension_sized(2)?,
            Marker::Ext32 => self.extension_sized(4)?,
            Marker::Reserved => return Err(MsgpackError { at: start, what: "the reserved marker 0xc1" }),
        })
    }

    /// Reads the head of a map.
    ///
    /// # Errors
    /// When something else is there.
    pub fn map(&mut self) -> Result<u32, MsgpackError> {
        let here = self.clone();
        match self.token()? {
            Token::Map(len) => Ok(len),
            _ => Err(here.error("a map is wanted here")),
        }
    }

    /// Reads the head of an array.
    ///
    /// # Errors
    /// When something else is there.
    pub fn array(&mut self) -> Result<u32, MsgpackError> {
        let here = self.clone();
        match self.token()? {
            Token::Array(len) => Ok(len),
            _ => Err(here.error("an array is wanted here")),
        }
    }

    /// Reads a string.
    ///
    /// # Errors
    /// When something else is there, or it is not UTF-8.
    pub fn text(&mut self) -> Result<&'a str, MsgpackError> {
        let here = self.clone();
        match self.token()? {
            Token::Text(text) => std::str::from_utf8(text).map_err(|_| here.error("a string that is not UTF-8")),
            _ => Err(here.error("a string is wanted here")),
        }
    }

    /// Reads a number that counts something.
    ///
    /// # Errors
    /// When something else is there. A float without a fraction is taken: JavaScript has no other numbers.
    pub fn count(&mut self) -> Result<u64, MsgpackError> {
        let here = self.clone();
        match self.token()? {
            Token::Unsigned(n) => Ok(n),
            Token::Float(f) if f >= 0.0 && f.fract() == 0.0 && f < 1e18 => Ok(f as u64),
            _ => Err(here.error("a number from 0 on is wanted here")),
        }
    }

    /// Steps over one whole value and says which bytes it takes.
    ///
    /// # Errors
    /// When the bytes end early.
    pub fn skip(&mut self) -> Result<Range<usize>, MsgpackError> {
        let start = self.at;
        // A pair is two values. Each takes at least a byte, so a claim ends where the data does.
        let mut left = 1_u64;
        while left > 0 {
            left -= 1;
            match self.token()? {
                Token::Array(len) => left += u64::from(len),
                Token::Map(len) => left += 2 * u64::from(len),
                _ => {}
            }
        }
        Ok(start..self.at)
    }

    fn take(&mut self, len: usize) -> Result<&'a [u8], MsgpackError> {
        let end = self.at.checked_add(len);
        let taken = end.and_then(|end| self.data.get(self.at..end));
        let taken = taken.ok_or_else(|| self.error("the message ends within a value"))?;
        self.at += len;
        Ok(taken)
    }

    fn unsigned(&mut self, width: usize) -> Result<u64, MsgpackError> {
        Ok(self.take(width)?.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    fn sized(&mut self, width: usize) -> Result<&'a [u8], MsgpackError> {
        let len = self.unsigned(width)?;
        self.take(usize::try_from(len).unwrap_or(usize::MAX))
    }

    fn extension(&mut self, len: usize) -> Result<Token<'a>, MsgpackError> {
        let kind = self.unsigned(1)? as i8;
        Ok(Token::Extension(kind, self.take(len)?))
    }

    fn extension_sized(&mut self, width: usize) -> Result<Token<'a>, MsgpackError> {
        let len = self.unsigned(width)?;
        self.extension(usize::try_from(len).unwrap_or(usize::MAX))
    }
}

fn signed<'a>(n: i64) -> Token<'a> {
    u64::try_from(n).map_or(Token::Negative(n), Token::Unsigned)
}

/// Appends a JSON value: integers in the fewest bytes, every other number 64 bits wide.
pub fn push_value(out: &mut Vec<u8>, value: &Value) {
    // Writing to a vector cannot fail.
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
            values.iter().for_each(|value| push_value(out, value));
        }
        Value::Object(members) => {
            let _ = encode::write_map_len(out, members.len() as u32);
            for (name, value) in members {
                let _ = encode::write_str(out, name);
                push_value(out, value);
            }
        }
    }
}
