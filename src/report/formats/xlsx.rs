//! The report as a workbook: recipients, documents and findings, one sheet each.
//!
//! Text is written as text, never as a formula or a link, so nothing in it can run (rust_xlsxwriter's `write_string`).
//! The properties carry the campaign's deadline as their time, since Excel's own would differ between two runs.

use rust_xlsxwriter::{
    Color, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, IgnoreError, Workbook, Worksheet, XlsxError,
};

use crate::report::model::Report;
use crate::report::view::tables::{self, Cell, Table};
use crate::report::words::labels::{Labels, Moment};
use crate::report::words::visible::visible;

/// The accent of the report's page.
const ACCENT: Color = Color::RGB(0x0F_4C5C);
const LINE: Color = Color::RGB(0xD5_DCDF);
/// A4, as `ST_PaperSize` numbers it (ECMA-376 part 1, 18.3.1.63).
const A4: u8 = 9;
/// What a cell can hold, in UTF-16 units; Excel calls a file with more in it damaged.
const LONGEST_TEXT: usize = 32_767;

pub(in crate::report) fn write(report: &Report) -> Result<Vec<u8>, XlsxError> {
    let labels = Labels::of(report);
    let styles = Styles::new(report.campaign.currency.as_deref().unwrap_or_default());
    let mut workbook = Workbook::new();
    workbook.set_properties(&properties(report)?);
    for table in
        [tables::recipients(report, &labels), tables::documents(report, &labels), tables::findings(report, &labels)]
    {
        sheet(workbook.add_worksheet(), &table, &styles, report)?;
    }
    workbook.save_to_buffer()
}

struct Styles {
    header: Format,
    text: Format,
    number: Format,
    kronor: Format,
    date: Format,
    time: Format,
}

impl Styles {
    fn new(currency: &str) -> Self {
        let cell =
            Format::new().set_align(FormatAlign::Top).set_border_bottom(FormatBorder::Thin).set_border_color(LINE);
        Styles {
            header: Format::new()
                .set_bold()
                .set_font_color(Color::White)
                .set_background_color(ACCENT)
                .set_align(FormatAlign::VerticalCenter)
                .set_text_wrap(),
            // The prefix keeps text as text also when somebody edits the cell.
            text: cell.clone().set_text_wrap().set_quote_prefix(),
            number: cell.clone().set_num_format("0"),
            // The comma is the format's thousands mark; a Swedish Excel shows it as a space.
            kronor: cell.clone().set_num_format(format!("#,##0\\ \"{}\"", currency.replace('"', ""))),
            date: cell.clone().set_num_format("yyyy-mm-dd"),
            time: cell.set_num_format("yyyy-mm-dd hh:mm\\ \"UTC\""),
        }
    }
}

fn properties(report: &Report) -> Result<DocProperties, XlsxError> {
    let campaign = &report.campaign;
    let made = match Moment::read(&campaign.deadline) {
        Some(moment) => excel_time(&moment)?,
        None => ExcelDateTime::from_ymd(2000, 1, 1)?,
    };
    let draft = if campaign.draft { Labels::of(report).word("draft_state").to_owned() } else { String::new() };
    Ok(DocProperties::new()
        .set_status(draft)
        .set_title(visible(&campaign.title))
        .set_author(visible(&campaign.sender))
        .set_company(visible(&campaign.sender))
        .set_creation_datetime(&made))
}

fn sheet(sheet: &mut Worksheet, table: &Table, styles: &Styles, report: &Report) -> Result<(), XlsxError> {
    sheet.set_name(&table.title)?;
    for (at, column) in (0..).zip(&table.columns) {
        sheet.set_column_width(at, column.width)?;
        sheet.write_string_with_format(0, at, &column.heading, &styles.header)?;
    }
    for (row, cells) in (1..).zip(&table.rows) {
        for (at, cell) in (0..).zip(cells) {
            write_cell(sheet, row, at, cell, styles)?;
        }
    }
    let last_row = u32::try_from(table.rows.len()).unwrap_or(u32::MAX);
    let last_column = u16::try_from(table.columns.len().saturating_sub(1)).unwrap_or(u16::MAX);
    sheet.autofilter(0, 0, last_row, last_column)?;
    // Codes are text with leading zeros; Excel would mark each as a number gone wrong.
    sheet.ignore_error_range(0, 0, last_row, last_column, IgnoreError::NumberStoredAsText)?;
    sheet.set_freeze_panes(1, 0)?;
    sheet.set_row_height(0, 30)?;
    print_setup(sheet, &table.title, report)
}

fn print_setup(sheet: &mut Worksheet, title: &str, report: &Report) -> Result<(), XlsxError> {
    sheet
        .set_paper_size(A4)
        .set_landscape()
        .set_print_fit_to_pages(1, 0)
        .set_margins(0.4, 0.4, 0.6, 0.6, 0.3, 0.3)
        .set_header(header_text(&report.campaign.title, title))
        .set_footer("&R&P (&N)")
        .set_repeat_rows(0, 0)?;
    Ok(())
}

/// The page header: the campaign's title to the left, the sheet's to the right.
///
/// `&` begins a code there and is written twice. Excel takes 255 characters in all; a longer title is cut.
fn header_text(campaign: &str, sheet: &str) -> String {
    let title: String = visible(campaign).chars().take(90).collect();
    format!("&L{}&R{sheet}", title.replace('&', "&&"))
}

fn write_cell(sheet: &mut Worksheet, row: u32, column: u16, cell: &Cell, styles: &Styles) -> Result<(), XlsxError> {
    match cell {
        Cell::Empty => sheet.write_blank(row, column, &styles.text)?,
        Cell::Text(text) => sheet.write_string_with_format(row, column, fitting(text), &styles.text)?,
        // Counts and amounts stay far below 2^53, where a spreadsheet's numbers stop being exact.
        Cell::Number(number) => sheet.write_number_with_format(row, column, *number as f64, &styles.number)?,
        Cell::Kronor(amount) => sheet.write_number_with_format(row, column, *amount as f64, &styles.kronor)?,
        Cell::Time(text) => match Moment::read(text) {
            Some(moment) => {
                let style = if moment.time.is_some() { &styles.time } else { &styles.date };
                let time = excel_time(&moment)?;
                sheet.write_datetime_with_format(row, column, &time, style)?
            }
            None => sheet.write_string_with_format(row, column, fitting(text), &styles.text)?,
        },
    };
    Ok(())
}

fn excel_time(moment: &Moment) -> Result<ExcelDateTime, XlsxError> {
    let date = moment.date;
    // Excel's calendar begins in 1900; an earlier year can only be a mistake in the campaign or in a file's date.
    let year = u16::try_from(date.year()).unwrap_or(1900).max(1900);
    let day = ExcelDateTime::from_ymd(year, date.month() as u8, date.day() as u8)?;
    match moment.time {
        Some(time) => day.and_hms(time.hour() as u16, time.minute() as u8, time.second() as f64),
        None => Ok(day),
    }
}

/// The text as far as a cell can hold it, with an ellipsis in brackets where it was cut. HTML, CSV and JSON have it all.
fn fitting(text: &str) -> String {
    if text.encode_utf16().count() <= LONGEST_TEXT {
        return text.to_owned();
    }
    let mut units = 0;
    let kept = text.chars().take_while(|c| {
        units += c.len_utf16();
        units <= LONGEST_TEXT - 3
    });
    kept.collect::<String>() + "[…]"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::model::sample::sample_report;

    #[test]
    fn same_model_same_bytes() {
        assert_eq!(write(&sample_report()).unwrap(), write(&sample_report()).unwrap());
    }

    #[test]
    fn an_empty_report_is_a_workbook_too() {
        let mut report = sample_report();
        report.answers.clear();
        report.documents.clear();
        report.campaign.deadline = "snart".to_owned();
        assert!(write(&report).unwrap().starts_with(b"PK"));
    }

    #[test]
    fn long_text_is_cut_where_excel_ends() {
        let long = "𝄞".repeat(20_000);
        assert!(fitting(&long).encode_utf16().count() <= LONGEST_TEXT);
        assert!(fitting(&long).ends_with("[…]"));
        let mut report = sample_report();
        report.answers[0].comment = Some(long);
        assert!(write(&report).is_ok());
    }

    #[test]
    fn a_title_is_no_code_in_the_page_header() {
        assert_eq!(header_text("Vård & IT", "Mottagare"), "&LVård && IT&RMottagare");
    }
}
