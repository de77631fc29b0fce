//! Placed glyphs to lines of text.
//!
//! PDF has no lines and often no spaces: a page is glyphs at places, drawn in any order. Glyphs of one writing direction
//! whose baselines agree are a line, and a gap between two of them is a space. Columns are not told apart: what stands
//! side by side is one line.

/// What a glyph stands for. Nearly all stand for one character, and those shall not cost an allocation each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Characters {
    One(char),
    /// A ligature has several.
    Several(String),
}

/// One glyph.
#[derive(Debug, Clone, PartialEq)]
pub struct Placed {
    pub text: Characters,
    /// Its origin in points, from the upper left corner of the page as it is seen.
    pub x: f64,
    pub y: f64,
    pub direction: Direction,
    /// Points to the next glyph.
    pub advance: f64,
    /// Points of an em.
    pub size: f64,
}

impl Placed {
    pub fn is_white(&self) -> bool {
        matches!(self.text, Characters::One(c) if c.is_whitespace())
    }
}

/// Which way the text runs on the page as it is seen; slanted text counts with the nearest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Direction {
    Right,
    Down,
    Left,
    Up,
}

impl Direction {
    /// The direction of a vector whose y points downwards.
    pub fn of(x: f64, y: f64) -> Self {
        match (x.abs() >= y.abs(), x >= 0.0, y >= 0.0) {
            (true, true, _) => Direction::Right,
            (true, false, _) => Direction::Left,
            (false, _, true) => Direction::Down,
            (false, _, false) => Direction::Up,
        }
    }

    /// A place in the coordinates of somebody who turned the page to read this text: along the line, and from line to
    /// line.
    fn turned(self, x: f64, y: f64) -> (f64, f64) {
        match self {
            Direction::Right => (x, y),
            Direction::Down => (y, -x),
            Direction::Left => (-x, -y),
            Direction::Up => (-y, x),
        }
    }
}

impl Direction {
    /// What turns the page so that this text reads from left to right, as `[a b c d e f]` (ISO 32000-2 8.3.3).
    pub fn upright(self) -> [f64; 6] {
        match self {
            Direction::Right => [1.0, 0.0, 0.0, 1.0, 0.0, 0.0],
            Direction::Down => [0.0, -1.0, 1.0, 0.0, 0.0, 0.0],
            Direction::Left => [-1.0, 0.0, 0.0, -1.0, 0.0, 0.0],
            Direction::Up => [0.0, 1.0, -1.0, 0.0, 0.0, 0.0],
        }
    }

    /// One point along the text.
    pub fn vector(self) -> (f64, f64) {
        match self {
            Direction::Right => (1.0, 0.0),
            Direction::Down => (0.0, 1.0),
            Direction::Left => (-1.0, 0.0),
            Direction::Up => (0.0, -1.0),
        }
    }

    /// How many quarters, clockwise, the page has been turned when upright text runs this way.
    pub fn quarters(self) -> u8 {
        self as u8
    }
}

/// A word, with the place of its first glyph: along its line, and from line to line.
#[derive(Debug, Clone, PartialEq)]
pub struct Word {
    pub text: String,
    pub x: f64,
    pub y: f64,
}

/// Baselines that differ by less than this part of an em are one: writers round, and scanners' text lies uneven.
const SAME_BASELINE: f64 = 0.3;
/// A gap wider than this part of an em is a space; the narrowest spaces of real fonts are about 0.2 em.
const SPACE: f64 = 0.17;
/// The same character again within this part of an em is the same glyph drawn twice (filled and stroked, or bold by
/// doubling). Even "ll" lies further apart.
const TWICE: f64 = 0.1;

/// The text of a page: lines of each direction from top to bottom, a line each.
pub fn assemble(mut glyphs: Vec<Placed>) -> String {
    let mut text = String::new();
    for line in lines_of(&mut glyphs) {
        let words = words(line);
        if !words.is_empty() {
            text.push_str(&words);
            text.push('\n');
        }
    }
    text.pop();
    text
}

/// The words of a page, each with its place in the coordinates of somebody who turned the page to read it.
pub fn words_of(mut glyphs: Vec<Placed>) -> Vec<Word> {
    let mut found = Vec::new();
    for line in lines_of(&mut glyphs) {
        let mut start = 0;
        for end in 1..=line.len() {
            let ends = line.get(end).is_none_or(|next| next.is_white() || gap(&line[end - 1], next));
            if ends {
                let word = words(&line[start..end]);
                if !word.is_empty() {
                    let first = line[start..end].iter().find(|glyph| !glyph.is_white()).unwrap_or(&line[start]);
                    found.push(Word { text: word, x: first.x, y: first.y });
                }
                start = end;
            }
        }
    }
    found
}

/// Whether two neighbours on a line stand apart.
fn gap(last: &Placed, next: &Placed) -> bool {
    next.x - (last.x + last.advance) > SPACE * next.size.min(last.size)
}

/// Turns the glyphs so that each reads from left to right, and puts them in order, a slice a line.
fn lines_of(glyphs: &mut [Placed]) -> Vec<&[Placed]> {
    for glyph in glyphs.iter_mut() {
        (glyph.x, glyph.y) = glyph.direction.turned(glyph.x, glyph.y);
    }
    glyphs.sort_by(|a, b| a.direction.cmp(&b.direction).then(a.y.total_cmp(&b.y)));
    let mut lines = Vec::new();
    for line in glyphs.chunk_by_mut(same_line) {
        // Stable, so that marks drawn over a letter stay behind it.
        line.sort_by(|a, b| a.x.total_cmp(&b.x));
        lines.push(&*line);
    }
    lines
}

/// Whether two glyphs, neighbours by baseline, are of one line.
fn same_line(above: &Placed, below: &Placed) -> bool {
    let near = SAME_BASELINE * above.size.min(below.size);
    above.direction == below.direction && below.y - above.y <= near
}

fn words(line: &[Placed]) -> String {
    let mut text = String::new();
    let mut before: Option<&Placed> = None;
    for glyph in line {
        if let Some(last) = before {
            if last.text == glyph.text && glyph.x - last.x < TWICE * glyph.size {
                continue;
            }
            if gap(last, glyph) {
                space(&mut text);
            }
        }
        match &glyph.text {
            Characters::One(c) => push(&mut text, *c),
            Characters::Several(several) => several.chars().for_each(|c| push(&mut text, c)),
        }
        before = Some(glyph);
    }
    text.truncate(text.trim_end().len());
    text
}

fn push(text: &mut String, c: char) {
    if c.is_whitespace() {
        space(text);
    } else {
        text.push(c);
    }
}

/// One space between words, none before the first.
fn space(text: &mut String) {
    if !text.is_empty() && !text.ends_with(' ') {
        text.push(' ');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn placed(text: &str, x: f64, y: f64) -> Vec<Placed> {
        let letter = |(i, c): (usize, char)| Placed {
            text: Characters::One(c),
            x: x + 5.0 * i as f64,
            y,
            direction: Direction::Right,
            advance: 5.0,
            size: 10.0,
        };
        text.chars().enumerate().map(letter).collect()
    }

    fn page(parts: &[(&str, f64, f64)]) -> String {
        let glyphs = parts.iter().flat_map(|(text, x, y)| placed(text, *x, *y));
        assemble(glyphs.collect())
    }

    #[test]
    fn order_of_drawing_does_not_matter() {
        assert_eq!(page(&[("below", 0.0, 30.0), ("right", 60.0, 10.0), ("left", 0.0, 10.5)]), "left right\nbelow");
    }

    #[test]
    fn a_gap_is_a_space_and_touching_glyphs_are_a_word() {
        assert_eq!(page(&[("ab", 0.0, 0.0), ("cd", 10.5, 0.0)]), "abcd");
        assert_eq!(page(&[("ab", 0.0, 0.0), ("cd", 12.0, 0.0)]), "ab cd");
    }

    #[test]
    fn spaces_are_single_and_never_at_the_ends() {
        assert_eq!(page(&[("  a  b  ", 0.0, 0.0)]), "a b");
        assert_eq!(page(&[("   ", 0.0, 0.0)]), "");
    }

    #[test]
    fn a_glyph_drawn_twice_is_read_once() {
        assert_eq!(page(&[("hall", 0.0, 0.0), ("hall", 0.2, 0.0)]), "hall");
    }

    #[test]
    fn directions_are_read_apart() {
        let mut glyphs = placed("flat", 0.0, 50.0);
        for (i, c) in "upp".chars().enumerate() {
            glyphs.push(Placed {
                text: Characters::One(c),
                x: 3.0,
                y: 60.0 - 5.0 * i as f64,
                direction: Direction::of(0.0, -1.0),
                advance: 5.0,
                size: 10.0,
            });
        }
        assert_eq!(assemble(glyphs), "flat\nupp");
    }
}
