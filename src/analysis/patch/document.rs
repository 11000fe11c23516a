//! A scene as the one document that a patch's pointers go into.

use serde_json::{Value, json};

use crate::scene::{ObjectId, Root};

/// The names in the document.
#[derive(Debug)]
pub struct Document;

impl Document {
    /// Where the graph starts.
    pub const ROOTS: &'static str = "/roots";
    /// Ids that the server announced and had no state for.
    pub const WITHOUT_STATE: &'static str = "/without_state";

    /// The pointer to an object's state.
    pub fn state_pointer(id: &ObjectId) -> String {
        format!("/states/{}", escape(&id.to_string()))
    }

    /// The pointer to a property.
    pub fn property_pointer(id: &ObjectId, property: &str) -> String {
        format!("/states/{}/{}", escape(&id.to_string()), escape(property))
    }

    /// The pointer to a blob.
    pub fn blob_pointer(hash: &str) -> String {
        format!("/blobs/{}", escape(hash))
    }

    /// The roots as JSON text.
    pub fn roots_text(roots: &[Root]) -> String {
        let root = |root: &Root| json!({"id": root.id, "name": root.name});
        Value::from(roots.iter().map(root).collect::<Vec<_>>()).to_string()
    }

    /// Roots from JSON.
    pub(super) fn roots(value: &Value) -> Option<Vec<Root>> {
        let root = |value: &Value| {
            let name = match value.get("name") {
                None | Some(Value::Null) => None,
                Some(name) => Some(name.as_str()?.to_owned()),
            };
            Some(Root { id: id(value.get("id")?)?, name })
        };
        value.as_array()?.iter().map(root).collect()
    }

    /// Ids from JSON.
    pub(super) fn ids(value: &Value) -> Option<Vec<ObjectId>> {
        value.as_array()?.iter().map(id).collect()
    }

    /// A pointer's parts.
    pub(super) fn parts(pointer: &str) -> Option<Vec<String>> {
        let rest = pointer.strip_prefix('/')?;
        Some(rest.split('/').map(|part| part.replace("~1", "/").replace("~0", "~")).collect())
    }
}

fn id(value: &Value) -> Option<ObjectId> {
    value.as_u64().map(ObjectId::Number).or_else(|| value.as_str().map(|name| ObjectId::Name(name.into())))
}

fn escape(part: &str) -> String {
    part.replace('~', "~0").replace('/', "~1")
}
