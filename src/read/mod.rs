//! Reads one return: facts about a file in, one [`Document`] out.
//!
//! ```text
//! facts ──┬─ identify (whose is it?), names ──────────────┐
//!         ├─ form (layer: what do the fields say?) ────────┤
//!         ├─ annotations (layer: what was laid over it?) ──┤
//! looked ─┼─ printed (layer: what text was printed?) ──────┼─ reconcile ─▶ Document
//!         ├─ pixels (layer: what does a person see?) ──────┤
//!         └─ compare (is it what was sent?) ───────────────┘
//! ```
//!
//! Each part looks at the facts on its own and knows no other; what they say together is decided by the rules in
//! `answer/reconcile`. The manifest says where fields are and what was offered; the returned file is never trusted with that.

mod annotations;
mod compare;
mod crops;
mod form;
mod identify;
mod looked;
mod names;
mod pixels;
mod printed;

use crate::answer::document::{DigitalSignature, Document, Identity, Ink, Outcome, Reconciled, SignatureSeen, Status};
use crate::answer::reading::Reading;
use crate::answer::reconcile;
use crate::finding::{Code, Finding};
use crate::inbox::{Content, MAX_BYTES, Parcel};
use crate::manifest::{Manifest, Sent, SentKind};
use crate::pdf::facts::{PdfFacts, PdfProblem, TextAsked};
use crate::pdf::worker::{Failure, Pool, Session, WorkerError};
use crate::token::CampaignKey;
use crate::workspace::Workspace;
pub use crops::Crop;
use looked::Looked;

/// Everything that returns are read against.
pub struct Campaigner<'a> {
    pub manifest: &'a Manifest,
    pub key: &'a CampaignKey,
    /// Where the declarations stand as they were sent.
    pub workspace: &'a Workspace,
}

/// Reads one file in a worker process and tells what it says.
///
/// # Errors
/// When the workers do not work; what is wrong with a file is a finding.
pub fn read(parcel: &Parcel, against: &Campaigner<'_>, pool: &Pool) -> Result<Document, WorkerError> {
    read_and_show(parcel, against, pool, false).map(|(document, _)| document)
}

/// The same, with pictures of what a person should see.
///
/// # Errors
/// As [`read`].
pub fn read_with_crops(
    parcel: &Parcel,
    against: &Campaigner<'_>,
    pool: &Pool,
) -> Result<(Document, Vec<Crop>), WorkerError> {
    read_and_show(parcel, against, pool, true)
}

fn read_and_show(
    parcel: &Parcel,
    against: &Campaigner<'_>,
    pool: &Pool,
    show: bool,
) -> Result<(Document, Vec<Crop>), WorkerError> {
    let mut crops = Vec::new();
    let document = match &parcel.content {
        Content::Pdf { bytes, wrong_extension } => {
            let mut file = pool.open(bytes);
            let mut document = match file.facts(&TextAsked::default()) {
                Ok(facts) => {
                    let document;
                    (document, crops) = understand(parcel, &mut file, &facts, against, show)?;
                    document
                }
                Err(Failure::File(problem)) => rejected(parcel, "pdf", problem_finding(&problem)),
                Err(Failure::Worker(error)) => return Err(error),
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
    };
    Ok((document, crops))
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

/// What a PDF's facts, and what its pages show, mean for the campaign.
fn understand(
    parcel: &Parcel,
    file: &mut Session<'_, '_>,
    facts: &PdfFacts,
    against: &Campaigner<'_>,
    show: bool,
) -> Result<(Document, Vec<Crop>), WorkerError> {
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
        return Ok((document, Vec::new()));
    };
    let pages = &identified.pages;
    let (facts, renamed) = names::recognise(facts, sent, pages);
    let facts = facts.as_ref();
    document.findings.extend(renamed);
    let looked = Looked::look(file, facts, sent, pages, against, show)?;
    document.findings.extend(compare::compare(facts, sent, pages, &looked));
    document.changes = compare::changes(&looked);
    let layers = layers(facts, sent, pages, &looked);
    document.findings.extend(layers.findings);
    reconcile_fields(&mut document, &layers.readings, sent, against);
    document.signature = signature(&document, &layers.signed, sent, &looked);
    document.outcome = outcome(&document);
    let crops = crops::take(&mut document, &looked, sent, &against.manifest.choice);
    Ok((document, crops))
}

/// What all layers give.
struct Layers {
    readings: Vec<Reading>,
    findings: Vec<Finding>,
    signed: Vec<String>,
}

fn layers(facts: &PdfFacts, sent: &Sent, pages: &[Option<usize>], looked: &Looked) -> Layers {
    let form = form::read(facts, sent, pages);
    let (laid_over, laid_over_findings) = annotations::read(facts, sent, pages);
    let (printed, printed_findings) = printed::read(looked, sent);
    let mut layers = Layers { readings: form.readings, findings: form.findings, signed: form.signed };
    layers.readings.extend(laid_over.into_iter().chain(printed).chain(pixels::read(looked, facts, sent)));
    layers.findings.extend(laid_over_findings.into_iter().chain(printed_findings));
    let anything = form.found || looked.pages.iter().any(|page| page.seen.registration.is_some());
    if !anything {
        let detail = "the form's fields are gone, and its page could not be compared with the one that was sent";
        layers.findings.push(Finding::new(Code::NotReadableYet).detail(detail));
    }
    layers
}

fn reconcile_fields(document: &mut Document, readings: &[Reading], sent: &Sent, against: &Campaigner<'_>) {
    for field in &sent.fields {
        let readings: Vec<_> = readings.iter().filter(|reading| reading.field == field.name).collect();
        let (mut reconciled, finding) =
            if field.kind == SentKind::Choice { reconcile::choice(&readings) } else { reconcile::text(&readings) };
        let place = field.places.first();
        reconciled.page = place.map(|place| place.page);
        reconciled.rect = place.map(|place| place.rect);
        // Where nothing could be read at all, that has been told and says more than an empty choice.
        let nothing = document.findings.iter().any(|finding| finding.code == Code::NotReadableYet);
        document.findings.extend(finding.filter(|_| !nothing).map(|finding| Finding {
            page: reconciled.page,
            rect: reconciled.rect,
            detail: finding.detail.map(|detail| format!("{}: {detail}", field.name)),
            ..finding
        }));
        if field.name == against.manifest.choice {
            document.choice = reconciled;
        } else if field.kind != SentKind::Signature {
            document.fields.insert(field.name.clone(), reconciled);
        }
    }
}

fn signature(document: &Document, signed: &[String], sent: &Sent, looked: &Looked) -> SignatureSeen {
    let typed = |name: &str| document.fields.get(name).is_some_and(|f| f.status != Status::Empty);
    let fields = sent.fields.iter().filter(|field| field.kind == SentKind::Signature);
    // What a signing program draws is no ink.
    let by_hand = fields.filter(|field| !signed.iter().any(|name| form::is_called(name, &field.name)));
    let seen: Vec<bool> = by_hand.filter_map(|field| pixels::signature_ink(looked, sent, field)).collect();
    SignatureSeen {
        ink: match seen.iter().any(|ink| *ink) {
            true => Ink::Present,
            false if seen.is_empty() => Ink::NotRead,
            false => Ink::Absent,
        },
        typed: sent.fields.iter().any(|f| f.kind == SentKind::Text && !f.read_only && typed(&f.name)),
        digital: signed.iter().map(|name| not_judged(name)).collect(),
        picture: None,
    }
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
