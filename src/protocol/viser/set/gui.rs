//! Values of GUI elements: which ones viser's page could send.

use serde_json::{Number, Value};

use super::Object;
use crate::protocol::Unsettable;
use crate::scene::Assignment;

/// How far from a step a number may be, in steps: floats do not hit it.
const NEAR: f64 = 1e-6;

/// Characters of a text.
const LONGEST_TEXT: usize = 1 << 20;

/// True for elements that have a value which clients set.
pub(super) fn has_value(kind: &str) -> bool {
    matches!(
        kind,
        "GuiButtonGroupMessage"
            | "GuiCheckboxMessage"
            | "GuiDropdownMessage"
            | "GuiMultiSliderMessage"
            | "GuiNumberMessage"
            | "GuiRgbMessage"
            | "GuiRgbaMessage"
            | "GuiSliderMessage"
            | "GuiTextMessage"
            | "GuiVector2Message"
            | "GuiVector3Message"
    )
}

/// The largest whole number that all around it are, too, for a page: its numbers are doubles. A server makes a larger one an
/// `int` that it cannot send to anybody. Source: ECMAScript, `Number.MAX_SAFE_INTEGER`.
const LARGEST: i64 = (1 << 53) - 1;

/// True for numbers that a page can say: all that are in a value.
fn is_sayable(value: &Value) -> bool {
    match value {
        Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => (-LARGEST..=LARGEST).contains(&whole),
            (None, Some(number)) => number.abs() <= LARGEST as f64,
            (None, None) => false,
        },
        Value::Array(values) => values.iter().all(is_sayable),
        _ => true,
    }
}

/// A number that is whole, however it is written.
fn whole(number: &Number) -> Option<i128> {
    let written = number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from));
    let as_float = || number.as_f64().filter(|number| number.fract() == 0.0 && number.abs() < 1e38);
    written.or_else(|| Some(as_float()? as i128))
}

/// True for the same number: 1 and 1.0 are, and no two whole numbers that only doubles cannot tell apart.
pub(super) fn same_number(a: &Number, b: &Number) -> bool {
    match (whole(a), whole(b)) {
        (Some(a), Some(b)) => a == b,
        (None, None) => a.as_f64() == b.as_f64(),
        _ => false,
    }
}

/// True for the same value, with numbers as [`same_number`] has them.
pub(super) fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => same_number(a, b),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        _ => a == b,
    }
}

/// Between which numbers a value must be, and how far apart values are.
struct Range {
    min: Option<f64>,
    max: Option<f64>,
    step: Option<f64>,
}

impl Range {
    fn takes(&self, number: f64) -> bool {
        let is_within = self.min.is_none_or(|min| number >= min) && self.max.is_none_or(|max| number <= max);
        let steps = self.step.filter(|step| *step > 0.0).map(|step| (number - self.min.unwrap_or_default()) / step);
        // The end of a slider need not be a whole number of steps away from its start.
        let is_end = self.max == Some(number);
        is_within && (is_end || steps.is_none_or(|steps| (steps - steps.round()).abs() < NEAR.max(steps.abs() * 1e-9)))
    }

    fn words(&self) -> String {
        let mut words = match (self.min, self.max) {
            (Some(min), Some(max)) => format!(" from {min} to {max}"),
            (Some(min), None) => format!(" from {min} on"),
            (None, Some(max)) => format!(" up to {max}"),
            (None, None) => String::new(),
        };
        if let Some(step) = self.step.filter(|step| *step > 0.0) {
            words.push_str(&format!(", in steps of {step}"));
        }
        words
    }
}

fn numbers(value: &Value) -> Option<Vec<f64>> {
    value.as_array()?.iter().map(Value::as_f64).collect()
}

/// The value as it is sent.
pub(super) fn checked(
    object: &Object<'_>,
    kind: &str,
    assignment: &Assignment,
    value: &Value,
) -> Result<Value, Unsettable> {
    let takes = |takes: &str| Err(object.refuse(assignment, takes));
    if !is_sayable(value) {
        return takes(&format!("no number beyond ±{LARGEST}: a page has none that are exact, and the server breaks"));
    }
    let prop = |name: &str| object.prop(name).as_f64();
    let at = |name: &str, index: usize| object.prop(name).get(index).and_then(Value::as_f64);
    match kind {
        "GuiCheckboxMessage" => match value {
            Value::Bool(_) => Ok(value.clone()),
            _ => takes("true or false"),
        },
        "GuiTextMessage" => match value {
            Value::String(text) if text.len() > LONGEST_TEXT => takes("no text of more than 1 MiB"),
            Value::String(text) if text.contains('\n') && object.prop("multiline") != &Value::Bool(true) => {
                takes("a text of one line")
            }
            Value::String(_) => Ok(value.clone()),
            _ => takes("a text, in quotes: value='\"…\"'"),
        },
        "GuiDropdownMessage" | "GuiButtonGroupMessage" => {
            let options = object.prop("options").as_array().map(Vec::as_slice).unwrap_or_default();
            if value.is_string() && options.contains(value) {
                return Ok(value.clone());
            }
            let known: Vec<String> = options.iter().take(20).map(Value::to_string).collect();
            takes(&format!("one of {}{}", known.join(", "), if options.len() > 20 { ", …" } else { "" }))
        }
        "GuiSliderMessage" => {
            let range = Range { min: prop("min"), max: prop("max"), step: prop("step") };
            match value.as_f64() {
                Some(number) if range.takes(number) => Ok(value.clone()),
                _ => takes(&format!("a number{}", range.words())),
            }
        }
        "GuiNumberMessage" => {
            // Its step is what its arrows add, and 1e-7 or so where the script gave none; any number may be typed.
            let is_whole = prop("precision") == Some(0.0);
            let range = Range { min: prop("min"), max: prop("max"), step: is_whole.then_some(1.0) };
            match value.as_f64() {
                Some(number) if is_whole && number.fract() != 0.0 => {
                    takes(&format!("a whole number{}", bounds(&range)))
                }
                Some(number) if bounded(&range).takes(number) => Ok(value.clone()),
                _ => takes(&format!("a {}number{}", if is_whole { "whole " } else { "" }, bounds(&range))),
            }
        }
        "GuiMultiSliderMessage" => {
            let range = Range { min: prop("min"), max: prop("max"), step: prop("step") };
            let count = object.value().as_array().map_or(0, Vec::len);
            let words = || format!("{count} ascending numbers{}", range.words());
            let Some(found) = numbers(value).filter(|found| found.len() == count) else { return takes(&words()) };
            let apart = prop("min_range").unwrap_or_default();
            let ascends = found.windows(2).all(|pair| matches!(pair, [a, b] if b - a >= apart - NEAR));
            if !ascends || !found.iter().all(|number| range.takes(*number)) {
                let apart = if apart > 0.0 { format!(", at least {apart} apart") } else { String::new() };
                return takes(&format!("{}{apart}", words()));
            }
            let ends = |values: &[f64]| (values.first().copied(), values.last().copied());
            if object.prop("fixed_endpoints") == &Value::Bool(true)
                && ends(&found) != ends(&numbers(object.value()).unwrap_or_default())
            {
                return takes("other numbers between its ends only, which are fixed");
            }
            Ok(value.clone())
        }
        "GuiVector2Message" | "GuiVector3Message" => {
            let count = if kind == "GuiVector2Message" { 2 } else { 3 };
            let range = |index| Range { min: at("min", index), max: at("max", index), step: None };
            let is_fine = numbers(value).is_some_and(|found| {
                found.len() == count && found.iter().enumerate().all(|(index, number)| range(index).takes(*number))
            });
            if is_fine {
                return Ok(value.clone());
            }
            let each: Vec<String> = (0..count).map(|index| range(index).words()).collect();
            if each.iter().all(|words| Some(words) == each.first()) {
                return takes(&format!("{count} numbers{}", each.first().map_or("", String::as_str)));
            }
            let one = |words: &String| if words.is_empty() { "any" } else { words.trim_start() }.to_owned();
            takes(&format!("{count} numbers: {}", each.iter().map(one).collect::<Vec<_>>().join("; ")))
        }
        _ => {
            let count = if kind == "GuiRgbaMessage" { 4 } else { 3 };
            let is_byte =
                |value: &Value| value.as_f64().is_some_and(|n| n.fract() == 0.0 && (0.0..=255.0).contains(&n));
            match value.as_array() {
                Some(values) if values.len() == count && values.iter().all(is_byte) => Ok(value.clone()),
                _ => takes(&format!("{count} whole numbers from 0 to 255")),
            }
        }
    }
}

fn bounded(range: &Range) -> Range {
    Range { step: None, ..*range }
}

fn bounds(range: &Range) -> String {
    bounded(range).words()
}

#[cfg(test)]
mod tests {
    use serde_json::from_str;

    use super::*;

    #[test]
    fn whole_numbers_are_compared_exactly() {
        let equal = |a: &str, b: &str| same(&from_str(a).unwrap(), &from_str(b).unwrap());
        assert!(equal("[1, 0.5]", "[1.0, 5e-1]") && equal("-0.0", "0") && equal("1e20", "100000000000000000000"));
        for (a, b) in [
            ("18446744073709551616", "18446744073709551615"),
            ("-9223372036854775809", "-9223372036854775807"),
            ("9007199254740993", "9007199254740992"),
            ("1000001", "1000000"),
            ("0.5", "0"),
        ] {
            assert!(!equal(a, b), "{a} {b}");
        }
    }

    #[test]
    fn numbers_that_a_page_has_not_are_not_said() {
        let sayable = |text: &str| is_sayable(&from_str(text).unwrap());
        assert!(sayable("[9007199254740991, -9007199254740991.0, 0.1]") && sayable("\"1e300\""));
        for number in ["9007199254740992", "-9007199254740992", "1e300", "[0, 18446744073709551616]", "-1e16"] {
            assert!(!sayable(number), "{number}");
        }
    }
}
