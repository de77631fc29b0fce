//! The paper layer: which boxes a hand has marked, and where something is written.
//!
//! What is measured is ink that the page as sent does not have. A box is marked, or empty, or in between; scribbles over a
//! slip are told from a filled box by the ink around it. Whatever is in between is a doubt, and a doubt goes to a person.

use super::paper::{PaperPage, Papers};
use crate::answer::document::Ink;
use crate::answer::reading::{Doubt, Layer, Reading, Seen};
use crate::geometry::MM;
use crate::ids::PlaceId;
use crate::manifest::{Sent, SentField, SentKind};
use crate::pdf::seen::MarkSeen;

/// A box with this part of it inked firmly is marked, if the ink reaches this far both across and down: a dot, a streak or a line
/// through the box does not. Measured on cases 1000 to 1699 of `tests/paper`: ticks, crosses and fillings with a pen have
/// at least 0.13 and reach 0.51 or more; dots and lines reach at most 0.38 one way, and one dot of 3 800 in other cases 0.48.
const MARKED: f64 = 0.10;
const REACHES: f64 = 0.52;
/// A box with less firm ink, and less faint ink, than this is empty.
const EMPTY: f64 = 0.012;
const EMPTY_FAINT: f64 = 0.08;
/// With this part of what lies straight beside its sides inked, or of all that surrounds it, a box was scribbled over, or something
/// else is the matter with it. In the same cases strokes that overflow have at most 0.017 there, scribbles at least 0.040.
const SIDES: f64 = 0.025;
/// A box that is inked as heavily as a scribbled one is held to less: chosen on cases 10000 to 14999, where seven lone scribbles had
/// been read as marks and none is now. Of the next 5 000, one is: it lies within its box like a mark.
const HEAVY: f64 = 0.48;
const SIDES_OF_HEAVY: f64 = 0.006;
/// Much ink that does not reach nearly from side to side, and from top to bottom, may be a scribble that stays within its box. In
/// cases 10000 to 19999 and 40000 to 42999 both scribbles that were left were such, and 1 % of the ticks and crosses.
const MUCH: f64 = 0.40;
const REACHES_OF_MUCH: f64 = 0.82;
/// A box that is nearly black, with some ink around it too, may be scribbled over: so were both scribbles that were read as marks in
/// cases 50000 to 59999, and one in five crosses of a thick pen that overflow.
const BLACK: f64 = 0.65;
const RING_OF_BLACK: f64 = 0.012;
const RING: f64 = 0.18;
/// Firm ink in a field, in square millimetres: writing, and specks.
const WRITTEN: f64 = 1.5;
const SPECKS: f64 = 0.4;
/// A signature has at least this much, over so many millimetres across and down: a streak from dirty glass has not.
const SIGNED: f64 = 4.0;
const SIGNED_ACROSS: f64 = 6.0;
const SIGNED_DOWN: f64 = 2.0;

/// What the pages that came on paper show of each field.
pub fn read(papers: &Papers, sent: &Sent) -> Vec<Reading> {
    let of_field = |field: &SentField| match field.kind {
        SentKind::Choice => choice(papers, field),
        SentKind::Text | SentKind::Multiline => text(papers, field),
        SentKind::Signature => None,
    };
    let readings: Vec<Reading> = sent.fields.iter().filter_map(of_field).collect();
    let guessed = readings.iter().filter_map(|reading| guessed(papers, reading)).collect::<Vec<_>>();
    readings.into_iter().chain(guessed).collect()
}

/// What a scanner's program has read where a hand has written: text under the picture, as good as any program's guess.
fn guessed(papers: &Papers, written: &Reading) -> Option<Reading> {
    let text =
        papers.guessed(&PlaceId { field: written.field.clone(), at: 0 }).filter(|_| written.seen == Seen::Ink)?;
    let text = text.split('\n').map(str::trim).filter(|line| line.chars().any(char::is_alphanumeric));
    let text = text.collect::<Vec<_>>().join("\n");
    let reading = Reading::new(Layer::Recognised, &written.field, written.spot, Seen::Text(text.clone()));
    (!text.is_empty()).then(|| reading.raw("text under the picture").doubted(Some(Doubt::Recognised)))
}

/// Whether a hand has signed in a field; `None` where nobody could look.
pub fn signature(papers: &Papers, field: &SentField) -> Option<Ink> {
    let (id, place) = field.first()?;
    let (_, seen) = papers.place(&id)?;
    let reaches =
        seen.across * place.rect.width() >= SIGNED_ACROSS * MM && seen.down * place.rect.height() >= SIGNED_DOWN * MM;
    Some(match seen.area_mm2 {
        _ if !seen.seen => Ink::Unclear,
        area if area >= SIGNED && reaches => Ink::Present,
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
        measured.push(format!(
            "{state} {:.3} (faint {:.3}, around {:.3}, beside {:.3}, {:.2} across, {:.2} down)",
            seen.firm, seen.faint, seen.ring, seen.sides, seen.across, seen.down
        ));
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
    } else if seen.sides >= if seen.firm >= HEAVY { SIDES_OF_HEAVY } else { SIDES } || seen.ring >= RING {
        Err(Doubt::InkAround)
    } else if seen.firm >= MUCH && seen.across.min(seen.down) < REACHES_OF_MUCH
        || seen.firm >= BLACK && seen.ring > RING_OF_BLACK
    {
        Err(Doubt::MayBeScribble)
    } else if seen.firm >= MARKED && seen.across >= REACHES && seen.down >= REACHES {
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
        let whole = MarkSeen { seen: true, across: 0.9, down: 0.9, ..MarkSeen::default() };
        let tick = MarkSeen { firm: 0.3, faint: 0.35, ring: 0.05, ..whole };
        assert_eq!(judged(&tick), Ok(true));
        assert_eq!(judged(&MarkSeen { faint: 0.02, ..whole }), Ok(false));
        assert_eq!(judged(&MarkSeen { firm: 0.06, faint: 0.2, ..whole }), Err(Doubt::Faint));
        assert_eq!(judged(&MarkSeen { firm: 0.005, faint: 0.2, ..whole }), Err(Doubt::Faint), "pencil");
        assert_eq!(judged(&MarkSeen { down: 0.2, ..tick }), Err(Doubt::Faint), "a line through it");
        let knot = MarkSeen { firm: 0.45, across: 0.7, ..whole };
        assert_eq!(judged(&knot), Err(Doubt::MayBeScribble));
        assert_eq!(judged(&MarkSeen { across: 0.9, ..knot }), Ok(true));
        let black = MarkSeen { firm: 0.8, ..whole };
        assert_eq!(judged(&black), Ok(true), "a filled box");
        assert_eq!(judged(&MarkSeen { ring: 0.02, ..black }), Err(Doubt::MayBeScribble));
        assert_eq!(judged(&MarkSeen { firm: 0.17, across: 0.48, down: 0.48, ..whole }), Err(Doubt::Faint), "a fat dot");
        assert_eq!(judged(&MarkSeen { firm: 0.9, sides: 0.1, ..whole }), Err(Doubt::InkAround), "scribbled out");
        assert_eq!(
            judged(&MarkSeen { firm: 0.6, sides: 0.01, ..whole }),
            Err(Doubt::InkAround),
            "so heavily that it may be"
        );
        assert_eq!(judged(&MarkSeen { sides: 0.01, ..tick }), Ok(true), "a tick that overflows");
        assert_eq!(judged(&MarkSeen { ring: 0.3, ..whole }), Err(Doubt::InkAround));
        assert_eq!(judged(&MarkSeen { seen: false, ..tick }), Err(Doubt::OutsideThePicture));
    }
}
