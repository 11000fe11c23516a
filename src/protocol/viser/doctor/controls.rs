//! Controls of the panels.

use serde_json::Value;

use super::codes::GUI_VALUE;
use crate::analysis::doctor::{Draft, Patient};
use crate::protocol::viser::properties::Properties;

/// What can be said of a control by itself.
pub(super) fn rule(patient: &Patient<'_>, state: &Properties) -> Option<Draft> {
    if !patient.head.is_a("Gui") {
        return None;
    }
    let value = state.get("value")?;
    let text = match (&*patient.head.class, value) {
        ("GuiDropdown" | "GuiButtonGroup", Value::String(value)) => {
            let options = state.prop("options")?.as_array()?;
            let is_there = options.iter().any(|option| option.as_str() == Some(value));
            (!is_there).then(|| format!("{value:?} is not one of its {} options", options.len()))
        }
        (_, Value::Number(_)) => outside(state, value),
        ("GuiMultiSlider", Value::Array(values)) => values.iter().find_map(|value| outside(state, value)),
        _ => None,
    }?;
    Some(Draft::of(&GUI_VALUE, patient.id, text).at("value"))
}

fn outside(state: &Properties, value: &Value) -> Option<String> {
    let value = value.as_f64()?;
    let (min, max) = (state.number("min"), state.number("max"));
    if min.is_some_and(|min| value < min) || max.is_some_and(|max| value > max) {
        let end = |end: Option<f64>| end.map_or(String::from("…"), |end| end.to_string());
        return Some(format!("{value} is outside {} to {}", end(min), end(max)));
    }
    None
}
