//! PDF text strings and names to Unicode (ISO 32000-2 7.9.2.2, 7.3.5 and annex D.2).
//!
//! A text string says by its first bytes how it is written: UTF-16BE (`FE FF`), UTF-8 (`EF BB BF`, since PDF 2.0) or,
//! with no mark, PDFDocEncoding. Programs also write UTF-16LE with its mark, and UTF-8 without one by mistake. Each is
//! read, line breaks become LF, and whatever could be read in two ways or not at all is marked doubtful. Control
//! characters stay as they are: telling about them is the business of who reads the value.
//!
//! lopdf's own decoder is not used: it drops control characters, ignores UTF-16LE and fails on lone surrogates.

/// A decoded text string.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded {
    pub text: String,
    /// Some bytes had no meaning in the encoding (U+FFFD stands for them), or two encodings were equally likely.
    pub doubtful: bool,
}

/// What stands for bytes without a meaning.
const LOST: char = char::REPLACEMENT_CHARACTER;

/// Decodes a text string.
pub fn decode(bytes: &[u8]) -> Decoded {
    let read = match bytes {
        [0xFE, 0xFF, rest @ ..] => without_language(utf16(rest, u16::from_be_bytes)),
        [0xFF, 0xFE, rest @ ..] => without_language(utf16(rest, u16::from_le_bytes)),
        [0xEF, 0xBB, 0xBF, rest @ ..] => without_language(utf8(rest)),
        _ => unmarked(bytes),
    };
    Decoded { text: with_plain_breaks(read.text), doubtful: read.doubtful }
}

/// Decodes a name: UTF-8 (ISO 32000-2 7.3.5), or PDFDocEncoding from the programs that took it for text.
pub fn decode_name(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => pdf_doc(bytes).text,
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Decoded {
    let pairs = bytes.chunks_exact(2);
    let half_a_unit = !pairs.remainder().is_empty();
    let mut doubtful = half_a_unit;
    let mut text = String::with_capacity(bytes.len());
    let units = pairs.map(|pair| unit([pair[0], pair[1]]));
    for read in char::decode_utf16(units) {
        doubtful |= read.is_err();
        text.push(read.unwrap_or(LOST));
    }
    if half_a_unit {
        text.push(LOST);
    }
    Decoded { text, doubtful }
}

fn utf8(bytes: &[u8]) -> Decoded {
    let text = String::from_utf8_lossy(bytes);
    Decoded { doubtful: matches!(text, std::borrow::Cow::Owned(_)), text: text.into_owned() }
}

/// A string with no byte-order mark: PDFDocEncoding, unless it is UTF-8 by mistake.
///
/// Every byte from 0x80 has a meaning in PDFDocEncoding, so validity alone proves nothing: `PÅ–` (0xC5 0x85) is also a
/// UTF-8 `PŅ`. What tells them apart is how a wrong reading looks. UTF-8 read as PDFDocEncoding gives a letter followed
/// by as many symbols as there are continuation bytes; after `Â`, `Ã` and `â`, which begin the UTF-8 forms of å, ä, ö,
/// é, ü, §, – and €, no honest text goes on with a symbol (`Ã¥`, `â‚¬`). One such pair in a string that is valid UTF-8 as
/// a whole settles it. Without one, the string stays doubtful whichever way it is read.
fn unmarked(bytes: &[u8]) -> Decoded {
    if bytes.is_ascii() {
        return pdf_doc(bytes);
    }
    let Ok(text) = std::str::from_utf8(bytes) else {
        return pdf_doc(bytes);
    };
    let wide = || text.chars().filter(|c| !c.is_ascii());
    let certain = wide().any(|c| matches!(c, '\u{A0}'..='\u{FF}' | '\u{2000}'..='\u{2FFF}'));
    let all_letters = wide().all(|c| matches!(c, '\u{100}'..='\u{24F}'));
    if certain || all_letters {
        return Decoded { text: text.to_owned(), doubtful: !certain };
    }
    Decoded { doubtful: true, ..pdf_doc(bytes) }
}

fn pdf_doc(bytes: &[u8]) -> Decoded {
    let text: String = bytes.iter().map(|&byte| pdf_doc_char(byte)).collect();
    Decoded { doubtful: text.contains(LOST), text }
}

/// PDFDocEncoding (ISO 32000-2 table D.2). It is Latin-1 but for three ranges and four single codes; 0x7F, 0x9F and
/// 0xAD are undefined.
fn pdf_doc_char(byte: u8) -> char {
    /// 0x18–0x1F: accents that stand by themselves.
    const ACCENTS: [char; 8] = ['˘', 'ˇ', 'ˆ', '˙', '˝', '˛', '˚', '˜'];
    /// 0x80–0x9E.
    const SYMBOLS: [char; 31] = [
        '•', '†', '‡', '…', '—', '–', 'ƒ', '⁄', '‹', '›', '−', '‰', '„', '“', '”', '‘', '’', '‚', '™', 'ﬁ', 'ﬂ', 'Ł',
        'Œ', 'Š', 'Ÿ', 'Ž', 'ı', 'ł', 'œ', 'š', 'ž',
    ];
    match byte {
        0x18..=0x1F => ACCENTS[usize::from(byte - 0x18)],
        0x80..=0x9E => SYMBOLS[usize::from(byte - 0x80)],
        0xA0 => '€',
        0x7F | 0x9F | 0xAD => LOST,
        _ => char::from(byte),
    }
}

/// Removes language escapes: U+001B, a language code with an optional country, U+001B (ISO 32000-2 7.9.2.2.2). An
/// escape that is not of that form stays, since it is then a control character in the value.
fn without_language(read: Decoded) -> Decoded {
    const ESCAPE: char = '\u{1B}';
    if !read.text.contains(ESCAPE) {
        return read;
    }
    let mut text = String::with_capacity(read.text.len());
    let mut rest = read.text.as_str();
    while let Some((before, after)) = rest.split_once(ESCAPE) {
        text.push_str(before);
        rest = match after.split_once(ESCAPE) {
            Some((code, behind)) if is_language(code) => behind,
            _ => {
                text.push(ESCAPE);
                after
            }
        };
    }
    text.push_str(rest);
    Decoded { text, ..read }
}

/// `sv`, `svSE` or `sv-SE`.
fn is_language(code: &str) -> bool {
    (2..=6).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_alphabetic() || b == b'-')
}

/// PDFium writes CRLF, pdftk CR, others LF for the same line break.
fn with_plain_breaks(text: String) -> String {
    if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn certain(bytes: &[u8]) -> String {
        let read = decode(bytes);
        assert!(!read.doubtful, "{read:?}");
        read.text
    }

    fn doubtful(bytes: &[u8]) -> String {
        let read = decode(bytes);
        assert!(read.doubtful, "{read:?}");
        read.text
    }

    fn utf16be(text: &str) -> Vec<u8> {
        let units = text.encode_utf16().flat_map(u16::to_be_bytes);
        [0xFE, 0xFF].into_iter().chain(units).collect()
    }

    #[test]
    fn ascii_is_itself() {
        assert_eq!(certain(b"Region Norrland 17"), "Region Norrland 17");
        assert_eq!(certain(b""), "");
    }

    #[test]
    fn pdf_doc_encoding_has_swedish_letters_where_latin1_has_them() {
        assert_eq!(certain(b"\xC5re \xE4r h\xF6gt"), "Åre är högt");
    }

    #[test]
    fn pdf_doc_encoding_is_not_latin1_for_dash_and_euro() {
        assert_eq!(certain(b"10\x8520 \xA0"), "10–20 €");
        assert_eq!(certain(b"\x80\x83\x84\x8D\x8E\x90\x92"), "•…—“”’™");
    }

    #[test]
    fn pdf_doc_encoding_table_ends_are_right() {
        assert_eq!(certain(b"\x18\x1F"), "˘˜");
        assert_eq!(certain(b"\x80 \x95 \x9E"), "• Ł ž");
        assert_eq!(certain(b"\xA1\xFF"), "¡ÿ");
    }

    #[test]
    fn pdf_doc_encoding_has_three_undefined_codes() {
        for byte in [0x7F, 0x9F, 0xAD] {
            assert_eq!(doubtful(&[b'a', byte]), "a\u{FFFD}");
        }
    }

    #[test]
    fn control_characters_stay() {
        assert_eq!(certain(b"a\0b\x07\t"), "a\0b\u{7}\t");
        assert_eq!(certain(&utf16be("a\0b\u{202E}")), "a\0b\u{202E}");
    }

    #[test]
    fn line_breaks_become_lf() {
        assert_eq!(certain(b"a\r\nb\rc\nd\r\r\ne"), "a\nb\nc\nd\n\ne");
        assert_eq!(certain(&utf16be("å\r\nä\r")), "å\nä\n");
    }

    #[test]
    fn utf16be_goes_beyond_the_first_plane() {
        assert_eq!(certain(&utf16be("Łukasz 𝄞 ✓")), "Łukasz 𝄞 ✓");
        assert_eq!(certain(&[0xFE, 0xFF]), "");
    }

    #[test]
    fn utf16le_is_read_with_its_mark() {
        assert_eq!(certain(b"\xFF\xFE\xE5\x00\xE4\x00"), "åä");
    }

    #[test]
    fn lone_surrogates_and_half_units_are_doubtful() {
        assert_eq!(doubtful(b"\xFE\xFF\xD8\x00\x00a"), "\u{FFFD}a");
        assert_eq!(doubtful(b"\xFE\xFF\x00a\xDC\x00"), "a\u{FFFD}");
        assert_eq!(doubtful(b"\xFE\xFF\x00a\x00"), "a\u{FFFD}");
    }

    #[test]
    fn language_escapes_are_removed() {
        assert_eq!(certain(&utf16be("\u{1B}sv\u{1B}hej")), "hej");
        assert_eq!(certain(&utf16be("a\u{1B}svSE\u{1B}b\u{1B}en\u{1B}c")), "abc");
        assert_eq!(certain(b"\xEF\xBB\xBF\x1Bsv-SE\x1Bh\xC3\xA5"), "hå");
    }

    #[test]
    fn other_escapes_stay() {
        assert_eq!(certain(&utf16be("a\u{1B}b")), "a\u{1B}b");
        assert_eq!(certain(&utf16be("\u{1B}123\u{1B}sv\u{1B}x")), "\u{1B}123x");
    }

    #[test]
    fn utf8_with_its_mark() {
        assert_eq!(certain(b"\xEF\xBB\xBF\xC3\xA5\xE2\x82\xAC"), "å€");
        assert_eq!(doubtful(b"\xEF\xBB\xBFa\xC3"), "a\u{FFFD}");
    }

    #[test]
    fn bare_utf8_is_recognised_by_the_letters_that_matter_here() {
        for text in ["åäöÅÄÖ", "Malmö – 10 €", "é ü § °", "Łukasz från Kraków", "“ja”"] {
            assert_eq!(certain(text.as_bytes()), text);
        }
    }

    #[test]
    fn a_capital_followed_by_a_symbol_is_read_but_doubtful() {
        // PDFDocEncoding `PÅ–` and UTF-8 `PŅ` are the same three bytes.
        assert_eq!(doubtful(b"P\xC5\x85"), "PŅ");
        // PDFDocEncoding `Ö–` would be an Armenian letter.
        assert_eq!(doubtful(b"\xD6\x85"), "Ö–");
        // `på”…` would be a Chinese character.
        assert_eq!(doubtful(b"p\xE5\x8E\x83"), "på”…");
    }

    #[test]
    fn what_is_not_utf8_as_a_whole_is_pdf_doc_encoding() {
        assert_eq!(certain(b"\xC3\xA5 \xE5"), "Ã¥ å");
    }

    #[test]
    fn names_are_utf8_or_pdf_doc_encoding() {
        assert_eq!(decode_name(b"Ja"), "Ja");
        assert_eq!(decode_name("Nä".as_bytes()), "Nä");
        assert_eq!(decode_name(b"N\xE4"), "Nä");
        assert_eq!(decode_name(b""), "");
    }
}
