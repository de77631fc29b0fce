//! Builds the report's model from the campaign and the settled documents. Every decision that a report shows is made here or
//! before; the writers decide nothing.

use std::collections::BTreeMap;

use crate::answer::collect::{RecipientDocuments, Settled};
use crate::answer::document::{Document, Fate, SignedBy, Status};
use crate::campaign::Campaign;
use crate::campaign::prices::{PriceLine, Prices};
use crate::finding::{Code, Finding};
use crate::ids::{FieldName, RecipientCode};
use crate::report::model::{
    Accounting, AmountTotals, Answer, AnswerAmounts, AnswerStatus, CampaignSummary, Choice, FieldLabel, LineAmounts,
    LineTotals, OfTotal, Report, ReportedDocument, SCHEMA, Totals,
};

/// Builds the model. `files` is how many files the inbox holds.
pub fn build(
    campaign: &Campaign,
    settled: Vec<Settled>,
    recipients: &BTreeMap<RecipientCode, RecipientDocuments>,
    files: usize,
    draft: bool,
) -> Report {
    let answers: Vec<Answer> = campaign
        .recipients
        .iter()
        .enumerate()
        .map(|(index, recipient)| answer(campaign, index, recipients.get(recipient.code.as_str()), &settled))
        .collect();
    let accounting = accounting(&settled, files);
    let documents = settled
        .into_iter()
        .map(|one| ReportedDocument {
            received_by: one.received.as_ref().map(|r| r.source.name().to_owned()),
            received: one.received.map(|r| r.time),
            document: one.document,
        })
        .collect();
    Report {
        schema: SCHEMA.to_owned(),
        campaign: summary(campaign, draft),
        totals: totals(campaign, &answers),
        outcome: crate::report::model::outcome::outcome(campaign.rule, campaign.yes.as_deref(), &answers),
        answers,
        documents,
        accounting,
    }
}

fn summary(campaign: &Campaign, draft: bool) -> CampaignSummary {
    let form = &campaign.declaration.form;
    let choices = form
        .choice
        .options
        .iter()
        .map(|o| Choice { value: o.value.clone(), label: o.label.source.trim().to_owned() })
        .collect();
    let fields = form
        .other_fields()
        .map(|f| FieldLabel { name: f.field.as_str().into(), label: f.label.source.trim().to_owned() })
        .collect();
    CampaignSummary {
        id: campaign.id.clone(),
        title: campaign.title.clone(),
        sender: campaign.sender.name.clone(),
        language: campaign.language.clone(),
        deadline: campaign.deadline.to_string(),
        rule: campaign.rule.name().to_owned(),
        late: campaign.late.name().to_owned(),
        signature: campaign.signature.name().to_owned(),
        choices,
        yes: campaign.yes.clone(),
        currency: campaign.prices.as_ref().map(|prices| prices.currency.clone()),
        fields,
        draft,
    }
}

/// What one recipient said.
fn answer(campaign: &Campaign, index: usize, known: Option<&RecipientDocuments>, settled: &[Settled]) -> Answer {
    let recipient = &campaign.recipients[index];
    let current = known.and_then(|known| known.current).map(|at| &settled[at]);
    let document = current.map(|one| &one.document);
    let status = match known {
        Some(known) if known.in_review => AnswerStatus::Review,
        Some(_) => AnswerStatus::Answered,
        None => AnswerStatus::Missing,
    };
    let choice = document.filter(|_| status == AnswerStatus::Answered).and_then(|d| d.choice.value.clone());
    let mut fields = document.map(fields_of).unwrap_or_default();
    let comment_field = choice.as_deref().and_then(|choice| campaign.declaration.form.comment_of(choice));
    let comment = comment_field.and_then(|comment| fields.remove(comment.field.as_str()));
    let by_hand = comment_field.and_then(|comment| document?.fields.get(comment.field.as_str()));
    let by_hand = by_hand.filter(|read| read.status == Status::Review);
    let comment_picture = by_hand.and_then(|read| read.picture.clone());
    let comment_suggestion = by_hand.and_then(|read| read.candidates.first().cloned());
    let path = |at: &usize| path_of(&settled[*at].document);
    Answer {
        recipient: recipient.code.clone(),
        name: recipient.name.clone(),
        tile: recipient.tile,
        status,
        choice,
        fields,
        comment,
        comment_suggestion: comment_suggestion.filter(|_| comment_picture.is_some()),
        comment_picture,
        signature: document.map(|d| d.signature.clone()),
        received: current.and_then(|one| one.received.as_ref()).map(|r| r.time.clone()),
        late: document.is_some_and(|d| d.findings.iter().any(|f| f.code == Code::Late)),
        amounts: campaign.prices.as_ref().map(|prices| amounts(prices, index)),
        document: document.map(path_of),
        superseded: known.map(|k| k.superseded.iter().map(path).collect()).unwrap_or_default(),
        findings: document.map(|d| d.findings.clone()).unwrap_or_default(),
    }
}

fn fields_of(document: &Document<Fate>) -> BTreeMap<FieldName, String> {
    document.fields.iter().filter_map(|(name, field)| Some((name.clone(), field.value.clone()?))).collect()
}

fn path_of(document: &Document<Fate>) -> String {
    match &document.part {
        Some(part) => format!("{}#{part}", document.path),
        None => document.path.clone(),
    }
}

fn amounts(prices: &Prices, index: usize) -> AnswerAmounts {
    let lines = prices
        .lines
        .iter()
        .map(|line| {
            let share = &line.shares[index];
            let forecast = share.forecast.iter().map(|(year, kr)| (year.to_string(), signed(*kr))).collect();
            let amounts = LineAmounts { label: line.label.clone(), total: share.total.map(signed), forecast };
            (line.id.clone(), amounts)
        })
        .collect();
    AnswerAmounts { commitment: signed(prices.commitment(index)), lines }
}

/// Loading refuses amounts that do not fit.
fn signed(kronor: u64) -> i64 {
    i64::try_from(kronor).unwrap_or(i64::MAX)
}

fn totals(campaign: &Campaign, answers: &[Answer]) -> Totals {
    let count = |wanted: AnswerStatus| answers.iter().filter(|a| a.status == wanted).count();
    let options = &campaign.declaration.form.choice.options;
    let by_choice = options
        .iter()
        .map(|o| (o.value.clone(), answers.iter().filter(|a| a.choice.as_deref() == Some(&o.value)).count()))
        .collect();
    let amounts = campaign.prices.as_ref().map(|prices| {
        let committed = answers.iter().filter(|a| says_yes(campaign, a));
        let committed: i64 = committed.filter_map(|a| a.amounts.as_ref()).map(|a| a.commitment).sum();
        let total: i64 = (0..campaign.recipients.len()).map(|index| signed(prices.commitment(index))).sum();
        let lines = prices.lines.iter().map(|line| line_totals(campaign, answers, line)).collect();
        AmountTotals { committed, total, share: share(committed, total), lines }
    });
    Totals {
        recipients: answers.len(),
        by_choice,
        missing: count(AnswerStatus::Missing),
        review: count(AnswerStatus::Review),
        unsigned: answers.iter().filter(|answer| answer.status == AnswerStatus::Answered && !is_signed(answer)).count(),
        amounts,
    }
}

fn line_totals(campaign: &Campaign, answers: &[Answer], line: &PriceLine) -> LineTotals {
    let mut amounts: Option<OfTotal> = None;
    let mut years: BTreeMap<String, OfTotal> = BTreeMap::new();
    for (answer, share) in answers.iter().zip(&line.shares) {
        let yes = says_yes(campaign, answer);
        let add = |sum: &mut OfTotal, kronor: u64| {
            sum.total = sum.total.saturating_add(signed(kronor));
            if yes {
                sum.committed = sum.committed.saturating_add(signed(kronor));
            }
        };
        if let Some(kronor) = share.total {
            add(amounts.get_or_insert_default(), kronor);
        }
        for (year, kronor) in &share.forecast {
            add(years.entry(year.to_string()).or_default(), *kronor);
        }
    }
    LineTotals { id: line.id.clone(), label: line.label.clone(), commitment: line.commitment, amounts, years }
}

/// A share with four decimals, so that the file reads well and is the same everywhere.
fn share(part: i64, whole: i64) -> f64 {
    if whole == 0 { 0.0 } else { (part as f64 / whole as f64 * 10_000.0).round() / 10_000.0 }
}

fn is_signed(answer: &Answer) -> bool {
    answer.signature.as_ref().is_some_and(|seen| matches!(seen.by, SignedBy::Hand | SignedBy::Digital))
}

fn says_yes(campaign: &Campaign, answer: &Answer) -> bool {
    answer.choice.is_some() && answer.choice == campaign.yes
}

fn accounting(settled: &[Settled], files: usize) -> Accounting {
    let count = |wanted: Fate| settled.iter().filter(|s| s.document.outcome == wanted).count();
    Accounting {
        files,
        documents: settled.len(),
        used: count(Fate::Used),
        superseded: count(Fate::Superseded),
        duplicate: count(Fate::Duplicate),
        review: count(Fate::Review),
        rejected: count(Fate::Rejected),
    }
}

/// Whether anything in the report needs a person.
pub fn needs_a_person(report: &Report) -> bool {
    let held_back = |d: &ReportedDocument| matches!(d.document.outcome, Fate::Review | Fate::Rejected);
    report.documents.iter().any(held_back)
        || report.answers.iter().any(|a| a.status == AnswerStatus::Review || a.findings.iter().any(Finding::holds_back))
}
