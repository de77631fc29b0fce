//! Glyphs at places: which stand in a field's place, which are new there, which run over its edge, and what fields draw.

use std::collections::BTreeMap;

use hayro_interpret::kurbo::{Affine, Point};

use super::registration::Laid;
use crate::geometry::Rect;
use crate::seen::PageAsk;
use crate::text::glyphs::Collected;
use crate::text::lines::{self, Placed};

/// How far a glyph may stand outside a place and still belong to it.
pub const SLACK: f64 = 1.5;
/// Measured on 225 returns that 12 programs filled, flattened and printed (November 2026): with these three, no text that stands
/// whole in its field is said to go on.
///
/// How far a text's next glyph may stand from its last, in parts of an em: in another place, and elsewhere.
const TOUCHING: f64 = 0.2;
const A_WORD_ON: f64 = 1.2;
/// How far below a line the next one of the same text may stand, likewise.
const A_LINE_ON: f64 = 1.6;

/// Glyphs with their places in points of the original.
pub fn moved(mut glyphs: Vec<Placed>, to_sent: Affine) -> Vec<Placed> {
    for glyph in &mut glyphs {
        let along = to_sent * Point::new(1.0, 0.0) - to_sent * Point::ZERO;
        let (dx, dy) = glyph.direction.vector();
        let turned = (along.x * dx - along.y * dy, along.y * dx + along.x * dy);
        let at = to_sent * Point::new(glyph.x, glyph.y);
        glyph.direction = lines::Direction::of(turned.0, turned.1);
        glyph.advance *= along.hypot();
        glyph.size *= along.hypot();
        (glyph.x, glyph.y) = (at.x, at.y);
    }
    glyphs
}

pub fn upright(glyphs: Vec<Placed>, laid: &Laid) -> Vec<Placed> {
    moved(glyphs, laid.affine)
}

/// The middle of a glyph's letter: half its width along, a third of an em up.
pub fn middle(glyph: &Placed) -> (f64, f64) {
    let (dx, dy) = glyph.direction.vector();
    let (along, up) = (glyph.advance / 2.0, glyph.size * 0.3);
    (glyph.x + dx * along + dy * up, glyph.y + dy * along - dx * up)
}

pub fn stands_in(glyph: &Placed, place: &Rect) -> bool {
    let (x, y) = middle(glyph);
    let place = grown(place, SLACK);
    (place.x0..=place.x1).contains(&x) && (place.y0..=place.y1).contains(&y)
}

pub fn standing_in(glyphs: &[Placed], place: &Rect) -> Vec<Placed> {
    glyphs.iter().filter(|glyph| stands_in(glyph, place)).cloned().collect()
}

/// Whether hidden text follows a place to the right or below it, within a line.
pub fn goes_on(hidden: &[Placed], place: &Rect) -> bool {
    hidden.iter().filter(|glyph| !glyph.is_white()).any(|glyph| {
        let (x, y) = middle(glyph);
        let right = (place.y0..place.y1).contains(&y) && (place.x1 - SLACK..place.x1 + 1.5 * glyph.size).contains(&x);
        let below = (place.x0..place.x1).contains(&x) && (place.y1 - SLACK..place.y1 + 1.5 * glyph.size).contains(&y);
        right || below
    })
}

/// What annotations and fields draw, in points of the original.
pub struct Overlaid {
    seen: Vec<Placed>,
    /// Glyphs that a field's clip hides, with the middle of what that clip lets through.
    clipped: Vec<(Placed, Point)>,
}

impl Overlaid {
    pub fn of(collected: &Collected, to_sent: Affine) -> Self {
        let hidden = collected.clipped.iter().filter_map(|clipped| Some((clipped.glyph.clone(), clipped.window?)));
        let (glyphs, windows): (Vec<Placed>, Vec<Point>) = hidden.unzip();
        let windows = windows.into_iter().map(|window| to_sent * window);
        Overlaid {
            seen: moved(collected.glyphs.clone(), to_sent),
            clipped: moved(glyphs, to_sent).into_iter().zip(windows).collect(),
        }
    }

    /// The boxes of the glyphs that are seen.
    pub fn boxes(&self) -> Vec<Rect> {
        self.seen.iter().map(glyph_box).collect()
    }

    /// All the text that is drawn for a place: a viewer lets people scroll to what its edge hides.
    pub fn text_of(&self, place: &Rect) -> String {
        let inside = |at: &Point| (place.x0..=place.x1).contains(&at.x) && (place.y0..=place.y1).contains(&at.y);
        let clipped = self.clipped.iter().filter(|(_, window)| inside(window)).map(|(glyph, _)| glyph.clone());
        lines::assemble(standing_in(&self.seen, place).into_iter().chain(clipped).collect())
    }
}

/// Printed glyphs that were not there when the page was sent.
pub struct New {
    glyphs: Vec<Placed>,
    /// Whether each stands in a place.
    placed: Vec<bool>,
}

impl New {
    pub fn of(glyphs: &[Placed], sent: &[Placed], page: &PageAsk) -> Self {
        let mut by_row: BTreeMap<i64, Vec<&Placed>> = BTreeMap::new();
        for glyph in sent {
            by_row.entry(row(glyph.y)).or_default().push(glyph);
        }
        let known = |glyph: &&Placed| {
            let rows = by_row.range(row(glyph.y) - 1..=row(glyph.y) + 1).flat_map(|(_, glyphs)| glyphs);
            rows.into_iter().any(|was| was.text == glyph.text && (was.x - glyph.x).hypot(was.y - glyph.y) < SLACK)
        };
        let glyphs: Vec<Placed> = glyphs.iter().filter(|glyph| !known(glyph)).cloned().collect();
        let places: Vec<Rect> = page.places.iter().map(|place| seen_place(place, &page.crop)).collect();
        let placed = glyphs.iter().map(|glyph| places.iter().any(|place| stands_in(glyph, place))).collect();
        New { glyphs, placed }
    }

    /// Their boxes.
    pub fn boxes(&self) -> Vec<Rect> {
        self.glyphs.iter().map(glyph_box).collect()
    }

    pub fn standing_in(&self, place: &Rect) -> Vec<Placed> {
        standing_in(&self.glyphs, place)
    }

    /// Whether text that begins in a place goes on outside it, on the same line or on the next one below: a person reads
    /// on where the box ends. Where the next place begins, only what touches is the same text.
    pub fn goes_beyond(&self, place: &Rect) -> bool {
        let dark = |glyph: &&Placed| !glyph.is_white();
        let inside: Vec<&Placed> = self.glyphs.iter().filter(dark).filter(|glyph| stands_in(glyph, place)).collect();
        let outside = self.glyphs.iter().zip(&self.placed).filter(|(glyph, _)| dark(glyph) && !stands_in(glyph, place));
        outside.into_iter().any(|(glyph, placed)| {
            inside.iter().any(|before| {
                let size = glyph.size.max(before.size);
                let gap = (glyph.x - before.x - before.advance).max(before.x - glyph.x - glyph.advance);
                let across = (glyph.y - before.y).abs();
                let same_line = across < size * 0.3 && gap < size * if *placed { TOUCHING } else { A_WORD_ON };
                let next_line = !placed && gap < 0.0 && (glyph.y - before.y) > 0.0 && across < size * A_LINE_ON;
                glyph.direction == before.direction && (same_line || next_line)
            })
        })
    }
}

/// The rectangle of a glyph: as wide as it runs, from its baseline to the height of a capital.
fn glyph_box(glyph: &Placed) -> Rect {
    let (dx, dy) = glyph.direction.vector();
    let (along, up) = (glyph.advance, glyph.size * 0.7);
    Rect::new(glyph.x, glyph.y, glyph.x + dx * along + dy * up, glyph.y + dy * along - dx * up)
}

/// Rows of this height are searched for a glyph's like.
pub fn row(y: f64) -> i64 {
    (y / SLACK) as i64
}

pub fn seen_place(place: &Rect, crop: &Rect) -> Rect {
    Rect::new(place.x0 - crop.x0, crop.y1 - place.y1, place.x1 - crop.x0, crop.y1 - place.y0)
}

pub fn grown(rect: &Rect, by: f64) -> Rect {
    Rect { x0: rect.x0 - by, y0: rect.y0 - by, x1: rect.x1 + by, y1: rect.y1 + by }
}

pub fn outside(glyphs: &[Placed], page: &PageAsk) -> Vec<Placed> {
    let places: Vec<Rect> = page.places.iter().map(|place| seen_place(place, &page.crop)).collect();
    glyphs.iter().filter(|glyph| !places.iter().any(|place| stands_in(glyph, place))).cloned().collect()
}
