//! Digital signatures (ISO 32000-2 12.8): what they cover, whether they hold, and who made them.
//!
//! `range` says which bytes were signed, `cms` and `der` take the container apart, `verify` asks the key, `certificate` tells whose it
//! is. Facts only: what a signature is worth is decided by who asked for them.

mod certificate;
mod cms;
mod der;
mod path;
mod range;
pub mod roots;
mod verify;

use jiff::Timestamp;
use lopdf::Dictionary;

use crate::facts::{Coverage, PdfProblem, SignatureFacts};
use crate::file::open::{self, Opened};
use crate::form::tree::Signed;
use crate::ledger::Ledger;
use certificate::Certificate;
use cms::SignedData;
use roots::Roots;
use verify::Hash;

/// More signatures than this are not looked at.
const MOST: usize = 40;
/// A larger container is none.
const LARGEST: usize = 4 << 20;

/// 1.2.840.113549.1.9.n: contentType, messageDigest, signingTime
const CONTENT_TYPE: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 3];
const MESSAGE_DIGEST: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 4];
const SIGNING_TIME: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 5];

/// Reads every signature. `bytes` is the file from its header on.
pub fn read(
    opened: &Opened,
    bytes: &[u8],
    signatures: &[Signed<'_>],
    roots: Option<&Roots>,
    ledger: &mut Ledger<'_>,
) -> Result<Vec<SignatureFacts>, PdfProblem> {
    if signatures.len() > MOST {
        return Err(PdfProblem::TooLarge(format!("it has over {MOST} signatures")));
    }
    let mut read = Vec::new();
    for one in signatures {
        let twice = one.id.is_some() && signatures.iter().filter(|other| other.id == one.id).count() > 1;
        let mut facts = SignatureFacts { field: one.field.clone(), ..SignatureFacts::default() };
        let told = match twice {
            true => Err("two fields have one signature"),
            false => of_one(opened, bytes, one, roots, &mut facts),
        };
        facts.damage = told.err().map(str::to_owned);
        if facts.damage.is_some() {
            facts.coverage = Coverage::Damaged;
            facts.covers = None;
        }
        ledger
            .spend(facts.signer.iter().flat_map(|it| [&it.name, &it.organisation]).flatten().map(String::len).sum())?;
        read.push(facts);
    }
    Ok(read)
}

/// # Errors
/// In words, what is damaged.
fn of_one(
    opened: &Opened,
    bytes: &[u8],
    one: &Signed<'_>,
    roots: Option<&Roots>,
    facts: &mut SignatureFacts,
) -> Result<(), &'static str> {
    let covered = range::covered(opened, bytes, one.id, one.dict)?;
    facts.covers = Some([covered.gap.0, covered.gap.1, covered.end]);
    if covered.contents.len() > LARGEST {
        return Err("its `/Contents` is too large");
    }
    facts.coverage = if covered.end == bytes.len() { Coverage::WholeFile } else { Coverage::WholeRevision };
    let kind = open::entry(&opened.document, one.dict, b"SubFilter").and_then(|kind| kind.as_name().ok());
    let sha1 = match kind {
        Some(b"adbe.pkcs7.detached" | b"ETSI.CAdES.detached") => false,
        Some(b"adbe.pkcs7.sha1") => true,
        other => {
            let name = String::from_utf8_lossy(other.unwrap_or(b"none")).into_owned();
            facts.unsupported = Some(format!("its kind (`/SubFilter`) is {name}"));
            return Ok(());
        }
    };
    let container = cms::unpadded(&covered.contents)?;
    let data = SignedData::read(&container)?;
    let certificates: Vec<Certificate<'_>> = data.certificates.iter().copied().filter_map(Certificate::read).collect();
    let own = certificates.iter().find(|certificate| certificate.is(&data.signer.certificate));
    facts.signer = own.map(Certificate::signer);
    let signed_time = match &data.signer.signed {
        Some(attributes) => attributes.only(SIGNING_TIME)?.as_ref().and_then(certificate::time),
        None => None,
    };
    let time = signed_time.or_else(|| stated_time(opened, one.dict));
    facts.time = time.map(|time| time.to_string());
    let trust = |(own, roots): (&Certificate<'_>, &Roots)| path::find(own, &certificates, roots, time);
    facts.trust = own.zip(roots.filter(|roots| !roots.is_empty())).map(trust);

    let pieces = covered.pieces(bytes);
    let Some(hash) = Hash::of(data.signer.digest.id) else {
        facts.unsupported = Some(format!("its digest is not supported ({})", verify::dotted(data.signer.digest.id)));
        return Ok(());
    };
    // Of the older kind the container carries the SHA-1 of what is covered; of the others it must carry nothing.
    let content = match (sha1, data.content) {
        (false, None) => None,
        (true, Some(carried)) => Some(carried),
        (false, Some(_)) => return Err("the signature's container carries a document of its own"),
        (true, None) => return Err("the signature's container lacks what was signed"),
    };
    let covers = content.is_none_or(|carried| *carried == *Hash::Sha1.of_pieces(&pieces));
    let message: Vec<&[u8]> = content.map_or_else(|| pieces.to_vec(), |carried| vec![carried]);
    let attributes;
    let (digest_right, message) = match &data.signer.signed {
        None => (true, message),
        Some(signed) => {
            let stated = signed.only(MESSAGE_DIGEST)?.filter(|it| it.tag == der::OCTET_STRING);
            let stated = stated.ok_or("the signature's attributes name no digest")?;
            let kind = signed.only(CONTENT_TYPE)?;
            if kind.is_none_or(|kind| kind.tag != der::OID || kind.contents != data.content_type) {
                return Err("the signature's attributes name another kind of content");
            }
            attributes = signed.as_signed();
            (*stated.contents == *hash.of_pieces(&message), vec![&attributes[..]])
        }
    };
    let with_attributes = data.signer.signed.is_some();
    let Some(own) = own else {
        facts.intact = with_attributes.then_some(digest_right && covers);
        facts.unsupported = Some("the signer's certificate is not in it".to_owned());
        return Ok(());
    };
    match verify::verify(own.key, &data.signer.algorithm, Some(hash), &message, data.signer.signature) {
        Ok(verified) => {
            facts.valid = Some(verified.valid);
            // Without attributes only the signature itself tells whether the bytes are those that were signed.
            facts.intact = Some(covers && if with_attributes { digest_right } else { verified.valid });
            facts.algorithm = Some(verified.algorithm);
            facts.weak = verified.weak || sha1 || hash == Hash::Sha1;
        }
        Err(why) => {
            facts.intact = with_attributes.then_some(digest_right && covers);
            facts.unsupported = Some(why);
        }
    }
    Ok(())
}

/// `/M`: `D:20260211101200+01'00'` (ISO 32000-2 7.9.4). It stands in what is covered, so it is as much signed as an attribute.
fn stated_time(opened: &Opened, dict: &Dictionary) -> Option<Timestamp> {
    let text = open::entry(&opened.document, dict, b"M")?.as_str().ok()?;
    let text = std::str::from_utf8(text).ok()?.strip_prefix("D:")?;
    let (digits, zone) = text.split_at_checked(14)?;
    let offset: String = zone.chars().filter(char::is_ascii_digit).collect();
    match (zone.chars().next(), offset.len()) {
        (None | Some('Z'), _) => certificate::moment(digits, "Z"),
        (Some(sign @ ('+' | '-')), 4) => {
            certificate::moment(digits, &format!("{sign}{}:{}", &offset[..2], &offset[2..]))
        }
        _ => None,
    }
}
