//! `avsikt report`: the report's other formats, from the model that `parse` wrote.

use super::console::Console;
use super::parse::{REPORT, ending};
use super::{Ending, Place};
use crate::error::{Error, Result};
use crate::render;
use crate::report::{self, Pictures, model::Report};
use crate::workspace::Workspace;

/// The report's folder.
const FOLDER: &str = "outbox/report";
const PDF: &str = "outbox/report/report.pdf";

pub fn report(place: &Place, console: &Console) -> Result<Ending> {
    let workspace = place.open()?;
    if !workspace.exists(REPORT) {
        return Err(Error::plain(
            format!("`{REPORT}` is missing: nothing has been read yet"),
            "run `avsikt parse` first, or `avsikt run` for everything",
        ));
    }
    let report: Report = serde_json::from_slice(&workspace.read(REPORT)?).map_err(|error| {
        Error::plain(format!("`{REPORT}` cannot be understood: {error}"), "run `avsikt parse` to make it anew")
    })?;
    if report.schema != report::model::SCHEMA {
        return Err(Error::plain(
            format!(
                "`{REPORT}` has the schema `{}`, and this program reads `{}`",
                report.schema,
                report::model::SCHEMA
            ),
            "run `avsikt parse` to make it anew",
        ));
    }
    for path in write(&workspace, &report)? {
        console.result(&workspace.shown(path));
    }
    Ok(ending(&report))
}

/// Writes every format but JSON, and tells where.
pub fn write(workspace: &Workspace, report: &Report) -> Result<[&'static str; 4]> {
    let failed = |error: report::WriteError| {
        Error::plain(error.to_string(), "this is a mistake in the program: please tell its makers, with `report.json`")
    };
    let pictures = Pictures::of(report, |path| workspace.read(&format!("{FOLDER}/{path}")).ok());
    let files: [(&'static str, Vec<u8>); 3] = [
        ("outbox/report/report.html", report::html(report, &pictures).map_err(failed)?.into_bytes()),
        ("outbox/report/report.xlsx", report::xlsx(report).map_err(failed)?),
        ("outbox/report/report.csv", report::csv(report)),
    ];
    for (path, bytes) in &files {
        workspace.write(path, bytes)?;
    }
    // Last, because it alone needs files of the workspace: without them the others are there.
    let sheet = report::pdf(report, &pictures);
    workspace.write(PDF, &render::report::typeset(workspace, sheet)?)?;
    let [html, xlsx, csv] = files.map(|(path, _)| path);
    Ok([PDF, html, xlsx, csv])
}
