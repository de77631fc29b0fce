//! Excel workbooks and OpenDocument spreadsheets, through calamine. The only file that knows it.
//!
//! Cells of formulas hold what the program that saved the file had computed. Libraries that write workbooks compute nothing:
//! they leave the result out ([`CellValue::Uncomputed`]), or write 0 ([`CellValue::Nought`]).

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{Data, Ods, Reader, SheetType, Xlsx};

use super::{Cell, CellValue, MOST_ROWS, NoSheet, Rows, Sheet, too_large};

/// A spreadsheet that says it is wider than this is no price list.
const MOST_COLUMNS: usize = 1_000;

/// Why reading stopped.
enum Stop {
    TooLarge,
    Sheet(NoSheet),
    Broken(String),
}

pub(super) fn read(file: &str, ending: &str, bytes: Vec<u8>, sheet: Option<&str>) -> Result<Sheet, NoSheet> {
    // A damaged file must never take the program along, whatever its reader makes of it.
    let read = catch_unwind(AssertUnwindSafe(|| match ending {
        "ods" => from_ods(file, bytes, sheet),
        _ => from_xlsx(file, bytes, sheet),
    }));
    match read.unwrap_or_else(|_| Err(Stop::Broken("it is damaged".into()))) {
        Ok((sheet, rows)) => Ok(Sheet { name: format!("{file}, sheet {sheet}"), rows: rows.rows, source: None }),
        Err(Stop::TooLarge) => Err(too_large(file)),
        Err(Stop::Sheet(none)) => Err(none),
        Err(Stop::Broken(why)) => Err(NoSheet::new(
            format!("`{file}` cannot be read as a spreadsheet: {why}"),
            "open it in your spreadsheet program and save it anew as .xlsx without a password, or as CSV",
        )),
    }
}

/// Cell by cell: a sheet with one cell far out takes no room for all that lies between.
fn from_xlsx(file: &str, bytes: Vec<u8>, wanted: Option<&str>) -> Result<(String, Rows), Stop> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(broken)?;
    let name = choose(file, &worksheets(&book), wanted)?;
    let mut cells = book.worksheet_cells_reader(&name).map_err(broken)?;
    let mut rows = Rows::default();
    while let Some(cell) = cells.next_cell().map_err(broken)? {
        let (row, column) = cell.get_position();
        add(&mut rows, row as usize, column as usize, value(&Data::from(cell.get_value().clone())))?;
    }
    drop(cells);
    let mut formulas = book.worksheet_cells_reader(&name).map_err(broken)?;
    while let Some(cell) = formulas.next_formula().map_err(broken)? {
        let (row, column) = cell.get_position();
        if !cell.get_value().is_empty() {
            mark_uncomputed(&mut rows, row as usize, column as usize)?;
        }
    }
    Ok((name, rows))
}

/// Notes a formula whose cell holds nothing, or 0.
fn mark_uncomputed(rows: &mut Rows, row: usize, column: usize) -> Result<(), Stop> {
    match rows.value_at(row + 1, column) {
        Some(value @ CellValue::Number(0.0)) => *value = CellValue::Nought,
        Some(_) => {}
        None => add(rows, row, column, Some(CellValue::Uncomputed))?,
    }
    Ok(())
}

fn from_ods(file: &str, bytes: Vec<u8>, wanted: Option<&str>) -> Result<(String, Rows), Stop> {
    let mut book: Ods<_> = Ods::new(Cursor::new(bytes)).map_err(broken)?;
    let name = choose(file, &worksheets(&book), wanted)?;
    let range = book.worksheet_range(&name).map_err(broken)?;
    let (first_row, first_column) = range.start().unwrap_or_default();
    let mut rows = Rows::default();
    for (row, column, data) in range.used_cells() {
        add(&mut rows, first_row as usize + row, first_column as usize + column, value(data))?;
    }
    let formulas = book.worksheet_formula(&name).map_err(broken)?;
    let (first_row, first_column) = formulas.start().unwrap_or_default();
    for (row, column, formula) in formulas.used_cells() {
        if !formula.is_empty() {
            mark_uncomputed(&mut rows, first_row as usize + row, first_column as usize + column)?;
        }
    }
    Ok((name, rows))
}

fn broken(error: impl std::fmt::Display) -> Stop {
    Stop::Broken(error.to_string().lines().next().unwrap_or_default().to_owned())
}

fn worksheets<R: Reader<Cursor<Vec<u8>>>>(book: &R) -> Vec<String> {
    let sheets = book.sheets_metadata().iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
    sheets.map(|sheet| sheet.name.clone()).collect()
}

/// The sheet that was named, or the only one.
fn choose(file: &str, names: &[String], wanted: Option<&str>) -> Result<String, Stop> {
    let all = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
    let none = |message, hint| Err(Stop::Sheet(NoSheet { message, hint }));
    match (wanted, names) {
        (Some(wanted), _) => match names.iter().find(|name| name.trim() == wanted.trim()) {
            Some(name) => Ok(name.clone()),
            None => none(format!("`{file}` has no sheet `{wanted}`"), format!("its sheets are: {all}")),
        },
        (None, [only]) => Ok(only.clone()),
        (None, _) => none(format!("`{file}` has several sheets"), format!("choose one with `sheet:`: {all}")),
    }
}

fn add(rows: &mut Rows, row: usize, column: usize, value: Option<CellValue>) -> Result<(), Stop> {
    let Some(value) = value else { return Ok(()) };
    if row >= 8 * MOST_ROWS || column >= MOST_COLUMNS {
        return Err(Stop::TooLarge);
    }
    rows.add(row + 1, column, Cell { value, span: 0..0 }, 0..0).map_err(|()| Stop::TooLarge)
}

/// `None` for an empty cell.
fn value(data: &Data) -> Option<CellValue> {
    Some(match data {
        Data::Empty => return None,
        Data::String(text) if text.trim().is_empty() => return None,
        Data::String(text) => CellValue::Text(text.clone()),
        Data::Float(number) => CellValue::Number(*number),
        // Exact up to 2^53, which is far above the largest amount that is taken.
        Data::Int(number) => CellValue::Number(*number as f64),
        Data::Bool(truth) => CellValue::Other(if *truth { "TRUE" } else { "FALSE" }.into()),
        Data::Error(error) => CellValue::Other(format!("the error {error}")),
        Data::DateTime(_) | Data::DateTimeIso(_) | Data::DurationIso(_) => CellValue::Other("a date or time".into()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_spreadsheet_is_told() {
        for (ending, bytes) in
            [("xlsx", b"Kod;Pris\n01;5\n".to_vec()), ("ods", b"PK\x05\x06".to_vec()), ("xlsx", Vec::new())]
        {
            let error = read("priser.xlsx", ending, bytes, None).expect_err("no spreadsheet");
            assert!(error.message.contains("cannot be read as a spreadsheet"), "{}", error.message);
        }
    }

    #[test]
    fn a_formula_counts_by_its_stored_result() {
        let mut rows = Rows::default();
        for (column, number) in [(0, 0.0), (1, 5.0)] {
            assert!(add(&mut rows, 2, column, Some(CellValue::Number(number))).is_ok());
        }
        for (row, column) in [(2, 0), (2, 1), (2, 2), (1, 0)] {
            assert!(mark_uncomputed(&mut rows, row, column).is_ok());
        }
        let told: Vec<Vec<&CellValue>> =
            rows.rows.iter().map(|row| row.cells.values().map(|cell| &cell.value).collect()).collect();
        let expected: [Vec<&CellValue>; 2] =
            [vec![&CellValue::Uncomputed], vec![&CellValue::Nought, &CellValue::Number(5.0), &CellValue::Uncomputed]];
        assert_eq!(told, expected);
    }

    #[test]
    fn torn_spreadsheets_are_told() {
        let mut book = rust_xlsxwriter::Workbook::new();
        book.add_worksheet().write(0, 0, "Kod").expect("a cell");
        let whole = book.save_to_buffer().expect("a workbook");
        for part in 1..20 {
            assert!(read("a.xlsx", "xlsx", whole[..whole.len() * part / 20].to_vec(), None).is_err());
        }
        assert!(read("a.xlsx", "xlsx", whole, None).is_ok());
    }

    #[test]
    fn a_cell_far_out_takes_no_room_and_is_refused() {
        let mut book = rust_xlsxwriter::Workbook::new();
        let sheet = book.add_worksheet();
        sheet.write(0, 0, "Kod").expect("a cell");
        sheet.write(1_048_575, 16_383, 1).expect("a cell");
        let bytes = book.save_to_buffer().expect("a workbook");
        assert!(read("a.xlsx", "xlsx", bytes, None).expect_err("too large").message.contains("too large"));
    }
}
