//! Ink that the page as sent does not have: in a box to be marked, around it, and in a field to be written in.
//!
//! Shades are compared with the paper's, which may be lit unevenly. What was sent is made a little wider first, and shifted
//! to where it hides most: scanners and registration are a fraction of a millimetre off.

use hayro_interpret::kurbo::Point;

use super::homography::Homography;
use super::pyramid::{Pyramid, View, Window};
use super::template::{DOTS, Template};
use crate::seen::MarkSeen;

/// What is looked at around a box, in millimetres.
const AROUND: f64 = 2.5;
/// A box's own line, and what a hand's mark at its edge may be: left out inside, in millimetres.
const INSET: f64 = 0.55;
/// The ring begins this far outside the box, in millimetres.
const OUTSET: f64 = 0.3;
/// How what was sent hides ink. Inside a field's lines there is little of it: made wide enough, it needs no shift.
const IN_BOXES: Hide = Hide { shift: 0.6, wider: 2 };
const IN_FIELDS: Hide = Hide { shift: 0.0, wider: 3 };
/// Extra ink, in parts of the paper's shade, that is firm, and that is more than the paper's grain.
const FIRM: f32 = 0.35;
const FAINT: f32 = 0.18;
/// A pixel with less ink than this when sent is paper.
const PAPER: f32 = 0.05;
/// About so many pixels tell how light the paper is.
const SAMPLES: f64 = 4_000.0;
/// A box of which more than this part lies outside the picture is not seen.
const UNSEEN: f64 = 0.02;
/// A field's own line, left out along its edges, in millimetres.
const EDGE: f64 = 0.8;
/// A streak has ink along this part of a field's height, and pictures that are turned by more than this slope have none.
const STREAK_ALONG: f64 = 0.75;
const MOST_TILT: f64 = 0.2;
/// Pixels to a millimetre at which fields are looked at.
const FIELD_DOTS: f64 = 5.0;

#[derive(Debug, Clone, Copy)]
pub struct Hide {
    /// The template is shifted up to this far, in millimetres.
    pub shift: f64,
    /// It is made wider by so many pixels on each side.
    pub wider: usize,
}

/// A rectangle on the page in millimetres from its upper left corner.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Place {
    pub x0: f64,
    pub y0: f64,
    pub x1: f64,
    pub y1: f64,
}

impl Place {
    pub fn grown(&self, by: f64) -> Self {
        Place { x0: self.x0 - by, y0: self.y0 - by, x1: self.x1 + by, y1: self.y1 + by }
    }

    pub fn holds(&self, point: Point) -> bool {
        (self.x0..self.x1).contains(&point.x) && (self.y0..self.y1).contains(&point.y)
    }

    pub fn window(&self, dots: f64) -> Window {
        Window::between(self.x0, self.y0, self.x1, self.y1, dots)
    }
}

/// What is seen of a box.
pub fn of_box(template: &Template, picture: &Pyramid, map: &Homography, place: &Place) -> MarkSeen {
    let window = place.grown(AROUND).window(DOTS);
    let Some(extra) = Extra::of(template, picture, map, &window, IN_BOXES) else { return MarkSeen::default() };
    let inner = place.grown(-INSET);
    let share = |pixels: &dyn Fn(Point) -> bool, least: f32| {
        let (mut of, mut inked) = (0usize, 0usize);
        for (_, ink) in extra.pixels(&window).filter(|(at, _)| pixels(*at)) {
            of += 1;
            inked += usize::from(ink > least);
        }
        inked as f64 / of.max(1) as f64
    };
    let outer = place.grown(OUTSET);
    let unseen = extra.unseen(&window, &|at| place.holds(at));
    let reach = |along: &dyn Fn(Point) -> f64| {
        let inked = extra.pixels(&window).filter(|(at, ink)| inner.holds(*at) && *ink > FIRM);
        spread(inked.map(|(at, _)| along(at)).collect())
    };
    MarkSeen {
        seen: unseen <= UNSEEN,
        firm: share(&|at| inner.holds(at), FIRM),
        faint: share(&|at| inner.holds(at), FAINT),
        ring: share(&|at| !outer.holds(at), FIRM),
        sides: share(&|at| !outer.holds(at) && beside(place, at), FIRM),
        across: reach(&|at| (at.x - inner.x0) / (inner.x1 - inner.x0)),
        down: reach(&|at| (at.y - inner.y0) / (inner.y1 - inner.y0)),
        area_mm2: 0.0,
    }
}

/// Whether a point lies straight above, below, left or right of the middle half of a box's sides.
fn beside(place: &Place, at: Point) -> bool {
    let middle = |from: f64, to: f64, at: f64| ((at - (from + to) / 2.0) / (to - from)).abs() < 0.25;
    middle(place.x0, place.x1, at.x) || middle(place.y0, place.y1, at.y)
}

/// How far some numbers reach, without the lowest and the highest of each hundred.
fn spread(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    let last = numbers.len().saturating_sub(1);
    let at = |part: f64| numbers.get((last as f64 * part).round() as usize).copied().unwrap_or(0.0);
    at(0.98) - at(0.02)
}

/// What is seen of a field that is written in: ink inside its lines.
pub fn of_field(template: &Template, picture: &Pyramid, map: &Homography, place: &Place) -> MarkSeen {
    let inner = place.grown(-EDGE);
    let window = place.grown(AROUND).window(FIELD_DOTS);
    let Some(extra) = Extra::of(template, picture, map, &window, IN_FIELDS) else { return MarkSeen::default() };
    let [(ax, _), (bx, _)] = map.steps(window.at(window.width as f64 / 2.0, window.height as f64 / 2.0));
    let extra = extra.without_specks().without_streaks(-bx / ax, &window, &inner);
    let inside: Vec<(Point, f32)> = extra.pixels(&window).filter(|(at, _)| inner.holds(*at)).collect();
    let count = |least: f32| inside.iter().filter(|(_, ink)| *ink > least).count();
    let of = inside.len().max(1) as f64;
    // Millimetres across and down in which something is written.
    let reached = |along: &dyn Fn(Point) -> f64| {
        let mut millimetres: Vec<i64> =
            inside.iter().filter(|(_, ink)| *ink > FIRM).map(|(at, _)| along(*at).floor() as i64).collect();
        millimetres.sort_unstable();
        millimetres.dedup();
        millimetres.len() as f64
    };
    MarkSeen {
        seen: extra.unseen(&window, &|at| place.holds(at)) <= UNSEEN,
        firm: count(FIRM) as f64 / of,
        faint: count(FAINT) as f64 / of,
        ring: 0.0,
        sides: 0.0,
        across: reached(&|at| at.x - inner.x0) / (inner.x1 - inner.x0),
        down: reached(&|at| at.y - inner.y0) / (inner.y1 - inner.y0),
        area_mm2: count(FIRM) as f64 / (FIELD_DOTS * FIELD_DOTS),
    }
}

/// Ink beyond what was sent, in parts of the paper's shade; NaN outside the picture.
pub struct Extra {
    width: usize,
    ink: Vec<f32>,
}

impl Extra {
    /// `None` where the picture shows nothing of the window.
    pub fn of(template: &Template, picture: &Pyramid, map: &Homography, window: &Window, hide: Hide) -> Option<Self> {
        let shift = (hide.shift * window.dots).round() as usize;
        // The template is drawn with some more around it, to be shifted.
        let wide = Window {
            x: window.x - shift as f64 / window.dots,
            y: window.y - shift as f64 / window.dots,
            width: window.width + 2 * shift,
            height: window.height + 2 * shift,
            dots: window.dots,
        };
        let sent: Vec<f32> = template.view(&wide).shades.iter().map(|shade| 1.0 - shade / 255.0).collect();
        let is = picture.view(map, window);
        let ink = inked(&is, window.width, &|x, y| sent[(y + shift) * wide.width + x + shift])?;
        let hiding = widened(&sent, wide.width, hide.wider);
        let rows = |dx: usize, dy: usize| {
            let row = move |y: usize| (y * window.width, (y + dy) * wide.width + dx);
            (0..window.height)
                .map(row)
                .map(|(own, sent)| (&ink[own..][..window.width], &hiding[sent..][..window.width]))
        };
        let at_shift = |dx: usize, dy: usize| {
            let row = |(own, sent): (&[f32], &[f32])| {
                let extra = own.iter().zip(sent).map(|(ink, sent)| (ink - sent).max(0.0));
                extra.filter(|extra| !extra.is_nan()).sum::<f32>()
            };
            rows(dx, dy).map(row).sum::<f32>()
        };
        // Where nothing shows without a shift, none is searched: most of a page.
        let shows = rows(shift, shift).any(|(own, sent)| own.iter().zip(sent).any(|(ink, sent)| ink - sent > FAINT));
        let shifts = (0..=2 * shift).flat_map(|dy| (0..=2 * shift).map(move |dx| (dx, dy)));
        // Of shifts that hide equally much, the smallest.
        let rated = shifts.map(|(dx, dy)| (at_shift(dx, dy), dx.abs_diff(shift) + dy.abs_diff(shift), dx, dy));
        let best = shows.then(|| rated.min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)))).flatten();
        let (dx, dy) = best.map_or((shift, shift), |(_, _, dx, dy)| (dx, dy));
        let extra = rows(dx, dy).flat_map(|(own, sent)| {
            own.iter().zip(sent).map(|(ink, sent)| if ink.is_nan() { f32::NAN } else { (ink - sent).max(0.0) })
        });
        Some(Extra { width: window.width, ink: extra.collect() })
    }

    /// The same without what is no stroke: a pixel with firm ink and fewer than two neighbours that have some is a speck.
    pub fn without_specks(self) -> Self {
        let width = self.width as isize;
        let firm = |at: isize| usize::try_from(at).ok().and_then(|at| self.ink.get(at)).is_some_and(|ink| *ink > FIRM);
        let around = [-width - 1, -width, -width + 1, -1, 1, width - 1, width, width + 1];
        let speck = |at: usize| firm(at as isize) && around.iter().filter(|by| firm(at as isize + **by)).count() < 2;
        let ink = self.ink.iter().enumerate().map(|(at, ink)| if speck(at) { 0.0 } else { *ink }).collect();
        Extra { width: self.width, ink }
    }

    /// The same without streaks, which dirt on a scanner's glass draws straight along the picture: ink all the way down a place.
    /// `tilt` is how far the picture's columns go across the page while they go down it by 1.
    fn without_streaks(mut self, tilt: f64, window: &Window, inside: &Place) -> Self {
        if !tilt.is_finite() || tilt.abs() > MOST_TILT {
            return self;
        }
        let (width, height) = (self.width, self.ink.len() / self.width.max(1));
        let lean = (MOST_TILT * height as f64).ceil();
        let column = |x: usize, y: usize| (x as f64 - tilt * y as f64 + lean).round().max(0.0) as usize;
        let rows: Vec<usize> =
            (0..height).filter(|y| inside.holds(Point::new(inside.x0, window.at(0.0, *y as f64).y))).collect();
        // Rows that have ink in a column or beside it, each once: a thin streak falls between two.
        let mut inked = vec![0usize; width + 2 * lean as usize + 3];
        for y in &rows {
            let mut next = 0;
            for x in (0..width).filter(|x| self.ink[y * width + x] > FAINT) {
                let at = column(x, *y);
                (next.max(at.saturating_sub(1))..at + 2).for_each(|near| inked[near] += 1);
                next = at + 2;
            }
        }
        let streaks: Vec<bool> =
            inked.iter().map(|inked| *inked as f64 >= STREAK_ALONG * rows.len().max(1) as f64).collect();
        for y in 0..height {
            for x in (0..width).filter(|x| streaks[column(*x, y)]) {
                let ink = &mut self.ink[y * width + x];
                // What is not seen stays so.
                *ink = if ink.is_nan() { *ink } else { 0.0 };
            }
        }
        self
    }

    /// The pixels that have ink, and whether it is firm.
    pub fn inked(&self) -> impl Iterator<Item = (usize, bool)> + '_ {
        self.ink.iter().enumerate().filter(|(_, ink)| **ink > FAINT).map(|(at, ink)| (at, *ink > FIRM))
    }

    /// Every pixel that is seen: where its middle lies, and its extra ink.
    fn pixels<'e>(&'e self, window: &'e Window) -> impl Iterator<Item = (Point, f32)> + 'e {
        self.all(window).filter(|(_, ink)| !ink.is_nan())
    }

    fn all<'e>(&'e self, window: &'e Window) -> impl Iterator<Item = (Point, f32)> + 'e {
        let at = |at: usize| window.at((at % self.width) as f64, (at / self.width) as f64);
        self.ink.iter().enumerate().map(move |(pixel, ink)| (at(pixel), *ink))
    }

    /// The part of some pixels that lies outside the picture.
    fn unseen(&self, window: &Window, pixels: &dyn Fn(Point) -> bool) -> f64 {
        let (mut of, mut unseen) = (0usize, 0usize);
        for (_, ink) in self.all(window).filter(|(at, _)| pixels(*at)) {
            of += 1;
            unseen += usize::from(ink.is_nan());
        }
        unseen as f64 / of.max(1) as f64
    }
}

/// The ink of a view: how much darker than the paper a pixel is, in parts of the paper's shade. The paper's shade is a plane
/// over some of the pixels that were paper when sent and are no darker than most of them.
fn inked(view: &View, width: usize, sent: &dyn Fn(usize, usize) -> f32) -> Option<Vec<f32>> {
    let every = (view.shades.len() as f64 / SAMPLES).sqrt().ceil().max(1.0) as usize;
    let places = (0..view.height).step_by(every).flat_map(|y| (0..width).step_by(every).map(move |x| (x, y)));
    let (mut of, mut paper) = (0, Vec::new());
    for (x, y) in places {
        of += 1;
        let shade = view.shades[y * width + x];
        if !shade.is_nan() && sent(x, y) < PAPER {
            paper.push([x as f64, y as f64, f64::from(shade)]);
        }
    }
    if paper.len() < of / 10 {
        return None;
    }
    let level = |plane: &[f64; 3], x: f64, y: f64| plane[0] * x + plane[1] * y + plane[2];
    let mut plane = [0.0; 3];
    for _ in 0..3 {
        plane = fitted(&paper)?;
        let lighter: Vec<[f64; 3]> =
            paper.iter().copied().filter(|[x, y, shade]| *shade > level(&plane, *x, *y) * 0.94).collect();
        if lighter.len() * 3 < paper.len() {
            break;
        }
        paper = lighter;
    }
    let mut ink = Vec::with_capacity(view.shades.len());
    for (y, row) in view.shades.chunks(width).enumerate() {
        let (start, step) = (level(&plane, 0.0, y as f64), plane[0]);
        let paper = |x: usize| (start + step * x as f64).max(40.0) as f32;
        ink.extend(row.iter().enumerate().map(|(x, shade)| 1.0 - shade / paper(x)));
    }
    Some(ink)
}

/// The plane of least squares through points: its slopes across and down, and its height at the corner. `None` for points on a line.
fn fitted(points: &[[f64; 3]]) -> Option<[f64; 3]> {
    let count = points.len() as f64;
    let mean = [0, 1, 2].map(|at| points.iter().map(|point| point[at]).sum::<f64>() / count);
    let (mut xx, mut xy, mut yy, mut xz, mut yz) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for point in points {
        let [x, y, z] = [0, 1, 2].map(|at| point[at] - mean[at]);
        xx += x * x;
        xy += x * y;
        yy += y * y;
        xz += x * z;
        yz += y * z;
    }
    let determinant = xx * yy - xy * xy;
    if determinant.abs() < f64::EPSILON * xx.max(yy).powi(2) {
        return None;
    }
    let (a, b) = ((xz * yy - yz * xy) / determinant, (yz * xx - xz * xy) / determinant);
    Some([a, b, mean[2] - a * mean[0] - b * mean[1]])
}

/// Every pixel as dark as the darkest within a distance along both axes: grey-scale dilation of ink.
pub fn widened(ink: &[f32], width: usize, by: usize) -> Vec<f32> {
    let spread = |line: &[f32]| -> Vec<f32> {
        (0..line.len())
            .map(|at| line[at.saturating_sub(by)..(at + by + 1).min(line.len())].iter().copied().fold(0.0, f32::max))
            .collect()
    };
    let across: Vec<f32> = ink.chunks(width).flat_map(spread).collect();
    let height = ink.len() / width.max(1);
    let mut out = vec![0.0f32; ink.len()];
    for y in 0..height {
        for near in y.saturating_sub(by)..(y + by + 1).min(height) {
            let (to, from) = (&mut out[y * width..][..width], &across[near * width..][..width]);
            to.iter_mut().zip(from).for_each(|(to, from)| *to = to.max(*from));
        }
    }
    out
}
