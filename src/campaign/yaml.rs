//! YAML as a tree that remembers where everything stood.
//!
//! A typed deserialiser stops at the first surprise, but a person who edits a campaign wants every mistake at once. So
//! serde-saphyr gives the raw tree with byte spans here, and [`super::decode`] reads it and collects problems. Plain
//! scalars keep the text as it was written: `01` stays `01`, and a date stays a date.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::{Location, Spanned};

use super::mistakes;
use crate::diagnostic::{Place, Problems, SourceFile};

/// A node of the tree with its stretch of the file, in bytes.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    pub span: Range<usize>,
    pub value: Value,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Null,
    /// A scalar as it was written (plain) or as it was meant (quoted, block).
    Scalar(String),
    List(Vec<Node>),
    Map(Vec<(Key, Node)>),
}

#[derive(Debug, Clone, PartialEq)]
pub struct Key {
    pub name: String,
    pub span: Range<usize>,
}

/// Parses a file. What is not YAML at all is one problem with its place.
pub fn parse(file: &Arc<SourceFile>, problems: &mut Problems) -> Option<Node> {
    match serde_saphyr::from_str::<Spanned<Raw>>(&file.text) {
        Ok(root) => Some(node(root, &file.text)),
        Err(error) => {
            let span = error.location().map(|at| bytes(&at, &file.text));
            let told = mistakes::explain(&file.text, span, &plain_message(&error));
            problems.error(told.span.map(|span| Place::new(file, span)), told.message, told.hint);
            None
        }
    }
}

/// The library's sentence without its own picture of the source.
fn plain_message(error: &serde_saphyr::Error) -> String {
    let text = error.without_snippet().to_string();
    let line = text.lines().next().unwrap_or_default().trim_end_matches('.');
    let line = line.strip_prefix("error: ").unwrap_or(line);
    // The place is shown beside the message; the library repeats it at the end.
    line.split(" at line ").next().unwrap_or(line).to_owned()
}

fn node(spanned: Spanned<Raw>, text: &str) -> Node {
    let span = bytes(&spanned.referenced, text);
    let value = match spanned.value {
        Raw::Null => Value::Null,
        Raw::Text(text) => Value::Scalar(text),
        // A number, a Boolean or a date-like word: the source says how it was written.
        Raw::Plain(fallback) => Value::Scalar(match text.get(span.clone()) {
            Some(written) if !written.trim().is_empty() => written.trim().to_owned(),
            _ => fallback,
        }),
        Raw::List(items) => Value::List(items.into_iter().map(|item| node(item, text)).collect()),
        Raw::Map(entries) => Value::Map(entries.into_iter().map(|(key, value)| entry(key, value, text)).collect()),
    };
    Node { span, value }
}

fn entry(key: Spanned<String>, value: Spanned<Raw>, text: &str) -> (Key, Node) {
    let key = Key { span: bytes(&key.referenced, text), name: key.value };
    (key, node(value, text))
}

/// The stretch of a location, from byte offsets where the parser has them and from line and column otherwise.
fn bytes(location: &Location, text: &str) -> Range<usize> {
    let span = location.span();
    if let (Some(start), Some(length)) = (span.byte_offset(), span.byte_len()) {
        let start = usize::try_from(start).unwrap_or(usize::MAX).min(text.len());
        let length = usize::try_from(length).unwrap_or(0);
        return start..start.saturating_add(length).min(text.len());
    }
    let (line, column) = (location.line().max(1) as usize, location.column().max(1) as usize);
    let line_start: usize = text.split_inclusive('\n').take(line - 1).map(str::len).sum();
    let rest = text.get(line_start..).unwrap_or_default();
    let start = line_start + rest.chars().take(column - 1).map(char::len_utf8).sum::<usize>();
    start..(start + 1).min(text.len())
}

/// The tree as serde hands it over, before plain scalars are looked up in the source.
enum Raw {
    Null,
    Text(String),
    Plain(String),
    List(Vec<Spanned<Raw>>),
    Map(Vec<(Spanned<String>, Spanned<Raw>)>),
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Raw;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("YAML")
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Raw, E> {
        Ok(Raw::Plain(value.to_string()))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Raw, E> {
        Ok(Raw::Plain(value.to_string()))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Raw, E> {
        Ok(Raw::Plain(value.to_string()))
    }

    fn visit_i128<E: de::Error>(self, value: i128) -> Result<Raw, E> {
        Ok(Raw::Plain(value.to_string()))
    }

    fn visit_u128<E: de::Error>(self, value: u128) -> Result<Raw, E> {
        Ok(Raw::Plain(value.to_string()))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Raw, E> {
        Ok(Raw::Plain(value.to_string()))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Raw, E> {
        Ok(Raw::Text(value.to_owned()))
    }

    fn visit_string<E: de::Error>(self, value: String) -> Result<Raw, E> {
        Ok(Raw::Text(value))
    }

    fn visit_unit<E: de::Error>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Raw, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = access.next_element()? {
            items.push(item);
        }
        Ok(Raw::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Raw, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = access.next_entry()? {
            entries.push(entry);
        }
        Ok(Raw::Map(entries))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(text: &str) -> (Node, Problems) {
        let file = Arc::new(SourceFile { path: "a.yaml".into(), text: text.into() });
        let mut problems = Problems::default();
        let node = parse(&file, &mut problems).unwrap_or(Node { span: 0..0, value: Value::Null });
        (node, problems)
    }

    fn get<'n>(node: &'n Node, name: &str) -> &'n Node {
        let Value::Map(entries) = &node.value else { panic!("not a map") };
        &entries.iter().find(|(k, _)| k.name == name).expect("the key is there").1
    }

    #[test]
    fn plain_scalars_stay_as_written() {
        let text = "code: 01\r\ndate: 2026-01-09\r\nyes: ja\r\nname: Åsa # remark\r\nn: 1.50\r\nt: true\r\n2027: 5\r\nq: \"a b\"\r\n";
        let (root, problems) = tree(text);
        assert!(problems.is_empty(), "{}", problems.render(false));
        for (name, value) in [
            ("code", "01"),
            ("date", "2026-01-09"),
            ("yes", "ja"),
            ("name", "Åsa"),
            ("n", "1.50"),
            ("t", "true"),
            ("2027", "5"),
            ("q", "a b"),
        ] {
            assert_eq!(get(&root, name).value, Value::Scalar(value.into()), "{name}");
        }
    }

    #[test]
    fn spans_point_at_the_value() {
        let text = "å: 1\nlist:\n  - {code: \"07\", name: Östra}\n";
        let (root, _) = tree(text);
        let Value::List(items) = &get(&root, "list").value else { panic!("not a list") };
        assert_eq!(&text[get(&items[0], "name").span.clone()], "Östra");
    }

    #[test]
    fn what_is_not_yaml_is_told_with_its_place() {
        let (_, problems) = tree("a: 1\nb: [1, 2\nc: 3\n");
        let problem = problems.iter().next().expect("a problem");
        assert!(problem.place.is_some(), "{problem:?}");
    }

    #[test]
    fn a_key_that_stands_twice_is_a_problem() {
        let (_, problems) = tree("a: 1\na: 2\n");
        assert!(problems.has_errors());
    }
}
