//! The document and its form, as `declaration.yaml` says them: texts with their places, not yet composed.
//!
//! What is missing is told and then stood in for by an empty text, so that everything else can still be checked.

use super::decode::{Fields, Reader};
use super::yaml::Node;
use crate::diagnostic::Place;

/// A text that may hold Tera expressions, with the place it was read from.
#[derive(Debug, Clone, PartialEq)]
pub struct Text {
    pub source: String,
    pub place: Place,
}

impl Text {
    pub(super) fn read(reader: &mut Reader<'_>, node: &Node) -> Option<Self> {
        let source = reader.text(node)?;
        let place = reader.place(&node.span);
        Some(Text { source, place })
    }

    /// A text of blocks. Written over several lines without `|`, its lines run together into one paragraph, which shows in no
    /// other way than on paper.
    pub(super) fn read_blocks(reader: &mut Reader<'_>, node: &Node) -> Option<Self> {
        let file = &reader.file.text;
        let written = file.get(node.span.clone()).unwrap_or_default().trim();
        // The sign of a block scalar stands at the end of the line before its text (YAML 1.2.2, 8.1).
        let before = file.get(..node.span.start).unwrap_or_default().trim_end().lines().last().unwrap_or_default();
        let before = before.split(" #").next().unwrap_or_default().trim_end();
        let signed = before.trim_end_matches(|c: char| c.is_ascii_digit() || "+-".contains(c)).ends_with(['|', '>']);
        if written.contains('\n') && !signed && !written.starts_with(['|', '>', '"', '\'']) {
            let hint = "write `|` after the colon, and begin the text on the next line, indented";
            reader.warning(&node.span, "without `|` the lines of this text run together into one paragraph", hint);
        }
        Text::read(reader, node)
    }

    /// The place of a stretch of the text: `line` from 1, `column` from 0 and `length`, all in characters of `source`.
    ///
    /// The file may indent, quote or fold the text, so the line is looked up in the file; where it cannot be found as it
    /// stands, the whole text is the place.
    pub fn place_of(&self, line: usize, column: usize, length: usize) -> Place {
        let line = self.source.lines().nth(line.saturating_sub(1)).unwrap_or_default();
        let chars = |n: usize| line.chars().take(n).map(char::len_utf8).sum::<usize>();
        let rest = self.place.file.text.get(self.place.start..).unwrap_or_default();
        match rest.find(line) {
            Some(at) if !line.is_empty() => {
                let start = self.place.start + at;
                Place::new(&self.place.file, start + chars(column)..start + chars(column + length.max(1)))
            }
            _ => self.place.clone(),
        }
    }
}

#[derive(Debug, Clone)]
pub struct Declaration {
    /// Name of the PDF without its ending; must begin with the recipient's code.
    pub file_name: Text,
    pub cover: Cover,
    /// Heading of the table of contents; none without it.
    pub contents: Option<Text>,
    pub sections: Vec<Section>,
    pub form: Form,
}

#[derive(Debug, Clone)]
pub struct Cover {
    pub kicker: Option<Text>,
    pub title: Text,
    pub subtitle: Option<Text>,
    pub recipient_label: Option<Text>,
    /// Label and value.
    pub facts: Vec<(Text, Text)>,
    pub text: Option<Text>,
}

#[derive(Debug, Clone)]
pub struct Section {
    pub title: Text,
    pub new_page: bool,
    pub text: Option<Text>,
    pub glossary: Option<Glossary>,
    pub prices: Option<PriceTable>,
    pub text_after: Option<Text>,
    pub sections: Vec<Section>,
}

#[derive(Debug, Clone)]
pub struct Glossary {
    pub columns: [Text; 2],
    /// Term and meaning.
    pub rows: Vec<(Text, Text)>,
}

/// Where the recipient's own price table stands.
#[derive(Debug, Clone)]
pub struct PriceTable {
    pub caption: Option<Text>,
}

#[derive(Debug, Clone)]
pub struct Form {
    pub title: Text,
    /// How many pages in a row the form may take.
    pub pages: usize,
    pub intro: Option<Text>,
    /// Fields that an answer on paper needs beside its choice; all of them without a list.
    pub required: Option<Vec<String>>,
    pub choice: ChoiceField,
    pub signature_title: Text,
    pub signature_text: Option<Text>,
    pub fields: Vec<FormField>,
    pub outro: Option<Text>,
}

impl Form {
    /// The comment of a choice, by the choice's value.
    pub fn comment_of(&self, choice: &str) -> Option<&FormField> {
        self.choice.options.iter().find(|o| o.value == choice)?.comment.as_ref()
    }

    /// Every field but the choice, in reading order: comments first, then the signature's fields.
    pub fn other_fields(&self) -> impl Iterator<Item = &FormField> {
        self.choice.options.iter().filter_map(|o| o.comment.as_ref()).chain(&self.fields)
    }
}

/// One field of boxes that exclude each other.
#[derive(Debug, Clone)]
pub struct ChoiceField {
    pub field: String,
    pub label: Text,
    pub options: Vec<ChoiceOption>,
}

#[derive(Debug, Clone)]
pub struct ChoiceOption {
    /// The box's on-state.
    pub value: String,
    pub label: Text,
    pub text: Option<Text>,
    pub tooltip: Text,
    pub comment: Option<FormField>,
}

#[derive(Debug, Clone)]
pub struct FormField {
    pub field: String,
    pub label: Text,
    pub kind: FormFieldKind,
    pub half: bool,
    /// Lines of a comment.
    pub lines: u64,
    pub value: Option<Text>,
    pub read_only: bool,
    pub tooltip: Text,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FormFieldKind {
    Text,
    Multiline,
    Date,
    Signature,
}

impl FormFieldKind {
    pub fn name(self) -> &'static str {
        match self {
            FormFieldKind::Text => "text",
            FormFieldKind::Multiline => "multiline",
            FormFieldKind::Date => "date",
            FormFieldKind::Signature => "signature",
        }
    }
}

/// Reads the file's root.
pub(super) fn read(reader: &mut Reader<'_>, root: &Node) -> Option<Declaration> {
    let fields = reader.fields(root, "declaration.yaml", &["file_name", "cover", "contents", "sections", "form"])?;
    let file_name = required(reader, &fields, "file_name");
    let cover = reader.required(&fields, "cover").and_then(|node| cover(reader, node));
    let contents = optional(reader, &fields, "contents");
    let sections = match reader.required(&fields, "sections") {
        Some(node) => sections(reader, node),
        None => Vec::new(),
    };
    let form = reader.required(&fields, "form").and_then(|node| form(reader, node));
    Some(Declaration { file_name, cover: cover?, contents, sections, form: form? })
}

/// A text that must be there; an empty one stands in for one that is not.
fn required(reader: &mut Reader<'_>, fields: &Fields<'_>, name: &str) -> Text {
    let found = reader.required_text(fields, name).and_then(|_| optional(reader, fields, name));
    found.unwrap_or_else(|| Text { source: String::new(), place: reader.place(&fields.span()) })
}

fn blocks(reader: &mut Reader<'_>, fields: &Fields<'_>, name: &str) -> Option<Text> {
    fields.get(name).and_then(|node| Text::read_blocks(reader, node))
}

fn optional(reader: &mut Reader<'_>, fields: &Fields<'_>, name: &str) -> Option<Text> {
    fields.get(name).and_then(|node| Text::read(reader, node))
}

fn cover(reader: &mut Reader<'_>, node: &Node) -> Option<Cover> {
    let known = ["kicker", "title", "subtitle", "recipient_label", "facts", "text"];
    let fields = reader.fields(node, "the cover", &known)?;
    let mut facts = Vec::new();
    if let Some(node) = fields.get("facts") {
        for item in reader.list(node, "`facts`").unwrap_or_default() {
            let Some(fact) = reader.fields(item, "a fact", &["label", "value"]) else { continue };
            facts.push((required(reader, &fact, "label"), required(reader, &fact, "value")));
        }
    }
    let title = required(reader, &fields, "title");
    Some(Cover {
        kicker: optional(reader, &fields, "kicker"),
        subtitle: optional(reader, &fields, "subtitle"),
        recipient_label: optional(reader, &fields, "recipient_label"),
        text: blocks(reader, &fields, "text"),
        facts,
        title,
    })
}

fn sections(reader: &mut Reader<'_>, node: &Node) -> Vec<Section> {
    let items = reader.list(node, "`sections`").unwrap_or_default();
    items.iter().filter_map(|item| section(reader, item)).collect()
}

fn section(reader: &mut Reader<'_>, node: &Node) -> Option<Section> {
    let known = ["title", "new_page", "text", "glossary", "prices", "text_after", "sections"];
    let fields = reader.fields(node, "a section", &known)?;
    let title = required(reader, &fields, "title");
    let new_page = fields.get("new_page").and_then(|n| reader.truth(n)).unwrap_or(false);
    let glossary = fields.get("glossary").and_then(|n| glossary(reader, n));
    let prices = fields.get("prices").and_then(|n| {
        let fields = reader.fields(n, "the price table", &["caption"])?;
        Some(PriceTable { caption: optional(reader, &fields, "caption") })
    });
    let inner = fields.get("sections").map(|n| sections(reader, n)).unwrap_or_default();
    Some(Section {
        new_page,
        text: blocks(reader, &fields, "text"),
        glossary,
        prices,
        text_after: blocks(reader, &fields, "text_after"),
        sections: inner,
        title,
    })
}

fn glossary(reader: &mut Reader<'_>, node: &Node) -> Option<Glossary> {
    let fields = reader.fields(node, "a glossary", &["columns", "rows"])?;
    let columns_node = reader.required(&fields, "columns")?;
    let columns: Vec<Text> =
        reader.list(columns_node, "`columns`")?.iter().filter_map(|n| Text::read(reader, n)).collect();
    let Ok(columns) = <[Text; 2]>::try_from(columns) else {
        reader.error(&columns_node.span, "a glossary has two columns", "write `columns: [Term, Meaning]`");
        return None;
    };
    let mut rows = Vec::new();
    if let Some(node) = reader.required(&fields, "rows") {
        for item in reader.list(node, "`rows`").unwrap_or_default() {
            let Some(row) = reader.fields(item, "a row of the glossary", &["term", "meaning"]) else { continue };
            rows.push((required(reader, &row, "term"), required(reader, &row, "meaning")));
        }
    }
    Some(Glossary { columns, rows })
}

fn form(reader: &mut Reader<'_>, node: &Node) -> Option<Form> {
    let fields =
        reader.fields(node, "the form", &["title", "pages", "intro", "required", "choice", "signature", "outro"])?;
    let title = required(reader, &fields, "title");
    let pages = fields.get("pages").and_then(|n| form_pages(reader, n));
    let choice = reader.required(&fields, "choice").and_then(|n| choice(reader, n));
    let signature = reader
        .required(&fields, "signature")
        .and_then(|n| reader.fields(n, "the signature", &["title", "text", "fields"]));
    let (mut signature_title, mut signature_text, mut form_fields) = (None, None, Vec::new());
    if let Some(signature) = signature {
        signature_title = Some(required(reader, &signature, "title"));
        signature_text = blocks(reader, &signature, "text");
        if let Some(node) = reader.required(&signature, "fields") {
            let items = reader.list(node, "`fields`").unwrap_or_default();
            form_fields = items.iter().filter_map(|item| form_field(reader, item, None)).collect();
        }
    }
    let mut form = Form {
        pages: pages.unwrap_or(1),
        intro: blocks(reader, &fields, "intro"),
        required: None,
        outro: blocks(reader, &fields, "outro"),
        signature_text,
        fields: form_fields,
        title,
        choice: choice?,
        signature_title: signature_title?,
    };
    refuse_twins(reader, node, &form);
    form.required = fields.get("required").and_then(|node| required_fields(reader, node, &form));
    Some(form)
}

/// The fields that an answer needs, each of the form.
fn required_fields(reader: &mut Reader<'_>, node: &Node, form: &Form) -> Option<Vec<String>> {
    let mut required = Vec::new();
    for item in reader.list(node, "`required`")? {
        let Some(name) = reader.text(item) else { continue };
        let fields = || std::iter::once(&form.choice.field).chain(form.other_fields().map(|field| &field.field));
        if fields().any(|field| *field == name) {
            required.push(name);
        } else {
            let names: Vec<String> = fields().map(|field| format!("`{field}`")).collect();
            reader.error(
                &item.span,
                format!("the form has no field `{name}`"),
                format!("its fields are {}", names.join(", ")),
            );
        }
    }
    Some(required)
}

fn form_pages(reader: &mut Reader<'_>, node: &Node) -> Option<usize> {
    let pages = usize::try_from(reader.whole_number(node)?).ok().filter(|pages| (1..=9).contains(pages));
    if pages.is_none() {
        reader.error(&node.span, "a form has 1 to 9 pages", "write how many pages the form may take, for example 2");
    }
    pages
}

fn choice(reader: &mut Reader<'_>, node: &Node) -> Option<ChoiceField> {
    let fields = reader.fields(node, "the choice", &["field", "label", "options"])?;
    let field = field_name(reader, &fields);
    let label = required(reader, &fields, "label");
    let options_node = reader.required(&fields, "options")?;
    let items = reader.list(options_node, "`options`").unwrap_or_default();
    let options: Vec<_> = items.iter().filter_map(|item| option(reader, item)).collect();
    if items.len() < 2 {
        reader.error(&options_node.span, "a choice has at least two options", "add an option with `- value:`");
    }
    Some(ChoiceField { field: field.unwrap_or_default(), label, options })
}

fn option(reader: &mut Reader<'_>, node: &Node) -> Option<ChoiceOption> {
    let fields = reader.fields(node, "an option", &["value", "label", "text", "tooltip", "comment"])?;
    let value = reader.required_text(&fields, "value");
    if let (Some(value), Some(node)) = (&value, fields.get("value"))
        && (!is_name(value) || value.eq_ignore_ascii_case("off"))
    {
        reader.error(&node.span, format!("`{value}` cannot be a choice's value"), NAME_HINT);
    }
    let label = required(reader, &fields, "label");
    let tooltip = optional(reader, &fields, "tooltip").unwrap_or_else(|| label.clone());
    let comment = fields.get("comment").and_then(|n| form_field(reader, n, Some(FormFieldKind::Multiline)));
    Some(ChoiceOption {
        text: blocks(reader, &fields, "text"),
        comment,
        value: value.unwrap_or_default(),
        label,
        tooltip,
    })
}

/// A field of the signature block, or (with the kind given) a comment.
fn form_field(reader: &mut Reader<'_>, node: &Node, kind: Option<FormFieldKind>) -> Option<FormField> {
    let known: &[&str] = match kind {
        Some(_) => &["field", "label", "lines", "tooltip"],
        None => &["field", "label", "kind", "width", "value", "read_only", "tooltip"],
    };
    let fields = reader.fields(node, "a form field", known)?;
    let field = field_name(reader, &fields);
    let label = required(reader, &fields, "label");
    let kind = kind.or_else(|| field_kind(reader, &fields));
    let half = match reader.optional_text(&fields, "width").as_deref() {
        None | Some("full") => false,
        Some("half") => true,
        Some(other) => {
            let span = fields.get("width").map_or(node.span.clone(), |n| n.span.clone());
            reader.error(&span, format!("`{other}` is no width"), "write full or half");
            false
        }
    };
    let lines = fields.get("lines").and_then(|n| reader.whole_number(n)).unwrap_or(1);
    let read_only = fields.get("read_only").and_then(|n| reader.truth(n)).unwrap_or(false);
    let tooltip = optional(reader, &fields, "tooltip").unwrap_or_else(|| label.clone());
    let value = optional(reader, &fields, "value");
    let field = field.unwrap_or_default();
    let kind = kind.unwrap_or(FormFieldKind::Text);
    Some(FormField { half, lines, value, read_only, field, label, kind, tooltip })
}

fn field_kind(reader: &mut Reader<'_>, fields: &Fields<'_>) -> Option<FormFieldKind> {
    let node = reader.required(fields, "kind")?;
    let text = reader.text(node)?;
    let kinds = [FormFieldKind::Text, FormFieldKind::Multiline, FormFieldKind::Date, FormFieldKind::Signature];
    let found = kinds.into_iter().find(|kind| kind.name() == text);
    if found.is_none() {
        reader.error(&node.span, format!("`{text}` is no kind of field"), "write text, multiline, date or signature");
    }
    found
}

const NAME_HINT: &str = "use a–z, 0–9, hyphen and underscore, for example comment_1";

fn field_name(reader: &mut Reader<'_>, fields: &Fields<'_>) -> Option<String> {
    let name = reader.required_text(fields, "field")?;
    if !is_name(&name)
        && let Some(node) = fields.get("field")
    {
        reader.error(&node.span, format!("`{name}` cannot be a field's name"), NAME_HINT);
    }
    Some(name)
}

/// Names stay within what every program that fills forms keeps: no full stops (ISO 32000-2 12.7.4.2 reserves them), no
/// spaces, nothing beyond ASCII.
fn is_name(name: &str) -> bool {
    (1..=40).contains(&name.len())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_')
}

/// Two fields or two options with one name would be one answer.
fn refuse_twins(reader: &mut Reader<'_>, node: &Node, form: &Form) {
    let fields = std::iter::once(&form.choice.field).chain(form.other_fields().map(|f| &f.field));
    let options = form.choice.options.iter().map(|o| &o.value);
    for (names, what) in [(fields.collect::<Vec<_>>(), "fields"), (options.collect(), "options")] {
        for (i, name) in names.iter().enumerate() {
            if names[..i].contains(name) {
                reader.error(
                    &node.span,
                    format!("two {what} of the form are called `{name}`"),
                    "give each its own name",
                );
            }
        }
    }
}
