//! Signs a return as a signing program does: a container (CMS, RFC 5652) with one signer and certificates, in a gap of the file. The key is fixed and ECDSA is deterministic (RFC 6979), so the same file gets the same signature.

use lopdf::{Dictionary, Document, IncrementalDocument, Object, StringFormat, dictionary};
use p256::ecdsa::signature::hazmat::PrehashSigner;
use p256::ecdsa::{DerSignature, SigningKey};
use sha2::{Digest, Sha256};

use super::returned::Returned;

/// Bytes of the gap's string: room for the container.
const ROOM: usize = 24_000;
/// A number that is wide enough for any place in the file.
const WIDE: i64 = 9_999_999_999;

/// 1.2.840.113549.1.7.1 (data) and .2 (signedData)
const DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 1];
const SIGNED_DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 2];
/// 1.2.840.113549.1.9.3 (contentType), .4 (messageDigest) and .5 (signingTime)
const ATTRIBUTES: [&[u8]; 3] = [
    &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 3],
    &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 4],
    &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 5],
];
/// 1.2.840.113549.1.9.16.1.4 (TSTInfo), 1.2.840.113549.1.9.16.2.14 (a timestamp of the signature), 1.3.6.1.5.5.7.3.8 (timeStamping)
const INFO: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 16, 1, 4];
const SIGNATURE_STAMP: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 16, 2, 14];
/// 1.2.840.113549.1.9.16.2.47
const SIGNING_CERTIFICATE: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 16, 2, 47];
const STAMPING: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 3, 8];
/// 2.16.840.1.101.3.4.2.1
const SHA256: &[u8] = &[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1];
/// 1.2.840.10045.4.3.2, 1.2.840.10045.2.1 and 1.2.840.10045.3.1.7
const ECDSA_SHA256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2];
const EC_KEY: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1];
const P256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7];

/// Somebody with a key and a name: a signer, or an authority.
#[derive(Clone)]
pub struct Holder {
    key: SigningKey,
    /// A Name, whole.
    name: Vec<u8>,
}

/// How a container is to be made.
pub struct Signing {
    /// When it is signed; a UTCTime.
    pub time: &'static str,
    /// The container carries this.
    pub content: Option<Vec<u8>>,
    /// Made with another key than the certificate's.
    pub foreign_key: bool,
    /// The signed attributes name this certificate.
    pub named: Option<Vec<u8>>,
    /// The signature carries a timestamp: of itself, or of something else.
    pub stamp: Option<Stamped>,
    /// The name that the signer's certificate gives its issuer, and the certificates in the container, the signer's first.
    pub issuer: Holder,
    pub certificates: Vec<Vec<u8>>,
}

/// What a timestamp is of.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Stamped {
    This,
    Another,
    /// There is no signature, only a timestamp of the document.
    Document,
}

impl Default for Signing {
    fn default() -> Self {
        Signing::by(&signer(), &[signer().certificate(&signer(), 1, &[])])
    }
}

impl Signing {
    pub fn by(issuer: &Holder, certificates: &[Vec<u8>]) -> Self {
        let (issuer, certificates) = (issuer.clone(), certificates.to_vec());
        Signing {
            time: "260211091200Z",
            content: None,
            foreign_key: false,
            named: None,
            stamp: None,
            issuer,
            certificates,
        }
    }
}

/// Who signs.
pub fn signer() -> Holder {
    Holder::new(7, "Region Påhitt", "Siv Exempelsson")
}

impl Holder {
    /// `seed` makes the key.
    pub fn new(seed: u8, organisation: &str, name: &str) -> Self {
        let part =
            |n: u8, text: &str| der(0x31, &der(0x30, &[der(0x06, &[0x55, 4, n]), der(0x0c, text.as_bytes())].concat()));
        let name = der(0x30, &[part(10, organisation), part(3, name)].concat());
        Holder { key: SigningKey::from_slice(&[seed; 32]).expect("a key"), name }
    }

    /// The certificate that an issuer gives, valid in 2025 to 2029.
    pub fn certificate(&self, issuer: &Holder, serial: u8, extensions: &[Vec<u8>]) -> Vec<u8> {
        let algorithm = der(0x30, &der(0x06, ECDSA_SHA256));
        let point = self.key.verifying_key().to_sec1_point(false);
        let public = der(0x03, &[&[0], point.as_bytes()].concat());
        let key = der(0x30, &[der(0x30, &[der(0x06, EC_KEY), der(0x06, P256)].concat()), public].concat());
        let validity = der(0x30, &[der(0x17, b"250101000000Z"), der(0x17, b"300101000000Z")].concat());
        let extensions = if extensions.is_empty() { Vec::new() } else { der(0xa3, &der(0x30, &extensions.concat())) };
        let version = der(0xa0, &der(0x02, &[2]));
        let tbs = [
            version,
            der(0x02, &[serial]),
            algorithm.clone(),
            issuer.name.clone(),
            validity,
            self.name.clone(),
            key,
            extensions,
        ];
        let tbs = der(0x30, &tbs.concat());
        let signature = sign(&issuer.key, &tbs);
        der(0x30, &[tbs, algorithm, der(0x03, &[&[0], &signature[..]].concat())].concat())
    }
}

/// An extension 2.5.29.n.
pub fn extension(n: u8, critical: bool, value: &[u8]) -> Vec<u8> {
    let critical = if critical { der(0x01, &[0xff]) } else { Vec::new() };
    der(0x30, &[der(0x06, &[0x55, 0x1d, n]), critical, der(0x04, value)].concat())
}

/// What an authority's certificate says: that it is one, that others may stand below it, and that its key signs certificates.
pub fn authority() -> [Vec<u8>; 2] {
    [extension(19, true, &der(0x30, &der(0x01, &[0xff]))), usage(0x04)]
}

/// Key usage by its first byte: 0x80 signs, 0x40 signs for good, 0x04 signs certificates, 0x20 enciphers keys.
pub fn usage(bits: u8) -> Vec<u8> {
    extension(15, true, &der(0x03, &[0, bits]))
}

/// The extended key usage of timestamps alone.
pub fn stamping() -> Vec<u8> {
    der(0x30, &der(0x06, STAMPING))
}

/// A certificate as a PEM file.
pub fn pem(certificate: &[u8]) -> String {
    pem_rfc7468::encode_string("CERTIFICATE", pem_rfc7468::LineEnding::LF, certificate).expect("it can be written")
}

/// The return with its signature field signed, written anew as a whole.
pub fn signed(returned: Returned) -> Vec<u8> {
    signed_as(returned, &Signing::default(), |_| {})
}

/// So it is, with a change to the signature's dictionary before it is signed.
pub fn signed_as(mut returned: Returned, signing: &Signing, change: impl FnOnce(&mut Dictionary)) -> Vec<u8> {
    let mut dict = placeholder();
    change(&mut dict);
    let signature = returned.pdf.add_object(dict);
    let field = returned.field("namnteckning");
    returned.dict(field).set("V", signature);
    fill(returned.bytes(), signing)
}

/// A signature dictionary with room.
fn placeholder() -> Dictionary {
    dictionary! {
        "Type" => "Sig", "Filter" => "Adobe.PPKLite", "SubFilter" => "ETSI.CAdES.detached",
        "Contents" => Object::String(vec![0; ROOM], StringFormat::Hexadecimal),
        "ByteRange" => vec![0.into(), WIDE.into(), WIDE.into(), WIDE.into()],
    }
}

/// A file with something added to it in a revision of its own.
pub fn revised(bytes: &[u8], change: impl FnOnce(&mut IncrementalDocument)) -> Vec<u8> {
    let before = Document::load_mem(bytes).expect("a PDF");
    let mut later = IncrementalDocument::create_from(bytes.to_vec(), before);
    change(&mut later);
    let mut revised = Vec::new();
    later.save_to(&mut revised).expect("it can be written to memory");
    assert!(revised.starts_with(bytes), "what was there is untouched");
    revised
}

/// A file that somebody has signed, signed once more in a field of its own.
pub fn signed_again(bytes: &[u8]) -> Vec<u8> {
    let again = revised(bytes, |later| {
        let before = later.get_prev_documents();
        let form = before.catalog().and_then(|it| it.get(b"AcroForm")).and_then(Object::as_reference).expect("a form");
        later.opt_clone_object_to_new_document(form).expect("the form is there");
        let signature = later.new_document.add_object(placeholder());
        let field = later.new_document.add_object(dictionary! {
            "FT" => "Sig", "T" => Object::string_literal("Signature2"), "V" => signature,
        });
        let form = later.new_document.get_dictionary_mut(form).expect("a dictionary");
        form.get_mut(b"Fields").and_then(Object::as_array_mut).expect("fields").push(field.into());
    });
    fill(again, &Signing::default())
}

/// Fills the gap of a file that was written with room for a signature.
pub fn fill(mut bytes: Vec<u8>, signing: &Signing) -> Vec<u8> {
    let gap = gap(&bytes).expect("the gap");
    let wide = format!("0 {WIDE} {WIDE} {WIDE}");
    let range = find(&bytes, wide.as_bytes()).expect("the range");
    let numbers = format!("0 {} {} {}", gap.0, gap.1, bytes.len() - gap.1);
    bytes[range..range + wide.len()].copy_from_slice(format!("{numbers:<width$}", width = wide.len()).as_bytes());
    let mut digest = Sha256::new();
    digest.update(&bytes[..gap.0]);
    digest.update(&bytes[gap.1..]);
    let container = container(&digest.finalize(), signing);
    let digits: String = container.iter().map(|byte| format!("{byte:02x}")).collect();
    assert!(digits.len() <= gap.1 - gap.0 - 2, "there is room");
    bytes[gap.0 + 1..gap.0 + 1 + digits.len()].copy_from_slice(digits.as_bytes());
    bytes
}

/// Where the gap begins and ends, with its angle brackets.
pub fn gap(bytes: &[u8]) -> Option<(usize, usize)> {
    let digits = find(bytes, "0".repeat(2 * ROOM).as_bytes()).or_else(|| {
        // One that is filled begins as a container does.
        find(bytes, b"<30").map(|at| at + 1)
    })?;
    let end = digits + bytes[digits..].iter().position(|byte| *byte == b'>')?;
    Some((digits - 1, end + 1))
}

pub fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

/// A timestamp's token (RFC 3161) of something with this digest, by an authority of its own.
fn token(digest: &[u8]) -> Vec<u8> {
    let sha256 = der(0x30, &der(0x06, SHA256));
    let info = [
        der(0x02, &[1]),
        der(0x06, &[0x2a, 3, 4]),
        der(0x30, &[sha256, der(0x04, digest)].concat()),
        der(0x02, &[1]),
        der(0x18, b"20260211091300Z"),
    ];
    let authority = signer().certificate(&signer(), 1, &[extension(37, true, &stamping())]);
    let content = der(0x30, &info.concat());
    let signing = Signing { content: Some(content.clone()), ..Signing::by(&signer(), &[authority]) };
    container_of(INFO, &Sha256::digest(&content), &signing)
}

fn container(digest: &[u8], signing: &Signing) -> Vec<u8> {
    match signing.stamp {
        Some(Stamped::Document) => token(digest),
        _ => container_of(DATA, digest, signing),
    }
}

fn container_of(kind: &[u8], digest: &[u8], signing: &Signing) -> Vec<u8> {
    let key = if signing.foreign_key { SigningKey::from_slice(&[8; 32]).expect("a key") } else { signer().key };
    let attribute = |id: &[u8], value: Vec<u8>| der(0x30, &[der(0x06, id), der(0x31, &value)].concat());
    let named = signing.named.as_ref().map(|certificate| {
        let id = der(0x30, &der(0x04, &Sha256::digest(certificate)));
        attribute(SIGNING_CERTIFICATE, der(0x30, &der(0x30, &id)))
    });
    let attributes = [
        attribute(ATTRIBUTES[0], der(0x06, kind)),
        attribute(ATTRIBUTES[2], der(0x17, signing.time.as_bytes())),
        attribute(ATTRIBUTES[1], der(0x04, digest)),
        named.unwrap_or_default(),
    ]
    .concat();
    let signature = sign(&key, &der(0x31, &attributes));
    let sha256 = der(0x30, &der(0x06, SHA256));
    let stamp = signing.stamp.map(|of| {
        let digest = Sha256::digest(if of == Stamped::This { &signature[..] } else { b"something else" });
        der(0xa1, &attribute(SIGNATURE_STAMP, token(&digest)))
    });
    let signer = [
        der(0x02, &[1]),
        der(0x30, &[signing.issuer.name.clone(), der(0x02, &[1])].concat()),
        sha256.clone(),
        der(0xa0, &attributes),
        der(0x30, &der(0x06, ECDSA_SHA256)),
        der(0x04, &signature),
        stamp.unwrap_or_default(),
    ];
    let carried = signing.content.iter().map(|content| der(0xa0, &der(0x04, content)));
    let content: Vec<u8> = std::iter::once(der(0x06, kind)).chain(carried).flatten().collect();
    let data = [
        der(0x02, &[1]),
        der(0x31, &sha256),
        der(0x30, &content),
        der(0xa0, &signing.certificates.concat()),
        der(0x31, &der(0x30, &signer.concat())),
    ];
    der(0x30, &[der(0x06, SIGNED_DATA), der(0xa0, &der(0x30, &data.concat()))].concat())
}

fn sign(key: &SigningKey, message: &[u8]) -> Vec<u8> {
    let signature: DerSignature = key.sign_prehash(&Sha256::digest(message)).expect("a signature");
    signature.as_bytes().to_vec()
}

/// An element (X.690): tag, length, contents.
pub fn der(tag: u8, contents: &[u8]) -> Vec<u8> {
    let length = contents.len();
    let mut element = match length {
        0..0x80 => vec![tag, length as u8],
        0x80..0x100 => vec![tag, 0x81, length as u8],
        _ => vec![tag, 0x82, (length >> 8) as u8, length as u8],
    };
    element.extend_from_slice(contents);
    element
}
