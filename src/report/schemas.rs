//! Holds the JSON Schemas in `schemas/` to what serde writes: a field that is renamed or taken away fails here.

use serde_json::json;

use crate::report::model::sample::sample_report;
use checker::faults;

// The one checker that the suite uses too.
#[expect(clippy::disallowed_methods, reason = "it reads the schemas where they stand")]
#[path = "../../tests/support/schema.rs"]
mod checker;

const REPORT: &str = "report-1.schema.json";
const INSPECT: &str = "inspect-1.schema.json";

#[test]
fn the_report_is_as_its_schema_says() {
    let report = serde_json::to_value(sample_report()).unwrap();
    assert_eq!(faults(REPORT, &report), [""; 0]);
}

#[test]
fn a_document_is_as_its_schema_says() {
    for found in sample_report().documents {
        let outcome = crate::answer::document::Outcome::Review;
        let mut line = serde_json::to_value(found.document.with_outcome(outcome)).unwrap();
        line["schema"] = json!("avsikt/inspect/1");
        assert_eq!(faults(INSPECT, &line), [""; 0]);
    }
}

#[test]
fn a_fault_is_seen() {
    let mut report = serde_json::to_value(sample_report()).unwrap();
    report["answers"][0]["status"] = json!("perhaps");
    report["totals"].as_object_mut().unwrap().remove("missing");
    report["accounting"]["files"] = json!("21");
    let found = faults(REPORT, &report);
    assert_eq!(found.len(), 3, "{found:?}");
}
