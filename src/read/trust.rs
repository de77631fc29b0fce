//! The certificates that the office trusts: `trust/*.pem` of the workspace.

use crate::error::{Error, Result};
use crate::pdf::roots::Roots;
use crate::workspace::Workspace;

const FOLDER: &str = "trust";

/// Reads them; none where there is no folder, or nothing in it.
pub fn roots(workspace: &Workspace) -> Result<Roots> {
    let mut roots = Roots::default();
    for name in workspace.files(FOLDER)?.iter().filter(|name| !name.starts_with('.')) {
        let path = format!("{FOLDER}/{name}");
        let refused = |why: String, next: &str| Error::plain(format!("`{path}`: {why}"), next);
        if !name.to_lowercase().ends_with(".pem") {
            let next = "save trusted certificates as PEM, with `.pem` for an ending, and nothing else in this folder";
            return Err(refused("this is no `.pem` file".to_owned(), next));
        }
        let text = String::from_utf8_lossy(&workspace.read(&path)?).into_owned();
        roots.add(&text).map_err(|why| refused(why, "ask for the certificate in PEM, which is text"))?;
    }
    Ok(roots)
}
