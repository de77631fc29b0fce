//! Lays a picture of a page over the page as it was sent.
//!
//! ```text
//! code ─▶ affine map ─▶ corner marks ─▶ homography ─▶ patches of the page, coarse to fine ─▶ homography, trust
//! ```
//! Each step needs only what the one before it gives, and any may be missing: marks are cut off by copiers, codes are lost to
//! faxes. The share of patches that stand where the map says is what the map may be trusted by.

use hayro_interpret::kurbo::Point;

use super::code::Code;
use super::homography::{Homography, Pair};
use super::marks;
use super::patches::{self, Search};
use super::pyramid::Pyramid;
use super::template::Template;

/// How far from where the code says marks are looked for, in millimetres, one after the other.
const MARKS_WITHIN: [f64; 5] = [8.0, 14.0, 18.0, 30.0, 55.0];
/// With four marks the code's points must lie this near where the map says, in millimetres.
const CODE_AGREES: f64 = 0.7;
/// A patch this near its place fits, in millimetres.
const FITS: f64 = 0.35;
/// Patches that serve most pages, and those for hard ones.
const FEW: usize = 24;
const MANY: usize = 64;
/// A map with this trust after few patches needs no more.
pub const TRUSTED: f64 = 0.9;
/// Fewer patches prove nothing.
const LEAST: usize = 8;
/// Times three patches are drawn to find a first map, and how far from it the others may lie, in millimetres.
const DRAWS: usize = 200;
/// Residuals beyond so many times their median weigh less (Huber).
const ROBUST: f64 = 1.5;

/// How a picture lies over the page.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Laid {
    /// Millimetres of the page, from its upper left corner, to pixels of the picture.
    pub map: Homography,
    /// Share of the patches that stand within 0.35 mm of where the map says, from 0 to 1.
    pub trust: f64,
    /// Patches that were looked for.
    pub patches: usize,
    /// 95 of 100 patches that fit are nearer than this, in millimetres.
    pub error_mm: f64,
    /// Corner marks that were found.
    pub marks: u8,
}

/// Lays a picture over a page. `marks` are the middles of the corner marks, in millimetres, and `side` is theirs.
pub fn lay(template: &Template, picture: &Pyramid, code: Option<&Code>, marks: &[Point], side: f64) -> Option<Laid> {
    let by_code = code.and_then(|code| by_code(template, code));
    if let Some((map, pairs)) = by_code {
        let (map, found) = by_marks(picture, map, &pairs, marks, side);
        return by_patches(template, picture, map, found);
    }
    // Without a code the page is taken to fill the picture, either way up.
    let ways = filling(template, picture);
    let laid = ways.into_iter().filter_map(|map| by_patches(template, picture, map, 0));
    laid.max_by(|a, b| a.trust.total_cmp(&b.trust))
}

/// The affine map that the code's points give, and the points.
fn by_code(template: &Template, code: &Code) -> Option<(Homography, Vec<Pair>)> {
    let own = template.codes.iter().find(|own| own.anchors == code.anchors)?;
    let pairs: Vec<Pair> = own.points.iter().copied().zip(code.points.iter().copied()).collect();
    Some((Homography::fit_affine(&pairs)?, pairs))
}

/// A map that the marks confirm, and how many they are.
fn by_marks(picture: &Pyramid, first: Homography, code: &[Pair], marks: &[Point], side: f64) -> (Homography, u8) {
    for reach in MARKS_WITHIN {
        let candidates: Vec<Vec<Pair>> = marks
            .iter()
            .map(|mark| marks::near(picture, &first, *mark, side, reach).into_iter().map(|at| (*mark, at)).collect())
            .collect();
        if candidates.len() == 4 && candidates.iter().all(|near| !near.is_empty()) {
            let all = choices(&candidates).into_iter().filter_map(|choice| {
                let map = Homography::fit(&choice.iter().map(|pair| (*pair, 1.0)).collect::<Vec<_>>())?;
                Some((worst(&map, code)?, map))
            });
            if let Some((off, map)) = all.min_by(|a, b| a.0.total_cmp(&b.0))
                && off <= CODE_AGREES
            {
                return (map, 4);
            }
        }
        // Three of four, with the code: one mark may be cut off, or a blot may stand nearer than it.
        let three = (0..candidates.len()).filter_map(|left_out| {
            let others: Vec<Vec<Pair>> =
                candidates.iter().enumerate().filter(|(at, _)| *at != left_out).map(|(_, near)| near.clone()).collect();
            let all = choices(&others).into_iter().filter_map(|choice| {
                let map = Homography::fit_affine(&[choice.as_slice(), code].concat())?;
                Some((worst(&map, &[choice.as_slice(), code].concat())?, map))
            });
            all.min_by(|a, b| a.0.total_cmp(&b.0))
        });
        if let Some((off, map)) = three.min_by(|a, b| a.0.total_cmp(&b.0))
            && off <= CODE_AGREES
        {
            return (map, 3);
        }
    }
    (first, 0)
}

/// One candidate of each list, in every way.
fn choices(candidates: &[Vec<Pair>]) -> Vec<Vec<Pair>> {
    candidates.iter().fold(vec![Vec::new()], |chosen, near| {
        chosen.iter().flat_map(|chosen| near.iter().map(move |one| [chosen.as_slice(), &[*one]].concat())).collect()
    })
}

/// The largest distance of a pair from where the map says, in millimetres.
fn worst(map: &Homography, pairs: &[Pair]) -> Option<f64> {
    let back = map.inverse()?;
    pairs.iter().map(|(page, seen)| back.apply(*seen).distance(*page)).max_by(f64::total_cmp)
}

/// The maps of a page that fills the picture: turned in every way that its shape allows.
fn filling(template: &Template, picture: &Pyramid) -> Vec<Homography> {
    let (w, h) = (picture.full().width as f64, picture.full().height as f64);
    let (pw, ph) = (template.width, template.height);
    if (w < h) == (pw < ph) {
        let (x, y) = (w / pw, h / ph);
        vec![Homography::affine([x, 0.0, 0.0, 0.0, y, 0.0]), Homography::affine([-x, 0.0, w, 0.0, -y, h])]
    } else {
        let (x, y) = (w / ph, h / pw);
        vec![Homography::affine([0.0, -x, w, y, 0.0, 0.0]), Homography::affine([0.0, x, 0.0, -y, 0.0, h])]
    }
}

/// The map that the page's patches give, from coarse to fine; the fewer marks, the further they are looked for.
fn by_patches(template: &Template, picture: &Pyramid, first: Homography, marks: u8) -> Option<Laid> {
    let coarse = Search { dots: 2.0, side: 12.0, reach: 9.0, most: MANY };
    let middle = Search { dots: 4.0, side: 8.0, reach: 2.5, most: MANY };
    let fine = |most: usize| Search { dots: 4.0, side: 6.0, reach: 0.9, most };
    let mut map = first;
    let steps: &[Search] = match marks {
        4 => &[],
        3 => &[middle],
        _ => &[coarse, middle],
    };
    for search in steps {
        let pairs = patches::find(template, picture, &map, search);
        map = agreed(&pairs, search.reach / 4.0)?;
    }
    let mut laid = None;
    for most in [FEW, MANY] {
        let looked_for = most.min(template.patches.len());
        let pairs = patches::find(template, picture, &map, &fine(most));
        let Some(found) = agreed(&pairs, FITS) else { continue };
        let Some(back) = found.inverse() else { continue };
        let mut off: Vec<f64> = pairs.iter().map(|(page, seen)| back.apply(*seen).distance(*page)).collect();
        off.retain(|off| *off <= FITS);
        off.sort_by(f64::total_cmp);
        let trust = off.len() as f64 / looked_for.max(1) as f64;
        let error_mm = off.get(off.len() * 95 / 100).or(off.last()).copied().unwrap_or(FITS);
        laid = Some(Laid { map: found, trust, patches: looked_for, error_mm, marks });
        if trust >= TRUSTED {
            break;
        }
        map = found;
    }
    laid
}

/// The homography that most pairs agree on within a distance in millimetres: drawn affine maps first, then weighted least
/// squares over those that agree with the best of them.
fn agreed(pairs: &[Pair], within: f64) -> Option<Homography> {
    if pairs.len() < LEAST {
        return None;
    }
    // A sequence of its own (a linear congruential generator): the same pairs give the same map.
    let mut state = 0x2545_f491_4f6c_dd1du64;
    let mut draw = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        pairs[(state >> 33) as usize % pairs.len()]
    };
    let off = |map: &Homography, scale: f64, pair: &Pair| map.apply(pair.0).distance(pair.1) / scale;
    let mut best: (usize, Vec<Pair>) = (0, Vec::new());
    for _ in 0..DRAWS {
        let Some(map) = Homography::fit_affine(&[draw(), draw(), draw()]) else { continue };
        let scale = map.scale(pairs[0].0);
        // Perspective bends an affine map; the homography below needs only pairs that are no blunders.
        let near: Vec<Pair> = pairs.iter().filter(|pair| off(&map, scale, pair) < 3.0 * within).copied().collect();
        if near.len() > best.0 {
            best = (near.len(), near);
        }
    }
    let mut kept = best.1;
    if kept.len() < LEAST {
        return None;
    }
    let mut map = Homography::fit(&kept.iter().map(|pair| (*pair, 1.0)).collect::<Vec<_>>())?;
    for _ in 0..4 {
        let near = |pair: &&Pair| off(&map, map.scale(pair.0), pair) < 2.0 * within;
        kept = pairs.iter().filter(near).copied().collect();
        if kept.len() < LEAST {
            return None;
        }
        let mut distances: Vec<f64> = kept.iter().map(|pair| off(&map, map.scale(pair.0), pair)).collect();
        let weights: Vec<f64> = {
            let mut sorted = distances.clone();
            sorted.sort_by(f64::total_cmp);
            let limit = (ROBUST * sorted[sorted.len() / 2]).max(1e-6);
            distances.drain(..).map(|distance| if distance <= limit { 1.0 } else { limit / distance }).collect()
        };
        map = Homography::fit(&kept.iter().copied().zip(weights).collect::<Vec<_>>())?;
    }
    Some(map)
}
