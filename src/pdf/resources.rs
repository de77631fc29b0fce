//! The fingerprint of what a page's content draws with: fonts, forms and pictures, patterns and states.
//!
//! Equal content operators show something else when a font's glyphs are exchanged. So the resources are digested as well:
//! the whole tree under `/Resources`, resolved, with streams decoded. Object numbers, the order of keys, and how a number
//! or a string is spelt do not count, since programs that save a file again change those.

use std::collections::HashMap;

use lopdf::{Dictionary, Document, Object, ObjectId};
use sha2::{Digest, Sha256};

use super::open;

/// Deeper trees are not followed; what lies below counts as unknown.
const DEPTH: usize = 24;
/// What belongs to a stream's encoding and not to what it holds.
const ENCODING: &[&[u8]] = &[b"Filter", b"DecodeParms", b"Length", b"DL"];
/// Obsolete and without meaning (ISO 32000-2 14.2); some programs add it, some take it away.
const IGNORED: &[u8] = b"ProcSet";

/// Digests resources of one document; what pages share is digested once.
pub struct Resources<'d> {
    document: &'d Document,
    known: HashMap<ObjectId, [u8; 32]>,
    /// Bytes of decoded streams that may still be read.
    left: usize,
}

impl<'d> Resources<'d> {
    pub fn new(document: &'d Document, limit: usize) -> Self {
        Resources { document, known: HashMap::new(), left: limit }
    }

    /// The fingerprint of a page's own or inherited resources. `None` when they go too deep or hold too much.
    pub fn digest(&mut self, resources: Option<&Object>) -> Option<[u8; 32]> {
        match resources {
            Some(resources) => self.object(resources, 0),
            None => Some(Sha256::digest(b"none").into()),
        }
    }

    fn object(&mut self, object: &Object, depth: usize) -> Option<[u8; 32]> {
        if depth > DEPTH {
            return None;
        }
        let Object::Reference(id) = object else { return self.direct(object, depth) };
        if let Some(digest) = self.known.get(id) {
            return Some(*digest);
        }
        // A tree that comes back to itself (a form that names its own resources) ends here.
        self.known.insert(*id, [0; 32]);
        let digest = match open::resolve(self.document, object) {
            Some(target) => self.direct(target, depth + 1)?,
            None => Sha256::digest(b"null").into(),
        };
        self.known.insert(*id, digest);
        Some(digest)
    }

    fn direct(&mut self, object: &Object, depth: usize) -> Option<[u8; 32]> {
        let mut hash = Sha256::new();
        match object {
            Object::Null => hash.update(b"null"),
            Object::Boolean(value) => hash.update([b'b', u8::from(*value)]),
            Object::Integer(_) | Object::Real(_) => {
                // A thousandth of a unit: programs spell numbers in their own ways.
                let value = (f64::from(object.as_float().ok()?) * 1000.0).round();
                hash.update(b"n");
                hash.update(value.to_be_bytes());
            }
            Object::Name(name) => hash.update([b"/", name.as_slice()].concat()),
            Object::String(text, _) => hash.update([b"(", text.as_slice()].concat()),
            Object::Array(items) => {
                hash.update(b"[");
                for item in items {
                    hash.update(self.object(item, depth + 1)?);
                }
            }
            Object::Dictionary(dict) => hash.update(self.dictionary(dict, &[], depth)?),
            Object::Stream(stream) => {
                hash.update(self.dictionary(&stream.dict, ENCODING, depth)?);
                let decoded = stream.get_plain_content_with_limit(self.left).ok()?;
                self.left = self.left.saturating_sub(decoded.len());
                hash.update(&decoded);
            }
            Object::Reference(_) => hash.update(self.object(object, depth)?),
        }
        Some(hash.finalize().into())
    }

    fn dictionary(&mut self, dict: &Dictionary, without: &[&[u8]], depth: usize) -> Option<[u8; 32]> {
        let mut entries: Vec<_> = dict.iter().filter(|(key, _)| !without.contains(&key.as_slice())).collect();
        entries.retain(|(key, _)| *key != IGNORED);
        entries.sort_by_key(|(key, _)| key.as_slice());
        let mut hash = Sha256::new();
        for (key, value) in entries {
            hash.update(key);
            hash.update(self.object(value, depth + 1)?);
        }
        Some(hash.finalize().into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lopdf::{Stream, dictionary};

    fn digest(document: &Document, resources: &Dictionary) -> Option<[u8; 32]> {
        Resources::new(document, 1 << 20).digest(Some(&resources.clone().into()))
    }

    #[test]
    fn spelling_does_not_count_and_content_does() {
        let mut document = Document::new();
        let mut stream =
            Stream::new(dictionary! { "Type" => "XObject" }, b"0 0 m 9 9 l S 0 0 m 9 9 l S 0 0 m 9 9 l S".to_vec());
        let plain = document.add_object(stream.clone());
        stream.compress().expect("compressible");
        let packed = document.add_object(stream.clone());
        stream.set_plain_content(b"0 0 m 9 9 l S".to_vec());
        let other = document.add_object(stream);
        let a = digest(&document, &dictionary! { "A" => plain, "N" => 1 });
        assert_eq!(a, digest(&document, &dictionary! { "N" => 1.0, "A" => packed, "ProcSet" => "PDF" }));
        assert_ne!(a, digest(&document, &dictionary! { "A" => other, "N" => 1 }));
    }

    #[test]
    fn circles_end() {
        let mut document = Document::new();
        let id = document.new_object_id();
        document.objects.insert(id, dictionary! { "Self" => id }.into());
        assert!(digest(&document, &dictionary! { "A" => id }).is_some());
    }
}
