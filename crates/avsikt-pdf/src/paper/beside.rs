//! Ink that stands on a page outside its fields: words in the margin, lines through a sentence, a stamp.
//!
//! The page is looked at in squares, each with its own shade of paper and its own small shift. Ink that the page as sent does
//! not have is put together where it lies close; what reaches out of a field a little way belongs to the field.

use hayro_interpret::kurbo::Point;

use super::homography::Homography;
use super::ink::{self, Extra, Hide, Place};
use super::marks::{Component, component};
use super::pyramid::Pyramid;
use super::template::Template;

/// Pixels to a millimetre.
const DOTS: f64 = 3.0;
/// A picture with fewer pixels to a millimetre is not looked at; none such lies well over its page.
const COARSEST: f64 = 1.0;
/// The side of a square, in millimetres.
const SQUARE: f64 = 40.0;
const HIDE: Hide = Hide { shift: 0.7, wider: 2 };
/// This near the page's edge shadows lie, in millimetres.
const EDGE: f64 = 7.0;
/// Pixels of ink that lie within twice this belong together, in millimetres.
const TOGETHER: f64 = 1.4;
/// A field's own line lies this near its edge, in millimetres; what comes as near touches the field.
const TOUCHES: f64 = 2.0;
/// What reaches out of a field belongs to it as far as this, in millimetres.
const REACH: f64 = 10.0;
/// Print may part a stroke from the field it comes from: what is no larger than this and lies wholly as near to a field that is
/// written in, in millimetres, is such.
const PARTED: f64 = 5.0;
const PARTED_NEAR: f64 = 5.0;
/// Less ink, in square millimetres, is a speck, and so is what reaches no further, in millimetres.
const LEAST: f64 = 2.5;
const LEAST_REACH: f64 = 3.0;
/// This part of the ink must be firm: what is nowhere so is the paper's grain, or shows through it.
const FIRM_PART: f64 = 0.1;
/// A picture of which no more than this part is neither black nor white has two tones.
const GREY: f64 = 0.1;
/// Ink in one column of the picture along this part of the page's height is a streak, and in one row along this part of its width a
/// fold: print hides some of it, and a line through a whole sentence takes three quarters of the width.
const STREAK_DOWN: f64 = 0.3;
const STREAK_ACROSS: f64 = 0.85;
/// A hole for a binder is round, so wide in millimetres, filled so far, and no further than this from the page's edge.
const HOLE: std::ops::RangeInclusive<f64> = 4.0..=9.0;
const HOLE_FILLED: f64 = 0.6;
const HOLE_WITHIN: f64 = 20.0;

/// Where a page is to be marked and written on, in millimetres from its upper left corner.
pub struct Places<'p> {
    pub boxes: &'p [Place],
    /// Fields that something is written in, and those that are empty.
    pub written: &'p [Place],
    pub empty: &'p [Place],
}

/// Where ink stands beside the boxes and the fields that are written in, in millimetres from the page's upper left corner, from
/// the top down.
pub fn of_page(template: &Template, picture: &Pyramid, map: &Homography, places: &Places<'_>) -> Vec<Place> {
    let size @ (width, height) = ((template.width * DOTS) as usize, (template.height * DOTS) as usize);
    let centre = Point::new(template.width / 2.0, template.height / 2.0);
    if map.scale(centre) < COARSEST {
        return Vec::new();
    }
    let mut inked = vec![false; width * height];
    let mut firmly = inked.clone();
    let mut streaks = Streaks::new(map, centre, picture);
    squares(template, picture, map, size, &mut |pixel, firm| {
        inked[pixel] = true;
        firmly[pixel] = firm;
        streaks.add(pixel % width, pixel / width);
    });
    let [(x, y), _] = map.steps(centre);
    let (down, across) = (STREAK_DOWN * height as f64, STREAK_ACROSS * width as f64);
    let (columns, rows) = if x.abs() > y.abs() { (down, across) } else { (across, down) };
    streaks.find(columns as usize, rows as usize);
    let all = |of: &[bool]| -> Vec<bool> {
        (0..of.len()).map(|pixel| of[pixel] && !streaks.hold(pixel % width, pixel / width)).collect()
    };
    let firm = all(&firmly);
    let mut found = standing(&firm, &firm, size, places);
    // Thin and grey strokes are faint for the most part. In black and white, what is faint is the edge of print.
    if !two_toned(picture) {
        let faint = standing(&all(&inked), &firm, size, places);
        let known = |place: &Place| found.iter().any(|firm| overlap(firm, place));
        let more: Vec<Place> = faint.into_iter().filter(|place| !known(place)).collect();
        found.extend(more);
        found.sort_by(|a, b| a.y0.total_cmp(&b.y0).then(a.x0.total_cmp(&b.x0)));
    }
    found
}

/// Where some ink, of which part is firm, lies together and belongs to no field.
fn standing(inked: &[bool], firmly: &[bool], size @ (width, _): (usize, usize), places: &Places<'_>) -> Vec<Place> {
    let near: Vec<f32> = inked.iter().map(|inked| if *inked { 1.0 } else { 0.0 }).collect();
    let near = ink::widened(&near, width, (TOGETHER / 2.0 * DOTS).round() as usize);
    let mut open: Vec<bool> = near.iter().map(|near| *near > 0.0).collect();
    let at = |pixel: usize| {
        let middle = |at: usize| (at as f64 + 0.5) / DOTS;
        Point::new(middle(pixel % width), middle(pixel / width))
    };
    let mut found = Vec::new();
    for start in 0..open.len() {
        if !open[start] {
            continue;
        }
        let mut pixels = Vec::new();
        component(&mut open, width, start, &mut |pixel| pixels.extend(inked[pixel].then_some(pixel)));
        let touches = |field: &&Place| {
            let touched = field.grown(TOUCHES);
            pixels.iter().any(|pixel| touched.holds(at(*pixel)))
        };
        // Words under an empty field may touch its line and are not its own.
        let reach = |fields: &'_ [Place], by: f64| -> Vec<Place> {
            fields.iter().filter(touches).map(|field| field.grown(by)).collect()
        };
        let touched = [reach(places.boxes, REACH), reach(places.written, REACH), reach(places.empty, TOUCHES)].concat();
        let (mut own, mut firm): (Option<Component>, usize) = (None, 0);
        for &pixel in pixels.iter().filter(|pixel| !touched.iter().any(|field| field.holds(at(**pixel)))) {
            let (x, y) = (pixel % width, pixel / width);
            own.get_or_insert(Component::at(x, y)).add(x, y);
            firm += usize::from(firmly[pixel]);
        }
        found.extend(own.filter(|own| firm as f64 >= FIRM_PART * own.area as f64));
    }
    let place = |own: &Component| Place { x0: mm(own.x.0), y0: mm(own.y.0), x1: mm(own.x.1 + 1), y1: mm(own.y.1 + 1) };
    let parted = |place: &Place| {
        let near = |field: &Place| {
            let near = field.grown(PARTED_NEAR);
            near.holds(Point::new(place.x0, place.y0)) && near.holds(Point::new(place.x1, place.y1))
        };
        place.x1 - place.x0 <= PARTED && place.y1 - place.y0 <= PARTED && places.written.iter().any(near)
    };
    found.iter().filter(|own| counts(own, size)).map(place).filter(|place| !parted(place)).collect()
}

fn overlap(a: &Place, b: &Place) -> bool {
    a.x0 < b.x1 && b.x0 < a.x1 && a.y0 < b.y1 && b.y0 < a.y1
}

/// Whether a picture is black and white, as a fax is; one whose lines are stretched has some grey between them.
fn two_toned(picture: &Pyramid) -> bool {
    let pixels = &picture.full().pixels;
    let grey = pixels.iter().filter(|shade| !matches!(shade, 0 | 255)).count();
    grey as f64 <= GREY * pixels.len() as f64
}

/// Tells the pixels of the page that have ink which was not sent, and whether it is firm.
fn squares(
    template: &Template,
    picture: &Pyramid,
    map: &Homography,
    (width, height): (usize, usize),
    tell: &mut dyn FnMut(usize, bool),
) {
    let (edge, side) = ((EDGE * DOTS) as usize, (SQUARE * DOTS) as usize);
    for top in (edge..height.saturating_sub(edge)).step_by(side) {
        for left in (edge..width.saturating_sub(edge)).step_by(side) {
            let (right, bottom) = ((left + side).min(width - edge), (top + side).min(height - edge));
            let window = Place { x0: mm(left), y0: mm(top), x1: mm(right), y1: mm(bottom) }.window(DOTS);
            let Some(extra) = Extra::of(template, picture, map, &window, HIDE) else { continue };
            let extra = extra.without_specks();
            for (at, firm) in extra.inked() {
                tell((top + at / window.width) * width + left + at % window.width, firm);
            }
        }
    }
}

/// Whether ink is more than a speck or a hole.
fn counts(own: &Component, (page_width, page_height): (usize, usize)) -> bool {
    let (across, down, area) = (mm(own.width()), mm(own.height()), own.area as f64 / (DOTS * DOTS));
    let to_edge = mm([own.x.0, own.y.0, page_width - own.x.1, page_height - own.y.1].into_iter().min().unwrap_or(0));
    let round = HOLE.contains(&across) && HOLE.contains(&down) && area >= HOLE_FILLED * across * down;
    area >= LEAST && across.max(down) >= LEAST_REACH && !(round && to_edge <= HOLE_WITHIN)
}

fn mm(pixels: usize) -> f64 {
    pixels as f64 / DOTS
}

/// The picture's pixels at the page's resolution: which have ink, faint or firm, and in which columns and rows it runs along.
struct Streaks<'m> {
    map: &'m Homography,
    /// Pixels of the page to one of the picture.
    scale: f64,
    width: usize,
    height: usize,
    inked: Vec<bool>,
    columns: Vec<bool>,
    rows: Vec<bool>,
}

impl<'m> Streaks<'m> {
    fn new(map: &'m Homography, centre: Point, picture: &Pyramid) -> Self {
        let scale = DOTS / map.scale(centre);
        let size = |pixels: usize| (pixels as f64 * scale) as usize + 1;
        let (width, height) = (size(picture.full().width), size(picture.full().height));
        let (columns, rows) = (vec![false; width], vec![false; height]);
        Streaks { map, scale, width, height, inked: vec![false; width * height], columns, rows }
    }

    fn place(&self, x: usize, y: usize) -> (usize, usize) {
        let seen = self.map.apply(Point::new((x as f64 + 0.5) / DOTS, (y as f64 + 0.5) / DOTS));
        let near = |pixels: f64, size: usize| ((pixels * self.scale).max(0.0) as usize).min(size - 1);
        (near(seen.x, self.width), near(seen.y, self.height))
    }

    fn add(&mut self, x: usize, y: usize) {
        let (column, row) = self.place(x, y);
        self.inked[row * self.width + column] = true;
    }

    /// Finds columns with so many inked pixels, in themselves or the next to either side, and rows with so many.
    fn find(&mut self, in_columns: usize, in_rows: usize) {
        let inked = |column: usize, row: usize| self.inked[row * self.width + column];
        let columns =
            |column: usize, row: usize| (column.saturating_sub(1)..(column + 2).min(self.width)).any(|x| inked(x, row));
        let rows =
            |column: usize, row: usize| (row.saturating_sub(1)..(row + 2).min(self.height)).any(|y| inked(column, y));
        self.columns = (0..self.width)
            .map(|column| (0..self.height).filter(|row| columns(column, *row)).count() >= in_columns)
            .collect();
        self.rows = (0..self.height)
            .map(|row| (0..self.width).filter(|column| rows(*column, row)).count() >= in_rows)
            .collect();
    }

    fn hold(&self, x: usize, y: usize) -> bool {
        let (column, row) = self.place(x, y);
        let near = |lines: &[bool], at: usize| lines[at.saturating_sub(1)..(at + 2).min(lines.len())].contains(&true);
        near(&self.columns, column) || near(&self.rows, row)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::raster::Grey;

    /// White paper of 100 × 150 mm with some rectangles of ink, in millimetres.
    fn paper(ink: &[[f64; 4]]) -> Pyramid {
        let (width, height) = (800, 1200);
        let dark = |x: f64, y: f64| ink.iter().any(|[x0, y0, x1, y1]| x >= *x0 && x < *x1 && y >= *y0 && y < *y1);
        let shade = |at: usize| if dark((at % width) as f64 / 8.0, (at / width) as f64 / 8.0) { 30 } else { 255 };
        Pyramid::new(Grey { width, height, pixels: (0..width * height).map(shade).collect() })
    }

    fn seen(ink: &[[f64; 4]], written: &[Place]) -> Vec<Place> {
        seen_by(ink, &Places { boxes: &[], written, empty: &[] })
    }

    fn seen_by(ink: &[[f64; 4]], places: &Places<'_>) -> Vec<Place> {
        let printed = [20.0, 20.0, 80.0, 22.0];
        let template = Template::of(paper(&[printed]), 100.0, 150.0);
        let map = Homography::affine([8.0, 0.0, 1.0, 0.0, 8.0, 1.0]);
        of_page(&template, &paper(&[&[printed][..], ink].concat()), &map, places)
    }

    #[test]
    fn words_under_an_empty_field_are_not_its_own() {
        let field = [Place { x0: 20.0, y0: 40.0, x1: 80.0, y1: 60.0 }];
        let stroke = [[30.0, 58.5, 30.8, 68.0]];
        assert_eq!(seen(&stroke, &field), [], "it reaches out of what is written there");
        let empty = Places { boxes: &[], written: &[], empty: &field };
        let found = seen_by(&stroke, &empty);
        assert!(matches!(&found[..], [place] if place.y0 > 61.0 && place.y1 > 67.0), "{found:?}");
        assert_eq!(seen_by(&[[20.0, 59.8, 80.0, 60.4]], &empty), [], "its line");
    }

    #[test]
    fn ink_beside_the_fields_is_seen_and_specks_streaks_and_holes_are_not() {
        assert_eq!(seen(&[], &[]), []);
        let line = seen(&[[30.0, 60.0, 50.0, 60.6]], &[]);
        assert!(
            matches!(&line[..], [place] if (place.x0 - 30.0).abs() < 0.7 && (place.y1 - 60.6).abs() < 0.7),
            "{line:?}"
        );
        assert_eq!(seen(&[[30.0, 60.0, 31.0, 61.0]], &[]), [], "a speck");
        assert_eq!(seen(&[[30.0, 0.0, 30.6, 150.0]], &[]), [], "a streak");
        assert_eq!(seen(&[[0.0, 60.0, 100.0, 60.6]], &[]), [], "a fold");
        assert_eq!(seen(&[[12.0, 60.0, 88.0, 60.6]], &[]).len(), 1, "a line through a sentence");
        assert_eq!(seen(&[[9.0, 60.0, 15.0, 66.0]], &[]), [], "a hole");
        assert_eq!(seen(&[[50.0, 60.0, 56.0, 66.0]], &[]).len(), 1, "no hole is in the middle");
        assert_eq!(seen(&[[30.0, 23.2, 50.0, 23.8]], &[]).len(), 1, "under a printed line");
    }

    #[test]
    fn what_reaches_out_of_a_field_belongs_to_it_a_little_way() {
        let field = [Place { x0: 20.0, y0: 80.0, x1: 60.0, y1: 95.0 }];
        assert_eq!(seen(&[[50.0, 90.0, 68.0, 90.6]], &field), []);
        assert_eq!(seen(&[[50.0, 90.0, 85.0, 90.6]], &field).len(), 1);
        assert_eq!(seen(&[[64.0, 90.0, 68.0, 92.0]], &field).len(), 1, "it does not touch the field");
    }
}
