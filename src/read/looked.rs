//! Which pages are looked at, and what was seen there, put beside the fields that were sent.
//!
//! A page whose content is the one that was sent is looked at only where it has fields. A page that was drawn anew is laid
//! over the same page of the declaration as it was sent, whole.

use super::Campaigner;
use crate::geometry::Rect;
use crate::manifest::{Sent, SentField, SentKind, SentPlace};
use crate::pdf::facts::{PdfFacts, PdfProblem};
use crate::pdf::seen::{LookAsk, PageAsk, PageSeen, PlaceSeen};
use crate::pdf::worker::{Failure, Session, WorkerError};
use crate::token;

/// What surrounds a field in its picture, and how far the words beside a box reach, in points.
const AROUND: f64 = 10.0;
const WORDS: f64 = 480.0;

/// What was asked and what was seen.
#[derive(Debug, Default)]
pub struct Looked {
    pub pages: Vec<LookedPage>,
    /// Why nothing was seen, when something should have been.
    pub problem: Option<LookProblem>,
}

#[derive(Debug)]
pub enum LookProblem {
    /// The declaration as it was sent is not there, or is another than the one that was sent.
    NoOriginal(String),
    Pdf(PdfProblem),
}

#[derive(Debug)]
pub struct LookedPage {
    /// Page number from 1 of what was sent.
    pub number: usize,
    /// Whether its content is the one that was sent.
    pub as_sent: bool,
    pub seen: PageSeen,
}

/// A page that is to be looked at.
struct Wanted {
    number: usize,
    as_sent: bool,
    ask: PageAsk,
}

impl Looked {
    /// Looks at the pages of a return. `pages` tells which sent page (from 1) each page is.
    ///
    /// # Errors
    /// When the workers do not work; what is wrong with the file is the `problem`.
    pub fn look(
        file: &mut Session<'_, '_>,
        facts: &PdfFacts,
        sent: &Sent,
        pages: &[Option<usize>],
        against: &Campaigner<'_>,
        pictures: bool,
    ) -> Result<Self, WorkerError> {
        let mut wanted = wanted(facts, sent, pages);
        if pictures {
            for page in &mut wanted {
                page.ask.pictures = pictured(sent, page.number).map(|(_, rect)| rect).collect();
            }
        }
        if wanted.is_empty() {
            return Ok(Looked::default());
        }
        let mut problem = None;
        let mut original = Vec::new();
        if wanted.iter().any(|page| !page.as_sent) {
            match original_of(sent, against) {
                Ok(bytes) => original = bytes,
                Err(why) => problem = Some(LookProblem::NoOriginal(why)),
            }
        }
        let wanted: Vec<Wanted> = wanted.into_iter().filter(|page| page.as_sent || !original.is_empty()).collect();
        let ask = LookAsk { pages: wanted.iter().map(|page| page.ask.clone()).collect() };
        Ok(match file.look(&original, &ask) {
            Ok(seen) => {
                let page = |seen: PageSeen| {
                    let asked = wanted.iter().find(|page| page.ask.page == seen.page)?;
                    Some(LookedPage { number: asked.number, as_sent: asked.as_sent, seen })
                };
                Looked { pages: seen.into_iter().filter_map(page).collect(), problem }
            }
            Err(Failure::File(problem)) => Looked { pages: Vec::new(), problem: Some(LookProblem::Pdf(problem)) },
            Err(Failure::Worker(error)) => return Err(error),
        })
    }

    /// The picture of a field as PNG, if pictures were asked for and it could be drawn.
    pub fn picture(&self, sent: &Sent, field: &SentField) -> Option<&[u8]> {
        let number = field.places.first()?.page;
        let page = self.pages.iter().find(|page| page.number == number)?;
        let at = pictured(sent, number).position(|(other, _)| std::ptr::eq(other, field))?;
        page.seen.pictures.get(at).map(|picture| picture.0.as_slice()).filter(|picture| !picture.is_empty())
    }

    /// What was seen at a place, on a page that could be laid over what was sent.
    pub fn place(&self, sent: &Sent, place: &SentPlace) -> Option<(&LookedPage, &PlaceSeen)> {
        let page = self.pages.iter().find(|page| page.number == place.page)?;
        page.seen.registration?;
        let at = places(sent, place.page).position(|(_, other)| std::ptr::eq(other, place))?;
        Some((page, page.seen.places.get(at)?))
    }
}

/// What a person is shown of each field that begins on a page: all its places there, with the words beside them.
fn pictured(sent: &Sent, number: usize) -> impl Iterator<Item = (&SentField, Rect)> {
    let crop = number.checked_sub(1).and_then(|index| sent.pages.get(index)).map(|page| page.crop);
    let fields = sent.fields.iter().filter(|field| !field.read_only);
    fields.filter_map(move |field| {
        let crop = crop?;
        let here = field.places.iter().filter(|place| place.page == number).map(|place| place.rect);
        let around = here.reduce(|a, b| a.around(&b))?;
        // The words that say what a box means stand to its right.
        let right = if field.kind == SentKind::Choice { WORDS } else { AROUND };
        let grown = Rect::new(around.x0 - AROUND, around.y0 - AROUND, around.x1 + right, around.y1 + AROUND);
        Some((field, grown.shared(&crop)))
    })
}

/// The places of a page, in the order they are asked for.
fn places(sent: &Sent, number: usize) -> impl Iterator<Item = (&SentField, &SentPlace)> {
    let of_field = |field| -> Vec<(&SentField, &SentPlace)> {
        let field: &SentField = field;
        field.places.iter().map(|place| (field, place)).collect()
    };
    sent.fields.iter().flat_map(of_field).filter(move |(_, place)| place.page == number)
}

fn wanted(facts: &PdfFacts, sent: &Sent, pages: &[Option<usize>]) -> Vec<Wanted> {
    let mut wanted: Vec<Wanted> = Vec::new();
    for (at, (page, number)) in facts.pages.iter().zip(pages).enumerate() {
        let Some(number) = *number else { continue };
        let Some(sent_page) = number.checked_sub(1).and_then(|index| sent.pages.get(index)) else { continue };
        let as_sent = page.content_sha256.as_ref() == Some(&sent_page.content);
        let here: Vec<_> = places(sent, number).map(|(_, place)| place.rect).collect();
        let twice = wanted.iter().any(|other| other.number == number);
        if twice || as_sent && here.is_empty() {
            continue;
        }
        let original = (!as_sent).then_some(number - 1);
        let ask = PageAsk { page: at, original, crop: sent_page.crop, places: here, pictures: Vec::new() };
        wanted.push(Wanted { number, as_sent, ask });
    }
    wanted
}

/// The declaration as it was sent, if it still is.
fn original_of(sent: &Sent, against: &Campaigner<'_>) -> Result<Vec<u8>, String> {
    let bytes = against.workspace.read(&sent.file).map_err(|_| format!("`{}` is missing", sent.file))?;
    if token::sha256(&bytes) == sent.sha256 {
        Ok(bytes)
    } else {
        Err(format!("`{}` is not the one that was sent", sent.file))
    }
}
