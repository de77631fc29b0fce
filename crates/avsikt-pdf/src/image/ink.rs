//! Ink on two pictures of a page: the one that was sent, and the one that came back.
//!
//! Two programs never draw a line alike to the pixel. So ink counts as the same when the other picture has some within a
//! small distance, and only groups of pixels count as a difference.

use crate::geometry::Rect;
use crate::image::raster::Grey;

/// Below this shade a pixel is inked; thin lines come out grey.
const INKED: u8 = 170;
/// Below this shade it surely is; only such ink must be found again.
const SURELY: u8 = 110;
/// Side of a cell in which differing pixels are counted, and how many make it differ.
const CELL: usize = 12;
const CELL_DIFFERS: usize = 8;

/// Which pixels are inked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ink {
    pub width: usize,
    pub height: usize,
    inked: Vec<bool>,
}

/// A rectangle in pixels: `x0..x1`, `y0..y1`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pixels {
    pub x0: usize,
    pub y0: usize,
    pub x1: usize,
    pub y1: usize,
}

impl Pixels {
    pub fn area(&self) -> usize {
        self.x1.saturating_sub(self.x0) * self.y1.saturating_sub(self.y0)
    }

    /// The same pixels counted from the upper left corner of a window; what lies before it is left out.
    pub fn seen_from(&self, window: &Pixels) -> Pixels {
        let (x, y) = (|x: usize| x.saturating_sub(window.x0), |y: usize| y.saturating_sub(window.y0));
        Pixels { x0: x(self.x0), y0: y(self.y0), x1: x(self.x1), y1: y(self.y1) }
    }
}

impl Ink {
    pub fn of(grey: &Grey) -> Self {
        Self::below(grey, INKED)
    }

    /// The pixels that are inked beyond doubt.
    pub fn surely(grey: &Grey) -> Self {
        Self::below(grey, SURELY)
    }

    fn below(grey: &Grey, shade: u8) -> Self {
        let inked = grey.pixels.iter().map(|pixel| *pixel < shade).collect();
        Ink { width: grey.width, height: grey.height, inked }
    }

    /// Every pixel that has ink within `distance` along both axes.
    pub fn spread(&self, distance: usize) -> Self {
        let (width, height) = (self.width, self.height);
        let mut across = vec![false; self.inked.len()];
        for (row, out) in self.inked.chunks(width).zip(across.chunks_mut(width)) {
            for at in (0..width).filter(|&at| row[at]) {
                out[at.saturating_sub(distance)..(at + distance + 1).min(width)].fill(true);
            }
        }
        let mut inked = vec![false; self.inked.len()];
        for y in 0..height {
            for near in y.saturating_sub(distance)..(y + distance + 1).min(height) {
                let (to, from) = (&mut inked[near * width..][..width], &across[y * width..][..width]);
                to.iter_mut().zip(from).for_each(|(to, from)| *to |= from);
            }
        }
        Ink { width, height, inked }
    }

    /// Ink that the other picture has none at.
    pub fn without(&self, other: &Ink) -> Self {
        let inked = self.inked.iter().zip(&other.inked).map(|(here, there)| *here && !there).collect();
        Ink { width: self.width, height: self.height, inked }
    }

    pub fn clear(&mut self, place: &Pixels) {
        for y in place.y0..place.y1.min(self.height) {
            self.inked[y * self.width..][place.x0.min(self.width)..place.x1.min(self.width)].fill(false);
        }
    }

    /// Inked pixels in a place.
    pub fn count(&self, place: &Pixels) -> usize {
        let rows = place.y0..place.y1.min(self.height);
        let columns = place.x0.min(self.width)..place.x1.min(self.width);
        rows.map(|y| self.inked[y * self.width..][columns.clone()].iter().filter(|inked| **inked).count()).sum()
    }

    /// Every inked pixel: across and down.
    pub fn places(&self) -> impl Iterator<Item = (usize, usize)> {
        let inked = self.inked.iter().enumerate().filter(|(_, inked)| **inked);
        inked.map(|(at, _)| (at % self.width, at / self.width))
    }

    pub fn total(&self) -> usize {
        self.inked.iter().filter(|inked| **inked).count()
    }

    /// Groups of cells that hold more than a few pixels, as rectangles.
    pub fn groups(&self) -> Vec<Pixels> {
        let (columns, rows) = (self.width.div_ceil(CELL), self.height.div_ceil(CELL));
        let mut count = vec![0; columns * rows];
        for (at, _) in self.inked.iter().enumerate().filter(|(_, inked)| **inked) {
            count[at / self.width / CELL * columns + at % self.width / CELL] += 1;
        }
        let mut met: Vec<bool> = count.iter().map(|count| *count < CELL_DIFFERS).collect();
        let mut groups = Vec::new();
        for start in 0..met.len() {
            let mut open = vec![start];
            let mut group: Option<Pixels> = None;
            while let Some(at) = open.pop() {
                if std::mem::replace(&mut met[at], true) {
                    continue;
                }
                let (x, y) = (at % columns, at / columns);
                let cell = Pixels { x0: x * CELL, y0: y * CELL, x1: (x + 1) * CELL, y1: (y + 1) * CELL };
                group = Some(group.map_or(cell, |group| joined(&group, &cell)));
                // Words have gaps: a cell further along the line still belongs to it.
                for near_x in x.saturating_sub(2)..(x + 3).min(columns) {
                    open.extend((y.saturating_sub(1)..(y + 2).min(rows)).map(|near_y| near_y * columns + near_x));
                }
            }
            groups.extend(group);
        }
        groups
    }
}

fn joined(a: &Pixels, b: &Pixels) -> Pixels {
    Pixels { x0: a.x0.min(b.x0), y0: a.y0.min(b.y0), x1: a.x1.max(b.x1), y1: a.y1.max(b.y1) }
}

/// A part of a picture, as far as it lies in it.
pub fn cut(grey: &Grey, place: &Pixels) -> Grey {
    let (x0, x1) = (place.x0.min(grey.width), place.x1.min(grey.width));
    let (y0, y1) = (place.y0.min(grey.height), place.y1.min(grey.height));
    let pixels = (y0..y1).flat_map(|y| &grey.pixels[y * grey.width..][x0..x1]).copied().collect();
    Grey { width: x1 - x0, height: y1 - y0, pixels }
}

/// The pixels of a rectangle in points from the upper left corner, y downwards.
pub fn pixels(rect: &Rect, scale: f64) -> Pixels {
    let at = |points: f64| (points * scale).max(0.0);
    Pixels {
        x0: at(rect.x0).ceil() as usize,
        y0: at(rect.y0).ceil() as usize,
        x1: at(rect.x1).floor() as usize,
        y1: at(rect.y1).floor() as usize,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(dark: &[(usize, usize)]) -> Grey {
        let mut grey = Grey { width: 60, height: 40, pixels: vec![255; 2400] };
        for (x, y) in dark {
            grey.pixels[y * 60 + x] = 0;
        }
        grey
    }

    fn square(x: usize, y: usize) -> Vec<(usize, usize)> {
        (0..25).map(|at| (x + at % 5, y + at / 5)).collect()
    }

    #[test]
    fn ink_that_moved_a_little_is_the_same() {
        let (sent, returned) = (Ink::of(&picture(&square(10, 10))), Ink::of(&picture(&square(11, 9))));
        assert_eq!(returned.without(&sent.spread(1)).total(), 0);
        assert_eq!(returned.without(&sent).total(), 9);
    }

    #[test]
    fn differences_are_told_in_groups() {
        let ink = Ink::of(&picture(&[square(1, 1), square(20, 2), square(50, 30), vec![(5, 30)]].concat()));
        let groups = ink.groups();
        assert_eq!(groups.len(), 2, "{groups:?}");
        assert_eq!(groups[0], Pixels { x0: 0, y0: 0, x1: 24, y1: 12 });
    }

    #[test]
    fn a_place_is_counted_by_itself() {
        let mut ink = Ink::of(&picture(&square(10, 10)));
        let place = pixels(&Rect::new(9.0, 9.0, 12.0, 99.0), 1.0);
        assert_eq!(ink.count(&place), 10);
        ink.clear(&place);
        assert_eq!(ink.total(), 15);
    }

    #[test]
    fn a_cut_goes_no_further_than_the_picture() {
        let cut = cut(&picture(&square(55, 35)), &Pixels { x0: 50, y0: 30, x1: 99, y1: 99 });
        assert_eq!((cut.width, cut.height, cut.pixels.iter().filter(|p| **p == 0).count()), (10, 10, 25));
    }
}
