//! Does an appearance stream paint anything? A box whose "on" shows nothing, or whose "off" shows a cross, says one thing to
//! programs and another to people.

use lopdf::content::Content;
use lopdf::{Document, Object};

use crate::file::open;

/// Operators that leave marks (ISO 32000-2 annex A).
const PAINTING: &[&str] = &["S", "s", "f", "F", "f*", "B", "B*", "b", "b*", "Tj", "TJ", "'", "\"", "Do", "sh", "BI"];
/// Larger appearances of a box paint something.
const LARGEST: usize = 64 * 1024;

/// Whether the appearance paints. What cannot be read counts as painting: it is not the empty one that was sent.
pub fn paints(document: &Document, appearance: &Object) -> bool {
    let Some(Object::Stream(stream)) = open::resolve(document, appearance) else { return false };
    let Ok(content) = stream.get_plain_content_with_limit(LARGEST) else { return true };
    match Content::decode(&content) {
        Ok(content) => content.operations.iter().any(|op| PAINTING.contains(&op.operator.as_str())),
        Err(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lopdf::{Dictionary, Stream};

    #[test]
    fn setting_up_is_not_painting() {
        let document = Document::new();
        let paints = |content: &str| {
            let stream = Stream::new(Dictionary::new(), content.as_bytes().to_vec());
            paints(&document, &Object::Stream(stream))
        };
        assert!(!paints(""));
        assert!(!paints("q 0 G 1 w 0 0 9 9 re W n Q"));
        assert!(paints("q 0 0 m 9 9 l S Q"));
        assert!(paints("BT /F 9 Tf (x) Tj ET"));
    }
}
