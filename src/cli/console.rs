//! The console: the only place that prints. Colour and progress only where a person is watching, and never against
//! `NO_COLOR` (no-color.org).

use std::io::{IsTerminal, Write};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::diagnostic::Problems;
use crate::error::Error;

pub struct Console {
    watched: bool,
    colour: bool,
}

impl Console {
    pub fn new() -> Self {
        let watched = std::io::stderr().is_terminal();
        let colour = watched && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        Console { watched, colour }
    }

    /// A line of the result, on standard output. A reader that has gone away ends nothing.
    pub fn result(&self, line: &str) {
        let _ = writeln!(std::io::stdout().lock(), "{}", tame(line));
    }

    /// Something that a person should know, on standard error.
    pub fn warning(&self, text: &str) {
        let _ = writeln!(std::io::stderr().lock(), "{} {}", self.paint("warning:", "1;33"), tame(text));
    }

    /// What was done besides, on standard error.
    pub fn note(&self, text: &str) {
        let _ = writeln!(std::io::stderr().lock(), "{}", tame(text));
    }

    pub fn problems(&self, problems: &Problems) {
        if !problems.is_empty() {
            let _ = write!(std::io::stderr().lock(), "{}", problems.render(self.colour));
        }
    }

    pub fn error(&self, error: &Error) {
        if let Error::Campaign(problems) = error {
            self.problems(problems);
        }
        let mut lines = vec![("error:", "1;31", error.to_string())];
        lines.extend(error.hint().map(|hint| ("hint:", "1;36", hint)));
        for (word, code, text) in lines {
            let _ = writeln!(std::io::stderr().lock(), "{} {}", self.paint(word, code), tame(&text));
        }
    }

    fn paint(&self, text: &str, code: &str) -> String {
        if self.colour { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }

    /// A progress bar with count and time left; nothing where nobody watches.
    pub fn progress(&self, what: &'static str, count: usize) -> ProgressBar {
        if !self.watched {
            return ProgressBar::hidden();
        }
        let bar = ProgressBar::new(count as u64);
        let style = ProgressStyle::with_template("{msg} {bar:30} {pos}/{len} {eta}");
        if let Ok(style) = style {
            bar.set_style(style);
        }
        bar.set_message(what);
        bar.enable_steady_tick(Duration::from_millis(200));
        bar
    }
}

/// A line without control characters: names of files and fields come from outside, and a terminal obeys them.
fn tame(line: &str) -> String {
    line.chars().map(|c| if c.is_control() && c != '\n' { '\u{fffd}' } else { c }).collect()
}
