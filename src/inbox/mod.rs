//! What lies in the inbox: every file once, hashed, dated and told apart by its first bytes.
//!
//! Takes the folder, gives parcels in the order of their paths. It never writes there, follows no links, and leaves out
//! nothing but the files that operating systems put into folders by themselves.

mod received;

use std::path::{Path, PathBuf};

use unicode_normalization::UnicodeNormalization;
use walkdir::WalkDir;

use crate::error::{Error, Result};
use crate::pdf::PictureFormat;
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
    /// A PDF, or a picture in place of one.
    Document {
        bytes: Vec<u8>,
        format: Format,
        wrong_extension: bool,
    },
    /// Something that this version cannot read: its kind in words.
    Unsupported(&'static str),
    /// Something with files inside, one of them a PDF near its beginning: its kind in words. Read as a PDF it would be one
    /// of them, whichever is found.
    Container(&'static str),
    /// Nothing that anybody sends as an answer.
    Unknown(String),
    TooLarge(u64),
    /// The file could not be opened: why.
    Unreadable(String),
}

/// What a file that can be read is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Pdf,
    Picture(PictureFormat),
}

impl Format {
    pub fn name(self) -> &'static str {
        match self {
            Format::Pdf => "PDF",
            Format::Picture(format) => format.name(),
        }
    }

    fn endings(self) -> &'static [&'static str] {
        match self {
            Format::Pdf => &["pdf"],
            Format::Picture(format) => format.endings(),
        }
    }
}

/// A file that was met, not yet read: an inbox may hold more than memory does.
#[derive(Debug)]
pub struct Entry {
    path: PathBuf,
    /// Why it cannot be read, if that is known already.
    obstacle: Option<String>,
}

impl Entry {
    /// Reads the file.
    pub fn open(&self, workspace: &Workspace) -> Parcel {
        match &self.obstacle {
            Some(why) => unreadable(workspace, &self.path, why.clone()),
            None => parcel(workspace, &self.path),
        }
    }
}

/// Every file of the inbox, in the order of their paths; none when there is no inbox.
///
/// # Errors
/// When the inbox is there and cannot be listed.
pub fn entries(workspace: &Workspace) -> Result<Vec<Entry>> {
    let folder = workspace.inbox();
    if !workspace.list_inbox()? {
        return Ok(Vec::new());
    }
    let mut entries = Vec::new();
    for entry in WalkDir::new(&folder).sort_by_file_name() {
        let (path, obstacle) = match entry {
            Ok(entry) if entry.file_type().is_dir() => continue,
            Ok(entry) if entry.file_type().is_file() => (entry.into_path(), None),
            Ok(entry) => (entry.into_path(), Some("it is no plain file; links are not followed".to_owned())),
            Err(error) => {
                let path = error.path().unwrap_or(&folder).to_owned();
                let why = error.io_error().map_or_else(|| error.to_string(), ToString::to_string);
                (path, Some(why))
            }
        };
        if !is_system_file(&path) {
            entries.push(Entry { path, obstacle });
        }
    }
    Ok(entries)
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

/// What Macs put beside a file on foreign disks begins so (RFC 1740).
const APPLE_DOUBLE: &[u8] = &[0, 5, 0x16, 7];

/// Files that systems leave behind by themselves.
fn is_system_file(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    matches!(&*name, ".gitkeep" | ".gitignore" | ".DS_Store" | "Thumbs.db" | "desktop.ini")
        || (name.starts_with("._") && workspace::begins_with(path, APPLE_DOUBLE))
}

/// Pictures that are not read, by what stands in their first bytes: where, what, and what they are called.
const OTHER_PICTURES: [(usize, &[u8], &str); 6] = [
    (4, b"ftypheic", "a HEIC picture (ask for JPEG or PDF)"),
    (4, b"ftypheix", "a HEIC picture (ask for JPEG or PDF)"),
    (4, b"ftypmif1", "a HEIC picture (ask for JPEG or PDF)"),
    (8, b"WEBPVP8", "a WebP picture (ask for JPEG or PDF)"),
    (0, b"GIF8", "a GIF picture (ask for JPEG or PDF)"),
    (0, b"\0\0\0\x0cjP  \r\n", "a JPEG 2000 picture (ask for JPEG or PDF)"),
];

fn content(path: &str, bytes: Vec<u8>) -> Content {
    let ending = path.rsplit('/').next().and_then(|name| name.rsplit_once('.')).map(|(_, e)| e.to_lowercase());
    let ending = ending.as_deref().unwrap_or_default();
    let document = |format: Format, bytes| Content::Document {
        bytes,
        format,
        wrong_extension: !format.endings().contains(&ending),
    };
    // Programs put junk before the header; ISO 32000-2 annex H tells readers to look in the first 1024 bytes.
    let head = &bytes[..bytes.len().min(1024)];
    let has_header = head.windows(5).any(|window| window == b"%PDF-");
    match (PictureFormat::of(&bytes), container(&bytes)) {
        // One program shows the picture, and another the PDF.
        (Some(_), _) if has_header => return Content::Container("a picture"),
        (Some(format), _) => return document(Format::Picture(format), bytes),
        (None, Some(kind)) if has_header => return Content::Container(kind),
        (None, None) if has_header => return document(Format::Pdf, bytes),
        _ => {}
    }
    let picture =
        OTHER_PICTURES.iter().find(|(at, magic, _)| bytes.get(*at..).is_some_and(|rest| rest.starts_with(magic)));
    if let Some((.., kind)) = picture {
        Content::Unsupported(kind)
    } else if bytes.starts_with(b"PK\x03\x04") {
        Content::Unsupported("a ZIP archive or an office document")
    } else if ["eml", "mbox", "msg"].contains(&ending) {
        Content::Unsupported("an e-mail")
    } else if bytes.is_empty() {
        Content::Unknown("it is empty".into())
    } else {
        Content::Unknown("it does not begin as a PDF file does".into())
    }
}

/// What a file is that holds other files unpacked, by its own first bytes.
fn container(bytes: &[u8]) -> Option<&'static str> {
    if bytes.starts_with(b"PK\x03\x04") {
        Some("a ZIP archive")
    } else if is_tar(bytes) {
        Some("a TAR archive")
    } else if bytes.starts_with(b"!<arch>\n") || bytes.starts_with(b"07070") {
        Some("an archive")
    } else {
        None
    }
}

/// A TAR header: 512 bytes whose sum, with the eight of the checksum itself as spaces, stands in it in octal (POSIX ustar;
/// older ones have no other mark).
fn is_tar(bytes: &[u8]) -> bool {
    let Some(header) = bytes.get(..512) else { return false };
    let stated = std::str::from_utf8(&header[148..156]).ok();
    let stated = stated.and_then(|digits| u64::from_str_radix(digits.trim_matches(['\0', ' ']), 8).ok());
    let sum = header.iter().enumerate().map(|(at, byte)| if (148..156).contains(&at) { 32 } else { u64::from(*byte) });
    stated == Some(sum.sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_archive_with_a_pdf_in_front_is_no_pdf() {
        let zip = b"PK\x03\x04\x14\0 svar.pdf %PDF-1.7".to_vec();
        assert!(matches!(content("a.pdf", zip), Content::Container("a ZIP archive")));
        let mut tar = vec![0; 512];
        tar[..8].copy_from_slice(b"svar.pdf");
        let sum: u64 = tar.iter().map(|byte| u64::from(*byte)).sum::<u64>() + 8 * 32;
        tar[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        tar.extend(b"%PDF-1.7");
        assert!(matches!(content("a.pdf", tar.clone()), Content::Container("a TAR archive")));
        tar[0] = b'S';
        assert!(matches!(content("a.pdf", tar), Content::Document { format: Format::Pdf, .. }));
    }

    #[test]
    fn files_are_told_apart_by_their_bytes_and_not_their_names() {
        let told = |path: &str, bytes: &[u8]| match content(path, bytes.to_vec()) {
            Content::Document { format, wrong_extension, .. } => {
                format!("{}{}", format.name(), if wrong_extension { ", wrong name" } else { "" })
            }
            Content::Unsupported(kind) => format!("unsupported: {kind}"),
            other => format!("{other:?}"),
        };
        assert_eq!(told("inbox/a.pdf", b"junk %PDF-1.7"), "PDF");
        assert_eq!(told("a.bin", b"%PDF-1.7"), "PDF, wrong name");
        assert_eq!(told("a.JPG", b"\xff\xd8\xff\xe0"), "JPEG");
        assert!(matches!(content("a.jpg", b"\xff\xd8\xff\xe0 %PDF-".to_vec()), Content::Container("a picture")));
        assert_eq!(told("a.pdf", b"II*\0"), "TIFF, wrong name");
        assert_eq!(told("a.png", b"\0\0\0\x18ftypheic"), "unsupported: a HEIC picture (ask for JPEG or PDF)");
        assert!(matches!(content("a.pdf", Vec::new()), Content::Unknown(_)));
    }

    fn all(workspace: &Workspace) -> Vec<String> {
        entries(workspace).expect("listable").iter().map(|entry| entry.open(workspace).path).collect()
    }

    #[test]
    fn an_inbox_that_is_a_file_is_not_an_empty_one() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let workspace = Workspace::open(folder.path()).expect("it is a folder");
        assert!(entries(&workspace).expect("none is fine").is_empty());
        workspace.write("inbox", b"x").expect("writable");
        assert!(entries(&workspace).is_err());
    }

    #[test]
    fn every_file_is_there_and_system_files_are_not() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let workspace = Workspace::open(folder.path()).expect("it is a folder");
        for name in ["inbox/2026-02-03/b.pdf", "inbox/a.txt", "inbox/.DS_Store", "inbox/2026-02-03/._c.pdf"] {
            workspace.write(name, b"x").expect("writable");
        }
        workspace.write("inbox/2026-02-03/._b.pdf", &[0, 5, 0x16, 7, 0]).expect("writable");
        let paths: Vec<String> = all(&workspace);
        assert_eq!(paths, ["inbox/2026-02-03/._c.pdf", "inbox/2026-02-03/b.pdf", "inbox/a.txt"]);
    }

    #[test]
    fn names_from_macs_are_composed() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let workspace = Workspace::open(folder.path()).expect("it is a folder");
        workspace.write("inbox/O\u{308}rebro.pdf", b"x").expect("writable");
        assert_eq!(all(&workspace), ["inbox/Örebro.pdf"]);
    }
}
