//! The form's typeface as a PDF font: what filling programs draw typed text with.
//!
//! A form is filled by programs that nobody here wrote, and they draw with whatever `/DR` offers. Many of them write one
//! byte a letter whatever the font says, so a composite font gives black boxes. Hence a simple TrueType font
//! (ISO 32000-2 9.6.3), with WinAnsi's letters on WinAnsi's codes and further Latin letters, which the fourteen standard
//! fonts lack, on codes that WinAnsi leaves free.
//!
//! The same font is embedded under two dictionaries. [`FormFont::embed`] tells which program takes which, and why.
//!
//! Glyph numbers stay as they are and unneeded outlines are emptied, which keeps composite glyphs whole and the file
//! small.

use std::collections::BTreeMap;
use std::fmt::Write;

use encoding_rs::WINDOWS_1252;
use lopdf::{Dictionary, Document, Object, ObjectId, Stream, dictionary};
use ttf_parser::Face;

use crate::render::form::truetype::reduce;

/// Name of the font in `/DR` and in `/DA`.
pub const RESOURCE: &str = "AvsiktSans";

/// Letters on codes that WinAnsi leaves free: the code, the letter and its name in the Adobe Glyph List. Polish, Czech,
/// Croatian, Hungarian, Romanian and Turkish names need them. PDF/A asks that each name stand in the list (ISO 19005-2 6.2.11.6),
/// which Ț has none in. Where the list has two names for a letter, it has two codes:
/// PDFBox looks for the one name, pdftk for the other. Codes 9, 10 and 13 stay free: tab and line breaks.
const FURTHER: &[(u8, char, &str)] = &[
    (1, 'Ł', "Lslash"),
    (2, 'ł', "lslash"),
    (3, 'Ą', "Aogonek"),
    (4, 'ą', "aogonek"),
    (5, 'Ć', "Cacute"),
    (6, 'ć', "cacute"),
    (7, 'Ę', "Eogonek"),
    (8, 'ę', "eogonek"),
    (11, 'Ń', "Nacute"),
    (12, 'ń', "nacute"),
    (14, 'Ś', "Sacute"),
    (15, 'ś', "sacute"),
    (16, 'Ź', "Zacute"),
    (17, 'ź', "zacute"),
    (18, 'Ż', "Zdotaccent"),
    (19, 'ż', "zdotaccent"),
    (20, 'Č', "Ccaron"),
    (21, 'č', "ccaron"),
    (22, 'Đ', "Dcroat"),
    (23, 'đ', "dcroat"),
    (24, 'Ő', "Ohungarumlaut"),
    (25, 'ő', "ohungarumlaut"),
    (26, 'Ș', "Scommaaccent"),
    (27, 'ș', "scommaaccent"),
    (28, 'Ğ', "Gbreve"),
    (29, 'ŋ', "eng"),
    (30, 'Ż', "Zdot"),
    (31, 'ż', "zdot"),
    (127, 'Ő', "Odblacute"),
    (129, 'ğ', "gbreve"),
    (141, 'ő', "odblacute"),
    (143, 'ı', "dotlessi"),
    (144, 'Ş', "Scedilla"),
    (157, 'ş', "scedilla"),
];

/// The first code of WinAnsi with a letter: the space.
const FIRST_PRINTABLE: u8 = 0x20;

/// The dictionaries of an embedded font.
#[derive(Debug, Clone, Copy)]
pub struct Embedded {
    /// All its letters.
    pub full: ObjectId,
    /// Those of WinAnsi alone, under the encoding's name.
    pub named: ObjectId,
}

/// A face made ready to be embedded; made once and added to every document.
pub struct FormFont {
    base_font: String,
    /// The reduced font file, and its compressed stream.
    file: Stream,
    /// What the codes mean, for the one dictionary and the other.
    to_unicode: Stream,
    named_to_unicode: Stream,
    descriptor: Dictionary,
    codes: BTreeMap<char, u8>,
    /// Width of each code's letter in thousandths of the size; 0 where there is none.
    widths: [f64; 256],
}

impl FormFont {
    /// Reads a TrueType file. `None` when it is none, or has PostScript outlines, which `/FontFile2` cannot hold.
    pub fn new(bytes: &[u8]) -> Option<Self> {
        let face = Face::parse(bytes, 0).ok()?;
        let letters: Vec<(char, u8)> = letters().filter(|(c, _)| face.glyph_index(*c).is_some()).collect();
        let codes: BTreeMap<char, u8> = letters.iter().copied().collect();
        let glyphs = codes.keys().filter_map(|c| Some((*c, face.glyph_index(*c)?.0))).collect();
        let scale = 1000.0 / f64::from(face.units_per_em());
        let mut widths = [0.0; 256];
        for (c, code) in &letters {
            let advance = face.glyph_index(*c).and_then(|glyph| face.glyph_hor_advance(glyph)).unwrap_or(0);
            widths[usize::from(*code)] = f64::from(advance) * scale;
        }
        let base_font = postscript_name(&face)?;
        let reduced = reduce(&face, &glyphs)?;
        let length = i64::try_from(reduced.len()).ok()?;
        Some(FormFont {
            file: compressed(Stream::new(dictionary! { "Length1" => length }, reduced)),
            to_unicode: to_unicode(&letters, 1),
            named_to_unicode: to_unicode(&letters, FIRST_PRINTABLE),
            descriptor: descriptor(&face, &base_font, scale),
            base_font,
            codes,
            widths,
        })
    }

    /// Whether the file's family is `family` and the face is the upright regular one.
    pub fn is_regular_of(bytes: &[u8], family: &str) -> bool {
        let regular = |face: Face<'_>| face.weight().to_number() == 400 && !face.is_italic();
        Face::parse(bytes, 0).is_ok_and(regular) && Self::family(bytes).is_some_and(|name| name == family)
    }

    /// The name of the family that a font file belongs to.
    pub fn family(bytes: &[u8]) -> Option<String> {
        let face = Face::parse(bytes, 0).ok()?;
        let name =
            |id| face.names().into_iter().find(|n| n.name_id == id && n.is_unicode()).and_then(|n| n.to_string());
        name(ttf_parser::name_id::TYPOGRAPHIC_FAMILY).or_else(|| name(ttf_parser::name_id::FAMILY))
    }

    /// Adds the font to a document, under two dictionaries over one font file.
    ///
    /// `full` is for `/DR`: programs that read an encoding (PDF.js, PDFBox, pdftk, MuPDF, poppler, pypdf) find all letters there.
    /// `named` is for the resources of a field's own appearance: qpdf looks there first, and writes å, ä and ö only with an
    /// encoding that has a name.
    pub fn embed(&self, doc: &mut Document) -> Embedded {
        let file = doc.add_object(self.file.clone());
        let mut descriptor = self.descriptor.clone();
        descriptor.set("FontFile2", file);
        let descriptor = doc.add_object(descriptor);
        let to_unicode = doc.add_object(self.to_unicode.clone());
        let named_to_unicode = doc.add_object(self.named_to_unicode.clone());
        let font = |first: u8, to_unicode: ObjectId| {
            let widths = self.widths[usize::from(first)..].iter().map(|width| Object::Integer(width.round() as i64));
            dictionary! {
                "Type" => "Font", "Subtype" => "TrueType", "BaseFont" => self.base_font.as_str(),
                "FirstChar" => i64::from(first), "LastChar" => 255, "Widths" => widths.collect::<Vec<_>>(),
                "FontDescriptor" => descriptor, "ToUnicode" => to_unicode,
            }
        };
        let mut full = font(1, to_unicode);
        full.set("Encoding", self.encoding());
        let mut named = font(FIRST_PRINTABLE, named_to_unicode);
        named.set("Encoding", "WinAnsiEncoding");
        Embedded { full: doc.add_object(full), named: doc.add_object(named) }
    }

    /// WinAnsi and the further letters that the face has (ISO 32000-2 9.6.5.1).
    fn encoding(&self) -> Dictionary {
        let further = FURTHER.iter().filter(|(_, c, _)| self.codes.contains_key(c));
        let differences: Vec<Object> =
            further.flat_map(|(code, _, name)| [i64::from(*code).into(), Object::Name((*name).into())]).collect();
        dictionary! { "Type" => "Encoding", "BaseEncoding" => "WinAnsiEncoding", "Differences" => differences }
    }

    /// A text as a hexadecimal string for `Tj`; characters that the font lacks become a space.
    pub fn encode(&self, text: &str) -> String {
        text.chars().fold(String::from("<"), |mut out, c| {
            write!(out, "{:02x}", self.codes.get(&c).copied().unwrap_or(b' ')).expect("a String takes all");
            out
        }) + ">"
    }

    /// Whether the font can draw a letter.
    pub fn covers(&self, letter: char) -> bool {
        self.codes.contains_key(&letter)
    }

    /// Whether the text needs none of the further letters.
    pub fn within_winansi(text: &str) -> bool {
        !FURTHER.iter().any(|(_, letter, _)| text.contains(*letter))
    }

    /// The width of a text in points at a size of `size` points.
    pub fn width(&self, text: &str, size: f64) -> f64 {
        let units: f64 =
            text.chars().filter_map(|c| self.codes.get(&c)).map(|code| self.widths[usize::from(*code)]).sum();
        units * size / 1000.0
    }
}

/// The letters and their codes: WinAnsi's (ISO 32000-2 annex D.2), which are those of Windows-1252, and the further ones.
fn letters() -> impl Iterator<Item = (char, u8)> {
    let winansi = (0x20..=0xff_u8).filter_map(|code| {
        let bytes = [code];
        let letter = WINDOWS_1252.decode_without_bom_handling(&bytes).0.chars().next()?;
        // Codes that Windows-1252 leaves free are control characters there; a soft hyphen is drawn as a hyphen.
        (!letter.is_control() && letter != '\u{ad}').then_some((letter, code))
    });
    winansi.chain(FURTHER.iter().map(|(code, letter, _)| (*letter, *code)))
}

fn compressed(mut stream: Stream) -> Stream {
    // Compression cannot fail in memory, and what stays uncompressed is right all the same.
    let _ = stream.compress();
    stream
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

/// The map from codes back to text (ISO 32000-2 9.10.3): used codes alone, since programs that look for a letter's code in
/// it would find a free one. PDF/A asks for none beside an encoding with a name, but Ghostscript needs it: where it writes a
/// subset of the font, it drops the encoding.
fn to_unicode(letters: &[(char, u8)], first: u8) -> Stream {
    let mut out = String::from(
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo << /Registry (Adobe) \
         /Ordering (UCS) /Supplement 0 >> def\n/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n\
         1 begincodespacerange\n<00> <ff>\nendcodespacerange\n",
    );
    let by_code: BTreeMap<u8, char> =
        letters.iter().map(|(c, code)| (*code, *c)).filter(|(code, _)| *code >= first).collect();
    let pairs: Vec<_> = by_code.into_iter().collect();
    for chunk in pairs.chunks(100) {
        writeln!(out, "{} beginbfchar", chunk.len()).expect("a String takes all");
        for (code, c) in chunk {
            // All characters lie in the Basic Multilingual Plane: one UTF-16 unit each.
            writeln!(out, "<{code:02x}> <{:04x}>", u32::from(*c)).expect("a String takes all");
        }
        out.push_str("endbfchar\n");
    }
    out.push_str("endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n");
    compressed(Stream::new(Dictionary::new(), out.into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const REGULAR: &[u8] = include_bytes!("../../../templates/style/fonts/SourceSans3-Regular.ttf");

    #[test]
    fn the_reduced_font_is_a_font_with_every_letter() {
        let face = Face::parse(REGULAR, 0).expect("the shipped typeface");
        let glyphs = letters().map(|(c, _)| (c, face.glyph_index(c).unwrap_or_else(|| panic!("{c}")).0)).collect();
        let reduced = reduce(&face, &glyphs).expect("TrueType outlines");
        let again = Face::parse(&reduced, 0).expect("still a font");
        for (c, _) in letters() {
            let glyph = face.glyph_index(c).expect("the typeface has it");
            assert_eq!(again.glyph_index(c), Some(glyph), "{c}");
            assert_eq!(again.glyph_hor_advance(glyph), face.glyph_hor_advance(glyph), "{c}");
            assert_eq!(again.glyph_bounding_box(glyph), face.glyph_bounding_box(glyph), "{c}");
        }
        assert_eq!(again.glyph_index('Ω'), None);
        assert!(reduced.len() < REGULAR.len() / 4, "{} bytes", reduced.len());
    }

    #[test]
    fn no_code_has_two_letters_and_none_is_a_line_break() {
        let mut codes: Vec<u8> = letters().map(|(_, code)| code).collect();
        codes.sort_unstable();
        assert!(codes.windows(2).all(|pair| pair[0] < pair[1]), "{codes:?}");
        assert!([0, b'\t', b'\n', b'\r'].iter().all(|code| !codes.contains(code)));
        // 95 of ASCII, 27 from 0x80, 95 from 0xa0 without the soft hyphen, and the further ones.
        assert_eq!(codes.len(), 95 + 27 + 95 + FURTHER.len());
    }

    #[test]
    fn text_is_encoded_by_one_byte_a_letter() {
        let font = FormFont::new(REGULAR).expect("TrueType outlines");
        assert_eq!(font.encode("Łö – €Ω"), "<01f620962080 20>".replace(' ', ""));
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
