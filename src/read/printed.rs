//! The printed-text layer: values that are no longer fields but text of the page, as flattening and printing leave them.

use unicode_normalization::UnicodeNormalization;

use super::form::{is_suspicious, same_words};
use super::looked::Looked;
use crate::answer::reading::{Layer, Reading, Seen};
use crate::finding::{Code, Finding};
use crate::manifest::{Sent, SentField, SentKind};

/// What stands printed in each field's place.
pub fn read(looked: &Looked, sent: &Sent) -> (Vec<Reading>, Vec<Finding>) {
    let (mut readings, mut findings) = (Vec::new(), Vec::new());
    for field in &sent.fields {
        match field.kind {
            SentKind::Choice => readings.extend(choice(looked, sent, field)),
            SentKind::Text | SentKind::Multiline => {
                let (mut own, finding) = text(looked, sent, field);
                readings.append(&mut own);
                findings.extend(finding);
            }
            SentKind::Signature => {}
        }
    }
    (readings, findings)
}

/// Boxes that a printed character stands in: a tick in whatever font.
fn choice(looked: &Looked, sent: &Sent, field: &SentField) -> Option<Reading> {
    let marked = |place: &&crate::manifest::SentPlace| {
        looked.place(sent, place).is_some_and(|(_, seen)| !seen.printed.trim().is_empty())
    };
    let mut marks: Vec<String> = field.places.iter().filter(marked).filter_map(|place| place.state.clone()).collect();
    marks.sort();
    // No character is no evidence: a tick can be a path or a picture.
    (!marks.is_empty()).then(|| reading(field, Layer::Text, Seen::Marks(marks), true))
}

fn text(looked: &Looked, sent: &Sent, field: &SentField) -> (Vec<Reading>, Option<Finding>) {
    let seen = field.places.first().and_then(|place| looked.place(sent, place));
    let Some((page, seen)) = seen else { return (Vec::new(), None) };
    let text: String = seen.printed.nfc().collect::<String>().trim().to_owned();
    if text.is_empty() {
        return (Vec::new(), None);
    }
    // Where the page's own words come out wrong, or some do not come out at all, so may these.
    let unreliable = (page.seen.font_missing || !page.seen.same_words) && !seen.confirmed;
    let suspicious = unreliable || seen.cut || text.chars().any(|c| is_suspicious(c) || is_unknown(c));
    let wrong = field.read_only && !same_words(&text, field.value.as_deref().unwrap_or_default());
    let finding = if wrong {
        Some(Finding::new(Code::WrongRecipient))
    } else if seen.cut {
        Some(Finding::new(Code::TextCut).detail(field.name.as_str()))
    } else {
        (unreliable).then(|| Finding::new(Code::TextUnreliable).detail(field.name.as_str()))
    };
    let mut readings = vec![reading(field, Layer::Text, Seen::Text(text.clone()), !suspicious)];
    if seen.confirmed {
        readings.push(reading(field, Layer::PlainText, Seen::Text(text), !suspicious));
    }
    (readings, finding)
}

fn reading(field: &SentField, layer: Layer, seen: Seen, clear: bool) -> Reading {
    Reading { field: field.name.clone(), layer, seen, clear }
}

/// A glyph whose character the file does not tell, or tells as one that means nothing outside its font.
fn is_unknown(c: char) -> bool {
    c == char::REPLACEMENT_CHARACTER || ('\u{e000}'..='\u{f8ff}').contains(&c)
}
