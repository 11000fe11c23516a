//! JSON as jq's values: strings are parts of the input, and floats keep their text.

use bytes::Bytes;
use jaq_json::{Map, Num, Val};

/// Values are made, compared and dropped by recursion.
const DEEPEST: usize = 10_000;

/// Parses one value.
pub(super) fn parse(text: &Bytes) -> Result<Val, String> {
    let mut parser = Parser { text, at: 0, members: Vec::new() };
    let value = parser.value(0)?;
    match parser.next() {
        None => Ok(value),
        Some(_) => Err(parser.wants("the end")),
    }
}

struct Parser<'a> {
    text: &'a Bytes,
    at: usize,
    /// Of the objects that are not complete yet: a map that knows its size is made once, and does not grow.
    members: Vec<(Val, Val)>,
}

impl Parser<'_> {
    fn wants(&self, what: &str) -> String {
        format!("{what} is wanted at byte {}", self.at)
    }

    fn rest(&self) -> &[u8] {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// The first byte that is no white space.
    fn next(&mut self) -> Option<u8> {
        let rest = self.rest();
        let blank = rest.iter().position(|byte| !matches!(byte, b' ' | b'\t' | b'\n' | b'\r')).unwrap_or(rest.len());
        self.at += blank;
        self.text.get(self.at).copied()
    }

    fn value(&mut self, depth: usize) -> Result<Val, String> {
        if depth > DEEPEST {
            return Err(format!("it is nested deeper than {DEEPEST}"));
        }
        match self.next() {
            Some(b'{') => {
                let first = self.members.len();
                self.list(b'}', |parser| {
                    if parser.next() != Some(b'"') {
                        return Err(parser.wants("a name in quotes"));
                    }
                    let key = parser.string()?;
                    if parser.next() != Some(b':') {
                        return Err(parser.wants("a colon"));
                    }
                    parser.at += 1;
                    let value = parser.value(depth + 1)?;
                    parser.members.push((key, value));
                    Ok(())
                })?;
                Ok(Val::obj(self.members.drain(first..).collect::<Map>()))
            }
            Some(b'[') => {
                let mut items = Vec::new();
                self.list(b']', |parser| {
                    items.push(parser.value(depth + 1)?);
                    Ok(())
                })?;
                Ok(Val::Arr(items.into()))
            }
            Some(b'"') => self.string(),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => self.word(),
        }
    }

    /// What stands between brackets, with commas.
    fn list(&mut self, close: u8, mut item: impl FnMut(&mut Self) -> Result<(), String>) -> Result<(), String> {
        self.at += 1;
        if self.next() == Some(close) {
            self.at += 1;
            return Ok(());
        }
        loop {
            item(self)?;
            match self.next() {
                Some(b',') => self.at += 1,
                Some(byte) if byte == close => {
                    self.at += 1;
                    return Ok(());
                }
                _ => return Err(self.wants("a comma or a closing bracket")),
            }
        }
    }

    fn string(&mut self) -> Result<Val, String> {
        let start = self.at;
        let mut end = start + 1;
        let mut is_plain = true;
        loop {
            let rest = self.text.get(end..).unwrap_or_default();
            let found = memchr::memchr2(b'"', b'\\', rest).ok_or_else(|| self.wants("a string's end"))?;
            end += found + 1;
            if rest.get(found) == Some(&b'"') {
                break;
            }
            is_plain = false;
            end += 1;
        }
        self.at = end;
        if is_plain {
            return Ok(Val::TStr(Box::new(self.text.slice(start + 1..end - 1))));
        }
        let quoted = self.text.get(start..end).unwrap_or_default();
        serde_json::from_slice::<String>(quoted).map(Val::from).map_err(|error| format!("byte {start}: {error}"))
    }

    fn number(&mut self) -> Result<Val, String> {
        let rest = self.rest();
        let is_part = |byte: &u8| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E');
        let len = rest.iter().position(|byte| !is_part(byte)).unwrap_or(rest.len());
        let text = rest.get(..len).and_then(|text| std::str::from_utf8(text).ok()).unwrap_or_default();
        let number = match text {
            // By far the most; they are printed as they are written here.
            "0.0" => Num::Float(0.0),
            "1.0" => Num::Float(1.0),
            _ => match Num::from_str_radix(text, 10) {
                Some(integer) => integer,
                None if text.parse::<f64>().is_ok() => Num::Dec(String::from(text).into()),
                None => return Err(self.wants("a number")),
            },
        };
        self.at += len;
        Ok(Val::Num(number))
    }

    fn word(&mut self) -> Result<Val, String> {
        let words = [("null", Val::Null), ("true", Val::Bool(true)), ("false", Val::Bool(false))];
        let found = words.into_iter().find(|(word, _)| self.rest().starts_with(word.as_bytes()));
        let (word, value) = found.ok_or_else(|| self.wants("a value"))?;
        self.at += word.len();
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// On a stack as large as a worker's.
    fn parsed(text: &str) -> Result<String, String> {
        let text = Bytes::from(text.to_owned());
        let work = move || parse(&text).map(|value| value.to_string());
        std::thread::Builder::new().stack_size(256 << 20).spawn(work).unwrap().join().unwrap()
    }

    #[test]
    fn what_is_json_is_read() {
        for text in [
            r#"{"a":[1,-2,0.0,1.0,1e-05,-0.0,123456789012345678901234567890],"b":{},"c":[],"":null}"#,
            r#"["é","x y",true,false,null]"#,
            "-0.5",
            "\"\"",
        ] {
            assert_eq!(parsed(text).as_deref(), Ok(text));
        }
        assert_eq!(parsed(" { \"a\" :\n[ 1 ,\t2 ] } \r\n").as_deref(), Ok(r#"{"a":[1,2]}"#));
        assert_eq!(parsed(r#""a\\\"\n\u00e9""#).as_deref(), Ok(r#""a\\\"\né""#));
        let deep = "[".repeat(10_000) + &"]".repeat(10_000);
        assert_eq!(parsed(&deep), Ok(deep));
    }

    #[test]
    fn what_is_none_is_not() {
        let deep = "[".repeat(1_000_000);
        for text in [
            "",
            "[1,]",
            "{\"a\"}",
            "{a:1}",
            "1 2",
            "[1",
            "\"x",
            "\"\\",
            "nul",
            "--1",
            "1.2.3",
            "{\"a\":1,}",
            "]",
            &deep,
        ] {
            assert!(parsed(text).is_err(), "{text:.20}");
        }
    }
}
