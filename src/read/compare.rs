//! Is this what was sent? Pages, their content, and everything that was not in what was sent.
//!
//! This version does not look at pixels: where a page's content differs at all, a person looks.

use crate::finding::{Code, Finding};
use crate::geometry::Rect;
use crate::manifest::Sent;
use crate::pdf::facts::{ActiveContent, PdfFacts};

/// Boxes of pages are rewritten with fewer digits, in points.
const CROP_TOLERANCE: f64 = 1.0;

/// Compares a return with what was sent. `pages` tells which sent page (from 1) each page is.
pub fn compare(facts: &PdfFacts, sent: &Sent, pages: &[Option<usize>]) -> Vec<Finding> {
    let mut findings = page_list(sent, pages);
    findings.extend(page_contents(facts, sent, pages));
    findings.extend(annotations(facts, sent, pages));
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
    findings.extend(facts.oddities.iter().map(|oddity| Finding::new(Code::Oddity).detail(oddity.as_str())));
    findings
}

fn page_list(sent: &Sent, pages: &[Option<usize>]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let known: Vec<usize> = pages.iter().flatten().copied().collect();
    let numbers = |pages: Vec<usize>| pages.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let missing: Vec<usize> = (1..=sent.pages.len()).filter(|number| !known.contains(number)).collect();
    if !missing.is_empty() {
        findings.push(Finding::new(Code::PagesMissing).detail(numbers(missing)));
    }
    let unknown = |(at, page): (usize, &Option<usize>)| {
        let twice = page.is_some_and(|number| pages[..at].contains(&Some(number)));
        (page.is_none() || twice).then_some(at + 1)
    };
    let added: Vec<usize> = pages.iter().enumerate().filter_map(unknown).collect();
    if !added.is_empty() {
        findings.push(Finding::new(Code::PagesAdded).detail(numbers(added)));
    }
    if !known.is_sorted() {
        findings.push(Finding::new(Code::PagesReordered).detail(numbers(known)));
    }
    findings
}

/// Programs that fill a form leave the content of its pages as it was (measured on 22 of them); whoever flattens, prints or
/// edits does not.
fn page_contents(facts: &PdfFacts, sent: &Sent, pages: &[Option<usize>]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (at, (page, number)) in facts.pages.iter().zip(pages).enumerate() {
        let Some(sent_page) = number.and_then(|number| sent.pages.get(number - 1)) else { continue };
        if page.content_sha256.as_ref() != Some(&sent_page.content) {
            findings.push(Finding::new(Code::ContentChanged).at(at, None));
        } else if !page.crop.near(&sent_page.crop, CROP_TOLERANCE) {
            findings.push(Finding::new(Code::ContentChanged).detail("the page was cut or enlarged").at(at, None));
        } else if page.rotate != 0 {
            findings.push(Finding::new(Code::Oddity).detail(format!("turned by {} degrees", page.rotate)).at(at, None));
        }
    }
    findings
}

/// Whatever was laid over a page; over a field it may be the answer, and this version does not read it.
fn annotations(facts: &PdfFacts, sent: &Sent, pages: &[Option<usize>]) -> Vec<Finding> {
    let over_field = |page: usize, rect: Option<Rect>| {
        let number = pages.get(page).copied().flatten();
        let mut places = sent.fields.iter().flat_map(|field| &field.places);
        places.any(|place| Some(place.page) == number && rect.is_some_and(|rect| rect.overlap(&place.rect) > 0.0))
    };
    facts
        .annotations
        .iter()
        .map(|annotation| {
            let over = over_field(annotation.page, annotation.rect);
            let code = if over { Code::AnswerInAnnotations } else { Code::ForeignAnnotation };
            Finding::new(code).detail(annotation.subtype.as_str()).at(annotation.page, annotation.rect)
        })
        .collect()
}
