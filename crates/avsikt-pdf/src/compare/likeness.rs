//! Is each printed character drawn as it was? A digit that became another is a few pixels, too few for a comparison that
//! allows for other programs' drawing. So every character that was sent is compared by itself.

use crate::geometry::Rect;
use crate::image::ink::{self, Pixels};
use crate::image::raster::Grey;
use crate::text::lines::Placed;

/// Parts of an em that a character reaches above and below its baseline.
const ABOVE: f64 = 0.78;
const BELOW: f64 = 0.24;
/// How unlike a character may be drawn, from 0 (equal) to 1 (nothing in common). Measured at 100 to the inch on the shipped
/// campaign: the same outlines through Ghostscript, cairo, PDFium and PDFBox stay below 0.11, exchanged letters lie above
/// 0.16 (u and n, the most alike) and exchanged digits above 0.25.
const UNLIKE: f64 = 0.14;
/// On a page that was scaled, lines fall between pixels: the same outlines reach 0.25 there. So the text must say another
/// character, or the difference be larger than this.
const UNLIKE_SCALED: f64 = 0.32;
/// Scales this near to 1 are none.
const UNSCALED: f64 = 0.002;
/// How far a character may stand from where it was sent, in points.
const NEAR: f64 = 1.5;
/// Darkness of a character, summed over its pixels, below which it is a dot: too little to tell.
const LITTLE: u32 = 500;

/// Two pictures of a page at `dots` to the point, with the characters that are to be found again.
pub struct Pages<'p> {
    pub sent: &'p Grey,
    pub shown: &'p Grey,
    pub dots: f64,
    /// Points of the original for a point of the returned page.
    pub scale: f64,
}

impl Pages<'_> {
    /// Characters of the original that are drawn otherwise, as their places. `returned` are those that the page has now.
    pub fn unlike(&self, glyphs: &[Placed], returned: &[Placed]) -> Vec<Rect> {
        let (sent, shown) = (Dark::of(self.sent), Dark::of(self.shown));
        let scaled = (self.scale - 1.0).abs() > UNSCALED;
        let differs = |glyph: &&Placed| {
            let distance = distance(&sent, &shown, &ink::pixels(&cell(glyph), self.dots));
            distance > UNLIKE_SCALED || distance > UNLIKE && !(scaled && stands_again(glyph, returned))
        };
        glyphs.iter().filter(|glyph| !glyph.is_white()).filter(differs).map(cell).collect()
    }
}

/// Whether the text has the same character at the same place.
fn stands_again(glyph: &Placed, returned: &[Placed]) -> bool {
    returned.iter().any(|r| r.text == glyph.text && (r.x - glyph.x).abs() < NEAR && (r.y - glyph.y).abs() < NEAR)
}

/// The rectangle of a character that reads from left to right.
fn cell(glyph: &Placed) -> Rect {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::lines::{Characters, Direction};

    /// A picture with a bar in each of two cells, which stand 20 apart.
    fn picture(bars: [usize; 2]) -> Grey {
        let mut grey = Grey { width: 60, height: 30, pixels: vec![255; 1800] };
        for (at, bar) in bars.into_iter().enumerate() {
            for y in 12..20 {
                for x in [0, 1] {
                    grey.pixels[y * 60 + 10 + at * 20 + bar + x] = 0;
                }
            }
        }
        grey
    }

    fn glyph(c: char, x: f64) -> Placed {
        Placed { text: Characters::One(c), x, y: 20.0, direction: Direction::Right, advance: 8.0, size: 10.0 }
    }

    #[test]
    fn another_character_is_found_and_its_neighbour_is_not() {
        let (sent, shown) = (picture([1, 1]), picture([1, 5]));
        let glyphs = [glyph('i', 10.0), glyph('j', 30.0)];
        let unlike = |scale, returned: &[Placed]| {
            Pages { sent: &sent, shown: &shown, dots: 1.0, scale }.unlike(&glyphs, returned)
        };
        assert_eq!(unlike(1.0, &glyphs), [cell(&glyphs[1])]);
        assert_eq!(unlike(1.05, &[]), [cell(&glyphs[1])]);
    }

    #[test]
    fn a_shift_by_a_pixel_is_the_same() {
        let (sent, shown) = (picture([1, 1]), picture([2, 2]));
        let pages = Pages { sent: &sent, shown: &shown, dots: 1.0, scale: 1.0 };
        assert_eq!(pages.unlike(&[glyph('i', 10.0), glyph(' ', 30.0)], &[]), []);
    }
}
