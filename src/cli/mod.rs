//! The command line: what was typed becomes one command, and the exit status is decided in one place.
//!
//! Results go to standard output; problems, findings and progress go to standard error.
//!
//! | status | when |
//! | --- | --- |
//! | 0 | done |
//! | 1 | done, but something needs a person: a document is in review or was rejected; a sent declaration would differ |
//! | 2 | the command could not be carried out |

mod check;
mod clock;
mod console;
mod inspect;
mod new;
mod outbox;
mod parse;
mod preview;
mod render;
mod report;
mod run;
mod sent;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::campaign::{self, Campaign};
use crate::diagnostic::Problems;
use crate::error::{Error, Result};
use crate::render::compose::Composer;
use crate::render::proof;
use crate::workspace::Workspace;
use console::Console;

/// Send declarations of intent, read what comes back, and report who said what.
#[derive(Debug, Parser)]
#[command(
    name = "avsikt",
    version,
    after_help = "Exit status: 0 done; 1 done, but something needs a person; 2 not carried out."
)]
struct Cli {
    #[command(flatten)]
    place: Place,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check, render, parse and report in one go
    Run(run::Run),
    /// Read the campaign and print every problem at once
    Check,
    /// Render the declarations into outbox/declarations
    Render(render::Render),
    /// Mark the declarations as sent: they are drafts until then
    Sent(sent::Sent),
    /// Read everything in inbox and write outbox/report/report.json
    Parse(parse::Parse),
    /// Write the report as HTML, XLSX and CSV
    Report,
    /// Tell what a file says, layer by layer
    Inspect(inspect::Inspect),
    /// Start a campaign in a new folder
    New(new::New),
    /// Read one file after the other for another process
    #[command(hide = true)]
    Worker,
}

/// Where a command works: the same before and after the command's name.
#[derive(Debug, Clone, Args)]
pub struct Place {
    /// Folder with templates, inbox and outbox
    #[arg(long, value_name = "DIR", default_value = ".", global = true)]
    workspace: PathBuf,
    /// Campaign to work with, when templates holds several
    #[arg(long, value_name = "NAME", global = true)]
    campaign: Option<String>,
}

/// How a command that was carried out ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    Done,
    /// A document is in review or was rejected, or a sent declaration would differ now.
    NeedsAPerson,
}

/// Runs the program with the arguments of this process.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let console = Console::new();
    let place = &cli.place;
    let ending = match &cli.command {
        Command::Run(command) => run::run(command, place, &console),
        Command::Check => check::check(place, &console),
        Command::Render(command) => render::render(command, place, &console),
        Command::Sent(command) => sent::sent(command, place, &console),
        Command::Parse(command) => parse::parse(command, place, &console),
        Command::Report => report::report(place, &console),
        Command::Inspect(command) => inspect::inspect(command, place, &console),
        Command::New(command) => new::new(command, &console),
        Command::Worker => return crate::pdf::worker::serve(),
    };
    match ending {
        Ok(Ending::Done) => ExitCode::SUCCESS,
        Ok(Ending::NeedsAPerson) => ExitCode::from(1),
        Err(error) => {
            console.error(&error);
            ExitCode::from(2)
        }
    }
}

impl Place {
    fn open(&self) -> Result<Workspace> {
        Workspace::open(&self.workspace)
    }

    /// Loads the campaign and checks its texts; warnings are shown, errors end the command.
    fn load(&self, workspace: &Workspace, console: &Console) -> Result<Campaign> {
        Self::without_errors(self.checked(workspace, false)?, console)
    }

    /// The same, and makes a proof.
    fn load_to_render(&self, workspace: &Workspace, console: &Console) -> Result<Campaign> {
        Self::without_errors(self.checked(workspace, true)?, console)
    }

    fn without_errors((campaign, problems): (Option<Campaign>, Problems), console: &Console) -> Result<Campaign> {
        match campaign {
            Some(campaign) if !problems.has_errors() => {
                console.problems(&problems);
                Ok(campaign)
            }
            _ => Err(Error::Campaign(problems)),
        }
    }

    /// The campaign, as far as there is one, with every problem of its files and its texts; for commands that render, of its
    /// look as well.
    fn checked(&self, workspace: &Workspace, look: bool) -> Result<(Option<Campaign>, Problems)> {
        let mut loaded = campaign::load(workspace, self.campaign.as_deref())?;
        if let Some(campaign) = &loaded.campaign {
            let checked = Composer::new(campaign).check();
            let sound = !loaded.problems.has_errors() && !checked.problems.has_errors();
            loaded.problems.extend(checked.problems);
            // A proof of texts that are wrong would tell the same mistakes again.
            if look && sound {
                loaded.problems.extend(proof::proof(workspace, campaign, &checked.letters)?);
            }
            loaded.problems.sort();
        }
        Ok((loaded.campaign, loaded.problems))
    }
}
