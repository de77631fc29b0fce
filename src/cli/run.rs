//! `avsikt run`: check, render, parse and report in one go.

use clap::Args;

use super::console::Console;
use super::outbox::{self, Batch};
use super::{Ending, Place, parse, render, report};
use crate::answer::document::Fate;
use crate::campaign::Campaign;
use crate::error::Result;
use crate::render::{OUTBOX, Rendered};
use crate::report::model::Report;
use crate::workspace::Workspace;

#[derive(Debug, Args)]
pub struct Run {
    /// Replace declarations that are in the manifest by different ones
    #[arg(long)]
    replace: bool,
    #[command(flatten)]
    locked: parse::Locked,
    #[command(flatten)]
    help: parse::Help,
}

pub fn run(command: &Run, place: &Place, console: &Console) -> Result<Ending> {
    let workspace = place.open()?;
    let campaign = place.load_to_render(&workspace, console)?;
    let indices: Vec<usize> = (0..campaign.recipients.len()).collect();
    let staging = workspace.staging(OUTBOX)?;
    let finished = |one: &Rendered| staging.put(&one.sent.file, &one.pdf);
    let made = render::render_all(&workspace, &campaign, &indices, None, &finished, console)?;
    let batch = Batch { made, staging: Some(&staging), whole: true, replace: command.replace };
    outbox::write(&workspace, &campaign, batch, console)?;
    let report = parse::parse_all(&workspace, &campaign, (&command.locked, &command.help), console)?;
    report::write(&workspace, &report)?;
    for line in summary(&workspace, &campaign, &report) {
        console.result(&line);
    }
    Ok(parse::ending(&report))
}

/// What a person wants to know at once: how it stands, and where to look.
fn summary(workspace: &Workspace, campaign: &Campaign, report: &Report) -> Vec<String> {
    let totals = &report.totals;
    let path = |relative: &str| workspace.shown(relative);
    let count = |choice: &str| totals.by_choice.get(choice).copied().unwrap_or_default();
    let options = &campaign.declaration.form.choice.options;
    let choices: Vec<String> = options.iter().map(|o| format!("{} {}", count(&o.value), o.value)).collect();
    let mut lines = vec![
        format!("rendered  {} declarations in {}", campaign.recipients.len(), path(crate::render::DECLARATIONS)),
        format!(
            "read      {} files: {} used, {} superseded, {} duplicate, {} in review, {} rejected",
            report.accounting.files,
            report.accounting.used,
            report.accounting.superseded,
            report.accounting.duplicate,
            report.accounting.review,
            report.accounting.rejected,
        ),
        format!("answers   {}, {} in review, {} missing", choices.join(", "), totals.review, totals.missing),
        format!("report    {} and report.html", path("outbox/report/report.pdf")),
    ];
    if report.campaign.draft {
        lines
            .push("draft     these declarations are not marked as sent; when they have been, run `avsikt sent`".into());
    }
    let held: Vec<_> =
        report.documents.iter().filter(|d| matches!(d.document.outcome, Fate::Review | Fate::Rejected)).collect();
    if !held.is_empty() {
        lines.push(String::new());
        lines.push("a person must look at:".into());
    }
    for document in held {
        // The codes tell why without repeating what a form says about persons.
        let codes: Vec<&str> =
            document.document.findings.iter().filter(|f| f.holds_back()).map(|f| f.code.name()).collect();
        let part = document.document.part.as_ref().map_or(String::new(), |part| format!(", {part}"));
        lines.push(format!("  {}{part}  ({})", document.document.path, codes.join(", ")));
    }
    lines
}
