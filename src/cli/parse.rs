//! `avsikt parse`: reads everything in the inbox and writes the report's model.

use std::num::NonZero;

use rayon::prelude::*;

use super::console::Console;
use super::{Ending, Place};
use crate::answer::collect::{Arrived, collect};
use crate::campaign::Campaign;
use crate::error::{Error, Result};
use crate::inbox;
use crate::manifest::Manifest;
use crate::pdf::worker::Pool;
use crate::read::{self, Campaigner};
use crate::report::{self, build, model::Report};
use crate::workspace::Workspace;

/// Where the report is written.
pub const REPORT: &str = "outbox/report/report.json";

pub fn parse(place: &Place, console: &Console) -> Result<Ending> {
    let workspace = place.open()?;
    let campaign = place.load(&workspace, console)?;
    let report = parse_all(&workspace, &campaign, console)?;
    console.result(&workspace.shown(REPORT));
    Ok(ending(&report))
}

/// Reads the inbox and writes `report.json`.
pub fn parse_all(workspace: &Workspace, campaign: &Campaign, console: &Console) -> Result<Report> {
    let manifest = Manifest::load(workspace, &campaign.id, &campaign.key.fingerprint())?;
    let parcels = inbox::parcels(workspace)?;
    let files = parcels.len();
    let pool = pool()?;
    let against = Campaigner { manifest: &manifest, key: &campaign.key };
    let bar = console.progress("reading", files);
    let arrived: Vec<Arrived> = parcels
        .into_par_iter()
        .map(|parcel| {
            let document = read::read(&parcel, &against, &pool);
            bar.inc(1);
            Arrived { document, received: parcel.received }
        })
        .collect();
    bar.finish_and_clear();
    let (settled, recipients) = collect(arrived, &campaign.deadline.to_string());
    let report = build::build(campaign, settled, &recipients, files);
    workspace.write(REPORT, report::json(&report).as_bytes())?;
    Ok(report)
}

/// As many workers as cores: each reads one file at a time.
pub fn pool() -> Result<Pool> {
    let program = std::env::current_exe().map_err(|source| {
        Error::plain(
            format!("the program cannot find itself to read files in a process of their own: {source}"),
            "start it by its full path",
        )
    })?;
    let workers = std::thread::available_parallelism().map_or(1, NonZero::get);
    Ok(Pool::new(program, workers))
}

pub fn ending(report: &Report) -> Ending {
    if build::needs_a_person(report) { Ending::NeedsAPerson } else { Ending::Done }
}
