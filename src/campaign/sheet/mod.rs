//! A table that an office keeps in a spreadsheet or as CSV: its cells as they stand, each with its place.
//!
//! ```text
//! .xlsx, .xlsm, .ods ─ workbook ─┐
//! .csv, .txt, .tsv   ─ csv      ─┴─▶ Sheet: rows of cells, with the name of each cell or line
//! ```
//!
//! Nothing here knows what the table says. Files are read whole, so their size is limited; whatever cannot be read is
//! told in words.

pub mod amount;
mod csv;
mod workbook;

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use crate::diagnostic::{Place, SourceFile};
use crate::workspace::{self, Workspace};

/// A list for a thousand recipients is a hundred kilobytes. A spreadsheet is compressed, and this bounds what it can
/// grow to.
const MOST_BYTES: u64 = 4 << 20;
const MOST_ROWS: usize = 20_000;
const MOST_CELLS: usize = 400_000;

/// What one cell holds; an empty cell is not there at all.
#[derive(Debug, Clone, PartialEq)]
pub enum CellValue {
    Number(f64),
    Text(String),
    /// Something that is neither, in words: `the error #REF!`.
    Other(String),
    /// A formula whose result is not stored: no spreadsheet program has computed it.
    Uncomputed,
    /// A formula whose stored result is 0, which other programs write when they do not compute.
    Nought,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    pub value: CellValue,
    /// Its stretch of the file; empty in a workbook.
    span: Range<usize>,
}

/// A row with at least one cell that is not empty.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// As programs number it, from 1; for CSV the line that it begins in.
    pub number: usize,
    /// By column, from 0.
    pub cells: BTreeMap<usize, Cell>,
    span: Range<usize>,
}

#[derive(Debug)]
pub struct Sheet {
    /// The file, and its sheet where it has any: `priser.xlsx, sheet Priser`.
    pub name: String,
    pub rows: Vec<Row>,
    /// The text of a CSV file.
    source: Option<Arc<SourceFile>>,
}

/// Why there is no table: what is wrong, and what to do.
#[derive(Debug, PartialEq, Eq)]
pub struct NoSheet {
    pub message: String,
    pub hint: String,
}

impl NoSheet {
    fn new(message: impl Into<String>, hint: impl Into<String>) -> Self {
        NoSheet { message: message.into(), hint: hint.into() }
    }
}

/// Reads a file that lies in `folder`. `sheet` names one of several; `column` is a heading that the table must have,
/// which is how the separator of a CSV file is known.
pub fn open(
    workspace: &Workspace,
    folder: &str,
    file: &str,
    sheet: Option<&str>,
    column: &str,
) -> Result<Sheet, NoSheet> {
    let path = format!("{folder}/{file}");
    if file.contains(['/', '\\']) || file.starts_with('.') {
        return Err(NoSheet::new(
            format!("`{file}` is not the name of a file"),
            format!("put the file into `{folder}` and give its name alone"),
        ));
    }
    if !workspace.exists(&path) {
        return Err(NoSheet::new(format!("there is no file `{path}`"), there_is(workspace, folder)));
    }
    let bytes = match workspace::size_and_time(&workspace.path(&path)) {
        Ok((size, _)) if size > MOST_BYTES => return Err(too_large(file)),
        Ok(_) => workspace.read(&path),
        Err(error) => Err(error),
    };
    let bytes = bytes.map_err(|error| {
        NoSheet::new(
            error.to_string(),
            error.hint().unwrap_or_else(|| "close it in other programs and try again".into()),
        )
    })?;
    let ending = file.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
    match ending.as_str() {
        "xlsx" | "xlsm" | "ods" => workbook::read(file, &ending, bytes, sheet),
        "csv" | "txt" | "tsv" => csv::read(file, &path, &bytes, sheet, column),
        _ => Err(NoSheet::new(
            format!("`{file}` is no list that can be read"),
            "save it as Excel workbook (.xlsx), OpenDocument (.ods) or CSV",
        )),
    }
}

/// The lists that lie in the folder, for a hint.
fn there_is(workspace: &Workspace, folder: &str) -> String {
    let names = workspace.files(folder).unwrap_or_default();
    let list = |name: &&String| {
        let name = name.to_lowercase();
        !name.starts_with(['~', '.']) && [".xlsx", ".xlsm", ".ods", ".csv"].iter().any(|ending| name.ends_with(ending))
    };
    let lists: Vec<&str> = names.iter().filter(list).map(String::as_str).collect();
    if lists.is_empty() {
        format!("put the price list into `{folder}`")
    } else {
        format!("the lists in that folder are: {}", lists.join(", "))
    }
}

fn too_large(file: &str) -> NoSheet {
    NoSheet::new(
        format!("`{file}` is too large for a price list"),
        "keep the list in a file of its own, with one row for each recipient",
    )
}

impl Sheet {
    /// How a person finds a cell: `priser.xlsx, sheet Priser, cell C7`, or `priser.csv, line 7`.
    pub fn cell_name(&self, row: &Row, column: usize) -> String {
        match self.source {
            Some(_) => format!("{}, line {}", self.name, row.number),
            None => format!("{}, cell {}{}", self.name, column_name(column), row.number),
        }
    }

    /// The cell's place, where the file is text.
    pub fn place(&self, row: &Row, column: usize) -> Option<Place> {
        let span = row.cells.get(&column).map_or(&row.span, |cell| &cell.span);
        self.source.as_ref().map(|source| Place::new(source, span.clone()))
    }
}

impl Row {
    /// A cell's text without white space around and doubled within; empty when there is none.
    pub fn text(&self, column: usize) -> String {
        self.cells.get(&column).map_or_else(String::new, |cell| cell.value.text())
    }
}

impl CellValue {
    pub fn text(&self) -> String {
        match self {
            CellValue::Number(number) => number.to_string(),
            CellValue::Text(text) | CellValue::Other(text) => words(text),
            CellValue::Uncomputed | CellValue::Nought => "a formula".into(),
        }
    }
}

/// A text with single spaces between its words.
pub fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A, B … Z, AA, AB …
fn column_name(column: usize) -> String {
    let letter = char::from(b'A' + u8::try_from(column % 26).unwrap_or(0));
    if column < 26 { letter.to_string() } else { format!("{}{letter}", column_name(column / 26 - 1)) }
}

/// Collects cells and holds them to the limits; rows keep the order of their numbers.
#[derive(Default)]
struct Rows {
    rows: Vec<Row>,
    cells: usize,
}

impl Rows {
    /// Adds a cell that is not empty.
    fn add(&mut self, number: usize, column: usize, cell: Cell, row_span: Range<usize>) -> Result<(), ()> {
        let at = self.rows.partition_point(|row| row.number < number);
        if self.rows.get(at).is_none_or(|row| row.number != number) {
            self.rows.insert(at, Row { number, cells: BTreeMap::new(), span: row_span });
        }
        self.cells += 1;
        if self.rows.len() > MOST_ROWS || self.cells > MOST_CELLS {
            return Err(());
        }
        self.rows[at].cells.insert(column, cell);
        Ok(())
    }

    /// What a cell holds that has been added.
    fn value_at(&mut self, number: usize, column: usize) -> Option<&mut CellValue> {
        let at = self.rows.binary_search_by_key(&number, |row| row.number).ok()?;
        Some(&mut self.rows[at].cells.get_mut(&column)?.value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_named_as_programs_do() {
        let names: Vec<String> = [0, 2, 25, 26, 51, 52, 701, 702, 16_383].map(column_name).into();
        assert_eq!(names, ["A", "C", "Z", "AA", "AZ", "BA", "ZZ", "AAA", "XFD"]);
    }

    #[test]
    fn a_path_out_of_the_folder_is_refused() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let workspace = Workspace::open(folder.path()).expect("it is a folder");
        for name in ["../priser.csv", "/etc/passwd", "..\\priser.csv", ".."] {
            assert!(open(&workspace, "templates/a", name, None, "Kod").is_err(), "{name}");
        }
    }
}
