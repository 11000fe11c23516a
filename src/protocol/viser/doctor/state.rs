//! What rules read of a state.

use serde_json::Value;

use crate::analysis::doctor::{Contents, Exam, Patient};
use crate::protocol::viser::properties::Properties;
use crate::scene::ObjectId;

impl Properties {
    /// Those of an object that is no array.
    pub(super) fn of(patient: &Patient<'_>) -> Option<Self> {
        if matches!(&*patient.head.class, "Array" | "Bytes") {
            return None;
        }
        Self::read(patient.state)
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
