//! `avsikt parse`: reads everything in the inbox and writes the report's model.

use std::num::NonZero;
use std::path::PathBuf;

use clap::Args;
use rayon::prelude::*;

use super::console::Console;
use super::{Ending, Place};
use crate::answer::collect::{Arrived, collect};
use crate::answer::needs::Needs;
use crate::answer::{Crop, understand};
use crate::campaign::Campaign;
use crate::error::{Error, Result};
use crate::inbox;
use crate::manifest::Manifest;
use crate::pdf::passwords::Passwords;
use crate::pdf::worker::Pool;
use crate::read::recognise::Recogniser;
use crate::read::{self, Campaigner, Pictures, trust};
use crate::report::{self, build, model::Report};
use crate::workspace::{self, Workspace};

/// Where the report is written.
pub const REPORT: &str = "outbox/report/report.json";
const REPORTS: &str = "outbox/report";
/// Where the pictures of returns are written.
const CROPS: &str = "outbox/report/crops";

#[derive(Debug, Args)]
pub struct Parse {
    #[command(flatten)]
    pub locked: Locked,
    #[command(flatten)]
    pub help: Help,
}

/// How returns are opened that need a password.
#[derive(Debug, Args)]
pub struct Locked {
    /// Text file with passwords for returns that need one, a password a line
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
}

/// What is done beside reading.
#[derive(Debug, Args)]
pub struct Help {
    /// Have `tesseract`, where it is installed, suggest what handwriting on paper says
    #[arg(long)]
    suggest_text: bool,
}

pub fn parse(command: &Parse, place: &Place, console: &Console) -> Result<Ending> {
    let workspace = place.open()?;
    let campaign = place.load(&workspace, console)?;
    let report = parse_all(&workspace, &campaign, (&command.locked, &command.help), console)?;
    console.result(&workspace.shown(REPORT));
    Ok(ending(&report))
}

/// Reads the inbox and writes `report.json`.
pub fn parse_all(
    workspace: &Workspace,
    campaign: &Campaign,
    (locked, help): (&Locked, &Help),
    console: &Console,
) -> Result<Report> {
    let manifest = Manifest::load(workspace, &campaign.id, &campaign.key.fingerprint())?;
    refuse_other_amounts(campaign, &manifest)?;
    let entries = inbox::entries(workspace)?;
    let files = entries.len();
    let needs = Needs::of(campaign);
    let pool = locked.pool(workspace)?;
    let recogniser = help.recogniser(campaign)?;
    let against = Campaigner { manifest: &manifest, key: &campaign.key, workspace };
    let bar = console.progress("reading", files);
    let read: Vec<Vec<(Arrived, Vec<String>)>> = entries
        .par_iter()
        .map(|entry| {
            let parcel = entry.open(workspace);
            let mut documents = Vec::new();
            for mut evidence in read::read(&parcel, &against, &pool, Pictures::Fields)? {
                if let Some(recogniser) = &recogniser {
                    recogniser.suggest(&mut evidence, &manifest);
                }
                let (document, crops) = understand(evidence, &manifest, &needs);
                let written = write_crops(workspace, &crops)?;
                documents.push((Arrived { document, received: parcel.received.clone() }, written));
            }
            bar.inc(1);
            Ok(documents)
        })
        .collect::<Result<_>>()?;
    bar.finish_and_clear();
    let (arrived, crops): (Vec<Arrived>, Vec<Vec<String>>) = read.into_iter().flatten().unzip();
    let (settled, recipients) = collect(arrived, &campaign.deadline.to_string(), campaign.late);
    let report = build::build(campaign, settled, &recipients, files, manifest.is_draft());
    workspace.write(REPORT, report::json(&report).as_bytes())?;
    remove_other_crops(workspace, &crops.concat())?;
    Ok(report)
}

/// Writes the crops of a return; gives their paths.
fn write_crops(workspace: &Workspace, crops: &[Crop]) -> Result<Vec<String>> {
    let write = |crop: &Crop| {
        let path = format!("{REPORTS}/{}", crop.file);
        workspace.write_private(&path, &crop.png)?;
        Ok(path)
    };
    crops.iter().map(write).collect()
}

/// Crops of an earlier reading that the report does not speak of any more.
fn remove_other_crops(workspace: &Workspace, kept: &[String]) -> Result<()> {
    let files = workspace.files(CROPS)?.into_iter().map(|name| format!("{CROPS}/{name}"));
    for file in files.filter(|file| file.ends_with(".png") && !kept.contains(file)) {
        workspace.remove_output(&file)?;
    }
    Ok(())
}

/// What was offered stands in the manifest. A campaign whose recipients or prices have changed since would count other
/// amounts than those that were answered.
fn refuse_other_amounts(campaign: &Campaign, manifest: &Manifest) -> Result<()> {
    let offered = |index: usize| campaign.prices.as_ref().map(|prices| prices.commitment(index));
    for (index, recipient) in campaign.recipients.iter().enumerate() {
        let sent = manifest.sent_to(recipient.code.as_str());
        if sent.is_none_or(|sent| sent.commitment != offered(index)) {
            return Err(Error::plain(
                format!("the campaign is not the one that was rendered: {} has another amount or none", recipient.name),
                "undo the change in the campaign's files; or, if nothing has been sent, run `avsikt render`",
            ));
        }
    }
    Ok(())
}

impl Help {
    fn recogniser(&self, campaign: &Campaign) -> Result<Option<Recogniser>> {
        let found = self.suggest_text.then(|| Recogniser::find(&campaign.language)).transpose();
        found.map_err(|why| {
            Error::plain(
                format!("no text can be suggested: {why}"),
                "install `tesseract` with the data for the campaign's language, or leave `--suggest-text` out",
            )
        })
    }
}

impl Locked {
    /// As many workers as cores, with the passwords and the certificates that the office trusts: each reads one file at a time.
    pub fn pool(&self, workspace: &Workspace) -> Result<Pool> {
        let passwords = self.passwords()?;
        let program = std::env::current_exe().map_err(|source| {
            Error::plain(
                format!("the program cannot find itself to read files in a process of their own: {source}"),
                "start it by its full path",
            )
        })?;
        let workers = std::thread::available_parallelism().map_or(1, NonZero::get);
        Ok(Pool::new(program, workers).with_passwords(passwords).trusting(trust::roots(workspace)?))
    }

    fn passwords(&self) -> Result<Passwords> {
        let Some(path) = &self.password_file else { return Ok(Passwords::default()) };
        let refused = |what: String, next: &str| Error::plain(format!("`{}` {what}", path.display()), next);
        let text = String::from_utf8(workspace::read(path)?)
            .map_err(|_| refused("is not a text file in UTF-8".into(), "save it as plain text in UTF-8"))?;
        Passwords::of_lines(&text).ok_or_else(|| {
            let most = Passwords::MOST;
            refused(format!("has more than {most} passwords"), "keep those that the locked returns need")
        })
    }
}

pub fn ending(report: &Report) -> Ending {
    if build::needs_a_person(report) { Ending::NeedsAPerson } else { Ending::Done }
}
