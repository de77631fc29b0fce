//! Why a picture of paper may not lie over its page: what a person would see wrong with it at a glance.

use hayro_interpret::kurbo::Point;

use super::homography::Homography;
use super::pyramid::Pyramid;
use super::template::Template;
use crate::image::raster::Grey;
use crate::seen::Trouble;

/// Fewer dots to the inch show the code's modules by less than two pixels.
const COARSE_DPI: f64 = 100.0;
/// A sharp edge is wider than this, in millimetres.
const BLURRED_MM: f64 = 0.7;
/// More of the page than this lies outside the picture.
const CUT_OFF: f64 = 0.03;
/// The page is this much longer one way than the other.
const STRETCHED: f64 = 0.03;
/// The page's sides meet at another angle than 90°, by this many degrees.
const SKEWED: f64 = 1.5;
/// Streaks are looked for in a picture no longer than this.
const STREAKS_IN: usize = 1300;
/// A streak is darker than the paper beside it by this part of the way to black, along this part of its length.
const STREAK_DARKER: f32 = 0.06;
const STREAK_ALONG: f64 = 0.9;
/// The longer side of a page that fills its picture, in millimetres.
const LONGER_SIDE: f64 = 297.0;
const INCH: f64 = 25.4;

/// What is wrong with a picture; `map` is how it lies, if it does.
pub fn troubles(template: &Template, picture: &Pyramid, map: Option<&Homography>) -> Vec<Trouble> {
    let full = picture.full();
    let centre = Point::new(template.width / 2.0, template.height / 2.0);
    let dots = map.map_or(full.width.max(full.height) as f64 / LONGER_SIDE, |map| map.scale(centre));
    let dpi = dots * INCH;
    let mut found = Vec::new();
    if dpi < COARSE_DPI {
        found.push(Trouble::Coarse { dpi });
    }
    let edge = edge_width(full) / dots;
    if edge > BLURRED_MM {
        found.push(Trouble::Blurred { edge_mm: edge });
    }
    if let Some(map) = map {
        let part = outside(template, picture, map);
        if part > CUT_OFF {
            found.push(Trouble::CutOff { part });
        }
        let [(ax, ay), (bx, by)] = map.steps(centre);
        let (across, down) = (ax.hypot(ay), bx.hypot(by));
        if (across / down - 1.0).abs() > STRETCHED {
            found.push(Trouble::Stretched { by: across / down });
        }
        let angle = (by.atan2(bx) - ay.atan2(ax)).to_degrees().rem_euclid(360.0);
        if (angle - 90.0).abs() > SKEWED {
            found.push(Trouble::Skewed { degrees: angle - 90.0 });
        }
    }
    let streaks = streaks(picture);
    if streaks > 0 {
        found.push(Trouble::Streaks { number: streaks });
    }
    found
}

/// How wide the sharpest edges are, in pixels: the way from paper to ink by the steepest steps across.
fn edge_width(grey: &Grey) -> f64 {
    let (mut shades, mut steps) = ([0usize; 256], [0usize; 256]);
    for row in grey.pixels.chunks(grey.width).step_by(7) {
        row.iter().for_each(|shade| shades[usize::from(*shade)] += 1);
        row.windows(2).for_each(|pair| steps[usize::from(pair[0].abs_diff(pair[1]))] += 1);
    }
    let quantile = |counts: &[usize; 256], part: f64| {
        let wanted = (counts.iter().sum::<usize>() as f64 * part) as usize;
        let mut sum = 0;
        counts.iter().position(|count| {
            sum += count;
            sum > wanted
        })
    };
    let contrast =
        quantile(&shades, 0.9).zip(quantile(&shades, 0.01)).map_or(0, |(paper, ink)| paper.saturating_sub(ink));
    // One step in a thousand lies at the edge of a letter even on a page that is nearly empty.
    let steepest = quantile(&steps, 0.999).unwrap_or(0).max(1);
    contrast as f64 / steepest as f64
}

/// The part of the page that lies outside the picture.
fn outside(template: &Template, picture: &Pyramid, map: &Homography) -> f64 {
    const ACROSS: usize = 42;
    const DOWN: usize = 60;
    let (width, height) = (picture.full().width as f64, picture.full().height as f64);
    let places = (0..ACROSS * DOWN).map(|at| {
        let (x, y) = ((at % ACROSS) as f64 + 0.5, (at / ACROSS) as f64 + 0.5);
        map.apply(Point::new(x / ACROSS as f64 * template.width, y / DOWN as f64 * template.height))
    });
    let unseen = places.filter(|at| at.x < 0.0 || at.y < 0.0 || at.x >= width || at.y >= height).count();
    unseen as f64 / (ACROSS * DOWN) as f64
}

/// Lines along the whole picture, straight up and down or across: dirt on the glass of a scanner that draws pages past it.
fn streaks(picture: &Pyramid) -> usize {
    let mut level = 0;
    while picture.level(level).width.max(picture.level(level).height) > STREAKS_IN && level < 3 {
        level += 1;
    }
    let grey = picture.level(level);
    let beside = (grey.width.max(grey.height) / 150).max(2);
    let line = |across: usize, along: usize, at: &dyn Fn(usize, usize) -> u8| {
        let dark = |line: usize| {
            if line < beside || line + beside >= across {
                return false;
            }
            let darker = |place: &usize| {
                let around = f32::from(at(line - beside, *place)).min(f32::from(at(line + beside, *place)));
                f32::from(at(line, *place)) < around - STREAK_DARKER * 255.0
            };
            (0..along).filter(darker).count() as f64 >= STREAK_ALONG * along as f64
        };
        // Lines beside each other are one streak.
        (0..across).filter(|line| dark(*line) && !dark(line + 1)).count()
    };
    let (width, height) = (grey.width, grey.height);
    line(width, height, &|x, y| grey.pixels[y * width + x]) + line(height, width, &|y, x| grey.pixels[y * width + x])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// White paper with black bars of 20 pixels.
    fn page(shade: &dyn Fn(usize, usize) -> u8) -> Pyramid {
        let (width, height) = (840, 1188);
        let pixels = (0..width * height).map(|at| shade(at % width, at / width)).collect();
        Pyramid::new(Grey { width, height, pixels })
    }

    fn bars(x: usize, y: usize) -> u8 {
        if (x / 20).is_multiple_of(4) && y % 120 < 60 { 20 } else { 240 }
    }

    fn found(picture: &Pyramid, map: Option<&Homography>) -> Vec<Trouble> {
        let blank = Pyramid::new(Grey { width: 420, height: 594, pixels: vec![255; 420 * 594] });
        troubles(&Template::of(blank, 210.0, 297.0), picture, map)
    }

    #[test]
    fn a_sharp_page_that_lies_straight_has_no_trouble() {
        let map = Homography::affine([4.0, 0.0, 0.0, 0.0, 4.0, 0.0]);
        assert_eq!(found(&page(&bars), Some(&map)), []);
        let coarse = Homography::affine([2.0, 0.0, 0.0, 0.0, 2.0, 0.0]);
        assert!(matches!(found(&page(&bars), Some(&coarse))[..], [Trouble::Coarse { .. }]));
    }

    #[test]
    fn each_trouble_is_told() {
        let straight = Homography::affine([4.0, 0.0, 0.0, 0.0, 4.0, 0.0]);
        // Edges that take 12 pixels, 3 mm.
        let blurred = |x: usize, y: usize| {
            let sum: usize = (0..12).map(|by| usize::from(bars((x + by).saturating_sub(6), y))).sum();
            (sum / 12) as u8
        };
        assert!(matches!(found(&page(&blurred), Some(&straight))[..], [Trouble::Blurred { .. }]));
        let streak = |x: usize, y: usize| if x / 2 == 100 { 90 } else { bars(x, y) };
        assert_eq!(found(&page(&streak), Some(&straight)), [Trouble::Streaks { number: 1 }]);
        let off = Homography::affine([4.0, 0.0, -100.0, 0.0, 4.0, 0.0]);
        assert!(matches!(found(&page(&bars), Some(&off))[..], [Trouble::CutOff { .. }]));
        let long = Homography::affine([4.0, 0.0, 0.0, 0.0, 3.6, 0.0]);
        assert!(found(&page(&bars), Some(&long)).iter().any(|trouble| matches!(trouble, Trouble::Stretched { .. })));
        let skewed = Homography::affine([4.0, 0.2, 0.0, 0.0, 3.9, 0.0]);
        assert!(found(&page(&bars), Some(&skewed)).iter().any(|trouble| matches!(trouble, Trouble::Skewed { .. })));
    }
}
