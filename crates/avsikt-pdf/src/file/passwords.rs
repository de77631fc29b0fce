//! Passwords that the office gives for files that do not open without one, and how a file is opened with them.
//!
//! They stand in no message: not even `Debug` shows them.

use std::fmt;
use std::sync::Arc;

use hayro_syntax::{LoadPdfError, Pdf};
use serde::{Deserialize, Serialize};

use crate::file::open;
use crate::limits::Limits;

/// Tried in turn, each on every file that the empty password does not open.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Passwords(Vec<String>);

impl Passwords {
    /// More would make every locked file slow to read.
    pub const MOST: usize = 100;

    /// A password a line; empty lines say nothing. `None` when there are more than [`Passwords::MOST`].
    pub fn of_lines(text: &str) -> Option<Self> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let lines: Vec<String> = text.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect();
        (lines.len() <= Self::MOST).then_some(Passwords(lines))
    }

    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}

impl fmt::Debug for Passwords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passwords", self.0.len())
    }
}

/// Opens a file for hayro; `None` when it cannot be opened.
///
/// hayro takes a password's UTF-8 bytes, and older encryption wants those of PDFDocEncoding (ISO 32000-2 7.6.4.3.2); nor
/// does it take the owner's password there. A file that lopdf opens and hayro does not is handed to it decrypted.
pub fn open_for_hayro(shared: &Arc<Vec<u8>>, passwords: &Passwords, limits: &Limits) -> Option<Pdf> {
    match Pdf::new(shared.clone()) {
        Ok(pdf) => return Some(pdf),
        Err(LoadPdfError::Invalid) => return None,
        Err(LoadPdfError::Decryption(_)) => {}
    }
    let opened = passwords.iter().find_map(|password| Pdf::new_with_password(shared.clone(), password).ok());
    opened.or_else(|| {
        let mut document = open::open(shared, limits, passwords).ok()?.document;
        let mut decrypted = Vec::new();
        document.save_to(&mut decrypted).ok()?;
        Pdf::new(decrypted).ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_a_line() {
        let passwords = Passwords::of_lines("\u{feff}ett lösenord\r\n\n två \n").unwrap();
        assert_eq!(passwords.iter().collect::<Vec<_>>(), ["ett lösenord", " två "]);
        assert_eq!(format!("{passwords:?}"), "2 passwords");
        assert_eq!(Passwords::of_lines(&"x\n".repeat(Passwords::MOST + 1)), None);
    }
}
