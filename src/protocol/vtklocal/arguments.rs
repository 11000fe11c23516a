//! A call's arguments, and what VTK's wrappers raise for wrong ones.

use serde_json::Value;

use crate::protocol::msgpack::{MsgpackError, Reader};
use crate::protocol::wslink::json::{Unspeakable, push_json};

/// A call's arguments: positional ones, then keywords, as Python binds them.
pub(super) struct Arguments<'a> {
    values: Vec<&'a [u8]>,
}

impl<'a> Arguments<'a> {
    pub(super) fn read(method: &str, parameters: &[&str], args: &'a [u8], kwargs: &'a [u8]) -> Result<Self, String> {
        let function = method.rsplit('.').next().unwrap_or(method);
        let invalid = |error: MsgpackError| format!("ValueError({:?})", error.to_string());
        let mut values = Vec::new();
        let mut reader = Reader::new(args);
        for _ in 0..reader.array().map_err(invalid)? {
            let range = reader.skip().map_err(invalid)?;
            values.push(args.get(range).unwrap_or_default());
        }
        let mut named = Vec::new();
        let mut reader = Reader::new(kwargs);
        for _ in 0..reader.map().map_err(invalid)? {
            let name = reader.text().map_err(invalid)?;
            let range = reader.skip().map_err(invalid)?;
            named.push((name, kwargs.get(range).unwrap_or_default()));
        }
        for parameter in parameters.iter().skip(values.len()) {
            match named.iter().find(|(name, _)| name == parameter) {
                Some((_, value)) => values.push(value),
                None => {
                    return Err(format!(
                        "TypeError(\"ObjectManagerAPI.get_{function}() missing 1 required positional argument: '{parameter}'\")"
                    ));
                }
            }
        }
        if values.len() > parameters.len() {
            return Err(format!(
                "TypeError('ObjectManagerAPI.get_{function}() takes {} positional arguments but {} were given')",
                parameters.len() + 1,
                values.len() + 1
            ));
        }
        Ok(Self { values })
    }

    fn value(&self, index: usize) -> Reader<'a> {
        Reader::new(self.values.get(index).copied().unwrap_or_default())
    }

    pub(super) fn number(&self, index: usize, function: &str) -> Result<u64, String> {
        let mut reader = self.value(index);
        reader.count().map_err(|_| not_an_integer(function, &mut self.value(index)))
    }

    pub(super) fn text(&self, index: usize, function: &str) -> Result<&'a str, String> {
        self.value(index).text().map_err(|_| format!("TypeError('{function} argument 1: string is required')"))
    }

    pub(super) fn list<T>(
        &self,
        index: usize,
        mut read: impl FnMut(&mut Reader<'a>) -> Result<T, String>,
    ) -> Result<Vec<T>, String> {
        let mut reader = self.value(index);
        let len = reader.array().map_err(|_| String::from("TypeError(\"object is not iterable\")"))?;
        (0..len).map(|_| read(&mut reader)).collect()
    }
}

/// What VTK's wrappers raise for an argument that is no integer.
pub(super) fn not_an_integer(function: &str, reader: &mut Reader<'_>) -> String {
    let mut text = String::new();
    let _ = push_json(reader, &mut text, Unspeakable::Null);
    match serde_json::from_str(&text) {
        Ok(Value::Number(number)) if number.is_f64() => {
            format!("TypeError('{function} argument 1: integer argument expected, got float')")
        }
        Ok(Value::Number(_)) => {
            format!("OverflowError('{function} argument 1: value is out of range for unsigned int')")
        }
        other => {
            let kind = match other {
                Ok(Value::String(_)) => "str",
                Ok(Value::Array(_)) => "list",
                Ok(Value::Object(_)) => "dict",
                _ => "NoneType",
            };
            format!("TypeError(\"{function} argument 1: '{kind}' object cannot be interpreted as an integer\")")
        }
    }
}
