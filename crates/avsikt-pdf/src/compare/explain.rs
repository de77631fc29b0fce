//! What the comparison saw of a page, as a picture for whoever tunes its thresholds.
//!
//! | colour | means |
//! | --- | --- |
//! | grey | the page as it is shown, paler than it is |
//! | red | ink that the page as sent does not have |
//! | blue | ink that was sent and is gone |
//! | green frame | a place, and within it what is counted: the margin is left out |
//! | orange frame | a glyph: printed and new, or drawn by a field |
//! | magenta frame | a difference that is told |

use crate::geometry::Rect;
use crate::image::ink::{self, Ink, Pixels};
use crate::image::raster::{self, Grey, Picture};
use crate::seen::Png;

type Colour = [u8; 3];
const RED: Colour = [220, 0, 0];
const BLUE: Colour = [0, 60, 230];
const GREEN: Colour = [0, 150, 60];
const ORANGE: Colour = [255, 140, 0];
const MAGENTA: Colour = [200, 0, 200];

/// What is drawn; all rectangles in points from the upper left corner, y downwards.
pub struct Explained<'a> {
    pub shown: &'a Grey,
    /// Ink that was not sent, and where its picture begins.
    pub new: (&'a Ink, Pixels),
    pub gone: Option<&'a Ink>,
    pub places: Vec<Rect>,
    pub counted: Vec<Rect>,
    pub glyphs: Vec<Rect>,
    pub differences: Vec<Rect>,
    /// Pixels to the point.
    pub scale: f64,
}

impl Explained<'_> {
    pub fn draw(&self) -> Png {
        let rgb =
            self.shown.pixels.iter().flat_map(|shade| [160 + shade / 255 * 95 + shade % 255 * 95 / 255; 3]).collect();
        let mut picture = Picture { width: self.shown.width, height: self.shown.height, rgb };
        let (new, window) = self.new;
        stain(&mut picture, new, (window.x0, window.y0), RED);
        if let Some(gone) = self.gone {
            stain(&mut picture, gone, (0, 0), BLUE);
        }
        let frames =
            [(&self.glyphs, ORANGE), (&self.counted, GREEN), (&self.places, GREEN), (&self.differences, MAGENTA)];
        for (rects, colour) in frames {
            for rect in rects {
                frame(&mut picture, &ink::pixels(rect, self.scale), colour);
            }
        }
        Png(raster::colour_png(&picture).unwrap_or_default())
    }
}

fn set(picture: &mut Picture, x: usize, y: usize, colour: Colour) {
    if x < picture.width && y < picture.height {
        let at = (y * picture.width + x) * 3;
        picture.rgb[at..at + 3].copy_from_slice(&colour);
    }
}

fn stain(picture: &mut Picture, ink: &Ink, (x0, y0): (usize, usize), colour: Colour) {
    for (x, y) in ink.places() {
        set(picture, x0 + x, y0 + y, colour);
    }
}

fn frame(picture: &mut Picture, at: &Pixels, colour: Colour) {
    for x in at.x0..at.x1.min(picture.width) {
        set(picture, x, at.y0, colour);
        set(picture, x, at.y1.max(at.y0 + 1) - 1, colour);
    }
    for y in at.y0..at.y1.min(picture.height) {
        set(picture, at.x0, y, colour);
        set(picture, at.x1.max(at.x0 + 1) - 1, y, colour);
    }
}
