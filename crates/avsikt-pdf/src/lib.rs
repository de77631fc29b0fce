//! The only reader of PDF and image bytes. It gives facts and evidence, and knows no campaigns.
//!
//! ```text
//!          ┌─ file/    open, passwords, pages, resources, active content ─┐
//! bytes ───┼─ form/    field tree, values, rich text, appearance ─────────┼─▶ facts   (what stands in the file)
//!          ├─ annot/   what was laid over the pages ──────────────────────┤
//!          │                         form/second_reader contradicts form/tree
//!          ├─ text/    glyphs, lines ───────────────────────────────────────▶ texts   (what stands on its pages)
//!          │
//!          ├─ text/    glyphs, plain text ─┐
//! original ┴─ image/   raster, ink ────────┴─ compare/ registration, places, likeness, page ─▶ seen (what a person sees)
//!
//! opened   one file, parsed once by each library: it is asked for facts, texts and what is seen
//! worker/  the same in a process of its own, with limits     limits, ledger  what a file may cost
//! syntax/  text strings, names, doubled keys                 geometry, digest  ground
//! ```
//! `file/open` gives lopdf's objects or says why there are none; `text/glyphs` reads the bytes a second time with hayro, which
//! knows where glyphs stand. The `ledger` sees to it that no file makes the answer grow beyond the `limits`.
//!
//! Nothing here can stop what a library does inside one call: a 16 kB file makes lopdf take a gigabyte, and hayro has no
//! limit at all. So the program never opens a file itself. It asks the [`worker::Pool`], which reads each file in
//! another process that may die of it.

mod annot;
mod compare;
pub mod digest;
pub mod facts;
mod file;
mod form;
pub mod geometry;
mod image;
mod ledger;
mod limits;
mod opened;
#[cfg(test)]
mod sample;
pub mod seen;
mod syntax;
mod text;
pub mod worker;

pub use file::{page, passwords};
pub use image::raster;
pub use limits::Limits;
pub use opened::OpenFile;

use lopdf::{Dictionary, Document, Object};

use facts::{PdfFacts, PdfProblem};
use file::{active, open};
use form::{second_reader, tree};
use ledger::Ledger;

/// What stands in a file.
///
/// # Errors
/// When the file goes beyond the limits.
fn facts_of(file: &OpenFile<'_>) -> Result<PdfFacts, PdfProblem> {
    let limits = file.limits;
    let mut ledger = Ledger::new(limits);
    let opened = &file.objects;
    if opened.junk > 0 {
        ledger.odd(format!("{} bytes stand before the header", opened.junk));
    }
    let document = &opened.document;
    let (leaves, tangled) = open::page_tree(document, limits)?;
    if tangled {
        ledger.contradict("the page tree names a node twice", None);
    }
    let annotations = annot::of_pages(document, &leaves, &ledger)?;
    let pages = page::facts(document, &leaves, &mut ledger)?;
    let fields = tree::read(document, &annotations, &mut ledger)?;
    let found = active::read(document, &mut ledger)?;
    let annotations = annot::facts(document, &annotations, &mut ledger)?;
    let keywords = keywords(document, &mut ledger)?;
    match file.pdf() {
        Some(pdf) => {
            second_reader::compare(pdf, &fields, &mut ledger);
            let (ours, theirs) = (pages.len(), pdf.pages().len());
            if ours != theirs {
                // Then they also disagree about which page is which.
                ledger.contradict(format!("one reader counts {ours} pages, the other {theirs}"), None);
            }
        }
        None => ledger.odd("the text reader cannot open the file".into()),
    }
    Ok(PdfFacts {
        pages,
        file_id: file_id(document),
        keywords,
        fields,
        annotations,
        need_appearances: need_appearances(document),
        active: found.active.into_iter().collect(),
        embedded_files: found.embedded_files,
        repaired: opened.repaired,
        cut_off: opened.cut_off,
        encrypted: opened.encrypted,
        contradictions: std::mem::take(&mut ledger.contradictions),
        oddities: ledger.into_oddities(),
    })
}

/// `/ID[0]` of the trailer (ISO 32000-2 14.4).
fn file_id(document: &Document) -> Option<String> {
    let ids = open::array_entry(document, &document.trailer, b"ID");
    let first = open::resolve(document, ids.first()?)?.as_str().ok()?;
    // The standard asks for 16 bytes; a longer one is not ours and need not be carried whole.
    Some(digest::hex(&first[..first.len().min(64)]))
}

fn need_appearances(document: &Document) -> bool {
    let form = document.catalog().ok().and_then(|catalog| open::dict_entry(document, catalog, b"AcroForm"));
    let need = form.and_then(|form| open::entry(document, form, b"NeedAppearances"));
    need.is_some_and(|need| need.as_bool().unwrap_or(false))
}

fn keywords(document: &Document, ledger: &mut Ledger<'_>) -> Result<Option<String>, PdfProblem> {
    let info: Option<&Dictionary> = open::dict_entry(document, &document.trailer, b"Info");
    info.and_then(|info| open::entry(document, info, b"Keywords"))
        .and_then(|keywords: &Object| keywords.as_str().ok())
        .map(|bytes| ledger.text(bytes).map(|read| read.text))
        .transpose()
}

/// Reads a file within the default limits.
#[cfg(test)]
fn read_facts(bytes: &[u8]) -> Result<PdfFacts, PdfProblem> {
    read_facts_within(bytes, &Limits::default(), &passwords::Passwords::default())
}

/// Reads a file within the given limits, with one of the passwords if it needs one.
#[cfg(test)]
fn read_facts_within(bytes: &[u8], limits: &Limits, passwords: &passwords::Passwords) -> Result<PdfFacts, PdfProblem> {
    facts_of(&OpenFile::open(bytes.to_vec(), limits, passwords)?)
}

#[cfg(test)]
mod tests;
