//! The paper layer: which boxes a hand has marked, and where something is written.
//!
//! What is measured is ink that the page as sent does not have. A box is marked, or empty, or in between; scribbles over a
//! slip are told from a filled box by the ink around it. Whatever is in between is a doubt, and a doubt goes to a person.

use super::paper::{PaperPage, Papers};
use crate::answer::document::Ink;
use crate::answer::reading::{Doubt, Layer, Reading, Seen};
use crate::ids::PlaceId;
use crate::manifest::{Sent, SentField, SentKind};
use crate::pdf::seen::MarkSeen;

/// A box with this part of it inked firmly is marked.
const MARKED: f64 = 0.15;
/// A box with less firm ink, and less faint ink, than this is empty.
const EMPTY: f64 = 0.012;
const EMPTY_FAINT: f64 = 0.08;
/// With this part of what surrounds it inked, a box was scribbled over, or something else is the matter with it.
const RING: f64 = 0.18;
/// Firm ink in a field, in square millimetres: writing, and specks.
const WRITTEN: f64 = 1.5;
const SPECKS: f64 = 0.4;
/// A signature has at least this much.
const SIGNED: f64 = 4.0;

/// What the pages that came on paper show of each field.
pub fn read(papers: &Papers, sent: &Sent) -> Vec<Reading> {
    let of_field = |field: &SentField| match field.kind {
        SentKind::Choice => choice(papers, field),
        SentKind::Text | SentKind::Multiline => text(papers, field),
        SentKind::Signature => None,
    };
    sent.fields.iter().filter_map(of_field).collect()
}

/// Whether a hand has signed in a field; `None` where nobody could look.
pub fn signature(papers: &Papers, field: &SentField) -> Option<Ink> {
    let (_, seen) = papers.place(&field.first()?.0)?;
    Some(match seen.area_mm2 {
        _ if !seen.seen => Ink::Unclear,
        area if area >= SIGNED => Ink::Present,
        area if area <= SPECKS => Ink::Absent,
        _ => Ink::Unclear,
    })
}

/// The marked boxes; `None` when a box was not looked at.
fn choice(papers: &Papers, field: &SentField) -> Option<Reading> {
    let (mut marks, mut unclear, mut measured) = (Vec::new(), Vec::new(), Vec::new());
    let (mut doubt, mut spot) = (None, None);
    for (at, place) in field.places.iter().enumerate() {
        let (page, seen) = papers.place(&PlaceId { field: field.name.clone(), at })?;
        spot.get_or_insert(page.spot(place.rect));
        let state = place.state.as_deref().unwrap_or("–");
        measured.push(format!("{state} {:.3} (faint {:.3}, around {:.3})", seen.firm, seen.faint, seen.ring));
        match judged(seen) {
            Ok(true) => marks.extend(place.state.clone()),
            Ok(false) => {}
            Err(why) => {
                unclear.extend(place.state.clone());
                doubt = doubt.or(Some(why));
            }
        }
    }
    // With a clear mark elsewhere, the unclear box is what the doubt is about; without one it is what may be meant.
    if marks.is_empty() {
        marks = unclear;
    }
    marks.sort();
    let reading = Reading::new(Layer::Paper, &field.name, spot?, Seen::Marks(marks));
    Some(reading.raw(format!("inked part: {}", measured.join(", "))).doubted(doubt))
}

/// Whether a box is marked, or why nobody can say.
fn judged(seen: &MarkSeen) -> Result<bool, Doubt> {
    if !seen.seen {
        Err(Doubt::OutsideThePicture)
    } else if seen.ring >= RING {
        Err(Doubt::InkAround)
    } else if seen.firm >= MARKED {
        Ok(true)
    } else if seen.firm <= EMPTY && seen.faint <= EMPTY_FAINT {
        Ok(false)
    } else {
        Err(Doubt::Faint)
    }
}

/// Whether something is written in a field. What was printed there before sending is no evidence of anything.
fn text(papers: &Papers, field: &SentField) -> Option<Reading> {
    let (id, place) = field.first()?;
    let (page, seen) = papers.place(&id).filter(|_| field.value.is_none())?;
    let reading = |seen| Reading::new(Layer::Paper, &field.name, page.spot(place.rect), seen);
    let measured = format!("inked: {:.1} mm²", seen.area_mm2);
    Some(match seen.area_mm2 {
        _ if !seen.seen => reading(Seen::Ink).doubted(Some(Doubt::OutsideThePicture)),
        area if area <= SPECKS => reading(Seen::Blank).raw(measured),
        area if area < WRITTEN => reading(Seen::Ink).raw(measured).doubted(Some(Doubt::Faint)),
        _ => reading(Seen::Ink).raw(measured),
    })
}

impl PaperPage {
    fn spot(&self, rect: crate::geometry::Rect) -> crate::spot::Spot {
        crate::spot::Spot::on(self.page, Some(self.sent_page), Some(rect))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_box_is_marked_empty_or_doubtful() {
        let seen = |firm, faint, ring| judged(&MarkSeen { seen: true, firm, faint, ring, area_mm2: 0.0 });
        assert_eq!(seen(0.34, 0.4, 0.05), Ok(true));
        assert_eq!(seen(0.0, 0.02, 0.05), Ok(false));
        assert_eq!(seen(0.06, 0.2, 0.0), Err(Doubt::Faint));
        assert_eq!(seen(0.005, 0.2, 0.0), Err(Doubt::Faint), "pencil");
        assert_eq!(seen(0.9, 0.95, 0.3), Err(Doubt::InkAround), "scribbled out");
        assert_eq!(judged(&MarkSeen { firm: 0.5, ..MarkSeen::default() }), Err(Doubt::OutsideThePicture));
    }
}
