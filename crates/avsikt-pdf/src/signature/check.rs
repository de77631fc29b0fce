//! Whether a container's signature holds over some content: the digest, and the key.

use jiff::Timestamp;

use super::certificate::Certificate;
use super::cms::{Algorithm, Attributes, SignedData};
use super::der::{self, Reader, SEQUENCE};
use super::path;
use super::roots::Roots;
use super::verify::{self, Hash};
use crate::facts::{SignerFacts, TrustFacts};

/// 1.2.840.113549.1.9.3 (contentType) and .4 (messageDigest)
const CONTENT_TYPE: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 3];
const MESSAGE_DIGEST: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 4];

/// 1.2.840.113549.1.9.16.2.47 (signingCertificateV2) and .12 (signingCertificate)
const SIGNING_CERTIFICATE_V2: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 16, 2, 47];
const SIGNING_CERTIFICATE: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 16, 2, 12];

/// What was found, each fact on its own.
pub struct Checked<'d> {
    certificates: Vec<Certificate<'d>>,
    /// The signer's, where it is among them.
    pub own: Option<Certificate<'d>>,
    /// The content's digest is the one that was signed; `None` where that cannot be told.
    pub intact: Option<bool>,
    /// The signature is the key's; `None` where that cannot be told.
    pub valid: Option<bool>,
    pub algorithm: Option<String>,
    pub weak: bool,
    /// In words, what of it is not supported.
    pub unsupported: Option<String>,
}

impl Checked<'_> {
    /// What its holder's certificate says.
    pub fn signer(&self) -> Option<SignerFacts> {
        self.own.as_ref().map(Certificate::signer)
    }

    /// Where the signer's certificate leads at a moment; `None` where nothing is trusted, or the certificate is not there.
    pub fn trust(&self, roots: Option<&Roots>, moment: Option<Timestamp>) -> Option<TrustFacts> {
        let (own, roots) = self.own.as_ref().zip(roots.filter(|roots| !roots.is_empty()))?;
        Some(path::find(own, &self.certificates, roots, moment))
    }
}

/// Checks the signature over content that comes in pieces.
///
/// # Errors
/// In words, what is damaged.
pub fn check<'d>(data: &SignedData<'d>, content: &[&[u8]]) -> Result<Checked<'d>, &'static str> {
    let certificates: Vec<Certificate<'d>> = data.certificates.iter().copied().filter_map(Certificate::read).collect();
    let own = certificates.iter().find(|certificate| certificate.is(&data.signer.certificate)).copied();
    let mut checked =
        Checked { certificates, own, intact: None, valid: None, algorithm: None, weak: false, unsupported: None };
    let Some(hash) = Hash::of(data.signer.digest.id) else {
        checked.unsupported = Some(format!("its digest is not supported ({})", verify::dotted(data.signer.digest.id)));
        return Ok(checked);
    };
    let attributes;
    let mut message = content;
    let whole;
    if let Some(signed) = &data.signer.signed {
        let stated = signed.only(MESSAGE_DIGEST)?.filter(|it| it.tag == der::OCTET_STRING);
        let stated = stated.ok_or("the signature's attributes name no digest")?;
        let kind = signed.only(CONTENT_TYPE)?;
        if kind.is_none_or(|kind| kind.tag != der::OID || kind.contents != data.content_type) {
            return Err("the signature's attributes name another kind of content");
        }
        checked.intact = Some(*stated.contents == *hash.of_pieces(content));
        attributes = signed.as_signed();
        whole = [&attributes[..]];
        message = &whole;
    }
    let Some(own) = own else {
        checked.unsupported = Some("the signer's certificate is not in it".to_owned());
        return Ok(checked);
    };
    match verify::verify(own.key, &data.signer.algorithm, Some(hash), message, data.signer.signature) {
        Ok(verified) => {
            let bound = data.signer.signed.as_ref().map_or(Ok(true), |signed| names(signed, &own))?;
            checked.valid = Some(verified.valid && bound);
            // Without attributes only the signature itself tells whether the content is what was signed.
            checked.intact = checked.intact.or(Some(verified.valid));
            checked.algorithm = Some(verified.algorithm);
            checked.weak = verified.weak || hash == Hash::Sha1;
        }
        Err(why) => checked.unsupported = Some(why),
    }
    Ok(checked)
}

/// Whether the signed attributes name this certificate, where they name any (RFC 5035 3): otherwise another certificate of the same
/// key could stand in its place.
fn names(signed: &Attributes<'_>, own: &Certificate<'_>) -> Result<bool, &'static str> {
    let damaged = "the signature's attributes name its certificate in a way that cannot be read";
    for (attribute, usual) in [(SIGNING_CERTIFICATE_V2, Hash::Sha256), (SIGNING_CERTIFICATE, Hash::Sha1)] {
        let Some(value) = signed.only(attribute)? else { continue };
        let first = Reader(value.whole).one(SEQUENCE).and_then(|it| it.inside().one(SEQUENCE)?.inside().one(SEQUENCE));
        let mut parts = first.ok_or(damaged)?.inside();
        let hash = match parts.maybe(SEQUENCE).map(|it| Algorithm::read(it).and_then(|it| Hash::of(it.id))) {
            None => usual,
            Some(stated) => stated.ok_or(damaged)?,
        };
        let digest = parts.one(der::OCTET_STRING).ok_or(damaged)?.contents;
        if *digest != *hash.of_pieces(&[own.whole]) {
            return Ok(false);
        }
    }
    Ok(true)
}
