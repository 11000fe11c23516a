//! What differs between two answers to one call, where that means something: times and orders do not.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{alias, rpc};

/// Names that are told.
const TOLD: usize = 5;

/// What differs; nothing where the answers mean the same.
pub(super) fn drift(method: &str, recorded: &Value, live: &Value) -> Option<String> {
    match method {
        rpc::STATUS => status(recorded, live),
        rpc::STATE => {
            let parse = |value: &Value| value.as_str().and_then(|text| serde_json::from_str::<Value>(text).ok());
            match (parse(recorded), parse(live)) {
                (Some(recorded), Some(live)) => state(&recorded, &live),
                _ => plain(recorded, live),
            }
        }
        rpc::BATCH => batch(recorded, live),
        _ => plain(recorded, live),
    }
}

fn plain(recorded: &Value, live: &Value) -> Option<String> {
    (recorded != live).then(|| String::from("another answer"))
}

fn status(recorded: &Value, live: &Value) -> Option<String> {
    let ids = |value: &Value| -> BTreeSet<String> {
        let pairs = value.get("ids").and_then(Value::as_array).into_iter().flatten();
        pairs.filter_map(|pair| pair.get(0)).map(Value::to_string).collect()
    };
    let hashes = |value: &Value| -> BTreeSet<String> {
        let names = value.get("hashes").and_then(Value::as_array).into_iter().flatten();
        names.filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let told = [between("objects", &ids(recorded), &ids(live)), between("blobs", &hashes(recorded), &hashes(live))];
    let told: Vec<String> = told.into_iter().flatten().collect();
    (!told.is_empty()).then(|| told.join("; "))
}

fn between(what: &str, recorded: &BTreeSet<String>, live: &BTreeSet<String>) -> Option<String> {
    let list = |names: Vec<&String>| {
        let first: Vec<&str> = names.iter().take(TOLD).map(|name| name.as_str()).collect();
        format!("{}{}", first.join(", "), if names.len() > TOLD { ", …" } else { "" })
    };
    let gone: Vec<&String> = recorded.difference(live).collect();
    let new: Vec<&String> = live.difference(recorded).collect();
    let mut told = Vec::new();
    if !gone.is_empty() {
        told.push(format!("{} {what} are gone ({})", gone.len(), list(gone)));
    }
    if !new.is_empty() {
        told.push(format!("{} {what} are new ({})", new.len(), list(new)));
    }
    (!told.is_empty()).then(|| told.join(", "))
}

/// The properties of a state that differ, noise left out.
fn state(recorded: &Value, live: &Value) -> Option<String> {
    let (Some(a), Some(b)) = (recorded.as_object(), live.as_object()) else { return plain(recorded, live) };
    let class = a.get("ClassName").and_then(Value::as_str).unwrap_or_default();
    let names: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
    // Ids are noise between two runs, but not within a session.
    let matters = |name: &&&String| name.as_str() == "Id" || !alias::is_noise(class, name);
    let differing: Vec<&str> =
        names.iter().filter(matters).filter(|name| a.get(**name) != b.get(**name)).map(|name| name.as_str()).collect();
    let id = a.get("Id").map(Value::to_string).unwrap_or_default();
    (!differing.is_empty()).then(|| format!("{class} #{id}: {}", differing.join(", ")))
}

fn batch(recorded: &Value, live: &Value) -> Option<String> {
    let states = |value: &Value| value.get("states").and_then(Value::as_array).cloned().unwrap_or_default();
    let (a, b) = (states(recorded), states(live));
    let mut told: Vec<String> = a.iter().zip(&b).filter_map(|(a, b)| state(a, b)).collect();
    if a.len() != b.len() {
        told.push(format!("{} states instead of {}", b.len(), a.len()));
    }
    if recorded.get("hashes") != live.get("hashes") {
        told.push(String::from("other blobs"));
    }
    let more = told.len().saturating_sub(TOLD);
    told.truncate(TOLD);
    if more > 0 {
        told.push(format!("{more} more"));
    }
    (!told.is_empty()).then(|| told.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn times_and_orders_mean_nothing() {
        let a = json!({"ids": [[1, 5], [2, 6]], "hashes": ["a", "b", "a"]});
        let b = json!({"ids": [[2, 9], [1, 8]], "hashes": ["b", "a"]});
        assert_eq!(drift(rpc::STATUS, &a, &b), None);
        let c = json!({"ids": [[2, 9], [3, 8]], "hashes": ["b"]});
        let told = drift(rpc::STATUS, &a, &c).unwrap();
        assert!(
            told.contains("1 objects are gone (1)") && told.contains("are new (3)") && told.contains("blobs"),
            "{told}"
        );

        let text =
            |size: u64, time: u64| json!(format!(r#"{{"ClassName":"vtkX","Id":7,"MTime":{time},"Size":{size}}}"#));
        assert_eq!(drift(rpc::STATE, &text(1, 1), &text(1, 2)), None);
        assert_eq!(drift(rpc::STATE, &text(1, 1), &text(2, 1)).as_deref(), Some("vtkX #7: Size"));
        assert!(drift(rpc::STATE, &text(1, 1), &json!("null")).is_some());
        assert!(drift("app.call", &json!([1]), &json!([2])).is_some());
        assert_eq!(drift("app.call", &json!({"a": 1, "b": 2}), &json!({"b": 2, "a": 1})), None);
    }
}
