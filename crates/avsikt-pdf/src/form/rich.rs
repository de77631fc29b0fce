//! The plain words of a rich text string: `/RV` of a text field (ISO 32000-2 12.7.5.3, annex "rich text strings").
//!
//! It is XHTML inside the PDF. Viewers that know it show it instead of `/V`, so its words are evidence of their own. Only
//! the words are taken: no style is understood, no DTD is allowed (so there are no entities but XML's own five), and the
//! number of nodes is bounded.

use lopdf::Object;
use roxmltree::{Document, Node, ParsingOptions};
use serde::{Deserialize, Serialize};

use crate::facts::PdfProblem;
use crate::ledger::Ledger;

/// Nodes of one rich text; a page of text in runs of one letter has fewer.
const NODES: u32 = 20_000;
/// Elements that stand on lines of their own.
const LINES: [&str; 7] = ["p", "div", "li", "ul", "ol", "br", "tr"];

/// What `/RV` of a field says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RichText {
    /// Its words, a line a line.
    Words(String),
    /// It is no well-formed XHTML, or over the limits.
    Unreadable,
}

/// Reads `/RV`, a text string or a stream.
pub fn read(value: &Object, ledger: &mut Ledger<'_>) -> Result<RichText, PdfProblem> {
    let limit = ledger.limits.value_bytes;
    let bytes = match value {
        Object::String(bytes, _) if bytes.len() <= limit => bytes.clone(),
        Object::Stream(stream) => match stream.get_plain_content_with_limit(limit) {
            Ok(bytes) => bytes,
            Err(_) => return Ok(RichText::Unreadable),
        },
        _ => return Ok(RichText::Unreadable),
    };
    let source = ledger.text(&bytes)?;
    if source.doubtful {
        return Ok(RichText::Unreadable);
    }
    Ok(words(&source.text).map_or(RichText::Unreadable, RichText::Words))
}

/// The words of an XHTML text; `None` when it cannot be parsed.
fn words(source: &str) -> Option<String> {
    let options = ParsingOptions { nodes_limit: NODES, ..ParsingOptions::default() };
    let document = Document::parse_with_options(source.trim(), options).ok()?;
    let mut text = String::new();
    for node in document.root_element().descendants() {
        if starts_line(&node) && !text.is_empty() {
            text.push('\n');
        }
        if let Some(run) = node.text().filter(|_| node.is_text()) {
            text.push_str(run);
        }
    }
    let lines = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    Some(lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n"))
}

fn starts_line(node: &Node<'_, '_>) -> bool {
    node.is_element() && LINES.contains(&node.tag_name().name())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;

    #[test]
    fn words_are_taken_and_styles_are_not() {
        let source = r#"<?xml version="1.0"?><body xmlns="http://www.w3.org/1999/xhtml" style="font-size:9pt"><p
            dir="ltr">Vi <b>av</b>står &amp; <i>tackar</i>.</p><p>Hälso&#173;</p><p><br/></p></body>"#;
        assert_eq!(words(source).as_deref(), Some("Vi avstår & tackar.\nHälso\u{ad}"));
        assert_eq!(words("<body/>").as_deref(), Some(""));
    }

    #[test]
    fn entities_and_broken_markup_are_not_followed() {
        let laughs = r#"<!DOCTYPE b [<!ENTITY a "ha"><!ENTITY c "&a;&a;">]><body><p>&c;</p></body>"#;
        let outside = r#"<!DOCTYPE b SYSTEM "file:///etc/passwd"><body/>"#;
        for source in [laughs, outside, "<body><p>öppen", "ren text", "<body>&nbsp;</body>", ""] {
            assert_eq!(words(source), None, "{source}");
        }
    }

    #[test]
    fn size_and_number_are_bounded() {
        let limits = Limits { value_bytes: 12, ..Limits::default() };
        let mut ledger = Ledger::new(&limits);
        let mut of = |source: &str| read(&Object::string_literal(source), &mut ledger).unwrap();
        assert_eq!(of("<b>ja</b>"), RichText::Words("ja".into()));
        assert_eq!(of("<b>ja, ja</b>"), RichText::Unreadable);
        assert_eq!(words(&format!("<b>{}</b>", "<i/>".repeat(30_000))), None);
        assert!(words(&format!("{}x{}", "<i>".repeat(9_000), "</i>".repeat(9_000))).is_none_or(|text| text == "x"));
    }
}
