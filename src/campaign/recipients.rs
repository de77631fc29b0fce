//! Recipients: who is sent a declaration. From `recipients.yaml`.

use std::collections::{BTreeMap, HashMap};

use super::declaration::Text;
use super::decode::Reader;
use super::yaml::Node;
use crate::diagnostic::Place;
use crate::ids::RecipientCode;

#[derive(Debug, Clone)]
pub struct Recipient {
    pub code: RecipientCode,
    pub name: String,
    pub email: Option<String>,
    /// Whom to ask for.
    pub contact: Option<String>,
    /// For the office itself; in the document only where its text says so.
    pub note: Option<String>,
    /// Markdown with expressions, for this recipient alone; stands where the declaration has `{{ recipient.paragraph }}`.
    pub paragraph: Option<Text>,
    /// BCP 47 tag, where it is not the campaign's.
    pub language: Option<String>,
    /// The recipient's weight when prices are allocated.
    pub key: Option<u64>,
    /// Where the recipient stands on the report's map of tiles: column and row, counted from any number.
    pub tile: Option<[u32; 2]>,
    /// Further columns, for use in texts as `recipient.NAME`.
    pub extra: BTreeMap<String, String>,
    /// Where the recipient stands in the file.
    pub place: Place,
}

/// No map is larger.
const FARTHEST_TILE: u32 = 50;

const KNOWN: &[&str] = &["code", "name", "email", "key", "contact", "note", "paragraph", "language", "tile"];

/// Reads the file's root; every recipient that can be read is there.
pub(super) fn read(reader: &mut Reader<'_>, root: &Node) -> Vec<Recipient> {
    let Some(fields) = reader.fields(root, "recipients.yaml", &["recipients"]) else { return Vec::new() };
    let Some(node) = reader.required(&fields, "recipients") else { return Vec::new() };
    let Some(items) = reader.list(node, "`recipients`") else { return Vec::new() };
    if items.is_empty() {
        reader.error(&node.span, "there are no recipients", "add a line `- {code: \"01\", name: …}`");
    }
    let recipients: Vec<_> = items.iter().filter_map(|item| recipient(reader, item)).collect();
    refuse_twins(reader, &recipients);
    recipients
}

fn recipient(reader: &mut Reader<'_>, node: &Node) -> Option<Recipient> {
    let fields = reader.open_fields(node, "a recipient")?;
    let code = reader.required_text(&fields, "code");
    let name = reader.required_text(&fields, "name");
    let email = reader.optional_text(&fields, "email");
    // What is no number has been told; a number stands in for it, so that nothing else is told of it.
    let key = fields.get("key").map(|node| match reader.whole_number(node) {
        Some(0) => {
            let hint = "its share of every price is 0; write its key if that is not meant";
            reader.warning(&node.span, "the allocation key is 0", hint);
            0
        }
        Some(key) => key,
        None => 1,
    });
    let contact = reader.optional_text(&fields, "contact");
    let note = reader.optional_text(&fields, "note");
    let paragraph = fields.get("paragraph").and_then(|node| Text::read(reader, node));
    let language = fields.get("language").and_then(|node| reader.language(node));
    let tile = fields.get("tile").and_then(|node| tile(reader, node));
    let mut extra = BTreeMap::new();
    for (key, value) in fields.others(KNOWN) {
        if let Some(text) = reader.text(value) {
            extra.insert(key.name.clone(), text);
        }
    }
    if let (Some(email), Some(node)) = (&email, fields.get("email"))
        && !looks_like_an_address(email)
    {
        reader.error(&node.span, format!("`{email}` is not an e-mail address"), "write name@domain");
    }
    let (code, name) = (code?, name?);
    let span = fields.get("code").map_or(node.span.clone(), |n| n.span.clone());
    let Some(code) = RecipientCode::new(&code) else {
        reader.error(
            &span,
            format!("`{code}` cannot be a recipient's code"),
            "use A–Z, 0–9 and hyphens, at most 12 characters, for example \"01\"",
        );
        return None;
    };
    let place = reader.place(&span);
    Some(Recipient { code, name, email, contact, note, paragraph, language, key, tile, extra, place })
}

/// `[column, row]`: two small whole numbers.
fn tile(reader: &mut Reader<'_>, node: &Node) -> Option<[u32; 2]> {
    let numbers: Vec<_> = reader.list(node, "`tile`")?.iter().map(|one| reader.whole_number(one)).collect();
    let small = |number: &Option<u64>| number.and_then(|n| u32::try_from(n).ok()).filter(|n| *n <= FARTHEST_TILE);
    if let [column, row] = numbers.as_slice()
        && let (Some(column), Some(row)) = (small(column), small(row))
    {
        return Some([column, row]);
    }
    reader.error(
        &node.span,
        "`tile` is not a column and a row",
        format!("write `tile: [2, 5]`, two whole numbers up to {FARTHEST_TILE}, or leave it out"),
    );
    None
}

/// Two recipients with one code or one name would make two answers into one.
fn refuse_twins(reader: &mut Reader<'_>, recipients: &[Recipient]) {
    let mut codes: HashMap<&str, &Recipient> = HashMap::new();
    let mut names: HashMap<&str, &Recipient> = HashMap::new();
    let mut tiles: HashMap<[u32; 2], &Recipient> = HashMap::new();
    for recipient in recipients {
        if let Some(first) = recipient.tile.and_then(|tile| tiles.insert(tile, recipient)) {
            reader.problems.error(
                Some(recipient.place.clone()),
                format!("{} and {} have the same `tile`", first.name, recipient.name),
                "one would hide the other on the map: give each its own",
            );
        }
        for (seen, value, what) in
            [(&mut codes, recipient.code.as_str(), "code"), (&mut names, recipient.name.as_str(), "name")]
        {
            if let Some(first) = seen.insert(value, recipient) {
                let (line, _) = first.place.line_column();
                reader.problems.error(
                    Some(recipient.place.clone()),
                    format!("two recipients have the {what} `{value}`"),
                    format!("the other one stands in line {line}; each {what} may be there once"),
                );
            }
        }
    }
}

/// One `@` with something on both sides and no spaces: enough to catch slips of the pen.
pub(super) fn looks_like_an_address(text: &str) -> bool {
    let mut parts = text.split('@');
    let (local, domain) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    !local.is_empty() && domain.contains('.') && parts.next().is_none() && !text.contains(char::is_whitespace)
}
