//! Typesets a report in the declaration's look: data and pictures in, a tagged PDF/A-2a and PDF/UA-1 out.
//!
//! The look is the workspace's `templates/style/report.typ`, or the one that is built in where the workspace is older than
//! that file; the typefaces are the declaration's. It knows nothing of what a report says.

use std::sync::Arc;

use serde_json::Value;

use crate::diagnostic::SourceFile;
use crate::error::{Error, Result};
use crate::render::typeset::Style;
use crate::render::{STYLE_FOLDER, has_ending};
use crate::token;
use crate::workspace::Workspace;

const STYLE: &str = "templates/style/report.typ";
const BUILT_IN: &str = include_str!("../../templates/style/report.typ");

/// What is to be typeset.
pub struct Sheet {
    /// What the style reads as `data.json`.
    pub data: Value,
    /// Files that the style may name: charts and pictures.
    pub files: Vec<(String, Vec<u8>)>,
    /// Year, month and day in the document's metadata.
    pub date: [i32; 3],
}

/// Typesets it.
///
/// # Errors
/// When there are no typefaces, or the style has problems.
pub fn typeset(workspace: &Workspace, mut sheet: Sheet) -> Result<Vec<u8>> {
    let text = match workspace.exists(STYLE) {
        true => String::from_utf8_lossy(&workspace.read(STYLE)?).into_owned(),
        false => BUILT_IN.to_owned(),
    };
    let folder = format!("{STYLE_FOLDER}/fonts");
    let names = workspace.files(&folder)?.into_iter().filter(|name| has_ending(name, &["ttf", "otf"]));
    let fonts = names.map(|name| workspace.read(&format!("{folder}/{name}"))).collect::<Result<Vec<_>>>()?;
    if fonts.is_empty() {
        return Err(Error::plain(
            format!("there are no typefaces in `{folder}`, so report.pdf cannot be typeset"),
            "put the typeface's .ttf files there; `avsikt new` makes a folder that has them",
        ));
    }
    let source = Arc::new(SourceFile { path: STYLE.to_owned(), text });
    let covering = Style::new(source.clone(), &fonts, Vec::new());
    in_words(&covering, &mut sheet.data);
    for (_, bytes) in sheet.files.iter_mut().filter(|(name, _)| has_ending(name, &["svg"])) {
        *bytes = drawable(&covering, &String::from_utf8_lossy(bytes)).into_bytes();
    }
    let data = serde_json::to_vec(&sheet.data).expect("a JSON value is plain data");
    let edition = token::sha256(&data)[..16].to_owned();
    let style = Style::new(source, &fonts, sheet.files);
    Ok(style.typeset(sheet.date, data, "", &edition).map_err(Error::Campaign)?.pdf)
}

/// Every text in the data with the letters that no typeface has written out.
fn in_words(style: &Style, value: &mut Value) {
    match value {
        Value::String(text) => *text = drawable(style, text),
        Value::Array(items) => items.iter_mut().for_each(|item| in_words(style, item)),
        Value::Object(fields) => fields.values_mut().for_each(|field| in_words(style, field)),
        _ => {}
    }
}

/// PDF/A lets no letter be an empty box, and none of the private ones, which mean nothing to a reader.
fn drawable(style: &Style, text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let private = matches!(c, '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..='\u{10FFFF}');
        if matches!(c, '\n' | '\t') || c.is_ascii() || (!private && style.covers(c)) {
            out.push(c);
        } else {
            out.push_str(&format!("‹U+{:04X}›", u32::from(c)));
        }
    }
    out
}
