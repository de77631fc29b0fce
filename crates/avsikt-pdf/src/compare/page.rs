//! Looks at pages as a person would: what was written at certain places, and whether the rest is drawn as it was sent.
//!
//! ```text
//! returned page ─┬─ glyphs ── register ──┬─▶ printed text at each place ◀─ plain text of another library
//!                └─ picture ── ink ──────┴─▶ new ink at each place, differences outside them
//! page as sent ──── glyphs, picture ─────┘
//! ```
//! A page whose content is known to be equal needs no original: only what lies over it, fields and annotations, is drawn
//! and read.

use std::sync::Arc;

use hayro::RenderCache;
use hayro_interpret::kurbo::Affine;
use hayro_interpret::{InterpreterCache, RenderContent, TransformExt};
use hayro_syntax::page::Page;

use crate::compare::explain::Explained;
use crate::compare::likeness::Pages;
use crate::compare::places::*;
use crate::compare::registration::{self, Laid};
use crate::facts::PdfProblem;
use crate::file::open;
use crate::file::passwords::Passwords;
use crate::geometry::Rect;
use crate::image::ink::{self, Ink, Pixels};
use crate::image::raster::{self, Grey};
use crate::limits::Limits;
use crate::opened::OpenFile;
use crate::seen::{Difference, LookAsk, PageAsk, PageSeen, PlaceSeen, Png, Registration};
use crate::text::glyphs;
use crate::text::lines::{self, Placed};
use crate::text::plain;

/// Pixels to the inch: a box of 4.5 mm has 18 to a side.
const DPI: f64 = 100.0;
const SCALE: f64 = DPI / 72.0;
/// Ink within this many pixels is the same ink, drawn by another program.
const SAME: usize = 2;
/// The margin of a place that is left out when ink is counted: frames of fields are drawn there.
const MARGIN: f64 = 2.0;
/// What is left out around places when the rest is compared: a tick may reach beyond its box.
const BEYOND: f64 = 6.0;
/// Differences this near on a line are one.
const BESIDE: f64 = 12.0;
/// A page without readable words is laid as it is over an original of the same size if it has this much of its ink.
const EXPLAINED: f64 = 0.9;
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
        _ => Some(open::open_for_hayro(&Arc::new(original.to_vec()), &none, file.limits).ok_or_else(unopened)?),
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
    let shown = (page.explain || !page.pictures.is_empty())
        .then(|| raster::grey(leaf, &caches.picture, RenderContent::all(), to_canvas(to_sent), size(&page.crop)));
    let ink = Ink::of(&picture);
    let places = page.places.iter().map(|place| {
        let place = seen_place(place, &page.crop);
        let mut seen = inked(&ink, &place, &window);
        seen.overlaid = overlaid.text_of(&place);
        seen
    });
    let places: Vec<PlaceSeen> = places.collect();
    let explained = shown
        .as_ref()
        .filter(|_| page.explain)
        .map(|shown| Explained { glyphs: overlaid.boxes(), ..explained(shown, (&ink, window), page) }.draw());
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
        places,
        pictures: shown.map(|shown| pictures(&shown, page)).unwrap_or_default(),
        explained: explained.into_iter().collect(),
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
    let differences = compared.differences(
        &Pages { sent: &sent, shown: &shown, dots: SCALE, scale: laid.scale },
        &sent_glyphs,
        &glyphs,
        page,
    );
    let explained = page.explain.then(|| {
        let told = differences.iter().map(|difference| seen_place(&difference.rect, &page.crop));
        Explained {
            gone: Some(&compared.gone),
            glyphs: [new.boxes(), overlaid.boxes()].concat(),
            differences: told.collect(),
            ..explained(&shown, (&compared.new_ink, Pixels::default()), page)
        }
        .draw()
    });
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
        explained: explained.into_iter().collect(),
        differences,
        same_words: outside(&sent_glyphs).split_whitespace().eq(outside(&glyphs).split_whitespace()),
        font_missing,
    }
}

/// The picture of what was compared, as far as it is the same for every page.
fn explained<'a>(shown: &'a Grey, new: (&'a Ink, Pixels), page: &PageAsk) -> Explained<'a> {
    let places: Vec<Rect> = page.places.iter().map(|place| seen_place(place, &page.crop)).collect();
    let counted = places.iter().map(|place| grown(place, -margin(place))).collect();
    Explained { shown, new, gone: None, places, counted, glyphs: Vec::new(), differences: Vec::new(), scale: SCALE }
}

/// Two pictures of a page, compared.
struct Compared {
    /// Ink that was not sent.
    new_ink: Ink,
    /// Ink that was sent and is gone, outside the places.
    gone: Ink,
    /// Groups of such ink, and of ink that is new, outside the places.
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
        Compared { new_ink: is.without(&was.spread(1)), gone, changed, explained, foreign }
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

fn same_size<'a>(leaf: &Page<'a>, over: &Page<'a>) -> bool {
    let ((a, b), (c, d)) = (leaf.render_dimensions(), over.render_dimensions());
    f64::from((a - c).abs().max((b - d).abs())) < SAME_SIZE
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

/// What is left out of a place when its ink is counted, along each edge.
fn margin(place: &Rect) -> f64 {
    MARGIN.min(place.width() / 6.0).min(place.height() / 6.0)
}

/// Ink in a place, without its margin. The picture begins at the upper left corner of `window`.
fn inked(ink: &Ink, place: &Rect, window: &Pixels) -> PlaceSeen {
    let inner = ink::pixels(&grown(place, -margin(place)), SCALE);
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
