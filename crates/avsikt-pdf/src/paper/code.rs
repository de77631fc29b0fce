//! QR codes in a picture (ISO/IEC 18004), by rxing.
//!
//! The pages that are looked for carry theirs near one end, so parts of the picture are searched before the whole: that
//! is faster, and another pattern elsewhere does not disturb. Codes that cannot be read as they are may be read enlarged, or
//! where the paper's shade is told from the ink's near each pixel.

use hayro_interpret::kurbo::Point;
use rxing::common::HybridBinarizer;
use rxing::qrcode::QRCodeReader;
use rxing::qrcode::cpp_port::QrReader;
use rxing::{BarcodeFormat, BinaryBitmap, DecodeHints, Luma8LuminanceSource, RXingResult, Reader};

use super::pyramid::Pyramid;
use crate::image::ink::{Pixels, cut};
use crate::image::raster::Grey;

/// Parts of the longer side of the picture that a corner takes, along and across: enough for a code that stands 25 mm from
/// one edge and 9 mm from the other, and some skew.
const CORNER: (f64, f64) = (0.30, 0.17);
/// The picture is halved until it is no longer than this: a code's module is then still over 2 pixels wide.
const LONG_ENOUGH: usize = 2400;

/// What a code's points are, which differs from reader to reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchors {
    /// Its four corners: upper left, upper right, lower right, lower left.
    Corners,
    /// The middles of its three finder patterns: lower left, upper left, upper right.
    Finders,
}

/// A code that was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Code {
    pub text: String,
    pub anchors: Anchors,
    /// In pixels of the picture.
    pub points: Vec<Point>,
}

/// The first code in a picture that `wanted` takes. A quick search looks into the picture's corners alone.
pub fn find(pyramid: &Pyramid, quick: bool, wanted: &dyn Fn(&str) -> bool) -> Option<Code> {
    let mut level = 0;
    let mut full = pyramid.full();
    while full.width.max(full.height) > LONG_ENOUGH && level < 2 {
        level += 1;
        full = pyramid.level(level);
    }
    let halves = f64::from(1u32 << level);
    let reach = (full.width.max(full.height) / 100).max(1);
    let corners = corners(full.width, full.height);
    let whole = Pixels { x0: 0, y0: 0, x1: full.width, y1: full.height };
    let first = |parts: &[Pixels], reader: &dyn Fn(&Grey) -> Option<Code>| {
        parts.iter().find_map(|part| {
            let code = reader(&cut(full, part))?;
            Some(code.moved(part.x0 as f64, part.y0 as f64).scaled(halves))
        })
    };
    let as_it_is = |part: &Grey| read(part, wanted);
    let enlarged = |part: &Grey| read(&doubled(part), wanted).map(|code| code.scaled(0.5));
    let sharpened = |part: &Grey| read(&darker_than_around(part, reach), wanted);
    let found = first(&corners, &as_it_is);
    if quick || found.is_some() {
        return found;
    }
    first(&[whole], &as_it_is).or_else(|| first(&corners, &enlarged)).or_else(|| first(&corners, &sharpened))
}

/// The code of a page that was drawn cleanly, as each reader sees it.
pub fn all(pyramid: &Pyramid) -> Vec<Code> {
    let full = pyramid.full();
    let mut found = Vec::new();
    for part in corners(full.width, full.height) {
        let Some(mut bitmap) = bitmap(&cut(full, &part)) else { continue };
        let both = [by_corners(&mut bitmap, &|_| true), by_finders(&mut bitmap, &|_| true)];
        let here: Vec<Code> =
            both.into_iter().flatten().map(|code| code.moved(part.x0 as f64, part.y0 as f64)).collect();
        if here.len() > found.len() {
            found = here;
        }
        if found.len() == 2 {
            break;
        }
    }
    found
}

impl Code {
    fn scaled(mut self, by: f64) -> Self {
        self.points.iter_mut().for_each(|point| *point = Point::new(point.x * by, point.y * by));
        self
    }

    fn moved(mut self, x: f64, y: f64) -> Self {
        self.points.iter_mut().for_each(|point| *point = Point::new(point.x + x, point.y + y));
        self
    }
}

/// The four corners of a picture, each as wide as high pages and wide ones need: the lower ends first.
fn corners(width: usize, height: usize) -> Vec<Pixels> {
    let long = width.max(height) as f64;
    let part = |along: f64, across: f64| {
        let (w, h) = ((long * along) as usize, (long * across) as usize);
        let (w, h) = (w.min(width), h.min(height));
        let (right, low) = (width - w, height - h);
        [(0, low), (right, 0), (0, 0), (right, low)].map(|(x, y)| Pixels { x0: x, y0: y, x1: x + w, y1: y + h })
    };
    let upright = part(CORNER.0, CORNER.1);
    let lying = part(CORNER.1, CORNER.0);
    if width <= height { [upright, lying].concat() } else { [lying, upright].concat() }
}

/// Twice as wide and high, every pixel four times.
fn doubled(grey: &Grey) -> Grey {
    let twice = |row: &[u8]| row.iter().flat_map(|shade| [*shade, *shade]).collect::<Vec<u8>>();
    let rows = grey.pixels.chunks(grey.width.max(1)).flat_map(|row| [twice(row), twice(row)]);
    Grey { width: 2 * grey.width, height: 2 * grey.height, pixels: rows.flatten().collect() }
}

/// Black where a pixel is darker than 0.85 of the mean around it, white elsewhere.
fn darker_than_around(grey: &Grey, reach: usize) -> Grey {
    let (width, height) = (grey.width, grey.height);
    let mut sums = vec![0u64; (width + 1) * (height + 1)];
    for y in 0..height {
        let mut row = 0;
        for x in 0..width {
            row += u64::from(grey.pixels[y * width + x]);
            sums[(y + 1) * (width + 1) + x + 1] = sums[y * (width + 1) + x + 1] + row;
        }
    }
    let mut pixels = Vec::with_capacity(grey.pixels.len());
    for y in 0..height {
        let (top, low) = (y.saturating_sub(reach), (y + reach + 1).min(height));
        for x in 0..width {
            let (left, right) = (x.saturating_sub(reach), (x + reach + 1).min(width));
            let at = |x: usize, y: usize| sums[y * (width + 1) + x];
            let sum = at(right, low) + at(left, top) - at(left, low) - at(right, top);
            let count = ((right - left) * (low - top)) as u64;
            let dark = u64::from(grey.pixels[y * width + x]) * count * 100 < sum * 85;
            pixels.push(if dark { 0 } else { 255 });
        }
    }
    Grey { width, height, pixels }
}

type Bitmap = BinaryBitmap<HybridBinarizer<Luma8LuminanceSource>>;

fn bitmap(grey: &Grey) -> Option<Bitmap> {
    let (width, height) = (u32::try_from(grey.width).ok()?, u32::try_from(grey.height).ok()?);
    let source = Luma8LuminanceSource::new(grey.pixels.clone(), width, height).ok()?;
    Some(BinaryBitmap::new(HybridBinarizer::new(source)))
}

fn read(grey: &Grey, wanted: &dyn Fn(&str) -> bool) -> Option<Code> {
    let mut bitmap = bitmap(grey)?;
    by_corners(&mut bitmap, wanted).or_else(|| by_finders(&mut bitmap, wanted))
}

fn by_corners(bitmap: &mut Bitmap, wanted: &dyn Fn(&str) -> bool) -> Option<Code> {
    code(&QrReader.decode_with_hints(bitmap, &hints()).ok()?, Anchors::Corners, 4, wanted)
}

fn by_finders(bitmap: &mut Bitmap, wanted: &dyn Fn(&str) -> bool) -> Option<Code> {
    code(&QRCodeReader.decode_with_hints(bitmap, &hints()).ok()?, Anchors::Finders, 3, wanted)
}

fn hints() -> DecodeHints {
    DecodeHints {
        TryHarder: Some(true),
        PossibleFormats: Some([BarcodeFormat::QR_CODE].into_iter().collect()),
        ..DecodeHints::default()
    }
}

fn code(read: &RXingResult, anchors: Anchors, points: usize, wanted: &dyn Fn(&str) -> bool) -> Option<Code> {
    if !wanted(read.getText()) {
        return None;
    }
    let points = read.getPoints().get(..points)?;
    let points = points.iter().map(|point| Point::new(point.x.into(), point.y.into())).collect();
    Some(Code { text: read.getText().to_owned(), anchors, points })
}
