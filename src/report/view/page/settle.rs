//! What a person must settle: documents that are held back, and what a recipient's documents say together.

use serde::Serialize;

use super::regions::{Entry, Picture, label_of, pictures};
use super::{Chip, Remark, Shown, answer_chip, fate_chip, remarks};
use crate::answer::document::{Fate, Status};
use crate::report::model::{Answer, AnswerStatus, Report, ReportedDocument};
use crate::report::view::tables::{name_of, own_findings, place};
use crate::report::words::labels::{Labels, choice_read, moment};

/// Something that a person must look at: a document, or what a recipient's documents say together.
#[derive(Serialize)]
pub(in crate::report) struct Item<'a> {
    heading: String,
    code: Option<&'a str>,
    /// The document's place, when the heading is not already that.
    place: Option<String>,
    chip: Chip<'a>,
    received: Option<String>,
    identity: Option<&'a str>,
    /// What was read of the choice.
    choice: String,
    /// What was read of other fields that are in review: label and candidates.
    fields: Vec<Entry>,
    pictures: Vec<Picture>,
    changes: Vec<Change<'a>>,
    findings: Vec<Remark<'a>>,
}

#[derive(Serialize)]
struct Change<'a> {
    heading: String,
    was: &'a str,
    is: &'a str,
}

/// Answers that no single document explains first, then documents in review, then rejected ones.
pub(in crate::report) fn items<'a>(report: &'a Report, labels: &'a Labels, shown: Shown<'_>) -> Vec<Item<'a>> {
    let answers = report.answers.iter();
    let mut items: Vec<_> = answers.filter_map(|a| answer_item(report, labels, a)).collect();
    for fate in [Fate::Review, Fate::Rejected] {
        let documents = report.documents.iter();
        let such = documents.filter(|found| found.document.outcome == fate);
        items.extend(such.map(|found| document_item(report, labels, found, shown)));
    }
    items
}

/// What a recipient's documents say together, when no document in review can tell it.
fn answer_item<'a>(report: &'a Report, labels: &'a Labels, answer: &'a Answer) -> Option<Item<'a>> {
    let findings = own_findings(report, answer);
    let told = report.documents.iter().any(|found| is_about(answer, found));
    if answer.status != AnswerStatus::Review || findings.is_empty() || told {
        return None;
    }
    Some(Item {
        heading: answer.name.clone(),
        code: Some(&answer.recipient),
        place: answer.document.clone(),
        chip: answer_chip(report, labels, answer),
        received: None,
        identity: None,
        choice: String::new(),
        fields: Vec::new(),
        pictures: Vec::new(),
        changes: Vec::new(),
        findings: remarks(labels, findings),
    })
}

fn document_item<'a>(
    report: &'a Report,
    labels: &'a Labels,
    found: &'a ReportedDocument,
    shown: Shown<'_>,
) -> Item<'a> {
    let document = &found.document;
    let code = document.recipient.as_deref();
    let name = code.and_then(|code| name_of(report, code));
    let answer = report.answers.iter().find(|answer| is_about(answer, found));
    let own = answer.map_or_else(Vec::new, |answer| own_findings(report, answer));
    let changes = document.changes.iter().map(|change| Change {
        heading: labels.word("change_page").replace("{n}", &change.page.to_string()),
        was: &change.was,
        is: &change.is,
    });
    Item {
        heading: name.map_or_else(|| place(found), str::to_owned),
        code,
        place: name.map(|_| place(found)),
        chip: fate_chip(labels, document.outcome),
        received: found.received.as_deref().map(moment),
        identity: Some(labels.identity(document.identity.status)),
        choice: choice_read(report, &document.choice),
        fields: unsettled_fields(report, found),
        pictures: pictures(report, labels, document, shown),
        changes: changes.collect(),
        findings: remarks(labels, document.findings.iter().chain(own)),
    }
}

/// Whether an answer in review was taken from a document in review, so that one card tells about both.
fn is_about(answer: &Answer, found: &ReportedDocument) -> bool {
    answer.status == AnswerStatus::Review
        && found.document.outcome == Fate::Review
        && answer.document.as_ref() == Some(&place(found))
}

fn unsettled_fields(report: &Report, found: &ReportedDocument) -> Vec<Entry> {
    let fields = found.document.fields.iter();
    let unsettled = fields.filter(|(_, read)| read.status == Status::Review);
    // A question mark each, as for the choice: read, but not settled.
    let doubted = |read: &[String]| read.iter().map(|text| format!("{text}?")).collect::<Vec<_>>();
    let entries = unsettled
        .map(|(name, read)| Entry { label: label_of(report, name), value: doubted(&read.candidates).join(" / ") });
    entries.collect()
}
