//! Reads one return: a file in, [`Evidence`] of each document in it out.
//!
//! ```text
//! facts ──┬─ identify (whose is it, which page is which?), names ──┐
//!         ├─ form (layer: what do the fields say?) ────────────────┤
//!         ├─ annotations (layer: what was laid over it?) ──────────┤
//! paper ──┼─ marked (layer: what did a hand leave on paper?) ──────┤
//! looked ─┼─ printed (layer: what text was printed?) ──────────────┼─▶ Evidence: readings, findings, pictures
//!         ├─ pixels (layer: what does a person see?) ──────────────┤
//!         └─ compare (is it what was sent?) ───────────────────────┘
//! ```
//!
//! Each part looks at the facts on its own and knows no other; what they say together is decided in `answer`. The manifest
//! says where fields are and what was offered; the returned file is never trusted with that. `recognise` may add suggestions
//! afterwards, where they are wanted.

mod annotations;
mod compare;
mod form;
mod identify;
mod looked;
mod marked;
mod names;
mod paper;
mod piles;
mod pixels;
mod printed;
pub mod recognise;
mod revisions;
mod suggest;
pub mod trust;

use std::collections::{BTreeMap, BTreeSet};

use crate::answer::document::{Identity, IdentityStatus};
use crate::answer::evidence::{DeclarationSeen, Evidence, SignatureEvidence, Source, Subject};
use crate::answer::reading::Reading;
use crate::finding::{Code, Finding};
use crate::ids::ReturnedPage;
use crate::inbox::{Content, Format, MAX_BYTES, Parcel};
use crate::manifest::{Manifest, Sent, SentKind};
use crate::pages::PageMap;
use crate::pdf::facts::{PageTexts, PdfFacts, PdfProblem};
use crate::pdf::seen::SheetFound;
use crate::pdf::worker::{Failure, Pool, Session, WorkerError};
use crate::token::CampaignKey;
use crate::workspace::Workspace;
use looked::Looked;
use paper::Papers;
use piles::Pile;

/// Everything that returns are read against.
pub struct Campaigner<'a> {
    pub manifest: &'a Manifest,
    pub key: &'a CampaignKey,
    /// Where the declarations stand as they were sent.
    pub workspace: &'a Workspace,
}

/// What is wanted beside the readings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pictures {
    None,
    /// What a person should see of each field.
    Fields,
    /// What was compared on each page that was looked at.
    Pages,
}

/// Reads one file in a worker process: what was seen of each document in it, at least one.
///
/// # Errors
/// When the workers do not work; what is wrong with a file is a finding.
pub fn read(
    parcel: &Parcel,
    against: &Campaigner<'_>,
    pool: &Pool,
    pictures: Pictures,
) -> Result<Vec<Evidence>, WorkerError> {
    let unreadable = |finding: Finding| ("other", vec![Part::whole(Subject::Unreadable, vec![finding])]);
    let mut facts = None;
    let (kind, parts) = match &parcel.content {
        Content::Document { bytes, format, wrong_extension } => {
            let mut parts;
            (parts, facts) = of_bytes(bytes, against, pool, pictures)?;
            if *wrong_extension {
                let told = Finding::new(Code::WrongExtension).detail(format.name());
                parts.iter_mut().for_each(|part| part.findings.push(told.clone()));
            }
            (if *format == Format::Pdf { "pdf" } else { "picture" }, parts)
        }
        Content::Unsupported(kind) => unreadable(Finding::new(Code::NotReadableYet).detail(*kind)),
        Content::Container(kind) => {
            let finding = Finding::new(Code::NotReadableYet).detail(format!("{kind} with a PDF in it"));
            ("other", vec![Part::whole(Subject::Unknown(Identity::default()), vec![finding])])
        }
        Content::Unknown(why) => unreadable(Finding::new(Code::NotAPdf).detail(why.as_str())),
        Content::TooLarge(size) => {
            let detail = format!("{} MB, and at most {} MB are read", size / 1_000_000, MAX_BYTES / 1_000_000);
            unreadable(Finding::new(Code::TooLarge).detail(detail))
        }
        Content::Unreadable(why) => unreadable(Finding::new(Code::Unreadable).detail(why.as_str())),
    };
    let source = |part: Option<String>| Source { path: parcel.path.clone(), part, sha256: parcel.sha256.clone(), kind };
    let mut all: Vec<Evidence> = parts.into_iter().map(|part| part.evidence(&source)).collect();
    if let ([only], Some(facts), Content::Document { bytes, .. }) = (&mut all[..], facts, &parcel.content)
        && let Subject::Declaration(seen) = &mut only.subject
    {
        seen.signature.revisions = revisions::read(bytes, &facts, &source, against, pool)?;
    }
    Ok(all)
}

/// What was seen in a file's bytes, and its facts where it can be opened.
fn of_bytes(
    bytes: &[u8],
    against: &Campaigner<'_>,
    pool: &Pool,
    pictures: Pictures,
) -> Result<(Vec<Part>, Option<PdfFacts>), WorkerError> {
    let mut file = pool.open(bytes);
    match file.facts() {
        Ok(facts) => Ok((of_pdf(&mut file, &facts, against, pictures)?, Some(facts))),
        Err(Failure::File(problem)) => {
            Ok((vec![Part::whole(Subject::Unreadable, vec![problem_finding(&problem)])], None))
        }
        Err(Failure::Worker(error)) => Err(error),
    }
}

/// One document in a file.
struct Part {
    /// `None` when the file is the document.
    name: Option<String>,
    subject: Subject,
    findings: Vec<Finding>,
}

impl Part {
    fn whole(subject: Subject, findings: Vec<Finding>) -> Self {
        Part { name: None, subject, findings }
    }

    fn evidence(self, source: &dyn Fn(Option<String>) -> Source) -> Evidence {
        Evidence { source: source(self.name), findings: self.findings, subject: self.subject }
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

/// What a PDF says, and what its pages show, as evidence of each document in it.
fn of_pdf(
    file: &mut Session<'_, '_>,
    facts: &PdfFacts,
    against: &Campaigner<'_>,
    pictures: Pictures,
) -> Result<Vec<Part>, WorkerError> {
    let unknown = unknown_pages(facts, against);
    let PageTexts { texts, oddities } = match unknown.clone() {
        pages if pages.is_empty() => PageTexts::default(),
        pages => match file.texts(pages) {
            Ok(texts) => texts,
            Err(Failure::File(problem)) => {
                return Ok(vec![Part::whole(Subject::Unreadable, vec![problem_finding(&problem)])]);
            }
            Err(Failure::Worker(error)) => return Err(error),
        },
    };
    let mut told: Vec<Finding> = oddities.into_iter().map(|oddity| Finding::new(Code::Oddity).detail(oddity)).collect();
    let sheets = match paper::find(file, &unknown)? {
        Ok(sheets) => sheets,
        // What stands in the file can be read all the same; that its pictures could not be looked at holds it back.
        Err(problem) => {
            told.insert(0, problem_finding(&problem));
            Vec::new()
        }
    };
    let piles = piles::apart(facts, &texts, &sheets, against);
    if piles.is_empty() {
        let (subject, findings) = document(file, (facts, &texts, &sheets), None, told, against, pictures)?;
        return Ok(vec![Part::whole(subject, findings)]);
    }
    let mut parts = Vec::new();
    for pile in &piles {
        let texts = texts.iter().filter(|(page, _)| pile.contains(page)).map(|(page, text)| (*page, text.clone()));
        let sheets: Vec<SheetFound> = sheets.iter().filter(|sheet| pile.contains(&sheet.page)).cloned().collect();
        let seen = (facts, &texts.collect(), &*sheets);
        let (subject, findings) = document(file, seen, Some(pile), told.clone(), against, pictures)?;
        parts.push(Part { name: Some(piles::name(pile)), subject, findings });
    }
    Ok(parts)
}

/// What is known of a file: its facts, the texts of its pages, and the pages that are pictures.
type Known<'k> = (&'k PdfFacts, &'k BTreeMap<usize, String>, &'k [SheetFound]);

/// One document of a file: all of it, or the pages of a pile. `told` was found about the file as a whole.
fn document(
    file: &mut Session<'_, '_>,
    (facts, texts, sheets): Known<'_>,
    pile: Option<&Pile>,
    told: Vec<Finding>,
    against: &Campaigner<'_>,
    pictures: Pictures,
) -> Result<(Subject, Vec<Finding>), WorkerError> {
    let identified = identify::identify(facts, texts, sheets, against);
    let (identity, mut findings) = (identified.identity, identified.findings);
    let elsewhere = |page: &usize| pile.is_some_and(|pile| !pile.contains(page));
    let others = (0..facts.pages.len()).filter(elsewhere).map(ReturnedPage::at).collect();
    let pages = identified.pages.without(others);
    findings.extend(told);
    let sent = identified.recipient.as_deref().and_then(|code| against.manifest.sent_to(code));
    let Some(sent) = sent else {
        let told = |finding: &Finding| finding.code != Code::NotADeclaration && finding.holds_back();
        let foreign = findings.iter().any(|finding| told(finding) || finding.detail.is_some() && finding.holds_back());
        if identity.status == IdentityStatus::Unknown && !foreign && !sheets.is_empty() {
            findings.retain(|finding| finding.code != Code::NotADeclaration);
            let suggested = suggest::findings(file, sheets, &pages, against)?;
            let nothing = suggested.is_empty().then(paper_of_nobody);
            findings.extend(suggested.into_iter().chain(nothing));
            let identity = Identity { status: IdentityStatus::Unverified, ..identity };
            return Ok((Subject::Unknown(identity), findings));
        }
        // Another campaign's document has been told as such.
        let nothing_known = findings.iter().all(|finding| finding.detail.is_none());
        if identity.status == IdentityStatus::Unknown && nothing_known && looked::resembles(file, facts, against)? {
            // Its text tells nothing, and its pages show our form.
            findings = vec![Finding::new(Code::IdentityUnverified).detail("a page looks like the form")];
            let identity = Identity { status: IdentityStatus::Unverified, ..identity };
            return Ok((Subject::Unknown(identity), findings));
        }
        return Ok((Subject::Unknown(identity), findings));
    };
    let (facts, renamed) = names::recognise(facts, sent, &pages);
    let facts = facts.as_ref();
    findings.extend(renamed);
    findings.extend(suggest::findings(file, sheets, &pages, against)?);
    // A picture that only shows our code is paper, and need not be drawn to find that out.
    let usable = sheets.iter().filter(|sheet| sheet.unusable.is_none() && !paper::from_our_file(&identity));
    let on_paper: Vec<usize> = usable.map(|sheet| sheet.page).collect();
    let looked = Looked::look(file, facts, (sent, &pages), &on_paper, against, pictures)?;
    let papers = Papers::look(file, sheets, (sent, &identity), &pages, &looked, against, pictures)?;
    let looked = looked.without(|page| papers.holds(page));
    let pages = pages.laid(looked.laid());
    findings.extend(compare::compare(facts, texts, sent, &pages, &looked, &papers));
    findings.extend(papers.findings(sent));
    let layers = layers(facts, sent, &pages, &looked, &papers);
    findings.extend(layers.findings);
    let seen = DeclarationSeen {
        identity,
        recipient: sent.recipient.clone(),
        readings: layers.readings,
        signature: signature(&layers.signed, facts, sent, &looked, &papers),
        changes: compare::changes(&looked),
        pages,
        drawn: {
            let mut drawn = looked.pictures();
            drawn.fields.extend(papers.crops());
            drawn
        },
    };
    Ok((Subject::Declaration(Box::new(seen)), findings))
}

/// Paper whose code cannot be read may be anybody's, and is for a person to look at.
fn paper_of_nobody() -> Finding {
    Finding::new(Code::IdentityUnverified).detail("a picture of paper without a code that can be read")
}

/// The pages whose text must be read: those that are not drawn exactly as one that was sent. Pages with fields come first.
fn unknown_pages(facts: &PdfFacts, against: &Campaigner<'_>) -> Vec<usize> {
    let with_fields: BTreeSet<usize> =
        facts.fields.iter().flat_map(|field| &field.widgets).filter_map(|widget| widget.page).collect();
    let known =
        |content: Option<&String>| content.is_some_and(|content| against.manifest.page_drawn(content).is_some());
    let mut pages: Vec<usize> =
        (0..facts.pages.len()).filter(|page| !known(facts.pages[*page].content_sha256.as_ref())).collect();
    pages.sort_by_key(|page| (!with_fields.contains(page), *page));
    pages
}

/// What all layers give.
struct Layers {
    readings: Vec<Reading>,
    findings: Vec<Finding>,
    signed: Vec<String>,
}

fn layers(facts: &PdfFacts, sent: &Sent, pages: &PageMap, looked: &Looked, papers: &Papers) -> Layers {
    let form = form::read(facts, sent, pages);
    let (laid_over, laid_over_findings) = annotations::read(facts, sent, pages);
    let (printed, printed_findings) = printed::read(looked, sent);
    let mut layers = Layers { readings: form.readings, findings: form.findings, signed: form.signed };
    layers.readings.extend(
        laid_over.into_iter().chain(printed).chain(pixels::read(looked, facts, sent)).chain(marked::read(papers, sent)),
    );
    layers.findings.extend(laid_over_findings.into_iter().chain(printed_findings));
    let on_paper = pages.iter().any(|(page, _)| papers.holds(page));
    let anything = form.found || on_paper || looked.pages.iter().any(|page| page.seen.registration.is_some());
    if !anything {
        let detail = "the form's fields are gone, and its page could not be compared with the one that was sent";
        layers.findings.push(Finding::new(Code::NotReadableYet).detail(detail));
    }
    layers
}

fn signature(signed: &[String], facts: &PdfFacts, sent: &Sent, looked: &Looked, papers: &Papers) -> SignatureEvidence {
    let fields = sent.fields.iter().filter(|field| field.kind == SentKind::Signature);
    // What a signing program draws is no ink.
    let by_hand = fields.filter(|field| !signed.iter().any(|name| form::is_called(name, &field.name)));
    let of_field = |field| pixels::signature_ink(looked, field).or_else(|| marked::signature(papers, field));
    let ink = by_hand.filter_map(of_field).collect();
    SignatureEvidence { ink, digital: facts.signatures.clone(), revisions: Vec::new() }
}
