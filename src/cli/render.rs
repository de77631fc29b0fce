//! `avsikt render`: the declarations, and the manifest of what they are.

use std::num::NonZero;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};

use clap::Args;

use super::console::Console;
use super::{Ending, Place, preview};
use crate::campaign::Campaign;
use crate::error::{Error, Result};
use crate::manifest::{self, Manifest};
use crate::render::{self, DECLARATIONS, Rendered, Renderer};
use crate::workspace::Workspace;

#[derive(Debug, Args)]
pub struct Render {
    /// Codes of the recipients to render; all without
    #[arg(value_name = "CODE")]
    codes: Vec<String>,
    /// Draw every page into outbox/preview as well
    #[arg(long)]
    png: bool,
    /// Draw one declaration, and again whenever a template changes; write nothing else
    #[arg(long, conflicts_with = "png")]
    watch: bool,
    #[command(flatten)]
    place: Place,
}

pub fn render(command: &Render, console: &Console) -> Result<Ending> {
    if command.watch {
        return preview::watch(&command.place, &command.codes, console);
    }
    let workspace = command.place.open()?;
    let campaign = command.place.load(&workspace, console)?;
    let indices = chosen(&campaign, &command.codes)?;
    let rendered = render_all(&workspace, &campaign, &indices, console)?;
    if command.png {
        // First, so that a look that may not be sent yet can be seen all the same.
        let bar = console.progress("drawing", rendered.len());
        for one in &rendered {
            let folder = preview::draw(&workspace, one)?;
            bar.inc(1);
            console.result(&workspace.shown(&folder));
        }
        bar.finish_and_clear();
    }
    let whole = indices.len() == campaign.recipients.len();
    write(&workspace, &campaign, &rendered, whole)?;
    for one in &rendered {
        console.result(&workspace.shown(&one.sent.file));
    }
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

/// Renders with a thread for each core. The first is rendered alone, so that the others find the shared pages laid out.
///
/// Threads of their own and no rayon: Typst uses rayon inside, and a rayon worker that waits for Typst would take up the
/// next document on top of the one it is at, without end.
pub fn render_all(
    workspace: &Workspace,
    campaign: &Campaign,
    indices: &[usize],
    console: &Console,
) -> Result<Vec<Rendered>> {
    let renderer = Renderer::new(workspace, campaign)?;
    let bar = console.progress("rendering", indices.len());
    let one = |index: usize| {
        let rendered = renderer.render(index);
        bar.inc(1);
        rendered
    };
    let Some((first, rest)) = indices.split_first() else { return Ok(Vec::new()) };
    let mut all = vec![(*first, one(*first)?)];
    let next = AtomicUsize::new(0);
    let work = || {
        let take = || rest.get(next.fetch_add(1, Ordering::Relaxed)).copied();
        std::iter::from_fn(take).map(|index| Ok((index, one(index)?))).collect::<Result<Vec<_>>>()
    };
    let threads = std::thread::available_parallelism().map_or(1, NonZero::get);
    let parts: Vec<_> = std::thread::scope(|scope| {
        let started: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        started.into_iter().map(|thread| thread.join().unwrap_or_else(|panic| resume_unwind(panic))).collect()
    });
    bar.finish_and_clear();
    for part in parts {
        all.extend(part?);
    }
    all.sort_by_key(|(index, _)| *index);
    Ok(all.into_iter().map(|(_, rendered)| rendered).collect())
}

/// Writes the declarations and, after them, the manifest. With all of them rendered, declarations that the manifest
/// before named and this one does not are removed; nothing else in the folder is touched.
pub fn write(workspace: &Workspace, campaign: &Campaign, rendered: &[Rendered], whole: bool) -> Result<Manifest> {
    let before = Manifest::load(workspace, &campaign.id, &campaign.key.fingerprint()).ok();
    let mut made = render::manifest(campaign, rendered);
    if !whole {
        made = merged(before.clone(), made, campaign);
    }
    for one in rendered {
        workspace.write(&one.sent.file, &one.pdf)?;
    }
    workspace.write(manifest::PATH, made.to_json().as_bytes())?;
    for gone in before.iter().flat_map(|m| &m.documents) {
        let inside = gone.file.starts_with(&format!("{DECLARATIONS}/")) && !gone.file.contains("..");
        if inside && !made.documents.iter().any(|kept| kept.file == gone.file) {
            workspace.remove_output(&gone.file)?;
        }
    }
    Ok(made)
}

/// Some declarations were rendered anew: the others stay as the manifest has them.
fn merged(before: Option<Manifest>, mut made: Manifest, campaign: &Campaign) -> Manifest {
    let Some(before) = before else { return made };
    let mut texts = before.texts;
    texts.append(&mut made.texts);
    let mut documents = Vec::new();
    for recipient in &campaign.recipients {
        let code = recipient.code.as_str();
        let of = |documents: &[manifest::Sent]| documents.iter().find(|d| d.recipient == code).cloned();
        documents.extend(of(&made.documents).or_else(|| of(&before.documents)));
    }
    texts.retain(|digest, _| documents.iter().flat_map(|d| &d.pages).any(|page| page.text == *digest));
    Manifest { texts, documents, ..made }
}
