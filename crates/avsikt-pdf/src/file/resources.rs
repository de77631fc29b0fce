//! The fingerprint of what a page's content draws with: fonts, forms and pictures, patterns and states.
//!
//! Equal content operators show something else when a font's glyphs are exchanged. So the resources are digested as well:
//! the whole tree under `/Resources`, resolved, with streams decoded. Object numbers, the order of keys, and how a number
//! or a string is spelt do not count, since programs that save a file again change those.
//!
//! A dictionary, an array and a stream each have a digest of their own, so that it does not matter whether they stand in
//! their place or are referred to; everything smaller is written into the digest of what holds it, marked with its type
//! and length.

use std::collections::HashMap;

use lopdf::{Document, Object, ObjectId, Stream};
use sha2::{Digest, Sha256};

use crate::file::decoded::{Decoded, Part};
use crate::file::open;

/// Deeper trees are not followed; what lies below counts as unknown.
const DEPTH: usize = 24;
/// What belongs to a stream's encoding and not to what it holds.
const ENCODING: &[&[u8]] = &[b"Filter", b"DecodeParms", b"Length", b"DL"];
/// What decides how a stream is decoded.
const DECODING: &[&[u8]] = &[b"Filter", b"DecodeParms"];
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
        let mut out = Vec::new();
        if let Some(resources) = resources {
            self.write(resources, 0, &mut out)?;
        }
        Some(Sha256::digest(out).into())
    }

    /// A stream's content, decoded within `limit` bytes.
    pub fn decode(&mut self, stream: &Stream, part: Part, limit: usize) -> Option<Decoded> {
        let encoding = self.dictionary(stream.dict.iter().filter(|(key, _)| DECODING.contains(&key.as_slice())), 0)?;
        Decoded::of(stream, &encoding, part, limit)
    }

    /// Writes what stands for an object in the digest of the one that holds it.
    fn write(&mut self, object: &Object, depth: usize, out: &mut Vec<u8>) -> Option<()> {
        if depth > DEPTH {
            return None;
        }
        match object {
            Object::Null => out.push(b'0'),
            Object::Boolean(value) => out.extend([b'b', u8::from(*value)]),
            #[expect(clippy::cast_precision_loss, reason = "no number of a page comes near 2^53")]
            Object::Integer(value) => number(*value as f64, out),
            Object::Real(value) => number(f64::from(*value), out),
            Object::Name(name) => bytes(b'/', name, out),
            Object::String(text, _) => bytes(b'(', text, out),
            Object::Array(_) | Object::Dictionary(_) | Object::Stream(_) => {
                out.push(b'#');
                out.extend(self.compound(object, depth)?);
            }
            Object::Reference(id) => self.referred(*id, depth, out)?,
        }
        Some(())
    }

    fn referred(&mut self, id: ObjectId, depth: usize, out: &mut Vec<u8>) -> Option<()> {
        if let Some(digest) = self.known.get(&id) {
            out.push(b'#');
            out.extend(digest);
            return Some(());
        }
        match open::resolve(self.document, &Object::Reference(id)) {
            None => out.push(b'0'),
            Some(target @ (Object::Array(_) | Object::Dictionary(_) | Object::Stream(_))) => {
                // A tree that comes back to itself (a form that names its own resources) ends here.
                self.known.insert(id, [0; 32]);
                let digest = self.compound(target, depth + 1)?;
                self.known.insert(id, digest);
                out.push(b'#');
                out.extend(digest);
            }
            Some(target) => self.write(target, depth + 1, out)?,
        }
        Some(())
    }

    /// The digest of an array, a dictionary or a stream.
    fn compound(&mut self, object: &Object, depth: usize) -> Option<[u8; 32]> {
        match object {
            Object::Array(items) => {
                let mut out = vec![b'['];
                for item in items {
                    self.write(item, depth + 1, &mut out)?;
                }
                Some(Sha256::digest(out).into())
            }
            Object::Dictionary(dict) => self.dictionary(dict.iter(), depth),
            Object::Stream(stream) => {
                let entries = stream.dict.iter().filter(|(key, _)| !ENCODING.contains(&key.as_slice()));
                let mut hash = Sha256::new_with_prefix(b"s");
                hash.update(self.dictionary(entries, depth)?);
                if let Some(filter) = picture_filter(stream) {
                    // What a picture's bytes mean is for its decoder; a page drawn with other bytes is another page.
                    self.left = self.left.checked_sub(stream.content.len())?;
                    hash.update(filter);
                    hash.update(&stream.content);
                    return Some(hash.finalize().into());
                }
                let decoded = self.decode(stream, Part::Whole, self.left)?;
                self.left = self.left.saturating_sub(decoded.length);
                hash.update(decoded.hash.finalize());
                Some(hash.finalize().into())
            }
            _ => None,
        }
    }

    fn dictionary<'e>(
        &mut self,
        entries: impl Iterator<Item = (&'e Vec<u8>, &'e Object)>,
        depth: usize,
    ) -> Option<[u8; 32]> {
        let mut entries: Vec<_> = entries.filter(|(key, _)| *key != IGNORED).collect();
        entries.sort_by_key(|(key, _)| key.as_slice());
        let mut out = vec![b'<'];
        for (key, value) in entries {
            bytes(b'/', key, &mut out);
            self.write(value, depth + 1, &mut out)?;
        }
        Some(Sha256::digest(out).into())
    }
}

/// The filter that ends a picture's own coding (ISO 32000-2 table 6), which lopdf does not undo.
fn picture_filter(stream: &Stream) -> Option<&'static [u8]> {
    const OF_PICTURES: [&[u8]; 4] = [b"DCTDecode", b"JPXDecode", b"CCITTFaxDecode", b"JBIG2Decode"];
    let filters = stream.filters().ok()?;
    OF_PICTURES.into_iter().find(|name| filters.iter().any(|filter| filter == name))
}

/// To a thousandth of a unit: programs spell numbers in their own ways.
fn number(value: f64, out: &mut Vec<u8>) {
    out.push(b'n');
    // Zero has two signs; the sum has one.
    out.extend(((value * 1000.0).round() + 0.0).to_be_bytes());
}

/// The length keeps one text's end from being another's beginning.
fn bytes(kind: u8, bytes: &[u8], out: &mut Vec<u8>) {
    out.push(kind);
    out.extend(bytes.len().to_be_bytes());
    out.extend(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;
    use lopdf::{Dictionary, dictionary};

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
    fn it_does_not_matter_what_is_referred_to() {
        let mut document = Document::new();
        let widths = document.add_object(vec![500.into(), 250.5.into()]);
        let first = document.add_object(500);
        let direct = dictionary! { "W" => vec![500.into(), 250.5.into()], "F" => 500 };
        assert_eq!(digest(&document, &direct), digest(&document, &dictionary! { "W" => widths, "F" => first }));
        assert_ne!(digest(&document, &direct), digest(&document, &dictionary! { "W" => widths, "F" => widths }));
    }

    #[test]
    fn neighbours_do_not_run_together() {
        let document = Document::new();
        let cut = |a: &str, b: &str| dictionary! { "A" => vec![Object::string_literal(a), Object::string_literal(b)] };
        assert_ne!(digest(&document, &cut("ab", "c")), digest(&document, &cut("a", "bc")));
    }

    #[test]
    fn circles_end() {
        let mut document = Document::new();
        let id = document.new_object_id();
        document.objects.insert(id, dictionary! { "Self" => id }.into());
        assert!(digest(&document, &dictionary! { "A" => id }).is_some());
    }
}
