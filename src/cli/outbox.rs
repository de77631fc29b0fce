//! The outbox: what rendering would change there, what it refuses to change, and the order in which it writes.
//!
//! A draft is rendered over freely. A declaration that is marked as sent is never replaced by a different one unless the person
//! says so. Rendering is deterministic: equal bytes are no replacement, and a run that was stopped is simply run again.
//!
//! Files are finished in a staging folder. They are moved to their places when all are there and may be written, and the
//! manifest after them: until the last file is there, it says what was sent before. Files that have left the manifest are
//! removed last.

use jiff::civil::Date;

use super::Ending;
use super::console::Console;
use crate::campaign::Campaign;
use crate::error::{Error, Result};
use crate::manifest::{self, Manifest, Sent};
use crate::render::changes::{Difference, difference};
use crate::render::{self, DECLARATIONS, Made};
use crate::token;
use crate::workspace::{Staging, Workspace};

/// How many declarations a refusal names.
const NAMED: usize = 12;

/// What was rendered, and how it is to be written.
pub struct Batch<'r> {
    pub made: Made,
    /// Where the finished files wait; none where nothing is to be written.
    pub staging: Option<&'r Staging>,
    /// All recipients were rendered, so the manifest holds nobody else.
    pub whole: bool,
    /// Declarations that were sent may become different ones.
    pub replace: bool,
}

/// What the manifest says before anything is written.
enum Before {
    Nothing,
    Sent(Manifest),
    /// There is one that says nothing about this campaign: why, in the loader's words.
    Foreign(String),
}

/// Writes the declarations and, after them, the manifest.
///
/// # Errors
/// When a declaration that was sent would become a different one, or would go, and `replace` is not said;
/// nothing has been written then. Or when a file cannot be written.
pub fn write(workspace: &Workspace, campaign: &Campaign, batch: Batch<'_>, console: &Console) -> Result<Manifest> {
    let before = match before(workspace, campaign)? {
        Before::Foreign(why) if !batch.replace => return Err(foreign(&why)),
        Before::Sent(manifest) => Some(manifest),
        Before::Nothing | Before::Foreign(_) => None,
    };
    // Only what was sent: a draft may change and go.
    let mut changed = before.as_ref().map(|before| differences(before, &batch.made)).unwrap_or_default();
    changed.retain(|found| {
        before.as_ref().and_then(|before| before.sent_to(&found.recipient)).is_some_and(|was| !was.draft)
    });
    let mut gone = before.as_ref().filter(|_| batch.whole).map(|before| gone(before, campaign)).unwrap_or_default();
    gone.retain(|was| !was.draft);
    let differs = !changed.is_empty() || !gone.is_empty();
    if differs && !batch.replace {
        return Err(refusal(&changed, &gone));
    }
    if let Some(staging) = batch.staging {
        batch.made.sent.iter().try_for_each(|sent| staging.settle(&sent.file))?;
    }
    let mut made = render::manifest(campaign, batch.made);
    if let Some(before) = &before {
        keep_marks(before, &mut made);
        if !batch.whole {
            made = merged(before, made, campaign);
        }
    }
    workspace.write_where_different(manifest::PATH, |out| made.write_json(out))?;
    for old in before.iter().flat_map(|manifest| &manifest.documents) {
        let inside = old.file.starts_with(&format!("{DECLARATIONS}/")) && !old.file.contains("..");
        if inside && !made.documents.iter().any(|kept| kept.file == old.file) {
            workspace.remove_output(&old.file)?;
        }
    }
    tell_of_replaced(&changed, &gone, console);
    Ok(made)
}

/// Says what would be different from what was sent, without writing. Exit status 1 when anything would.
///
/// # Errors
/// When there is no manifest of this campaign, or a file cannot be read.
pub fn check(workspace: &Workspace, campaign: &Campaign, batch: &Batch<'_>, console: &Console) -> Result<Ending> {
    let before = Manifest::load(workspace, &campaign.id, &campaign.key.fingerprint())?;
    let mut lines: Vec<String> = Vec::new();
    for now in &batch.made.sent {
        match before.sent_to(&now.recipient) {
            None => lines.push(format!("{} {}: new, not in the manifest", now.recipient, now.name)),
            Some(was) => {
                lines.extend(difference(was, now).map(|found| found.to_string()));
                if was.file != now.file {
                    lines.push(format!("{} {}: the file would be called `{}`", now.recipient, now.name, now.file));
                }
                lines.extend(file_problem(workspace, was)?);
            }
        }
    }
    if batch.whole {
        for sent in gone(&before, campaign) {
            lines.push(format!("{} {}: in the manifest, and no recipient any more", sent.recipient, sent.name));
            lines.extend(file_problem(workspace, sent)?);
        }
    }
    for line in &lines {
        console.result(line);
    }
    if lines.is_empty() {
        let known = if before.is_draft() { "rendered" } else { "sent" };
        console.result(&format!("{} as {known}", declarations(batch.made.sent.len())));
        return Ok(Ending::Done);
    }
    Ok(Ending::NeedsAPerson)
}

/// What is the matter with a file of the outbox that the manifest names.
fn file_problem(workspace: &Workspace, sent: &Sent) -> Result<Option<String>> {
    let shown = workspace.shown(&sent.file);
    if !workspace.exists(&sent.file) {
        return Ok(Some(format!("{shown}: missing")));
    }
    let same = token::sha256(&workspace.read(&sent.file)?) == sent.sha256;
    Ok((!same).then(|| format!("{shown}: changed since it was rendered")))
}

fn before(workspace: &Workspace, campaign: &Campaign) -> Result<Before> {
    if !workspace.exists(manifest::PATH) {
        return Ok(Before::Nothing);
    }
    match Manifest::load(workspace, &campaign.id, &campaign.key.fingerprint()) {
        Ok(manifest) => Ok(Before::Sent(manifest)),
        Err(Error::Plain { message, .. }) => Ok(Before::Foreign(message)),
        Err(other) => Err(other),
    }
}

fn differences(before: &Manifest, made: &Made) -> Vec<Difference> {
    let of = |now: &Sent| difference(before.sent_to(&now.recipient)?, now);
    made.sent.iter().filter_map(of).collect()
}

/// Those in the manifest who are no recipients any more.
fn gone<'m>(before: &'m Manifest, campaign: &Campaign) -> Vec<&'m Sent> {
    let stays = |sent: &Sent| campaign.recipients.iter().any(|recipient| recipient.code == sent.recipient);
    before.documents.iter().filter(|sent| !stays(sent)).collect()
}

fn foreign(why: &str) -> Error {
    Error::plain(
        format!("{why}, so it cannot be told what was sent; nothing has been written"),
        "choose the right folder with `--workspace`, or put back the manifest of what was sent; \
         `avsikt render --replace` makes it anew",
    )
}

fn refusal(changed: &[Difference], gone: &[&Sent]) -> Error {
    let mut message = format!(
        "{} that {} sent would be replaced by something else; nothing has been written",
        declarations(changed.len() + gone.len()),
        if changed.len() + gone.len() == 1 { "was" } else { "were" },
    );
    let lines = changed.iter().map(|found| format!("{} {}: {}", found.recipient, found.name, found.first()));
    let lines: Vec<String> = lines
        .chain(gone.iter().map(|sent| format!("{} {}: no recipient any more", sent.recipient, sent.name)))
        .collect();
    for line in lines.iter().take(NAMED) {
        message.push_str(&format!("\n  {line}"));
    }
    if lines.len() > NAMED {
        message.push_str(&format!("\n  and {} more", lines.len() - NAMED));
    }
    Error::plain(
        message,
        "`avsikt render --check` shows every page that differs; `avsikt parse` and `avsikt report` read the returns \
         against what was sent; if the new ones are to be sent instead, add `--replace`",
    )
}

fn tell_of_replaced(changed: &[Difference], gone: &[&Sent], console: &Console) {
    let seen: Vec<&Difference> = changed.iter().filter(|found| !found.pages.is_empty()).collect();
    if !seen.is_empty() {
        let codes: Vec<&str> = seen.iter().map(|found| found.recipient.as_str()).collect();
        console.warning(&format!(
            "{} replaced ({}): forms of the earlier edition that come back will go to review",
            declarations(seen.len()),
            codes.join(", ")
        ));
    }
    if !gone.is_empty() {
        let codes: Vec<&str> = gone.iter().map(|sent| sent.recipient.as_str()).collect();
        console.warning(&format!(
            "{} taken out ({}): no recipients any more, so what they return will go to a person",
            declarations(gone.len()),
            codes.join(", ")
        ));
    }
}

/// Some declarations were rendered anew: the others stay as the manifest has them, also of those who are no recipients
/// any more.
fn merged(before: &Manifest, mut made: Manifest, campaign: &Campaign) -> Manifest {
    let mut texts = before.texts.clone();
    texts.append(&mut made.texts);
    let mut documents = Vec::new();
    for recipient in &campaign.recipients {
        let code = recipient.code.as_str();
        documents.extend(made.sent_to(code).or_else(|| before.sent_to(code)).cloned());
    }
    documents.extend(gone(before, campaign).into_iter().cloned());
    texts.retain(|digest, _| documents.iter().flat_map(|d| &d.pages).any(|page| page.text == *digest));
    Manifest { texts, documents, ..made }
}

/// What was sent and is rendered equal stays sent.
fn keep_marks(before: &Manifest, made: &mut Manifest) {
    for now in &mut made.documents {
        if let Some(was) = before.sent_to(&now.recipient).filter(|was| was.sha256 == now.sha256) {
            (now.draft, now.sent_on) = (was.draft, was.sent_on);
        }
    }
}

/// Marks every draft as sent on a day, and gives how many there were.
///
/// # Errors
/// When there is no manifest, or a file of the outbox is not the one that the manifest names: it would be marked as sent,
/// and something else was.
pub fn mark_as_sent(workspace: &Workspace, campaign: &Campaign, day: Date) -> Result<(usize, usize)> {
    let mut manifest = Manifest::load(workspace, &campaign.id, &campaign.key.fingerprint())?;
    let mut problems = Vec::new();
    for draft in manifest.documents.iter().filter(|sent| sent.draft) {
        problems.extend(file_problem(workspace, draft)?);
    }
    if !problems.is_empty() {
        return Err(Error::plain(
            format!(
                "what lies in the outbox is not what was rendered; nothing has been marked\n  {}",
                problems.join("\n  ")
            ),
            "run `avsikt render` and send its files, or put back the files that were sent",
        ));
    }
    let mut marked = 0;
    for draft in manifest.documents.iter_mut().filter(|sent| sent.draft) {
        (draft.draft, draft.sent_on) = (false, Some(day));
        marked += 1;
    }
    workspace.write_where_different(manifest::PATH, |out| manifest.write_json(out))?;
    Ok((marked, manifest.documents.len()))
}

pub fn declarations(count: usize) -> String {
    if count == 1 { "1 declaration".into() } else { format!("{count} declarations") }
}
