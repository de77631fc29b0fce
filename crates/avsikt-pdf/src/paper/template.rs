//! The page as it was sent, drawn: what pictures of it are laid over and compared with.

use hayro::RenderCache;
use hayro_interpret::RenderContent;
use hayro_interpret::kurbo::{Affine, Point};
use hayro_syntax::page::Page;

use super::code::{self, Code};
use super::homography::Homography;
use super::pyramid::{Pyramid, View, Window};
use crate::geometry::MM;
use crate::image::raster::{self, Grey};

/// Pixels to a millimetre: the resolution at which boxes are compared.
pub const DOTS: f64 = 8.0;
/// The page is cut into squares of this side, in millimetres, and each gives one patch.
const CELL: f64 = 24.0;
/// Patches are chosen among places that are so many pixels apart, at half of the resolution.
const BLOCK: usize = 4;
/// Side of the square whose corners decide how much a patch tells, in millimetres.
const PATCH: f64 = 8.0;
/// A patch with less structure than this is none: it lies on white paper or along one line.
const TELLING: f32 = 60.0;

/// A page as it was sent.
pub struct Template {
    /// In millimetres.
    pub width: f64,
    pub height: f64,
    picture: Pyramid,
    /// Its codes as each reader sees them, in millimetres.
    pub codes: Vec<Code>,
    /// Middles of places that tell where they are, in millimetres, the most telling first.
    pub patches: Vec<Point>,
}

impl Template {
    /// Draws a page without its fields and annotations: a printed field is empty where nobody has filled it in.
    pub fn draw<'a>(page: &'a Page<'a>, cache: &RenderCache<'a>) -> Self {
        let (width, height) = page.render_dimensions();
        let (width, height) = (f64::from(width), f64::from(height));
        let scale = raster::fitting(DOTS / MM, width, height);
        let size = ((width * scale).ceil() as usize, (height * scale).ceil() as usize);
        let grey = raster::grey(page, cache, RenderContent::all(), Affine::scale(scale), size);
        Self::of(Pyramid::new(grey), width / MM, height / MM)
    }

    pub fn of(picture: Pyramid, width: f64, height: f64) -> Self {
        let mut template = Template { width, height, picture, codes: Vec::new(), patches: Vec::new() };
        template.codes = code::all(&template.picture);
        let dots = template.picture.full().width as f64 / width;
        for code in &mut template.codes {
            code.points.iter_mut().for_each(|point| *point = Point::new(point.x / dots, point.y / dots));
        }
        template.patches = template.choose();
        template
    }

    /// The page's own map: millimetres to pixels of its picture.
    fn map(&self) -> Homography {
        let full = self.picture.full();
        let dots = full.width as f64 / self.width;
        Homography::affine([dots, 0.0, 0.0, 0.0, full.height as f64 / self.height, 0.0])
    }

    /// A part of the page.
    pub fn view(&self, window: &Window) -> View {
        let mut view = self.picture.view(&self.map(), window);
        // Around the page there is paper.
        view.shades.iter_mut().filter(|shade| shade.is_nan()).for_each(|shade| *shade = 255.0);
        view
    }

    /// The most telling place of each cell, by the smaller eigenvalue of its gradients' matrix (Shi and Tomasi 1994).
    fn choose(&self) -> Vec<Point> {
        // Half of the resolution tells enough, and is needed anyway.
        let grey = self.picture.level(1);
        let dots = grey.width as f64 / self.width;
        let gradients = Gradients::of(grey);
        let blocks = |mm: f64| (mm * dots / BLOCK as f64).round().max(1.0) as usize;
        let (half, cell) = (blocks(PATCH / 2.0), blocks(CELL));
        let mut best = Vec::new();
        for top in (0..gradients.down).step_by(cell) {
            for left in (0..gradients.across).step_by(cell) {
                let places = (top..top + cell).flat_map(|y| (left..left + cell).map(move |x| (x, y)));
                let inside = places.filter(|(x, y)| {
                    *x >= half && *y >= half && x + half <= gradients.across && y + half <= gradients.down
                });
                let rated = inside.map(|(x, y)| (gradients.telling(x - half, y - half, 2 * half), x, y));
                best.extend(rated.filter(|(rate, ..)| *rate >= TELLING).max_by(|a, b| a.0.total_cmp(&b.0)));
            }
        }
        best.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
        let at = |blocks: usize| (blocks * BLOCK) as f64 / dots;
        best.into_iter().map(|(_, x, y)| Point::new(at(x), at(y))).collect()
    }
}

/// Sums of products of gradients over all blocks above and to the left of one.
struct Gradients {
    across: usize,
    down: usize,
    sums: Vec<[f64; 3]>,
}

impl Gradients {
    fn of(grey: &Grey) -> Self {
        let (across, down) = (grey.width / BLOCK, grey.height / BLOCK);
        let mut blocks = vec![[0i32; 3]; across * down];
        for y in 1..(down * BLOCK).min(grey.height - 1) {
            let row = |y: usize| &grey.pixels[y * grey.width..][..grey.width];
            let (above, here, below) = (row(y - 1), row(y), row(y + 1));
            for x in 1..(across * BLOCK).min(grey.width - 1) {
                let dx = i32::from(here[x + 1]) - i32::from(here[x - 1]);
                let dy = i32::from(below[x]) - i32::from(above[x]);
                if dx | dy != 0 {
                    let block = &mut blocks[y / BLOCK * across + x / BLOCK];
                    block[0] += dx * dx;
                    block[1] += dx * dy;
                    block[2] += dy * dy;
                }
            }
        }
        let mut sums = vec![[0.0; 3]; (across + 1) * (down + 1)];
        for y in 0..down {
            let mut row = [0.0; 3];
            for x in 0..across {
                let block = blocks[y * across + x];
                (0..3).for_each(|at| row[at] += f64::from(block[at]));
                let above: [f64; 3] = sums[y * (across + 1) + x + 1];
                sums[(y + 1) * (across + 1) + x + 1] = [0, 1, 2].map(|at| above[at] + row[at]);
            }
        }
        Gradients { across, down, sums }
    }

    /// The smaller eigenvalue of the mean matrix over a square of blocks.
    fn telling(&self, x: usize, y: usize, side: usize) -> f32 {
        let at = |x: usize, y: usize| self.sums[y * (self.across + 1) + x];
        let (a, b, c, d) = (at(x, y), at(x + side, y), at(x, y + side), at(x + side, y + side));
        let pixels = (side * side * BLOCK * BLOCK) as f64;
        let [xx, xy, yy] = [0, 1, 2].map(|at| (d[at] - b[at] - c[at] + a[at]) / pixels);
        ((xx + yy) / 2.0 - (((xx - yy) / 2.0).powi(2) + xy * xy).sqrt()) as f32
    }
}
