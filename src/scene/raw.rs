//! Looking into JSON text without changing a byte of it.
//!
//! Values come back as slices of the text they were found in, so that numbers print as the server
//! wrote them and a value's place in the text is known (for edits).

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::SceneError;

/// The properties of a JSON object in text order.
pub type Members<'a> = Vec<(Cow<'a, str>, &'a str)>;

/// What a piece of JSON text holds, seen from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `null`
    Null,
    /// `true` or `false`
    Bool,
    /// A number without fraction or exponent.
    Integer,
    /// Any other number.
    Float,
    /// A string.
    Text,
    /// An array.
    Array,
    /// An object.
    Object,
}

impl Kind {
    /// The kind of well-formed JSON text.
    pub fn of(text: &str) -> Self {
        match text.trim_start().as_bytes().first() {
            Some(b'{') => Self::Object,
            Some(b'[') => Self::Array,
            Some(b'"') => Self::Text,
            Some(b't' | b'f') => Self::Bool,
            Some(b'n') | None => Self::Null,
            Some(_) if text.bytes().any(|b| matches!(b, b'.' | b'e' | b'E')) => Self::Float,
            Some(_) => Self::Integer,
        }
    }

    /// A word for people, with its article.
    pub fn noun(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool => "a boolean",
            Self::Integer => "an integer",
            Self::Float => "a float",
            Self::Text => "a string",
            Self::Array => "an array",
            Self::Object => "an object",
        }
    }
}

/// The properties of an object.
///
/// # Errors
/// [`SceneError::NotJson`] when the text is anything but a JSON object.
pub fn members(text: &str) -> Result<Members<'_>, SceneError> {
    let mut json = serde_json::Deserializer::from_str(text);
    let found = json.deserialize_map(MembersVisitor)?;
    json.end()?;
    Ok(found)
}

/// The elements of an array.
///
/// # Errors
/// [`SceneError::NotJson`] when the text is anything but a JSON array.
pub fn elements(text: &str) -> Result<Vec<&str>, SceneError> {
    let mut json = serde_json::Deserializer::from_str(text);
    let found = json.deserialize_seq(ElementsVisitor)?;
    json.end()?;
    Ok(found)
}

/// One property of an object, if it has it. The last one counts where a name is repeated.
pub fn member<'a>(members: &Members<'a>, name: &str) -> Option<&'a str> {
    members.iter().rev().find(|(key, _)| key == name).map(|&(_, value)| value)
}

/// An object without some of its properties. What is no object, or has none of them, stays as it is.
pub fn without<'a>(value: &'a str, names: &[&str]) -> Cow<'a, str> {
    if names.is_empty() || Kind::of(value) != Kind::Object {
        return Cow::Borrowed(value);
    }
    let Ok(members) = members(value) else { return Cow::Borrowed(value) };
    let is_left_out = |key: &str| names.contains(&key);
    if !members.iter().any(|(key, _)| is_left_out(key)) {
        return Cow::Borrowed(value);
    }
    let kept = members.iter().filter(|(key, _)| !is_left_out(key));
    let kept: Vec<String> = kept.map(|(key, value)| format!("{}:{value}", serde_json::Value::from(&**key))).collect();
    Cow::Owned(format!("{{{}}}", kept.join(",")))
}

/// Where `inner` lies within `outer`, in bytes; `None` when it is not a part of it.
pub fn span(outer: &str, inner: &str) -> Option<std::ops::Range<usize>> {
    let start = (inner.as_ptr() as usize).checked_sub(outer.as_ptr() as usize)?;
    let end = start.checked_add(inner.len())?;
    (end <= outer.len()).then_some(start..end)
}

/// True where arrays and objects are nested no deeper than this.
pub fn is_no_deeper_than(text: &str, deepest: usize) -> bool {
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    text.bytes().all(|byte| {
        if in_string {
            in_string = escaped || byte != b'"';
            escaped = !escaped && byte == b'\\';
            return true;
        }
        match byte {
            b'"' => in_string = true,
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth <= deepest
    })
}

/// The text of a JSON string value, unescaped.
pub fn text(value: &str) -> Option<Cow<'_, str>> {
    let inner = value.trim().strip_prefix('"')?.strip_suffix('"')?;
    if inner.contains('\\') { serde_json::from_str(value).ok().map(Cow::Owned) } else { Some(Cow::Borrowed(inner)) }
}

/// The same JSON without white space between tokens. Tokens themselves are untouched.
pub fn compact(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut in_string = false;
    let mut escaped = false;
    for c in text.chars() {
        if in_string {
            out.push(c);
            in_string = escaped || c != '"';
            escaped = !escaped && c == '\\';
        } else if !c.is_ascii_whitespace() {
            out.push(c);
            in_string = c == '"';
        }
    }
    out
}

/// The same JSON indented by two spaces; arrays of plain values stay on one line.
pub fn pretty(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    write_pretty(text, 0, &mut out);
    out
}

/// Deeper than this, JSON is printed as it is: an indent of 200 columns helps nobody.
const PRETTY_DEPTH: usize = 100;

fn write_pretty(text: &str, depth: usize, out: &mut String) {
    let indent = |out: &mut String, depth: usize| {
        out.push('\n');
        out.extend(std::iter::repeat_n("  ", depth));
    };
    match Kind::of(text) {
        Kind::Object if depth < PRETTY_DEPTH => match members(text) {
            Ok(members) if !is_short(&members) => {
                out.push('{');
                for (k, (key, value)) in members.iter().enumerate() {
                    if k > 0 {
                        out.push(',');
                    }
                    indent(out, depth + 1);
                    out.push_str(&serde_json::Value::from(key.as_ref()).to_string());
                    out.push_str(": ");
                    write_pretty(value, depth + 1, out);
                }
                indent(out, depth);
                out.push('}');
            }
            _ => out.push_str(&compact(text)),
        },
        Kind::Array if depth < PRETTY_DEPTH => match elements(text) {
            Ok(elements) if elements.iter().any(|e| matches!(Kind::of(e), Kind::Object | Kind::Array)) => {
                out.push('[');
                for (k, element) in elements.iter().enumerate() {
                    if k > 0 {
                        out.push(',');
                    }
                    indent(out, depth + 1);
                    write_pretty(element, depth + 1, out);
                }
                indent(out, depth);
                out.push(']');
            }
            _ => out.push_str(&compact(text)),
        },
        _ => out.push_str(&compact(text)),
    }
}

/// Nothing, or one plain value, such as a reference: that stays on its line.
fn is_short(members: &Members<'_>) -> bool {
    match members.as_slice() {
        [] => true,
        [(_, value)] => !matches!(Kind::of(value), Kind::Object | Kind::Array),
        _ => false,
    }
}

struct MembersVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = Members<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut found = Vec::with_capacity(32);
        while let Some(key) = map.next_key::<Text<'de>>()? {
            let value: &'de RawValue = map.next_value()?;
            found.push((key.0, value.get()));
        }
        Ok(found)
    }
}

/// A string that borrows from the text unless it has escapes in it. (serde makes an owned one of a
/// `Cow` wherever it is not a field by itself.)
pub struct Text<'de>(pub Cow<'de, str>);

impl<'de: 'a, 'a> serde::Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextVisitor;
        impl<'de> Visitor<'de> for TextVisitor {
            type Value = Text<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(TextVisitor)
    }
}

struct ElementsVisitor;

impl<'de> Visitor<'de> for ElementsVisitor {
    type Value = Vec<&'de str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON array")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut found = Vec::new();
        while let Some(value) = seq.next_element::<&'de RawValue>()? {
            found.push(value.get());
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_slices_of_the_text() {
        let text = r#"{"a": 1e-05, "bé": [0.0, 0.50], "a": -0.0}"#;
        let members = members(text).unwrap();
        assert_eq!(member(&members, "a"), Some("-0.0"));
        assert_eq!(elements(member(&members, "bé").unwrap()).unwrap(), ["0.0", "0.50"]);
        let value = member(&members, "bé").unwrap();
        assert_eq!(&text[span(text, value).unwrap()], "[0.0, 0.50]");
        assert_eq!(span(value, text), None);
    }

    #[test]
    fn anything_but_an_object_is_refused() {
        for bad in ["", "null", "[1]", "{", r#"{"a":1}x"#, r#"{"a":nan}"#] {
            assert!(members(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn pretty_and_compact_keep_every_token() {
        let text = r#"{"A":[1.0,1e-05],"B":{"C":[{"Id":3},null],"D":"x \" , y"},"E":{},"F":[]}"#;
        let pretty = pretty(text);
        assert!(pretty.contains("\"A\": [1.0,1e-05]"), "{pretty}");
        assert_eq!(compact(&pretty), text);
    }

    #[test]
    fn deep_json_does_not_overflow_the_stack() {
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(200_000), "]".repeat(200_000));
        assert_eq!(members(&deep).unwrap().len(), 1);
        assert!(is_no_deeper_than(&deep, 200_001) && !is_no_deeper_than(&deep, 200_000));
        assert!(is_no_deeper_than(r#"{"a[[\"[[\\":["[[[["]}"#, 2));
        assert_eq!(compact(&pretty(&deep)), deep);
    }
}
