//! ASN.1 elements as they stand in a signature (X.690): BER of indefinite length is made definite, and everything else is a slice
//! of the bytes that were signed. Nothing is ever encoded again, since what a signature covers is bytes, not their meaning.

use std::borrow::Cow;

/// Tags of the universal class and of the two context-specific ones that signatures use most.
pub const BOOLEAN: u8 = 0x01;
pub const INTEGER: u8 = 0x02;
pub const BIT_STRING: u8 = 0x03;
pub const OCTET_STRING: u8 = 0x04;
pub const OID: u8 = 0x06;
pub const UTC_TIME: u8 = 0x17;
pub const GENERALIZED_TIME: u8 = 0x18;
pub const SEQUENCE: u8 = 0x30;
pub const SET: u8 = 0x31;
/// `[0]` and `[1]`, constructed.
pub const CONTEXT_0: u8 = 0xa0;
pub const CONTEXT_1: u8 = 0xa1;
const CONSTRUCTED: u8 = 0x20;
/// Deeper nesting is no signature.
const DEPTH: usize = 48;

/// One element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Element<'d> {
    pub tag: u8,
    /// With its tag and length.
    pub whole: &'d [u8],
    pub contents: &'d [u8],
}

impl<'d> Element<'d> {
    /// The elements inside.
    pub fn inside(&self) -> Reader<'d> {
        Reader(self.contents)
    }
}

/// Reads elements of definite length one after the other.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'d>(pub &'d [u8]);

impl<'d> Reader<'d> {
    /// The next element; `None` at the end and where there is none.
    pub fn any(&mut self) -> Option<Element<'d>> {
        let (header, length) = header(self.0)?;
        let end = header.checked_add(length?)?;
        let (whole, rest) = (self.0.get(..end)?, self.0.get(end..)?);
        self.0 = rest;
        Some(Element { tag: whole[0], whole, contents: &whole[header..] })
    }

    /// The next element, which must have this tag.
    pub fn one(&mut self, tag: u8) -> Option<Element<'d>> {
        self.any().filter(|element| element.tag == tag)
    }

    /// The next element if it has this tag; otherwise nothing is taken.
    pub fn maybe(&mut self, tag: u8) -> Option<Element<'d>> {
        let mut ahead = *self;
        let found = ahead.one(tag)?;
        *self = ahead;
        Some(found)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The element that some bytes begin with, as definite lengths alone, and how many of the bytes it takes. Signatures are padded with
/// zeros, so more may follow.
pub fn first(bytes: &[u8]) -> Option<(Cow<'_, [u8]>, usize)> {
    definite(bytes, 0)
}

/// How long tag and length are, and how long the contents; `None` in place of the latter for an indefinite length.
fn header(bytes: &[u8]) -> Option<(usize, Option<usize>)> {
    let (tag, length) = (*bytes.first()?, *bytes.get(1)?);
    // A tag of several bytes stands in no signature.
    if tag & 0x1f == 0x1f {
        return None;
    }
    match length {
        0x80 => (tag & CONSTRUCTED != 0).then_some((2, None)),
        0..0x80 => Some((2, Some(usize::from(length)))),
        _ => {
            let digits = bytes.get(2..2 + usize::from(length & 0x7f))?;
            let number = digits
                .iter()
                .try_fold(0usize, |number, digit| number.checked_mul(256)?.checked_add(usize::from(*digit)));
            Some((2 + digits.len(), Some(number?)))
        }
    }
}

fn definite(bytes: &[u8], depth: usize) -> Option<(Cow<'_, [u8]>, usize)> {
    let (header, length) = header(bytes)?;
    let tag = bytes[0];
    if depth > DEPTH {
        return None;
    }
    if tag & CONSTRUCTED == 0 {
        let end = header.checked_add(length?)?;
        return Some((Cow::Borrowed(bytes.get(..end)?), end));
    }
    let end = match length {
        Some(length) => Some(header.checked_add(length).filter(|end| *end <= bytes.len())?),
        None => None,
    };
    let (mut at, mut changed, mut parts) = (header, end.is_none(), Vec::new());
    loop {
        match end {
            Some(end) if at == end => break,
            Some(end) if at > end => return None,
            None if bytes.get(at..)?.starts_with(&[0, 0]) => {
                at += 2;
                break;
            }
            _ => {}
        }
        let (part, taken) = definite(bytes.get(at..end.unwrap_or(bytes.len()))?, depth + 1)?;
        changed |= matches!(part, Cow::Owned(_));
        parts.push(part);
        at += taken;
    }
    if !changed {
        return Some((Cow::Borrowed(&bytes[..at]), at));
    }
    // A string in pieces is one string.
    let whole = tag == OCTET_STRING | CONSTRUCTED;
    let mut contents = Vec::new();
    for part in &parts {
        match whole {
            true => contents.extend(Reader(part).one(OCTET_STRING)?.contents),
            false => contents.extend_from_slice(part),
        }
    }
    Some((Cow::Owned(wrapped(if whole { OCTET_STRING } else { tag }, &contents)), at))
}

/// An element of these contents.
pub fn wrapped(tag: u8, contents: &[u8]) -> Vec<u8> {
    let mut element = vec![tag];
    match u8::try_from(contents.len()) {
        Ok(short) if short < 0x80 => element.push(short),
        _ => {
            let digits: Vec<u8> = contents.len().to_be_bytes().into_iter().skip_while(|digit| *digit == 0).collect();
            element.push(0x80 | digits.len() as u8);
            element.extend(digits);
        }
    }
    element.extend_from_slice(contents);
    element
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn definite_lengths_are_slices_of_what_stands_there() {
        let bytes = [0x30, 0x81, 0x03, 0x02, 0x01, 0x05, 0, 0, 0];
        let (element, taken) = first(&bytes).expect("an element");
        assert_eq!((&*element, taken), (&bytes[..6], 6), "its long form of a short length is kept");
        assert!(matches!(element, Cow::Borrowed(_)));
        let mut inside = Reader(&element).one(SEQUENCE).expect("a sequence").inside();
        assert_eq!(inside.maybe(OID), None);
        assert_eq!(inside.one(INTEGER).expect("a number").contents, [5]);
        assert!(inside.is_empty());
    }

    #[test]
    fn indefinite_lengths_become_definite_and_pieces_one_string() {
        let bytes = [0x30, 0x80, 0x24, 0x80, 0x04, 0x01, b'a', 0x04, 0x02, b'b', b'c', 0, 0, 0, 0, 0xff];
        let (element, taken) = first(&bytes).expect("an element");
        assert_eq!((&*element, taken), (&[0x30, 5, 4, 3, b'a', b'b', b'c'][..], 15));
    }

    #[test]
    fn what_is_cut_or_nested_without_end_is_none() {
        assert_eq!(first(&[]), None);
        assert_eq!(first(&[0x30, 0x05, 0x02, 0x01]), None);
        assert_eq!(first(&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff, 0]), None);
        assert_eq!(first(&[0x30, 0x03, 0x02, 0x05, 1]), None, "an element that reaches out of its own");
        assert_eq!(first(&[0x30, 0x80].repeat(10_000)), None);
        assert_eq!(first(&[0x04, 0x80, 0, 0]), None, "only what is constructed may be of indefinite length");
    }

    #[test]
    fn long_contents_have_long_lengths() {
        assert_eq!(wrapped(4, &[7; 127])[..2], [4, 127]);
        assert_eq!(wrapped(4, &[7; 128])[..3], [4, 0x81, 128]);
        assert_eq!(wrapped(4, &[7; 300])[..4], [4, 0x82, 1, 44]);
    }
}
