//! Readings: evidence that one layer gives about one field.

use std::fmt;

/// What looked. No layer knows another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layer {
    /// The fields of the interactive form.
    Form,
    /// What was laid over the page: text boxes, ink, stamps.
    Annotations,
    /// Text printed on the page that was not there when it was sent.
    Text,
    /// The same text as another library reads it.
    PlainText,
    /// What the page shows.
    Pixels,
}

impl Layer {
    pub fn name(self) -> &'static str {
        match self {
            Layer::Form => "form",
            Layer::Annotations => "annotations",
            Layer::Text => "text",
            Layer::PlainText => "plain-text",
            Layer::Pixels => "pixels",
        }
    }
}

impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What one layer saw of one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    pub field: String,
    pub layer: Layer,
    pub seen: Seen,
    /// Whether the layer is sure of what it saw; a doubtful reading sends its field to a person.
    pub clear: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    /// The marked boxes of a choice, sorted, each once; empty when none is marked.
    Marks(Vec<String>),
    /// A text, trimmed and not empty.
    Text(String),
    /// Something is written there, but not what.
    Ink,
    /// Nothing is seen there.
    Blank,
    /// The text that a field draws. Programs draw with broken fonts, so it gives no value; it only raises doubt.
    Shown(String),
}
