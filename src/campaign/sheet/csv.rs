//! CSV as Swedish programs write it: semicolons (or commas, or tabs), quotes, and UTF-8 with or without its mark,
//! Windows-1252 or UTF-16.
//!
//! The rules are RFC 4180's, but for the separator and for quotes within a cell that does not begin with one, which are
//! taken as they stand.

use std::ops::Range;
use std::sync::Arc;

use super::{Cell, CellValue, NoSheet, Rows, Sheet, too_large, words};
use crate::campaign::encoding;
use crate::diagnostic::SourceFile;

/// Tried in this order.
const SEPARATORS: [u8; 3] = [b';', b'\t', b','];

pub(super) fn read(file: &str, path: &str, bytes: &[u8], sheet: Option<&str>, column: &str) -> Result<Sheet, NoSheet> {
    if sheet.is_some() {
        return Err(NoSheet::new(format!("`{file}` has no sheets"), "take out `sheet:`"));
    }
    let text = encoding::decode(bytes).ok_or_else(|| {
        NoSheet::new(format!("`{file}` is no text"), "save it as `CSV UTF-8` in your spreadsheet program")
    })?;
    let mut first = None;
    for separator in SEPARATORS {
        let rows = rows(&text, separator).map_err(|stop| match stop {
            Stop::TooLarge => too_large(file),
            Stop::OpenQuote(line) => NoSheet::new(
                format!("{file}, line {line}: a quotation mark is opened and never closed"),
                "close it, or take it out",
            ),
        })?;
        let has_column = rows.rows.iter().any(|row| row.cells.keys().any(|at| same(&row.text(*at), column)));
        if has_column {
            first = Some(rows);
            break;
        }
        first.get_or_insert(rows);
    }
    let source = Arc::new(SourceFile { path: path.to_owned(), text });
    Ok(Sheet { name: file.to_owned(), rows: first.unwrap_or_default().rows, source: Some(source) })
}

fn same(heading: &str, wanted: &str) -> bool {
    heading.to_lowercase() == words(wanted).to_lowercase()
}

enum Stop {
    TooLarge,
    /// The line it stands in.
    OpenQuote(usize),
}

/// Cuts the text into rows and cells. Separators and quotes are ASCII, so bytes can be compared.
fn rows(text: &str, separator: u8) -> Result<Rows, Stop> {
    let bytes = text.as_bytes();
    let mut rows = Rows::default();
    let (mut at, mut line) = (0, 1);
    while at < bytes.len() {
        let (start, begins) = (at, line);
        let row_span =
            start..bytes[start..].iter().position(|b| b"\r\n".contains(b)).map_or(bytes.len(), |n| start + n);
        let mut column = 0;
        loop {
            let (content, span, end) = cell(text, at, separator).ok_or(Stop::OpenQuote(line))?;
            line += content.matches('\n').count();
            at = end;
            if !content.trim().is_empty() {
                let cell = Cell { value: CellValue::Text(content), span };
                rows.add(begins, column, cell, row_span.clone()).map_err(|()| Stop::TooLarge)?;
            }
            if bytes.get(at) != Some(&separator) {
                break;
            }
            at += 1;
            column += 1;
        }
        // The line's end: LF, CR LF, or CR alone.
        at += match bytes.get(at..) {
            Some([b'\r', b'\n', ..]) => 2,
            _ => 1,
        };
        line += 1;
    }
    Ok(rows)
}

/// One cell from `start`: what it says, its stretch, and where the separator or the line's end after it stands. `None`
/// for quotes that never close.
fn cell(text: &str, start: usize, separator: u8) -> Option<(String, Range<usize>, usize)> {
    let bytes = text.as_bytes();
    let ends = |at: usize| bytes[at..].iter().position(|b| *b == separator || b"\r\n".contains(b));
    if bytes.get(start) != Some(&b'"') {
        let end = ends(start).map_or(bytes.len(), |n| start + n);
        return Some((text.get(start..end)?.to_owned(), start..end, end));
    }
    let mut content = String::new();
    let mut at = start + 1;
    loop {
        let quote = at + bytes.get(at..)?.iter().position(|b| *b == b'"')?;
        content.push_str(text.get(at..quote)?);
        if bytes.get(quote + 1) == Some(&b'"') {
            content.push('"');
            at = quote + 2;
            continue;
        }
        let end = ends(quote + 1).map_or(bytes.len(), |n| quote + 1 + n);
        content.push_str(text.get(quote + 1..end)?);
        return Some((content, start..end, end));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(bytes: &[u8]) -> Vec<(usize, Vec<String>)> {
        let sheet = read("a.csv", "t/a.csv", bytes, None, "Kod").expect("a table");
        sheet.rows.iter().map(|row| (row.number, row.cells.keys().map(|at| row.text(*at)).collect())).collect()
    }

    #[test]
    fn every_separator_line_end_and_encoding_gives_the_same_table() {
        let expected = vec![(1, vec!["Kod".to_owned(), "Pris, å".into()]), (2, vec!["01".into(), "1 234".into()])];
        let plain = "Kod;Pris, å\n01;1 234\n";
        assert_eq!(table(plain.as_bytes()), expected);
        assert_eq!(table(format!("\u{feff}{plain}").as_bytes()), expected);
        assert_eq!(table(plain.replace('\n', "\r\n").as_bytes()), expected);
        assert_eq!(table(plain.replace('\n', "\r").as_bytes()), expected);
        assert_eq!(table(plain.replace(';', "\t").as_bytes()), expected);
        assert_eq!(table("Kod,\"Pris, å\"\n\"01\",1 234".as_bytes()), expected);
        let latin: Vec<u8> = plain.chars().map(|c| c as u8).collect();
        assert_eq!(table(&latin), expected);
        let wide: Vec<u8> = format!("\u{feff}{plain}").encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(table(&wide), expected);
    }

    #[test]
    fn quotes_hold_separators_line_breaks_and_quotes() {
        let text = "sep=;\nKod;\"Två\nrader \"\"så\"\"\";x\n\n;;\n02;5\" rör\n";
        assert_eq!(
            table(text.as_bytes()),
            vec![
                (1, vec!["sep=".into()]),
                (2, vec!["Kod".into(), "Två rader \"så\"".into(), "x".into()]),
                (6, vec!["02".into(), "5\" rör".into()]),
            ]
        );
    }

    #[test]
    fn what_is_no_table_is_told() {
        let error = read("a.csv", "t/a.csv", b"Kod;a\n01;\"b\n02;c", None, "Kod").expect_err("an open quote");
        assert!(error.message.contains("line 2"), "{}", error.message);
        assert!(read("a.csv", "t/a.csv", b"PK\x03\x04\0\0", None, "Kod").is_err());
        let many = "1\n".repeat(30_000);
        assert!(
            read("a.csv", "t/a.csv", many.as_bytes(), None, "Kod").expect_err("too large").message.contains("large")
        );
    }

    #[test]
    fn any_bytes_are_a_table_or_an_error() {
        use proptest::prelude::*;
        proptest!(|(bytes in prop::collection::vec(any::<u8>(), 0..200))| {
            let _ = read("a.csv", "t/a.csv", &bytes, None, "Kod");
        });
    }
}
