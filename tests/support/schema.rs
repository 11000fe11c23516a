//! As much of JSON Schema as our schemas use.

use serde_json::Value;

/// What is wrong with a value, each with its place.
pub(crate) fn problems(schema: &Value, value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    check(schema, schema, value, "$", &mut found);
    found
}

fn check(root: &Value, schema: &Value, value: &Value, place: &str, found: &mut Vec<String>) {
    if *schema == Value::Bool(true) {
        return;
    }
    if let Some(name) = schema["$ref"].as_str() {
        let target =
            root.pointer(name.trim_start_matches('#')).unwrap_or_else(|| panic!("{name} is not in the schema"));
        return check(root, target, value, place, found);
    }
    let mut expect = |holds: bool, what: String| {
        if !holds {
            found.push(format!("{place}: {what} is wanted, not {value}"));
        }
    };
    if let Some(wanted) = schema.get("type") {
        let one = std::slice::from_ref(wanted);
        let kinds = wanted.as_array().map_or(one, Vec::as_slice);
        expect(kinds.iter().any(|kind| is(kind, value)), wanted.to_string());
    }
    if let Some(wanted) = schema.get("const") {
        expect(value == wanted, wanted.to_string());
    }
    if let Some(wanted) = schema["enum"].as_array() {
        expect(wanted.contains(value), format!("{wanted:?}"));
    }
    if let (Some(least), Some(number)) = (schema["minimum"].as_f64(), value.as_f64()) {
        expect(number >= least, format!("{least} or more"));
    }
    if let (Some(least), Some(text)) = (schema["minLength"].as_u64(), value.as_str()) {
        expect(text.len() as u64 >= least, String::from("a longer text"));
    }
    if let Some(object) = value.as_object() {
        for name in schema["required"].as_array().into_iter().flatten() {
            expect(object.contains_key(name.as_str().unwrap()), format!("the key {name}"));
        }
        for (name, value) in object {
            let place = format!("{place}.{name}");
            match (&schema["properties"][name], &schema["additionalProperties"]) {
                (Value::Null, Value::Null) => found.push(format!("{place}: the schema does not know it")),
                (Value::Null, other) => check(root, other, value, &place, found),
                (known, _) => check(root, known, value, &place, found),
            }
        }
    }
    for (index, item) in value.as_array().into_iter().flatten().enumerate() {
        check(root, &schema["items"], item, &format!("{place}[{index}]"), found);
    }
}

fn is(kind: &Value, value: &Value) -> bool {
    match kind.as_str().unwrap() {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        other => panic!("{other} is no type"),
    }
}
