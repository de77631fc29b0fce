//! Passwords that the office gives for files that do not open without one.
//!
//! They stand in no message: not even `Debug` shows them.

use std::fmt;

use serde::{Deserialize, Serialize};

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
