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
use crate::limits::Limits;

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
    /// The picture, and what takes its pixels to points of the page as it is seen.
    Picture(Grey, Affine),
}

/// The picture that fills a page.
pub fn of<'a>(page: &'a Page<'a>, texts: &InterpreterCache<'a>, pictures: &RenderCache<'a>, limits: &Limits) -> Found {
    let (width, height) = page.render_dimensions();
    let bounds = Rect::new(0.0, 0.0, width.into(), height.into());
    let mut watcher = Watcher { bounds, most_pixels: limits.pixels, ..Watcher::default() };
    let to_view = page.initial_transform(true).to_kurbo();
    let settings = InterpreterSettings { render_content: RenderContent::all(), ..InterpreterSettings::default() };
    let mut context = Context::new(to_view, bounds, texts, page.xref(), settings);
    interpret_page(page, &mut context, &mut watcher);
    if watcher.covered < FILLS * bounds.area() || watcher.longest < LEAST_SIDE {
        return Found::NoPicture;
    }
    if watcher.pixels > limits.pixels {
        return Found::Unusable(Limits::pixels_in_words(watcher.pixels));
    }
    let alone = watcher.pictures == 1 && !watcher.others;
    let (grey, to_page) = match watcher.grey.filter(|_| alone) {
        Some(grey) => {
            let grey = squared(grey, watcher.tall);
            let pixel = Affine::scale_non_uniform(
                f64::from(watcher.size.0) / grey.width as f64,
                f64::from(watcher.size.1) / grey.height as f64,
            );
            (grey, watcher.placed * pixel)
        }
        None if alone && watcher.broken => return Found::Unusable("its picture cannot be decoded".into()),
        None => {
            let scale = raster::fitting(DRAWN_DPI / 72.0, f64::from(width), f64::from(height));
            let size = ((f64::from(width) * scale).ceil() as usize, (f64::from(height) * scale).ceil() as usize);
            (raster::grey(page, pictures, RenderContent::all(), Affine::scale(scale), size), Affine::scale(1.0 / scale))
        }
    };
    Found::Picture(grey, to_page)
}

/// A picture with pixels as high as wide: a fax has twice as many dots to the inch across as down.
fn squared(grey: Grey, tall: f64) -> Grey {
    if !(1.5..3.0).contains(&tall) {
        return grey;
    }
    let Grey { width, height, pixels } = grey;
    let rows = (height as f64 * tall) as usize;
    let mut stretched = Vec::with_capacity(width * rows);
    for row in 0..rows {
        let from = ((row as f64 + 0.5) / tall - 0.5).clamp(0.0, (height - 1) as f64);
        let (upper, part) = (from as usize, from.fract() as f32);
        let (a, b) = (&pixels[upper * width..][..width], &pixels[(upper + 1).min(height - 1) * width..][..width]);
        let between = |(a, b): (&u8, &u8)| (f32::from(*a) + (f32::from(*b) - f32::from(*a)) * part) as u8;
        stretched.extend(a.iter().zip(b).map(between));
    }
    Grey { width, height: rows, pixels: stretched }
}

/// Notes what is drawn; keeps the shades of the first picture.
#[derive(Default)]
struct Watcher {
    bounds: Rect,
    most_pixels: u64,
    pictures: usize,
    pixels: u64,
    longest: u32,
    /// Part of the page that pictures cover, in square points.
    covered: f64,
    /// How high the first picture's pixels are drawn for their width, how many there are, and where they are drawn.
    tall: f64,
    size: (u32, u32),
    placed: Affine,
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
        if self.pictures == 1 {
            let [a, b, c, d, ..] = props.transform.as_coeffs();
            self.tall = c.hypot(d) / a.hypot(b);
            (self.size, self.placed) = ((width, height), props.transform);
        }
        let fills = drawn.intersect(self.bounds).area() > FILLS * self.bounds.area();
        // A mirrored picture is left to the drawing.
        let upright = props.transform.determinant() > 0.0;
        match image {
            Image::Raster(raster) if fills && upright && self.pictures == 1 && self.pixels <= self.most_pixels => {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::OpenFile;
    use crate::file::passwords::Passwords;

    #[test]
    fn a_picture_in_jbig2_is_read() {
        // 400 × 600 pixels: black at the left for 100 pixels, and at the top for 30.
        let (limits, passwords) = (Limits::default(), Passwords::default());
        let sample = include_bytes!("../../samples/jbig2.pdf").to_vec();
        let file = OpenFile::open(sample, &limits, &passwords).expect("it is a PDF");
        let page = file.pdf().and_then(|pdf| pdf.pages().first()).expect("it has one");
        let Found::Picture(grey, _) = of(page, &InterpreterCache::new(), &RenderCache::new(), &limits) else {
            panic!("its page is a picture");
        };
        let shade = |x: usize, y: usize| grey.pixels[y * grey.width + x];
        assert_eq!((grey.width, grey.height), (400, 600));
        assert_eq!([shade(99, 300), shade(100, 300), shade(300, 29), shade(300, 30)], [0, 255, 0, 255]);
    }
}
