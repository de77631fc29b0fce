//! Pages as pictures, by hayro.
//!
//! hayro has no limits of its own, so a picture's size is bounded here and the rest by the worker process.

use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::vello_cpu::{Pixmap, RasterizerSettings, RenderContext, Resources, TargetInit};
use hayro::{RenderCache, RenderSettings, render_into};
use hayro_interpret::kurbo::Affine;
use hayro_interpret::{InterpreterSettings, RenderContent, TransformExt};
use hayro_syntax::Pdf;
use hayro_syntax::page::Page;

use crate::facts::PdfProblem;

/// Pixels of one picture, and of one side: what a page is drawn at is made smaller until it fits.
const MOST_PIXELS: f64 = 20e6;
const LONGEST_SIDE: f64 = 16_000.0;
/// Points in an inch.
const INCH: f64 = 72.0;

/// A picture in shades of grey: 0 is black, 255 white.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grey {
    pub width: usize,
    pub height: usize,
    pub pixels: Vec<u8>,
}

/// Draws a page, already turned as it is seen, on white. `to_canvas` takes points of the page as it is seen (from its
/// upper left corner, y downwards) to pixels.
pub fn grey<'a>(
    page: &'a Page<'a>,
    cache: &RenderCache<'a>,
    content: RenderContent,
    to_canvas: Affine,
    (width, height): (usize, usize),
) -> Grey {
    let pixmap = draw(page, cache, content, to_canvas, (width, height));
    let pixels = pixmap.data().iter().map(|p| luma(&[p.r, p.g, p.b])).collect();
    Grey { width: pixmap.width().into(), height: pixmap.height().into(), pixels }
}

/// The shade of a colour: Rec. 601 in parts of 256.
pub fn luma(rgb: &[u8]) -> u8 {
    ((77 * u16::from(rgb[0]) + 150 * u16::from(rgb[1]) + 29 * u16::from(rgb[2])) >> 8) as u8
}

fn draw<'a>(
    page: &'a Page<'a>,
    cache: &RenderCache<'a>,
    content: RenderContent,
    to_canvas: Affine,
    (width, height): (usize, usize),
) -> Pixmap {
    let side = |pixels: usize| u16::try_from(pixels.max(1)).unwrap_or(u16::MAX);
    let mut context = RenderContext::new(side(width), side(height));
    let interpreter = InterpreterSettings { render_content: content, ..InterpreterSettings::default() };
    // Without hinting, a glyph is the same wherever its program put it.
    let settings = RenderSettings { hinting: false, ..RenderSettings::default() };
    let transform = to_canvas * page.initial_transform(true).to_kurbo();
    render_into(page, cache, &interpreter, &settings, &mut context, transform);
    context.flush();
    let mut pixmap = Pixmap::new(context.width(), context.height());
    let rasterizer = RasterizerSettings { target_init: TargetInit::Clear(WHITE), ..Default::default() };
    context.render_with(&mut pixmap, &mut Resources::default(), rasterizer);
    pixmap
}

/// A colour picture, three bytes a pixel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    pub width: usize,
    pub height: usize,
    pub rgb: Vec<u8>,
}

/// Draws every page of a file that this program has made, annotations and fields included.
///
/// # Errors
/// When the file cannot be opened.
pub fn pictures(bytes: &[u8], dpi: f64) -> Result<Vec<Picture>, PdfProblem> {
    let pdf = Pdf::new(bytes.to_vec()).map_err(|error| PdfProblem::Damaged(format!("{error:?}")))?;
    let cache = RenderCache::new();
    let mut pictures = Vec::new();
    for page in pdf.pages().iter() {
        let (width, height) = page.render_dimensions();
        let (width, height) = (f64::from(width), f64::from(height));
        let scale = fitting(dpi / INCH, width, height);
        let size = ((width * scale).round() as usize, (height * scale).round() as usize);
        let pixmap = draw(page, &cache, RenderContent::all(), Affine::scale(scale), size);
        let rgb = pixmap.data().iter().flat_map(|p| [p.r, p.g, p.b]).collect();
        pictures.push(Picture { width: pixmap.width().into(), height: pixmap.height().into(), rgb });
    }
    Ok(pictures)
}

/// The largest scale up to `wanted` at which a page's picture stays within bounds.
pub fn fitting(wanted: f64, width: f64, height: f64) -> f64 {
    wanted.min((MOST_PIXELS / (width * height)).sqrt()).min(LONGEST_SIDE / width.max(height))
}

/// A grey picture as PNG.
pub fn png(grey: &Grey) -> Option<Vec<u8>> {
    encoded((grey.width, grey.height), png::ColorType::Grayscale, &grey.pixels)
}

/// A colour picture as PNG.
pub fn colour_png(picture: &Picture) -> Option<Vec<u8>> {
    encoded((picture.width, picture.height), png::ColorType::Rgb, &picture.rgb)
}

fn encoded((width, height): (usize, usize), colours: png::ColorType, pixels: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, u32::try_from(width).ok()?, u32::try_from(height).ok()?);
    encoder.set_color(colours);
    encoder.set_compression(png::Compression::Fast);
    let mut writer = encoder.write_header().ok()?;
    writer.write_image_data(pixels).ok()?;
    writer.finish().ok()?;
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    fn drawn(content: &str) -> Picture {
        let body = format!(
            "1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj
            2 0 obj << /Type /Pages /Kids [3 0 R] /Count 1 >> endobj
            3 0 obj << /Type /Page /MediaBox [0 0 72 36] /Contents 4 0 R >> endobj\n{}",
            sample::stream(4, content)
        );
        pictures(&sample::file(&body), 100.0).unwrap().remove(0)
    }

    #[test]
    fn a_page_is_drawn_at_the_resolution_asked_for() {
        let picture = drawn("1 0 0 rg 0 0 36 36 re f");
        assert_eq!((picture.width, picture.height), (100, 50));
        let at = |x: usize, y: usize| &picture.rgb[(y * 100 + x) * 3..][..3];
        assert_eq!((at(10, 25), at(90, 25)), ([255, 0, 0].as_slice(), [255, 255, 255].as_slice()));
    }

    #[test]
    fn a_huge_page_is_drawn_smaller() {
        assert_eq!(fitting(2.0, 100.0, 100.0), 2.0);
        assert!(fitting(2.0, 14_400.0, 14_400.0) * 14_400.0 < 4_500.0);
    }

    #[test]
    fn a_picture_becomes_a_png() {
        let bytes = png(&Grey { width: 2, height: 1, pixels: vec![0, 255] }).unwrap();
        let mut reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().unwrap();
        let mut pixels = [9; 2];
        reader.next_frame(&mut pixels).unwrap();
        assert_eq!(pixels, [0, 255]);
    }
}
