//! The annotation layer: answers laid over the page instead of put into its fields. Text typed on a field's place is that
//! field's reading; a cross, a tick or a stroke on a box is a mark.

use unicode_normalization::UnicodeNormalization;

use super::form::is_suspicious;
use crate::answer::reading::{Doubt, Layer, Reading, Seen};
use crate::finding::{Code, Finding};
use crate::geometry::Rect;
use crate::ids::{ReturnedPage, SentPage};
use crate::manifest::{Sent, SentField, SentKind, SentPlace};
use crate::pages::PageMap;
use crate::pdf::facts::{AnnotationFacts, PdfFacts};
use crate::spot::Spot;

/// Annotations that a person draws or types (ISO 32000-2 table 171).
const WRITTEN: &[&str] =
    &["FreeText", "Ink", "Stamp", "Line", "Square", "Circle", "Polygon", "PolyLine", "Highlight", "Underline"];
/// How far from a box, in parts of its side, the middle of a mark may lie: hands are not exact.
const BESIDE: f64 = 0.5;
/// A mark on a box is at most this many times as long as the box.
const LARGE: f64 = 4.0;

/// What the annotations say, and a finding for each. Only those on pages whose content is as it was sent have places that
/// can be trusted.
pub fn read(facts: &PdfFacts, sent: &Sent, pages: &PageMap) -> (Vec<Reading>, Vec<Finding>) {
    let (mut readings, mut findings) = (Vec::new(), Vec::new());
    let mut marks: Vec<(&SentField, String, bool, Spot)> = Vec::new();
    for annotation in &facts.annotations {
        let page = ReturnedPage::at(annotation.page);
        let sent_page = pages.sent(page);
        let printed = sent_page.and_then(|sent_page| sent.page(sent_page)).map(|printed| &printed.content);
        let as_sent = printed.is_some() && printed == facts.pages[annotation.page].content_sha256.as_ref();
        let target = sent_page.filter(|_| as_sent).and_then(|sent_page| target(annotation, sent, sent_page));
        let code = if target.is_some() { Code::AnswerInAnnotations } else { Code::ForeignAnnotation };
        let spot = Spot::on(page, sent_page, annotation.rect.filter(|_| as_sent));
        let finding = Finding::new(code).detail(annotation.subtype.as_str()).at(spot);
        findings.push(match target {
            Some((field, ..)) => finding.of(&field.name),
            None => finding,
        });
        let Some((field, place, clear)) = target else { continue };
        match (field.kind, &place.state) {
            (SentKind::Choice, Some(state)) => marks.push((field, state.clone(), clear, spot)),
            (SentKind::Text | SentKind::Multiline, _) => readings.extend(typed(annotation, field, clear, spot)),
            _ => {}
        }
    }
    for (field, _, _, spot) in &marks {
        if readings.iter().any(|reading: &Reading| reading.field == field.name) {
            continue;
        }
        let own = marks.iter().filter(|(other, ..)| other.name == field.name);
        let mut states: Vec<String> = own.clone().map(|(_, state, ..)| state.clone()).collect();
        states.sort();
        states.dedup();
        let clear = own.clone().all(|(_, _, clear, _)| *clear);
        readings.push(reading(field, Seen::Marks(states), *spot).doubted(beside(clear)));
    }
    (readings, findings)
}

fn beside(clear: bool) -> Option<Doubt> {
    (!clear).then_some(Doubt::BesideThePlace)
}

/// The field that an annotation belongs to, and whether that is beyond doubt. `None` when it lies over no field.
fn target<'s>(
    annotation: &AnnotationFacts,
    sent: &'s Sent,
    page: SentPage,
) -> Option<(&'s SentField, &'s SentPlace, bool)> {
    let rect = annotation.rect.filter(|_| WRITTEN.contains(&annotation.subtype.as_str()))?;
    let places = sent.fields.iter().flat_map(|field| field.places.iter().map(move |place| (field, place)));
    let mut near: Vec<_> = places
        .filter(|(field, place)| place.page == page && field.kind != SentKind::Signature)
        .filter(|(_, place)| rect.overlap(&reach(place)) > 0.0)
        .collect();
    near.sort_by(|a, b| rect.overlap(&reach(b.1)).total_cmp(&rect.overlap(&reach(a.1))));
    let (field, place) = *near.first()?;
    let (x, y) = ((rect.x0 + rect.x1) / 2.0, (rect.y0 + rect.y1) / 2.0);
    let reach = reach(place);
    let inside = (reach.x0..=reach.x1).contains(&x) && (reach.y0..=reach.y1).contains(&y);
    // Text lines up with its first letters, however long its box is.
    let begins = field.kind != SentKind::Choice && (reach.x0..=reach.x1).contains(&rect.x0);
    let fits = field.kind != SentKind::Choice || rect.width().max(rect.height()) <= LARGE * place.rect.width();
    Some((field, place, near.len() == 1 && fits && (inside || begins)))
}

/// Where a mark for a place may have its middle.
fn reach(place: &SentPlace) -> Rect {
    let by = if place.state.is_some() { BESIDE * place.rect.width() } else { 0.0 };
    let rect = place.rect;
    Rect { x0: rect.x0 - by, y0: rect.y0 - by, x1: rect.x1 + by, y1: rect.y1 + by }
}

fn typed(annotation: &AnnotationFacts, field: &SentField, clear: bool, spot: Spot) -> Option<Reading> {
    if annotation.subtype != "FreeText" {
        return None;
    }
    let raw = annotation.contents.as_deref()?;
    let text: String = raw.nfc().collect();
    let text = text.replace("\r\n", "\n").replace('\r', "\n").trim().to_owned();
    let doubt = beside(clear).or_else(|| text.chars().any(is_suspicious).then_some(Doubt::Suspicious));
    (!text.is_empty()).then(|| reading(field, Seen::Text(text), spot).doubted(doubt))
}

fn reading(field: &SentField, seen: Seen, spot: Spot) -> Reading {
    Reading::new(Layer::Annotations, &field.name, spot, seen)
}
