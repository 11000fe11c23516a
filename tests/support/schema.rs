//! JSON Schema, as much of it as the schemas under `docs/schemas` use. (The crate for it needs 45 others.)

use serde_json::Value;

/// The document must be what the schema says.
#[track_caller]
pub(crate) fn assert_valid(schema: &str, document: &Value) {
    let schema = serde_json::from_str(schema).unwrap();
    let errors = problems(&schema, document);
    assert!(errors.is_empty(), "{errors:#?}\nin {document}");
}

/// What is wrong with a document, each with its place.
pub(crate) fn problems(schema: &Value, document: &Value) -> Vec<String> {
    Validator { root: schema }.errors(schema, document, "")
}

struct Validator<'a> {
    root: &'a Value,
}

impl Validator<'_> {
    /// What is wrong, and where.
    fn errors(&self, schema: &Value, value: &Value, place: &str) -> Vec<String> {
        let keywords = match schema {
            Value::Bool(true) => return Vec::new(),
            Value::Bool(false) => return vec![format!("{place} must not be there")],
            other => other.as_object().expect("a schema is an object or a boolean"),
        };
        let valid = |schema: &Value| self.errors(schema, value, place).is_empty();
        let each = |schemas: &Value| schemas.as_array().unwrap().iter().filter(|schema| valid(schema)).count();
        let mut errors = Vec::new();
        let mut check = |good: bool, keyword: &str| {
            if !good {
                errors.push(format!("{place}: {keyword} {}: {value}", keywords[keyword]));
            }
        };
        let mut below = Vec::new();
        for (keyword, wanted) in keywords {
            match keyword.as_str() {
                "$schema" | "$id" | "$defs" | "title" | "description" | "then" | "else" => {}
                "type" => check(has_type(wanted, value), keyword),
                "const" => check(value == wanted, keyword),
                "enum" => check(wanted.as_array().unwrap().contains(value), keyword),
                "minimum" => check(value.as_f64().is_none_or(|value| value >= wanted.as_f64().unwrap()), keyword),
                "minLength" => {
                    check(value.as_str().is_none_or(|text| text.len() as u64 >= wanted.as_u64().unwrap()), keyword);
                }
                "additionalProperties" => {
                    let known = keywords.get("properties").and_then(Value::as_object);
                    for (name, value) in value.as_object().into_iter().flatten() {
                        if !known.is_some_and(|known| known.contains_key(name)) {
                            below.push((wanted, value, format!("{place}/{name}")));
                        }
                    }
                }
                "minItems" => {
                    check(value.as_array().is_none_or(|items| items.len() as u64 >= wanted.as_u64().unwrap()), keyword);
                }
                "required" => {
                    let has = |name: &Value| value.get(name.as_str().unwrap()).is_some();
                    check(!value.is_object() || wanted.as_array().unwrap().iter().all(has), keyword);
                }
                "not" => check(!valid(wanted), keyword),
                "oneOf" => check(each(wanted) == 1, keyword),
                "anyOf" => check(each(wanted) > 0, keyword),
                "allOf" => {
                    wanted.as_array().unwrap().iter().for_each(|schema| below.push((schema, value, place.to_owned())));
                }
                "if" => {
                    let branch = keywords.get(if valid(wanted) { "then" } else { "else" });
                    below.extend(branch.map(|schema| (schema, value, place.to_owned())));
                }
                "$ref" => {
                    let pointer = wanted.as_str().unwrap().strip_prefix('#').expect("a reference within the schema");
                    below.push((self.root.pointer(pointer).expect(pointer), value, place.to_owned()));
                }
                "properties" => {
                    for (name, schema) in wanted.as_object().unwrap() {
                        below.extend(value.get(name).map(|value| (schema, value, format!("{place}/{name}"))));
                    }
                }
                "prefixItems" => {
                    let items = value.as_array().into_iter().flatten().zip(wanted.as_array().unwrap()).enumerate();
                    below.extend(items.map(|(k, (value, schema))| (schema, value, format!("{place}/{k}"))));
                }
                "items" => {
                    let before = keywords.get("prefixItems").map_or(0, |items| items.as_array().unwrap().len());
                    let items = value.as_array().into_iter().flatten().enumerate().skip(before);
                    below.extend(items.map(|(k, value)| (wanted, value, format!("{place}/{k}"))));
                }
                // What is not looked at would seem to hold.
                other => panic!("{other} is not known here"),
            }
        }
        errors.extend(below.into_iter().flat_map(|(schema, value, place)| self.errors(schema, value, &place)));
        errors
    }
}

fn has_type(wanted: &Value, value: &Value) -> bool {
    let name = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let is = |wanted: &Value| {
        let integer = *wanted == "integer" && (value.is_u64() || value.is_i64());
        *wanted == name || integer
    };
    wanted.as_array().map_or_else(|| is(wanted), |names| names.iter().any(is))
}

#[test]
fn a_validator_that_refuses() {
    let schema = r##"{"type":"object","required":["a"],"properties":{"a":{"$ref":"#/$defs/n"},"b":false,"c":{"oneOf":[{"type":"null"},
        {"enum":["x"]}]},"d":{"prefixItems":[{"type":"integer"}],"items":{"type":"string"},"minItems":2}},"$defs":{"n":{"type":["number","null"],"minimum":0}},
        "if":{"properties":{"a":{"const":1}}},"then":{"required":["c"]},"else":{"not":{"required":["c"]}},"anyOf":[true],"allOf":[true]}"##;
    let schema = serde_json::from_str(schema).unwrap();
    let is_valid = |text: &str| {
        let value = serde_json::from_str(text).unwrap();
        Validator { root: &schema }.errors(&schema, &value, "").is_empty()
    };
    for good in [r#"{"a":2}"#, r#"{"a":null,"e":[]}"#, r#"{"a":1,"c":"x"}"#, r#"{"a":1,"c":null,"d":[1,"a"]}"#] {
        assert!(is_valid(good), "{good}");
    }
    for bad in [
        "[]",
        "{}",
        r#"{"a":-1}"#,
        r#"{"a":"2"}"#,
        r#"{"a":1}"#,
        r#"{"a":2,"c":null}"#,
        r#"{"a":2,"b":1}"#,
        r#"{"a":1,"c":"y"}"#,
        r#"{"a":2,"d":[1]}"#,
        r#"{"a":2,"d":[1,2]}"#,
        r#"{"a":2,"d":[1.5,"a"]}"#,
    ] {
        assert!(!is_valid(bad), "{bad}");
    }
}
