//! Projective maps of the plane, fitted to pairs of points (Hartley and Zisserman, *Multiple View Geometry*, 4.1 and 4.4).
//!
//! A flat sheet under a camera is seen through a homography; under a scanner the same map is nearly an affine one.

use hayro_interpret::kurbo::Point;

/// A pair: a point of the page and where it is seen in the picture.
pub type Pair = (Point, Point);

/// A homography as a matrix by rows, with its last entry 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Homography([f64; 9]);

impl Homography {
    /// The affine map `(a x + b y + c, d x + e y + f)`.
    pub fn affine([a, b, c, d, e, f]: [f64; 6]) -> Self {
        Homography([a, b, c, d, e, f, 0.0, 0.0, 1.0])
    }

    pub fn apply(&self, point: Point) -> Point {
        let [x, y, w] = self.homogeneous(point);
        Point::new(x / w, y / w)
    }

    /// The point's image before it is divided by its third coordinate.
    pub fn homogeneous(&self, point: Point) -> [f64; 3] {
        [0, 3, 6].map(|row| self.0[row] * point.x + self.0[row + 1] * point.y + self.0[row + 2])
    }

    /// This map after another.
    pub fn after(&self, first: &Homography) -> Self {
        let (a, b) = (&self.0, &first.0);
        let mut out = [0.0; 9];
        for (at, entry) in out.iter_mut().enumerate() {
            let (row, column) = (at / 3 * 3, at % 3);
            *entry = (0..3).map(|k| a[row + k] * b[k * 3 + column]).sum();
        }
        Homography(out.map(|entry| entry / out[8]))
    }

    /// `None` where the map flattens the plane.
    pub fn inverse(&self) -> Option<Self> {
        let m = &self.0;
        let cofactor = |a: usize, b: usize, c: usize, d: usize| m[a] * m[d] - m[b] * m[c];
        let out = [
            cofactor(4, 5, 7, 8),
            -cofactor(1, 2, 7, 8),
            cofactor(1, 2, 4, 5),
            -cofactor(3, 5, 6, 8),
            cofactor(0, 2, 6, 8),
            -cofactor(0, 2, 3, 5),
            cofactor(3, 4, 6, 7),
            -cofactor(0, 1, 6, 7),
            cofactor(0, 1, 3, 4),
        ];
        let usable = out[8].abs() > f64::MIN_POSITIVE && out.iter().all(|entry| entry.is_finite());
        usable.then(|| Homography(out.map(|entry| entry / out[8])))
    }

    /// The map's linear part at a point: how far, along both axes of the picture, a step of 1 along x and along y goes.
    pub fn steps(&self, point: Point) -> [(f64, f64); 2] {
        let here = self.apply(point);
        let step = |dx: f64, dy: f64| {
            let there = self.apply(Point::new(point.x + dx, point.y + dy));
            (there.x - here.x, there.y - here.y)
        };
        [step(1.0, 0.0), step(0.0, 1.0)]
    }

    /// How many units of the picture a unit of the page is at a point: the root of the area's scale.
    pub fn scale(&self, point: Point) -> f64 {
        let [(ax, ay), (bx, by)] = self.steps(point);
        (ax * by - ay * bx).abs().sqrt()
    }

    /// The affine map of least squares over at least three pairs.
    pub fn fit_affine(pairs: &[Pair]) -> Option<Self> {
        if pairs.len() < 3 {
            return None;
        }
        let centre = middle(pairs.iter().map(|pair| pair.0));
        let mut normal = [[0.0; 5]; 3];
        for (from, to) in pairs {
            let row = [from.x - centre.x, from.y - centre.y, 1.0];
            for (at, entries) in normal.iter_mut().enumerate() {
                (0..3).for_each(|column| entries[column] += row[at] * row[column]);
                entries[3] += row[at] * to.x;
                entries[4] += row[at] * to.y;
            }
        }
        let solved = eliminate(normal)?;
        let row = |column: usize| {
            let [a, b, c] = [solved[0][column], solved[1][column], solved[2][column]];
            [a, b, c - a * centre.x - b * centre.y]
        };
        let ([a, b, c], [d, e, f]) = (row(3), row(4));
        Some(Homography::affine([a, b, c, d, e, f]))
    }

    /// The homography of least algebraic distance over at least four weighted pairs.
    pub fn fit(pairs: &[(Pair, f64)]) -> Option<Self> {
        if pairs.len() < 4 {
            return None;
        }
        let from = Spread::of(pairs.iter().map(|(pair, _)| pair.0));
        let to = Spread::of(pairs.iter().map(|(pair, _)| pair.1));
        let mut normal = [[0.0; 9]; 8];
        for ((source, target), weight) in pairs {
            let (p, q) = (from.normal(*source), to.normal(*target));
            let rows = [
                [p.x, p.y, 1.0, 0.0, 0.0, 0.0, -q.x * p.x, -q.x * p.y, q.x],
                [0.0, 0.0, 0.0, p.x, p.y, 1.0, -q.y * p.x, -q.y * p.y, q.y],
            ];
            for row in rows {
                for (at, entries) in normal.iter_mut().enumerate() {
                    (0..9).for_each(|column| entries[column] += weight * row[at] * row[column]);
                }
            }
        }
        let solved = eliminate(normal)?;
        let mut m = [1.0; 9];
        (0..8).for_each(|at| m[at] = solved[at][8]);
        let map = to.back().after(&Homography(m)).after(&from.there());
        map.0.iter().all(|entry| entry.is_finite()).then_some(map)
    }
}

/// Where points lie, and how far from there: fitting is done with points around 0 that are 1 away.
struct Spread {
    centre: Point,
    size: f64,
}

impl Spread {
    fn of(points: impl Iterator<Item = Point> + Clone) -> Self {
        let centre = middle(points.clone());
        let (sum, count) = points.fold((0.0, 0.0), |(sum, count), point| (sum + point.distance(centre), count + 1.0));
        Spread { centre, size: (sum / f64::max(count, 1.0)).max(1e-9) }
    }

    fn normal(&self, point: Point) -> Point {
        Point::new((point.x - self.centre.x) / self.size, (point.y - self.centre.y) / self.size)
    }

    fn there(&self) -> Homography {
        let (x, y, s) = (self.centre.x, self.centre.y, self.size);
        Homography::affine([1.0 / s, 0.0, -x / s, 0.0, 1.0 / s, -y / s])
    }

    fn back(&self) -> Homography {
        Homography::affine([self.size, 0.0, self.centre.x, 0.0, self.size, self.centre.y])
    }
}

fn middle(points: impl Iterator<Item = Point>) -> Point {
    let (x, y, count) = points.fold((0.0, 0.0, 0.0), |(x, y, count), point| (x + point.x, y + point.y, count + 1.0));
    Point::new(x / f64::max(count, 1.0), y / f64::max(count, 1.0))
}

/// Solves equations by Gauss-Jordan elimination with row pivoting: the first `ROWS` columns become the unit matrix.
fn eliminate<const ROWS: usize, const COLUMNS: usize>(mut m: [[f64; COLUMNS]; ROWS]) -> Option<[[f64; COLUMNS]; ROWS]> {
    for at in 0..ROWS {
        let pivot = (at..ROWS).max_by(|a, b| m[*a][at].abs().total_cmp(&m[*b][at].abs()))?;
        m.swap(at, pivot);
        let lead = m[at][at];
        if lead.abs() < 1e-12 {
            return None;
        }
        m[at].iter_mut().for_each(|entry| *entry /= lead);
        let own = m[at];
        for (_, entries) in m.iter_mut().enumerate().filter(|(row, _)| *row != at) {
            let factor = entries[at];
            entries.iter_mut().zip(own).for_each(|(entry, own)| *entry -= factor * own);
        }
    }
    Some(m)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn camera(tilt: f64) -> Homography {
        Homography([3.9, 0.2, 40.0, -0.3, 4.1, 25.0, tilt, -tilt / 2.0, 1.0])
    }

    fn pairs(map: &Homography) -> Vec<Pair> {
        let points = (0..20).map(|at| Point::new(f64::from(at % 5) * 50.0, f64::from(at / 5) * 90.0));
        points.map(|point| (point, map.apply(point))).collect()
    }

    proptest! {
        #[test]
        fn a_fitted_map_takes_points_to_their_partners(tilt in -0.0005f64..0.0005, x in 0.0f64..210.0, y in 0.0f64..297.0) {
            let map = camera(tilt);
            let weighted: Vec<_> = pairs(&map).into_iter().map(|pair| (pair, 1.0)).collect();
            let fitted = Homography::fit(&weighted).expect("enough pairs");
            let point = Point::new(x, y);
            prop_assert!(fitted.apply(point).distance(map.apply(point)) < 1e-6);
            let back = fitted.inverse().expect("no flat map");
            prop_assert!(back.apply(fitted.apply(point)).distance(point) < 1e-6);
        }
    }

    #[test]
    fn an_affine_map_is_fitted() {
        let map = Homography::affine([2.0, 0.5, 7.0, -0.5, 3.0, 9.0]);
        let fitted = Homography::fit_affine(&pairs(&map)).expect("enough pairs");
        assert!(fitted.apply(Point::new(33.0, 44.0)).distance(map.apply(Point::new(33.0, 44.0))) < 1e-9);
        assert!((map.scale(Point::ZERO) - 6.25f64.sqrt()).abs() < 1e-9);
    }

    #[test]
    fn points_on_a_line_fit_nothing() {
        let line: Vec<Pair> = (0..9).map(|at| (Point::new(at.into(), at.into()), Point::ZERO)).collect();
        assert!(Homography::fit_affine(&line).is_none());
        assert!(Homography::fit(&line.iter().map(|pair| (*pair, 1.0)).collect::<Vec<_>>()).is_none());
    }
}
