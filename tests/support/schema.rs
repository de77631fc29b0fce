//! A checker of the JSON Schema keywords that `schemas/` uses: no crate, no network. Also for the unit
//! tests of the report.
//!
//! A field that the schema does not know is a fault here, so that a new one is written down. `if`, lengths and
//! `propertyNames` are left to a full validator.

use serde_json::Value;

/// Every way in which `value` is not what the schema called `name` says, with its place; equal ones once.
pub fn faults(name: &str, value: &Value) -> Vec<String> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas").join(name);
    let schema: Value = serde_json::from_slice(&std::fs::read(path).expect("the schema is there")).expect("JSON");
    let mut found = Vec::new();
    check(&schema, &schema, value, "$", &mut found);
    found.sort();
    found.dedup();
    found
}

fn check(root: &Value, schema: &Value, value: &Value, at: &str, found: &mut Vec<String>) {
    if let Some(name) = schema["$ref"].as_str() {
        return check(root, &root["$defs"][name.trim_start_matches("#/$defs/")], value, at, found);
    }
    if let Some(options) = schema["anyOf"].as_array() {
        let fits = options.iter().any(|option| {
            let mut inner = Vec::new();
            check(root, option, value, at, &mut inner);
            inner.is_empty()
        });
        if !fits {
            found.push(format!("{at}: none of anyOf"));
        }
        return;
    }
    if !has_type(&schema["type"], value) {
        found.push(format!("{at}: type"));
    }
    let constant = schema.get("const").is_none_or(|only| only == value);
    if !constant || !schema["enum"].as_array().is_none_or(|all| all.contains(value)) {
        found.push(format!("{at}: value"));
    }
    if let (Some(pattern), Some(text)) = (schema["pattern"].as_str(), value.as_str())
        && !regex::Regex::new(pattern).expect("a pattern").is_match(text)
    {
        found.push(format!("{at}: pattern"));
    }
    for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        if value.get(name).is_none() {
            found.push(format!("{at}: {name} is lacking"));
        }
    }
    for (name, field) in value.as_object().into_iter().flatten() {
        match schema["properties"].get(name).or(schema.get("additionalProperties")) {
            Some(inner) => check(root, inner, field, &format!("{at}.{name}"), found),
            None => found.push(format!("{at}.{name}: not in the schema")),
        }
    }
    for item in value.as_array().into_iter().flatten() {
        check(root, &schema["items"], item, &format!("{at}[]"), found);
    }
}

fn has_type(types: &Value, value: &Value) -> bool {
    let one = |name: &str| match name {
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        "null" => value.is_null(),
        other => panic!("the checker does not know the type {other}"),
    };
    match types {
        Value::String(name) => one(name),
        Value::Array(names) => names.iter().filter_map(Value::as_str).any(one),
        _ => true,
    }
}
