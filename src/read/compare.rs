//! Is this what was sent? Pages, their content, and everything that was not in what was sent.
//!
//! A page that was drawn anew is an edit only where its pixels differ; its text alone proves nothing, since some printers
//! lose letters in it.

use std::collections::BTreeMap;

use super::form::is_called;
use super::looked::{self, LookProblem, Looked, LookedPage};
use super::paper::Papers;
use crate::answer::document::Change;
use crate::finding::{Code, Finding};
use crate::ids::{ReturnedPage, SentPage};
use crate::manifest::{Sent, SentField};
use crate::pages::PageMap;
use crate::pdf::facts::{ActiveContent, PdfFacts};
use crate::pdf::seen::Difference;
use crate::spot::Spot;

/// Boxes of pages are rewritten with fewer digits, in points.
const CROP_TOLERANCE: f64 = 1.0;
/// This much of a page's edge, in points, holds nothing that was sent.
const MARGIN: f64 = 12.0;
/// Differences of one page that are told; a page with more is another page.
const MOST_CHANGES: usize = 12;
/// Words of the pages that signing services append, Swedish and English, in lower case.
const SIGNING_WORDS: &[&str] = &[
    "verifikat",
    "verifiering",
    "signerat",
    "signerad",
    "signatur",
    "underskrift",
    "undertecknat",
    "transaktion",
    "bankid",
    "e-legitimation",
    "ip-adress",
    "tidsstämpel",
    "sha-256",
    "sha-512",
    "signed",
    "signature",
    "certificate",
    "verification",
    "timestamp",
    "transaction",
    "ip address",
];
const SIGNING_WORDS_NEEDED: usize = 4;
/// Letters of a changed text that are told.
const LONGEST_CHANGE: usize = 200;

/// Compares a return with what was sent.
pub fn compare(
    facts: &PdfFacts,
    texts: &BTreeMap<usize, String>,
    sent: &Sent,
    pages: &PageMap,
    looked: &Looked,
    papers: &Papers,
) -> Vec<Finding> {
    let mut findings = page_list(texts, sent, pages);
    match &looked.problem {
        Some(LookProblem::NoOriginal(why)) => findings.push(Finding::new(Code::OriginalMissing).detail(why.as_str())),
        Some(LookProblem::Pdf(problem)) => findings.push(super::problem_finding(problem)),
        None => findings.extend(page_contents(facts, sent, pages, looked, papers)),
    }
    findings.extend(facts.active.iter().map(|active| {
        Finding::new(match active {
            ActiveContent::JavaScript => Code::JavaScript,
            ActiveContent::Xfa => Code::Xfa,
            ActiveContent::Actions => Code::ActiveContent,
            ActiveContent::Layers => Code::HiddenLayer,
        })
    }));
    if facts.byte_range && facts.signatures.is_empty() {
        findings.push(Finding::new(Code::SignatureDamaged).detail("there is a `/ByteRange`, and no field leads to it"));
    }
    if !facts.embedded_files.is_empty() {
        findings.push(Finding::new(Code::EmbeddedFiles).detail(facts.embedded_files.join(", ")));
    }
    if facts.cut_off {
        findings.push(Finding::new(Code::CutOff));
    }
    if facts.repaired {
        findings.push(Finding::new(Code::Repaired));
    }
    findings.extend(facts.contradictions.iter().map(|contradiction| {
        // What is not about one field may be about any of them.
        let about = contradiction.field.as_deref();
        let about = |field: &&SentField| about.is_none_or(|about| is_called(about, &field.name));
        let fields = sent.fields.iter().filter(about).map(|field| &field.name);
        Finding::new(Code::ReadersDiffer).of_all(fields).detail(contradiction.what.as_str())
    }));
    findings.extend(facts.oddities.iter().map(|oddity| Finding::new(Code::Oddity).detail(oddity.as_str())));
    findings
}

fn page_list(texts: &BTreeMap<usize, String>, sent: &Sent, pages: &PageMap) -> Vec<Finding> {
    let mut findings = Vec::new();
    let known = pages.known();
    let all = (0..sent.pages.len()).map(SentPage::at);
    let missing: Vec<SentPage> = all.filter(|page| !known.contains(page)).collect();
    if !missing.is_empty() {
        findings.push(Finding::new(Code::PagesMissing).detail(numbers(&missing)));
    }
    let twice = |page: ReturnedPage, sent_page: SentPage| pages.returned(sent_page) != Some(page);
    let foreign = pages.iter().filter(|(page, sent_page)| sent_page.is_none_or(|sent_page| twice(*page, sent_page)));
    let mut added: Vec<ReturnedPage> =
        foreign.map(|(page, _)| page).filter(|page| !pages.is_elsewhere(*page)).collect();
    let ours = pages.iter().rfind(|(_, sent_page)| sent_page.is_some()).map(|(page, _)| page);
    let telling = |page: &ReturnedPage| ours.is_none_or(|ours| *page > ours) && tells_of_signing(texts, *page);
    let verification: Vec<ReturnedPage> = added.iter().copied().filter(telling).collect();
    added.retain(|page| !verification.contains(page));
    if !verification.is_empty() {
        findings.push(Finding::new(Code::VerificationPage).detail(numbers(&verification)));
    }
    if !added.is_empty() {
        findings.push(Finding::new(Code::PagesAdded).detail(numbers(&added)));
    }
    if !known.is_sorted() {
        findings.push(Finding::new(Code::PagesReordered).detail(numbers(&known)));
    }
    findings
}

/// Whether a page is one that signing services append: it has several of their words.
fn tells_of_signing(texts: &BTreeMap<usize, String>, page: ReturnedPage) -> bool {
    let text = texts.get(&page.index()).map_or("", String::as_str).to_lowercase();
    SIGNING_WORDS.iter().filter(|word| text.contains(*word)).count() >= SIGNING_WORDS_NEEDED
}

/// Programs that fill a form leave the content of its pages as it was (measured on 22 of them); whoever flattens, prints or
/// edits does not, and then what the page shows is compared.
fn page_contents(facts: &PdfFacts, sent: &Sent, pages: &PageMap, looked: &Looked, papers: &Papers) -> Vec<Finding> {
    let mut findings = Vec::new();
    let (mut redrawn, mut other_words) = (Vec::new(), Vec::new());
    for ((page, sent_page), of_page) in pages.iter().zip(&facts.pages) {
        // Pages that are none of ours have been told as added.
        let Some(sent_page) = sent_page.filter(|_| !papers.holds(page)) else { continue };
        let here = |code| Finding::new(code).at(Spot::on(page, Some(sent_page), None));
        let Some(printed) = sent.page(sent_page) else {
            findings.push(here(Code::ContentChanged).detail("there was no such page"));
            continue;
        };
        // What is said of the whole page is said of the fields on it.
        let of_fields = |code| here(code).of_all(sent.fields_on(sent_page).map(|field| &field.name));
        if of_page.content_sha256.as_ref() != Some(&printed.content) {
            match looked.page(page) {
                Some(looked) if looked.seen.registration.is_some() => {
                    findings.extend(drawn_anew(sent, looked));
                    if looked.seen.differences.is_empty() {
                        redrawn.push(sent_page);
                        other_words.extend((!looked.seen.same_words).then_some(sent_page));
                    }
                }
                _ => findings.push(of_fields(Code::NotRegistered)),
            }
        } else if !of_page.crop.near(&printed.crop, CROP_TOLERANCE) {
            let little = of_page.crop.near(&printed.crop, MARGIN);
            // A field may be trusted as long as it is seen whole, with the words that say what it is.
            let seen = |field: &&SentField| {
                let words = looked::with_words(sent, field, sent_page);
                words.is_some_and(|words| words.shared(&of_page.crop).near(&words, CROP_TOLERANCE))
            };
            let unseen = sent.fields_on(sent_page).filter(|field| !seen(field)).map(|field| &field.name);
            let finding = if little { here(Code::Oddity) } else { here(Code::ContentChanged).of_all(unseen) };
            findings.push(finding.detail("the page was cut or enlarged"));
        } else if of_page.rotate != 0 {
            findings.push(here(Code::Oddity).detail(format!("turned by {} degrees", of_page.rotate)));
        }
        if let Some(unit) = of_page.user_unit {
            findings.push(of_fields(Code::ContentChanged).detail(format!("its unit is {unit} times the usual")));
        }
    }
    if !other_words.is_empty() {
        findings.push(Finding::new(Code::TextLayerDiffers).detail(numbers(&other_words)));
    }
    if !redrawn.is_empty() {
        findings.push(Finding::new(Code::Redrawn).detail(numbers(&redrawn)));
    }
    findings
}

/// What is drawn otherwise on a page that was drawn anew. What lies over the words that say what a field is, sends that field
/// to a person: a box's label may have been exchanged.
fn drawn_anew(sent: &Sent, looked: &LookedPage) -> Vec<Finding> {
    let told = looked.seen.differences.iter().take(MOST_CHANGES).map(|difference| {
        let code =
            if difference.margin && difference.was.is_empty() { Code::MarginAdded } else { Code::ContentChanged };
        let over = |field: &&SentField| {
            let words = looked::with_words(sent, field, looked.sent_page);
            words.is_some_and(|words| words.overlap(&difference.rect) > 0.0)
        };
        let fields = sent.fields.iter().filter(over).map(|field| &field.name);
        let finding = Finding::new(code).at(looked.spot(difference.rect)).of_all(fields);
        match (difference.was.as_str(), difference.is.as_str()) {
            (was, is) if was == is => finding,
            (was, is) => finding.detail(format!("{} → {}", one_line(was), one_line(is))),
        }
    });
    told.collect()
}

/// The texts that were exchanged, page by page.
pub fn changes(looked: &Looked) -> Vec<Change> {
    let of_page = |page: &LookedPage| {
        let differing = page.seen.differences.iter().filter(|difference| difference.was != difference.is);
        let change = |difference: &Difference| Change {
            page: page.page,
            sent_page: page.sent_page,
            was: one_line(&difference.was),
            is: one_line(&difference.is),
        };
        differing.take(MOST_CHANGES).map(change).collect::<Vec<_>>()
    };
    looked.pages.iter().flat_map(of_page).collect()
}

fn one_line(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.is_empty() { "–".to_owned() } else { line.chars().take(LONGEST_CHANGE).collect() }
}

fn numbers(pages: &[impl ToString]) -> String {
    pages.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
