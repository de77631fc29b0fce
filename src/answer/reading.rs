//! Readings: evidence that one layer gives about one field.

use std::fmt;

/// What looked. No layer knows another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layer {
    /// The fields of the interactive form.
    Form,
}

impl Layer {
    pub fn name(self) -> &'static str {
        match self {
            Layer::Form => "form",
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
}
