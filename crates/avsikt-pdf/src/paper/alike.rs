//! How alike the code on a picture is to codes that were issued, where it cannot be read.
//!
//! The shades at the middles of its modules are correlated with what each code would show. A torn, blotted or faxed code
//! that no reader takes is often still more like its own than like any other: a suggestion of whose it is, never a proof.

use super::homography::Homography;
use super::ink::Place;
use super::pyramid::{Pyramid, Window};
use crate::seen::Modules;

/// The correlation of each code with what stands at its place, from -1 to 1; 0 where the place is not seen, or is of one
/// shade.
pub fn rates(picture: &Pyramid, map: &Homography, place: &Place, codes: &[Modules]) -> Vec<f64> {
    let rate = |code: &Modules| {
        let side = code.dark.len().isqrt();
        let dots = side as f64 / (place.x1 - place.x0);
        let window = Window { x: place.x0, y: place.y0, width: side, height: side, dots };
        let shades = picture.view(map, &window).shades;
        correlation(&shades, code.dark.as_bytes()).unwrap_or(0.0)
    };
    codes.iter().map(rate).collect()
}

/// Pearson's correlation of shades with modules, dark being 1.
fn correlation(shades: &[f32], dark: &[u8]) -> Option<f64> {
    if shades.len() != dark.len() || shades.iter().any(|shade| shade.is_nan()) {
        return None;
    }
    let pairs =
        || shades.iter().zip(dark).map(|(shade, dark)| (-f64::from(*shade), f64::from(u8::from(*dark == b'1'))));
    let count = shades.len() as f64;
    let (sum_a, sum_b) = pairs().fold((0.0, 0.0), |sums, (a, b)| (sums.0 + a, sums.1 + b));
    let (mean_a, mean_b) = (sum_a / count, sum_b / count);
    let (ab, aa, bb) = pairs().fold((0.0, 0.0, 0.0), |(ab, aa, bb), (a, b)| {
        let (a, b) = (a - mean_a, b - mean_b);
        (ab + a * b, aa + a * a, bb + b * b)
    });
    (aa > 0.0 && bb > 0.0).then(|| ab / (aa * bb).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dark_modules_under_dark_shades_are_alike() {
        let shades = [20.0, 230.0, 210.0, 40.0];
        assert!(correlation(&shades, b"1001").is_some_and(|rate| rate > 0.99));
        assert!(correlation(&shades, b"0110").is_some_and(|rate| rate < -0.99));
        assert_eq!(correlation(&[9.0; 4], b"1001"), None);
        assert_eq!(correlation(&shades, b"100"), None);
        assert_eq!(correlation(&[f32::NAN, 1.0, 2.0, 3.0], b"1001"), None);
    }
}
