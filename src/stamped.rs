//! Where the stamp of a page stands: corner marks and the code. What is sent is stamped so, and paper is recognised by it.

use qrcode::bits::encode_auto;
use qrcode::canvas::{Canvas, MaskPattern};
use qrcode::ec::construct_codewords;
use qrcode::{Color, EcLevel, QrResult};

use crate::geometry::{MM, Rect};
use crate::pdf::seen::Modules;

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

/// Where the code of a page stands, in points.
pub fn code_place(page: &Rect) -> Rect {
    let (x, y) = (page.x0 + CODE_LEFT, page.y0 + CODE_BOTTOM);
    Rect::new(x, y, x + CODE_SIDE, y + CODE_SIDE)
}

/// A QR code: how many modules a side has, and their colours row by row.
///
/// Error correction Q: a quarter of the code may be lost to a pen, a fold or a fax. The mask is always the checkerboard:
/// a reader takes any mask (ISO/IEC 18004 7.9), and rating all eight costs 5 ms a document; that detectors read the
/// outcome at fax quality is checked on all pages of the shipped campaign by `tests/run`.
///
/// # Errors
/// When the token is too long for a code.
pub fn code(token: &str) -> QrResult<(usize, Vec<Color>)> {
    let bits = encode_auto(token.as_bytes(), EcLevel::Q)?;
    let version = bits.version();
    let (data, correction) = construct_codewords(&bits.into_bytes(), version, EcLevel::Q)?;
    let mut canvas = Canvas::new(version, EcLevel::Q);
    canvas.draw_all_functional_patterns();
    canvas.draw_data(&data, &correction);
    canvas.apply_mask(MaskPattern::Checkerboard);
    let modules = usize::try_from(version.width()).unwrap_or_default();
    Ok((modules, canvas.into_colors()))
}

/// The modules of a token's code; none for a token that is too long for one.
pub fn modules(token: &str) -> Modules {
    let (_, colors) = code(token).unwrap_or_default();
    Modules { dark: colors.iter().map(|color| if *color == Color::Dark { '1' } else { '0' }).collect() }
}
