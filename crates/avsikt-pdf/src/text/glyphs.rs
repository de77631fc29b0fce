//! The text that stands on a page, by hayro-interpret with a device of our own.
//!
//! The device draws nothing. It notes where each glyph stands and what character it is, and `lines` puts them together.
//! Only the page's content is read: what annotations and fields show is told as facts of their own. Text drawn invisibly
//! (as scanners lay it under their picture) is read too; text outside the page is not.
//!
//! Text in a font that the file does not embed needs hayro's feature `embed-fonts`: without a substitute for Helvetica
//! hayro gives no glyphs at all. Where that happens it is told as an oddity.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use hayro_interpret::font::{Glyph, GlyphRun};
use hayro_interpret::hayro_cmap::BfString;
use hayro_interpret::kurbo::{Affine, BezPath, Point, Rect, Shape, Vec2};
use hayro_interpret::{
    BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageDrawProps, InterpreterCache,
    InterpreterSettings, InterpreterWarning, RenderContent, SoftMask, TransformExt, interpret_page,
};
use hayro_syntax::page::Page;

use crate::text::lines::{self, Characters, Placed};

/// Glyph space has 1000 units to the em.
const EM: f64 = 1000.0;
/// The middle of a letter above its baseline, in parts of an em.
const MIDDLE: f64 = 0.3;
/// How far the middle of a letter may lie outside a clip, in points.
const SLACK: f64 = 0.5;
/// A picture that covers this part of a page fills it: scanners leave margins out.
const PAGE_PICTURE: f64 = 0.8;

/// The glyphs of a page.
#[derive(Debug)]
pub struct Collected {
    /// Those that can be seen.
    pub glyphs: Vec<Placed>,
    /// Those that are drawn without ink (text rendering mode 3), as OCR programs lay them under a scanned page.
    pub invisible: Vec<Placed>,
    /// Those that a clip or the page's edge hides: text that is longer than its field, for one.
    pub clipped: Vec<Clipped>,
    /// A picture fills the page: what text says on such a page may be what a program guessed from the picture.
    pub page_picture: bool,
    /// There were more glyphs than the limit.
    pub full: bool,
    /// A font could not be loaded, so its glyphs are missing.
    pub no_font: bool,
}

/// A glyph that a clip hides.
#[derive(Debug, Clone)]
pub struct Clipped {
    pub glyph: Placed,
    /// The middle of what the clip lets through; of nothing, where the page's edge alone hides it.
    pub window: Option<Point>,
}

/// Collects the glyphs of a page's content, of its annotations, or of both.
pub fn collect<'a>(
    page: &'a Page<'a>,
    cache: &InterpreterCache<'a>,
    content: RenderContent,
    limit: usize,
) -> Collected {
    let (width, height) = page.render_dimensions();
    let bounds = Rect::new(0.0, 0.0, width.into(), height.into());
    let no_font = Arc::new(AtomicBool::new(false));
    let settings = InterpreterSettings {
        render_content: content,
        warning_sink: {
            let no_font = no_font.clone();
            Arc::new(move |warning| {
                let lost = matches!(warning, InterpreterWarning::UnsupportedFont);
                no_font.fetch_or(lost, Ordering::Relaxed);
            })
        },
        ..InterpreterSettings::default()
    };
    let to_view = page.initial_transform(true).to_kurbo();
    let mut context = Context::new(to_view, bounds, cache, page.xref(), settings);
    let mut collector = Collector { bounds, limit, ..Collector::default() };
    interpret_page(page, &mut context, &mut collector);
    Collected {
        glyphs: collector.glyphs,
        invisible: collector.invisible,
        clipped: collector.clipped,
        page_picture: collector.page_picture,
        full: collector.full,
        no_font: no_font.load(Ordering::Relaxed),
    }
}

/// The device: collects glyphs in the page as it is seen (origin at the upper left, y downwards, turned by `/Rotate`).
#[derive(Default)]
struct Collector {
    bounds: Rect,
    /// Boxes around the clips that hold now.
    clips: Vec<Rect>,
    glyphs: Vec<Placed>,
    invisible: Vec<Placed>,
    clipped: Vec<Clipped>,
    page_picture: bool,
    limit: usize,
    full: bool,
}

impl Collector {
    fn collect(&mut self, glyph: &Glyph<'_>, to_view: Affine, mode: &DrawMode) {
        let at = to_view * Point::ZERO;
        if self.glyphs.len() + self.invisible.len() + self.clipped.len() >= self.limit {
            self.full = true;
            return;
        }
        let advance = match glyph {
            Glyph::Outline(glyph) => glyph.advance_width(),
            Glyph::Type3(glyph) => glyph.advance_width(),
        };
        let advance = advance.map_or(EM / 2.0, f64::from);
        let along = to_view * Point::new(advance, 0.0) - at;
        let up: Vec2 = to_view * Point::new(0.0, EM) - at;
        let across = to_view * Point::new(EM, 0.0) - at;
        let placed = Placed {
            text: match glyph.as_unicode() {
                Some(BfString::Char(one)) => Characters::One(one),
                Some(BfString::String(several)) => Characters::Several(several),
                None => Characters::One(char::REPLACEMENT_CHARACTER),
            },
            x: at.x,
            y: at.y,
            direction: lines::Direction::of(across.x, across.y),
            advance: along.hypot(),
            size: up.hypot(),
        };
        let middle = at + along / 2.0 + up * MIDDLE;
        let hiding = self.clips.iter().rfind(|clip| !clip.inflate(SLACK, SLACK).contains(middle));
        if hiding.is_some() || !self.bounds.contains(at) {
            self.clipped.push(Clipped { glyph: placed, window: hiding.or(self.clips.last()).map(Rect::center) });
        } else if matches!(mode, DrawMode::Invisible) {
            self.invisible.push(placed);
        } else {
            self.glyphs.push(placed);
        }
    }
}

impl<'a> Device<'a> for Collector {
    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, mode: &DrawMode) {
        for glyph in run.glyphs() {
            self.collect(glyph, props.transform * glyph.transform(), mode);
        }
    }

    fn draw_path(&mut self, _: &BezPath, _: DrawProps<'a>, _: &DrawMode) {}
    fn draw_rect(&mut self, _: &Rect, _: DrawProps<'a>, _: &DrawMode) {}
    fn push_clip_path(&mut self, clip: &ClipPath) {
        self.clips.push(clip.path.bounding_box());
    }
    fn push_clip_rect(&mut self, clip: &Rect) {
        self.clips.push(*clip);
    }
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {}
    fn draw_image(&mut self, image: Image<'a, '_>, props: ImageDrawProps<'a>) {
        let (width, height) = match &image {
            Image::Raster(raster) => (raster.width(), raster.height()),
            Image::Stencil(stencil) => (stencil.width(), stencil.height()),
        };
        let drawn = props.transform.transform_rect_bbox(Rect::new(0.0, 0.0, width.into(), height.into()));
        self.page_picture |= drawn.intersect(self.bounds).area() > PAGE_PICTURE * self.bounds.area();
    }
    fn pop_clip(&mut self) {
        self.clips.pop();
    }
    fn pop_transparency_group(&mut self) {}
}

#[cfg(test)]
mod tests {
    use crate::limits::Limits;
    use crate::opened::OpenFile;
    use crate::sample;

    /// A Type 3 font needs no font file; its glyphs draw nothing and are told by their names.
    fn text(page: &str, content: &str) -> Option<String> {
        let names: String = ('a'..='z').map(|letter| format!(" /{letter}")).collect();
        let body = format!(
            "1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj
            2 0 obj << /Type /Pages /Kids [3 0 R] /Count 1 >> endobj
            3 0 obj << /Type /Page /MediaBox [0 0 300 200] /Contents 4 0 R {page}
              /Resources << /Font << /F 5 0 R >> >> >> endobj
            5 0 obj << /Type /Font /Subtype /Type3 /FontBBox [0 0 0 0]
              /FontMatrix [0.001 0 0 0.001 0 0] /FirstChar 97 /LastChar 122 /Widths [{}]
              /Encoding << /Differences [32 /space 97 {names}] >>
              /CharProcs << /a 6 0 R >> >> endobj\n{}{}",
            "500 ".repeat(26),
            sample::stream(6, "500 0 d0"),
            sample::stream(4, content)
        );
        let limits = Limits::default();
        let passwords = Default::default();
        let file = OpenFile::open(sample::file(&body), &limits, &passwords).unwrap();
        let mut read = file.texts(&[0]).unwrap();
        assert_eq!(read.oddities, [] as [&str; 0]);
        read.texts.remove(&0)
    }

    #[test]
    fn lines_go_from_top_to_bottom_whatever_the_order_of_drawing() {
        let content = "BT /F 10 Tf 20 50 Td (second) Tj 0 30 Td (first) Tj 100 0 Td (line) Tj ET";
        assert_eq!(text("", content).as_deref(), Some("first line\nsecond"));
    }

    #[test]
    fn a_turned_page_is_read_as_it_is_seen() {
        let content = "BT /F 10 Tf 0 1 -1 0 100 20 Tm (seen upright) Tj 0 -20 Td (below) Tj ET";
        assert_eq!(text("/Rotate 90", content).as_deref(), Some("seen upright\nbelow"));
    }

    #[test]
    fn text_outside_the_page_is_not_read() {
        let content = "BT /F 10 Tf 20 50 Td (in) Tj 0 500 Td (out) Tj ET";
        assert_eq!(text("", content).as_deref(), Some("in"));
    }

    #[test]
    fn text_that_a_clip_hides_is_not_read() {
        let content = "q 0 0 100 60 re W n BT /F 10 Tf 20 50 Td (seen) Tj 0 30 Td (hidden) Tj ET Q
            BT /F 10 Tf 20 80 Td (again) Tj ET";
        assert_eq!(text("", content).as_deref(), Some("again\nseen"));
    }

    #[test]
    fn fill_and_stroke_is_one_text() {
        let content = "BT /F 10 Tf 2 Tr 20 50 Td (once) Tj 3 Tr 0 -20 Td (unseen) Tj ET";
        assert_eq!(text("", content).as_deref(), Some("once\nunseen"));
    }

    #[test]
    fn a_page_without_text_has_an_empty_one() {
        assert_eq!(text("", "0 0 10 10 re f").as_deref(), Some(""));
    }
}
