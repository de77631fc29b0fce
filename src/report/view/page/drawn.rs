//! The charts, from what the report says: who stands where on the map, what the bar is made of, when answers came.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{answer_chip, choice_kind};
use crate::report::model::{Answer, AnswerStatus, Report};
use crate::report::view::charts::bar::{self, Part};
use crate::report::view::charts::tiles::{self, Tile};
use crate::report::view::charts::timeline::{self, Answers};
use crate::report::view::charts::{Chart, Kind};
use crate::report::words::labels::{Labels, Moment, amount, choice_label, moment};

/// Each is nothing where there is nothing to draw.
#[derive(Serialize)]
pub(in crate::report) struct Charts {
    map: Option<Chart>,
    bar: Option<Chart>,
    timeline: Option<Chart>,
}

/// A part of the whole amount in words.
#[derive(Debug, Clone, Serialize)]
pub(in crate::report) struct Amount {
    kind: &'static str,
    label: String,
    amount: String,
    share: String,
    #[serde(skip)]
    kronor: i64,
}

pub(in crate::report) fn charts(report: &Report, labels: &Labels) -> Charts {
    Charts { map: map(report, labels), bar: amounts_bar(report, labels), timeline: over_time(report, labels) }
}

fn map(report: &Report, labels: &Labels) -> Option<Chart> {
    let placed = report.answers.iter().filter_map(|answer| Some((answer, answer.tile?)));
    let tiles: Vec<Tile<'_>> = placed
        .map(|(answer, [column, row])| {
            let chip = answer_chip(report, labels, answer);
            Tile { column, row, name: &answer.name, kind: Kind::named(chip.kind), answer: chip.label }
        })
        .collect();
    let said: Vec<String> = tiles.iter().map(|tile| format!("{}: {}", tile.name, tile.answer)).collect();
    tiles::draw("map", &tiles, labels.word("map"), &format!("{}.", said.join(", ")))
}

/// What is committed, open and refused, in that order; parts that are nothing are left out.
pub(in crate::report) fn amounts(report: &Report, labels: &Labels) -> Vec<Amount> {
    let Some(totals) = &report.totals.amounts else { return Vec::new() };
    let sum = |wanted: &dyn Fn(&Answer) -> bool| -> i64 {
        let such = report.answers.iter().filter(|answer| wanted(answer));
        such.filter_map(|answer| answer.amounts.as_ref()).map(|amounts| amounts.commitment).sum()
    };
    let settled = |answer: &Answer| answer.status == AnswerStatus::Answered && answer.choice.is_some();
    let mut parts: Vec<(&'static str, String, i64)> = Vec::new();
    for choice in &report.campaign.choices {
        let kind = choice_kind(report, &choice.value);
        let kronor = sum(&|answer| settled(answer) && answer.choice.as_ref() == Some(&choice.value));
        parts.push((kind, choice_label(report, &choice.value).to_owned(), kronor));
    }
    let missing = sum(&|answer| answer.status == AnswerStatus::Missing);
    let review = sum(&|answer| answer.status != AnswerStatus::Missing && !settled(answer));
    // The refused last, so that what is open stands beside what it may still be added to.
    let at = parts.iter().position(|(kind, ..)| *kind == "other").unwrap_or(parts.len());
    let open = [(AnswerStatus::Review, "review", review), (AnswerStatus::Missing, "missing", missing)];
    parts.splice(at..at, open.map(|(status, kind, kronor)| (kind, labels.status(status).to_owned(), kronor)));
    let parts = parts.into_iter().filter(|(.., kronor)| *kronor > 0);
    parts
        .map(|(kind, label, kronor)| Amount {
            kind,
            label,
            amount: amount(report, kronor),
            share: labels.share(kronor as f64 / totals.total as f64),
            kronor,
        })
        .collect()
}

fn amounts_bar(report: &Report, labels: &Labels) -> Option<Chart> {
    let amounts = amounts(report, labels);
    let said: Vec<String> = amounts.iter().map(|a| format!("{}: {} ({})", a.label, a.amount, a.share)).collect();
    let parts: Vec<Part> = amounts
        .into_iter()
        .map(|part| Part { kind: Kind::named(part.kind), amount: part.kronor, words: part.share })
        .collect();
    bar::draw("bar", &parts, labels.word("bar"), &format!("{}.", said.join("; ")))
}

fn over_time(report: &Report, labels: &Labels) -> Option<Chart> {
    let deadline = Moment::read(&report.campaign.deadline)?.date;
    let mut days = BTreeMap::new();
    for received in report.answers.iter().filter_map(|answer| answer.received.as_deref()) {
        if let Some(moment) = Moment::read(received) {
            *days.entry(moment.date).or_default() += 1;
        }
    }
    let mut so_far = 0;
    let said: Vec<String> = days
        .iter()
        .map(|(day, new): (_, &usize)| {
            so_far += new;
            format!("{day}: {so_far}")
        })
        .collect();
    let words = format!("{} {}", labels.word("deadline"), moment(&report.campaign.deadline));
    let recipients = report.totals.recipients;
    let drawn = Answers { days: &days, deadline, recipients, deadline_words: &words };
    let description = labels.word("timeline_words").replace("{n}", &recipients.to_string());
    timeline::draw("timeline", &drawn, labels.word("timeline"), &format!("{description} {}. {words}.", said.join(", ")))
}
