//! Is this what was sent? Pages, their content, and everything that was not in what was sent.
//!
//! A page that was drawn anew is an edit only where its pixels differ; its text alone proves nothing, since some printers
//! lose letters in it.

use super::looked::{LookProblem, Looked, LookedPage};
use crate::answer::document::Change;
use crate::finding::{Code, Finding};
use crate::manifest::Sent;
use crate::pdf::facts::{ActiveContent, PdfFacts};
use crate::pdf::seen::Difference;

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

/// Compares a return with what was sent. `pages` tells which sent page (from 1) each page is.
pub fn compare(facts: &PdfFacts, sent: &Sent, pages: &[Option<usize>], looked: &Looked) -> Vec<Finding> {
    let mut findings = page_list(facts, sent, pages);
    match &looked.problem {
        Some(LookProblem::NoOriginal(why)) => findings.push(Finding::new(Code::OriginalMissing).detail(why.as_str())),
        Some(LookProblem::Pdf(problem)) => findings.push(super::problem_finding(problem)),
        None => findings.extend(page_contents(facts, sent, pages, looked)),
    }
    findings.extend(facts.active.iter().map(|active| {
        Finding::new(match active {
            ActiveContent::JavaScript => Code::JavaScript,
            ActiveContent::Xfa => Code::Xfa,
            ActiveContent::Actions => Code::ActiveContent,
            ActiveContent::Layers => Code::HiddenLayer,
        })
    }));
    if !facts.embedded_files.is_empty() {
        findings.push(Finding::new(Code::EmbeddedFiles).detail(facts.embedded_files.join(", ")));
    }
    if facts.repaired {
        findings.push(Finding::new(Code::Repaired));
    }
    findings.extend(facts.contradictions.iter().map(|what| Finding::new(Code::ReadersDiffer).detail(what.as_str())));
    findings.extend(facts.oddities.iter().map(|oddity| Finding::new(Code::Oddity).detail(oddity.as_str())));
    findings
}

fn page_list(facts: &PdfFacts, sent: &Sent, pages: &[Option<usize>]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let known: Vec<usize> = pages.iter().flatten().copied().collect();
    let missing: Vec<usize> = (1..=sent.pages.len()).filter(|number| !known.contains(number)).collect();
    if !missing.is_empty() {
        findings.push(Finding::new(Code::PagesMissing).detail(numbers(&missing)));
    }
    let unknown = |(at, page): (usize, &Option<usize>)| {
        let twice = page.is_some_and(|number| pages[..at].contains(&Some(number)));
        (page.is_none() || twice).then_some(at + 1)
    };
    let mut added: Vec<usize> = pages.iter().enumerate().filter_map(unknown).collect();
    let ours = pages.iter().rposition(Option::is_some).map_or(0, |last| last + 1);
    let telling = |number: &usize| *number > ours && tells_of_signing(facts, *number);
    let verification: Vec<usize> = added.iter().copied().filter(telling).collect();
    added.retain(|number| !verification.contains(number));
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

/// Whether a page, by its number from 1, is one that signing services append: it has several of their words.
fn tells_of_signing(facts: &PdfFacts, number: usize) -> bool {
    let text = facts.pages[number - 1].text.as_deref().unwrap_or_default().to_lowercase();
    SIGNING_WORDS.iter().filter(|word| text.contains(*word)).count() >= SIGNING_WORDS_NEEDED
}

/// Programs that fill a form leave the content of its pages as it was (measured on 22 of them); whoever flattens, prints or
/// edits does not, and then what the page shows is compared.
fn page_contents(facts: &PdfFacts, sent: &Sent, pages: &[Option<usize>], looked: &Looked) -> Vec<Finding> {
    let mut findings = Vec::new();
    let (mut redrawn, mut other_words) = (Vec::new(), Vec::new());
    for (at, (page, number)) in facts.pages.iter().zip(pages).enumerate() {
        // Pages that are none of ours have been told as added.
        let Some(number) = number else { continue };
        let Some(sent_page) = number.checked_sub(1).and_then(|index| sent.pages.get(index)) else {
            findings.push(Finding::new(Code::ContentChanged).detail("there was no such page").at(at, None));
            continue;
        };
        if page.content_sha256.as_ref() != Some(&sent_page.content) {
            match looked.pages.iter().find(|page| page.seen.page == at) {
                Some(looked) => findings.extend(drawn_anew(at, looked, &mut redrawn, &mut other_words)),
                None => findings.push(Finding::new(Code::NotRegistered).at(at, None)),
            }
        } else if !page.crop.near(&sent_page.crop, CROP_TOLERANCE) {
            let code = if page.crop.near(&sent_page.crop, MARGIN) { Code::Oddity } else { Code::ContentChanged };
            findings.push(Finding::new(code).detail("the page was cut or enlarged").at(at, None));
        } else if page.rotate != 0 {
            findings.push(Finding::new(Code::Oddity).detail(format!("turned by {} degrees", page.rotate)).at(at, None));
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

/// What is to be said of a page that was drawn anew.
fn drawn_anew(at: usize, looked: &LookedPage, redrawn: &mut Vec<usize>, other_words: &mut Vec<usize>) -> Vec<Finding> {
    let seen = &looked.seen;
    if seen.registration.is_none() {
        return vec![Finding::new(Code::NotRegistered).at(at, None)];
    }
    if seen.differences.is_empty() {
        redrawn.push(looked.number);
        if !seen.same_words {
            other_words.push(looked.number);
        }
        return Vec::new();
    }
    let told = seen.differences.iter().take(MOST_CHANGES).map(|difference| {
        let code =
            if difference.margin && difference.was.is_empty() { Code::MarginAdded } else { Code::ContentChanged };
        let finding = Finding::new(code).at(at, Some(difference.rect));
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
            page: page.number,
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

fn numbers(pages: &[usize]) -> String {
    pages.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
