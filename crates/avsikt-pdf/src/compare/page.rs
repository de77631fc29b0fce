//! Looks at pages as a person would: what was written at certain places, and whether the rest is drawn as it was sent.
//!
//! ```text
//! returned page ─┬─ glyphs ── register ──┬─▶ printed text at each place ◀─ plain text of another library
//!                └─ picture ── ink ──────┴─▶ new ink at each place, differences outside them
//! page as sent ──── glyphs, picture ─────┘
//! ```
//! A page whose content is known to be equal needs no original: only what lies over it, fields and annotations, is drawn
//! and read.

use std::collections::BTreeMap;
use std::sync::Arc;

use hayro::RenderCache;
use hayro_interpret::kurbo::{Affine, Point};
use hayro_interpret::{InterpreterCache, RenderContent, TransformExt};
use hayro_syntax::page::Page;

use crate::compare::likeness::Pages;
use crate::compare::registration::{self, Laid};
use crate::facts::PdfProblem;
use crate::file::passwords::{self, Passwords};
use crate::geometry::Rect;
use crate::image::ink::{self, Ink, Pixels};
use crate::image::raster::{self, Grey};
use crate::limits::Limits;
use crate::opened::OpenFile;
use crate::seen::{Difference, LookAsk, PageAsk, PageSeen, PlaceSeen, Png, Registration};
use crate::text::glyphs::{self, Collected};
use crate::text::lines::{self, Placed};
use crate::text::plain;

/// Pixels to the inch: a box of 4.5 mm has 18 to a side.
const DPI: f64 = 100.0;
const SCALE: f64 = DPI / 72.0;
/// Ink within this many pixels is the same ink, drawn by another program.
const SAME: usize = 2;
/// The margin of a place that is left out when ink is counted: frames of fields are drawn there.
const MARGIN: f64 = 2.0;
/// How far a glyph may stand outside a place and still belong to it.
const SLACK: f64 = 1.5;
/// What is left out around places when the rest is compared: a tick may reach beyond its box.
const BEYOND: f64 = 6.0;
/// Differences this near on a line are one.
const BESIDE: f64 = 12.0;
/// A page without readable words is laid as it is over an original of the same size if it has this much of its ink.
const EXPLAINED: f64 = 0.9;
/// How far a text's next glyph may stand from its last, in parts of an em: in another place, and elsewhere.
const TOUCHING: f64 = 0.2;
const A_WORD_ON: f64 = 1.2;
/// How far below a line the next one of the same text may stand, likewise.
const A_LINE_ON: f64 = 1.6;
/// Pages of the same size may differ by this much, in points.
const SAME_SIZE: f64 = 2.0;

/// Looks at the pages asked for; `original` is the document as it was sent, empty where no page is laid over it.
///
/// # Errors
/// When a file cannot be opened.
pub fn look(file: &OpenFile<'_>, original: &[u8], ask: &LookAsk) -> Result<Vec<PageSeen>, PdfProblem> {
    let unopened = || PdfProblem::Damaged("it cannot be opened to be drawn".into());
    let returned = file.pdf().ok_or_else(unopened)?;
    let none = Passwords::default();
    let sent = match original {
        [] => None,
        _ => Some(passwords::open_for_hayro(&Arc::new(original.to_vec()), &none, file.limits).ok_or_else(unopened)?),
    };
    let mut seen = Vec::new();
    let caches = (Caches::default(), Caches::default());
    for page in &ask.pages {
        let Some(leaf) = returned.pages().get(page.page) else { continue };
        let over = page.original.and_then(|at| sent.as_ref()?.pages().get(at));
        seen.push(match (over, page.original) {
            (Some(over), _) => laid_over(file, leaf, over, page, &caches),
            (None, None) => as_sent(leaf, page, &caches.0, file.limits),
            (None, Some(_)) => PageSeen { page: page.page, ..PageSeen::default() },
        });
    }
    Ok(seen)
}

/// What hayro keeps between pages of one file.
#[derive(Default)]
struct Caches<'a> {
    text: InterpreterCache<'a>,
    picture: RenderCache<'a>,
}

/// What is seen over a page whose content is the one that was sent.
fn as_sent<'a>(leaf: &'a Page<'a>, page: &PageAsk, caches: &Caches<'a>, limits: &Limits) -> PageSeen {
    let to_sent = user_to_seen(&page.crop) * leaf.initial_transform(true).to_kurbo().inverse();
    let over = glyphs::collect(leaf, &caches.text, RenderContent::ANNOTATIONS, limits.glyphs);
    let overlaid = Overlaid::of(&over, to_sent);
    // Only the part of the page with places on it is drawn.
    let window = window(page);
    let to_window = Affine::translate((-(window.x0 as f64), -(window.y0 as f64))) * to_canvas(to_sent);
    let extent = (window.x1 - window.x0, window.y1 - window.y0);
    let picture = raster::grey(leaf, &caches.picture, RenderContent::ANNOTATIONS, to_window, extent);
    // Only for pictures is the page itself drawn too.
    let shown = (!page.pictures.is_empty())
        .then(|| raster::grey(leaf, &caches.picture, RenderContent::all(), to_canvas(to_sent), size(&page.crop)));
    let ink = Ink::of(&picture);
    let places = page.places.iter().map(|place| {
        let place = seen_place(place, &page.crop);
        let mut seen = inked(&ink, &place, &window);
        seen.overlaid = overlaid.text_of(&place);
        seen
    });
    PageSeen {
        page: page.page,
        registration: Some(Registration {
            scale: 1.0,
            turns: 0,
            residual_mm: 0.0,
            explained: 1.0,
            foreign: 0.0,
            to_original: Affine::IDENTITY.as_coeffs(),
        }),
        places: places.collect(),
        pictures: shown.map(|shown| pictures(&shown, page)).unwrap_or_default(),
        differences: Vec::new(),
        same_words: true,
        font_missing: over.no_font,
    }
}

/// What is seen on a page that was drawn anew.
fn laid_over<'a, 'o>(
    file: &'a OpenFile<'_>,
    leaf: &'a Page<'a>,
    over: &'o Page<'o>,
    page: &PageAsk,
    (here, there): &(Caches<'a>, Caches<'o>),
) -> PageSeen {
    let limits = file.limits;
    let sent_glyphs = glyphs::collect(over, &there.text, RenderContent::PAGE, limits.glyphs).glyphs;
    let unknown = PageSeen { page: page.page, ..PageSeen::default() };
    let Some(page_text) = file.glyphs(page.page, &here.text) else { return unknown };
    // What an OCR program guessed from a picture of the page is no evidence of what the page shows.
    let glyphs = if page_text.page_picture { Vec::new() } else { page_text.glyphs.clone() };
    let hidden: Vec<Placed> = page_text.clipped.iter().map(|clipped| clipped.glyph.clone()).collect();
    let font_missing = page_text.no_font;
    let over_it = glyphs::collect(leaf, &here.text, RenderContent::ANNOTATIONS, limits.glyphs);
    let laid = registration::register(&sent_glyphs, &glyphs);
    let by_words = laid.is_some();
    let Some(laid) = laid.or_else(|| same_size(leaf, over).then_some(Laid::AS_IT_IS)) else { return unknown };
    let size = size(&page.crop);
    let sent = raster::grey(over, &there.picture, RenderContent::PAGE, to_canvas(Affine::IDENTITY), size);
    let shown = raster::grey(leaf, &here.picture, RenderContent::all(), to_canvas(laid.affine), size);
    let compared = Compared::new(&sent, &shown, page);
    if !by_words && compared.explained < EXPLAINED {
        return unknown;
    }
    let glyphs = upright(glyphs, &laid);
    let (overlaid, hidden) = (Overlaid::of(&over_it, laid.affine), upright(hidden, &laid));
    let text = if page_text.page_picture { String::new() } else { file.plain(page.page) };
    let new = New::of(&glyphs, &sent_glyphs, page);
    let places = page.places.iter().map(|place| {
        let place = seen_place(place, &page.crop);
        let mut seen = inked(&compared.new_ink, &place, &Pixels::default());
        seen.printed = lines::assemble(new.standing_in(&place));
        seen.beyond = new.goes_beyond(&place);
        seen.cut = !seen.printed.is_empty() && goes_on(&hidden, &place);
        seen.confirmed = plain::holds(&text, &seen.printed);
        seen.overlaid = overlaid.text_of(&place);
        seen
    });
    let places = places.collect();
    let outside = |glyphs: &[Placed]| lines::assemble(outside(glyphs, page));
    PageSeen {
        page: page.page,
        registration: Some(Registration {
            scale: laid.scale,
            turns: laid.turns,
            residual_mm: laid.residual_mm,
            explained: compared.explained,
            foreign: compared.foreign,
            to_original: (user_to_seen(&page.crop).inverse() * laid.affine * leaf.initial_transform(true).to_kurbo())
                .as_coeffs(),
        }),
        places,
        pictures: pictures(&shown, page),
        differences: compared.differences(
            &Pages { sent: &sent, shown: &shown, dots: SCALE, scale: laid.scale },
            &sent_glyphs,
            &glyphs,
            page,
        ),
        same_words: outside(&sent_glyphs).split_whitespace().eq(outside(&glyphs).split_whitespace()),
        font_missing,
    }
}

/// Two pictures of a page, compared.
struct Compared {
    /// Ink that was not sent.
    new_ink: Ink,
    /// Ink that was sent and is gone, and that is new, outside the places.
    changed: Vec<Pixels>,
    /// Part of the ink that was sent that is still there.
    explained: f64,
    /// Part of the ink that is there and was not sent.
    foreign: f64,
}

impl Compared {
    fn new(sent: &Grey, shown: &Grey, page: &PageAsk) -> Self {
        let (was, is) = (Ink::of(sent), Ink::of(shown));
        let (near_was, near_is) = (was.spread(SAME), is.spread(SAME));
        let (mut gone, mut added) = (Ink::surely(sent).without(&near_is), Ink::surely(shown).without(&near_was));
        let (mut all, mut own) = (Ink::surely(sent), Ink::surely(shown));
        for place in &page.places {
            let place = seen_place(place, &page.crop);
            let beyond = ink::pixels(&grown(&place, BEYOND), SCALE);
            for picture in [&mut gone, &mut added, &mut all, &mut own] {
                picture.clear(&beyond);
            }
        }
        let total = all.total().max(1) as f64;
        let explained = 1.0 - gone.total() as f64 / total;
        let foreign = added.total() as f64 / own.total().max(1) as f64;
        let mut changed = gone.groups();
        changed.extend(added.groups());
        // A frame around a place is no new ink, so a pixel of distance is enough there.
        Compared { new_ink: is.without(&was.spread(1)), changed, explained, foreign }
    }

    /// Where the page outside the places is drawn otherwise, from top to bottom, with the words of the lines there.
    fn differences(&self, pages: &Pages<'_>, was: &[Placed], is: &[Placed], page: &PageAsk) -> Vec<Difference> {
        let at = |pixels: usize| pixels as f64 / SCALE;
        let group = |group: &Pixels| Rect::new(at(group.x0), at(group.y0), at(group.x1), at(group.y1));
        let mut places: Vec<Rect> = self.changed.iter().map(group).collect();
        places.extend(pages.unlike(&outside(was, page), is));
        let words = |glyphs: &[Placed], place: &Rect| lines::assemble(standing_in(glyphs, place));
        let crop = &page.crop;
        let text = around(was);
        let difference = |place: Rect| Difference {
            margin: text.is_some_and(|text| text.overlap(&grown(&place, SLACK)) == 0.0),
            rect: Rect::new(crop.x0 + place.x0, crop.y1 - place.y1, crop.x0 + place.x1, crop.y1 - place.y0),
            was: words(was, &place),
            is: words(is, &place),
        };
        together(places).into_iter().map(difference).collect()
    }
}

/// The rectangle around all characters.
fn around(glyphs: &[Placed]) -> Option<Rect> {
    let at = |glyph: &Placed| Rect::new(glyph.x, glyph.y - glyph.size, glyph.x + glyph.advance, glyph.y);
    glyphs.iter().map(at).reduce(|a, b| a.around(&b))
}

/// Joins places that touch or stand beside each other on a line, and puts them in reading order.
fn together(mut places: Vec<Rect>) -> Vec<Rect> {
    let mut joined: Vec<Rect> = Vec::new();
    while let Some(mut place) = places.pop() {
        // What a place has swallowed may make it touch one that it did not touch before.
        while let Some(at) = joined.iter().position(|other| {
            let near = Rect { x0: place.x0 - BESIDE, x1: place.x1 + BESIDE, ..place };
            near.overlap(other) > 0.0
        }) {
            let other = joined.swap_remove(at);
            place = place.around(&other);
        }
        joined.push(place);
    }
    joined.sort_by(|a, b| a.y0.total_cmp(&b.y0).then(a.x0.total_cmp(&b.x0)));
    joined
}

fn to_canvas(to_sent: Affine) -> Affine {
    Affine::scale(SCALE) * to_sent
}

fn size(crop: &Rect) -> (usize, usize) {
    let scale = raster::fitting(SCALE, crop.width().max(1.0), crop.height().max(1.0));
    ((crop.width() * scale).ceil() as usize, (crop.height() * scale).ceil() as usize)
}

/// From user space to the page as it is seen without a turn: from the upper left corner, y downwards.
fn user_to_seen(crop: &Rect) -> Affine {
    Affine::new([1.0, 0.0, 0.0, -1.0, -crop.x0, crop.y1])
}

fn seen_place(place: &Rect, crop: &Rect) -> Rect {
    Rect::new(place.x0 - crop.x0, crop.y1 - place.y1, place.x1 - crop.x0, crop.y1 - place.y0)
}

fn same_size<'a>(leaf: &Page<'a>, over: &Page<'a>) -> bool {
    let ((a, b), (c, d)) = (leaf.render_dimensions(), over.render_dimensions());
    f64::from((a - c).abs().max((b - d).abs())) < SAME_SIZE
}

fn grown(rect: &Rect, by: f64) -> Rect {
    Rect { x0: rect.x0 - by, y0: rect.y0 - by, x1: rect.x1 + by, y1: rect.y1 + by }
}

/// The pixels around all places of a page.
fn window(page: &PageAsk) -> Pixels {
    let (width, height) = size(&page.crop);
    let places = page.places.iter().map(|place| seen_place(place, &page.crop));
    let Some(around) = places.reduce(|a, b| a.around(&b)) else { return Pixels::default() };
    let near = ink::pixels(&grown(&around, 1.0), SCALE);
    let (x0, y0) = (near.x0.min(width), near.y0.min(height));
    Pixels { x0, y0, x1: near.x1.clamp(x0, width), y1: near.y1.clamp(y0, height) }
}

/// Ink in a place, without its margin. The picture begins at the upper left corner of `window`.
fn inked(ink: &Ink, place: &Rect, window: &Pixels) -> PlaceSeen {
    let margin = MARGIN.min(place.width() / 6.0).min(place.height() / 6.0);
    let inner = ink::pixels(&grown(place, -margin), SCALE);
    let pixels = ink.count(&inner.seen_from(window));
    PlaceSeen { ink: pixels as f64 / inner.area().max(1) as f64, pixels, ..PlaceSeen::default() }
}

/// The parts of a page that a person wants to see, cut from the page as it is shown.
fn pictures(shown: &Grey, page: &PageAsk) -> Vec<Png> {
    let picture = |place: &Rect| {
        let cut = ink::cut(shown, &ink::pixels(&seen_place(place, &page.crop), SCALE));
        Png(raster::png(&cut).unwrap_or_default())
    };
    page.pictures.iter().map(picture).collect()
}

/// Glyphs with their places in points of the original.
fn moved(mut glyphs: Vec<Placed>, to_sent: Affine) -> Vec<Placed> {
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

fn upright(glyphs: Vec<Placed>, laid: &Laid) -> Vec<Placed> {
    moved(glyphs, laid.affine)
}

/// The middle of a glyph's letter: half its width along, a third of an em up.
fn middle(glyph: &Placed) -> (f64, f64) {
    let (dx, dy) = glyph.direction.vector();
    let (along, up) = (glyph.advance / 2.0, glyph.size * 0.3);
    (glyph.x + dx * along + dy * up, glyph.y + dy * along - dx * up)
}

fn stands_in(glyph: &Placed, place: &Rect) -> bool {
    let (x, y) = middle(glyph);
    let place = grown(place, SLACK);
    (place.x0..=place.x1).contains(&x) && (place.y0..=place.y1).contains(&y)
}

fn standing_in(glyphs: &[Placed], place: &Rect) -> Vec<Placed> {
    glyphs.iter().filter(|glyph| stands_in(glyph, place)).cloned().collect()
}

/// Whether hidden text follows a place to the right or below it, within a line.
fn goes_on(hidden: &[Placed], place: &Rect) -> bool {
    hidden.iter().filter(|glyph| !glyph.is_white()).any(|glyph| {
        let (x, y) = middle(glyph);
        let right = (place.y0..place.y1).contains(&y) && (place.x1 - SLACK..place.x1 + 1.5 * glyph.size).contains(&x);
        let below = (place.x0..place.x1).contains(&x) && (place.y1 - SLACK..place.y1 + 1.5 * glyph.size).contains(&y);
        right || below
    })
}

/// What annotations and fields draw, in points of the original.
struct Overlaid {
    seen: Vec<Placed>,
    /// Glyphs that a field's clip hides, with the middle of what that clip lets through.
    clipped: Vec<(Placed, Point)>,
}

impl Overlaid {
    fn of(collected: &Collected, to_sent: Affine) -> Self {
        let hidden = collected.clipped.iter().filter_map(|clipped| Some((clipped.glyph.clone(), clipped.window?)));
        let (glyphs, windows): (Vec<Placed>, Vec<Point>) = hidden.unzip();
        let windows = windows.into_iter().map(|window| to_sent * window);
        Overlaid {
            seen: moved(collected.glyphs.clone(), to_sent),
            clipped: moved(glyphs, to_sent).into_iter().zip(windows).collect(),
        }
    }

    /// All the text that is drawn for a place: a viewer lets people scroll to what its edge hides.
    fn text_of(&self, place: &Rect) -> String {
        let inside = |at: &Point| (place.x0..=place.x1).contains(&at.x) && (place.y0..=place.y1).contains(&at.y);
        let clipped = self.clipped.iter().filter(|(_, window)| inside(window)).map(|(glyph, _)| glyph.clone());
        lines::assemble(standing_in(&self.seen, place).into_iter().chain(clipped).collect())
    }
}

/// Printed glyphs that were not there when the page was sent.
struct New {
    glyphs: Vec<Placed>,
    /// Whether each stands in a place.
    placed: Vec<bool>,
}

impl New {
    fn of(glyphs: &[Placed], sent: &[Placed], page: &PageAsk) -> Self {
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

    fn standing_in(&self, place: &Rect) -> Vec<Placed> {
        standing_in(&self.glyphs, place)
    }

    /// Whether text that begins in a place goes on outside it, on the same line or on the next one below: a person reads
    /// on where the box ends. Where the next place begins, only what touches is the same text.
    fn goes_beyond(&self, place: &Rect) -> bool {
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

/// Rows of this height are searched for a glyph's like.
fn row(y: f64) -> i64 {
    (y / SLACK) as i64
}

fn outside(glyphs: &[Placed], page: &PageAsk) -> Vec<Placed> {
    let places: Vec<Rect> = page.places.iter().map(|place| seen_place(place, &page.crop)).collect();
    glyphs.iter().filter(|glyph| !places.iter().any(|place| stands_in(glyph, place))).cloned().collect()
}
