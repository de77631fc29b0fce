//! From the YAML tree to values: every surprise becomes a problem, and reading goes on.
//!
//! A getter that returns `None` has already told why, so callers need not.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use jiff::civil::Date;

use super::yaml::{Key, Node, Value};
use crate::diagnostic::{Place, Problems, SourceFile};

/// Reads one file's tree.
pub struct Reader<'p> {
    pub file: Arc<SourceFile>,
    pub problems: &'p mut Problems,
}

/// The entries of a map whose keys have been checked.
pub struct Fields<'n> {
    entries: &'n [(Key, Node)],
    span: Range<usize>,
    what: &'static str,
}

impl<'n> Fields<'n> {
    pub fn get(&self, name: &str) -> Option<&'n Node> {
        let (_, node) = self.entries.iter().find(|(key, _)| key.name == name)?;
        (node.value != Value::Null).then_some(node)
    }

    pub fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// Entries whose keys are not among `known`.
    pub fn others(&self, known: &[&str]) -> impl Iterator<Item = &'n (Key, Node)> {
        self.entries.iter().filter(move |(key, _)| !known.contains(&key.name.as_str()))
    }
}

impl Reader<'_> {
    pub fn place(&self, span: &Range<usize>) -> Place {
        Place::new(&self.file, span.clone())
    }

    pub fn error(&mut self, span: &Range<usize>, message: impl Into<String>, hint: impl Into<String>) {
        let place = self.place(span);
        self.problems.error(Some(place), message, hint);
    }

    pub fn warning(&mut self, span: &Range<usize>, message: impl Into<String>, hint: impl Into<String>) {
        let place = self.place(span);
        self.problems.warning(Some(place), message, hint);
    }

    /// A map with these keys and no others. `what` names it in messages, for example `an option`.
    pub fn fields<'n>(&mut self, node: &'n Node, what: &'static str, known: &[&str]) -> Option<Fields<'n>> {
        let fields = self.open_fields(node, what)?;
        for (key, _) in fields.others(known) {
            let hint = match closest(&key.name, known) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("{what} may have: {}", known.join(", ")),
            };
            self.error(&key.span, format!("unknown key `{}`", key.name), hint);
        }
        Some(fields)
    }

    /// A map that may have any keys.
    pub fn open_fields<'n>(&mut self, node: &'n Node, what: &'static str) -> Option<Fields<'n>> {
        let Value::Map(entries) = &node.value else {
            self.error(&node.span, format!("{what} must be written as `key: value` lines"), kind_hint(node));
            return None;
        };
        Some(Fields { entries, span: node.span.clone(), what })
    }

    pub fn required<'n>(&mut self, fields: &Fields<'n>, name: &str) -> Option<&'n Node> {
        let found = fields.get(name);
        if found.is_none() {
            if let Some((key, _)) = fields.entries.iter().find(|(key, _)| key.name == name) {
                self.error(&key.span, format!("`{name}` is empty"), "write what it is to be after the colon");
                return None;
            }
            // Point at the first key: the whole map may be long.
            let span = fields.entries.first().map_or(fields.span.clone(), |(key, _)| key.span.clone());
            self.error(&span, format!("`{name}` is missing"), format!("{} must have `{name}:`", fields.what));
        }
        found
    }

    pub fn text(&mut self, node: &Node) -> Option<String> {
        match &node.value {
            Value::Scalar(text) => Some(text.clone()),
            Value::Null => Some(String::new()),
            _ => {
                self.error(&node.span, "a text is expected here", kind_hint(node));
                None
            }
        }
    }

    pub fn required_text(&mut self, fields: &Fields<'_>, name: &str) -> Option<String> {
        let node = self.required(fields, name)?;
        let text = self.text(node)?;
        if text.trim().is_empty() {
            self.error(&node.span, format!("`{name}` is empty"), "write a text after the colon");
            return None;
        }
        Some(text)
    }

    pub fn optional_text(&mut self, fields: &Fields<'_>, name: &str) -> Option<String> {
        fields.get(name).and_then(|node| self.text(node))
    }

    pub fn list<'n>(&mut self, node: &'n Node, what: &str) -> Option<&'n [Node]> {
        match &node.value {
            Value::List(items) => Some(items),
            _ => {
                self.error(&node.span, format!("{what} must be a list"), "begin each line with `- `");
                None
            }
        }
    }

    /// A whole number, 0 or more. Spaces between digits are understood (`1 234 567`).
    pub fn whole_number(&mut self, node: &Node) -> Option<u64> {
        let text = self.text(node)?;
        let digits: String = text.chars().filter(|c| !matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '_')).collect();
        match digits.parse() {
            Ok(number) if i64::try_from(number).is_ok() => Some(number),
            _ => {
                self.error(
                    &node.span,
                    format!("`{text}` is not a whole number"),
                    "write digits only, for example 1234567",
                );
                None
            }
        }
    }

    pub fn truth(&mut self, node: &Node) -> Option<bool> {
        match self.text(node)?.to_lowercase().as_str() {
            "true" | "yes" | "ja" => Some(true),
            "false" | "no" | "nej" => Some(false),
            other => {
                self.error(&node.span, format!("`{other}` is neither true nor false"), "write true or false");
                None
            }
        }
    }

    /// A day, `2026-02-27`.
    pub fn date(&mut self, node: &Node) -> Option<Date> {
        let text = self.text(node)?;
        let parsed = (text.len() == 10).then(|| text.parse().ok()).flatten();
        if parsed.is_none() {
            self.error(&node.span, format!("`{text}` is not a date"), "write year-month-day, for example 2026-02-27");
        }
        parsed
    }

    /// A language's tag: `sv`, `en-GB`.
    pub fn language(&mut self, node: &Node) -> Option<String> {
        let text = self.text(node)?;
        let (language, region) = text.split_once('-').map_or((text.as_str(), None), |(l, r)| (l, Some(r)));
        let fits = (2..=3).contains(&language.len())
            && language.bytes().all(|byte| byte.is_ascii_lowercase())
            && region.is_none_or(|region| region.len() == 2 && region.bytes().all(|byte| byte.is_ascii_uppercase()));
        if !fits {
            self.error(
                &node.span,
                format!("`{text}` is not a language"),
                "write its code, for example sv, en or en-GB",
            );
        }
        fits.then_some(text)
    }

    /// A map from years to whole kronor.
    pub fn years(&mut self, node: &Node, what: &'static str) -> BTreeMap<i16, u64> {
        let mut amounts = BTreeMap::new();
        let Some(fields) = self.open_fields(node, what) else { return amounts };
        for (key, value) in fields.others(&[]) {
            match key.name.parse::<i16>() {
                Ok(year) if (1900..3000).contains(&year) => {
                    if let Some(amount) = self.whole_number(value) {
                        amounts.insert(year, amount);
                    }
                }
                _ => self.error(
                    &key.span,
                    format!("`{}` is not a year", key.name),
                    "write four digits, for example 2027",
                ),
            }
        }
        amounts
    }
}

fn kind_hint(node: &Node) -> &'static str {
    match node.value {
        Value::Null => "there is nothing here",
        Value::Scalar(_) => "there is a single text or number here",
        Value::List(_) => "there is a list here",
        Value::Map(_) => "there are `key: value` lines here; put quotes around a text that holds a colon",
    }
}

/// The known name that a misspelt one is nearest to, if it is near at all. Names with other digits are not near: a year is
/// never a slip of the pen for another year.
pub fn closest<'k>(name: &str, known: &[&'k str]) -> Option<&'k str> {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let alike = known.iter().filter(|k| digits(k) == digits(name));
    let (distance, near) = alike.map(|k| (strsim::levenshtein(name, k), *k)).min()?;
    (distance <= 1 + near.len() / 4).then_some(near)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misspelt_keys_find_their_neighbour() {
        assert_eq!(closest("deadlin", &["date", "deadline"]), Some("deadline"));
        assert_eq!(closest("titel", &["title", "text"]), Some("title"));
        assert_eq!(closest("färg", &["title", "deadline"]), None);
        assert_eq!(closest("2026", &["2027", "2028"]), None);
        assert_eq!(closest("Utveckling 2026", &["Utveckling 2027"]), None);
        assert_eq!(closest("Utvekling 2027", &["Utveckling 2027", "Utveckling 2028"]), Some("Utveckling 2027"));
    }
}
