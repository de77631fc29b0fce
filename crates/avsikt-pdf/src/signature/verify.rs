//! Whether a signature is its key's, by a list of algorithms that are known. What is not on the list is unsupported, and never
//! skipped: the key, the signature's algorithm and the digest must all say the same.

use rsa::pkcs1::DecodeRsaPublicKey;
use rsa::signature::hazmat::PrehashVerifier;
use rsa::traits::PublicKeyParts;
use rsa::{Pkcs1v15Sign, Pss, PublicKey};
use sha1::Sha1;
use sha2::{Digest, Sha224, Sha256, Sha384, Sha512};

use super::cms::Algorithm;
use super::der::{self, BIT_STRING, INTEGER, Reader, SEQUENCE};

/// A digest that signatures are made with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hash {
    Sha1,
    Sha224,
    Sha256,
    Sha384,
    Sha512,
}

/// How a signature is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scheme {
    Pkcs1,
    /// With a salt of so many bytes.
    Pss(usize),
    Ecdsa,
    Ed25519,
}

/// What is known of a signature beside whether it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// It was made with the key.
    pub valid: bool,
    /// For people: `RSA 2048, SHA-256`.
    pub algorithm: String,
    pub weak: bool,
}

/// 1.2.840.113549.1.1.n
const PKCS1: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1];
/// 1.2.840.10045.4.1 (SHA-1) and 1.2.840.10045.4.3.n
const ECDSA: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 4];
/// 1.3.101.112
const ED25519: &[u8] = &[0x2b, 0x65, 0x70];
/// 1.2.840.10045.2.1
const EC_KEY: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1];
/// 1.2.840.10045.3.1.7, 1.3.132.0.34, 1.3.132.0.35
const P256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7];
const P384: &[u8] = &[0x2b, 0x81, 4, 0, 34];
const P521: &[u8] = &[0x2b, 0x81, 4, 0, 35];
/// 1.2.840.113549.1.1.8
const MGF1: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 8];
/// Keys of fewer bits are called weak.
const RSA_BITS: usize = 2048;

impl Hash {
    /// By its object identifier: 1.3.14.3.2.26, 2.16.840.1.101.3.4.2.n.
    pub fn of(id: &[u8]) -> Option<Self> {
        match id {
            [0x2b, 0x0e, 3, 2, 0x1a] => Some(Hash::Sha1),
            [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, n] => match n {
                1 => Some(Hash::Sha256),
                2 => Some(Hash::Sha384),
                3 => Some(Hash::Sha512),
                4 => Some(Hash::Sha224),
                _ => None,
            },
            _ => None,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Hash::Sha1 => "SHA-1",
            Hash::Sha224 => "SHA-224",
            Hash::Sha256 => "SHA-256",
            Hash::Sha384 => "SHA-384",
            Hash::Sha512 => "SHA-512",
        }
    }

    /// The digest of some pieces, one after the other.
    pub fn of_pieces(self, pieces: &[&[u8]]) -> Vec<u8> {
        match self {
            Hash::Sha1 => digest::<Sha1>(pieces),
            Hash::Sha224 => digest::<Sha224>(pieces),
            Hash::Sha256 => digest::<Sha256>(pieces),
            Hash::Sha384 => digest::<Sha384>(pieces),
            Hash::Sha512 => digest::<Sha512>(pieces),
        }
    }

    fn length(self) -> usize {
        match self {
            Hash::Sha1 => 20,
            Hash::Sha224 => 28,
            Hash::Sha256 => 32,
            Hash::Sha384 => 48,
            Hash::Sha512 => 64,
        }
    }
}

fn digest<D: Digest>(pieces: &[&[u8]]) -> Vec<u8> {
    let mut digest = D::new();
    pieces.iter().for_each(|piece| digest.update(piece));
    digest.finalize().to_vec()
}

/// Checks a signature over some pieces. `key` is a certificate's SubjectPublicKeyInfo, whole; `stated` is the digest that the signer
/// names beside the algorithm.
///
/// # Errors
/// In words, what of it is not supported.
pub fn verify(
    key: &[u8],
    algorithm: &Algorithm<'_>,
    stated: Option<Hash>,
    pieces: &[&[u8]],
    signature: &[u8],
) -> Result<Verified, String> {
    let (scheme, hash) = scheme(algorithm, stated)?;
    if let Some(stated) = stated
        && scheme != Scheme::Ed25519
        && stated != hash
    {
        return Err(format!("it names two digests, {} and {}", stated.name(), hash.name()));
    }
    let mut parts = Reader(key).one(SEQUENCE).ok_or("its key cannot be read")?.inside();
    let kind = parts.one(SEQUENCE).and_then(Algorithm::read).ok_or("its key cannot be read")?;
    // No unused bits.
    let bits =
        parts.one(BIT_STRING).and_then(|bits| bits.contents.strip_prefix(&[0])).ok_or("its key cannot be read")?;
    match scheme {
        Scheme::Pkcs1 | Scheme::Pss(_) => rsa(&kind, bits, scheme, hash, &hash.of_pieces(pieces), signature),
        Scheme::Ecdsa => ecdsa(&kind, bits, hash, &hash.of_pieces(pieces), signature),
        Scheme::Ed25519 => ed25519(&kind, bits, &pieces.concat(), signature),
    }
}

/// The scheme and the digest that an algorithm stands for.
fn scheme(algorithm: &Algorithm<'_>, stated: Option<Hash>) -> Result<(Scheme, Hash), String> {
    let known = match algorithm.id {
        ED25519 => Some((Scheme::Ed25519, Hash::Sha512)),
        id => match (id.strip_prefix(PKCS1), id.strip_prefix(ECDSA)) {
            // The key's own identifier; the digest is the one stated.
            (Some([1]), _) => Some((Scheme::Pkcs1, stated.ok_or("it names no digest")?)),
            (Some([5]), _) => Some((Scheme::Pkcs1, Hash::Sha1)),
            (Some([11]), _) => Some((Scheme::Pkcs1, Hash::Sha256)),
            (Some([12]), _) => Some((Scheme::Pkcs1, Hash::Sha384)),
            (Some([13]), _) => Some((Scheme::Pkcs1, Hash::Sha512)),
            (Some([14]), _) => Some((Scheme::Pkcs1, Hash::Sha224)),
            (Some([10]), _) => return pss(algorithm),
            (_, Some([1])) => Some((Scheme::Ecdsa, Hash::Sha1)),
            (_, Some([3, 1])) => Some((Scheme::Ecdsa, Hash::Sha224)),
            (_, Some([3, 2])) => Some((Scheme::Ecdsa, Hash::Sha256)),
            (_, Some([3, 3])) => Some((Scheme::Ecdsa, Hash::Sha384)),
            (_, Some([3, 4])) => Some((Scheme::Ecdsa, Hash::Sha512)),
            _ => None,
        },
    };
    known.ok_or_else(|| format!("its algorithm is not supported ({})", dotted(algorithm.id)))
}

/// RSASSA-PSS-params (RFC 4055 3.1): without them SHA-1 and a salt of 20 bytes.
fn pss(algorithm: &Algorithm<'_>) -> Result<(Scheme, Hash), String> {
    let damaged = || "the parameters of RSA-PSS cannot be read".to_owned();
    let (mut hash, mut mask, mut salt) = (Hash::Sha1, Hash::Sha1, 20);
    let mut parts = algorithm.parameters.ok_or_else(damaged)?.inside();
    let of = |element: der::Element<'_>| -> Result<Hash, String> {
        let algorithm = element.inside().one(SEQUENCE).and_then(Algorithm::read).ok_or_else(damaged)?;
        Hash::of(algorithm.id).ok_or_else(|| format!("its digest is not supported ({})", dotted(algorithm.id)))
    };
    if let Some(part) = parts.maybe(0xa0) {
        hash = of(part)?;
    }
    if let Some(part) = parts.maybe(0xa1) {
        let masks = part.inside().one(SEQUENCE).and_then(Algorithm::read).ok_or_else(damaged)?;
        if masks.id != MGF1 {
            return Err("the mask of RSA-PSS is not MGF1".to_owned());
        }
        let inner = masks.parameters.and_then(Algorithm::read).ok_or_else(damaged)?;
        mask = Hash::of(inner.id).ok_or_else(|| format!("its digest is not supported ({})", dotted(inner.id)))?;
    }
    if let Some(part) = parts.maybe(0xa2) {
        salt = match part.inside().one(INTEGER).ok_or_else(damaged)?.contents {
            [salt] if *salt < 0x80 => usize::from(*salt),
            [0, salt] => usize::from(*salt),
            _ => return Err(damaged()),
        };
    }
    if let Some(part) = parts.maybe(0xa3)
        && part.inside().one(INTEGER).is_none_or(|trailer| trailer.contents != [1])
    {
        return Err(damaged());
    }
    match (parts.is_empty(), hash == mask) {
        (false, _) => Err(damaged()),
        (_, false) => Err("RSA-PSS with two digests is not supported".to_owned()),
        _ => Ok((Scheme::Pss(salt), hash)),
    }
}

fn rsa(
    kind: &Algorithm<'_>,
    key: &[u8],
    scheme: Scheme,
    hash: Hash,
    hashed: &[u8],
    signature: &[u8],
) -> Result<Verified, String> {
    let fits = match kind.id.strip_prefix(PKCS1) {
        Some([1]) => true,
        // A key for PSS alone, whose own parameters must allow what was done.
        Some([10]) if kind.parameters.is_none() => matches!(scheme, Scheme::Pss(_)),
        Some([10]) => {
            matches!((scheme, pss(kind)?), (Scheme::Pss(salt), (Scheme::Pss(least), of)) if of == hash && salt >= least)
        }
        _ => false,
    };
    if !fits {
        return Err("its key is of another kind than its algorithm".to_owned());
    }
    let key =
        PublicKey::from_pkcs1_der(key).map_err(|_| "its RSA key is damaged, or has under 1024 or over 8192 bits")?;
    let bits = key.n().bit_width() as usize;
    let valid = match scheme {
        Scheme::Pss(salt) => {
            let scheme = |salt| match hash {
                Hash::Sha1 => key.verify(Pss::<Sha1>::new_with_salt(salt), hashed, signature),
                Hash::Sha224 => key.verify(Pss::<Sha224>::new_with_salt(salt), hashed, signature),
                Hash::Sha256 => key.verify(Pss::<Sha256>::new_with_salt(salt), hashed, signature),
                Hash::Sha384 => key.verify(Pss::<Sha384>::new_with_salt(salt), hashed, signature),
                Hash::Sha512 => key.verify(Pss::<Sha512>::new_with_salt(salt), hashed, signature),
            };
            scheme(salt).is_ok()
        }
        _ => {
            let scheme = match hash {
                Hash::Sha1 => Pkcs1v15Sign::new::<Sha1>(),
                Hash::Sha224 => Pkcs1v15Sign::new::<Sha224>(),
                Hash::Sha256 => Pkcs1v15Sign::new::<Sha256>(),
                Hash::Sha384 => Pkcs1v15Sign::new::<Sha384>(),
                Hash::Sha512 => Pkcs1v15Sign::new::<Sha512>(),
            };
            key.verify(scheme, hashed, signature).is_ok()
        }
    };
    let name = if matches!(scheme, Scheme::Pss(_)) { "RSA-PSS" } else { "RSA" };
    let weak = hash == Hash::Sha1 || bits < RSA_BITS;
    Ok(Verified { valid, algorithm: format!("{name} {bits}, {}", hash.name()), weak })
}

fn ecdsa(kind: &Algorithm<'_>, key: &[u8], hash: Hash, hashed: &[u8], signature: &[u8]) -> Result<Verified, String> {
    let curve = kind.parameters.filter(|curve| curve.tag == der::OID).map(|curve| curve.contents);
    let Some(curve) = curve.filter(|_| kind.id == EC_KEY) else {
        return Err("its key is of another kind than its algorithm".to_owned());
    };
    macro_rules! with {
        ($curve:ident) => {{
            use $curve::ecdsa::{Signature, VerifyingKey};
            let key = VerifyingKey::from_sec1_bytes(key).map_err(|_| "its key is damaged")?;
            Signature::from_der(signature).is_ok_and(|signature| key.verify_prehash(hashed, &signature).is_ok())
        }};
    }
    let (name, valid) = match curve {
        // A digest shorter than half the curve's field is refused by the library.
        P384 if hash.length() < 24 => return Err("its digest is too short for its curve".to_owned()),
        P521 if hash.length() < 33 => return Err("its digest is too short for its curve".to_owned()),
        P256 => ("P-256", with!(p256)),
        P384 => ("P-384", with!(p384)),
        P521 => ("P-521", with!(p521)),
        other => return Err(format!("its curve is not supported ({})", dotted(other))),
    };
    Ok(Verified { valid, algorithm: format!("ECDSA {name}, {}", hash.name()), weak: hash == Hash::Sha1 })
}

fn ed25519(kind: &Algorithm<'_>, key: &[u8], message: &[u8], signature: &[u8]) -> Result<Verified, String> {
    if kind.id != ED25519 {
        return Err("its key is of another kind than its algorithm".to_owned());
    }
    let key: &[u8; 32] = key.try_into().map_err(|_| "its key is damaged")?;
    let key = ed25519_dalek::VerifyingKey::from_bytes(key).map_err(|_| "its key is damaged")?;
    let signature = ed25519_dalek::Signature::from_slice(signature);
    let valid = signature.is_ok_and(|signature| key.verify_strict(message, &signature).is_ok());
    Ok(Verified { valid, algorithm: "Ed25519".to_owned(), weak: false })
}

/// An object identifier as people write it (X.690 8.19).
pub fn dotted(id: &[u8]) -> String {
    let mut arcs: Vec<u128> = Vec::new();
    let mut arc = 0u128;
    for byte in id.iter().take(64) {
        arc = (arc << 7) | u128::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            match arcs.is_empty() {
                true => arcs.extend([(arc / 40).min(2), arc - 40 * (arc / 40).min(2)]),
                false => arcs.push(arc),
            }
            arc = 0;
        }
    }
    arcs.iter().map(u128::to_string).collect::<Vec<_>>().join(".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_written_with_dots() {
        assert_eq!(dotted(&[PKCS1, &[11]].concat()), "1.2.840.113549.1.1.11");
        assert_eq!(dotted(ED25519), "1.3.101.112");
        assert_eq!(dotted(&[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1]), "2.16.840.1.101.3.4.2.1");
        assert_eq!(dotted(&[]), "");
    }

    const MESSAGE: &str = "Region Påhitt vill vara med.";

    /// The key and the signature of a line of `vectors.txt`.
    fn vector(name: &str) -> (Vec<u8>, Vec<u8>) {
        let line = include_str!("vectors.txt").lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        let (key, signature) = line.expect("the line").split_once(' ').expect("two numbers");
        let bytes = |digits: &str| {
            let digit = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).expect("a digit");
            (0..digits.len()).step_by(2).map(digit).collect()
        };
        (bytes(key), bytes(signature))
    }

    fn told(name: &str, id: &[u8], parameters: Option<&[u8]>, stated: Hash, message: &str) -> Result<Verified, String> {
        let (key, signature) = vector(name);
        let parameters = parameters.map(|it| Reader(it).any().expect("an element"));
        let pieces = [&message.as_bytes()[..5], &message.as_bytes()[5..]];
        verify(&key, &Algorithm { id, parameters }, Some(stated), &pieces, &signature)
    }

    /// RSASSA-PSS-params of one digest throughout.
    fn pss_of(n: u8, salt: u8) -> Vec<u8> {
        let id = der::wrapped(der::OID, &[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, n]);
        let hash = der::wrapped(SEQUENCE, &id);
        let mask = der::wrapped(SEQUENCE, &[der::wrapped(der::OID, MGF1), hash.clone()].concat());
        let salt = der::wrapped(INTEGER, &[salt]);
        let parts = [der::wrapped(0xa0, &hash), der::wrapped(0xa1, &mask), der::wrapped(0xa2, &salt)];
        der::wrapped(SEQUENCE, &parts.concat())
    }

    #[test]
    fn signatures_that_another_program_made_hold_and_of_another_text_they_do_not() {
        let rsa = |n: u8| [PKCS1, &[n]].concat();
        let ecdsa = |n: u8| [ECDSA, &[3, n]].concat();
        let (pss256, pss384) = (pss_of(1, 32), pss_of(2, 48));
        for (name, id, parameters, stated, algorithm, weak) in [
            ("rsa-sha1", rsa(5), None, Hash::Sha1, "RSA 2048, SHA-1", true),
            ("rsa-sha256", rsa(11), None, Hash::Sha256, "RSA 2048, SHA-256", false),
            ("rsa-sha256", rsa(1), None, Hash::Sha256, "RSA 2048, SHA-256", false),
            ("rsa-sha512", rsa(13), None, Hash::Sha512, "RSA 2048, SHA-512", false),
            ("rsa-sha256-short", rsa(11), None, Hash::Sha256, "RSA 1024, SHA-256", true),
            ("pss-sha256", rsa(10), Some(&pss256[..]), Hash::Sha256, "RSA-PSS 2048, SHA-256", false),
            ("pss-sha384", rsa(10), Some(&pss384[..]), Hash::Sha384, "RSA-PSS 2048, SHA-384", false),
            ("p256", ecdsa(2), None, Hash::Sha256, "ECDSA P-256, SHA-256", false),
            ("p384", ecdsa(3), None, Hash::Sha384, "ECDSA P-384, SHA-384", false),
            ("p521", ecdsa(4), None, Hash::Sha512, "ECDSA P-521, SHA-512", false),
            ("ed25519", ED25519.to_vec(), None, Hash::Sha512, "Ed25519", false),
        ] {
            let right = told(name, &id, parameters, stated, MESSAGE);
            assert_eq!(right, Ok(Verified { valid: true, algorithm: algorithm.to_owned(), weak }), "{name}");
            let other = told(name, &id, parameters, stated, "Region Påhitt vill inte vara med.");
            assert_eq!(other.map(|verified| verified.valid), Ok(false), "{name}");
        }
    }

    #[test]
    fn a_signature_is_not_taken_for_one_of_another_kind() {
        let rsa = |n: u8| [PKCS1, &[n]].concat();
        let kind = "its key is of another kind than its algorithm".to_owned();
        assert_eq!(told("p256", &rsa(11), None, Hash::Sha256, MESSAGE), Err(kind.clone()));
        assert_eq!(told("rsa-sha256", &[ECDSA, &[3, 2]].concat(), None, Hash::Sha256, MESSAGE), Err(kind.clone()));
        assert_eq!(told("rsa-sha256", ED25519, None, Hash::Sha512, MESSAGE), Err(kind));
        let salt = told("pss-sha256", &rsa(10), Some(&pss_of(1, 20)), Hash::Sha256, MESSAGE);
        assert_eq!(salt.map(|verified| verified.valid), Ok(false), "the salt is another length than it says");
        let two = told("pss-sha256", &rsa(10), Some(&pss_of(1, 32)), Hash::Sha384, MESSAGE);
        assert_eq!(two, Err("it names two digests, SHA-384 and SHA-256".to_owned()));
        assert!(told("pss-sha256", &rsa(10), None, Hash::Sha256, MESSAGE).is_err(), "PSS without parameters");
    }

    #[test]
    fn what_is_not_on_the_list_is_named() {
        let md5 = [PKCS1, &[4]].concat();
        let algorithm = Algorithm { id: &md5, parameters: None };
        let told = verify(&[], &algorithm, Some(Hash::Sha256), &[], &[]).expect_err("MD5 is not supported");
        assert_eq!(told, "its algorithm is not supported (1.2.840.113549.1.1.4)");
        let sha256 = [PKCS1, &[11]].concat();
        let algorithm = Algorithm { id: &sha256, parameters: None };
        let told = verify(&[], &algorithm, Some(Hash::Sha1), &[], &[]).expect_err("two digests");
        assert_eq!(told, "it names two digests, SHA-1 and SHA-256");
    }
}
