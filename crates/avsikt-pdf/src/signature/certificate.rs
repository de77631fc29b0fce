//! What a certificate says of its holder (X.509, RFC 5280 4.1), as slices of its bytes.

use super::cms::CertificateId;
use super::der::{self, CONTEXT_0, Element, GENERALIZED_TIME, INTEGER, OID, Reader, SEQUENCE, SET, UTC_TIME};
use crate::facts::SignerFacts;

/// A certificate, as far as a signature needs it.
#[derive(Debug, Clone, Copy)]
pub struct Certificate<'d> {
    serial: &'d [u8],
    /// Names, whole.
    issuer: &'d [u8],
    subject: Element<'d>,
    not_before: Element<'d>,
    not_after: Element<'d>,
    /// SubjectPublicKeyInfo, whole.
    pub key: &'d [u8],
    extensions: Option<Element<'d>>,
}

/// 2.5.4.n
const ATTRIBUTE: &[u8] = &[0x55, 4];
const COMMON_NAME: u8 = 3;
const SERIAL_NUMBER: u8 = 5;
const ORGANISATION: u8 = 10;
/// 1.2.840.113549.1.9.1
const EMAIL: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 1];
/// 2.5.29.14 and 2.5.29.17
const KEY_ID: &[u8] = &[0x55, 0x1d, 14];
const OTHER_NAMES: &[u8] = &[0x55, 0x1d, 17];
/// `rfc822Name` among alternative names.
const MAIL_NAME: u8 = 0x81;
/// Longer names are cut: they are shown to people.
const LONGEST: usize = 200;

impl<'d> Certificate<'d> {
    /// Reads one; `None` for what is none.
    pub fn read(whole: &'d [u8]) -> Option<Self> {
        let mut tbs = Reader(whole).one(SEQUENCE)?.inside().one(SEQUENCE)?.inside();
        tbs.maybe(CONTEXT_0);
        let serial = tbs.one(INTEGER)?.contents;
        tbs.one(SEQUENCE)?;
        let issuer = tbs.one(SEQUENCE)?.whole;
        let mut validity = tbs.one(SEQUENCE)?.inside();
        let (not_before, not_after) = (validity.any()?, validity.any()?);
        let subject = tbs.one(SEQUENCE)?;
        let key = tbs.one(SEQUENCE)?.whole;
        // Unique identifiers, then the extensions in a `[3]`.
        tbs.maybe(0x81);
        tbs.maybe(0x82);
        let extensions = tbs.maybe(0xa3).and_then(|outer| outer.inside().one(SEQUENCE));
        Some(Certificate { serial, issuer, subject, not_before, not_after, key, extensions })
    }

    pub fn is(&self, id: &CertificateId<'_>) -> bool {
        match id {
            CertificateId::Serial { issuer, serial } => self.issuer == *issuer && self.serial == *serial,
            CertificateId::KeyId(id) => {
                let own = self.extension(KEY_ID).and_then(|value| Reader(value).one(der::OCTET_STRING));
                own.is_some_and(|own| own.contents == *id)
            }
        }
    }

    /// What it says of its holder.
    pub fn signer(&self) -> SignerFacts {
        let own = |n: u8| self.named(&[ATTRIBUTE, &[n]].concat());
        SignerFacts {
            name: own(COMMON_NAME),
            organisation: own(ORGANISATION),
            serial_number: own(SERIAL_NUMBER),
            email: self.mail_name().or_else(|| self.named(EMAIL)),
            not_before: time(&self.not_before),
            not_after: time(&self.not_after),
            self_signed: self.issuer == self.subject.whole,
        }
    }

    /// The last value of an attribute of the holder's name: names begin with the country.
    fn named(&self, id: &[u8]) -> Option<String> {
        let mut found = None;
        let mut parts = self.subject.inside();
        while let Some(part) = parts.one(SET) {
            let mut part = part.inside();
            while let Some(attribute) = part.one(SEQUENCE) {
                let mut attribute = attribute.inside();
                if attribute.one(OID)?.contents == id {
                    found = attribute.any().and_then(|value| text(&value)).or(found);
                }
            }
        }
        found
    }

    fn mail_name(&self) -> Option<String> {
        let mut names = Reader(self.extension(OTHER_NAMES)?).one(SEQUENCE)?.inside();
        std::iter::from_fn(|| names.any()).find(|name| name.tag == MAIL_NAME).map(|name| latin(name.contents))
    }

    fn extension(&self, id: &[u8]) -> Option<&'d [u8]> {
        let mut all = self.extensions?.inside();
        while let Some(one) = all.one(SEQUENCE) {
            let mut one = one.inside();
            if one.one(OID)?.contents == id {
                one.maybe(der::BOOLEAN);
                return one.one(der::OCTET_STRING).map(|value| value.contents);
            }
        }
        None
    }
}

/// A string of a name, by its tag (X.680 8.4).
fn text(value: &Element<'_>) -> Option<String> {
    let bytes = value.contents;
    let text = match value.tag {
        // UTF8String
        0x0c => String::from_utf8_lossy(bytes).into_owned(),
        // PrintableString, TeletexString as it is used, IA5String
        0x13 | 0x14 | 0x16 => latin(bytes),
        // BMPString
        0x1e => {
            let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
            String::from_utf16_lossy(&units)
        }
        _ => return None,
    };
    Some(text.chars().take(LONGEST).collect())
}

fn latin(bytes: &[u8]) -> String {
    bytes.iter().take(LONGEST).map(|byte| char::from(*byte)).collect()
}

/// A UTCTime or GeneralizedTime in UTC, as `2026-02-11T09:12:00Z`.
pub fn time(element: &Element<'_>) -> Option<String> {
    let digits = std::str::from_utf8(element.contents).ok()?.strip_suffix('Z')?;
    // Fractions of a second are left out.
    let digits = digits.split('.').next()?;
    let full = match (element.tag, digits.len()) {
        // RFC 5280 4.1.2.5.1
        (UTC_TIME, 12) => format!("{}{digits}", if digits < "5" { "20" } else { "19" }),
        (GENERALIZED_TIME, 14) => digits.to_owned(),
        _ => return None,
    };
    if !full.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let part = |from: usize, to: usize| &full[from..to];
    let within = |from: usize, range: std::ops::RangeInclusive<u8>| {
        part(from, from + 2).parse().is_ok_and(|number: u8| range.contains(&number))
    };
    let right = within(4, 1..=12) && within(6, 1..=31) && within(8, 0..=23) && within(10, 0..=59) && within(12, 0..=60);
    right.then(|| {
        let (date, clock) = ([part(0, 4), part(4, 6), part(6, 8)], [part(8, 10), part(10, 12), part(12, 14)]);
        format!("{}T{}Z", date.join("-"), clock.join(":"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(tag: u8, text: &str) -> Option<String> {
        let whole = der::wrapped(tag, text.as_bytes());
        time(&Reader(&whole).any().expect("an element"))
    }

    #[test]
    fn times_are_read_as_the_standard_says() {
        assert_eq!(told(UTC_TIME, "260211091200Z").as_deref(), Some("2026-02-11T09:12:00Z"));
        assert_eq!(told(UTC_TIME, "500101000000Z").as_deref(), Some("1950-01-01T00:00:00Z"));
        assert_eq!(told(GENERALIZED_TIME, "20510101000000.25Z").as_deref(), Some("2051-01-01T00:00:00Z"));
        for (tag, text) in [
            (UTC_TIME, "260211091200"),
            (UTC_TIME, "261311091200Z"),
            (UTC_TIME, "26021109120åZ"),
            (OID, "260211091200Z"),
        ] {
            assert_eq!(told(tag, text), None, "{text}");
        }
    }

    #[test]
    fn names_are_read_by_their_tag() {
        let of = |tag: u8, bytes: &[u8]| {
            let whole = der::wrapped(tag, bytes);
            text(&Reader(&whole).any().expect("an element"))
        };
        assert_eq!(of(0x0c, "Åsa".as_bytes()).as_deref(), Some("Åsa"));
        assert_eq!(of(0x13, b"Siv").as_deref(), Some("Siv"));
        assert_eq!(of(0x14, &[0xc5, b's', b'a']).as_deref(), Some("Åsa"));
        assert_eq!(of(0x1e, &[0, 0xc5, 0, b's']).as_deref(), Some("Ås"));
        assert_eq!(of(0x02, &[1]), None);
    }
}
