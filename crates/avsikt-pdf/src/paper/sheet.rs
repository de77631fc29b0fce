//! Pages that are pictures of paper: whose they are, how they lie over the page as it was sent, and what they show.

use std::rc::Rc;
use std::sync::Arc;

use hayro::RenderCache;
use hayro_interpret::InterpreterCache;
use hayro_interpret::kurbo::{Affine, Point};

use super::alike;
use super::beside;
use super::code::{self, Code};
use super::homography::Homography;
use super::ink::{self, Place};
use super::lay;
use super::picture::{self, Found};
use super::pyramid::Pyramid;
use super::template::Template;
use super::trouble;
use crate::compare::places;
use crate::facts::PdfProblem;
use crate::file::open;
use crate::file::passwords::Passwords;
use crate::geometry::{MM, Rect};
use crate::image::raster::{self, Grey};
use crate::opened::OpenFile;
use crate::seen::{MarkSeen, Png, SheetAsk, SheetFound, SheetLaid, SheetPageAsk, SheetSeen};
use crate::text::lines::{self, Placed};

/// Pixels to a millimetre of the pictures that people are shown: 150 to the inch.
const SHOWN_DOTS: f64 = 6.0;
/// Square millimetres of ink with which a field may be written in.
const WRITTEN: f64 = 0.4;
/// Millimetres in an inch.
const INCH: f64 = 25.4;
/// Pages without a code that are searched thoroughly; a scanned appendix is no declaration, and a search takes a third of a
/// second.
const SEARCHED: usize = 4;

/// A picture with the code that stands on it.
pub struct Sheet {
    picture: Pyramid,
    /// Takes its pixels to points of the page as it is seen.
    to_page: Affine,
    code: Option<Code>,
}

impl OpenFile<'_> {
    /// Which of some pages are pictures, by their indexes from 0, and the code on each. `prefix` is what a code of ours begins
    /// with: others, of a signing service or a copier, are passed over.
    ///
    /// # Errors
    /// When the file cannot be opened.
    pub fn sheets(&self, pages: &[usize], prefix: &str) -> Result<Vec<SheetFound>, PdfProblem> {
        let mut found: Vec<SheetFound> = Vec::new();
        for &page in &pages[..pages.len().min(self.limits.sheets)] {
            let quick = found.iter().filter(|sheet| sheet.code.is_none()).count() >= SEARCHED;
            match self.sheet(page, quick, prefix) {
                Ok(None) => {}
                Ok(Some(sheet)) => {
                    let full = sheet.picture.full();
                    let code = sheet.code.as_ref().map(|code| code.text.clone());
                    found.push(SheetFound { page, width: full.width, height: full.height, code, unusable: None });
                }
                Err(why) => found.push(SheetFound { page, unusable: Some(why), ..SheetFound::default() }),
            }
        }
        Ok(found)
    }

    /// Decodes a page's picture; the last one is kept, since the form is looked at next.
    fn sheet(&self, page: usize, quick: bool, prefix: &str) -> Result<Option<Rc<Sheet>>, String> {
        if let Some((_, sheet)) = self.last_sheet.borrow().as_ref().filter(|(last, _)| *last == page) {
            return Ok(Some(sheet.clone()));
        }
        let Some(leaf) = self.pdf().and_then(|pdf| pdf.pages().get(page)) else { return Ok(None) };
        let (grey, to_page) = match picture::of(leaf, &InterpreterCache::new(), &RenderCache::new(), self.limits) {
            Found::NoPicture => return Ok(None),
            Found::Unusable(why) => return Err(why),
            Found::Picture(grey, to_page) => (grey, to_page),
        };
        let picture = Pyramid::new(grey);
        let code = code::find(&picture, quick, &|text| text.starts_with(prefix));
        let sheet = Rc::new(Sheet { picture, to_page, code });
        *self.last_sheet.borrow_mut() = Some((page, sheet.clone()));
        Ok(Some(sheet))
    }

    /// What pictures of pages show, laid over the `original` as it was sent.
    ///
    /// # Errors
    /// When the original cannot be opened.
    pub fn look_at_sheets(&self, original: &[u8], ask: &SheetAsk) -> Result<Vec<SheetSeen>, PdfProblem> {
        let none = Passwords::default();
        let sent = open::open_for_hayro(&Arc::new(original.to_vec()), &none, self.limits)
            .ok_or_else(|| PdfProblem::Damaged("what was sent cannot be opened".into()))?;
        let cache = RenderCache::new();
        let mut seen = Vec::new();
        for page in &ask.pages {
            let unseen = || SheetSeen { page: page.page, ..SheetSeen::default() };
            let (Ok(Some(sheet)), Some(over)) =
                (self.sheet(page.page, false, &ask.prefix), sent.pages().get(page.original))
            else {
                seen.push(unseen());
                continue;
            };
            let template = Template::draw(over, &cache);
            let guessed = self.glyphs(page.page, &InterpreterCache::new());
            let guessed = guessed.as_ref().map_or(&[][..], |glyphs| &glyphs.invisible);
            seen.push(look(&sheet, &template, page, guessed));
        }
        Ok(seen)
    }
}

/// `guessed` is text that a program has laid under the picture.
fn look(sheet: &Sheet, template: &Template, ask: &SheetPageAsk, guessed: &[Placed]) -> SheetSeen {
    let place = |rect: &Rect| Place {
        x0: (rect.x0 - ask.crop.x0) / MM,
        y0: (ask.crop.y1 - rect.y1) / MM,
        x1: (rect.x1 - ask.crop.x0) / MM,
        y1: (ask.crop.y1 - rect.y0) / MM,
    };
    let marks: Vec<Place> = ask.marks.iter().map(place).collect();
    let side = marks.first().map_or(0.0, |mark| mark.x1 - mark.x0);
    let middles: Vec<Point> =
        marks.iter().map(|mark| Point::new((mark.x0 + mark.x1) / 2.0, (mark.y0 + mark.y1) / 2.0)).collect();
    let laid = lay::lay(template, &sheet.picture, sheet.code.as_ref(), &middles, side);
    let well = laid.is_some_and(|laid| laid.trust >= lay::TRUSTED);
    let map = laid.map(|laid| laid.map);
    let troubles = if well { Vec::new() } else { trouble::troubles(template, &sheet.picture, map.as_ref()) };
    let Some((laid, map)) = laid.zip(map) else {
        return SheetSeen { page: ask.page, troubles, ..SheetSeen::default() };
    };
    let centre = Point::new(template.width / 2.0, template.height / 2.0);
    let [(ax, ay), _] = map.steps(centre);
    let boxes = ask.boxes.iter().map(|rect| ink::of_box(template, &sheet.picture, &map, &place(rect)));
    let fields = ask.fields.iter().map(|rect| ink::of_field(template, &sheet.picture, &map, &place(rect)));
    let fields: Vec<MarkSeen> = fields.collect();
    let shown = ask.pictures.iter().map(|rect| {
        let view = sheet.picture.view(&map, &place(rect).window(SHOWN_DOTS));
        // What lies outside the picture is shown grey.
        let shade = |shade: &f32| if shade.is_nan() { 128 } else { *shade as u8 };
        let pixels = view.shades.iter().map(shade).collect();
        Png(raster::png(&Grey { width: view.width, height: view.height, pixels }).unwrap_or_default())
    });
    let [own_boxes, own_fields] = [&ask.boxes, &ask.fields].map(|rects| rects.iter().map(place).collect::<Vec<_>>());
    let fills = |seen: &MarkSeen| !seen.seen || seen.area_mm2 >= WRITTEN;
    let [written, empty] = [true, false].map(|wanted| {
        let such = own_fields.iter().zip(&fields).filter(|(_, seen)| fills(seen) == wanted);
        such.map(|(field, _)| *field).collect::<Vec<_>>()
    });
    let places = beside::Places { boxes: &own_boxes, written: &written, empty: &empty };
    let beside = beside::of_page(template, &sheet.picture, &map, &places);
    let on_page = |place: &Place| Rect {
        x0: ask.crop.x0 + place.x0 * MM,
        y0: ask.crop.y1 - place.y1 * MM,
        x1: ask.crop.x0 + place.x1 * MM,
        y1: ask.crop.y1 - place.y0 * MM,
    };
    SheetSeen {
        page: ask.page,
        troubles,
        beside: beside.iter().map(on_page).collect(),
        laid: Some(SheetLaid {
            trust: laid.trust,
            error_mm: laid.error_mm,
            marks: laid.marks,
            dpi: map.scale(centre) * INCH,
            turn: ay.atan2(ax).to_degrees(),
        }),
        boxes: boxes.collect(),
        fields,
        guessed: own_fields.iter().map(|field| words_in(field, guessed, sheet, &map)).collect(),
        alike: alike::rates(&sheet.picture, &map, &place(&ask.code), &ask.codes),
        pictures: shown.collect(),
    }
}

/// The words in a field of those that a program has laid under the picture, line by line.
fn words_in(field: &Place, guessed: &[Placed], sheet: &Sheet, map: &Homography) -> String {
    let Some(to_millimetres) = map.inverse().filter(|_| !guessed.is_empty()) else { return String::new() };
    let to_pixels = sheet.to_page.inverse();
    let inside = |glyph: &&Placed| {
        let middle = Point::from(places::middle(glyph));
        field.holds(to_millimetres.apply(to_pixels * middle))
    };
    lines::assemble(guessed.iter().filter(inside).cloned().collect())
}
