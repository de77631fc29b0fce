//! A written-down encoding for what is digested: the same bytes from every compiler, on every machine.
//!
//! | value | bytes |
//! | --- | --- |
//! | tag | one byte, which says what follows |
//! | number | the eight bytes of an IEEE 754 double, little endian; −0 is written as 0 |
//! | count, integer | eight bytes, little endian |
//! | bytes, text (UTF-8) | their count, then they themselves |
//!
//! `Debug` and `std::hash::Hash` promise nothing of the kind: neither may stand before a digest that is kept.

use sha2::{Digest, Sha256};

use crate::token::hex;

/// Bytes that are digested at once, since most are numbers.
#[derive(Debug, Default)]
pub struct Encoder(Vec<u8>);

impl Encoder {
    pub fn tag(&mut self, tag: u8) -> &mut Self {
        self.0.push(tag);
        self
    }

    pub fn number(&mut self, number: f64) -> &mut Self {
        // Adding 0 makes −0 into 0.
        self.0.extend((number + 0.0).to_le_bytes());
        self
    }

    pub fn numbers(&mut self, numbers: impl IntoIterator<Item = f64>) -> &mut Self {
        for number in numbers {
            self.number(number);
        }
        self
    }

    pub fn integer(&mut self, integer: u64) -> &mut Self {
        self.0.extend(integer.to_le_bytes());
        self
    }

    pub fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        self.integer(bytes.len() as u64);
        self.0.extend(bytes);
        self
    }

    pub fn text(&mut self, text: &str) -> &mut Self {
        self.bytes(text.as_bytes())
    }

    /// The first half of the SHA-256 of all that was encoded, in hexadecimal.
    pub fn digest(&self) -> String {
        hex(&Sha256::digest(&self.0)[..16])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_encoding_is_frozen() {
        let mut encoder = Encoder::default();
        encoder.tag(7).number(1.5).number(-0.0).integer(258).text("å").bytes(&[]);
        let written = [
            [7].as_slice(),
            &[0, 0, 0, 0, 0, 0, 0xf8, 0x3f],
            &[0; 8],
            &[2, 1, 0, 0, 0, 0, 0, 0],
            &[2, 0, 0, 0, 0, 0, 0, 0, 0xc3, 0xa5],
            &[0; 8],
        ];
        assert_eq!(encoder.0, written.concat());
        assert_eq!(Encoder::default().digest(), "e3b0c44298fc1c149afbf4c8996fb924");
    }

    #[test]
    fn texts_cannot_run_together() {
        let digest = |parts: [&str; 2]| Encoder::default().text(parts[0]).text(parts[1]).digest();
        assert_ne!(digest(["ab", "c"]), digest(["a", "bc"]));
    }
}
