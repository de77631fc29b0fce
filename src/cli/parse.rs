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
    refuse_other_amounts(campaign, &manifest)?;
    let entries = inbox::entries(workspace)?;
    let files = entries.len();
    let pool = pool()?;
    let against = Campaigner { manifest: &manifest, key: &campaign.key, workspace };
    let bar = console.progress("reading", files);
    let arrived: Vec<Arrived> = entries
        .par_iter()
        .map(|entry| {
            let parcel = entry.open(workspace);
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

/// What was offered stands in the manifest. A campaign whose recipients or prices have changed since would count other
/// amounts than those that were answered.
fn refuse_other_amounts(campaign: &Campaign, manifest: &Manifest) -> Result<()> {
    let offered = |index: usize| campaign.prices.as_ref().map(|prices| prices.commitment(index));
    for (index, recipient) in campaign.recipients.iter().enumerate() {
        let sent = manifest.sent_to(recipient.code.as_str());
        if sent.is_none_or(|sent| sent.commitment != offered(index)) {
            return Err(Error::plain(
                format!("the campaign is not the one that was sent: {} has another amount or none", recipient.name),
                "undo the change in the campaign's files; or, if nothing has been sent, run `avsikt render`",
            ));
        }
    }
    Ok(())
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
