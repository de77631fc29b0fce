//! Lays a returned page over the page as it was sent, by the words that stand on both.
//!
//! Printing to PDF scales a page to fit, shifts it, and turns it by quarters. The words of the printed text know: those
//! that stand once on either page give pairs of points, and the pairs give turn, scale and shift. Values that were filled
//! in have no partner and do not disturb.

use std::collections::HashMap;

use hayro_interpret::kurbo::{Affine, Point};

use crate::geometry::MM;
use crate::text::lines::{Direction, Placed, Word, words_of};

/// Shorter words stand too often by chance.
const LETTERS: usize = 3;
/// Fewer pairs prove nothing.
const PAIRS: usize = 6;
/// Points of one pair must be this far from those of another for their distance to tell the scale.
const FAR: f64 = 100.0;
/// A pair that lies further off than this, in points, is no pair.
const OFF: f64 = 2.0;
/// Scales that printing gives, and some more.
const SCALES: std::ops::RangeInclusive<f64> = 0.8..=1.25;

/// How a page lies over the original.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Laid {
    /// From points of the returned page as it is seen to points of the original as it is seen.
    pub affine: Affine,
    pub scale: f64,
    /// Quarter turns that were undone.
    pub turns: u8,
    /// Root mean square of what remains, in millimetres.
    pub residual_mm: f64,
}

impl Laid {
    /// As it is: a page of the same size whose text cannot be read.
    pub const AS_IT_IS: Laid = Laid { affine: Affine::IDENTITY, scale: 1.0, turns: 0, residual_mm: 0.0 };
}

/// The direction of most of a page's text.
pub fn main_direction(glyphs: &[Placed]) -> Direction {
    let all = [Direction::Right, Direction::Down, Direction::Left, Direction::Up];
    let count = |direction: &Direction| glyphs.iter().filter(|glyph| glyph.direction == *direction).count();
    all.into_iter().rev().max_by_key(count).unwrap_or(Direction::Right)
}

/// Finds how `returned` lies over `sent`. `None` when too few words are on both, or they do not agree.
pub fn register(sent: &[Placed], returned: &[Placed]) -> Option<Laid> {
    let direction = main_direction(returned);
    let there = single_words(sent, Direction::Right);
    let here = single_words(returned, direction);
    let mut pairs: Vec<(Point, Point)> =
        here.iter().filter_map(|(text, point)| Some((*point, *there.get(text)?))).collect();
    pairs.sort_by(|a, b| (a.0.y, a.0.x).partial_cmp(&(b.0.y, b.0.x)).unwrap_or(std::cmp::Ordering::Equal));
    if pairs.len() < PAIRS {
        return None;
    }
    let scale = median(distances(&pairs))?;
    if !SCALES.contains(&scale) {
        return None;
    }
    let dx = median(pairs.iter().map(|(from, to)| to.x - scale * from.x).collect())?;
    let dy = median(pairs.iter().map(|(from, to)| to.y - scale * from.y).collect())?;
    let (scale, dx, dy, residual) = refine(&pairs, (scale, dx, dy))?;
    let quarter = Affine::new(direction.upright());
    Some(Laid {
        affine: Affine::new([scale, 0.0, 0.0, scale, dx, dy]) * quarter,
        scale,
        turns: direction.quarters(),
        residual_mm: residual / MM,
    })
}

/// Words that stand once, with their places in the coordinates of a reader who has turned the page.
fn single_words(glyphs: &[Placed], direction: Direction) -> HashMap<String, Point> {
    let own = glyphs.iter().filter(|glyph| glyph.direction == direction).cloned().collect();
    let mut found: HashMap<String, Option<Point>> = HashMap::new();
    for Word { text, x, y } in words_of(own) {
        if text.chars().filter(|c| c.is_alphanumeric()).count() >= LETTERS {
            found.entry(text).and_modify(|twice| *twice = None).or_insert(Some(Point::new(x, y)));
        }
    }
    found.into_iter().filter_map(|(text, point)| Some((text, point?))).collect()
}

/// Ratios of the distances between far pairs.
fn distances(pairs: &[(Point, Point)]) -> Vec<f64> {
    let half = pairs.len() / 2;
    let ratio = |at: usize| {
        let ((from, to), (other_from, other_to)) = (pairs[at], pairs[(at + half) % pairs.len()]);
        let apart = from.distance(other_from);
        (apart > FAR).then(|| to.distance(other_to) / apart)
    };
    (0..pairs.len()).filter_map(ratio).collect()
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}

/// Least squares over the pairs that agree; at least half of them must.
fn refine(pairs: &[(Point, Point)], (scale, dx, dy): (f64, f64, f64)) -> Option<(f64, f64, f64, f64)> {
    let off = |(from, to): &(Point, Point), scale: f64, dx: f64, dy: f64| {
        (to.x - scale * from.x - dx).hypot(to.y - scale * from.y - dy)
    };
    let good: Vec<_> = pairs.iter().filter(|pair| off(pair, scale, dx, dy) < OFF).collect();
    if good.len() < PAIRS || good.len() * 2 < pairs.len() {
        return None;
    }
    let count = good.len() as f64;
    let mean = |value: &dyn Fn(&(Point, Point)) -> f64| good.iter().map(|pair| value(pair)).sum::<f64>() / count;
    let (fx, fy, tx, ty) = (mean(&|p| p.0.x), mean(&|p| p.0.y), mean(&|p| p.1.x), mean(&|p| p.1.y));
    let along: f64 = good.iter().map(|(f, t)| (f.x - fx) * (t.x - tx) + (f.y - fy) * (t.y - ty)).sum();
    let spread: f64 = good.iter().map(|(f, _)| (f.x - fx).powi(2) + (f.y - fy).powi(2)).sum();
    let scale = if spread > FAR { along / spread } else { scale };
    let (dx, dy) = (tx - scale * fx, ty - scale * fy);
    let squares: f64 = good.iter().map(|pair| off(pair, scale, dx, dy).powi(2)).sum();
    Some((scale, dx, dy, (squares / count).sqrt()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::lines::Characters;
    use proptest::prelude::*;

    /// A page of different words, 12 lines of 5.
    fn page(to_seen: Affine) -> Vec<Placed> {
        let mut glyphs = Vec::new();
        let along = to_seen * Point::new(1.0, 0.0) - to_seen * Point::ZERO;
        for number in 0..60 {
            for (at, c) in
                format!("ord{}", (b'a' + number % 26) as char).repeat(1 + number as usize / 26).chars().enumerate()
            {
                let (x, y) =
                    (60.0 + f64::from(number % 5) * 90.0 + at as f64 * 6.0, 80.0 + f64::from(number / 5) * 50.0);
                let seen = to_seen * Point::new(x, y);
                glyphs.push(Placed {
                    text: Characters::One(c),
                    x: seen.x,
                    y: seen.y,
                    direction: Direction::of(along.x, along.y),
                    advance: 6.0 * along.hypot(),
                    size: 10.0 * along.hypot(),
                });
            }
        }
        glyphs
    }

    proptest! {
        #[test]
        fn scale_shift_and_turn_are_found(scale in 0.9f64..1.03, dx in -30.0f64..30.0, dy in -30.0f64..30.0, turns in 0u8..4) {
            let middle = Point::new(297.0, 421.0);
            let turned = Affine::rotate_about(f64::from(turns) * std::f64::consts::FRAC_PI_2, middle);
            let printed = turned * Affine::translate((dx, dy)) * Affine::scale(scale);
            let laid = register(&page(Affine::IDENTITY), &page(printed)).expect("the same words");
            prop_assert_eq!(laid.turns, turns);
            prop_assert!((laid.scale * scale - 1.0).abs() < 1e-3);
            for point in [Point::new(60.0, 80.0), Point::new(500.0, 700.0)] {
                prop_assert!((laid.affine * (printed * point)).distance(point) < 0.3, "{:?}", laid);
            }
        }
    }

    #[test]
    fn another_page_is_not_laid_over() {
        let mut other = page(Affine::IDENTITY);
        for glyph in &mut other {
            glyph.text = Characters::One('x');
        }
        assert_eq!(register(&page(Affine::IDENTITY), &other), None);
        assert_eq!(register(&page(Affine::IDENTITY), &[]), None);
    }

    #[test]
    fn words_in_other_places_are_not_believed() {
        let mut shuffled = page(Affine::IDENTITY);
        for (at, glyph) in shuffled.iter_mut().enumerate() {
            glyph.y += ((at / 4 * 7919) % 400) as f64;
        }
        assert_eq!(register(&page(Affine::IDENTITY), &shuffled), None);
    }
}
