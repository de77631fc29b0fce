//! The document tree: plain data between what people wrote and how it is typeset.
//!
//! `compose` makes it, the Typst style reads it as JSON. Text in it is text: nothing is ever pasted into Typst source.

use serde::Serialize;

/// One recipient's document. Serialises to what `templates/style/declaration.typ` reads as `data.json`.
#[derive(Debug, Clone, Serialize)]
pub struct Tree {
    pub language: String,
    pub region: Option<String>,
    /// Title of the PDF.
    pub title: String,
    pub author: String,
    /// Year, month, day.
    pub date: [i32; 3],
    pub look: serde_json::Map<String, serde_json::Value>,
    pub contents: Option<String>,
    pub cover: CoverPage,
    pub body: Vec<Block>,
}

#[derive(Debug, Clone, Serialize)]
pub struct CoverPage {
    pub kicker: Option<String>,
    pub title: String,
    pub subtitle: Option<String>,
    pub recipient: String,
    pub recipient_label: Option<String>,
    pub facts: Vec<Fact>,
    pub body: Vec<Block>,
}

#[derive(Debug, Clone, Serialize)]
pub struct Fact {
    pub label: String,
    pub value: String,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Block {
    Heading { level: usize, text: Vec<Inline>, new_page: bool },
    Paragraph { text: Vec<Inline> },
    List { ordered: bool, start: u64, items: Vec<Vec<Block>> },
    Quote { body: Vec<Block> },
    Table(Table),
    Form(Box<FormBlock>),
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Table {
    pub style: TableStyle,
    pub caption: Option<Vec<Inline>>,
    pub note: Option<Vec<Inline>>,
    pub columns: Vec<Column>,
    pub rows: Vec<Row>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TableStyle {
    Plain,
    Glossary,
    Prices,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Column {
    pub align: Align,
    pub label: Vec<Inline>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Align {
    Left,
    Center,
    Right,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    pub cells: Vec<Vec<Inline>>,
    pub strong: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Inline {
    Text {
        text: String,
    },
    Code {
        text: String,
    },
    Strong {
        body: Vec<Inline>,
    },
    Emph {
        body: Vec<Inline>,
    },
    Link {
        url: String,
        body: Vec<Inline>,
    },
    /// A passage in another language, so that a screen reader says it right.
    Lang {
        lang: String,
        body: Vec<Inline>,
    },
    Break,
}

impl Inline {
    pub fn text(text: impl Into<String>) -> Vec<Inline> {
        vec![Inline::Text { text: text.into() }]
    }
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FormBlock {
    pub title: Vec<Inline>,
    pub intro: Vec<Block>,
    pub choice: ChoiceBlock,
    pub signature: SignatureBlock,
    pub outro: Vec<Block>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ChoiceBlock {
    pub field: String,
    pub label: Vec<Inline>,
    pub options: Vec<OptionBlock>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OptionBlock {
    pub value: String,
    pub label: Vec<Inline>,
    pub body: Vec<Block>,
    pub comment: Option<CommentBlock>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CommentBlock {
    pub field: String,
    pub label: Vec<Inline>,
    pub lines: u64,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SignatureBlock {
    pub title: Vec<Inline>,
    pub intro: Vec<Block>,
    pub fields: Vec<FieldBlock>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FieldBlock {
    pub field: String,
    pub label: Vec<Inline>,
    pub kind: &'static str,
    pub width: &'static str,
    /// Filled in when sent, and not to be changed.
    pub read_only: bool,
}
