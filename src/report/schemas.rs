//! Holds the JSON Schemas in `schemas/` to what serde writes.
//!
//! A checker of the keywords that they use, so that the test needs no crate and no network: a field that is renamed or
//! taken away fails here. `if` and `pattern` are left to a full validator.

use serde_json::{Value, json};

use super::sample::sample_report;

const REPORT: &str = include_str!("../../schemas/report-1.schema.json");
const INSPECT: &str = include_str!("../../schemas/inspect-1.schema.json");

/// Every way in which `value` is not what `schema` says, with its place.
fn faults(root: &Value, schema: &Value, value: &Value, at: &str) -> Vec<String> {
    if let Some(name) = schema["$ref"].as_str() {
        let name = name.trim_start_matches("#/$defs/");
        return faults(root, &root["$defs"][name], value, at);
    }
    if let Some(options) = schema["anyOf"].as_array() {
        let fits = |option| faults(root, option, value, at).is_empty();
        return match options.iter().any(fits) {
            true => Vec::new(),
            false => vec![format!("{at}: none of anyOf")],
        };
    }
    let mut found = Vec::new();
    if !has_type(&schema["type"], value) {
        found.push(format!("{at}: type"));
    }
    let constant = schema.get("const").is_none_or(|only| only == value);
    let listed = schema["enum"].as_array().is_none_or(|all| all.contains(value));
    if !constant || !listed {
        found.push(format!("{at}: value"));
    }
    found.extend(inside(root, schema, value, at));
    found
}

/// The faults of an object's fields and a list's items; a field that the schema does not know is one too.
fn inside(root: &Value, schema: &Value, value: &Value, at: &str) -> Vec<String> {
    let mut found = Vec::new();
    for name in schema["required"].as_array().into_iter().flatten() {
        if value.get(name.as_str().unwrap()).is_none() {
            found.push(format!("{at}: {name} is lacking"));
        }
    }
    for (name, field) in value.as_object().into_iter().flatten() {
        let at = format!("{at}.{name}");
        match schema["properties"].get(name).or(schema.get("additionalProperties")) {
            Some(schema) => found.extend(faults(root, schema, field, &at)),
            None => found.push(format!("{at}: not in the schema")),
        }
    }
    for item in value.as_array().into_iter().flatten() {
        found.extend(faults(root, &schema["items"], item, &format!("{at}[]")));
    }
    found
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

#[test]
fn the_report_is_as_its_schema_says() {
    let schema: Value = serde_json::from_str(REPORT).unwrap();
    let report = serde_json::to_value(sample_report()).unwrap();
    assert_eq!(faults(&schema, &schema, &report, "report"), [""; 0]);
}

#[test]
fn a_document_is_as_its_schema_says() {
    let schema: Value = serde_json::from_str(INSPECT).unwrap();
    for found in sample_report().documents {
        let outcome = crate::answer::document::Outcome::Review;
        let mut line = serde_json::to_value(found.document.with_outcome(outcome)).unwrap();
        line["schema"] = json!("avsikt/inspect/1");
        assert_eq!(faults(&schema, &schema, &line, "line"), [""; 0]);
    }
}

#[test]
fn a_fault_is_seen() {
    let schema: Value = serde_json::from_str(REPORT).unwrap();
    let mut report = serde_json::to_value(sample_report()).unwrap();
    report["answers"][0]["status"] = json!("perhaps");
    report["totals"].as_object_mut().unwrap().remove("missing");
    report["accounting"]["files"] = json!("21");
    let found = faults(&schema, &schema, &report, "report");
    assert_eq!(found.len(), 3, "{found:?}");
}
