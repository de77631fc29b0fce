//! The mistakes in YAML that people make most, in their words instead of the parser's.
//!
//! The parser stops at the first place that it cannot go on from, which is often not where the mistake is: a tab is found at the
//! end of the line before, a text that begins with `{{` at what comes after. So the source itself is looked at.

use std::ops::Range;
use std::sync::OnceLock;

use regex::Regex;

/// What to tell of a file that cannot be parsed.
#[derive(Debug, PartialEq, Eq)]
pub struct Told {
    /// In bytes; `None` for the file as a whole.
    pub span: Option<Range<usize>>,
    pub message: String,
    pub hint: String,
}

const HINT: &str =
    "indent with spaces, the same for lines that belong together; put quotes around a text that holds a colon";

/// `span` is where the parser stopped, `message` what it says.
pub fn explain(text: &str, span: Option<Range<usize>>, message: &str) -> Told {
    let told = |span, message: String, hint: &str| Told { span, message, hint: hint.to_owned() };
    if let Some(key) =
        message.strip_prefix("duplicate mapping key: ").map(|rest| rest.split(',').next().unwrap_or(rest))
    {
        let first = span.as_ref().and_then(|span| first_of(text, span.start, key));
        let hint = match first {
            Some(line) => format!("the first one stands in line {line}: keep one of them"),
            None => "keep one of them".to_owned(),
        };
        return Told { span, message: format!("the key `{key}` stands twice here"), hint };
    }
    let at = span.as_ref().map_or(0, |span| span.start);
    if let Some(tab) = tab_near(text, at).filter(|_| message.contains("tab") || indented_by_tab(text, at)) {
        let hint = "put spaces in its place; most editors can be set to do so whenever the tab key is pressed";
        return told(Some(tab), "a tab stands where spaces must be".to_owned(), hint);
    }
    if let Some(expression) = unquoted_expression(text, at) {
        let hint = "put the text in quotes: \"{{ … }}\"";
        return told(Some(expression), "a text that begins with `{{` needs quotes around it".to_owned(), hint);
    }
    if message.contains("mapping values are not allowed") {
        let message = "a colon stands where none can be, or the line is indented wrongly".to_owned();
        return told(span, message, HINT);
    }
    told(span, format!("this is not valid YAML: {message}"), HINT)
}

/// The line (from 1) of the same key above, at the same depth.
fn first_of(text: &str, at: usize, key: &str) -> Option<usize> {
    let start = text.get(..at)?.rfind('\n').map_or(0, |end| end + 1);
    let indent = |line: &str| line.len() - line.trim_start_matches([' ', '-']).len();
    let depth = at - start;
    let above: Vec<&str> = text.get(..start)?.lines().collect();
    for (number, line) in above.iter().enumerate().rev() {
        let bare = line.trim_start();
        if bare.is_empty() || bare.starts_with('#') {
            continue;
        }
        if indent(line) < depth {
            return None;
        }
        if indent(line) == depth
            && line[depth..].strip_prefix(key).is_some_and(|rest| rest.trim_start().starts_with(':'))
        {
            return Some(number + 1);
        }
    }
    None
}

/// The first tab of the line at `at`, or of the lines around it: the parser may stop on the line before.
fn tab_near(text: &str, at: usize) -> Option<Range<usize>> {
    let start = text.get(..at)?.rfind('\n').map_or(0, |end| end + 1);
    let found = text.get(start..)?.find('\t')? + start;
    let lines = text.get(start..found)?.matches('\n').count();
    (lines <= 1).then_some(found..found + 1)
}

/// Whether the line at `at` or the next begins with a tab, after spaces at most.
fn indented_by_tab(text: &str, at: usize) -> bool {
    let start = text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |end| end + 1);
    let mut lines = text.get(start..).unwrap_or_default().lines().take(2);
    lines.any(|line| line.trim_start_matches(' ').starts_with('\t'))
}

/// `{{` as the first letters of a value without quotes, on the line at `at`.
fn unquoted_expression(text: &str, at: usize) -> Option<Range<usize>> {
    static PATTERN: OnceLock<Regex> = OnceLock::new();
    let pattern = PATTERN.get_or_init(|| Regex::new(r"(?::|-|^)\s+(\{\{)").expect("the pattern is valid"));
    let start = text.get(..at)?.rfind('\n').map_or(0, |end| end + 1);
    let line = text.get(start..)?.lines().next()?;
    let found = pattern.captures(line)?.get(1)?;
    Some(start + found.start()..start + found.end())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(text: &str, told: &Told) -> (usize, usize) {
        let at = told.span.clone().expect("a place").start;
        let before = &text[..at];
        (before.matches('\n').count() + 1, at - before.rfind('\n').map_or(0, |end| end + 1) + 1)
    }

    #[test]
    fn a_tab_is_told_on_its_own_line() {
        let text = "sender:\n  name: Inera\n\tunit: Kansli\n";
        let told = explain(text, Some(16..17), "while scanning a plain scalar, found a tab");
        assert_eq!((place(text, &told), told.message.as_str()), ((3, 1), "a tab stands where spaces must be"));
    }

    #[test]
    fn a_key_that_stands_twice_is_told_with_both_lines() {
        let text = "id: a\ntitle: b\nlook:\n  title: c\ntitle: d\n";
        let at = text.rfind("title").expect("it is there");
        let told = explain(text, Some(at..at + 5), "duplicate mapping key: title, set DuplicateKeyPolicy");
        assert_eq!(
            (place(text, &told), told.hint.as_str()),
            ((5, 1), "the first one stands in line 2: keep one of them")
        );
    }

    #[test]
    fn an_expression_without_quotes_is_told_at_its_brackets() {
        let text = "a: 1\ncaption: {{ recipient.name }}\n";
        let told = explain(text, Some(15..16), "expected string scalar");
        assert_eq!(place(text, &told), (2, 10));
        assert!(told.hint.contains("quotes"));
    }
}
