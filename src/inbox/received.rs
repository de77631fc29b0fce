//! When a file came: from a date in its name, or from the file's own date.
//!
//! An office that sorts returns into folders by day (`inbox/2026-02-11/…`) says when they came, and says the same on every
//! machine. A file's own date is changed by copying, so it is only used where no name tells.

use std::time::SystemTime;

use jiff::Timestamp;
use jiff::civil::Date;

/// When a file came, and what says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// `2026-02-11`, or `2026-02-11T09:12:00Z`.
    pub time: String,
    pub source: Source,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The nearest folder whose name begins with a date.
    Folder,
    /// The file's name begins with a date.
    FileName,
    /// The file's own date of change.
    File,
}

impl Source {
    pub fn name(self) -> &'static str {
        match self {
            Source::Folder => "folder",
            Source::FileName => "file-name",
            Source::File => "file",
        }
    }
}

impl Received {
    /// The day alone.
    pub fn day(&self) -> &str {
        self.time.get(..10).unwrap_or(&self.time)
    }
}

/// When the file at `path` (with forward slashes) came.
///
/// Folders speak before the file's name: the office names folders, whoever answers names files.
pub fn of(path: &str, modified: Option<SystemTime>) -> Option<Received> {
    let mut parts: Vec<&str> = path.split('/').collect();
    let file = parts.pop()?;
    if let Some(date) = parts.into_iter().rev().find_map(leading_date) {
        return Some(Received { time: date.to_string(), source: Source::Folder });
    }
    if let Some(date) = leading_date(file) {
        return Some(Received { time: date.to_string(), source: Source::FileName });
    }
    let time = Timestamp::try_from(modified?).ok()?;
    Some(Received { time: time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(), source: Source::File })
}

/// The date that a name begins with, `2026-02-11 svar`.
fn leading_date(name: &str) -> Option<Date> {
    let rest = name.get(10..)?;
    if rest.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    name.get(..10)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(path: &str) -> Option<(String, Source)> {
        of(path, Some(SystemTime::UNIX_EPOCH)).map(|r| (r.time, r.source))
    }

    #[test]
    fn a_dated_folder_speaks_first() {
        let day = |time: &str| Some((time.to_owned(), Source::Folder));
        assert_eq!(at("inbox/2026-02-11/2025-01-01 svar.pdf"), day("2026-02-11"));
        assert_eq!(at("inbox/2026-02-11 e-post/svar.pdf"), day("2026-02-11"));
        assert_eq!(at("inbox/2026-02-03 svar.pdf"), Some(("2026-02-03".to_owned(), Source::FileName)));
    }

    #[test]
    fn the_files_own_date_is_the_last_resort() {
        let file = Some(("1970-01-01T00:00:00Z".to_owned(), Source::File));
        assert_eq!(at("inbox/svar senast 2026-02-27.pdf"), file);
        assert_eq!(at("inbox/2026-13-40/åäö.pdf"), file);
        assert_eq!(of("inbox/a.pdf", None), None);
    }
}
