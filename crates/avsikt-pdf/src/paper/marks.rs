//! Corner marks: black squares whose middles are known on the page as it was sent.
//!
//! They are looked for near where a first map says they are, as connected components of dark pixels of about the right
//! size and shape.

use hayro_interpret::kurbo::Point;

use super::homography::Homography;
use super::pyramid::{Pyramid, View, Window};

/// Pixels to a millimetre in which marks are looked for.
const DOTS: f64 = 4.0;
/// A mark is darker than this part of the paper's shade; the first that shows a square serves.
const DARKER: [f32; 3] = [0.6, 0.75, 0.45];
/// The paper's shade is this part of the way from the darkest to the lightest pixel.
const PAPER: f64 = 0.7;
/// A mark's area, and its sides, in parts of what they are on the page as it was sent.
const AREA: std::ops::RangeInclusive<f64> = 0.5..=1.9;
const SIDES: std::ops::RangeInclusive<f64> = 0.6..=1.6;
/// The part of its bounding rectangle that a square fills.
const SOLID: f64 = 0.68;
/// Candidates that are kept for one corner.
const KEPT: usize = 5;

/// Squares near where one is expected, in pixels of the picture, the nearest first. `side` and `reach` are in millimetres.
pub fn near(pyramid: &Pyramid, map: &Homography, expected: Point, side: f64, reach: f64) -> Vec<Point> {
    let window = Window::between(expected.x - reach, expected.y - reach, expected.x + reach, expected.y + reach, DOTS);
    let view = pyramid.view(map, &window);
    let Some(paper) = paper(&view) else { return Vec::new() };
    for darker in DARKER {
        let mut found = squares(&view, paper * darker, side * DOTS);
        if found.is_empty() {
            continue;
        }
        let on_page = |(x, y): (f64, f64)| window.at(x, y);
        found.sort_by(|a, b| on_page(*a).distance(expected).total_cmp(&on_page(*b).distance(expected)));
        return found.into_iter().take(KEPT).map(|at| map.apply(on_page(at))).collect();
    }
    Vec::new()
}

/// The shade of the paper: most of a page is white.
fn paper(view: &View) -> Option<f32> {
    let mut seen: Vec<f32> = view.shades.iter().copied().filter(|shade| !shade.is_nan()).collect();
    let at = (seen.len() as f64 * PAPER) as usize;
    (at < seen.len()).then(|| *seen.select_nth_unstable_by(at, f32::total_cmp).1)
}

/// The middles of dark squares, in pixels of the view.
fn squares(view: &View, dark: f32, side: f64) -> Vec<(f64, f64)> {
    let mut open: Vec<bool> = view.shades.iter().map(|shade| *shade < dark).collect();
    let mut found = Vec::new();
    let largest = (side * side * AREA.end()) as usize;
    for start in 0..open.len() {
        if !open[start] {
            continue;
        }
        let component = component(&mut open, view.width, start, &mut |_| {});
        let area = component.area as f64;
        let (width, height) = (component.width() as f64, component.height() as f64);
        let whole = component.area <= largest && !component.cut(view);
        if whole
            && AREA.contains(&(area / (side * side)))
            && SIDES.contains(&(width / side))
            && SIDES.contains(&(height / side))
            && area / (width * height) >= SOLID
        {
            found.push(centroid(view, &component));
        }
    }
    found
}

/// Pixels that touch each other along an edge: how many, and the columns and rows they reach from and to.
pub struct Component {
    pub area: usize,
    pub x: (usize, usize),
    pub y: (usize, usize),
}

impl Component {
    /// Nothing yet, at a place.
    pub fn at(x: usize, y: usize) -> Self {
        Component { area: 0, x: (x, x), y: (y, y) }
    }

    pub fn add(&mut self, x: usize, y: usize) {
        self.area += 1;
        self.x = (self.x.0.min(x), self.x.1.max(x));
        self.y = (self.y.0.min(y), self.y.1.max(y));
    }

    pub fn width(&self) -> usize {
        self.x.1 - self.x.0 + 1
    }

    pub fn height(&self) -> usize {
        self.y.1 - self.y.0 + 1
    }

    /// Whether the view's edge cuts it.
    fn cut(&self, view: &View) -> bool {
        self.x.0 == 0 || self.y.0 == 0 || self.x.1 + 1 == view.width || self.y.1 + 1 == view.height
    }
}

/// The open pixels that touch a first one. Each is closed, and told.
pub fn component(open: &mut [bool], width: usize, start: usize, tell: &mut dyn FnMut(usize)) -> Component {
    let mut found = Component::at(start % width, start / width);
    let mut waiting = vec![start];
    open[start] = false;
    while let Some(at) = waiting.pop() {
        let (x, y) = (at % width, at / width);
        found.add(x, y);
        tell(at);
        let beside =
            [(x > 0).then(|| at - 1), (x + 1 < width).then(|| at + 1), at.checked_sub(width), Some(at + width)];
        for next in beside.into_iter().flatten() {
            if open.get(next).copied().unwrap_or(false) {
                open[next] = false;
                waiting.push(next);
            }
        }
    }
    found
}

/// The middle of a square's ink, by shade: finer than a pixel.
fn centroid(view: &View, component: &Component) -> (f64, f64) {
    let (x0, x1) = (component.x.0.saturating_sub(1), (component.x.1 + 2).min(view.width));
    let (y0, y1) = (component.y.0.saturating_sub(1), (component.y.1 + 2).min(view.height));
    let inside = (y0..y1).flat_map(|y| (x0..x1).map(move |x| (x, y)));
    let shade = |x: usize, y: usize| view.shades[y * view.width + x];
    let lightest = inside.clone().map(|(x, y)| shade(x, y)).filter(|shade| !shade.is_nan()).fold(0.0, f32::max);
    let (mut sum, mut at) = (0.0, (0.0, 0.0));
    for (x, y) in inside.filter(|(x, y)| !shade(*x, *y).is_nan()) {
        let ink = f64::from(lightest - shade(x, y));
        sum += ink;
        at = (at.0 + ink * x as f64, at.1 + ink * y as f64);
    }
    (at.0 / f64::max(sum, 1e-9), at.1 / f64::max(sum, 1e-9))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::raster::Grey;

    /// A square of 3 mm at 10 pixels to the millimetre, its middle at (20, 20) mm, a bar and a dot.
    fn page() -> Pyramid {
        let (width, height) = (600, 600);
        let dark = |x: usize, y: usize| {
            let mark = (185..215).contains(&x) && (185..215).contains(&y);
            mark || (y == 250 || y == 251) && x > 100 || (300..304).contains(&x) && (300..304).contains(&y)
        };
        let pixels = (0..width * height).map(|at| if dark(at % width, at / width) { 20 } else { 235 }).collect();
        Pyramid::new(Grey { width, height, pixels })
    }

    #[test]
    fn a_mark_is_found_to_a_twentieth_of_a_millimetre() {
        let map = Homography::affine([10.0, 0.0, 0.0, 0.0, 10.0, 0.0]);
        let found = near(&page(), &map, Point::new(22.0, 18.0), 3.0, 14.0);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].distance(Point::new(200.0, 200.0)) < 0.5, "{found:?}");
    }

    #[test]
    fn what_is_no_square_is_no_mark() {
        let map = Homography::affine([10.0, 0.0, 0.0, 0.0, 10.0, 0.0]);
        assert_eq!(near(&page(), &map, Point::new(33.0, 33.0), 3.0, 7.0), []);
    }
}
