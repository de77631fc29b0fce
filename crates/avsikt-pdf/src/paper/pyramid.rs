//! A picture at its own resolution and at halves of it, and looking through a homography.

use std::cell::OnceCell;

use hayro_interpret::kurbo::Point;

use super::homography::Homography;
use crate::image::raster::Grey;

/// Halvings that are kept: from 600 dpi down to 75.
const LEVELS: usize = 4;

/// A grey picture and its halves, each made when it is first needed.
pub struct Pyramid {
    levels: [OnceCell<Grey>; LEVELS],
}

/// Shades seen through a homography, row by row. NaN lies outside the picture.
#[derive(Debug, Clone)]
pub struct View {
    pub width: usize,
    pub height: usize,
    pub shades: Vec<f32>,
}

/// A part of the page that is looked at: its upper left corner in millimetres, and how many pixels a millimetre is.
#[derive(Debug, Clone, Copy)]
pub struct Window {
    pub x: f64,
    pub y: f64,
    pub width: usize,
    pub height: usize,
    pub dots: f64,
}

impl Window {
    /// The pixels whose middles lie between two corners.
    pub fn between(x0: f64, y0: f64, x1: f64, y1: f64, dots: f64) -> Self {
        let pixels = |from: f64, to: f64| ((to - from) * dots).round().max(0.0) as usize;
        Window { x: x0, y: y0, width: pixels(x0, x1), height: pixels(y0, y1), dots }
    }

    /// Where a pixel's middle lies on the page, in millimetres.
    pub fn at(&self, column: f64, row: f64) -> Point {
        Point::new(self.x + (column + 0.5) / self.dots, self.y + (row + 0.5) / self.dots)
    }
}

impl Pyramid {
    pub fn new(grey: Grey) -> Self {
        let levels: [OnceCell<Grey>; LEVELS] = Default::default();
        let _ = levels[0].set(grey);
        Pyramid { levels }
    }

    /// The picture halved so many times.
    pub fn level(&self, level: usize) -> &Grey {
        self.levels[level].get_or_init(|| halved(self.level(level - 1)))
    }

    pub fn full(&self) -> &Grey {
        self.level(0)
    }

    /// Looks at a part of the page; `map` takes millimetres of the page to pixels of the picture. Between pixels, shades are
    /// interpolated; where the picture has more pixels than are wanted, its halves are looked at.
    pub fn view(&self, map: &Homography, window: &Window) -> View {
        let middle = window.at(window.width as f64 / 2.0, window.height as f64 / 2.0);
        let dense = map.scale(middle) / window.dots;
        let level = if dense.is_finite() && dense >= 1.0 { (dense.log2() + 0.4).floor() as usize } else { 0 };
        let level = level.min(LEVELS - 1);
        let grey = self.level(level);
        let halves = f64::from(1u32 << level);
        let mut shades = Vec::with_capacity(window.width * window.height);
        for row in 0..window.height {
            // Along a row the map's numerators and denominator are linear, so three points of it tell all of them.
            let (from, to) = (window.at(0.0, row as f64), window.at(window.width as f64, row as f64));
            let row = Row::between(map, from, to, window.width as f64);
            shades.extend((0..window.width).map(|column| {
                let point = row.at(column as f64);
                interpolated(grey, point.x / halves - 0.5, point.y / halves - 0.5)
            }));
        }
        View { width: window.width, height: window.height, shades }
    }
}

/// A row of the window as it lies in the picture, in homogeneous coordinates.
struct Row {
    start: [f64; 3],
    step: [f64; 3],
}

impl Row {
    fn between(map: &Homography, from: Point, to: Point, columns: f64) -> Self {
        let (start, end) = (map.homogeneous(from), map.homogeneous(to));
        let columns = columns.max(1.0);
        Row { start, step: [0, 1, 2].map(|at| (end[at] - start[at]) / columns) }
    }

    fn at(&self, column: f64) -> Point {
        let [x, y, w] = [0, 1, 2].map(|at| self.start[at] + self.step[at] * column);
        Point::new(x / w, y / w)
    }
}

/// The shade between four pixels; NaN outside of them.
fn interpolated(grey: &Grey, x: f64, y: f64) -> f32 {
    let inside = x >= 0.0 && y >= 0.0 && x < grey.width as f64 - 1.0 && y < grey.height as f64 - 1.0;
    if !inside {
        return f32::NAN;
    }
    let (column, row) = (x as usize, y as usize);
    let (right, below) = ((x - column as f64) as f32, (y - row as f64) as f32);
    let upper = row * grey.width + column;
    let lower = upper + grey.width;
    let shade = |at: usize| f32::from(grey.pixels[at]);
    let (a, b) = (shade(upper) + (shade(upper + 1) - shade(upper)) * right, shade(lower));
    let b = b + (shade(lower + 1) - b) * right;
    a + (b - a) * below
}

/// Half as wide and high; each pixel is the mean of four.
pub fn halved(grey: &Grey) -> Grey {
    let (width, height) = (grey.width / 2, grey.height / 2);
    let mut pixels = Vec::with_capacity(width * height);
    for row in 0..height {
        let upper = &grey.pixels[2 * row * grey.width..][..2 * width];
        let lower = &grey.pixels[(2 * row + 1) * grey.width..][..2 * width];
        let mean = |(a, b): (&[u8], &[u8])| {
            ((u16::from(a[0]) + u16::from(a[1]) + u16::from(b[0]) + u16::from(b[1]) + 2) >> 2) as u8
        };
        pixels.extend(upper.chunks_exact(2).zip(lower.chunks_exact(2)).map(mean));
    }
    Grey { width, height, pixels }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Darker to the right, a shade a pixel.
    fn slope() -> Pyramid {
        let pixels = (0..100).flat_map(|_| (0..200).map(|x| 250 - x)).collect();
        Pyramid::new(Grey { width: 200, height: 100, pixels })
    }

    #[test]
    fn shades_are_found_through_a_map() {
        let map = Homography::affine([10.0, 0.0, 20.0, 0.0, 10.0, 10.0]);
        let window = Window::between(1.0, 1.0, 3.0, 2.0, 10.0);
        let view = slope().view(&map, &window);
        assert_eq!((view.width, view.height), (20, 10));
        // The pixel's middle is at 1.05 mm, so at 30.5 pixels: the middle of pixel 30.
        assert!((view.shades[0] - 220.0).abs() < 0.01, "{}", view.shades[0]);
    }

    #[test]
    fn a_coarse_view_is_of_means() {
        let map = Homography::affine([10.0, 0.0, 0.0, 0.0, 10.0, 0.0]);
        let view = slope().view(&map, &Window { x: 4.0, y: 4.0, width: 4, height: 4, dots: 2.5 });
        // Middle of the first: 4.2 mm, 42 pixels: between shades 208 and 209.
        assert!((view.shades[0] - 208.5).abs() < 0.6, "{}", view.shades[0]);
    }

    #[test]
    fn outside_the_picture_nothing_is_seen() {
        let view = slope().view(
            &Homography::affine([1.0, 0.0, 0.0, 0.0, 1.0, 0.0]),
            &Window { x: -3.0, y: 0.0, width: 6, height: 2, dots: 1.0 },
        );
        assert!(view.shades[0].is_nan() && !view.shades[5].is_nan());
    }
}
