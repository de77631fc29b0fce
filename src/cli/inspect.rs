//! `avsikt inspect FILE…`: what does this file say? For people, or as JSON lines for scripts.

use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;

use super::console::Console;
use super::parse::Locked;
use super::{Ending, Place};
use crate::answer::document::{DigitalSignature, Document, Outcome, Reconciled, SignedBy, Status};
use crate::answer::evidence::{Evidence, Subject};
use crate::answer::needs::Needs;
use crate::answer::reading::{Reading, Seen};
use crate::answer::understand;
use crate::error::{Error, Result};
use crate::ids::FieldName;
use crate::inbox;
use crate::manifest::Manifest;
use crate::read::{self, Campaigner, Pictures};
use crate::spot::Spot;
use crate::workspace;

/// How much of a file's digest names its pictures.
const DIGEST: usize = 12;
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
    /// Draw each page that was looked at into this folder: its places, glyphs, ink and differences
    #[arg(long, value_name = "DIR")]
    explain: Option<PathBuf>,
    #[command(flatten)]
    locked: Locked,
}

#[derive(Serialize)]
struct Line<'d> {
    schema: &'static str,
    #[serde(flatten)]
    document: &'d Document,
}

pub fn inspect(command: &Inspect, place: &Place, console: &Console) -> Result<Ending> {
    let workspace = place.open()?;
    let campaign = place.load(&workspace, console)?;
    let manifest = Manifest::load(&workspace, &campaign.id, &campaign.key.fingerprint())?;
    let against = Campaigner { manifest: &manifest, key: &campaign.key, workspace: &workspace };
    let needs = Needs::of(&campaign);
    let pool = command.locked.pool(&workspace)?;
    let mut ending = Ending::Done;
    if let Some(missing) = command.files.iter().find(|file| !file.is_file()) {
        return Err(Error::plain(format!("there is no file `{}`", missing.display()), "check the name"));
    }
    for (at, file) in command.files.iter().enumerate() {
        let pictures = if command.explain.is_some() { Pictures::Pages } else { Pictures::None };
        for (part, evidence) in
            read::read(&inbox::parcel(&workspace, file), &against, &pool, pictures)?.into_iter().enumerate()
        {
            if let Some(folder) = &command.explain {
                explain(folder, &evidence, console)?;
            }
            let (document, _) = understand(evidence, &manifest, &needs);
            if document.outcome != Outcome::Answer {
                ending = Ending::NeedsAPerson;
            }
            if command.json {
                let line = Line { schema: SCHEMA, document: &document };
                console.result(&serde_json::to_string(&line).expect("a document is plain data"));
                continue;
            }
            if at + part > 0 {
                console.result("");
            }
            for line in for_people(&document) {
                console.result(&line);
            }
        }
    }
    Ok(ending)
}

/// Writes what was compared on each page, as `DIGEST-page-N.png`.
fn explain(folder: &Path, evidence: &Evidence, console: &Console) -> Result<()> {
    let Subject::Declaration(seen) = &evidence.subject else { return Ok(()) };
    let digest = evidence.source.sha256.get(..DIGEST).unwrap_or_default();
    for drawn in &seen.drawn.pages {
        let path = folder.join(format!("{digest}-page-{}.png", drawn.page));
        workspace::write_private(&path, &drawn.png)?;
        let laid = drawn.registration.map(|laid| {
            let (scale, turned, off) = (laid.scale * 100.0, u32::from(laid.turns) * 90, laid.residual_mm);
            let (known, foreign) = (laid.explained * 100.0, laid.foreign * 100.0);
            format!(": laid over at {scale:.1} %, turned by {turned}°, {off:.2} mm off; {known:.1} % of the ink found again, {foreign:.1} % is new")
        });
        console.note(&format!("drew {}{}", path.display(), laid.unwrap_or_default()));
    }
    Ok(())
}

fn for_people(document: &Document) -> Vec<String> {
    let mut lines = vec![
        document.part.as_ref().map_or(document.path.clone(), |part| format!("{}, {part}", document.path)),
        format!("  outcome    {}", name(document.outcome)),
        format!("  recipient  {}", document.recipient.as_deref().unwrap_or("unknown")),
        format!("  identity   {} ({})", name(document.identity.status), document.identity.by.join(", ")),
        format!("  choice     {}", said(&document.choice)),
    ];
    lines.extend(evidence_of(document, |field| !document.fields.contains_key(field)));
    for (field, reconciled) in document.fields.iter().filter(|(_, field)| is_something(field)) {
        lines.push(format!("  {field:<20} {}", said(reconciled)));
        lines.extend(evidence_of(document, |other| other == field));
    }
    for (word, status) in [("empty", Status::Empty), ("unread", Status::Unread)] {
        let such = document.fields.iter().filter(|(_, field)| field.status == status);
        let names: Vec<&str> = such.map(|(name, _)| name.as_str()).collect();
        if !names.is_empty() {
            lines.push(format!("  {word:<10} {}", names.join(", ")));
        }
    }
    if document.recipient.is_some() {
        lines.push(format!("  signed     {}", signed(document.signature.by)));
    }
    for signature in &document.signature.digital {
        lines.push(format!("  signature in `{}`: {}", signature.field, signature.bottom_line));
        let DigitalSignature { signer, organisation, time, algorithm, .. } = signature;
        let said: Vec<&str> =
            [signer, organisation, time, algorithm].into_iter().flatten().map(String::as_str).collect();
        if !said.is_empty() {
            let proved = if signature.time_proved { " (the time is proved by a timestamp)" } else { "" };
            lines.push(format!("      by its certificate {}{proved}", said.join(", ")));
        }
    }
    for finding in &document.findings {
        let place = place(&finding.spot);
        lines.push(format!("  {}: {} [{}{place}]", name(finding.severity), finding.message, finding.code.name()));
    }
    lines
}

fn signed(by: SignedBy) -> &'static str {
    match by {
        SignedBy::Hand => "by hand",
        SignedBy::Digital => "digitally",
        SignedBy::None => "no",
        SignedBy::Unread => "not known",
    }
}

fn is_something(field: &Reconciled) -> bool {
    !matches!(field.status, Status::Empty | Status::Unread)
}

/// What each layer saw of some fields, a line a reading.
fn evidence_of(document: &Document, wanted: impl Fn(&FieldName) -> bool) -> Vec<String> {
    let line = |reading: &Reading| {
        let seen = match &reading.seen {
            Seen::Marks(marks) if marks.is_empty() => "no box marked".to_owned(),
            Seen::Marks(marks) => format!("marked: {}", marks.join(", ")),
            Seen::Text(text) => format!("\u{201c}{}\u{201d}", on_one_line(text)),
            Seen::Shown(text) => format!("draws \u{201c}{}\u{201d}", on_one_line(text)),
            Seen::Ink => "something is written".to_owned(),
            Seen::Blank => "nothing is written".to_owned(),
            Seen::Untouched => "untouched".to_owned(),
        };
        let raw = reading.raw.as_deref().map(|raw| format!(" [{}]", on_one_line(raw))).unwrap_or_default();
        let doubt = reading.doubt.map(|doubt| format!("; in doubt: {}", doubt.why())).unwrap_or_default();
        format!("      {:<12} {seen}{raw}{doubt}{}", reading.layer.name(), place(&reading.spot))
    };
    document.evidence.iter().filter(|reading| wanted(&reading.field)).map(line).collect()
}

/// `, page 3`, and which page as it was sent that is, where that is another.
fn place(spot: &Spot) -> String {
    match (spot.page, spot.sent_page) {
        (Some(page), Some(sent_page)) if page.number() != sent_page.number() => {
            format!(", page {page} (sent as page {sent_page})")
        }
        (Some(page), _) => format!(", page {page}"),
        _ => String::new(),
    }
}

/// Line breaks are shown as such; nothing that a terminal could obey is left.
fn on_one_line(text: &str) -> String {
    text.replace('\n', " ⏎ ").chars().filter(|c| !c.is_control()).collect()
}

/// A value with its status and the layers that gave it; line breaks are shown as such.
fn said(reconciled: &Reconciled) -> String {
    let value = reconciled.value.clone().unwrap_or_else(|| reconciled.candidates.join(" | "));
    let value = on_one_line(&value);
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
