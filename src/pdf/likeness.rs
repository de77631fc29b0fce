//! Is each printed character drawn as it was? A digit that became another is a few pixels, too few for a comparison that
//! allows for other programs' drawing. So every character that was sent is compared by itself.

use super::ink::{self, Pixels};
use super::lines::{Characters, Placed};
use super::raster::Grey;
use crate::geometry::Rect;

/// Parts of an em that a character reaches above and below its baseline.
const ABOVE: f64 = 0.78;
const BELOW: f64 = 0.24;
/// How unlike a character may be drawn, from 0 (equal) to 1 (nothing in common). Other programs' drawing of the same
/// outlines stays below 0.2, another digit lies above 0.4 (see the tests).
const UNLIKE: f64 = 0.33;
/// Darkness of a character, summed over its pixels, below which it is a dot: too little to tell.
const LITTLE: u32 = 500;

/// Characters of the original that are drawn otherwise, as their places.
pub fn unlike(sent: &Grey, shown: &Grey, glyphs: &[Placed], scale: f64) -> Vec<Rect> {
    let (sent, shown) = (Dark::of(sent), Dark::of(shown));
    let white = |glyph: &&Placed| !matches!(glyph.text, Characters::One(c) if c.is_whitespace());
    let cells = glyphs.iter().filter(white).map(cell);
    cells.filter(|cell| distance(&sent, &shown, &ink::pixels(cell, scale)) > UNLIKE).collect()
}

/// The rectangle of a character that reads from left to right.
pub fn cell(glyph: &Placed) -> Rect {
    Rect::new(glyph.x, glyph.y - ABOVE * glyph.size, glyph.x + glyph.advance, glyph.y + BELOW * glyph.size)
}

/// Darkness, blurred a little, so that a line half a pixel further does not count.
struct Dark {
    width: usize,
    height: usize,
    sums: Vec<u16>,
}

impl Dark {
    fn of(grey: &Grey) -> Self {
        let (width, height) = (grey.width, grey.height);
        let dark = |pixel: u8| u16::from(255 - pixel);
        let mut across = vec![0; grey.pixels.len()];
        for (row, out) in grey.pixels.chunks(width).zip(across.chunks_mut(width)) {
            for at in 1..width.saturating_sub(1) {
                out[at] = dark(row[at - 1]) + 2 * dark(row[at]) + dark(row[at + 1]);
            }
        }
        let mut sums = vec![0; across.len()];
        for y in 1..height.saturating_sub(1) {
            for x in 0..width {
                let at = y * width + x;
                sums[at] = (across[at - width] + 2 * across[at] + across[at + width]) / 16;
            }
        }
        Dark { width, height, sums }
    }
}

/// The part of a cell's darkness that is not in both pictures, at the best shift by a pixel.
fn distance(sent: &Dark, shown: &Dark, cell: &Pixels) -> f64 {
    // A pixel of room for the shift.
    if cell.x0 == 0 || cell.y0 == 0 || cell.x1 + 1 >= sent.width || cell.y1 + 1 >= sent.height {
        return 0.0;
    }
    let mut best = f64::MAX;
    for (dx, dy) in [(0, 0), (1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, -1), (1, -1), (-1, 1)] {
        let (mut apart, mut all) = (0u32, 0u32);
        for y in cell.y0..cell.y1 {
            let from = &sent.sums[y * sent.width..];
            let to = &shown.sums[y.wrapping_add_signed(dy) * shown.width..];
            for x in cell.x0..cell.x1 {
                let (a, b) = (from[x], to[x.wrapping_add_signed(dx)]);
                apart += u32::from(a.abs_diff(b));
                all += u32::from(a) + u32::from(b);
            }
        }
        if all < LITTLE {
            return 0.0;
        }
        best = best.min(f64::from(apart) / f64::from(all));
        // Most characters are equal as they stand.
        if best < UNLIKE / 2.0 {
            break;
        }
    }
    best
}
