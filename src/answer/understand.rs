//! From evidence to a document: a pure function, called once. No document is made before all evidence is there, and none is
//! changed afterwards.

use std::collections::{BTreeMap, BTreeSet};

use super::document::{
    DigitalSignature, Document, Identity, Ink, Outcome, Reconciled, SignatureSeen, SignedBy, Status,
};
use super::earlier;
use super::evidence::{DeclarationSeen, Evidence, Source, Subject};
use super::needs::Needs;
use super::reading::{Layer, Reading};
use super::reconcile;
use crate::finding::{Code, Finding, Severity};
use crate::ids::{FieldName, SentPage};
use crate::manifest::{Manifest, Sent, SentField, SentKind};
use crate::pdf::facts::SignatureKind;
use crate::spot::Spot;

/// How much of a file's digest names its crops.
const DIGEST: usize = 12;

/// A picture for the report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crop {
    /// Relative to the report's folder.
    pub file: String,
    pub png: Vec<u8>,
}

/// What the evidence means, and the pictures that the document speaks of.
pub fn understand(evidence: Evidence, manifest: &Manifest, needs: &Needs) -> (Document, Vec<Crop>) {
    let Evidence { source, findings, subject } = evidence;
    match subject {
        Subject::Unreadable => (blank(source, Identity::default(), Outcome::Rejected, findings), Vec::new()),
        Subject::Unknown(identity) => {
            // Nothing says what was sent, so nothing can be read with confidence.
            let ours = findings.iter().any(|f| f.code != Code::NotADeclaration && f.holds_back());
            let outcome = if ours { Outcome::Review } else { Outcome::Rejected };
            (blank(source, identity, outcome, findings), Vec::new())
        }
        Subject::Declaration(seen) => match manifest.sent_to(&seen.recipient) {
            Some(sent) => declaration(source, findings, *seen, sent, (manifest, needs)),
            None => (blank(source, seen.identity, Outcome::Review, findings), Vec::new()),
        },
    }
}

fn blank(source: Source, identity: Identity, outcome: Outcome, findings: Vec<Finding>) -> Document {
    Document {
        path: source.path,
        part: source.part,
        sha256: source.sha256,
        kind: source.kind.to_owned(),
        outcome,
        recipient: None,
        identity,
        choice: Reconciled::default(),
        fields: BTreeMap::new(),
        signature: SignatureSeen::default(),
        changes: Vec::new(),
        evidence: Vec::new(),
        findings,
    }
}

fn declaration(
    source: Source,
    mut findings: Vec<Finding>,
    mut seen: DeclarationSeen,
    sent: &Sent,
    (manifest, needs): (&Manifest, &Needs),
) -> (Document, Vec<Crop>) {
    let choice = manifest.choice.as_str();
    let mut fields = BTreeMap::new();
    // Where nothing could be read at all, that has been told and says more than an empty choice.
    let told = findings.iter().any(|finding| finding.code == Code::NotReadableYet);
    for field in sent.fields.iter().filter(|field| field.kind != SentKind::Signature) {
        let (reconciled, finding) = field_of(field, &seen, &findings);
        findings.extend(finding.filter(|_| !told));
        fields.insert(field.name.clone(), reconciled);
    }
    let (digital, told_of_digital) = earlier::digital(&mut seen, &mut fields, &findings, (manifest, needs));
    findings.extend(told_of_digital);
    let mut crops = Vec::new();
    let mut picture = |field: &FieldName| {
        let png = seen.drawn.fields.get(field)?.clone();
        // Of a part, its numbers name its crops too.
        let numbers = source.part.iter().flat_map(|part| part.chars()).filter(|c| c.is_ascii_digit() || *c == ',');
        let part: String = numbers.map(|c| if c == ',' { '-' } else { c }).collect();
        let part = if part.is_empty() { part } else { format!("-{part}") };
        let file = format!("crops/{}{part}-{field}.png", source.sha256.get(..DIGEST).unwrap_or(&source.sha256));
        crops.push(Crop { file: file.clone(), png });
        Some(file)
    };
    let mut signature = signature(&seen.signature.ink, digital, &fields, sent, &findings);
    findings.extend(unsigned(&signature, sent).filter(|_| needs.signed()));
    // The choice of every return is shown, a text only where a person must read it, and a signature unless it is known
    // that there is none.
    for field in &sent.fields {
        match fields.get_mut(&field.name) {
            Some(read) if field.name == choice || matches!(read.status, Status::Review | Status::Unread) => {
                read.picture = picture(&field.name)
            }
            None if signature.ink != Ink::Absent => signature.picture = picture(&field.name),
            _ => {}
        }
    }
    let mut choice = fields.remove(choice).unwrap_or_default();
    if on_paper(&choice) {
        findings.extend(of_paper(&mut choice, &fields, needs));
        for finding in findings.iter_mut().filter(|finding| finding.code == Code::WrittenByHand) {
            if !finding.fields.iter().any(|field| needs.field(field)) {
                finding.severity = Severity::Info;
            }
        }
    }
    let suggested = seen.readings.iter().filter(|reading| reading.layer == Layer::Recognised).map(|it| &it.field);
    let suggested: BTreeSet<&FieldName> = suggested.collect();
    if !suggested.is_empty() {
        findings.push(Finding::new(Code::TextIsASuggestion).of_all(suggested));
    }
    let outcome = outcome(&choice, &fields, &findings, needs);
    let document = Document {
        path: source.path,
        part: source.part,
        sha256: source.sha256,
        kind: source.kind.to_owned(),
        outcome,
        recipient: Some(seen.recipient),
        identity: seen.identity,
        choice,
        fields,
        signature,
        changes: seen.changes,
        evidence: seen.readings,
        findings,
    };
    (document, crops)
}

/// What the readings of one field say together, lowered by what was found about it.
fn field_of(field: &SentField, seen: &DeclarationSeen, findings: &[Finding]) -> (Reconciled, Option<Finding>) {
    let readings: Vec<&Reading> = seen.readings.iter().filter(|reading| reading.field == field.name).collect();
    let (mut reconciled, finding) =
        if field.kind == SentKind::Choice { reconcile::choice(&readings) } else { reconcile::text(&readings) };
    if let Some(place) = field.places.first() {
        reconciled.spot = Spot::sent(seen.pages.returned(place.page), place.page, place.rect);
    }
    let about = |finding: &Finding| finding.holds_back() && finding.fields.contains(&field.name);
    if findings.iter().any(about) {
        reconciled = reconcile::lowered(reconciled);
    }
    let mut finding = finding;
    if reconciled.status == Status::Empty && may_have_been_more(&readings, reconciled.spot.sent_page, findings) {
        reconciled.status = Status::Unread;
        finding = finding.map(|_| Finding::new(Code::ChoiceUnread));
    }
    let finding = finding.map(|finding| Finding {
        spot: reconciled.spot,
        detail: finding.detail.map(|detail| format!("{}: {detail}", field.name)),
        fields: vec![field.name.clone()],
        ..finding
    });
    (reconciled, finding)
}

/// Whether something may have stood where nothing is seen: what was cut away, could not be put together again or was drawn over
/// may have been an answer. A file that was put together again may have had a later version, in which a field was filled in.
fn may_have_been_more(readings: &[&Reading], page: Option<SentPage>, findings: &[Finding]) -> bool {
    let by_form = readings.iter().any(|reading| reading.layer == Layer::Form);
    findings.iter().any(|finding| match finding.code {
        Code::CutOff | Code::Repaired => true,
        Code::ContentChanged => !by_form && finding.spot.sent_page == page,
        _ => false,
    })
}

fn signature(
    ink: &[Ink],
    digital: Vec<DigitalSignature>,
    fields: &BTreeMap<FieldName, Reconciled>,
    sent: &Sent,
    findings: &[Finding],
) -> SignatureSeen {
    let typed = |name: &FieldName| {
        let status = fields.get(name).map(|field| field.status);
        status.is_some_and(|status| !matches!(status, Status::Empty | Status::Unread))
    };
    let seen = [Ink::Present, Ink::Unclear, Ink::Absent].into_iter().find(|one| ink.contains(one));
    let ink = seen.unwrap_or(Ink::NotRead);
    // A signature may have stood in what was lost.
    let lost = |finding: &Finding| matches!(finding.code, Code::SignatureDamaged | Code::CutOff | Code::Repaired);
    let lost = findings.iter().any(lost);
    SignatureSeen {
        by: match ink {
            _ if digital.iter().any(|one| one.kind == SignatureKind::Signature) => SignedBy::Digital,
            Ink::Present => SignedBy::Hand,
            Ink::Absent if !lost => SignedBy::None,
            Ink::Absent | Ink::Unclear | Ink::NotRead => SignedBy::Unread,
        },
        ink,
        typed: sent.fields.iter().any(|f| f.kind == SentKind::Text && !f.read_only && typed(&f.name)),
        digital,
        picture: None,
    }
}

/// What is told of a document that must be signed and is not, or may not be.
fn unsigned(signature: &SignatureSeen, sent: &Sent) -> Option<Finding> {
    let code = match signature.by {
        SignedBy::Hand | SignedBy::Digital => return None,
        SignedBy::None => Code::Unsigned,
        SignedBy::Unread => Code::SignatureUnclear,
    };
    let fields = sent.fields.iter().filter(|field| field.kind == SentKind::Signature).map(|field| &field.name);
    Some(Finding::new(code).of_all(fields))
}

/// Whether a choice was read from paper alone.
fn on_paper(choice: &Reconciled) -> bool {
    choice.layers == [Layer::Paper.name()]
}

/// What an answer on paper must stand up to beside its mark: nothing may be written where another option is commented.
fn of_paper(choice: &mut Reconciled, fields: &BTreeMap<FieldName, Reconciled>, needs: &Needs) -> Option<Finding> {
    if let Some(value) = choice.value.clone() {
        let written = |name: &&FieldName| fields.get(*name).is_some_and(|field| field.status != Status::Empty);
        let others: Vec<&FieldName> = needs.other_comments(&value).filter(written).collect();
        if !others.is_empty() {
            let names: Vec<&str> = others.iter().map(|name| name.as_str()).collect();
            let finding = Finding::new(Code::CommentContradicts).at(choice.spot).of_all(others.iter().copied());
            let finding = finding.detail(format!("{value}, and something in {}", names.join(", ")));
            *choice = reconcile::lowered(std::mem::take(choice));
            return Some(finding);
        }
    }
    None
}

/// A document is an answer when nothing holds it back, its choice is clear, and no field waits for a person or could not be
/// looked at. On paper only the fields that the campaign needs count: people read the others from pictures.
fn outcome(
    choice: &Reconciled,
    fields: &BTreeMap<FieldName, Reconciled>,
    findings: &[Finding],
    needs: &Needs,
) -> Outcome {
    let paper = on_paper(choice);
    let clear = |(name, field): (&FieldName, &Reconciled)| {
        !matches!(field.status, Status::Review | Status::Unread) || paper && !needs.field(name)
    };
    if choice.value.is_some() && fields.iter().all(clear) && !findings.iter().any(Finding::holds_back) {
        Outcome::Answer
    } else {
        Outcome::Review
    }
}
