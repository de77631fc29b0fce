//! Reads one return: facts about a file in, one [`Document`] out.
//!
//! ```text
//! facts ─┬─ identify (whose is it?) ─────────────┐
//!        ├─ form (layer: what do the fields say?) ┼─ reconcile ─▶ Document
//!        └─ compare (is it what was sent?) ───────┘
//! ```
//!
//! Each part looks at the facts on its own and knows no other; what they say together is decided by the rules in
//! `answer/reconcile`. The manifest says where fields are and what was offered; the returned file is never trusted with that.

mod compare;
mod form;
mod identify;

use crate::answer::document::{DigitalSignature, Document, Identity, Outcome, Reconciled, SignatureSeen, Status};
use crate::answer::reconcile;
use crate::finding::{Code, Finding};
use crate::inbox::{Content, MAX_BYTES, Parcel};
use crate::manifest::{Manifest, Sent, SentKind};
use crate::pdf::facts::{PdfFacts, PdfProblem};
use crate::pdf::worker::Pool;
use crate::token::CampaignKey;

/// Everything that returns are read against.
pub struct Campaigner<'a> {
    pub manifest: &'a Manifest,
    pub key: &'a CampaignKey,
}

/// Reads one file in a worker process and tells what it says.
pub fn read(parcel: &Parcel, against: &Campaigner<'_>, pool: &Pool) -> Document {
    match &parcel.content {
        Content::Pdf { bytes, wrong_extension } => {
            let mut document = match pool.read(bytes, &crate::pdf::facts::TextAsked::default()) {
                Ok(facts) => understand(parcel, &facts, against),
                Err(problem) => rejected(parcel, "pdf", problem_finding(&problem)),
            };
            if *wrong_extension {
                document.findings.push(Finding::new(Code::WrongExtension).detail("PDF"));
            }
            document
        }
        Content::Unsupported(kind) => rejected(parcel, "other", Finding::new(Code::NotReadableYet).detail(*kind)),
        Content::Unknown(why) => rejected(parcel, "other", Finding::new(Code::NotAPdf).detail(why.as_str())),
        Content::TooLarge(size) => {
            let detail = format!("{} MB, and at most {} MB are read", size / 1_000_000, MAX_BYTES / 1_000_000);
            rejected(parcel, "other", Finding::new(Code::TooLarge).detail(detail))
        }
        Content::Unreadable(why) => rejected(parcel, "other", Finding::new(Code::Unreadable).detail(why.as_str())),
    }
}

fn problem_finding(problem: &PdfProblem) -> Finding {
    match problem {
        PdfProblem::NotAPdf => Finding::new(Code::NotAPdf),
        PdfProblem::Damaged(why) => Finding::new(Code::Damaged).detail(why.as_str()),
        PdfProblem::Encrypted => Finding::new(Code::Encrypted),
        PdfProblem::TooLarge(why) => Finding::new(Code::TooLarge).detail(why.as_str()),
        PdfProblem::TooSlow(why) => Finding::new(Code::TooSlow).detail(why.as_str()),
        PdfProblem::ReaderCrashed(why) => Finding::new(Code::ReaderCrashed).detail(why.as_str()),
    }
}

fn rejected(parcel: &Parcel, kind: &str, finding: Finding) -> Document {
    Document { findings: vec![finding], ..blank(parcel, kind, Outcome::Rejected) }
}

fn blank(parcel: &Parcel, kind: &str, outcome: Outcome) -> Document {
    Document {
        path: parcel.path.clone(),
        part: None,
        sha256: parcel.sha256.clone(),
        kind: kind.to_owned(),
        outcome,
        recipient: None,
        identity: Identity::default(),
        choice: Reconciled::default(),
        fields: std::collections::BTreeMap::new(),
        signature: SignatureSeen::default(),
        changes: Vec::new(),
        findings: Vec::new(),
    }
}

/// What a PDF's facts mean for the campaign.
fn understand(parcel: &Parcel, facts: &PdfFacts, against: &Campaigner<'_>) -> Document {
    let identified = identify::identify(facts, against);
    let mut document = blank(parcel, "pdf", Outcome::Rejected);
    document.findings = identified.findings;
    document.identity = identified.identity;
    document.recipient = identified.recipient;
    let sent = document.recipient.as_deref().and_then(|code| against.manifest.sent_to(code));
    let Some(sent) = sent else {
        // Nothing says what was sent, so nothing can be read with confidence.
        if document.findings.iter().any(|f| f.code != Code::NotADeclaration && f.holds_back()) {
            document.outcome = Outcome::Review;
        }
        return document;
    };
    document.findings.extend(compare::compare(facts, sent, &identified.pages));
    read_form(&mut document, facts, sent, against, &identified.pages);
    document.outcome = outcome(&document);
    document
}

fn read_form(
    document: &mut Document,
    facts: &PdfFacts,
    sent: &Sent,
    against: &Campaigner<'_>,
    pages: &[Option<usize>],
) {
    let layer = form::read(facts, sent, pages);
    document.findings.extend(layer.findings);
    for field in &sent.fields {
        let readings: Vec<_> = layer.readings.iter().filter(|reading| reading.field == field.name).collect();
        let place = field.places.first();
        let mut reconciled = if field.kind == SentKind::Choice {
            let (reconciled, finding) = reconcile::choice(&readings);
            // Where the whole form is gone, that has been told and says more than an empty choice.
            document.findings.extend(finding.filter(|_| layer.found));
            reconciled
        } else {
            reconcile::text(&readings)
        };
        reconciled.page = place.map(|place| place.page);
        reconciled.rect = place.map(|place| place.rect);
        if field.name == against.manifest.choice {
            document.choice = reconciled;
        } else if field.kind != SentKind::Signature {
            document.fields.insert(field.name.clone(), reconciled);
        }
    }
    let typed = |name: &str| document.fields.get(name).is_some_and(|f| f.status != Status::Empty);
    document.signature = SignatureSeen {
        typed: sent.fields.iter().any(|f| f.kind == SentKind::Text && !f.read_only && typed(&f.name)),
        digital: layer.signed.iter().map(|name| not_judged(name)).collect(),
        ..SignatureSeen::default()
    };
}

fn not_judged(field: &str) -> DigitalSignature {
    DigitalSignature { field: field.to_owned(), bottom_line: "not judged".to_owned() }
}

/// A document is an answer when nothing holds it back and its choice is clear.
fn outcome(document: &Document) -> Outcome {
    let clear = |field: &Reconciled| field.status != Status::Review;
    let chosen = document.choice.value.is_some();
    if chosen && document.fields.values().all(clear) && !document.findings.iter().any(Finding::holds_back) {
        Outcome::Answer
    } else {
        Outcome::Review
    }
}
