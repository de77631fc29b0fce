//! Digests of decoded streams, remembered from one document to the next.
//!
//! Declarations of one campaign share typefaces, pictures and most pages. Unpacking such a stream costs several times what
//! hashing its packed bytes does, so the packed bytes' SHA-256 (with everything that says how to unpack them) leads to the
//! digest of what they hold. What is remembered is a function of its key alone: no file can make another file's digest
//! come out differently, and the order in which documents are read does not matter.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

use lopdf::Stream;
use sha2::{Digest, Sha256};

/// Streams remembered, about 200 bytes each. A full memory is emptied: a campaign's shared streams are some thirty, and
/// each document brings a handful of its own.
const REMEMBERED: usize = 1024;

static KNOWN: LazyLock<Mutex<HashMap<[u8; 32], Decoded>>> = LazyLock::new(Mutex::default);

/// Which part of a stream counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Whole,
    /// Without white space at both ends.
    Trimmed,
}

/// What a decoded stream holds.
#[derive(Debug, Clone)]
pub struct Decoded {
    /// A hasher that has taken in the wanted part and nothing else; more can follow.
    pub hash: Sha256,
    /// Whether the wanted part has no bytes.
    pub blank: bool,
    /// Bytes of the whole decoded stream.
    pub length: usize,
}

impl Decoded {
    /// Decodes a stream, or remembers having done so. `encoding` is a digest of its filters and their parameters. `None`
    /// when it cannot be decoded or holds more than `limit` bytes.
    pub fn of(stream: &Stream, encoding: &[u8; 32], part: Part, limit: usize) -> Option<Self> {
        if !stream.dict.has(b"Filter") {
            return (stream.content.len() <= limit).then(|| Self::new(&stream.content, part));
        }
        let mut key = Sha256::new_with_prefix([u8::from(part == Part::Trimmed)]);
        key.update(encoding);
        key.update(&stream.content);
        let key = key.finalize().into();
        let known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        if let Some(decoded) = known {
            return (decoded.length <= limit).then_some(decoded);
        }
        let decoded = Self::new(&stream.get_plain_content_with_limit(limit).ok()?, part);
        let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= REMEMBERED {
            known.clear();
        }
        known.insert(key, decoded.clone());
        Some(decoded)
    }

    fn new(bytes: &[u8], part: Part) -> Self {
        let wanted = if part == Part::Trimmed { trimmed(bytes) } else { bytes };
        Decoded { hash: Sha256::new_with_prefix(wanted), blank: wanted.is_empty(), length: bytes.len() }
    }
}

/// Without white space at the ends, as PDF counts it (ISO 32000-2 table 1).
pub fn trimmed(mut bytes: &[u8]) -> &[u8] {
    let white = |byte: &u8| matches!(byte, 0 | b'\t' | b'\n' | 0x0C | b'\r' | b' ');
    while let [first, rest @ ..] = bytes
        && white(first)
    {
        bytes = rest;
    }
    while let [rest @ .., last] = bytes
        && white(last)
    {
        bytes = rest;
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use lopdf::{Dictionary, dictionary};

    fn packed(content: &[u8]) -> Stream {
        let mut stream = Stream::new(Dictionary::new(), content.to_vec());
        stream.compress().unwrap();
        assert!(stream.dict.has(b"Filter"));
        stream
    }

    fn digest(stream: &Stream, encoding: u8, part: Part, limit: usize) -> Option<[u8; 32]> {
        Some(Decoded::of(stream, &[encoding; 32], part, limit)?.hash.finalize().into())
    }

    #[test]
    fn remembered_and_decoded_are_the_same() {
        let content = b" q 1 0 0 1 0 0 cm q 1 0 0 1 0 0 cm q 1 0 0 1 0 0 cm Q Q Q\n";
        let stream = packed(content);
        for part in [Part::Whole, Part::Trimmed] {
            let wanted = if part == Part::Whole { &content[..] } else { trimmed(content) };
            let expected = Some(Sha256::digest(wanted).into());
            assert_eq!(digest(&stream, 1, part, 1000), expected);
            assert_eq!(digest(&stream, 1, part, 1000), expected);
            assert_eq!(digest(&Stream::new(dictionary! {}, content.to_vec()), 1, part, 1000), expected);
        }
    }

    #[test]
    fn what_is_remembered_still_counts_against_the_limit() {
        let stream = packed(&[b'x'; 500]);
        assert!(digest(&stream, 2, Part::Whole, 500).is_some());
        assert!(digest(&stream, 2, Part::Whole, 499).is_none());
    }
}
