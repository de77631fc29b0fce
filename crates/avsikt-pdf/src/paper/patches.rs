//! Finds small parts of the page as it was sent in a picture of it, by normalised cross-correlation.

use hayro_interpret::kurbo::Point;

use super::homography::{Homography, Pair};
use super::pyramid::{Pyramid, View, Window};
use super::template::Template;

/// How alike a patch and what is found must be, from -1 to 1.
const ALIKE: f32 = 0.35;

/// How patches are looked for.
#[derive(Debug, Clone, Copy)]
pub struct Search {
    /// Pixels to the millimetre.
    pub dots: f64,
    /// Side of a patch, and how far from its expected place it is looked for along both axes, in millimetres.
    pub side: f64,
    pub reach: f64,
    /// How many patches.
    pub most: usize,
}

/// The patches that are found: their middles on the page in millimetres, and where they are in the picture.
pub fn find(template: &Template, picture: &Pyramid, map: &Homography, search: &Search) -> Vec<Pair> {
    let half = search.side / 2.0;
    let one = |at: &Point| {
        let part = |by: f64| Window::between(at.x - by, at.y - by, at.x + by, at.y + by, search.dots);
        let patch = Patch::of(&template.view(&part(half)))?;
        let area = picture.view(map, &part(half + search.reach));
        let (dx, dy) = patch.best_in(&area)?;
        let off = (search.reach * search.dots).round();
        let found = Point::new(at.x + (dx - off) / search.dots, at.y + (dy - off) / search.dots);
        Some((*at, map.apply(found)))
    };
    template.patches.iter().take(search.most).filter_map(one).collect()
}

/// A patch whose mean is 0 and whose squares' sum is 1.
struct Patch {
    side: usize,
    shades: Vec<f32>,
}

impl Patch {
    fn of(view: &View) -> Option<Self> {
        let mean = view.shades.iter().sum::<f32>() / view.shades.len().max(1) as f32;
        let norm = view.shades.iter().map(|shade| (shade - mean).powi(2)).sum::<f32>().sqrt();
        (view.width == view.height && norm > 1.0).then(|| Patch {
            side: view.width,
            shades: view.shades.iter().map(|shade| (shade - mean) / norm).collect(),
        })
    }

    /// Where the patch is most alike, in pixels from the area's upper left corner, finer than a pixel. `None` where nothing
    /// is alike, or the best place lies at the edge: then the true one may lie beyond it.
    fn best_in(&self, area: &View) -> Option<(f64, f64)> {
        let (across, down) = ((area.width + 1).checked_sub(self.side)?, (area.height + 1).checked_sub(self.side)?);
        if area.shades.iter().any(|shade| shade.is_nan()) {
            return None;
        }
        let squares = Sums::of(area);
        let mut rates = vec![0.0f32; across * down];
        for y in 0..down {
            for x in 0..across {
                let product: f32 = (0..self.side)
                    .map(|row| {
                        let here = &area.shades[(y + row) * area.width + x..][..self.side];
                        let patch = &self.shades[row * self.side..][..self.side];
                        dot(here, patch)
                    })
                    .sum();
                let spread = squares.spread(x, y, self.side);
                rates[y * across + x] = if spread > 1.0 { product / spread.sqrt() } else { 0.0 };
            }
        }
        let (best, rate) = rates.iter().copied().enumerate().max_by(|a, b| a.1.total_cmp(&b.1))?;
        let (x, y) = (best % across, best / across);
        if rate < ALIKE || x == 0 || y == 0 || x + 1 == across || y + 1 == down {
            return None;
        }
        let finer = |before: f32, after: f32| {
            let bend = before + after - 2.0 * rate;
            if bend < 0.0 { f64::from((before - after) / (2.0 * bend)).clamp(-0.5, 0.5) } else { 0.0 }
        };
        let dx = finer(rates[best - 1], rates[best + 1]);
        let dy = finer(rates[best - across], rates[best + across]);
        Some((x as f64 + dx, y as f64 + dy))
    }
}

/// The sum of products, eight at a time.
fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut lanes = [0.0f32; 8];
    let (eights, rest) = (a.chunks_exact(8), a.chunks_exact(8).remainder());
    let others = b.chunks_exact(8);
    let tail: f32 = rest.iter().zip(others.remainder()).map(|(a, b)| a * b).sum();
    for (a, b) in eights.zip(others) {
        (0..8).for_each(|at| lanes[at] += a[at] * b[at]);
    }
    lanes.iter().sum::<f32>() + tail
}

/// Sums of shades and of their squares over everything above and to the left of a pixel.
struct Sums {
    width: usize,
    sums: Vec<(f64, f64)>,
}

impl Sums {
    fn of(view: &View) -> Self {
        let width = view.width + 1;
        let mut sums = vec![(0.0, 0.0); width * (view.height + 1)];
        for y in 0..view.height {
            let mut row = (0.0, 0.0);
            for x in 0..view.width {
                let shade = f64::from(view.shades[y * view.width + x]);
                row = (row.0 + shade, row.1 + shade * shade);
                let above = sums[y * width + x + 1];
                sums[(y + 1) * width + x + 1] = (above.0 + row.0, above.1 + row.1);
            }
        }
        Sums { width, sums }
    }

    /// The sum of squared differences from the mean over a square.
    fn spread(&self, x: usize, y: usize, side: usize) -> f32 {
        let at = |x: usize, y: usize| self.sums[y * self.width + x];
        let (a, b, c, d) = (at(x, y), at(x + side, y), at(x, y + side), at(x + side, y + side));
        let (sum, squares) = (d.0 - b.0 - c.0 + a.0, d.1 - b.1 - c.1 + a.1);
        (squares - sum * sum / (side * side) as f64) as f32
    }
}
