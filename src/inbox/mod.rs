//! What lies in the inbox: every file once, hashed, dated and told apart by its first bytes.
//!
//! Takes the folder, gives parcels in the order of their paths. It never writes there, follows no links, and leaves out
//! nothing but the files that operating systems put into folders by themselves.

mod received;

use std::path::Path;

use unicode_normalization::UnicodeNormalization;
use walkdir::WalkDir;

use crate::error::{Error, Result};
use crate::token;
use crate::workspace::{self, Workspace};

pub use received::{Received, Source};

/// Larger files are not read at all.
pub const MAX_BYTES: u64 = 32 * 1024 * 1024;

/// One file.
#[derive(Debug)]
pub struct Parcel {
    /// Relative to the workspace, with forward slashes, composed (NFC) so that names from Macs read like others.
    pub path: String,
    /// Empty when the file could not be opened.
    pub sha256: String,
    pub content: Content,
    pub received: Option<Received>,
}

/// What a file holds, by its first bytes.
#[derive(Debug)]
pub enum Content {
    Pdf {
        bytes: Vec<u8>,
        wrong_extension: bool,
    },
    /// Something that this version cannot read: its kind in words.
    Unsupported(&'static str),
    /// Nothing that anybody sends as an answer.
    Unknown(String),
    TooLarge(u64),
    /// The file could not be opened: why.
    Unreadable(String),
}

/// Every file of the inbox; none when there is no inbox.
pub fn parcels(workspace: &Workspace) -> Result<Vec<Parcel>> {
    let folder = workspace.inbox();
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut parcels = Vec::new();
    for entry in WalkDir::new(&folder).sort_by_file_name() {
        match entry {
            Ok(entry) if entry.file_type().is_dir() || is_system_file(entry.path()) => {}
            Ok(entry) if entry.file_type().is_file() => parcels.push(parcel(workspace, entry.path())),
            Ok(entry) => {
                let why = "it is a link, and links are not followed".to_owned();
                parcels.push(unreadable(workspace, entry.path(), why));
            }
            Err(error) => {
                let path = error.path().unwrap_or(&folder).to_owned();
                let why = error.io_error().map_or_else(|| error.to_string(), ToString::to_string);
                parcels.push(unreadable(workspace, &path, why));
            }
        }
    }
    parcels.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(parcels)
}

/// Reads one file, wherever it stands.
pub fn parcel(workspace: &Workspace, path: &Path) -> Parcel {
    let (size, modified) = match workspace::size_and_time(path) {
        Ok(found) => found,
        Err(error) => return unreadable(workspace, path, reason(&error)),
    };
    let shown = shown(workspace, path);
    let received = received::of(&shown, modified);
    if size > MAX_BYTES {
        let sha256 = workspace::sha256(path).unwrap_or_default();
        return Parcel { path: shown, sha256, content: Content::TooLarge(size), received };
    }
    match workspace::read(path) {
        Ok(bytes) => {
            let sha256 = token::sha256(&bytes);
            Parcel { content: content(&shown, bytes), path: shown, sha256, received }
        }
        Err(error) => unreadable(workspace, path, reason(&error)),
    }
}

/// Why a file could not be opened, without its path: the finding stands beside it.
fn reason(error: &Error) -> String {
    match error {
        Error::Io { source, .. } => source.to_string(),
        other => other.to_string(),
    }
}

fn unreadable(workspace: &Workspace, path: &Path, why: String) -> Parcel {
    Parcel { path: shown(workspace, path), sha256: String::new(), content: Content::Unreadable(why), received: None }
}

fn shown(workspace: &Workspace, path: &Path) -> String {
    workspace.relative(path).nfc().collect()
}

/// Files that systems and office programs leave behind by themselves.
fn is_system_file(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    matches!(&*name, ".gitkeep" | ".gitignore" | ".DS_Store" | "Thumbs.db" | "desktop.ini")
        || name.starts_with("._")
        || name.starts_with("~$")
}

fn content(path: &str, bytes: Vec<u8>) -> Content {
    let ending = path.rsplit('/').next().and_then(|name| name.rsplit_once('.')).map(|(_, e)| e.to_lowercase());
    // Programs put junk before the header; ISO 32000-2 annex H tells readers to look in the first 1024 bytes.
    let head = &bytes[..bytes.len().min(1024)];
    if head.windows(5).any(|window| window == b"%PDF-") {
        return Content::Pdf { wrong_extension: ending.as_deref() != Some("pdf"), bytes };
    }
    let starts = |magic: &[u8]| bytes.starts_with(magic);
    let is = |wanted: &[&str]| ending.as_deref().is_some_and(|ending| wanted.contains(&ending));
    if starts(b"\xff\xd8\xff") {
        Content::Unsupported("a JPEG picture")
    } else if starts(b"\x89PNG\r\n") {
        Content::Unsupported("a PNG picture")
    } else if starts(b"II*\0") || starts(b"MM\0*") {
        Content::Unsupported("a TIFF picture")
    } else if starts(b"PK\x03\x04") {
        Content::Unsupported("a ZIP archive or an office document")
    } else if is(&["eml", "mbox", "msg"]) {
        Content::Unsupported("an e-mail")
    } else if bytes.is_empty() {
        Content::Unknown("it is empty".into())
    } else {
        Content::Unknown("it does not begin as a PDF file does".into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_told_apart_by_their_bytes_and_not_their_names() {
        assert!(matches!(
            content("inbox/a.pdf", b"junk %PDF-1.7".to_vec()),
            Content::Pdf { wrong_extension: false, .. }
        ));
        assert!(matches!(content("a.bin", b"%PDF-1.7".to_vec()), Content::Pdf { wrong_extension: true, .. }));
        assert!(matches!(content("a.pdf", b"\xff\xd8\xff\xe0".to_vec()), Content::Unsupported("a JPEG picture")));
        assert!(matches!(content("a.pdf", Vec::new()), Content::Unknown(_)));
    }

    #[test]
    fn every_file_is_there_and_system_files_are_not() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let workspace = Workspace::open(folder.path()).expect("it is a folder");
        for name in ["inbox/2026-02-03/b.pdf", "inbox/a.txt", "inbox/.DS_Store", "inbox/2026-02-03/._b.pdf"] {
            workspace.write(name, b"x").expect("writable");
        }
        let paths: Vec<String> = parcels(&workspace).expect("listable").into_iter().map(|p| p.path).collect();
        assert_eq!(paths, ["inbox/2026-02-03/b.pdf", "inbox/a.txt"]);
    }

    #[test]
    fn names_from_macs_are_composed() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let workspace = Workspace::open(folder.path()).expect("it is a folder");
        workspace.write("inbox/O\u{308}rebro.pdf", b"x").expect("writable");
        assert_eq!(parcels(&workspace).expect("listable")[0].path, "inbox/Örebro.pdf");
    }
}
