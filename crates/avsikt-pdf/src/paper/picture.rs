//! The picture that a page is: scanned or photographed paper inside a PDF.
//!
//! A page that is one picture and nothing else that is seen gives that picture, at its own resolution. Anything more
//! complicated (strips, a background and a mask, something stamped over it) is drawn as a viewer would.

use hayro::RenderCache;
use hayro_interpret::font::GlyphRun;
use hayro_interpret::kurbo::{Affine, BezPath, Rect};
use hayro_interpret::{
    BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageData, ImageDrawProps, InterpreterCache,
    InterpreterSettings, RenderContent, SoftMask, TransformExt, interpret_page,
};
use hayro_syntax::page::Page;

use crate::image::raster::{self, Grey};

/// Pixels of one picture; A4 at 600 dots to the inch has 35 million.
const MOST_PIXELS: u64 = 60_000_000;
/// Pictures that together cover this part of a page fill it: scanners leave margins out, and some cut pages into strips.
const FILLS: f64 = 0.6;
/// Fewer pixels along the longer side show no form: 100 dots to the inch of half a page.
const LEAST_SIDE: u32 = 500;
/// Dots to the inch at which more complicated pages are drawn.
const DRAWN_DPI: f64 = 200.0;
/// A picture longer than this is halved: 300 dots to the inch are enough for every mark.
const LONG_ENOUGH: usize = 5_000;

/// What a page is as a picture.
pub enum Found {
    /// Text and lines, not a picture.
    NoPicture,
    /// More pixels than are looked at, or a picture that cannot be decoded.
    Unusable(String),
    Picture(Grey),
}

/// The picture that fills a page.
pub fn of<'a>(page: &'a Page<'a>, texts: &InterpreterCache<'a>, pictures: &RenderCache<'a>) -> Found {
    let (width, height) = page.render_dimensions();
    let bounds = Rect::new(0.0, 0.0, width.into(), height.into());
    let mut watcher = Watcher { bounds, ..Watcher::default() };
    let to_view = page.initial_transform(true).to_kurbo();
    let settings = InterpreterSettings { render_content: RenderContent::all(), ..InterpreterSettings::default() };
    let mut context = Context::new(to_view, bounds, texts, page.xref(), settings);
    interpret_page(page, &mut context, &mut watcher);
    if watcher.covered < FILLS * bounds.area() || watcher.longest < LEAST_SIDE {
        return Found::NoPicture;
    }
    if watcher.pixels > MOST_PIXELS {
        return Found::Unusable(format!("its picture has {} million pixels", watcher.pixels / 1_000_000));
    }
    let alone = watcher.pictures == 1 && !watcher.others;
    let grey = match watcher.grey.filter(|_| alone) {
        Some(grey) => grey,
        None if alone && watcher.broken => return Found::Unusable("its picture cannot be decoded".into()),
        None => {
            let scale = raster::fitting(DRAWN_DPI / 72.0, f64::from(width), f64::from(height));
            let size = ((f64::from(width) * scale).ceil() as usize, (f64::from(height) * scale).ceil() as usize);
            raster::grey(page, pictures, RenderContent::all(), Affine::scale(scale), size)
        }
    };
    Found::Picture(grey)
}

/// Notes what is drawn; keeps the shades of the first picture.
#[derive(Default)]
struct Watcher {
    bounds: Rect,
    pictures: usize,
    pixels: u64,
    longest: u32,
    /// Part of the page that pictures cover, in square points.
    covered: f64,
    /// Something else is seen on the page.
    others: bool,
    broken: bool,
    grey: Option<Grey>,
}

impl<'a> Device<'a> for Watcher {
    fn draw_glyph_run(&mut self, _: &GlyphRun<'_, 'a>, _: DrawProps<'a>, mode: &DrawMode) {
        self.others |= !matches!(mode, DrawMode::Invisible);
    }
    fn draw_path(&mut self, _: &BezPath, _: DrawProps<'a>, _: &DrawMode) {
        self.others = true;
    }
    fn draw_rect(&mut self, _: &Rect, _: DrawProps<'a>, _: &DrawMode) {
        self.others = true;
    }
    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_clip_rect(&mut self, _: &Rect) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {}
    fn draw_image(&mut self, image: Image<'a, '_>, props: ImageDrawProps<'a>) {
        let (width, height) = (image.width(), image.height());
        let drawn = props.transform.transform_rect_bbox(Rect::new(0.0, 0.0, width.into(), height.into()));
        self.covered += drawn.intersect(self.bounds).area();
        self.pictures += 1;
        self.pixels += u64::from(width) * u64::from(height);
        self.longest = self.longest.max(width.max(height));
        let fills = drawn.intersect(self.bounds).area() > FILLS * self.bounds.area();
        // A mirrored picture is left to the drawing.
        let upright = props.transform.determinant() > 0.0;
        match image {
            Image::Raster(raster) if fills && upright && self.pictures == 1 && self.pixels <= MOST_PIXELS => {
                raster.with_rgba(|data, alpha| self.grey = alpha.is_none().then(|| shades(data)).flatten(), None);
                self.broken = self.grey.is_none();
            }
            _ => {}
        }
    }
    fn pop_clip(&mut self) {}
    fn pop_transparency_group(&mut self) {}
}

/// Shades of a decoded picture (Rec. 601), not longer than is needed.
fn shades(data: ImageData) -> Option<Grey> {
    let (width, height) = (data.width() as usize, data.height() as usize);
    let pixels = match data {
        ImageData::Luma(luma) => luma.data,
        ImageData::Rgb(rgb) => rgb.data.chunks_exact(3).map(raster::luma).collect(),
    };
    let mut grey = (pixels.len() == width * height).then_some(Grey { width, height, pixels })?;
    while grey.width.max(grey.height) > LONG_ENOUGH {
        grey = super::pyramid::halved(&grey);
    }
    Some(grey)
}
