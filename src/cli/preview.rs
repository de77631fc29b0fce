//! `avsikt render --png` and `--watch`: declarations as pictures, for whoever changes how they look.
//!
//! A preview is no document that is sent: it goes into `outbox/preview/CODE/page-N.png`, and neither the declarations nor
//! the manifest are touched for it.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use super::console::Console;
use super::{Ending, Place};
use crate::error::{Error, Result};
use crate::manifest::Sent;
use crate::pdf::raster;
use crate::render::{Rendered, Renderer};
use crate::workspace::Workspace;

const FOLDER: &str = "outbox/preview";
const TEMPLATES: &str = "templates";
/// Pixels an inch: a page then fills the height of a large screen.
const DPI: f64 = 110.0;
/// Between two looks at the templates. Asking the file system works on network drives too, where notices do not.
const PAUSE: Duration = Duration::from_millis(300);

/// Where the pictures of a declaration stand.
pub fn folder(sent: &Sent) -> String {
    format!("{FOLDER}/{}", sent.recipient)
}

/// Draws every page of a declaration; gives the folder where the pictures are.
///
/// # Errors
/// When a page cannot be drawn or a picture cannot be written.
pub fn draw(workspace: &Workspace, rendered: &Rendered) -> Result<String> {
    let folder = folder(&rendered.sent);
    let failed = |why: &str| {
        Error::plain(
            format!("the preview of {} could not be drawn: {why}", rendered.sent.name),
            "open the declaration itself in a PDF reader; without `--png` it is written all the same",
        )
    };
    let pictures = raster::pictures(&rendered.pdf, DPI).map_err(|problem| failed(&problem.to_string()))?;
    for (at, picture) in pictures.iter().enumerate() {
        let bytes = raster::colour_png(picture).ok_or_else(|| failed("a page is too large for a picture"))?;
        workspace.write(&format!("{folder}/{}", name(at + 1)), &bytes)?;
    }
    // Pages of an earlier, longer one.
    for number in (pictures.len() + 1..).take_while(|n| workspace.exists(&format!("{folder}/{}", name(*n)))) {
        workspace.remove_output(&format!("{folder}/{}", name(number)))?;
    }
    Ok(folder)
}

fn name(page: usize) -> String {
    format!("page-{page}.png")
}

/// Draws one declaration, and draws it anew whenever something in the templates has changed, until the person stops it.
///
/// # Errors
/// When the workspace itself is wrong. What is wrong in the templates is shown, and watching goes on.
pub fn watch(place: &Place, codes: &[String], console: &Console) -> Result<Ending> {
    let code = match codes {
        [] => None,
        [code] => Some(code.as_str()),
        _ => return Err(Error::plain("one declaration can be watched at a time", "give one code, or none")),
    };
    let mut watch = Watch { workspace: place.open()?, place, code, seen: None };
    loop {
        match watch.look(console) {
            Some(Ok(folder)) => console.result(&watch.workspace.shown(&folder)),
            Some(Err(error)) => console.error(&error),
            None => {}
        }
        std::thread::sleep(PAUSE);
    }
}

/// The files of the templates with their sizes and times.
type Seen = BTreeMap<String, (u64, Option<SystemTime>)>;

struct Watch<'p> {
    workspace: Workspace,
    place: &'p Place,
    /// Whose declaration; the first recipient's without.
    code: Option<&'p str>,
    seen: Option<Seen>,
}

impl Watch<'_> {
    /// Draws when something has changed since the last look, and at the first; `None` when nothing has.
    fn look(&mut self, console: &Console) -> Option<Result<String>> {
        let seen = match self.workspace.times(TEMPLATES) {
            Ok(seen) => seen,
            Err(error) => return Some(Err(error)),
        };
        if self.seen.as_ref() == Some(&seen) {
            return None;
        }
        self.seen = Some(seen);
        Some(self.draw(console))
    }

    fn draw(&self, console: &Console) -> Result<String> {
        let campaign = self.place.load_to_render(&self.workspace, console)?;
        let index = match self.code {
            Some(code) => super::render::index_of(&campaign, code)?,
            None => 0,
        };
        draw(&self.workspace, &Renderer::new(&self.workspace, &campaign)?.render(index)?)
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::super::new::{New, new};
    use super::*;

    #[test]
    fn a_change_is_drawn_a_mistake_is_told_and_watching_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let root: PathBuf = folder.path().join("ny");
        let console = Console::new();
        new(&New { folder: root.clone() }, &console).unwrap();
        let place = Place { workspace: root, campaign: None };
        let workspace = place.open().unwrap();
        let style = String::from_utf8(workspace.read("templates/style/declaration.typ").unwrap()).unwrap();
        let mut watch = Watch { workspace: workspace.clone(), place: &place, code: None, seen: None };

        let drawn = watch.look(&console).expect("the first look draws").unwrap();
        let page = || workspace.read(&format!("{drawn}/page-1.png")).unwrap();
        let first = page();
        assert!(first.starts_with(b"\x89PNG"));
        assert!(watch.look(&console).is_none(), "nothing has changed");

        workspace.write("templates/style/declaration.typ", format!("{style}\n#unknown").as_bytes()).unwrap();
        let told = watch.look(&console).expect("a change").unwrap_err();
        assert!(matches!(told, Error::Campaign(_)), "{told}");
        assert_eq!(page(), first, "the last good picture stays");

        // Of another length: a file system may count its times in seconds.
        let changed = style.replace("\"#0f4c5c\"", "\"#8a1538\" ");
        assert_ne!(changed, style);
        workspace.write("templates/style/declaration.typ", changed.as_bytes()).unwrap();
        let campaign = String::from_utf8(workspace.read("templates/exempel/campaign.yaml").unwrap()).unwrap();
        let plain: String = campaign
            .lines()
            .filter(|line| !line.contains("accent:"))
            .fold(String::new(), |out, line| out + line + "\n");
        workspace.write("templates/exempel/campaign.yaml", plain.as_bytes()).unwrap();
        watch.look(&console).expect("a change").unwrap();
        assert_ne!(page(), first);
        assert!(!workspace.exists("outbox/manifest.json") && !workspace.exists("outbox/declarations"));
    }
}
