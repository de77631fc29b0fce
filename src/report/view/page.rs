//! What the page shows, in the order it shows it: plain text that the template only has to lay out.
//!
//! Amounts, times and labels are words already; what kind of thing something is goes beside it as `kind`, from which the
//! template takes colour and sign. Nothing is escaped here.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::answer::document::Fate;
use crate::campaign::Signing;
use crate::finding::Finding;
use crate::report::model::{Answer, AnswerStatus, Measure, Progress, Report};
use crate::report::view::tables::name_of;
use crate::report::words::labels::{Columns, Labels, amount, choice_label, moment};

mod drawn;
mod regions;
mod settle;

#[derive(Serialize)]
pub(in crate::report) struct Page<'a> {
    lang: &'a str,
    /// The campaign's language, for the texts that come from it.
    campaign_lang: &'a str,
    t: &'a BTreeMap<String, String>,
    columns: &'a Columns,
    id: &'a str,
    title: &'a str,
    sender: &'a str,
    deadline: String,
    /// What is to be said of a campaign that is not marked as sent.
    draft: Option<&'a str>,
    outcome: Outcome<'a>,
    tallies: Vec<Tally<'a>>,
    recipients_count: usize,
    counts: String,
    /// How many of the answers are not signed, where none has to be.
    unsigned: Option<String>,
    money: Option<Money>,
    charts: drawn::Charts,
    kinds: Vec<Chip<'a>>,
    rows: Vec<regions::Row<'a>>,
    comments_count: usize,
    settle: Vec<settle::Item<'a>>,
    documents: Vec<regions::Document<'a>>,
    accounting: Accounting<'a>,
    footer: String,
}

/// Whether the rule holds, and who stands in its way.
#[derive(Serialize)]
struct Outcome<'a> {
    kind: &'static str,
    state: &'a str,
    why: &'a str,
    rule: String,
    groups: Vec<Group<'a>>,
}

#[derive(Serialize)]
struct Group<'a> {
    kind: &'static str,
    heading: &'a str,
    names: Vec<&'a str>,
    /// So many that they run on as text instead of standing in a column.
    long: bool,
}

#[derive(Serialize)]
struct Tally<'a> {
    kind: &'static str,
    label: &'a str,
    count: usize,
}

#[derive(Serialize)]
struct Money {
    committed: String,
    of_total: String,
    share: String,
    /// What the bar is made of.
    parts: Vec<drawn::Amount>,
}

/// A word with a sign and a colour; the word alone is enough.
#[derive(Serialize)]
struct Chip<'a> {
    kind: &'static str,
    label: &'a str,
}

/// A finding in the report's language.
#[derive(Serialize)]
struct Remark<'a> {
    kind: &'static str,
    severity: &'a str,
    text: String,
}

#[derive(Serialize)]
struct Accounting<'a> {
    files: String,
    rows: Vec<Tally<'a>>,
    sum: usize,
    right: bool,
    verdict: String,
}

/// How a writer shows a picture: its address or its name, by the path that the report has; nothing where it is not there.
pub(in crate::report) type Shown<'p> = &'p dyn Fn(&str) -> Option<String>;

pub(in crate::report) fn prepare<'a>(report: &'a Report, labels: &'a Labels, shown: Shown<'_>) -> Page<'a> {
    let campaign = &report.campaign;
    let recipients = report.totals.recipients;
    Page {
        lang: &labels.language,
        campaign_lang: &campaign.language,
        t: &labels.html,
        columns: &labels.columns,
        id: &campaign.id,
        title: &campaign.title,
        sender: &campaign.sender,
        deadline: moment(&campaign.deadline),
        draft: campaign.draft.then(|| labels.word("draft")),
        outcome: outcome(report, labels),
        tallies: tallies(report, labels),
        recipients_count: recipients,
        counts: labels.word("counts").replace("{n}", &recipients.to_string()),
        unsigned: (campaign.signature == Signing::Optional.name())
            .then(|| labels.word("unsigned").replace("{n}", &report.totals.unsigned.to_string())),
        money: money(report, labels),
        charts: drawn::charts(report, labels),
        kinds: regions::kinds(report, labels),
        rows: regions::rows(report, labels, shown),
        comments_count: report.answers.iter().filter(|it| it.comment.is_some() || it.comment_picture.is_some()).count(),
        settle: settle::items(report, labels, shown),
        documents: report.documents.iter().map(|d| regions::document(report, labels, d)).collect(),
        accounting: accounting(report, labels),
        footer: labels.word("footer").replace("{schema}", &report.schema),
    }
}

/// More names than this in one column push all else off the first page.
const LONGEST_COLUMN: usize = 12;

fn outcome<'a>(report: &'a Report, labels: &'a Labels) -> Outcome<'a> {
    let ruled = report.campaign.rule != "none";
    let (kind, state, why) = match (ruled, report.outcome.holds, report.outcome.open) {
        (true, true, _) => ("yes", "holds", "holds_why"),
        (true, false, true) => ("review", "open", "open_why"),
        (true, false, false) => ("other", "lacking", "lacking_why"),
        (false, true, _) => ("yes", "all_in", "all_in_why"),
        (false, false, _) => ("review", "not_all_in", "not_all_in_why"),
    };
    let rule = match report.campaign.rule.as_str() {
        "all" => labels.word("rule_all").replace("{n}", &report.totals.recipients.to_string()),
        "none" => labels.word("rule_none").to_owned(),
        other => match &report.outcome.progress {
            Some(progress) => rule_words(report, labels, progress),
            None => labels.word("rule_other").replace("{rule}", other),
        },
    };
    let group = |kind, heading, codes: &'a [String]| Group {
        kind,
        heading: labels.word(heading),
        names: codes.iter().map(|code| name_of(report, code).unwrap_or(code)).collect(),
        long: codes.len() > LONGEST_COLUMN,
    };
    Outcome {
        kind,
        state: labels.word(state),
        why: labels.word(why),
        rule,
        groups: [
            ("other", "against", &report.outcome.against),
            ("review", "in_review", &report.outcome.in_review),
            ("missing", "missing", &report.outcome.missing),
        ]
        .into_iter()
        .filter(|(_, heading, _)| ruled || *heading != "against")
        .map(|(kind, heading, codes)| group(kind, heading, codes))
        .collect(),
    }
}

/// What the rule needs, and what is lacking of it.
fn rule_words(report: &Report, labels: &Labels, progress: &Progress) -> String {
    let (rule, lacking) = match progress.measure {
        Measure::Recipients => ("rule_share", "lacking_share"),
        Measure::Amount => ("rule_amount", "lacking_amount"),
    };
    let counted = |number: i64| match progress.measure {
        Measure::Recipients => number.to_string(),
        Measure::Amount => amount(report, number),
    };
    let all = report.totals.recipients.to_string();
    let mut words = labels.word(rule).replace("{n}", &counted(progress.needed)).replace("{all}", &all);
    if progress.lacking > 0 {
        words.push(' ');
        words.push_str(&labels.word(lacking).replace("{n}", &counted(progress.lacking)));
    }
    words
}

fn tallies<'a>(report: &'a Report, labels: &'a Labels) -> Vec<Tally<'a>> {
    let counted = &report.totals.by_choice;
    let choices = report.campaign.choices.iter();
    let mut tallies: Vec<_> = choices
        .map(|choice| Tally {
            kind: choice_kind(report, &choice.value),
            label: &choice.label,
            count: counted.get(&choice.value).copied().unwrap_or(0),
        })
        .collect();
    for (kind, status, count) in [
        ("review", AnswerStatus::Review, report.totals.review),
        ("missing", AnswerStatus::Missing, report.totals.missing),
    ] {
        let label = labels.status(status);
        tallies.push(Tally { kind, label, count });
    }
    tallies
}

fn money(report: &Report, labels: &Labels) -> Option<Money> {
    let amounts = report.totals.amounts.as_ref()?;
    let share = labels.share(amounts.share);
    Some(Money {
        committed: amount(report, amounts.committed),
        of_total: labels.word("amounts_of").replace("{total}", &amount(report, amounts.total)),
        share: labels.word("amounts_share").replace("{share}", &share),
        parts: drawn::amounts(report, labels),
    })
}

/// Findings in words, what holds the document back first.
fn remarks<'a, 'f>(labels: &'a Labels, findings: impl IntoIterator<Item = &'f Finding>) -> Vec<Remark<'a>> {
    let mut findings: Vec<_> = findings.into_iter().collect();
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    let remarks = findings.into_iter().map(|finding| Remark {
        kind: match finding.severity {
            crate::finding::Severity::Error => "error",
            crate::finding::Severity::Warning => "warning",
            crate::finding::Severity::Info => "info",
        },
        severity: labels.severity(finding.severity),
        text: labels.finding(finding),
    });
    remarks.collect()
}

fn accounting<'a>(report: &'a Report, labels: &'a Labels) -> Accounting<'a> {
    let counts = &report.accounting;
    let rows: Vec<_> = [
        (Fate::Used, counts.used),
        (Fate::Superseded, counts.superseded),
        (Fate::Duplicate, counts.duplicate),
        (Fate::Review, counts.review),
        (Fate::Rejected, counts.rejected),
    ]
    .map(|(fate, count)| {
        let Chip { kind, label } = fate_chip(labels, fate);
        Tally { kind, label, count }
    })
    .into();
    let sum = rows.iter().map(|row| row.count).sum();
    let right = sum == counts.documents;
    let verdict = if right { "accounting_right" } else { "accounting_wrong" };
    let documents = counts.documents.to_string();
    let filled = |word: &str| {
        let text = labels.word(word).replace("{n}", &counts.files.to_string());
        text.replace("{documents}", &documents)
    };
    Accounting { files: filled("accounting_files"), rows, sum, right, verdict: filled(verdict) }
}

fn answer_chip<'a>(report: &'a Report, labels: &'a Labels, answer: &'a Answer) -> Chip<'a> {
    match (answer.status, &answer.choice) {
        (AnswerStatus::Answered, Some(choice)) => {
            Chip { kind: choice_kind(report, choice), label: choice_label(report, choice) }
        }
        (AnswerStatus::Missing, _) => Chip { kind: "missing", label: labels.status(AnswerStatus::Missing) },
        // An answer without a choice is nothing to rely on, whatever its status.
        (AnswerStatus::Answered | AnswerStatus::Review, _) => {
            Chip { kind: "review", label: labels.status(AnswerStatus::Review) }
        }
    }
}

fn fate_chip(labels: &Labels, fate: Fate) -> Chip<'_> {
    let kind = match fate {
        Fate::Used => "yes",
        Fate::Superseded => "superseded",
        Fate::Duplicate => "duplicate",
        Fate::Review => "review",
        Fate::Rejected => "other",
    };
    let label = labels.fate(fate);
    Chip { kind, label }
}

fn choice_kind(report: &Report, value: &str) -> &'static str {
    const ALIKE: [&str; 4] = ["first", "second", "third", "fourth"];
    match &report.campaign.yes {
        Some(yes) if value == yes => "yes",
        Some(_) => "other",
        // No choice counts for more than another, so none is green or red.
        None => {
            let at = report.campaign.choices.iter().position(|choice| choice.value == value).unwrap_or(0);
            ALIKE[at % ALIKE.len()]
        }
    }
}
