//! jq's values as JSON.

use std::io::{self, Write};

use jaq_core::ValT as _;
use jaq_json::{Num, Val};

use super::Form;

/// Writes an answer; without the line's end.
pub(super) fn write(out: &mut Vec<u8>, value: &Val, form: Form) -> io::Result<()> {
    match value {
        Val::TStr(text) | Val::BStr(text) if form.raw => out.write_all(text),
        _ => write_value(out, value, form.pretty.then_some(0)),
    }
}

/// With a depth, a value a line.
fn write_value(out: &mut Vec<u8>, value: &Val, depth: Option<usize>) -> io::Result<()> {
    match value {
        Val::Null => out.write_all(b"null"),
        Val::Bool(is) => write!(out, "{is}"),
        Val::Num(number) => write_number(out, number),
        Val::TStr(text) | Val::BStr(text) => write_text(out, text),
        Val::Arr(items) => write_list(out, b"[]", depth, items.iter(), write_value),
        Val::Obj(members) => write_list(out, b"{}", depth, members.iter(), |out, (key, value), depth| {
            match key {
                Val::TStr(key) => write_text(out, key)?,
                other => write_text(out, other.to_string().as_bytes())?,
            }
            out.write_all(if depth.is_some() { b": " } else { b":" })?;
            write_value(out, value, depth)
        }),
    }
}

fn write_list<T>(
    out: &mut Vec<u8>,
    brackets: &[u8; 2],
    depth: Option<usize>,
    items: impl ExactSizeIterator<Item = T>,
    mut each: impl FnMut(&mut Vec<u8>, T, Option<usize>) -> io::Result<()>,
) -> io::Result<()> {
    let [open, close] = *brackets;
    let line = |out: &mut Vec<u8>, depth: Option<usize>| {
        if let Some(depth) = depth {
            out.push(b'\n');
            out.resize(out.len() + 2 * depth, b' ');
        }
    };
    let is_empty = items.len() == 0;
    let inner = depth.map(|depth| depth + 1);
    out.push(open);
    for (k, item) in items.enumerate() {
        if k > 0 {
            out.push(b',');
        }
        line(out, inner);
        each(out, item, inner)?;
    }
    if !is_empty {
        line(out, depth);
    }
    out.push(close);
    Ok(())
}

/// Numbers that nobody calculated with are as they were written. What JSON has no word for is what jq makes of it.
fn write_number(out: &mut Vec<u8>, number: &Num) -> io::Result<()> {
    match number {
        Num::Float(value) if value.is_nan() => out.write_all(b"null"),
        Num::Float(value) if value.is_infinite() => write!(out, "{:e}", f64::MAX.copysign(*value)),
        other => write!(out, "{other}"),
    }
}

fn write_text(out: &mut Vec<u8>, text: &[u8]) -> io::Result<()> {
    Ok(serde_json::to_writer(out, &String::from_utf8_lossy(text))?)
}

/// True for an answer that is neither false nor null.
pub(super) fn holds(value: &Val) -> bool {
    value.as_bool()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jaq_json::read::parse_single;

    fn written(text: &str, raw: bool, pretty: bool) -> String {
        let mut out = Vec::new();
        write(&mut out, &parse_single(text.as_bytes()).unwrap(), Form { raw, pretty }).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn answers_are_json() {
        let text = r#"{"b":[1e-05,-0.0,12345678901234567890123,{}],"a":["x\n\"é",[],null,true]}"#;
        assert_eq!(written(text, false, false), text);
        assert_eq!(
            written(r#"{"a":[1,[]],"b":{}}"#, false, true),
            "{\n  \"a\": [\n    1,\n    []\n  ],\n  \"b\": {}\n}"
        );
        assert_eq!(
            written("[NaN,Infinity,-Infinity]", false, false),
            "[null,1.7976931348623157e308,-1.7976931348623157e308]"
        );
        assert_eq!(
            (written(r#""a\nb""#, true, true), written(r#"["a"]"#, true, false)),
            ("a\nb".into(), "[\"a\"]".into())
        );
    }
}
