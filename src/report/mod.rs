//! The report: one model and several writers that decide nothing.
//!
//! ```text
//!  model/           view/                  formats/
//!                    ┌─────────────────────── json ──────▶ report.json   for scripts
//!  Report ───────────┼─ tables ─────────────┬ csv ───────▶ report.csv    one row per recipient
//!  build, outcome    │                      └ xlsx ──────▶ report.xlsx   recipients, documents, remarks
//!                    └─ page ─ charts ──────┬ html ──────▶ report.html   for the steering group, on a screen
//!                              pictures     └ pdf ───────▶ report.pdf    the same on paper; typeset by `render::report`
//! ```
//! `charts` are drawn once, as SVG, for the page and the PDF. Every word comes from `words/labels` in the campaign's language, and
//! every text that a recipient or a file had a hand in goes through `words/visible`. The same report gives the same bytes: no writer reads a clock or an unordered map.

mod formats;
pub mod model;
mod view;
mod words;

#[cfg(test)]
mod schemas;

pub use model::build;
pub use view::pictures::Pictures;

use crate::render::report::Sheet;
use formats::{csv, html, pdf, xlsx};
use model::Report;

/// A report that could not be written in one of its forms.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    #[error("the report's page could not be filled in")]
    Page(#[from] tera::Error),
    #[error("the report's workbook could not be written")]
    Workbook(#[from] rust_xlsxwriter::XlsxError),
}

/// The report as JSON, schema `avsikt/report/1`: indented, with a line feed last.
pub fn json(report: &Report) -> String {
    let mut text = serde_json::to_string_pretty(report).expect("a report is plain data with text as keys");
    text.push('\n');
    text
}

/// The recipients as CSV for Swedish Excel: UTF-8 with a byte order mark, semicolons, CRLF.
pub fn csv(report: &Report) -> Vec<u8> {
    csv::write(report)
}

/// The report as an Office Open XML workbook with three sheets.
///
/// # Errors
/// When there are more rows than a sheet can hold (1 048 576).
pub fn xlsx(report: &Report) -> Result<Vec<u8>, WriteError> {
    Ok(xlsx::write(report)?)
}

/// The report as one page of HTML that needs no network, and scripts only to sort and filter.
///
/// # Errors
/// When the template that is built in does not fit the data; a test holds them together.
pub fn html(report: &Report, pictures: &Pictures) -> Result<String, WriteError> {
    Ok(html::write(report, pictures)?)
}

/// The report as pages for print: what `render::report` is to typeset.
pub fn pdf(report: &Report, pictures: &Pictures) -> Sheet {
    pdf::sheet(report, pictures)
}

#[cfg(test)]
mod tests {
    use super::model::sample;
    use super::*;

    #[test]
    fn json_comes_back_as_it_was() {
        let report = sample::sample_report();
        let text = json(&report);
        assert!(text.ends_with("}\n"));
        let back: Report = serde_json::from_str(&text).expect("what was written is read");
        assert_eq!(back, report);
    }

    #[test]
    fn same_report_same_bytes() {
        let (one, two) = (sample::sample_report(), sample::sample_report());
        assert_eq!(json(&one), json(&two));
        assert_eq!(csv(&one), csv(&two));
        assert_eq!(html(&one, &Pictures::default()).unwrap(), html(&two, &Pictures::default()).unwrap());
        assert_eq!(xlsx(&one).unwrap(), xlsx(&two).unwrap());
    }

    /// For people: writes the sample where `AVSIKT_SAMPLE_DIR` says, to look at.
    #[test]
    #[expect(clippy::disallowed_methods, reason = "the folder is the person's own, not a workspace")]
    fn sample_can_be_looked_at() {
        let Some(folder) = std::env::var_os("AVSIKT_SAMPLE_DIR") else {
            return;
        };
        let folder = std::path::PathBuf::from(folder);
        let swedish = sample::sample_report();
        let mut english = swedish.clone();
        english.campaign.language = "en-GB".to_owned();
        for (name, report) in [("sv", swedish), ("en", english)] {
            let path = |end: &str| folder.join(format!("{name}.{end}"));
            std::fs::write(path("json"), json(&report)).unwrap();
            std::fs::write(path("csv"), csv(&report)).unwrap();
            std::fs::write(path("html"), html(&report, &Pictures::default()).unwrap()).unwrap();
            std::fs::write(path("xlsx"), xlsx(&report).unwrap()).unwrap();
        }
    }
}
