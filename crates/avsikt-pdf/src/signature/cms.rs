//! A signature's container (CMS SignedData, RFC 5652), as far as a signature in a PDF needs it: one signer, its certificates, and
//! the bytes that were signed.

use super::der::{self, CONTEXT_0, CONTEXT_1, Element, INTEGER, OCTET_STRING, OID, Reader, SEQUENCE, SET};

/// What is in the container, as slices of it.
#[derive(Debug, Clone)]
pub struct SignedData<'d> {
    /// The content's type, an object identifier.
    pub content_type: &'d [u8],
    /// The content, where the container carries it.
    pub content: Option<&'d [u8]>,
    /// Every certificate, whole.
    pub certificates: Vec<&'d [u8]>,
    pub signer: SignerInfo<'d>,
}

/// RFC 5652 5.3.
#[derive(Debug, Clone)]
pub struct SignerInfo<'d> {
    pub certificate: CertificateId<'d>,
    pub digest: Algorithm<'d>,
    /// With their tag `[0]`; what is signed is the same bytes with the tag of a SET.
    pub signed: Option<Attributes<'d>>,
    pub algorithm: Algorithm<'d>,
    pub signature: &'d [u8],
    pub unsigned: Option<Attributes<'d>>,
}

/// Which certificate the signer's is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CertificateId<'d> {
    /// The issuer's name, whole, and the serial number.
    Serial {
        issuer: &'d [u8],
        serial: &'d [u8],
    },
    KeyId(&'d [u8]),
}

/// An algorithm's object identifier and its parameters, whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Algorithm<'d> {
    pub id: &'d [u8],
    pub parameters: Option<Element<'d>>,
}

/// Attributes, each a type and its values.
#[derive(Debug, Clone, Copy)]
pub struct Attributes<'d>(Element<'d>);

/// 1.2.840.113549.1.7.2
const SIGNED_DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 2];

impl<'d> SignedData<'d> {
    /// # Errors
    /// In words, when it is no container with exactly one signer.
    pub fn read(container: &'d [u8]) -> Result<Self, &'static str> {
        let data = signed_data(container).ok_or("the signature's container is not one (CMS SignedData)")?;
        let mut parts = data.inside();
        let cut = "the signature's container is damaged";
        parts.one(INTEGER).and_then(|_| parts.one(SET)).ok_or(cut)?;
        let mut content = parts.one(SEQUENCE).ok_or(cut)?.inside();
        let content_type = content.one(OID).ok_or(cut)?.contents;
        let carried = match content.maybe(CONTEXT_0) {
            Some(carried) => Some(carried.inside().one(OCTET_STRING).ok_or(cut)?.contents),
            None => None,
        };
        let mut certificates = Vec::new();
        if let Some(set) = parts.maybe(CONTEXT_0) {
            let mut set = set.inside();
            while !set.is_empty() {
                let one = set.any().ok_or(cut)?;
                // Attribute certificates and the like are passed over.
                certificates.extend((one.tag == SEQUENCE).then_some(one.whole));
            }
        }
        parts.maybe(CONTEXT_1);
        let mut signers = parts.one(SET).ok_or(cut)?.inside();
        let signer = signers.one(SEQUENCE).ok_or("the signature's container holds no signer")?;
        if !signers.is_empty() {
            return Err("the signature's container holds several signers");
        }
        let signer = signer_info(signer).ok_or(cut)?;
        Ok(SignedData { content_type, content: carried, certificates, signer })
    }
}

fn signed_data(container: &[u8]) -> Option<Element<'_>> {
    let mut outer = Reader(container).one(SEQUENCE)?.inside();
    outer.one(OID).filter(|id| id.contents == SIGNED_DATA)?;
    outer.one(CONTEXT_0)?.inside().one(SEQUENCE)
}

fn signer_info(signer: Element<'_>) -> Option<SignerInfo<'_>> {
    let mut parts = signer.inside();
    parts.one(INTEGER)?;
    let id = parts.any()?;
    let certificate = match id.tag {
        SEQUENCE => {
            let mut id = id.inside();
            let issuer = id.one(SEQUENCE)?.whole;
            CertificateId::Serial { issuer, serial: id.one(INTEGER)?.contents }
        }
        // [0], primitive.
        0x80 => CertificateId::KeyId(id.contents),
        _ => return None,
    };
    let digest = Algorithm::read(parts.one(SEQUENCE)?)?;
    let signed = parts.maybe(CONTEXT_0).map(Attributes);
    let algorithm = Algorithm::read(parts.one(SEQUENCE)?)?;
    let signature = parts.one(OCTET_STRING)?.contents;
    let unsigned = parts.maybe(CONTEXT_1).map(Attributes);
    parts.is_empty().then_some(SignerInfo { certificate, digest, signed, algorithm, signature, unsigned })
}

impl<'d> Algorithm<'d> {
    pub fn read(algorithm: Element<'d>) -> Option<Self> {
        let mut parts = algorithm.inside();
        let id = parts.one(OID)?.contents;
        let parameters = parts.any();
        parts.is_empty().then_some(Algorithm { id, parameters })
    }
}

impl<'d> Attributes<'d> {
    /// What the signature is made over: the attributes with the tag of a SET (RFC 5652 5.4).
    pub fn as_signed(&self) -> Vec<u8> {
        let mut bytes = self.0.whole.to_vec();
        bytes[0] = SET;
        bytes
    }

    /// The only value of the only attribute of a type.
    ///
    /// # Errors
    /// When there are several, or the attributes are damaged.
    pub fn only(&self, id: &[u8]) -> Result<Option<Element<'d>>, &'static str> {
        let mut found = None;
        let mut all = self.0.inside();
        while !all.is_empty() {
            let damaged = "the signature's attributes are damaged";
            let mut attribute = all.one(SEQUENCE).ok_or(damaged)?.inside();
            let kind = attribute.one(OID).ok_or(damaged)?.contents;
            let mut values = attribute.one(SET).ok_or(damaged)?.inside();
            if kind == id {
                let value = values.any().ok_or(damaged)?;
                if found.is_some() || !values.is_empty() {
                    return Err("an attribute of the signature stands there twice");
                }
                found = Some(value);
            }
        }
        Ok(found)
    }
}

/// A container out of what `/Contents` holds, which is padded with zeros.
///
/// # Errors
/// In words, when it is none.
pub fn unpadded(contents: &[u8]) -> Result<std::borrow::Cow<'_, [u8]>, &'static str> {
    let (container, taken) = der::first(contents).ok_or("the signature's container is cut short or is none")?;
    match contents[taken..].iter().all(|byte| *byte == 0) {
        true => Ok(container),
        false => Err("something stands behind the signature's container"),
    }
}
