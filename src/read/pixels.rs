//! The pixel layer: what a person sees. It judges the others: which boxes are marked, and whether something is written.

use super::looked::Looked;
use crate::answer::reading::{Layer, Reading, Seen};
use crate::manifest::{Sent, SentField, SentKind, SentPlace};
use crate::pdf::facts::PdfFacts;
use crate::pdf::seen::PlaceSeen;

use super::form::is_called;

/// A box with this part of it inked is marked; a thin tick covers about a tenth.
const MARKED: f64 = 0.04;
/// A box with less than this is not.
const UNMARKED: f64 = 0.006;
/// Inked pixels, at 100 to the inch, that are writing: a hyphen has about eight.
const WRITTEN: usize = 5;
/// A page drawn anew must have this part of what was sent, or its boxes are not judged.
const EXPLAINED: f64 = 0.8;
/// Inked pixels that make a signature; an initial has some hundred.
const SIGNED: usize = 40;

/// What the page shows of each field.
pub fn read(looked: &Looked, facts: &PdfFacts, sent: &Sent) -> Vec<Reading> {
    let of_field = |field: &SentField| {
        let reading = |seen, clear| Reading { field: field.name.clone(), layer: Layer::Pixels, seen, clear };
        let readings: Vec<Reading> = match field.kind {
            SentKind::Choice => choice(looked, facts, sent, field)
                .map(|(marks, clear)| reading(Seen::Marks(marks), clear))
                .into_iter()
                .collect(),
            SentKind::Text | SentKind::Multiline => {
                let seen = text(looked, facts, sent, field).into_iter().chain(shown(looked, sent, field));
                seen.map(|seen| reading(seen, true)).collect()
            }
            SentKind::Signature => Vec::new(),
        };
        readings
    };
    sent.fields.iter().flat_map(of_field).collect()
}

/// The text that a field's appearance draws.
fn shown(looked: &Looked, sent: &Sent, field: &SentField) -> Option<Seen> {
    let (_, seen) = judged(looked, sent, field.places.first()?)?;
    (!seen.overlaid.is_empty()).then(|| Seen::Shown(seen.overlaid.clone()))
}

/// Whether something is drawn in a signature field; `None` where nobody could look.
pub fn signature_ink(looked: &Looked, sent: &Sent, field: &SentField) -> Option<bool> {
    let (_, seen) = judged(looked, sent, field.places.first()?)?;
    // MuPDF bakes a red tag with this word into every field that is not signed.
    let tag = [&seen.printed, &seen.overlaid].iter().any(|text| text.trim() == "SIGN");
    Some(seen.pixels >= SIGNED && !tag)
}

/// The marked boxes, and whether all of them are clear. `None` when a box was not seen.
fn choice(looked: &Looked, facts: &PdfFacts, sent: &Sent, field: &SentField) -> Option<(Vec<String>, bool)> {
    let (mut marks, mut clear) = (Vec::new(), true);
    for place in &field.places {
        let (as_sent, seen) = judged(looked, sent, place)?;
        if as_sent && !has_appearance(facts, field) {
            return None;
        }
        if seen.ink > UNMARKED {
            marks.extend(place.state.clone());
            clear &= seen.ink >= MARKED;
        }
    }
    marks.sort();
    Some((marks, clear))
}

fn text(looked: &Looked, facts: &PdfFacts, sent: &Sent, field: &SentField) -> Option<Seen> {
    let (as_sent, seen) = judged(looked, sent, field.places.first()?)?;
    if seen.pixels >= WRITTEN {
        return Some(Seen::Ink);
    }
    // Without an appearance, or where viewers are asked to make one, what is shown is not in the file.
    let in_file = !as_sent || has_appearance(facts, field) && !facts.need_appearances;
    (seen.pixels == 0 && in_file).then_some(Seen::Blank)
}

/// What was seen at a place, on a page that is known to be the one that was sent.
fn judged<'l>(looked: &'l Looked, sent: &Sent, place: &SentPlace) -> Option<(bool, &'l PlaceSeen)> {
    let (page, seen) = looked.place(sent, place)?;
    let sure = page.seen.registration.is_some_and(|registration| registration.explained >= EXPLAINED);
    sure.then_some((page.as_sent, seen))
}

/// Whether every widget of a field has an appearance; viewers draw a field without one by themselves.
fn has_appearance(facts: &PdfFacts, field: &SentField) -> bool {
    let mut widgets =
        facts.fields.iter().filter(|found| is_called(&found.name, &field.name)).flat_map(|found| &found.widgets);
    widgets.all(|widget| widget.appearance)
}
