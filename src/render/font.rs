//! The form's typeface as a PDF font: what filling programs draw typed text with.
//!
//! A form is filled by programs that nobody here wrote, and they draw with whatever `/DR` offers. The fourteen standard
//! fonts stop at WinAnsi: "Łukasz" is refused or left out. So a TrueType face is embedded as a composite font with
//! Identity-H (ISO 32000-2 9.7.4), every letter that a Latin-script name may need, and a complete `/ToUnicode`. The
//! face's own `cmap` is kept, since PDFBox encodes typed text by it.
//!
//! Glyph numbers stay as they are and unneeded outlines are emptied, which keeps composite glyphs whole and the file
//! small.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use lopdf::{Dictionary, Document, Object, ObjectId, Stream, dictionary};
use ttf_parser::{Face, GlyphId, Tag};

/// Name of the font in `/DR` and in `/DA`.
pub const RESOURCE: &str = "AvsiktSans";

/// Flags of a composite glyph's components (OpenType `glyf`).
const MORE_COMPONENTS: u16 = 0x20;
const HAS_INSTRUCTIONS: u16 = 0x100;

/// Characters that the form's font can draw: Latin with its extensions, punctuation, currency and a few signs.
const CHARACTERS: &[std::ops::RangeInclusive<u32>] = &[
    0x20..=0x7e,
    0xa0..=0x24f,
    0x1e00..=0x1eff,
    0x2010..=0x2027,
    0x2030..=0x203a,
    0x20a0..=0x20bf,
    0x2116..=0x2122,
    0x2190..=0x2193,
    0x2212..=0x2212,
    0x2264..=0x2265,
];

/// A face made ready to be embedded; made once and added to every document.
pub struct FormFont {
    base_font: String,
    /// The reduced font file, and its compressed stream.
    file: Stream,
    to_unicode: Stream,
    widths: Object,
    descriptor: Dictionary,
    glyphs: BTreeMap<char, u16>,
    advances: BTreeMap<u16, f64>,
}

impl FormFont {
    /// Reads a TrueType file. `None` when it is none (or has PostScript outlines, which `/CIDFontType2` cannot hold).
    pub fn new(bytes: &[u8]) -> Option<Self> {
        let face = Face::parse(bytes, 0).ok()?;
        let glyphs = mapped_glyphs(&face);
        let scale = 1000.0 / f64::from(face.units_per_em());
        let advances: BTreeMap<u16, f64> =
            glyphs.values().map(|&g| (g, f64::from(face.glyph_hor_advance(GlyphId(g)).unwrap_or(0)) * scale)).collect();
        let base_font = postscript_name(&face)?;
        let reduced = reduce(&face, &glyphs)?;
        let length = i64::try_from(reduced.len()).ok()?;
        Some(FormFont {
            file: compressed(Stream::new(dictionary! { "Length1" => length }, reduced)),
            to_unicode: compressed(Stream::new(Dictionary::new(), to_unicode(&glyphs).into_bytes())),
            widths: widths(&advances),
            descriptor: descriptor(&face, &base_font, scale),
            base_font,
            glyphs,
            advances,
        })
    }

    /// Whether the file's family is `family` and the face is the upright regular one.
    pub fn is_regular_of(bytes: &[u8], family: &str) -> bool {
        let Ok(face) = Face::parse(bytes, 0) else { return false };
        let regular = face.weight().to_number() == 400 && !face.is_italic();
        let name =
            |id| face.names().into_iter().find(|n| n.name_id == id && n.is_unicode()).and_then(|n| n.to_string());
        let typographic = name(ttf_parser::name_id::TYPOGRAPHIC_FAMILY).or_else(|| name(ttf_parser::name_id::FAMILY));
        regular && typographic.is_some_and(|n| n == family)
    }

    /// Adds the font to a document.
    pub fn embed(&self, doc: &mut Document) -> ObjectId {
        let file = doc.add_object(self.file.clone());
        let mut descriptor = self.descriptor.clone();
        descriptor.set("FontFile2", file);
        let descriptor = doc.add_object(descriptor);
        let to_unicode = doc.add_object(self.to_unicode.clone());
        let descendant = doc.add_object(dictionary! {
            "Type" => "Font", "Subtype" => "CIDFontType2", "BaseFont" => self.base_font.as_str(),
            "CIDSystemInfo" => dictionary! {
                "Registry" => Object::string_literal("Adobe"), "Ordering" => Object::string_literal("Identity"),
                "Supplement" => 0,
            },
            "FontDescriptor" => descriptor, "DW" => 0, "W" => self.widths.clone(), "CIDToGIDMap" => "Identity",
        });
        doc.add_object(dictionary! {
            "Type" => "Font", "Subtype" => "Type0", "BaseFont" => self.base_font.as_str(), "Encoding" => "Identity-H",
            "DescendantFonts" => vec![descendant.into()], "ToUnicode" => to_unicode,
        })
    }

    /// A text as a hexadecimal string for `Tj`; characters that the font lacks become a space.
    pub fn encode(&self, text: &str) -> String {
        let space = self.glyphs.get(&' ').copied().unwrap_or(0);
        text.chars().fold(String::from("<"), |mut out, c| {
            write!(out, "{:04x}", self.glyphs.get(&c).copied().unwrap_or(space)).expect("a String takes all");
            out
        }) + ">"
    }

    /// The width of a text in points at a size of `size` points.
    pub fn width(&self, text: &str, size: f64) -> f64 {
        let units: f64 = text.chars().filter_map(|c| self.advances.get(self.glyphs.get(&c)?)).sum();
        units * size / 1000.0
    }
}

fn compressed(mut stream: Stream) -> Stream {
    // Compression cannot fail in memory, and what stays uncompressed is right all the same.
    let _ = stream.compress();
    stream
}

fn mapped_glyphs(face: &Face<'_>) -> BTreeMap<char, u16> {
    CHARACTERS
        .iter()
        .cloned()
        .flatten()
        .filter_map(char::from_u32)
        .filter_map(|c| Some((c, face.glyph_index(c)?.0)))
        .collect()
}

fn postscript_name(face: &Face<'_>) -> Option<String> {
    let names = face.names();
    let name = names.into_iter().find(|n| n.name_id == ttf_parser::name_id::POST_SCRIPT_NAME && n.is_unicode())?;
    name.to_string()
}

fn descriptor(face: &Face<'_>, base_font: &str, scale: f64) -> Dictionary {
    let unit = |value: i16| Object::Integer((f64::from(value) * scale).round() as i64);
    let bounds = face.global_bounding_box();
    dictionary! {
        "Type" => "FontDescriptor", "FontName" => base_font,
        // Nonsymbolic (ISO 32000-2 table 121): the letters are Latin.
        "Flags" => 32,
        "FontBBox" => vec![unit(bounds.x_min), unit(bounds.y_min), unit(bounds.x_max), unit(bounds.y_max)],
        "ItalicAngle" => 0, "Ascent" => unit(face.ascender()), "Descent" => unit(face.descender()),
        "CapHeight" => unit(face.capital_height().unwrap_or(face.ascender())), "StemV" => 80,
    }
}

/// `/W`: runs of consecutive glyph numbers with their widths (ISO 32000-2 9.7.4.3).
fn widths(advances: &BTreeMap<u16, f64>) -> Object {
    let mut array: Vec<Object> = Vec::new();
    let mut run: Vec<Object> = Vec::new();
    let mut next = None;
    for (&glyph, &advance) in advances {
        if next != Some(glyph) && !run.is_empty() {
            array.push(Object::Array(std::mem::take(&mut run)));
        }
        if run.is_empty() {
            array.push(i64::from(glyph).into());
        }
        run.push(Object::Integer(advance.round() as i64));
        next = glyph.checked_add(1);
    }
    array.push(Object::Array(run));
    Object::Array(array)
}

/// The map from glyph numbers back to text (ISO 32000-2 9.10.3). Where two characters share a glyph, the first wins.
fn to_unicode(glyphs: &BTreeMap<char, u16>) -> String {
    let mut back: BTreeMap<u16, char> = BTreeMap::new();
    for (&c, &glyph) in glyphs {
        back.entry(glyph).or_insert(c);
    }
    let mut out = String::from(
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo << /Registry (Adobe) \
         /Ordering (UCS) /Supplement 0 >> def\n/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n\
         1 begincodespacerange\n<0000> <ffff>\nendcodespacerange\n",
    );
    let pairs: Vec<_> = back.into_iter().collect();
    for chunk in pairs.chunks(100) {
        writeln!(out, "{} beginbfchar", chunk.len()).expect("a String takes all");
        for (glyph, c) in chunk {
            // All characters lie in the Basic Multilingual Plane: one UTF-16 unit each.
            writeln!(out, "<{glyph:04x}> <{:04x}>", u32::from(*c)).expect("a String takes all");
        }
        out.push_str("endbfchar\n");
    }
    out + "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"
}

/// The font file with the needed outlines alone: same glyph numbers, no layout tables.
fn reduce(face: &Face<'_>, glyphs: &BTreeMap<char, u16>) -> Option<Vec<u8>> {
    let table = |tag: &[u8; 4]| face.raw_face().table(Tag::from_bytes(tag));
    let (loca, glyf, head) = (table(b"loca")?, table(b"glyf")?, table(b"head")?);
    let long = head.get(51)? & 1 == 1;
    let outline = |glyph: u16| outline_range(loca, long, glyph).and_then(|range| glyf.get(range)).unwrap_or_default();
    let mut needed: BTreeSet<u16> = glyphs.values().copied().collect();
    needed.insert(0);
    let mut queue: Vec<u16> = needed.iter().copied().collect();
    while let Some(glyph) = queue.pop() {
        queue.extend(components(outline(glyph)).into_iter().map(|part| part.glyph).filter(|&part| needed.insert(part)));
    }
    let (mut new_glyf, mut new_loca) = (Vec::new(), Vec::new());
    for glyph in 0..face.number_of_glyphs() {
        new_loca.extend(u32::try_from(new_glyf.len()).ok()?.to_be_bytes());
        if needed.contains(&glyph) {
            new_glyf.extend(without_hints(outline(glyph)));
            new_glyf.resize(new_glyf.len().next_multiple_of(4), 0);
        }
    }
    new_loca.extend(u32::try_from(new_glyf.len()).ok()?.to_be_bytes());
    let mut new_head = head.to_vec();
    // indexToLocFormat 1: long offsets. The checksum adjustment is zeroed, which readers of embedded fonts ignore.
    new_head.get_mut(50..52)?.copy_from_slice(&[0, 1]);
    new_head.get_mut(8..12)?.fill(0);
    let mut tables: BTreeMap<[u8; 4], Vec<u8>> = BTreeMap::new();
    for tag in [b"OS/2", b"hhea", b"hmtx", b"maxp"] {
        if let Some(data) = table(tag) {
            tables.insert(*tag, data.to_vec());
        }
    }
    tables.insert(*b"cmap", cmap(glyphs));
    tables.insert(*b"glyf", new_glyf);
    tables.insert(*b"head", new_head);
    tables.insert(*b"loca", new_loca);
    // post version 3: no glyph names (OpenType `post`).
    let mut post = table(b"post")?.get(..32)?.to_vec();
    post[..4].copy_from_slice(&[0, 3, 0, 0]);
    tables.insert(*b"post", post);
    font_file(&tables)
}

fn outline_range(loca: &[u8], long: bool, glyph: u16) -> Option<std::ops::Range<usize>> {
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

/// An outline without its hinting program (OpenType `glyf`): nearly half of a typeface, and of no use at the sizes and
/// resolutions of today's screens. What is not understood stays as it is.
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

/// A `cmap` with one subtable, format 4 for Windows Unicode: what every reader of TrueType understands.
fn cmap(glyphs: &BTreeMap<char, u16>) -> Vec<u8> {
    let mut segments: Vec<(u16, u16, u16)> = Vec::new();
    for (&c, &glyph) in glyphs {
        let Ok(code) = u16::try_from(u32::from(c)) else { continue };
        let delta = glyph.wrapping_sub(code);
        match segments.last_mut() {
            Some((_, end, last)) if *last == delta && code == *end + 1 => *end = code,
            _ => segments.push((code, code, delta)),
        }
    }
    segments.push((0xffff, 0xffff, 1));
    let count = u16::try_from(segments.len()).expect("fewer segments than characters in the plane");
    let search = 2 * (1u16 << count.ilog2());
    let mut body: Vec<u16> = vec![count * 2, search, u16::try_from(count.ilog2()).unwrap_or(0), count * 2 - search];
    body.extend(segments.iter().map(|s| s.1));
    body.push(0);
    body.extend(segments.iter().map(|s| s.0));
    body.extend(segments.iter().map(|s| s.2));
    body.extend(segments.iter().map(|_| 0));
    let length = u16::try_from(6 + body.len() * 2).expect("a few hundred segments are a few kilobytes");
    // Table header: version 0, one subtable for platform 3 (Windows), encoding 1 (Unicode), at offset 12.
    let words = [0, 1, 3, 1, 0, 12, 4, length, 0].into_iter().chain(body);
    words.flat_map(u16::to_be_bytes).collect()
}

/// Puts tables together as a TrueType file (OpenType 1.9, "Organization of an OpenType font").
fn font_file(tables: &BTreeMap<[u8; 4], Vec<u8>>) -> Option<Vec<u8>> {
    let count = u16::try_from(tables.len()).ok()?;
    let search = 16 * (1u16 << count.ilog2());
    let mut out: Vec<u8> = vec![0, 1, 0, 0];
    for word in [count, search, u16::try_from(count.ilog2()).ok()?, count * 16 - search] {
        out.extend(word.to_be_bytes());
    }
    let mut offset = 12 + tables.len() * 16;
    for (tag, data) in tables {
        out.extend(tag);
        out.extend(checksum(data).to_be_bytes());
        out.extend(u32::try_from(offset).ok()?.to_be_bytes());
        out.extend(u32::try_from(data.len()).ok()?.to_be_bytes());
        offset += data.len().next_multiple_of(4);
    }
    for data in tables.values() {
        out.extend_from_slice(data);
        out.resize(out.len().next_multiple_of(4), 0);
    }
    Some(out)
}

fn checksum(data: &[u8]) -> u32 {
    data.chunks(4).fold(0u32, |sum, chunk| {
        let mut word = [0; 4];
        word[..chunk.len()].copy_from_slice(chunk);
        sum.wrapping_add(u32::from_be_bytes(word))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const REGULAR: &[u8] = include_bytes!("../../templates/style/fonts/SourceSans3-Regular.ttf");

    #[test]
    fn the_reduced_font_is_a_font_with_every_letter() {
        let face = Face::parse(REGULAR, 0).expect("the shipped typeface");
        let reduced = reduce(&face, &mapped_glyphs(&face)).expect("TrueType outlines");
        let again = Face::parse(&reduced, 0).expect("still a font");
        for c in "Åsa Łukasz Čížek Ñandú – € … ’".chars() {
            let glyph = face.glyph_index(c).expect("the typeface has it");
            assert_eq!(again.glyph_index(c), Some(glyph), "{c}");
            assert_eq!(again.glyph_hor_advance(glyph), face.glyph_hor_advance(glyph), "{c}");
            assert_eq!(again.glyph_bounding_box(glyph), face.glyph_bounding_box(glyph), "{c}");
        }
        assert_eq!(again.glyph_index('Ω'), None);
        assert!(reduced.len() < REGULAR.len() / 4, "{} bytes", reduced.len());
    }

    #[test]
    fn text_is_encoded_by_glyph_numbers() {
        let font = FormFont::new(REGULAR).expect("TrueType outlines");
        assert_eq!(font.encode("Łö").len(), 2 + 8);
        assert!((font.width("1111", 10.0) - 4.0 * font.width("1", 10.0)).abs() < 1e-9);
    }

    #[test]
    fn the_regular_face_is_told_from_the_others() {
        assert!(FormFont::is_regular_of(REGULAR, "Source Sans 3"));
        assert!(!FormFont::is_regular_of(REGULAR, "Source Serif 4"));
        assert!(!FormFont::is_regular_of(
            include_bytes!("../../templates/style/fonts/SourceSans3-It.ttf"),
            "Source Sans 3"
        ));
    }
}
