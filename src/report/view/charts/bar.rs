//! A bar of parts of a whole, such as the kronor that are committed, open and refused.

use super::svg::{Anchor, Svg, short};
use super::{Chart, Kind};

const WIDTH: f64 = 760.0;
const HEIGHT: f64 = 34.0;
/// A part narrower than this has room for no percentage; narrower than the second, for no sign.
const ROOM_FOR_WORDS: f64 = 84.0;
const ROOM_FOR_SIGN: f64 = 20.0;

/// One part.
#[derive(Debug, Clone)]
pub(in crate::report) struct Part {
    pub kind: Kind,
    pub amount: i64,
    /// What stands in it where there is room, such as its share.
    pub words: String,
}

/// The bar; nothing where the whole is nothing.
pub(in crate::report) fn draw(id: &str, parts: &[Part], title: &str, description: &str) -> Option<Chart> {
    let whole: i64 = parts.iter().map(|part| part.amount.max(0)).sum();
    if whole <= 0 {
        return None;
    }
    let mut svg = Svg::new();
    let mut x = 0.0;
    for part in parts.iter().filter(|part| part.amount > 0) {
        let width = WIDTH * (part.amount as f64 / whole as f64);
        let shown = [short(x) + 1.0, 1.0, (width - 2.0).max(0.5), HEIGHT - 2.0];
        svg.area(part.kind, shown, 3.0);
        if width >= ROOM_FOR_SIGN {
            svg.sign(part.kind, (x + ROOM_FOR_SIGN.min(width) / 2.0 + 3.0, HEIGHT / 2.0));
        }
        if width >= ROOM_FOR_WORDS {
            let ink = if part.kind == Kind::Missing { "currentColor" } else { "#000" };
            svg.text((x + 24.0, HEIGHT / 2.0 + 4.5), 13.0, Anchor::Start, ink, true, &part.words);
        }
        x += width;
    }
    Some(svg.finish(id, (WIDTH, HEIGHT), title, description))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(kind: Kind, amount: i64) -> Part {
        Part { kind, amount, words: format!("{amount} delar") }
    }

    #[test]
    fn parts_share_the_width() {
        let chart = draw("bar", &[part(Kind::Yes, 75), part(Kind::Missing, 0), part(Kind::No, 25)], "T", "B").unwrap();
        assert!(chart.svg.contains("x=\"1\" y=\"1\" width=\"568\""), "{}", chart.svg);
        assert!(chart.svg.contains("x=\"571\" y=\"1\" width=\"188\""), "{}", chart.svg);
        assert!(chart.svg.contains(">75 delar</text>") && !chart.svg.contains(">0 delar<"));
    }

    #[test]
    fn small_parts_are_seen_and_say_nothing() {
        let chart = draw("bar", &[part(Kind::Yes, 9_999), part(Kind::No, 1)], "T", "B").unwrap();
        assert!(chart.svg.contains("width=\"0.5\"") && !chart.svg.contains(">1 delar<"));
    }

    #[test]
    fn nothing_is_no_bar() {
        assert_eq!(draw("bar", &[part(Kind::Yes, 0)], "T", "B"), None);
    }
}
