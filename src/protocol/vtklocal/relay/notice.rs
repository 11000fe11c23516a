//! Notices of updates, as trame-vtklocal's widgets publish them:
//! `[{"type":"method","ref":"view","method":"update","args":[{}]}]` under `trame.actions.topic`.

use bytes::Bytes;
use serde::Deserialize;

use crate::protocol::msgpack::Reader;
use crate::protocol::wslink::json::{self, Unspeakable};

/// A notice is some dozens of bytes; what is larger is something else.
const LARGEST: usize = 4096;

#[derive(Deserialize)]
struct Action {
    r#type: String,
    #[serde(default)]
    r#ref: Option<String>,
    #[serde(default)]
    method: String,
}

/// What makes an earlier notice needless: the same views have an update. `None` for anything but updates.
pub(super) fn key(data: &[u8]) -> Option<Bytes> {
    if data.len() > LARGEST {
        return None;
    }
    let mut text = String::new();
    json::push_json(&mut Reader::new(data), &mut text, Unspeakable::Refuse).ok()?;
    let actions: Vec<Action> = serde_json::from_str(&text).ok()?;
    let is_update = |action: &Action| action.r#type == "method" && action.method == "update";
    if actions.is_empty() || !actions.iter().all(is_update) {
        return None;
    }
    let mut views: Vec<String> = actions.into_iter().filter_map(|action| action.r#ref).collect();
    views.sort_unstable();
    views.dedup();
    Some(Bytes::from(format!("update\n{}", views.join("\n"))))
}

/// A notice for all views of these names; `None` where no name is known.
pub(super) fn make(names: &[String]) -> Option<Vec<u8>> {
    let action = |name: &String| serde_json::json!({"type": "method", "ref": name, "method": "update", "args": [{}]});
    let actions: Vec<_> = names.iter().map(action).collect();
    if actions.is_empty() {
        return None;
    }
    let mut data = Vec::new();
    json::push_msgpack(&serde_json::Value::from(actions).to_string(), &mut data).ok()?;
    Some(data)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packed(json: &str) -> Vec<u8> {
        let mut data = Vec::new();
        json::push_msgpack(json, &mut data).unwrap();
        data
    }

    #[test]
    fn only_updates_of_the_same_views_supersede_each_other() {
        let a = key(&packed(r#"[{"type":"method","ref":"view","method":"update","args":[{}]}]"#)).unwrap();
        let b = key(&packed(r#"[{"type":"method","ref":"other","method":"update","args":[{}]}]"#)).unwrap();
        assert_ne!(a, b);
        assert_eq!(key(&make(&[String::from("view")]).unwrap()), Some(a));
        for other in ["[]", "{}", r#"[{"type":"property","ref":"view","property":"a","value":1}]"#] {
            assert_eq!(key(&packed(other)), None, "{other}");
        }
        assert_eq!(key(&[0xc1]), None);
        assert!(make(&[]).is_none());
    }
}
