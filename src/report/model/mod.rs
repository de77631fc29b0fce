//! The report's model: everything that a report says, decided before any writer sees it. Schema `avsikt/report/1`.
//!
//! The same data is `outbox/report/report.json`. Amounts are whole kronor, dates ISO 8601, pages count from 1.

pub mod build;
pub(in crate::report) mod outcome;
#[cfg(test)]
pub(in crate::report) mod sample;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::answer::document::{Document, Fate, SignatureSeen};
use crate::finding::Finding;
use crate::ids::{FieldName, RecipientCode};

/// The name and version of the shape.
pub const SCHEMA: &str = "avsikt/report/1";

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    pub schema: String,
    pub campaign: CampaignSummary,
    pub totals: Totals,
    pub outcome: CampaignOutcome,
    /// One per recipient, always all of them, in the order of the campaign.
    pub answers: Vec<Answer>,
    /// One per document found, in the order of their paths.
    pub documents: Vec<ReportedDocument>,
    pub accounting: Accounting,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CampaignSummary {
    pub id: String,
    pub title: String,
    pub sender: String,
    /// BCP 47 tag of the campaign's language.
    pub language: String,
    /// Last day to answer.
    pub deadline: String,
    /// `all`, `share`, `amount` or `none`; how much is needed stands in the outcome.
    pub rule: String,
    /// What becomes of an answer after the last day: `count`, `review` or `reject`.
    #[serde(default = "count")]
    pub late: String,
    /// Whether an answer must be signed: `required` or `optional`.
    #[serde(default = "required")]
    pub signature: String,
    /// The choices that were offered, in order: value and label.
    pub choices: Vec<Choice>,
    /// The choice that the rule and the commitments count; `null` where none does.
    pub yes: Option<String>,
    /// What the amounts are counted in; `null` when the campaign has no prices.
    #[serde(default)]
    pub currency: Option<String>,
    /// The form's other fields, in order: name and label.
    pub fields: Vec<FieldLabel>,
    /// None of the documents is marked as sent: the report is of a trial.
    #[serde(default)]
    pub draft: bool,
}

fn required() -> String {
    crate::campaign::Signing::Required.name().to_owned()
}

fn count() -> String {
    crate::campaign::Late::Count.name().to_owned()
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Choice {
    pub value: String,
    pub label: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FieldLabel {
    pub name: FieldName,
    pub label: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Totals {
    pub recipients: usize,
    /// How many recipients made each choice; every choice is there.
    pub by_choice: BTreeMap<String, usize>,
    pub missing: usize,
    pub review: usize,
    /// Recipients that have answered without a signature, or with one that nobody could look for.
    #[serde(default)]
    pub unsigned: usize,
    /// `null` when the campaign has no prices.
    pub amounts: Option<AmountTotals>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AmountTotals {
    /// The sum of what those who said yes bind themselves to.
    pub committed: i64,
    pub total: i64,
    /// `committed / total`, from 0 to 1.
    pub share: f64,
    /// Every price line, in the campaign's order.
    #[serde(default)]
    pub lines: Vec<LineTotals>,
}

/// A price line: what those who said yes take of it, against the whole.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LineTotals {
    pub id: String,
    pub label: String,
    /// A yes binds the recipient to its share of this line.
    pub commitment: bool,
    /// `null` where the line has no total, only years.
    pub amounts: Option<OfTotal>,
    /// Year to amounts.
    pub years: BTreeMap<String, OfTotal>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfTotal {
    /// The shares of those who said yes.
    pub committed: i64,
    pub total: i64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CampaignOutcome {
    /// Whether the campaign's rule holds.
    pub holds: bool,
    /// It does not hold now, but can still come to hold.
    pub open: bool,
    /// Codes of recipients that said something else than yes.
    pub against: Vec<String>,
    /// Codes of recipients whose answer a person must settle.
    pub in_review: Vec<String>,
    /// Codes of recipients that have not answered.
    pub missing: Vec<String>,
    /// How far it is to what the rule needs; `null` where there is no rule.
    #[serde(default)]
    pub progress: Option<Progress>,
    /// What would come of the open answers; `null` where there is no rule.
    #[serde(default)]
    pub what_if: Option<WhatIf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    pub measure: Measure,
    pub needed: i64,
    pub reached: i64,
    /// `needed - reached`, or 0 when there is enough.
    pub lacking: i64,
}

/// What a rule counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Measure {
    Recipients,
    Amount,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct WhatIf {
    /// All that are missing say yes; those in review stay unsettled.
    pub missing_say_yes: Scenario,
    /// Those in review are left out altogether: neither counted nor asked for.
    pub doubtful_excluded: Scenario,
    /// All that are missing or in review say yes.
    pub open_say_yes: Scenario,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scenario {
    pub holds: bool,
    /// How many would say yes.
    pub yes: i64,
    /// What they would bind themselves to; 0 when the campaign has no prices.
    pub committed: i64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    pub recipient: RecipientCode,
    pub name: String,
    /// Where the recipient stands on the map of tiles: column and row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tile: Option<[u32; 2]>,
    pub status: AnswerStatus,
    /// The choice, when `status` is `answered`; otherwise null.
    pub choice: Option<String>,
    /// The form's text fields, name to value; empty ones are left out.
    pub fields: BTreeMap<FieldName, String>,
    /// The comment that belongs to the choice; other comments stay in `fields`.
    pub comment: Option<String>,
    /// What a person sees of that comment where it is written by hand, as PNG: relative to the report's folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment_picture: Option<String>,
    /// What a program read from that picture; it may be wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment_suggestion: Option<String>,
    pub signature: Option<SignatureSeen>,
    /// When the answer came: `2026-02-11` or `2026-02-11T09:12:00Z`.
    pub received: Option<String>,
    pub late: bool,
    /// What the recipient was offered.
    pub amounts: Option<AnswerAmounts>,
    /// Path (and `#part`) of the document that the answer was taken from, or that is in review.
    pub document: Option<String>,
    /// Paths of documents that a later one took the place of.
    pub superseded: Vec<String>,
    pub findings: Vec<Finding>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AnswerStatus {
    Answered,
    Review,
    Missing,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AnswerAmounts {
    /// The amount that a yes binds the recipient to.
    pub commitment: i64,
    /// Every line: id to amounts.
    pub lines: BTreeMap<String, LineAmounts>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LineAmounts {
    pub label: String,
    pub total: Option<i64>,
    /// Year to kronor.
    pub forecast: BTreeMap<String, i64>,
}

/// A document and what became of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReportedDocument {
    /// When the document came: `2026-02-11` or `2026-02-11T09:12:00Z`.
    pub received: Option<String>,
    /// How that is known: `folder` or `file-name` (a date that the name begins with) or `file` (the file's own date).
    pub received_by: Option<String>,
    #[serde(flatten)]
    pub document: Document<Fate>,
}

/// Nothing is lost: the counts add up to `documents`, and every file gave at least one document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Accounting {
    pub files: usize,
    pub documents: usize,
    pub used: usize,
    pub superseded: usize,
    pub duplicate: usize,
    pub review: usize,
    pub rejected: usize,
}
