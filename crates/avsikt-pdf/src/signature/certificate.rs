//! What a certificate says of its holder (X.509, RFC 5280 4.1), as slices of its bytes.

use jiff::Timestamp;

use super::cms::{Algorithm, CertificateId};
use super::der::{self, CONTEXT_0, Element, GENERALIZED_TIME, INTEGER, OID, Reader, SEQUENCE, SET, UTC_TIME};
use crate::facts::SignerFacts;

/// A certificate, as far as a signature needs it.
#[derive(Debug, Clone, Copy)]
pub struct Certificate<'d> {
    pub whole: &'d [u8],
    serial: &'d [u8],
    /// Names, whole.
    pub issuer: &'d [u8],
    pub subject: Element<'d>,
    not_before: Element<'d>,
    not_after: Element<'d>,
    /// SubjectPublicKeyInfo, whole.
    pub key: &'d [u8],
    extensions: Option<Element<'d>>,
}

/// What a certificate's issuer signed, and how.
pub struct Issued<'d> {
    pub tbs: &'d [u8],
    pub algorithm: Algorithm<'d>,
    pub signature: &'d [u8],
}

/// What a key is for, by its bit (RFC 5280 4.2.1.3); the others say nothing of signatures here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    DigitalSignature = 0,
    NonRepudiation = 1,
    CertificateSigning = 5,
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
/// 2.5.29.15, .19 and .30
const KEY_USAGE: &[u8] = &[0x55, 0x1d, 15];
const BASIC_CONSTRAINTS: &[u8] = &[0x55, 0x1d, 19];
const NAME_CONSTRAINTS: &[u8] = &[0x55, 0x1d, 30];
/// 2.5.29.37 and 1.3.6.1.5.5.7.3.8 (timeStamping)
const EXTENDED_USAGE: &[u8] = &[0x55, 0x1d, 37];
const STAMPING: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 3, 8];
/// 2.5.29.n that may be critical: key usage, alternative names, basic constraints, policies, extended key usage.
const KNOWN: [u8; 5] = [15, 17, 19, 32, 37];
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
        Some(Certificate { whole, serial, issuer, subject, not_before, not_after, key, extensions })
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

    /// The signed part, the algorithm and the signature; `None` where the two places that name the algorithm differ.
    pub fn signed(&self) -> Option<Issued<'d>> {
        let mut outer = Reader(self.whole).one(SEQUENCE)?.inside();
        let tbs = outer.one(SEQUENCE)?;
        let stated = outer.one(SEQUENCE)?;
        let signature = outer.one(der::BIT_STRING)?.contents.strip_prefix(&[0])?;
        let mut inner = tbs.inside();
        inner.maybe(CONTEXT_0);
        inner.one(INTEGER)?;
        let same = inner.one(SEQUENCE)?.whole == stated.whole;
        same.then_some(Issued { tbs: tbs.whole, algorithm: Algorithm::read(stated)?, signature })
    }

    pub fn valid_at(&self, moment: Timestamp) -> bool {
        let (from, to) = (time(&self.not_before), time(&self.not_after));
        from.zip(to).is_some_and(|(from, to)| (from..=to).contains(&moment))
    }

    /// What its key is for; `None` where it does not say.
    pub fn usage(&self) -> Option<Vec<Use>> {
        let bits = Reader(self.extension(KEY_USAGE)?).one(der::BIT_STRING)?.contents;
        let set = |bit: usize| bits.get(1 + bit / 8).is_some_and(|byte| byte & (0x80 >> (bit % 8)) != 0);
        let uses = [Use::DigitalSignature, Use::NonRepudiation, Use::CertificateSigning];
        Some(uses.into_iter().filter(|one| set(*one as usize)).collect())
    }

    /// Whether it may issue a certificate with so many others between that one and the signer's. One that is `trusted` need not say
    /// that it is an authority.
    ///
    /// # Errors
    /// In words, why not.
    pub fn issues(&self, between: usize, trusted: bool) -> Result<(), &'static str> {
        if self.usage().is_some_and(|usage| !usage.contains(&Use::CertificateSigning)) {
            return Err("a certificate may not issue others");
        }
        let Some(constraints) = self.extension(BASIC_CONSTRAINTS) else {
            return if trusted { Ok(()) } else { Err("a certificate may not issue others") };
        };
        let mut parts = Reader(constraints).one(SEQUENCE).ok_or("a certificate is damaged")?.inside();
        let authority = parts.maybe(der::BOOLEAN).is_some_and(|it| it.contents != [0]);
        let longest = match parts.maybe(INTEGER).map(|it| it.contents) {
            None => usize::MAX,
            Some([longest @ 0..0x80]) => usize::from(*longest),
            Some(_) => return Err("a certificate is damaged"),
        };
        match (authority, between <= longest) {
            (false, _) => Err("a certificate may not issue others"),
            (_, false) => Err("a certificate stands too far from the signer's"),
            _ => Ok(()),
        }
    }

    /// Whether its key is for timestamps, and for nothing else (RFC 3161 2.3).
    pub fn stamps(&self) -> bool {
        let uses = self.extension(EXTENDED_USAGE).and_then(|value| Reader(value).one(SEQUENCE));
        uses.is_some_and(|uses| {
            let mut uses = uses.inside();
            uses.one(OID).is_some_and(|id| id.contents == STAMPING) && uses.is_empty()
        })
    }

    pub fn constrains_names(&self) -> bool {
        self.extension(NAME_CONSTRAINTS).is_some()
    }

    /// Whether every critical extension is one that is known here.
    pub fn known_extensions(&self) -> bool {
        let Some(all) = self.extensions else { return true };
        let mut all = all.inside();
        while !all.is_empty() {
            let Some(one) = all.one(SEQUENCE) else { return false };
            let mut one = one.inside();
            let Some(id) = one.one(OID) else { return false };
            let critical = one.maybe(der::BOOLEAN).is_some_and(|it| it.contents != [0]);
            let known = matches!(id.contents, [0x55, 0x1d, n] if KNOWN.contains(n));
            if critical && !known {
                return false;
            }
        }
        true
    }

    /// What it says of its holder.
    pub fn signer(&self) -> SignerFacts {
        let own = |n: u8| self.named(&[ATTRIBUTE, &[n]].concat());
        SignerFacts {
            name: own(COMMON_NAME),
            organisation: own(ORGANISATION),
            serial_number: own(SERIAL_NUMBER),
            email: self.mail_name().or_else(|| self.named(EMAIL)),
            not_before: time(&self.not_before).map(|time| time.to_string()),
            not_after: time(&self.not_after).map(|time| time.to_string()),
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

/// A UTCTime or GeneralizedTime in UTC.
pub fn time(element: &Element<'_>) -> Option<Timestamp> {
    let digits = std::str::from_utf8(element.contents).ok()?.strip_suffix('Z')?;
    // Fractions of a second are left out.
    let digits = digits.split('.').next()?;
    match (element.tag, digits.len()) {
        // RFC 5280 4.1.2.5.1
        (UTC_TIME, 12) => moment(&format!("{}{digits}", if digits < "5" { "20" } else { "19" }), "Z"),
        (GENERALIZED_TIME, 14) => moment(digits, "Z"),
        _ => None,
    }
}

/// `20260211091200` with an offset such as `+01:00` or `Z`.
pub fn moment(digits: &str, zone: &str) -> Option<Timestamp> {
    if digits.len() != 14 || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let part = |from: usize, to: usize| &digits[from..to];
    let (date, clock) = ([part(0, 4), part(4, 6), part(6, 8)], [part(8, 10), part(10, 12), part(12, 14)]);
    format!("{}T{}{zone}", date.join("-"), clock.join(":")).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(tag: u8, text: &str) -> Option<String> {
        let whole = der::wrapped(tag, text.as_bytes());
        time(&Reader(&whole).any().expect("an element")).map(|time| time.to_string())
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
