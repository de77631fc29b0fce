//! `avsikt render`: the declarations, and the manifest of what they are.

use std::collections::BTreeMap;
use std::num::NonZero;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use clap::Args;

use super::console::Console;
use super::outbox::{self, Batch};
use super::{Ending, Place, clock, preview};
use crate::campaign::Campaign;
use crate::error::{Error, Result};
use crate::manifest::Sent;
use crate::render::{self, Made, OUTBOX, Rendered, Renderer};
use crate::workspace::Workspace;

#[derive(Debug, Args)]
pub struct Render {
    /// Codes of the recipients to render; all without
    #[arg(value_name = "CODE")]
    codes: Vec<String>,
    /// Say what would differ from what was sent, page by page, and write nothing
    #[arg(long, conflicts_with = "replace")]
    check: bool,
    /// Replace declarations that are in the manifest by different ones
    #[arg(long)]
    replace: bool,
    /// Draw every page into outbox/preview as well
    #[arg(long, conflicts_with = "check")]
    png: bool,
    /// Draw one declaration, and again whenever a template changes; write nothing else
    #[arg(long, conflicts_with_all = ["png", "check", "replace", "jobs"])]
    watch: bool,
    /// Threads to render with; without, one for each core
    #[arg(long, value_name = "N")]
    jobs: Option<NonZero<usize>>,
}

pub fn render(command: &Render, place: &Place, console: &Console) -> Result<Ending> {
    if command.watch {
        return preview::watch(place, &command.codes, console);
    }
    let workspace = place.open()?;
    let campaign = place.load_to_render(&workspace, console)?;
    let indices = chosen(&campaign, &command.codes)?;
    let staging = if command.check { None } else { Some(workspace.staging(OUTBOX)?) };
    let finished = |one: &Rendered| {
        if command.png {
            // Before anything is decided, so that a look that may not be sent yet can be seen all the same.
            preview::draw(&workspace, one)?;
        }
        staging.iter().try_for_each(|staging| staging.put(&one.sent.file, &one.pdf))
    };
    let made = render_all(&workspace, &campaign, &indices, command.jobs, &finished, console)?;
    if command.png {
        made.sent.iter().for_each(|sent| console.result(&workspace.shown(&preview::folder(sent))));
    }
    let whole = command.codes.is_empty();
    let files: Vec<String> = made.sent.iter().map(|sent| workspace.shown(&sent.file)).collect();
    let batch = Batch { made, staging: staging.as_ref(), whole, replace: command.replace };
    if command.check {
        return outbox::check(&workspace, &campaign, &batch, console);
    }
    outbox::write(&workspace, &campaign, batch, console)?;
    files.iter().for_each(|file| console.result(file));
    Ok(Ending::Done)
}

fn chosen(campaign: &Campaign, codes: &[String]) -> Result<Vec<usize>> {
    if codes.is_empty() {
        return Ok((0..campaign.recipients.len()).collect());
    }
    let mut indices = codes.iter().map(|code| index_of(campaign, code)).collect::<Result<Vec<_>>>()?;
    indices.sort_unstable();
    indices.dedup();
    Ok(indices)
}

/// Which recipient has this code.
pub fn index_of(campaign: &Campaign, code: &str) -> Result<usize> {
    campaign.recipients.iter().position(|r| r.code.as_str() == code).ok_or_else(|| {
        Error::plain(
            format!("there is no recipient with the code `{code}`"),
            "the codes stand in recipients.yaml; without codes all declarations are rendered",
        )
    })
}

/// Renders with a thread for each core, or with as many as are asked for. The first is rendered alone, so that the others
/// find the shared pages laid out. `finished` takes each file as soon as it is there; of it, only what the manifest says is
/// kept, so memory does not grow with the files.
///
/// Threads of their own and no rayon: Typst uses rayon inside, and a rayon worker that waits for Typst would take up the
/// next document on top of the one it is at, without end.
pub fn render_all(
    workspace: &Workspace,
    campaign: &Campaign,
    indices: &[usize],
    jobs: Option<NonZero<usize>>,
    finished: &(dyn Fn(&Rendered) -> Result<()> + Sync),
    console: &Console,
) -> Result<Made> {
    let renderer = Renderer::new(workspace, campaign)?.dated(clock::source_date()?);
    let bar = console.progress("rendering", indices.len());
    let texts = Mutex::new(BTreeMap::new());
    let one = |index: usize| {
        let rendered = renderer.render(index)?;
        finished(&rendered)?;
        texts.lock().unwrap_or_else(PoisonError::into_inner).extend(rendered.texts);
        bar.inc(1);
        Ok::<Sent, Error>(rendered.sent)
    };
    let Some((first, rest)) = indices.split_first() else { return Ok(Made::default()) };
    let mut all = vec![(*first, one(*first)?)];
    let next = AtomicUsize::new(0);
    let work = || {
        let take = || rest.get(next.fetch_add(1, Ordering::Relaxed)).copied();
        std::iter::from_fn(take).map(|index| Ok((index, one(index)?))).collect::<Result<Vec<_>>>()
    };
    let threads = jobs.or_else(|| std::thread::available_parallelism().ok()).map_or(1, NonZero::get).min(rest.len());
    let parts: Vec<_> = std::thread::scope(|scope| {
        let started: Vec<_> = (0..threads).map(|_| scope.spawn(|| render::on_one_thread(work))).collect();
        started.into_iter().map(|thread| thread.join().unwrap_or_else(|panic| resume_unwind(panic))).collect()
    });
    bar.finish_and_clear();
    for part in parts {
        all.extend(part?);
    }
    all.sort_by_key(|(index, _)| *index);
    let sent = all.into_iter().map(|(_, sent)| sent).collect();
    Ok(Made { sent, texts: texts.into_inner().unwrap_or_else(PoisonError::into_inner) })
}
