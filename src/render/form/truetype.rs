//! TrueType files made smaller: without hinting programs, and without the outlines and tables that are not needed.
//!
//! Hinting programs fit outlines to coarse pixels. They are nearly half of a typeface, no screen or printer of today uses
//! much of them, and they would be subset, compressed, sent and read back with every declaration.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use ttf_parser::{Face, Tag};
use write_fonts::FontBuilder;
use write_fonts::tables::cmap::Cmap;
use write_fonts::types::GlyphId;

/// Flags of a composite glyph's components (OpenType `glyf`).
const MORE_COMPONENTS: u16 = 0x20;
const HAS_INSTRUCTIONS: u16 = 0x100;
/// Tables that only hinting programs use.
const HINTING: &[&[u8; 4]] = &[b"cvt ", b"fpgm", b"prep", b"cvar", b"hdmx", b"VDMX", b"LTSH"];

type Tables = BTreeMap<[u8; 4], Vec<u8>>;

/// A whole face without hinting programs: each glyph draws and measures as before. `None` when it has no TrueType
/// outlines or they are not understood.
pub fn without_hinting(bytes: &[u8]) -> Option<Vec<u8>> {
    let face = Face::parse(bytes, 0).ok()?;
    let mut tables = Tables::new();
    for record in face.raw_face().table_records {
        let tag = record.tag.to_bytes();
        if !HINTING.contains(&&tag) {
            tables.insert(tag, face.raw_face().table(record.tag)?.to_vec());
        }
    }
    outlines(&face, |_| true, &mut tables)?;
    Some(font_file(&tables))
}

/// The font file with the needed outlines alone: same glyph numbers, no layout tables.
pub fn reduce(face: &Face<'_>, glyphs: &BTreeMap<char, u16>) -> Option<Vec<u8>> {
    let table = |tag: &[u8; 4]| face.raw_face().table(Tag::from_bytes(tag));
    let old = Outlines::of(face)?;
    let mut needed: BTreeSet<u16> = glyphs.values().copied().collect();
    needed.insert(0);
    let mut queue: Vec<u16> = needed.iter().copied().collect();
    while let Some(glyph) = queue.pop() {
        queue.extend(components(old.get(glyph)).into_iter().map(|part| part.glyph).filter(|&part| needed.insert(part)));
    }
    let mut tables = Tables::new();
    for tag in [b"OS/2", b"hhea", b"hmtx", b"maxp"] {
        if let Some(data) = table(tag) {
            tables.insert(*tag, data.to_vec());
        }
    }
    tables.insert(*b"cmap", cmap(glyphs)?);
    outlines(face, |glyph| needed.contains(&glyph), &mut tables)?;
    // post version 3: no glyph names (OpenType `post`).
    let mut post = table(b"post")?.get(..32)?.to_vec();
    post[..4].copy_from_slice(&[0, 3, 0, 0]);
    tables.insert(*b"post", post);
    Some(font_file(&tables))
}

/// Sets `glyf`, `loca` and `head` to the kept outlines, without their hinting programs.
fn outlines(face: &Face<'_>, keep: impl Fn(u16) -> bool, tables: &mut Tables) -> Option<()> {
    let old = Outlines::of(face)?;
    let (mut glyf, mut loca) = (Vec::with_capacity(old.glyf.len()), Vec::new());
    for glyph in 0..face.number_of_glyphs() {
        loca.extend(u32::try_from(glyf.len()).ok()?.to_be_bytes());
        if keep(glyph) {
            glyf.extend(without_hints(old.get(glyph)));
            glyf.resize(glyf.len().next_multiple_of(4), 0);
        }
    }
    loca.extend(u32::try_from(glyf.len()).ok()?.to_be_bytes());
    let mut head = face.raw_face().table(Tag::from_bytes(b"head"))?.to_vec();
    // indexToLocFormat 1: long offsets.
    head.get_mut(50..52)?.copy_from_slice(&[0, 1]);
    tables.insert(*b"glyf", glyf);
    tables.insert(*b"head", head);
    tables.insert(*b"loca", loca);
    Some(())
}

/// The outlines of a face as they stand in its file.
struct Outlines<'f> {
    glyf: &'f [u8],
    loca: &'f [u8],
    /// Offsets of four bytes each, and not of two that count pairs.
    long: bool,
}

impl<'f> Outlines<'f> {
    fn of(face: &Face<'f>) -> Option<Self> {
        let table = |tag: &[u8; 4]| face.raw_face().table(Tag::from_bytes(tag));
        let long = table(b"head")?.get(51)? & 1 == 1;
        Some(Outlines { glyf: table(b"glyf")?, loca: table(b"loca")?, long })
    }

    /// Empty for a glyph that draws nothing.
    fn get(&self, glyph: u16) -> &'f [u8] {
        outline_range(self.loca, self.long, glyph).and_then(|range| self.glyf.get(range)).unwrap_or_default()
    }
}

fn outline_range(loca: &[u8], long: bool, glyph: u16) -> Option<Range<usize>> {
    let at = |index: usize| -> Option<usize> {
        if long {
            let bytes: [u8; 4] = loca.get(index * 4..index * 4 + 4)?.try_into().ok()?;
            usize::try_from(u32::from_be_bytes(bytes)).ok()
        } else {
            let bytes: [u8; 2] = loca.get(index * 2..index * 2 + 2)?.try_into().ok()?;
            Some(usize::from(u16::from_be_bytes(bytes)) * 2)
        }
    };
    Some(at(usize::from(glyph))?..at(usize::from(glyph) + 1)?)
}

/// An outline without its hinting program (OpenType `glyf`). What is not understood stays as it is.
fn without_hints(outline: &[u8]) -> Vec<u8> {
    let stripped = match components(outline).last() {
        Some(last) => composite_without_hints(outline, last.end),
        None => simple_without_hints(outline),
    };
    stripped.unwrap_or_else(|| outline.to_vec())
}

fn composite_without_hints(outline: &[u8], end: usize) -> Option<Vec<u8>> {
    let mut stripped = outline.get(..end)?.to_vec();
    for part in components(outline) {
        let flags = part.flags & !HAS_INSTRUCTIONS;
        stripped.get_mut(part.at..part.at + 2)?.copy_from_slice(&flags.to_be_bytes());
    }
    Some(stripped)
}

fn simple_without_hints(outline: &[u8]) -> Option<Vec<u8>> {
    let contours = usize::try_from(i16::from_be_bytes(outline.get(..2)?.try_into().ok()?)).ok()?;
    // Ten bytes of header, the last point of each contour, then the length of the program and the program.
    let at = 10 + contours * 2;
    let length = usize::from(u16::from_be_bytes(outline.get(at..at + 2)?.try_into().ok()?));
    let points = outline.get(at + 2 + length..)?;
    Some([outline.get(..at)?, &[0, 0], points].concat())
}

/// A part of a composite glyph: where its flags stand in the outline, the glyph it names, and where it ends.
struct Component {
    at: usize,
    flags: u16,
    glyph: u16,
    end: usize,
}

/// The glyphs that a composite glyph is put together from; none for a simple one (OpenType `glyf`).
fn components(outline: &[u8]) -> Vec<Component> {
    let word = |at: usize| Some(u16::from_be_bytes(outline.get(at..at + 2)?.try_into().ok()?));
    let mut parts = Vec::new();
    // A negative number of contours marks a composite glyph.
    if word(0).is_none_or(|contours| contours < 0x8000) {
        return parts;
    }
    let mut at = 10;
    while let (Some(flags), Some(glyph)) = (word(at), word(at + 2)) {
        let arguments = if flags & 0x1 != 0 { 4 } else { 2 };
        let scale = match flags {
            f if f & 0x8 != 0 => 2,
            f if f & 0x40 != 0 => 4,
            f if f & 0x80 != 0 => 8,
            _ => 0,
        };
        let end = at + 4 + arguments + scale;
        parts.push(Component { at, flags, glyph, end });
        at = end;
        if flags & MORE_COMPONENTS == 0 {
            break;
        }
    }
    parts
}

/// A `cmap` with segments (format 4): what every reader of TrueType understands.
fn cmap(glyphs: &BTreeMap<char, u16>) -> Option<Vec<u8>> {
    let mappings = glyphs.iter().map(|(&c, &glyph)| (c, GlyphId::new(glyph.into())));
    write_fonts::dump_table(&Cmap::from_mappings(mappings).ok()?).ok()
}

/// Puts tables together as a TrueType file (OpenType 1.9, "Organization of an OpenType font").
fn font_file(tables: &Tables) -> Vec<u8> {
    let mut font = FontBuilder::new();
    for (tag, data) in tables {
        font.add_raw(write_fonts::types::Tag::new(tag), data);
    }
    font.build()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ttf_parser::GlyphId;

    const ITALIC: &[u8] = include_bytes!("../../../templates/style/fonts/SourceSans3-It.ttf");

    #[test]
    fn without_hinting_every_glyph_draws_as_before() {
        let bytes = without_hinting(ITALIC).unwrap();
        let (before, after) = (Face::parse(ITALIC, 0).unwrap(), Face::parse(&bytes, 0).unwrap());
        assert!(bytes.len() < ITALIC.len());
        assert_eq!(after.number_of_glyphs(), before.number_of_glyphs());
        for glyph in (0..before.number_of_glyphs()).map(GlyphId) {
            assert_eq!(after.glyph_bounding_box(glyph), before.glyph_bounding_box(glyph));
            assert_eq!(after.glyph_hor_advance(glyph), before.glyph_hor_advance(glyph));
        }
        assert!(after.raw_face().table(Tag::from_bytes(b"fpgm")).is_none());
        assert!(after.tables().gpos.is_some(), "kerning stays");
    }
}
