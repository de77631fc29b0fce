//! Digital signatures (ISO 32000-2 12.8): what they cover, whether they hold, and who made them.
//!
//! `range` says which bytes were signed, `cms` and `der` take the container apart, `check` and `verify` ask the key, `certificate` tells
//! whose it is, `path` whether the office trusts it, `stamp` reads timestamps. Facts only: what a signature is worth is decided by who asked for them.

mod certificate;
mod check;
mod cms;
mod der;
mod path;
mod range;
pub mod roots;
mod stamp;
mod verify;

use jiff::Timestamp;
use lopdf::Dictionary;

use crate::facts::{Coverage, PdfProblem, SignatureFacts, SignatureKind, StampFacts};
use crate::file::open::{self, Opened};
use crate::form::tree::Signed;
use crate::ledger::Ledger;
use cms::SignedData;
use roots::Roots;
use verify::Hash;

/// More signatures than this are not looked at.
const MOST: usize = 40;
/// A larger container is none.
const LARGEST: usize = 4 << 20;

/// 1.2.840.113549.1.9.5 (signingTime) and 1.2.840.113549.1.9.16.2.14 (a timestamp of the signature)
const SIGNING_TIME: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 5];
const SIGNATURE_STAMP: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 16, 2, 14];

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
    let container = cms::unpadded(&covered.contents)?;
    let pieces = covered.pieces(bytes);
    match kind {
        Some(b"adbe.pkcs7.detached" | b"ETSI.CAdES.detached") => {
            of_signer(&container, &pieces, None, stated_time(opened, one.dict), roots, facts)
        }
        // Of this older kind the container carries the SHA-1 of what is covered, and that is signed.
        Some(b"adbe.pkcs7.sha1") => {
            let digest = Hash::Sha1.of_pieces(&pieces);
            of_signer(&container, &[&digest], Some(&digest), stated_time(opened, one.dict), roots, facts)
        }
        Some(b"ETSI.RFC3161") => of_stamp(&container, &pieces, roots, facts),
        other => {
            let name = String::from_utf8_lossy(other.unwrap_or(b"none")).into_owned();
            facts.unsupported = Some(format!("its kind (`/SubFilter`) is {name}"));
            Ok(())
        }
    }
}

/// A signature that somebody made over some content. `carries` is what its container must hold; otherwise it must hold nothing.
fn of_signer(
    container: &[u8],
    content: &[&[u8]],
    carries: Option<&[u8]>,
    stated: Option<Timestamp>,
    roots: Option<&Roots>,
    facts: &mut SignatureFacts,
) -> Result<(), &'static str> {
    let data = SignedData::read(container)?;
    match (carries, data.content) {
        (None, Some(_)) => return Err("the signature's container carries a document of its own"),
        (Some(_), None) => return Err("the signature's container lacks what was signed"),
        _ => {}
    }
    // What is signed is what the container carries; whether that is right is another fact.
    let carried = data.content.map(|carried| [carried]);
    let checked = check::check(&data, carried.as_ref().map_or(content, |carried| carried))?;
    facts.intact = checked.intact.map(|intact| intact && carries == data.content);
    facts.valid = checked.valid;
    facts.weak = checked.weak || carries.is_some();
    facts.signer = checked.signer();
    let claimed = match &data.signer.signed {
        Some(attributes) => attributes.only(SIGNING_TIME)?.as_ref().and_then(certificate::time),
        None => None,
    };
    let token = match &data.signer.unsigned {
        Some(attributes) => attributes.only(SIGNATURE_STAMP)?,
        None => None,
    };
    let mut proved = None;
    if let Some(token) = token {
        // One that cannot be read is a timestamp that does not fit, and no fault of the signature.
        let unread = |why: &str| StampFacts { unsupported: Some(why.to_owned()), ..StampFacts::default() };
        let read = stamp::read(token.whole, &[data.signer.signature], roots);
        let (stamp, time) = read.unwrap_or_else(|why| (unread(why), None));
        (facts.stamp, proved) = (Some(stamp), time);
    }
    let time = proved.or(claimed).or(stated);
    facts.time = time.map(|time| time.to_string());
    facts.trust = checked.trust(roots, time);
    facts.algorithm = checked.algorithm;
    facts.unsupported = checked.unsupported;
    Ok(())
}

/// A timestamp of the document: nobody's signature, but an authority's word that it existed.
fn of_stamp(
    container: &[u8],
    pieces: &[&[u8]],
    roots: Option<&Roots>,
    facts: &mut SignatureFacts,
) -> Result<(), &'static str> {
    let (stamp, _) = stamp::read(container, pieces, roots)?;
    facts.kind = SignatureKind::Timestamp;
    facts.intact = Some(stamp.fits);
    facts.valid = stamp.valid;
    facts.weak = stamp.weak;
    facts.algorithm = stamp.algorithm;
    facts.unsupported = stamp.unsupported;
    facts.signer = stamp.authority;
    facts.time = Some(stamp.time);
    facts.trust = stamp.trust;
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
