//! States as text, the way VTK's servers print them.
//!
//! VTK serializes states with nlohmann::json: no white space, keys sorted, floats by Grisu2, nothing escaped that need
//! not be. What reaches us as numbers (msgpack, CBOR, JSON that Python has read and written again) is printed likewise,
//! so that it is byte for byte what `GetState` gives.

mod float;

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

pub use float::push_f64;

/// Escapes only what must be, as nlohmann::json does without `ensure_ascii`.
pub fn push_string(out: &mut String, text: &str) {
    out.push('"');
    let mut rest = text;
    // Most need nothing: bytes are looked at faster than characters.
    if !text.bytes().any(|byte| byte < b' ' || byte == b'"' || byte == b'\\') {
        out.push_str(text);
        rest = "";
    }
    while let Some(at) = rest.find(|c: char| c < ' ' || c == '"' || c == '\\') {
        let (plain, special) = rest.split_at(at);
        out.push_str(plain);
        let mut chars = special.chars();
        match chars.next().unwrap_or_default() {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            control => out.push_str(&format!("\\u{:04x}", u32::from(control))),
        }
        rest = chars.as_str();
    }
    out.push_str(rest);
    out.push('"');
}

/// Prints a map the way VTK's servers print states; `first` is a key of it that was read already.
///
/// # Errors
/// What the map gives.
pub fn push_map<'de, A: MapAccess<'de>>(out: &mut String, first: Option<&str>, mut map: A) -> Result<(), A::Error> {
    out.push('{');
    let mut end = out.len();
    if let Some(key) = first {
        push_string(out, key);
        out.push(':');
        map.next_value_seed(Printer(out))?;
        end = out.len();
        out.push(',');
    }
    while map.next_key_seed(Printer(out))?.is_some() {
        out.push(':');
        map.next_value_seed(Printer(out))?;
        end = out.len();
        out.push(',');
    }
    out.truncate(end);
    out.push('}');
    Ok(())
}

struct Printer<'o>(&'o mut String);

impl<'de> DeserializeSeed<'de> for Printer<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Printer<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        self.0.push_str("null");
        Ok(())
    }

    fn visit_bool<E>(self, value: bool) -> Result<(), E> {
        self.0.push_str(if value { "true" } else { "false" });
        Ok(())
    }

    fn visit_u64<E>(self, n: u64) -> Result<(), E> {
        self.0.push_str(itoa::Buffer::new().format(n));
        Ok(())
    }

    fn visit_i64<E>(self, n: i64) -> Result<(), E> {
        self.0.push_str(itoa::Buffer::new().format(n));
        Ok(())
    }

    fn visit_f64<E>(self, f: f64) -> Result<(), E> {
        push_f64(self.0, f);
        Ok(())
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        push_string(self.0, text);
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        self.0.push('[');
        let mut end = self.0.len();
        while seq.next_element_seed(Printer(self.0))?.is_some() {
            end = self.0.len();
            self.0.push(',');
        }
        self.0.truncate(end);
        self.0.push(']');
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        push_map(self.0, None, map)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Prints any JSON again, the way VTK's servers print states. The order of keys stays.
    fn reprint(text: &str) -> Result<String, serde_json::Error> {
        let mut out = String::with_capacity(text.len());
        let mut json = serde_json::Deserializer::from_str(text);
        Printer(&mut out).deserialize(&mut json)?;
        json.end()?;
        Ok(out)
    }

    #[test]
    fn what_python_wrote_again_is_as_vtk_printed_it() {
        let python =
            r#"{"A": [1, -2, [], {}], "B": {"X": 1e+16, "Y": 0.1, "Z": 1.0, "e": 1e-05}, "b": true, "n": null}"#;
        let text = reprint(python).unwrap();
        assert_eq!(text, r#"{"A":[1,-2,[],{}],"B":{"X":1e+16,"Y":0.1,"Z":1.0,"e":1e-05},"b":true,"n":null}"#);
        assert_eq!(reprint(r#" "sc\u00e8ne \u2603 \"\\\n\u0001" "#).unwrap(), "\"scène ☃ \\\"\\\\\\n\\u0001\"");
        for fine in ["[]", "{}", "[[],[]]", "0", "18446744073709551615", "-0.0", "{\"\":{\"\":[]}}"] {
            assert_eq!(reprint(fine).unwrap(), fine);
        }
        for broken in ["", "{", "[1,]", "{\"a\"}", "1 2", "nul", &"[".repeat(1000)] {
            assert!(reprint(broken).is_err(), "{broken}");
        }
    }
}
