//! Problems in what a person wrote: each with its file, line and column, the line itself, and a hint.
//!
//! Problems are collected, never thrown: a person who edits YAML wants to hear of all of them at once.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

/// A text file as it was read: what places point into.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SourceFile {
    /// Relative to the workspace, with forward slashes.
    pub path: String,
    pub text: String,
}

/// A stretch of a source file, in bytes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub file: Arc<SourceFile>,
    pub start: usize,
    pub end: usize,
}

impl Place {
    pub fn new(file: &Arc<SourceFile>, span: Range<usize>) -> Self {
        let end = span.end.min(file.text.len());
        Place { file: Arc::clone(file), start: span.start.min(end), end }
    }

    /// Line and column, both from 1; the column counts characters.
    pub fn line_column(&self) -> (usize, usize) {
        let before = self.file.text.get(..self.start).unwrap_or_default();
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let column = before[line_start..].chars().count() + 1;
        (before.matches('\n').count() + 1, column)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (line, column) = self.line_column();
        write!(f, "{}:{line}:{column}", self.file.path)
    }
}

/// Whether a problem stops the command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gravity {
    Error,
    Warning,
}

/// One problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    pub gravity: Gravity,
    /// Lower case, without a final stop, names in backticks.
    pub message: String,
    /// Where; `None` when a whole file is missing.
    pub place: Option<Place>,
    /// What to do next.
    pub hint: Option<String>,
}

/// All problems of a run, in the order of their places.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Problems(Vec<Problem>);

impl Problems {
    pub fn error(&mut self, place: Option<Place>, message: impl Into<String>, hint: impl Into<String>) {
        self.push(Gravity::Error, place, message.into(), hint.into());
    }

    pub fn warning(&mut self, place: Option<Place>, message: impl Into<String>, hint: impl Into<String>) {
        self.push(Gravity::Warning, place, message.into(), hint.into());
    }

    fn push(&mut self, gravity: Gravity, place: Option<Place>, message: String, hint: String) {
        let problem = Problem { gravity, message, place, hint: Some(hint).filter(|h| !h.is_empty()) };
        // The same text is composed once for each recipient: one mistake is one problem.
        if !self.0.contains(&problem) {
            self.0.push(problem);
        }
    }

    pub fn extend(&mut self, other: Problems) {
        for problem in other.0 {
            if !self.0.contains(&problem) {
                self.0.push(problem);
            }
        }
    }

    pub fn has_errors(&self) -> bool {
        self.0.iter().any(|p| p.gravity == Gravity::Error)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn iter(&self) -> impl Iterator<Item = &Problem> {
        self.0.iter()
    }

    /// Errors first, each group by file and place.
    pub fn sort(&mut self) {
        self.0.sort_by(|a, b| (a.gravity, &a.place, &a.message).cmp(&(b.gravity, &b.place, &b.message)));
    }

    /// `2 errors and 1 warning`.
    pub fn summary(&self) -> String {
        let count = |gravity| self.0.iter().filter(|p| p.gravity == gravity).count();
        let words = |n: usize, word: &str| format!("{n} {word}{}", if n == 1 { "" } else { "s" });
        match (count(Gravity::Error), count(Gravity::Warning)) {
            (errors, 0) => words(errors, "error"),
            (0, warnings) => words(warnings, "warning"),
            (errors, warnings) => format!("{} and {}", words(errors, "error"), words(warnings, "warning")),
        }
    }

    /// The problems as a person reads them: message, `file:line:column`, the line, the hint.
    pub fn render(&self, colour: bool) -> String {
        let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
        let mut out = String::new();
        for problem in &self.0 {
            out.push_str(&render_one(problem, &renderer));
            out.push_str("\n\n");
        }
        out
    }
}

fn render_one(problem: &Problem, renderer: &Renderer) -> String {
    let level = match problem.gravity {
        Gravity::Error => Level::ERROR,
        Gravity::Warning => Level::WARNING,
    };
    let mut group = level.primary_title(problem.message.as_str()).elements(Vec::<annotate_snippets::Message>::new());
    if let Some(place) = &problem.place {
        let snippet = Snippet::source(place.file.text.as_str())
            .path(place.file.path.as_str())
            .annotation(AnnotationKind::Primary.span(first_line(place)));
        group = group.element(snippet);
    }
    if let Some(hint) = &problem.hint {
        group = group.element(Level::HELP.message(hint.as_str()));
    }
    renderer.render(&[group])
}

/// A place that spans lines is shown by its first line alone.
fn first_line(place: &Place) -> Range<usize> {
    let text = place.file.text.get(place.start..place.end).unwrap_or_default();
    let length = text.find(['\n', '\r']).unwrap_or(text.len());
    place.start..place.start + length
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file() -> Arc<SourceFile> {
        Arc::new(SourceFile { path: "templates/a/campaign.yaml".into(), text: "id: a\nförnamn: x\n".into() })
    }

    #[test]
    fn columns_count_characters() {
        let at = "id: a\nförnamn: ".len();
        assert_eq!(Place::new(&file(), at..at + 1).to_string(), "templates/a/campaign.yaml:2:10");
    }

    #[test]
    fn a_problem_shows_its_line_and_hint() {
        let mut problems = Problems::default();
        problems.error(Some(Place::new(&file(), 6..14)), "unknown key `förnamn`", "take it out");
        insta::assert_snapshot!(problems.render(false), @r"
        error: unknown key `förnamn`
         --> templates/a/campaign.yaml:2:1
          |
        2 | förnamn: x
          | ^^^^^^^
          |
          = help: take it out
        ");
    }

    #[test]
    fn the_same_problem_is_told_once() {
        let mut problems = Problems::default();
        problems.warning(None, "a", "");
        problems.warning(None, "a", "");
        assert_eq!(problems.summary(), "1 warning");
    }
}
