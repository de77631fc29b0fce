//! `avsikt new DIR`: a fresh workspace with a small, commented campaign that renders at once, and a fresh key.

use std::path::PathBuf;

use clap::Args;

use super::Ending;
use super::console::Console;
use crate::error::{Error, Result};
use crate::token::CampaignKey;
use crate::workspace::Workspace;

/// The example's folder in a new workspace.
const CAMPAIGN: &str = "templates/exempel";

#[derive(Debug, Args)]
pub struct New {
    /// Folder to make
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
}

/// Every file of a new workspace but the key.
const FILES: &[(&str, &[u8])] = &[
    ("templates/style/declaration.typ", include_bytes!("../../templates/style/declaration.typ")),
    ("templates/style/report.typ", include_bytes!("../../templates/style/report.typ")),
    ("templates/style/fonts/OFL.md", include_bytes!("../../templates/style/fonts/OFL.md")),
    ("templates/style/fonts/SourceSans3-Bold.ttf", include_bytes!("../../templates/style/fonts/SourceSans3-Bold.ttf")),
    ("templates/style/fonts/SourceSans3-It.ttf", include_bytes!("../../templates/style/fonts/SourceSans3-It.ttf")),
    (
        "templates/style/fonts/SourceSans3-Regular.ttf",
        include_bytes!("../../templates/style/fonts/SourceSans3-Regular.ttf"),
    ),
    (
        "templates/style/fonts/SourceSans3-Semibold.ttf",
        include_bytes!("../../templates/style/fonts/SourceSans3-Semibold.ttf"),
    ),
    ("templates/exempel/campaign.yaml", include_bytes!("new/campaign.yaml")),
    ("templates/exempel/declaration.yaml", include_bytes!("new/declaration.yaml")),
    ("templates/exempel/recipients.yaml", include_bytes!("new/recipients.yaml")),
    ("templates/exempel/prices.yaml", include_bytes!("new/prices.yaml")),
    ("inbox/.gitkeep", b""),
];

pub fn new(command: &New, console: &Console) -> Result<Ending> {
    let key = CampaignKey::random().map_err(|error| {
        Error::plain(
            format!("this system gives no random numbers for the campaign's key: {error}"),
            "try again, or on another machine",
        )
    })?;
    let workspace = Workspace::create(&command.folder)?;
    for (path, bytes) in FILES {
        workspace.write(path, bytes)?;
    }
    workspace.write_private(&format!("{CAMPAIGN}/campaign.key"), key_file(&key).as_bytes())?;
    for line in welcome(&command.folder.display().to_string()) {
        console.result(&line);
    }
    Ok(Ending::Done)
}

/// What was made, and what to do next, in that order.
fn welcome(folder: &str) -> Vec<String> {
    let quoted = if folder.contains(char::is_whitespace) { format!("\"{folder}\"") } else { folder.to_owned() };
    let mut lines = vec![format!("made {folder} with an example campaign in {CAMPAIGN}:"), String::new()];
    lines.extend(GUIDE.iter().map(|(file, what)| format!("  {file:<18}{what}")));
    lines.extend([
        String::new(),
        "next:".into(),
        format!("  cd {quoted}"),
        "  avsikt check      every mistake at once, with its place; run it after each change".into(),
        "  avsikt render     the declarations, in outbox/declarations".into(),
        "  avsikt sent       when you have sent them: from then on they are not replaced".into(),
        "  avsikt run        everything: reads what has come into inbox, and reports".into(),
    ]);
    lines
}

/// The campaign's files, in the order in which a person edits them.
const GUIDE: &[(&str, &str)] = &[
    ("campaign.yaml", "title, sender, dates, colours"),
    ("recipients.yaml", "who gets a declaration"),
    ("declaration.yaml", "the text and the form"),
    ("prices.yaml", "amounts; take it out if there are none"),
    ("campaign.key", "proves which returns are yours: keep it secret, and keep a copy"),
];

fn key_file(key: &CampaignKey) -> String {
    format!(
        "# The campaign's key: it proves which returned documents are yours. Keep it secret, and keep a copy;\n\
         # without it, returns cannot be recognised.\n{}\n",
        key.to_hex()
    )
}
