//! The only reader of PDF and image bytes. It gives facts and evidence, and knows no campaigns.
//!
//! ```text
//!          ┌─ file/    open, passwords, pages, resources, active content ─┐
//! bytes ───┼─ form/    field tree, values, rich text, appearance ─────────┼─▶ facts   (what stands in the file)
//!          ├─ annot/   what was laid over the pages ──────────────────────┤
//!          └─ text/    glyphs, lines ─────────────────────────────────────┘
//!                                  form/second_reader contradicts form/tree
//!
//! bytes ───┬─ text/    glyphs, plain text ─┐
//! original ┴─ image/   raster, ink ────────┴─ compare/ registration, likeness, page ─▶ seen (what a person sees)
//!
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

use facts::{FieldFacts, PageFacts, PdfFacts, PdfProblem, TextAsked};
use file::{active, open};
use form::{second_reader, tree};
use ledger::Ledger;
use text::glyphs;

/// What stands in a file.
///
/// # Errors
/// When the file goes beyond the limits.
fn facts_of(file: &OpenFile<'_>, ask: &TextAsked) -> Result<PdfFacts, PdfProblem> {
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
    let mut pages = page::facts(document, &leaves, &mut ledger)?;
    let fields = tree::read(document, &annotations, &mut ledger)?;
    let found = active::read(document, &mut ledger)?;
    let annotations = annot::facts(document, &annotations, &mut ledger)?;
    let keywords = keywords(document, &mut ledger)?;
    let wanted = wanted(ask, &fields, &pages, limits);
    if !fields.is_empty() || !wanted.is_empty() {
        read_again(file, &wanted, &fields, &mut pages, &mut ledger)?;
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

/// What only the second library reads, and what both do.
fn read_again(
    file: &OpenFile<'_>,
    wanted: &[usize],
    fields: &[FieldFacts],
    pages: &mut [PageFacts],
    ledger: &mut Ledger<'_>,
) -> Result<(), PdfProblem> {
    let Some(pdf) = file.pdf() else {
        ledger.odd("the text reader cannot open the file".into());
        return Ok(());
    };
    second_reader::compare(pdf, fields, ledger);
    glyphs::read(file, pdf, wanted, pages, ledger)
}

/// The pages whose text is to be read, in order.
fn wanted(ask: &TextAsked, fields: &[FieldFacts], pages: &[PageFacts], limits: &Limits) -> Vec<usize> {
    let mut wanted: Vec<usize> = match ask {
        TextAsked::None => Vec::new(),
        TextAsked::Pages(wanted) => wanted.iter().copied().filter(|page| *page < pages.len()).collect(),
        TextAsked::WidgetPages => {
            let widgets = fields.iter().flat_map(|field| &field.widgets).filter_map(|widget| widget.page);
            let unmarked = (0..pages.len()).filter(|page| pages[*page].piece.is_none()).take(limits.text_pages);
            widgets.chain(unmarked).collect()
        }
    };
    wanted.sort_unstable();
    wanted.dedup();
    wanted
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
fn read_facts(bytes: &[u8], ask: &TextAsked) -> Result<PdfFacts, PdfProblem> {
    read_facts_within(bytes, ask, &Limits::default(), &passwords::Passwords::default())
}

/// Reads a file within the given limits, with one of the passwords if it needs one.
#[cfg(test)]
fn read_facts_within(
    bytes: &[u8],
    ask: &TextAsked,
    limits: &Limits,
    passwords: &passwords::Passwords,
) -> Result<PdfFacts, PdfProblem> {
    facts_of(&OpenFile::open(bytes.to_vec(), limits, passwords)?, ask)
}

#[cfg(test)]
mod tests;
