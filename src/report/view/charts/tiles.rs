//! A map of the recipients as tiles, each where the campaign places it, in the colour and with the sign of its answer.

use super::svg::{Anchor, Svg};
use super::{Chart, Kind};

/// Size of a tile and the room between two, in SVG units.
const WIDTH: f64 = 96.0;
const HEIGHT: f64 = 50.0;
const GAP: f64 = 4.0;
const TYPE: f64 = 11.0;
/// As many characters as a line of a tile holds.
const LINE: usize = 17;
/// From so many letters on, a line's width is held: so wide for each.
const LONG: usize = 12;
const LETTER: f64 = 5.7;
/// No map is wider or higher than this many tiles: a slip of the pen in the recipients' file would make it unreadable.
const MOST: u32 = 60;

/// One recipient on the map.
#[derive(Debug, Clone)]
pub(in crate::report) struct Tile<'a> {
    pub column: u32,
    pub row: u32,
    pub name: &'a str,
    pub kind: Kind,
    /// The answer in words.
    pub answer: &'a str,
}

/// The map; nothing where no recipient has a place on it.
pub(in crate::report) fn draw(id: &str, tiles: &[Tile<'_>], title: &str, description: &str) -> Option<Chart> {
    let (left, right) = ends(tiles.iter().map(|tile| tile.column))?;
    let (top, bottom) = ends(tiles.iter().map(|tile| tile.row))?;
    if right - left >= MOST || bottom - top >= MOST {
        return None;
    }
    let shared = shared_beginning(tiles);
    let mut svg = Svg::new();
    for tile in tiles {
        let x = f64::from(tile.column - left) * (WIDTH + GAP) + 0.5;
        let y = f64::from(tile.row - top) * (HEIGHT + GAP) + 0.5;
        let name = tile.name.strip_prefix(shared.as_str()).unwrap_or(tile.name);
        svg.open("g", &[]);
        svg.tip(&format!("{}: {}", tile.name, tile.answer));
        svg.area(tile.kind, [x, y, WIDTH, HEIGHT], 5.0);
        let ink = if tile.kind == Kind::Missing { "currentColor" } else { "#000" };
        let lines = lines(name);
        for (at, line) in lines.iter().enumerate() {
            let y = y + 15.0 + 12.0 * at as f64;
            let letters = line.chars().count();
            match letters {
                0..LONG => svg.text((x + 6.0, y), TYPE, Anchor::Start, ink, true, line),
                _ => svg.fitted((x + 6.0, y), TYPE, ink, (letters as f64 * LETTER).min(WIDTH - 10.0), line),
            }
        }
        svg.sign(tile.kind, (x + WIDTH - 12.0, y + HEIGHT - 11.0));
        svg.close("g");
    }
    let size = |from: u32, to: u32, step: f64| f64::from(to - from + 1) * (step + GAP) - GAP + 1.0;
    Some(svg.finish(id, (size(left, right, WIDTH), size(top, bottom, HEIGHT)), title, description))
}

fn ends(numbers: impl Iterator<Item = u32> + Clone) -> Option<(u32, u32)> {
    Some((numbers.clone().min()?, numbers.max()?))
}

/// The first word that most names begin with, such as `Region `: it tells nobody apart.
fn shared_beginning(tiles: &[Tile<'_>]) -> String {
    let first = |name: &str| name.split_once(' ').map(|(word, _)| format!("{word} "));
    let words: Vec<String> = tiles.iter().filter_map(|tile| first(tile.name)).collect();
    let many = |word: &&String| words.iter().filter(|other| other == word).count() * 2 > tiles.len();
    if tiles.len() < 3 { String::new() } else { words.iter().find(many).cloned().unwrap_or_default() }
}

/// A name on at most two lines, cut with an ellipsis.
fn lines(name: &str) -> Vec<String> {
    let mut lines: Vec<String> = vec![String::new()];
    for word in name.split_whitespace() {
        let now = lines.last_mut().expect("there is always one");
        if now.is_empty() {
            now.push_str(word);
        } else if now.chars().count() + 1 + word.chars().count() <= LINE {
            now.push(' ');
            now.push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    if lines.len() > 2 {
        let rest = lines.split_off(1).join(" ");
        lines.push(rest);
    }
    lines.iter().map(|line| cut(line)).collect()
}

fn cut(line: &str) -> String {
    if line.chars().count() <= LINE {
        return line.to_owned();
    }
    line.chars().take(LINE - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tile(name: &str, column: u32, row: u32, kind: Kind) -> Tile<'_> {
        Tile { column, row, name, kind, answer: "Ja" }
    }

    #[test]
    fn tiles_stand_where_they_are_placed() {
        let tiles = [
            tile("Region Norr", 3, 2, Kind::Yes),
            tile("Region Söder", 2, 4, Kind::Missing),
            tile("Region Öster", 4, 4, Kind::Review),
        ];
        let chart = draw("map", &tiles, "Karta", "Tre regioner").expect("they have places");
        assert!(chart.svg.contains("viewBox=\"0 0 297 159\""), "{}", chart.svg);
        assert!(chart.svg.contains("x=\"100.5\" y=\"0.5\" width=\"96\" height=\"50\" rx=\"5\" fill=\"#3DB592\""));
        assert!(chart.svg.contains("x=\"0.5\" y=\"108.5\" width=\"96\" height=\"50\" rx=\"5\" fill=\"none\""));
        assert!(chart.svg.contains(">Söder</text>") && chart.svg.contains("<title>Region Söder: Ja</title>"));
        assert_eq!(chart.alt, "Karta. Tre regioner");
    }

    #[test]
    fn every_kind_has_a_sign_of_its_own() {
        let kinds = [Kind::Yes, Kind::No, Kind::Review, Kind::Missing, Kind::Alike(0), Kind::Alike(1), Kind::Alike(2)];
        let signs: std::collections::BTreeSet<String> = kinds
            .iter()
            .map(|kind| draw("m", &[tile("A", 0, 0, *kind)], "", "").expect("a place").svg)
            .map(|svg| svg.split("<path d=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap().to_owned())
            .collect();
        assert_eq!(signs.len(), kinds.len());
    }

    #[test]
    fn nobody_with_a_place_is_no_map() {
        assert_eq!(draw("map", &[], "", ""), None);
        assert_eq!(draw("map", &[tile("A", 0, 0, Kind::Yes), tile("B", u32::MAX, 0, Kind::Yes)], "", ""), None);
    }

    #[test]
    fn long_names_take_two_lines() {
        assert_eq!(lines("Jämtland Härjedalen"), ["Jämtland", "Härjedalen"]);
        assert_eq!(lines("Jönköpings län"), ["Jönköpings län"]);
        assert_eq!(lines("Västra Götalandsregionen"), ["Västra", "Götalandsregionen"]);
        assert_eq!(lines("Upplands Väsby och mycket annat"), ["Upplands Väsby", "och mycket annat"]);
        assert_eq!(lines("Sammansattaordsamling"), ["Sammansattaordsa…"]);
    }
}
