//! The only reader of PDF and image bytes. It gives facts and evidence, and knows no campaigns.
//!
//! ```text
//!          ┌─ file/    open, passwords, pages, resources, active content ─┐
//! bytes ───┼─ form/    field tree, values, rich text, appearance ─────────┼─▶ facts   (what stands in the file)
//!          ├─ annot/   what was laid over the pages ──────────────────────┤
//!          ├─ signature/  what digital signatures cover, and whose they are
//!          │                         form/second_reader contradicts form/tree
//!          ├─ text/    glyphs, lines ───────────────────────────────────────▶ texts   (what stands on its pages)
//!          │
//!          ├─ text/    glyphs, plain text ─┐
//! original ┴─ image/   raster, ink ────────┴─ compare/ registration, places, likeness, page ─▶ seen (what a person sees)
//!
//! opened   one file, parsed once by each library; asked   what is asked of it: facts, texts, what is seen
//! paper/   pages that are pictures of paper: whose they are, how they lie, what is marked on them
//! picture_file/  a JPEG, PNG or TIFF in place of a PDF: a page a picture
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
mod asked;
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
mod paper;
mod picture_file;
#[cfg(test)]
mod sample;
pub mod seen;
mod signature;
mod syntax;
mod text;
pub mod worker;

pub use file::{page, passwords};
pub use image::raster;
pub use limits::Limits;
pub use opened::OpenFile;
pub use picture_file::Format as PictureFormat;
pub use signature::roots;

/// Reads a file within the default limits.
#[cfg(test)]
fn read_facts(bytes: &[u8]) -> Result<facts::PdfFacts, facts::PdfProblem> {
    read_facts_within(bytes, &Limits::default(), &passwords::Passwords::default())
}

/// Reads a file within the given limits, with one of the passwords if it needs one.
#[cfg(test)]
fn read_facts_within(
    bytes: &[u8],
    limits: &Limits,
    passwords: &passwords::Passwords,
) -> Result<facts::PdfFacts, facts::PdfProblem> {
    OpenFile::open(bytes.to_vec(), limits, passwords)?.facts()
}

#[cfg(test)]
mod tests;
