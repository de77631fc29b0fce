//! `avsikt sent`: marks what was rendered as sent. From then on it is never replaced unasked, and reports are no drafts.

use clap::Args;
use jiff::civil::Date;

use super::console::Console;
use super::{Ending, Place, clock, outbox};
use crate::error::Result;

#[derive(Debug, Args)]
pub struct Sent {
    /// The day they were sent, as 2026-02-27; without, today (UTC)
    #[arg(long, value_name = "DATE")]
    date: Option<Date>,
}

pub fn sent(command: &Sent, place: &Place, console: &Console) -> Result<Ending> {
    let workspace = place.open()?;
    let campaign = place.load(&workspace, console)?;
    let day = match command.date {
        Some(day) => day,
        None => clock::today()?,
    };
    let (marked, all) = outbox::mark_as_sent(&workspace, &campaign, day)?;
    console.result(&match marked {
        0 => format!("{} marked as sent before; nothing to do", outbox::declarations(all)),
        _ => format!("{} marked as sent on {day}; they are not replaced any more", outbox::declarations(marked)),
    });
    Ok(Ending::Done)
}
