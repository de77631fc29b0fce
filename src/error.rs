//! What stops a command: the one error type, and nothing else ends a run early.
//!
//! Whatever concerns a single file or field is a [`crate::finding::Finding`] instead and never stops the others.

use std::path::PathBuf;

use crate::diagnostic::Problems;

/// Why a command could not be carried out. Each message says what is wrong and where; `hint` says what to do next.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("could not {action} `{}`: {source}", shown(path))]
    Io {
        /// What was tried, for example `read`.
        action: &'static str,
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("the campaign has {}", .0.summary())]
    Campaign(Problems),
    #[error(transparent)]
    Worker(#[from] crate::pdf::worker::WorkerError),
    #[error("{message}")]
    Plain { message: String, hint: String },
}

pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// An error in words with the next step beside it.
    pub fn plain(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Error::Plain { message: message.into(), hint: hint.into() }
    }

    /// What the person can do next, where that is known.
    pub fn hint(&self) -> Option<String> {
        match self {
            Error::Plain { hint, .. } => Some(hint.clone()),
            Error::Campaign(_) => Some("mend the places shown above and run the command again".into()),
            Error::Worker(_) => {
                Some("no file was read; start the program by its full path, and see that it may be run".into())
            }
            Error::Io { source, .. } => io_hint(source.kind()).map(str::to_owned),
        }
    }
}

/// A path without the `./` of the current folder.
fn shown(path: &std::path::Path) -> String {
    path.strip_prefix(".").unwrap_or(path).display().to_string()
}

fn io_hint(kind: std::io::ErrorKind) -> Option<&'static str> {
    use std::io::ErrorKind;
    match kind {
        ErrorKind::PermissionDenied => Some("check who owns the folder and whether it may be written to"),
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            Some("free some space; what was there before has not been touched")
        }
        ErrorKind::ReadOnlyFilesystem => Some("the disk is read-only; choose another folder with `--workspace`"),
        ErrorKind::NotADirectory | ErrorKind::AlreadyExists => {
            Some("a file stands where a folder must be; move it away, or choose another folder with `--workspace`")
        }
        ErrorKind::IsADirectory => Some("a folder stands where a file must be; move it away"),
        ErrorKind::NotFound => Some("check the name, or choose the folder with `--workspace`"),
        _ => None,
    }
}
