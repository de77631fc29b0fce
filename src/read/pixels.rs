//! The pixel layer: what a person sees. It judges the others: which boxes are marked, and whether something is written.

use super::form::{is_called, on_a_page};
use super::looked::{Looked, LookedPage};
use crate::answer::document::Ink;
use crate::answer::reading::{Doubt, Layer, Reading, Seen};
use crate::ids::PlaceId;
use crate::manifest::{Sent, SentField, SentKind};
use crate::pdf::facts::{FieldFacts, PdfFacts};
use crate::pdf::seen::PlaceSeen;

/// A box with this part of it inked is marked. Measured on 219 returns that 12 programs filled, flattened and printed
/// (November 2026, `inspect --json` over the round trip's files): marks that were drawn cover 0.264 (MuPDF's tick) to 0.467 (the
/// form's own cross), boxes without one 0.000. A hand's thin tick covers about a tenth.
const MARKED: f64 = 0.04;
/// A box with less than this is not: a speck, or what another program's drawing leaves of the frame.
const UNMARKED: f64 = 0.006;
/// Inked pixels, at 100 to the inch, that are writing: a hyphen has about eight, the least of the same returns 37.
const WRITTEN: usize = 5;
/// A page drawn anew must have this part of what was sent, or its boxes are not judged.
const EXPLAINED: f64 = 0.8;
/// Inked pixels that make a signature; an initial has some hundred.
const SIGNED: usize = 40;

/// What the page shows of each field.
pub fn read(looked: &Looked, facts: &PdfFacts, sent: &Sent) -> Vec<Reading> {
    let has_form = facts.fields.iter().any(on_a_page);
    let of_field = |field: &SentField| -> Vec<Reading> {
        let form: Vec<&FieldFacts> = facts.fields.iter().filter(|found| is_called(&found.name, &field.name)).collect();
        // Where the form is there and this field is not, it was cut away: nothing at its place is no evidence of an empty one.
        let gone = has_form && form.is_empty();
        match field.kind {
            SentKind::Choice => choice(looked, facts, &form, field).into_iter().collect(),
            SentKind::Text | SentKind::Multiline => text(looked, facts, &form, field, gone),
            SentKind::Signature => Vec::new(),
        }
    };
    sent.fields.iter().flat_map(of_field).collect()
}

/// Whether something is drawn in a signature field; `None` where nobody could look.
pub fn signature_ink(looked: &Looked, field: &SentField) -> Option<Ink> {
    let (_, seen) = judged(looked, &field.first()?.0)?;
    let text = [&seen.printed, &seen.overlaid].map(|text| text.trim());
    // MuPDF bakes a red tag with this word into every field that is not signed.
    let tag = text.contains(&"SIGN");
    Some(match seen.pixels {
        pixels if pixels < SIGNED || tag => Ink::Absent,
        // A name in letters of a font, or what a signing program left of a signature when the page was drawn anew: no hand's.
        _ if text.iter().any(|text| !text.is_empty()) => Ink::Unclear,
        _ => Ink::Present,
    })
}

/// The marked boxes. `None` when a box was not seen.
fn choice(looked: &Looked, facts: &PdfFacts, form: &[&FieldFacts], field: &SentField) -> Option<Reading> {
    let (mut marks, mut doubt, mut measured) = (Vec::new(), None, Vec::new());
    let mut spot = None;
    for (at, place) in field.places.iter().enumerate() {
        let (page, seen) = judged(looked, &PlaceId { field: field.name.clone(), at })?;
        if page.as_sent && !draws_itself(facts, form) {
            return None;
        }
        spot.get_or_insert(page.spot(place.rect));
        measured.push(format!("{} {:.3}", place.state.as_deref().unwrap_or("–"), seen.ink));
        if seen.ink > UNMARKED {
            marks.extend(place.state.clone());
            if seen.ink < MARKED {
                doubt = Some(Doubt::Faint);
            }
        }
    }
    marks.sort();
    let reading = Reading::new(Layer::Pixels, &field.name, spot?, Seen::Marks(marks));
    Some(reading.raw(format!("inked part: {}", measured.join(", "))).doubted(doubt))
}

fn text(looked: &Looked, facts: &PdfFacts, form: &[&FieldFacts], field: &SentField, gone: bool) -> Vec<Reading> {
    let found = field.first().and_then(|(id, place)| Some((place, judged(looked, &id)?)));
    let Some((place, (page, seen))) = found else { return Vec::new() };
    let reading = |seen| Reading::new(Layer::Pixels, &field.name, page.spot(place.rect), seen);
    // Without an appearance, or where viewers are asked to make one, what is shown is not in the file.
    let in_file = !page.as_sent || draws_itself(facts, form);
    let mut readings = Vec::new();
    if seen.pixels >= WRITTEN {
        readings.push(reading(Seen::Ink).raw(format!("inked pixels: {}", seen.pixels)));
        if in_file && !form.is_empty() && !gone && (page.as_sent || !seen.overlaid.is_empty()) {
            readings.push(reading(Seen::Shown(seen.overlaid.clone())));
        }
    } else if seen.pixels == 0 && in_file && !gone {
        readings.push(reading(Seen::Blank));
    }
    readings
}

/// What was seen at a place, on a page that is known to be the one that was sent.
fn judged<'l>(looked: &'l Looked, place: &PlaceId) -> Option<(&'l LookedPage, &'l PlaceSeen)> {
    let (page, seen) = looked.place(place)?;
    let sure = page.seen.registration.is_some_and(|registration| registration.explained >= EXPLAINED);
    sure.then_some((page, seen))
}

/// Whether what a viewer shows of a field stands in the file: every widget has an appearance, and viewers are not asked to
/// make another.
fn draws_itself(facts: &PdfFacts, form: &[&FieldFacts]) -> bool {
    form.iter().flat_map(|found| &found.widgets).all(|widget| widget.appearance) && !facts.need_appearances
}
