//! A field's `/V` as it stands in the file.
//!
//! The form decides nothing here: a check box with a string for a value keeps the string, since what such a box shows
//! differs from viewer to viewer.

use lopdf::{Document, Object};

use crate::facts::{FieldKind, FieldValue, PdfProblem};
use crate::file::open;
use crate::ledger::Ledger;
use crate::limits::Limits;

/// Reads `/V` of the field `name`.
pub fn read(
    document: &Document,
    value: Option<&Object>,
    kind: FieldKind,
    name: &str,
    ledger: &mut Ledger<'_>,
) -> Result<FieldValue, PdfProblem> {
    match value {
        None | Some(Object::Null) => Ok(FieldValue::Absent),
        Some(Object::Name(state)) => Ok(FieldValue::Name(ledger.name(state)?)),
        Some(Object::String(bytes, _)) => text(bytes, name, ledger),
        Some(Object::Stream(stream)) => {
            let limit = ledger.limits.value_bytes;
            match stream.get_plain_content_with_limit(limit) {
                Ok(bytes) => text(&bytes, name, ledger),
                Err(_) => Ok(too_long(name, ledger)),
            }
        }
        Some(Object::Dictionary(_)) if kind == FieldKind::Signature => Ok(FieldValue::Signature),
        Some(Object::Array(items)) => array(document, items, name, ledger),
        Some(other) => Ok(FieldValue::Other(in_words(other))),
    }
}

fn text(bytes: &[u8], name: &str, ledger: &mut Ledger<'_>) -> Result<FieldValue, PdfProblem> {
    if bytes.len() > ledger.limits.value_bytes {
        return Ok(too_long(name, ledger));
    }
    let read = ledger.text(bytes)?;
    Ok(FieldValue::Text { text: read.text, doubtful: read.doubtful })
}

fn too_long(name: &str, ledger: &mut Ledger<'_>) -> FieldValue {
    let limit = Limits::in_words(ledger.limits.value_bytes);
    ledger.odd(format!("the value of the field `{name}` cannot be unpacked or is over {limit}"));
    FieldValue::TooLong
}

/// A list box with several choices has an array of strings, told a line each.
fn array(document: &Document, items: &[Object], name: &str, ledger: &mut Ledger<'_>) -> Result<FieldValue, PdfProblem> {
    let mut lines = Vec::new();
    for item in items {
        let line = match open::resolve(document, item) {
            Some(Object::String(bytes, _)) => ledger.text(bytes)?.text,
            Some(Object::Name(bytes)) => ledger.name(bytes)?,
            Some(other) => in_words(other),
            None => "a missing object".into(),
        };
        ledger.spend(1)?;
        lines.push(line);
        if lines.len() > ledger.limits.value_bytes / 16 {
            return Ok(too_long(name, ledger));
        }
    }
    Ok(FieldValue::Other(lines.join("\n")))
}

fn in_words(object: &Object) -> String {
    match object {
        Object::Integer(number) => number.to_string(),
        Object::Real(number) => number.to_string(),
        Object::Boolean(value) => value.to_string(),
        other => format!("an object of type {}", other.enum_variant().to_lowercase()),
    }
}
