//! Which bytes of the file a signature covers (ISO 32000-2 12.8.1), by rules that leave nothing to choose.
//!
//! `/ByteRange` names two stretches around a gap, and every known way of showing one document and signing another leaves something
//! odd there. So there is one shape that is right: from the file's first byte to an end marker, with a gap that is exactly the
//! hexadecimal string of `/Contents` in a plain object of the file.

use hayro_syntax::object::{Dict, FromBytes};
use lopdf::xref::XrefEntry;
use lopdf::{Dictionary, Object, ObjectId};

use crate::file::open::{self, Opened};
use crate::syntax::keys;

/// What a signature covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Covered {
    /// Where the gap begins and ends, and where the covered bytes end.
    pub gap: (usize, usize),
    pub end: usize,
    /// The gap's string: the signature's container and zeros.
    pub contents: Vec<u8>,
}

impl Covered {
    /// The bytes that were signed, in two pieces.
    pub fn pieces<'b>(&self, bytes: &'b [u8]) -> [&'b [u8]; 2] {
        [&bytes[..self.gap.0], &bytes[self.gap.1..self.end]]
    }
}

/// What a signature covers. `id` is its object's.
///
/// # Errors
/// In words, which rule is broken.
pub fn covered(
    opened: &Opened,
    bytes: &[u8],
    id: Option<ObjectId>,
    dict: &Dictionary,
) -> Result<Covered, &'static str> {
    if opened.junk > 0 {
        return Err("bytes stand before the file's header");
    }
    if opened.encrypted {
        return Err("the file is encrypted: signatures of such files are not read");
    }
    if opened.repaired {
        return Err("the file's table of objects had to be rebuilt");
    }
    let (gap, end) = range(opened, bytes, dict)?;
    let contents = gap_string(&bytes[gap.0..gap.1])?;
    let stated = open::entry(&opened.document, dict, b"Contents").and_then(|contents| contents.as_str().ok());
    if stated != Some(&*contents) {
        return Err("the gap of `/ByteRange` is not its `/Contents`");
    }
    around(opened, bytes, id.ok_or("the signature's dictionary is no object of its own")?, gap)?;
    let covers = bytes[..end].trim_ascii_end();
    if !covers.ends_with(b"%%EOF") || end - covers.len() > 2 {
        return Err("`/ByteRange` does not end behind an end marker");
    }
    if !bytes.trim_ascii_end().ends_with(b"%%EOF") {
        return Err("the file does not end with an end marker");
    }
    Ok(Covered { gap, end, contents })
}

/// The gap and the end that `/ByteRange` states.
fn range(opened: &Opened, bytes: &[u8], dict: &Dictionary) -> Result<((usize, usize), usize), &'static str> {
    let whole = |number: &Object| match open::resolve(&opened.document, number) {
        Some(Object::Integer(number)) => usize::try_from(*number).ok(),
        _ => None,
    };
    let numbers: Option<Vec<usize>> =
        open::array_entry(&opened.document, dict, b"ByteRange").iter().map(whole).collect();
    let Some([start, before, after, length]) = numbers.as_deref() else {
        return Err("`/ByteRange` is not four whole numbers");
    };
    if *start != 0 {
        return Err("`/ByteRange` does not begin with the file");
    }
    let end =
        after.checked_add(*length).filter(|end| *end <= bytes.len()).ok_or("`/ByteRange` reaches out of the file")?;
    if before >= after {
        return Err("`/ByteRange` leaves no gap, or covers bytes twice");
    }
    Ok(((*before, *after), end))
}

/// The bytes of a hexadecimal string that is all there is.
fn gap_string(gap: &[u8]) -> Result<Vec<u8>, &'static str> {
    let digits = gap.strip_prefix(b"<").and_then(|gap| gap.strip_suffix(b">"));
    let digits = digits.ok_or("the gap of `/ByteRange` is not one hexadecimal string")?;
    let value = |digit: u8| char::from(digit).to_digit(16).map(|value| value as u8);
    let pair = |pair: &[u8]| match pair {
        [high, low] => Some(value(*high)? << 4 | value(*low)?),
        _ => None,
    };
    digits
        .chunks(2)
        .map(pair)
        .collect::<Option<_>>()
        .ok_or("the gap of `/ByteRange` holds more than hexadecimal digits")
}

/// Whether the gap stands in the signature's object, a plain one of the file.
fn around(opened: &Opened, bytes: &[u8], id: ObjectId, gap: (usize, usize)) -> Result<(), &'static str> {
    let Some(XrefEntry::Normal { offset, .. }) = opened.document.reference_table.get(id.0) else {
        return Err("the signature's dictionary is in an object stream");
    };
    let elsewhere = "the gap of `/ByteRange` does not stand in the signature's own object";
    let start = *offset as usize;
    let object = bytes.get(start..).ok_or(elsewhere)?;
    let header = format!("{} {} obj", id.0, id.1);
    let rest = object.trim_ascii_start().strip_prefix(header.as_bytes()).ok_or(elsewhere)?.trim_ascii_start();
    let dict = Dict::from_bytes(rest).ok_or(elsewhere)?;
    let from = bytes.len() - rest.len();
    let to = from + dict.data().len();
    if gap.0 <= from || gap.1 >= to {
        return Err(elsewhere);
    }
    if !bytes[to..].trim_ascii_start().starts_with(b"endobj") {
        return Err("the signature's object holds more than its dictionary");
    }
    if keys::doubled(&dict) {
        return Err("the signature's dictionary names a key twice");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gap_is_one_string_of_digits_in_pairs() {
        assert_eq!(gap_string(b"<30aF>"), Ok(vec![0x30, 0xaf]));
        for gap in [&b"30af"[..], b"<30af", b"<30a>", b"<30 af>", b"<30>/A<af>", b"<<30>>", b"(30)"] {
            assert!(gap_string(gap).is_err(), "{}", String::from_utf8_lossy(gap));
        }
        assert_eq!(gap_string(b"<>"), Ok(vec![]));
    }
}
