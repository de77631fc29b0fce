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
        let _ = writeln!(std::io::stdout().lock(), "{line}");
    }

    /// A line beside the result, on standard error.
    pub fn note(&self, line: &str) {
        let _ = writeln!(std::io::stderr().lock(), "{line}");
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
        self.note(&format!("{} {error}", self.paint("error:", "1;31")));
        if let Some(hint) = error.hint() {
            self.note(&format!("{} {hint}", self.paint("hint:", "1;36")));
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
