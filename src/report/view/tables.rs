//! The report as tables: recipients, documents and findings, with typed cells.
//!
//! CSV writes the first and XLSX all three, so a column is decided once. Text is already made visible; how a cell is
//! guarded against being run as a formula is each writer's own matter.

use std::collections::BTreeSet;

use crate::finding::Finding;
use crate::ids::FieldName;
use crate::report::model::{Answer, FieldLabel, Report, ReportedDocument};
use crate::report::words::labels::{Labels, choice_label, choice_read};
use crate::report::words::visible::visible;

pub(in crate::report) struct Table {
    pub title: String,
    pub columns: Vec<Column>,
    pub rows: Vec<Vec<Cell>>,
}

pub(in crate::report) struct Column {
    pub heading: String,
    /// In characters.
    pub width: f64,
}

#[derive(Debug, Clone, PartialEq)]
pub(in crate::report) enum Cell {
    Empty,
    Text(String),
    Number(usize),
    Kronor(i64),
    /// A date or a time as the model writes it.
    Time(String),
}

impl Cell {
    fn text(text: &str) -> Cell {
        match text {
            "" => Cell::Empty,
            text => Cell::Text(visible(text).into_owned()),
        }
    }

    fn maybe(text: Option<&str>) -> Cell {
        text.map_or(Cell::Empty, Cell::text)
    }

    fn time(text: Option<&String>) -> Cell {
        text.map_or(Cell::Empty, |text| Cell::Time(visible(text).into_owned()))
    }
}

fn column(heading: &str, width: f64) -> Column {
    Column { heading: visible(heading).into_owned(), width }
}

/// One row per recipient.
pub(in crate::report) fn recipients(report: &Report, labels: &Labels) -> Table {
    let fields = text_fields(report);
    let words = &labels.columns;
    let mut columns = vec![
        column(&words.code, 8.0),
        column(&words.name, 30.0),
        column(&words.status, 12.0),
        column(&words.choice, 18.0),
        column(&words.comment, 60.0),
    ];
    columns.extend(fields.iter().map(|field| column(&field.label, 24.0)));
    columns.extend([column(&words.received, 22.0), column(&words.late, 12.0)]);
    columns.extend(report.totals.amounts.is_some().then(|| column(&words.commitment, 18.0)));
    columns.extend([column(&words.document, 40.0), column(&words.superseded, 40.0), column(&words.findings, 60.0)]);
    let rows = report.answers.iter();
    let rows = rows.map(|answer| recipient_row(report, labels, &fields, answer));
    Table { title: labels.sheets.recipients.clone(), columns, rows: rows.collect() }
}

fn recipient_row(report: &Report, labels: &Labels, fields: &[FieldLabel], answer: &Answer) -> Vec<Cell> {
    let choice = answer.choice.as_deref();
    let late = answer.received.as_ref().map(|_| labels.yes_no(answer.late));
    let mut row = vec![
        Cell::text(&answer.recipient),
        Cell::text(&answer.name),
        Cell::text(labels.status(answer.status)),
        Cell::maybe(choice.map(|value| choice_label(report, value))),
        Cell::maybe(answer.comment.as_deref()),
    ];
    let values = fields.iter().map(|field| answer.fields.get(&field.name));
    row.extend(values.map(|value| Cell::maybe(value.map(String::as_str))));
    let offered = answer.amounts.as_ref();
    row.extend([Cell::time(answer.received.as_ref()), Cell::maybe(late)]);
    if report.totals.amounts.is_some() {
        row.push(offered.map_or(Cell::Empty, |amounts| Cell::Kronor(amounts.commitment)));
    }
    row.extend([
        Cell::maybe(answer.document.as_deref()),
        Cell::text(&answer.superseded.join("\n")),
        Cell::text(&findings_text(labels, &answer.findings)),
    ]);
    row
}

/// One row per document found.
pub(in crate::report) fn documents(report: &Report, labels: &Labels) -> Table {
    let words = &labels.columns;
    let columns = vec![
        column(&words.document, 50.0),
        column(&words.code, 8.0),
        column(&words.name, 30.0),
        column(&words.outcome, 12.0),
        column(&words.choice_read, 18.0),
        column(&words.received, 22.0),
        column(&words.received_by, 24.0),
        column(&words.identity, 14.0),
        column(&words.signed, 16.0),
        column(&words.ink, 24.0),
        column(&words.typed, 16.0),
        column(&words.digital, 30.0),
        column(&words.changes, 40.0),
        column(&words.findings, 60.0),
        column(&words.sha256, 66.0),
    ];
    let rows = report.documents.iter();
    Table {
        title: labels.sheets.documents.clone(),
        columns,
        rows: rows.map(|found| document_row(report, labels, found)).collect(),
    }
}

fn document_row(report: &Report, labels: &Labels, found: &ReportedDocument) -> Vec<Cell> {
    let document = &found.document;
    let signature = &document.signature;
    let recipient = document.recipient.as_deref();
    let way = found.received_by.as_deref();
    let digital = signature.digital.iter();
    let digital: Vec<_> = digital.map(|seen| labels.digital(seen)).collect();
    let changes = document.changes.iter();
    let changes: Vec<_> = changes.map(|change| format!("{}: {} → {}", change.page, change.was, change.is)).collect();
    vec![
        Cell::text(&place(found)),
        Cell::maybe(recipient),
        Cell::maybe(recipient.and_then(|code| name_of(report, code))),
        Cell::text(labels.fate(document.outcome)),
        Cell::text(&choice_read(report, &document.choice)),
        Cell::time(found.received.as_ref()),
        Cell::maybe(way.map(|way| labels.received_by(way))),
        Cell::text(labels.identity(document.identity.status)),
        Cell::text(labels.signed(signature.by)),
        Cell::text(labels.ink(signature.ink)),
        Cell::text(labels.yes_no(signature.typed)),
        Cell::text(&digital.join("\n")),
        Cell::text(&changes.join("\n")),
        Cell::text(&findings_text(labels, &document.findings)),
        Cell::text(&document.sha256),
    ]
}

/// One row per finding: every document's, then what was found of a recipient's answers taken together.
pub(in crate::report) fn findings(report: &Report, labels: &Labels) -> Table {
    let words = &labels.columns;
    let columns = vec![
        column(&words.code, 8.0),
        column(&words.name, 30.0),
        column(&words.document, 50.0),
        column(&words.severity, 16.0),
        column(&words.finding, 60.0),
        column(&words.detail, 40.0),
        column(&words.page, 8.0),
        column(&words.finding_code, 24.0),
    ];
    let mut rows = Vec::new();
    for found in &report.documents {
        let (code, path) = (found.document.recipient.as_deref(), place(found));
        let found = found.document.findings.iter();
        rows.extend(found.map(|finding| finding_row(report, labels, code, &path, finding)));
    }
    for answer in &report.answers {
        let (code, path) = (Some(answer.recipient.as_str()), answer.document.as_deref());
        let found = own_findings(report, answer).into_iter();
        rows.extend(found.map(|f| finding_row(report, labels, code, path.unwrap_or(""), f)));
    }
    Table { title: labels.sheets.findings.clone(), columns, rows }
}

fn finding_row(report: &Report, labels: &Labels, recipient: Option<&str>, path: &str, finding: &Finding) -> Vec<Cell> {
    vec![
        Cell::maybe(recipient),
        Cell::maybe(recipient.and_then(|code| name_of(report, code))),
        Cell::text(path),
        Cell::text(labels.severity(finding.severity)),
        Cell::text(labels.sentence(finding.code)),
        Cell::maybe(finding.detail.as_deref()),
        finding.spot.page.map_or(Cell::Empty, |page| Cell::Number(page.number())),
        Cell::text(finding.code.name()),
    ]
}

/// The form's text fields: those of the campaign in its order, then any others that an answer holds, so none is lost.
pub(in crate::report) fn text_fields(report: &Report) -> Vec<FieldLabel> {
    let mut fields = report.campaign.fields.clone();
    let listed: BTreeSet<FieldName> = fields.iter().map(|field| field.name.clone()).collect();
    let held = report.answers.iter().flat_map(|answer| answer.fields.keys());
    let others: BTreeSet<&FieldName> = held.filter(|name| !listed.contains(*name)).collect();
    fields.extend(others.into_iter().map(|name| FieldLabel { name: name.clone(), label: name.to_string() }));
    fields
}

/// The findings of an answer that none of the recipient's documents has already told.
pub(in crate::report) fn own_findings<'a>(report: &'a Report, answer: &'a Answer) -> Vec<&'a Finding> {
    let theirs = |found: &&ReportedDocument| {
        found.document.recipient.as_ref() == Some(&answer.recipient) || answer.document.as_ref() == Some(&place(found))
    };
    let documents = report.documents.iter().filter(theirs);
    let told: Vec<&Finding> = documents.flat_map(|d| &d.document.findings).collect();
    let own = answer.findings.iter();
    own.filter(|finding| !told.contains(finding)).collect()
}

/// The name of the recipient with a code.
pub(in crate::report) fn name_of<'a>(report: &'a Report, code: &str) -> Option<&'a str> {
    let answer = report.answers.iter().find(|answer| answer.recipient == code)?;
    Some(&answer.name)
}

/// Where a document lies: the path, and `#part` when it was inside another file.
pub(in crate::report) fn place(found: &ReportedDocument) -> String {
    match &found.document.part {
        Some(part) => format!("{}#{part}", found.document.path),
        None => found.document.path.clone(),
    }
}

fn findings_text(labels: &Labels, findings: &[Finding]) -> String {
    let sentences = findings.iter().map(|finding| labels.finding(finding));
    sentences.collect::<Vec<_>>().join("\n")
}
