//! The form's typeface as a PDF font: what filling programs draw typed text with.
//!
//! A form is filled by programs that nobody here wrote, and they draw with whatever `/DR` offers. The fourteen standard
//! fonts stop at WinAnsi: "Łukasz" is refused or left out. So a TrueType face is embedded as a composite font with
//! Identity-H (ISO 32000-2 9.7.4), every letter that a Latin-script name may need, and a complete `/ToUnicode`. The
//! face's own `cmap` is kept, since PDFBox encodes typed text by it.
//!
//! Glyph numbers stay as they are and unneeded outlines are emptied, which keeps composite glyphs whole and the file
//! small.

use std::collections::BTreeMap;
use std::fmt::Write;

use lopdf::{Dictionary, Document, Object, ObjectId, Stream, dictionary};
use ttf_parser::{Face, GlyphId};

use crate::render::form::truetype::reduce;

/// Name of the font in `/DR` and in `/DA`.
pub const RESOURCE: &str = "AvsiktSans";

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

#[cfg(test)]
mod tests {
    use super::*;

    const REGULAR: &[u8] = include_bytes!("../../../templates/style/fonts/SourceSans3-Regular.ttf");

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
            include_bytes!("../../../templates/style/fonts/SourceSans3-It.ttf"),
            "Source Sans 3"
        ));
    }
}
