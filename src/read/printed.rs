//! The printed-text layer: values that are no longer fields but text of the page, as flattening and printing leave them.

use unicode_normalization::UnicodeNormalization;

use super::form::{is_suspicious, same_words};
use super::looked::Looked;
use crate::answer::reading::{Doubt, Layer, Reading, Seen};
use crate::finding::{Code, Finding};
use crate::manifest::{Sent, SentField, SentKind};

/// What stands printed in each field's place.
pub fn read(looked: &Looked, sent: &Sent) -> (Vec<Reading>, Vec<Finding>) {
    let (mut readings, mut findings) = (Vec::new(), Vec::new());
    for field in &sent.fields {
        match field.kind {
            SentKind::Choice => readings.extend(choice(looked, sent, field)),
            SentKind::Text | SentKind::Multiline => {
                let (mut own, finding) = text(looked, field);
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
    let (mut marks, mut printed, mut spot) = (Vec::new(), Vec::new(), None);
    for (id, _, place) in sent.places().filter(|(id, ..)| id.field == field.name) {
        let Some((page, seen)) = looked.place(&id) else { continue };
        if !seen.printed.trim().is_empty() {
            marks.extend(place.state.clone());
            printed.push(seen.printed.trim().to_owned());
            spot.get_or_insert(page.spot(place.rect));
        }
    }
    marks.sort();
    // No character is no evidence: a tick can be a path or a picture.
    Some(Reading::new(Layer::Text, &field.name, spot?, Seen::Marks(marks)).raw(printed.join(", ")))
}

fn text(looked: &Looked, field: &SentField) -> (Vec<Reading>, Option<Finding>) {
    let seen = field.first().and_then(|(id, place)| Some((place, looked.place(&id)?)));
    let Some((place, (page, seen))) = seen else { return (Vec::new(), None) };
    let text: String = seen.printed.nfc().collect::<String>().trim().to_owned();
    if text.is_empty() {
        return (Vec::new(), None);
    }
    // Where the page's own words come out wrong, or some do not come out at all, so may these.
    let uncertain =
        (page.seen.font_missing || !page.seen.same_words) && !seen.confirmed || text.chars().any(is_unknown);
    let wrong = field.read_only && !same_words(&text, field.value.as_deref().unwrap_or_default());
    let (doubt, code) = if uncertain {
        (Some(Doubt::LettersUncertain), Some(Code::TextUnreliable))
    } else if wrong {
        (None, Some(Code::WrongRecipient))
    } else if seen.cut {
        (Some(Doubt::Cut), Some(Code::TextCut))
    } else if seen.beyond {
        (Some(Doubt::BeyondTheField), Some(Code::TextBeyondField))
    } else if text.chars().any(is_suspicious) {
        (Some(Doubt::Suspicious), None)
    } else {
        (None, None)
    };
    let spot = page.spot(place.rect);
    let finding = code.map(|code| {
        let finding = Finding::new(code).of(&field.name).at(spot);
        if code == Code::WrongRecipient { finding } else { finding.detail(field.name.as_str()) }
    });
    let reading = |layer| Reading::new(layer, &field.name, spot, Seen::Text(text.clone())).doubted(doubt);
    let mut readings = vec![reading(Layer::Text)];
    if seen.confirmed {
        readings.push(reading(Layer::PlainText));
    }
    (readings, finding)
}

/// A glyph whose character the file does not tell, or tells as one that means nothing outside its font.
fn is_unknown(c: char) -> bool {
    c == char::REPLACEMENT_CHARACTER || ('\u{e000}'..='\u{f8ff}').contains(&c)
}
