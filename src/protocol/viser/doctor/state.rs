//! A state's properties, as rules look at them.

use serde_json::{Map, Value};

use crate::analysis::doctor::{Contents, Exam, Patient};
use crate::scene::ObjectId;

/// The properties of one object.
pub(super) struct Properties(Map<String, Value>);

impl Properties {
    /// Those of an object that is no array.
    pub(super) fn of(patient: &Patient<'_>) -> Option<Self> {
        if matches!(&*patient.head.class, "Array" | "Bytes") {
            return None;
        }
        serde_json::from_str(patient.state.as_str()).ok().map(Self)
    }

    /// A property of the state itself.
    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// One of its `props`.
    pub(super) fn prop(&self, name: &str) -> Option<&Value> {
        self.0.get("props")?.get(name)
    }

    pub(super) fn number(&self, name: &str) -> Option<f64> {
        self.prop(name)?.as_f64()
    }

    /// The array behind a property, and what is in it.
    pub(super) fn array<'e>(&self, exam: &'e Exam<'_>, name: &str) -> Option<(ObjectId, &'e Contents)> {
        let id = ObjectId::parse(self.prop(name)?.get("$id")?.as_str()?);
        let contents = exam.contents(&id)?;
        Some((id, contents))
    }
}

/// True for a number that is none, as states write it: `{"$float":"nan"}`.
pub(super) fn is_not_finite(value: &Value) -> bool {
    match value {
        Value::Object(map) => map.contains_key("$float"),
        Value::Array(list) => list.iter().any(is_not_finite),
        _ => false,
    }
}
