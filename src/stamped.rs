//! Where the stamp of a page stands: corner marks and the code. What is sent is stamped so, and paper is recognised by it.

use crate::geometry::{MM, Rect};

/// Corner marks: squares of this side, this far from both edges. Large enough for a fax at 200 dpi (24 pixels), far
/// enough from the edge for office printers, which leave 4–5 mm blank.
pub const MARK_SIDE: f64 = 3.0 * MM;
pub const MARK_EDGE: f64 = 8.0 * MM;
/// The code's side without its quiet zone, and its lower left corner from the page's left and lower edges.
pub const CODE_SIDE: f64 = 13.0 * MM;
pub const CODE_LEFT: f64 = 25.0 * MM;
pub const CODE_BOTTOM: f64 = 9.0 * MM;

/// The four corner marks of a page, in points.
pub fn corner_marks(page: &Rect) -> [Rect; 4] {
    let (left, right) = (page.x0 + MARK_EDGE, page.x1 - MARK_EDGE - MARK_SIDE);
    let (low, high) = (page.y0 + MARK_EDGE, page.y1 - MARK_EDGE - MARK_SIDE);
    [(left, low), (left, high), (right, low), (right, high)].map(|(x, y)| Rect::new(x, y, x + MARK_SIDE, y + MARK_SIDE))
}
