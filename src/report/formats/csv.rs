//! The recipients as CSV: one row each, in the form that Excel of the report's language opens with a double click.
//!
//! UTF-8 with a byte order mark (Excel takes the file for Windows-1252 without it), semicolons where the
//! comma is the decimal sign and commas elsewhere, CRLF and quotes after RFC 4180. Amounts are bare whole numbers, so that a script can add them up.

use crate::report::model::Report;
use crate::report::view::tables::{self, Cell};
use crate::report::words::labels::Labels;

pub(in crate::report) fn write(report: &Report) -> Vec<u8> {
    let labels = Labels::of(report);
    let table = tables::recipients(report, &labels);
    let mut text = String::from("\u{FEFF}");
    let headings = table.columns.iter();
    row(&mut text, &labels.separator, headings.map(|column| guarded(&column.heading)));
    for cells in &table.rows {
        row(&mut text, &labels.separator, cells.iter().map(value));
    }
    text.into_bytes()
}

fn row(text: &mut String, separator: &str, values: impl Iterator<Item = String>) {
    for (at, value) in values.enumerate() {
        if at > 0 {
            text.push_str(separator);
        }
        text.push_str(&quoted(value));
    }
    text.push_str("\r\n");
}

/// A cell's value; the numbers are our own, so they need no guard.
fn value(cell: &Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) | Cell::Time(text) => guarded(text),
        Cell::Number(number) => number.to_string(),
        Cell::Kronor(amount) => amount.to_string(),
    }
}

/// Text that a spreadsheet would run as a formula gets an apostrophe in front (OWASP, "CSV Injection").
///
/// The signs are OWASP's, with their full-width forms, which Excel takes for the same with an East Asian locale. Space in
/// front does not excuse: some programs trim it. A telephone number in the form `+46 …` therefore also gets the mark.
fn guarded(text: &str) -> String {
    let signs = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];
    if text.starts_with(['\t', '\r', '\n']) || text.trim_start().starts_with(signs) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

/// RFC 4180 2.6 and 2.7: quotes around what holds a separator, a quote or a line break; quotes inside are doubled.
fn quoted(value: String) -> String {
    if value.contains([';', ',', '"', '\n', '\r', '\t', '\'']) {
        format!("\"{}\"", value.replace('"', "\"\""))
    } else {
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::model::sample;

    #[test]
    fn three_rows() {
        let mut report = sample::sample_report();
        report.answers.retain(|answer| ["01", "09", "10"].contains(&answer.recipient.as_str()));
        report.campaign.fields.truncate(1);
        for answer in &mut report.answers {
            answer.fields.retain(|name, _| name == "namnfortydligande");
        }
        let text = String::from_utf8(write(&report)).unwrap();
        let text = text.replace("\r\n", "¶\n").replace('\u{FEFF}', "‹BOM›");
        insta::assert_snapshot!(text, @r#"
        ‹BOM›Kod;Mottagare;Status;Svar;Kommentar;Namnförtydligande;Mottaget;Sent svar;Åtagande vid ja;Dokument;Ersatta dokument;Anmärkningar¶
        01;Region Stockholm;Besvarat;Ja;"Regionen ställer sig bakom projektet – under förutsättning att tidplanen 2027–2028 hålls.

        Vi vill särskilt lyfta:
        1. Att ”reservkort” kan ges ut på distans från start.
        2. Att supporten förstärks; i dag reser många medarbetare över en timme för att få sin e-legitimation.";Åsa Exempel 01;2026-02-11T09:12:00Z;nej;7435870;inbox/2026-02-11/mejl från kansliet.eml#avsiktsförklaring.pdf;;¶
        09;Region Gotland;Besvarat;Nej;"Regionen är inte intresserad.
        Skäl: nyttan är för liten; vi har tre id-administratörer inom gångavstånd, och kostnaden står inte i proportion till den.";"'-1+cmd|' /C calc'!A0";2026-02-11T09:12:00Z;nej;188434;inbox/svar-09.pdf;;¶
        10;Region Blekinge;Saknas;;;;;;490981;;;¶
        "#);
    }

    #[test]
    fn formulas_are_text() {
        for attack in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\u{A0}=1", "＝1"] {
            assert!(guarded(attack).starts_with('\''), "{attack:?}");
        }
        for fair in ["ja", "a=b", "'=1", "", "5-6"] {
            assert_eq!(guarded(fair), fair);
        }
    }

    #[test]
    fn an_attack_cannot_leave_its_cell() {
        assert_eq!(quoted("a\";=1".to_owned()), "\"a\"\";=1\"");
    }
}
