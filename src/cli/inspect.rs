//! `avsikt inspect FILE…`: what does this file say? For people, or as JSON lines for scripts.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use super::console::Console;
use super::parse::Locked;
use super::{Ending, Place};
use crate::answer::document::{Document, Outcome, Reconciled, Status};
use crate::error::{Error, Result};
use crate::inbox;
use crate::manifest::Manifest;
use crate::read::{self, Campaigner};

/// The name and version of the shape of a line.
const SCHEMA: &str = "avsikt/inspect/1";

#[derive(Debug, Args)]
pub struct Inspect {
    /// Files to look at
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// Print one JSON object a line
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    locked: Locked,
}

#[derive(Serialize)]
struct Line<'d> {
    schema: &'static str,
    #[serde(flatten)]
    document: &'d Document,
}

pub fn inspect(command: &Inspect, console: &Console) -> Result<Ending> {
    let workspace = command.place.open()?;
    let campaign = command.place.load(&workspace, console)?;
    let manifest = Manifest::load(&workspace, &campaign.id, &campaign.key.fingerprint())?;
    let against = Campaigner { manifest: &manifest, key: &campaign.key, workspace: &workspace };
    let pool = command.locked.pool()?;
    let mut ending = Ending::Done;
    if let Some(missing) = command.files.iter().find(|file| !file.is_file()) {
        return Err(Error::plain(format!("there is no file `{}`", missing.display()), "check the name"));
    }
    for (at, file) in command.files.iter().enumerate() {
        let document = read::read(&inbox::parcel(&workspace, file), &against, &pool)?;
        if document.outcome != Outcome::Answer {
            ending = Ending::NeedsAPerson;
        }
        if command.json {
            let line = Line { schema: SCHEMA, document: &document };
            console.result(&serde_json::to_string(&line).expect("a document is plain data"));
        } else {
            if at > 0 {
                console.result("");
            }
            for line in for_people(&document) {
                console.result(&line);
            }
        }
    }
    Ok(ending)
}

fn for_people(document: &Document) -> Vec<String> {
    let mut lines = vec![
        document.path.clone(),
        format!("  outcome    {}", name(document.outcome)),
        format!("  recipient  {}", document.recipient.as_deref().unwrap_or("unknown")),
        format!("  identity   {} ({})", name(document.identity.status), document.identity.by.join(", ")),
        format!("  choice     {}", said(&document.choice)),
    ];
    for (field, reconciled) in &document.fields {
        if reconciled.status != Status::Empty {
            lines.push(format!("  {field:<20} {}", said(reconciled)));
        }
    }
    for signature in &document.signature.digital {
        lines.push(format!("  signature in `{}`: {}", signature.field, signature.bottom_line));
    }
    for finding in &document.findings {
        let page = finding.page.map(|page| format!(", page {page}")).unwrap_or_default();
        lines.push(format!("  {}: {} [{}{page}]", name(finding.severity), finding.message, finding.code.name()));
    }
    lines
}

/// A value with its status and the layers that gave it; line breaks are shown as such.
fn said(reconciled: &Reconciled) -> String {
    let value = reconciled.value.clone().unwrap_or_else(|| reconciled.candidates.join(" | "));
    let value: String = value.replace('\n', " ⏎ ").chars().filter(|c| !c.is_control()).collect();
    let status = name(reconciled.status);
    format!("{value} ({status}; {})", reconciled.layers.join(", ")).trim_start().to_owned()
}

/// The name that a plain enumeration's value has in files.
fn name(value: impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(name)) => name,
        _ => String::new(),
    }
}
