//! Places on a page: points, rectangles and the unit they are measured in.
//!
//! Everything is in PDF user space: points (1/72 inch), origin at the page's lower left corner, y upwards
//! (ISO 32000-2 8.3.2.3). Nothing here knows what stands at a place.

use serde::{Deserialize, Serialize};

/// Points in a millimetre.
pub const MM: f64 = 72.0 / 25.4;

/// A rectangle in points, lower left corner first: `[x0, y0, x1, y1]`, as PDF writes `/Rect`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "[f64; 4]", into = "[f64; 4]")]
pub struct Rect {
    pub x0: f64,
    pub y0: f64,
    pub x1: f64,
    pub y1: f64,
}

impl Rect {
    /// A rectangle from any two opposite corners; PDF allows either order (ISO 32000-2 7.9.5).
    pub fn new(xa: f64, ya: f64, xb: f64, yb: f64) -> Self {
        Rect { x0: xa.min(xb), y0: ya.min(yb), x1: xa.max(xb), y1: ya.max(yb) }
    }

    pub fn width(&self) -> f64 {
        self.x1 - self.x0
    }

    pub fn height(&self) -> f64 {
        self.y1 - self.y0
    }

    /// The area that two rectangles share, in square points; 0 when they do not meet.
    pub fn overlap(&self, other: &Rect) -> f64 {
        let width = self.x1.min(other.x1) - self.x0.max(other.x0);
        let height = self.y1.min(other.y1) - self.y0.max(other.y0);
        if width > 0.0 && height > 0.0 { width * height } else { 0.0 }
    }

    /// The rectangle that two rectangles share; without width or height when they do not meet.
    pub fn shared(&self, other: &Rect) -> Rect {
        let (x0, y0) = (self.x0.max(other.x0), self.y0.max(other.y0));
        Rect { x0, y0, x1: self.x1.min(other.x1).max(x0), y1: self.y1.min(other.y1).max(y0) }
    }

    /// The smallest rectangle around both.
    pub fn around(&self, other: &Rect) -> Rect {
        Rect {
            x0: self.x0.min(other.x0),
            y0: self.y0.min(other.y0),
            x1: self.x1.max(other.x1),
            y1: self.y1.max(other.y1),
        }
    }

    /// The rectangle to a thousandth of a point, so that files written from it stay short and equal.
    #[must_use]
    pub fn rounded(&self) -> Rect {
        let [x0, y0, x1, y1] = <[f64; 4]>::from(*self).map(|v| (v * 1000.0).round() / 1000.0);
        Rect { x0, y0, x1, y1 }
    }

    /// Whether every edge lies within `tolerance` points of the other's.
    pub fn near(&self, other: &Rect, tolerance: f64) -> bool {
        (self.x0 - other.x0).abs() <= tolerance
            && (self.y0 - other.y0).abs() <= tolerance
            && (self.x1 - other.x1).abs() <= tolerance
            && (self.y1 - other.y1).abs() <= tolerance
    }
}

impl From<[f64; 4]> for Rect {
    fn from([x0, y0, x1, y1]: [f64; 4]) -> Self {
        Rect::new(x0, y0, x1, y1)
    }
}

impl From<Rect> for [f64; 4] {
    fn from(rect: Rect) -> Self {
        [rect.x0, rect.y0, rect.x1, rect.y1]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn corners_may_come_in_any_order() {
        assert_eq!(Rect::new(3.0, 4.0, 1.0, 2.0), Rect::new(1.0, 2.0, 3.0, 4.0));
    }

    #[test]
    fn rounding_is_asked_for() {
        let rect = Rect::new(0.1 + 0.2, 70.866_141, 1.0, 99.999_6);
        let crossed: Rect = serde_json::from_str(&serde_json::to_string(&rect).unwrap()).unwrap();
        assert_eq!(crossed, rect);
        assert_eq!(<[f64; 4]>::from(rect.rounded()), [0.3, 70.866, 1.0, 100.0]);
    }

    #[test]
    fn overlap_is_the_shared_area() {
        let a = Rect::new(0.0, 0.0, 4.0, 4.0);
        assert_eq!(a.overlap(&Rect::new(2.0, 3.0, 9.0, 9.0)), 2.0);
        assert_eq!(a.overlap(&Rect::new(4.0, 0.0, 9.0, 9.0)), 0.0);
    }
}
