//! How long all formats of the report take together: everybody has answered, every third with a comment.

use std::collections::BTreeMap;
use std::time::Instant;

use avsikt::campaign::Campaign;
use avsikt::render::report::typeset;
use avsikt::report::build::build;
use avsikt::report::model::{AnswerStatus, Report};
use avsikt::report::{self, Pictures};
use avsikt::workspace::Workspace;

use crate::{campaign, multiplied, root};

/// The model of a campaign in which everybody has answered.
fn answered(campaign: &Campaign) -> Report {
    let mut report = build(campaign, Vec::new(), &BTreeMap::new(), 0, false);
    for (at, answer) in report.answers.iter_mut().enumerate() {
        answer.status = AnswerStatus::Answered;
        answer.choice = Some(if at % 7 == 3 { "nej" } else { "ja" }.to_owned());
        answer.received = Some(format!("2026-02-{:02}", 1 + at % 27));
        answer.fields.insert("titel".into(), "Hälso- och sjukvårdsdirektör".to_owned());
        answer.document = Some(format!("inbox/svar-{}.pdf", answer.recipient));
        answer.comment = (at % 3 == 0).then(|| "Vi vill vara med från början.\nÅterkom gärna om tidplanen.".to_owned());
    }
    report
}

/// Every format once, with nothing in Typst's memory.
pub fn all_formats() {
    println!("all formats of the report, from the model");
    for campaign in [campaign(), &multiplied()] {
        comemo::evict(0);
        let report = answered(campaign);
        let workspace = Workspace::open(root()).unwrap();
        let mut took = Vec::new();
        let mut timed = |name: &str, work: &dyn Fn() -> usize| {
            let start = Instant::now();
            let bytes = work();
            took.push((name.to_owned(), start.elapsed().as_secs_f64(), bytes));
        };
        timed("json", &|| report::json(&report).len());
        timed("csv", &|| report::csv(&report).len());
        timed("xlsx", &|| report::xlsx(&report).unwrap().len());
        timed("html", &|| report::html(&report, &Pictures::default()).unwrap().len());
        timed("pdf", &|| typeset(&workspace, report::pdf(&report, &Pictures::default())).unwrap().len());
        let sum: f64 = took.iter().map(|(_, seconds, _)| seconds).sum();
        let parts: Vec<String> =
            took.iter().map(|(name, s, bytes)| format!("{name} {s:.3} s, {} kB", bytes / 1000)).collect();
        println!("  {:>3} recipients: {sum:.2} s ({})", report.answers.len(), parts.join("; "));
    }
}
