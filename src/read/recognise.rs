//! Suggestions for what is written on paper: text that a recogniser outside of avsikt reads from the pictures of fields.
//!
//! `tesseract`, where it is installed, is given each field's straightened picture (a PNG that avsikt has made itself) and tells
//! words with their places. Only words inside the field count. What comes out helps a person to read and to search; it is
//! never a value, and never counts for or against an answer.

use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::looked::with_words;
use crate::answer::evidence::{Evidence, Subject};
use crate::answer::reading::{Doubt, Layer, Reading, Seen};
use crate::geometry::Rect;
use crate::manifest::Manifest;

const PROGRAM: &str = "tesseract";
/// A picture may take this long; then there is no suggestion.
const TIME: Duration = Duration::from_secs(20);
const WAIT: Duration = Duration::from_millis(5);
/// Words of which the recogniser is less sure, in percent, are left out.
const SURE: f64 = 40.0;
/// More bytes are no words of one field.
const MOST: u64 = 200_000;

/// A recogniser with the words of a language.
pub struct Recogniser {
    language: &'static str,
}

impl Recogniser {
    /// Looks for the program and its data for a language, such as `sv`.
    ///
    /// # Errors
    /// In words, when either is missing.
    pub fn find(language: &str) -> Result<Self, String> {
        let language = match language.split('-').next() {
            Some("sv") => "swe",
            Some("en") => "eng",
            _ => return Err(format!("no recogniser is known for the language `{language}`")),
        };
        let listed = Command::new(PROGRAM).arg("--list-langs").output();
        let listed = listed.map_err(|_| format!("the program `{PROGRAM}` is not installed"))?;
        let data = String::from_utf8_lossy(&listed.stdout).lines().any(|line| line.trim() == language);
        data.then_some(Recogniser { language }).ok_or_else(|| format!("`{PROGRAM}` has no data for `{language}`"))
    }

    /// Adds what is read from the pictures of fields that a hand has written in.
    pub fn suggest(&self, evidence: &mut Evidence, manifest: &Manifest) {
        let Subject::Declaration(seen) = &mut evidence.subject else { return };
        let Some(sent) = manifest.sent_to(&seen.recipient) else { return };
        let mut suggested = Vec::new();
        for reading in seen.readings.iter().filter(|it| it.layer == Layer::Paper && it.seen == Seen::Ink) {
            let field = sent.fields.iter().find(|field| field.name == reading.field);
            let Some((field, png)) = field.zip(seen.drawn.fields.get(&reading.field)) else { continue };
            let Some(place) = field.places.first() else { continue };
            let Some(shown) = with_words(sent, field, place.page) else { continue };
            let Some(table) = self.words(png) else { continue };
            let text = inside(&table, &place.rect, &shown);
            if !text.is_empty() {
                let read = Reading::new(Layer::Recognised, &field.name, reading.spot, Seen::Text(text));
                suggested.push(read.doubted(Some(Doubt::Recognised)));
            }
        }
        seen.readings.extend(suggested);
    }

    /// The words in a picture as the recogniser's table, or nothing where it fails or takes too long.
    fn words(&self, png: &[u8]) -> Option<String> {
        let mut child = Command::new(PROGRAM)
            .args(["-", "-", "-l", self.language, "--psm", "6", "tsv"])
            // Several pictures are read at once already.
            .env("OMP_THREAD_LIMIT", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let (input, output) = (child.stdin.take()?, child.stdout.take()?);
        std::thread::scope(|scope| {
            scope.spawn(move || {
                let mut input = input;
                // A program that does not take its picture says nothing, which is told by what it gives.
                let _ = input.write_all(png);
            });
            let read = scope.spawn(move || {
                let mut text = String::new();
                output.take(MOST).read_to_string(&mut text).ok().map(|_| text)
            });
            let well = ended_well(&mut child);
            read.join().ok().flatten().filter(|_| well)
        })
    }
}

/// Waits for a program; one that takes too long is ended.
fn ended_well(child: &mut Child) -> bool {
    let started = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return status.success(),
            Ok(None) if started.elapsed() < TIME => std::thread::sleep(WAIT),
            _ => {
                let _ = child.kill();
                let _ = child.wait();
                return false;
            }
        }
    }
}

/// The words of a table that lie inside a field, line by line. `shown` is what the picture shows, both in points of the page.
///
/// The table has a row for the page, each block, paragraph, line and word: level, page, block, paragraph, line, word, left, top,
/// width, height in pixels, how sure it is in percent, and the text (tesseract's manual, "TSV").
fn inside(table: &str, field: &Rect, shown: &Rect) -> String {
    let mut size = None;
    let mut lines: Vec<([u32; 3], Vec<&str>)> = Vec::new();
    for row in table.lines() {
        let cells: Vec<&str> = row.split('\t').collect();
        let number = |at: usize| cells.get(at).and_then(|cell| cell.parse::<f64>().ok());
        let (Some(level), Some(left), Some(top), Some(width), Some(height)) =
            (number(0), number(6), number(7), number(8), number(9))
        else {
            continue;
        };
        if level == 1.0 {
            size = Some((width, height));
        }
        let (Some((whole, high)), Some(sure), Some(text)) = (size, number(10), cells.get(11)) else { continue };
        let x = shown.x0 + (left + width / 2.0) / whole * shown.width();
        let y = shown.y1 - (top + height / 2.0) / high * shown.height();
        let within = x > field.x0 && x < field.x1 && y > field.y0 && y < field.y1;
        // The field's own lines come out as strokes without letters.
        let word = text.chars().any(char::is_alphanumeric) && !text.chars().any(char::is_control);
        if !within || !word || sure < SURE {
            continue;
        }
        let line = [2, 3, 4].map(|at| number(at).unwrap_or_default() as u32);
        match lines.last_mut() {
            Some((last, words)) if *last == line => words.push(text),
            _ => lines.push((line, vec![text])),
        }
    }
    lines.iter().map(|(_, words)| words.join(" ")).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_inside_the_field_are_kept_line_by_line() {
        let row = |level: u32, line: u32, left: u32, top: u32, sure: f64, text: &str| {
            format!("{level}\t1\t1\t1\t{line}\t1\t{left}\t{top}\t40\t20\t{sure}\t{text}\n")
        };
        let table = [
            "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n"
                .to_owned(),
            "1\t1\t0\t0\t0\t0\t0\t0\t300\t200\t-1\t\n".to_owned(),
            row(5, 1, 20, 5, 95.0, "Kommentar"),
            row(5, 2, 60, 90, 96.0, "Vi"),
            row(5, 2, 110, 90, 91.0, "vill"),
            row(5, 2, 160, 90, 12.0, "qz"),
            row(5, 3, 60, 120, 80.0, "gärna."),
            row(5, 4, 60, 150, 80.0, "|"),
        ]
        .concat();
        let (field, shown) = (Rect::new(110.0, 110.0, 390.0, 160.0), Rect::new(100.0, 100.0, 400.0, 200.0));
        assert_eq!(inside(&table, &field, &shown), "Vi vill\ngärna.");
        assert_eq!(inside("", &field, &shown), "");
    }

    #[test]
    fn a_language_without_data_is_told() {
        assert!(Recogniser::find("tlh").is_err_and(|why| why.contains("tlh")));
    }
}
