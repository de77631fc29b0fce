//! Timestamps (RFC 3161): an authority's word that something existed at a moment, by its digest.

use jiff::Timestamp;

use super::certificate::{self, Certificate};
use super::check::check;
use super::cms::{Algorithm, SignedData};
use super::der::{self, INTEGER, OCTET_STRING, OID, Reader, SEQUENCE};
use super::roots::Roots;
use super::verify::Hash;
use crate::facts::StampFacts;

/// 1.2.840.113549.1.9.16.1.4 (TSTInfo)
const INFO: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 16, 1, 4];

/// What a timestamp's token says of some bytes, which come in pieces.
///
/// # Errors
/// In words, why it is no timestamp, or is damaged.
pub fn read(
    token: &[u8],
    of: &[&[u8]],
    roots: Option<&Roots>,
) -> Result<(StampFacts, Option<Timestamp>), &'static str> {
    let data = SignedData::read(token)?;
    let content = data.content.filter(|_| data.content_type == INFO).ok_or("it is no timestamp (RFC 3161)")?;
    let info = info(content).ok_or("the timestamp's content is damaged")?;
    let checked = check(&data, &[content])?;
    let fits = Hash::of(info.hash.id).is_some_and(|hash| *info.imprint == *hash.of_pieces(of));
    let stamps = checked.own.as_ref().is_some_and(Certificate::stamps);
    let facts = StampFacts {
        time: info.time.to_string(),
        fits,
        valid: match (checked.intact, checked.valid) {
            (Some(intact), Some(valid)) => Some(intact && valid && stamps),
            _ => None,
        },
        authority: checked.signer(),
        trust: checked.trust(roots, Some(info.time)),
        algorithm: checked.algorithm,
        weak: checked.weak,
        unsupported: checked.unsupported,
    };
    let proved = facts.fits && facts.valid == Some(true) && facts.trust.as_ref().is_some_and(|trust| trust.trusted);
    Ok((facts, proved.then_some(info.time)))
}

/// TSTInfo, as far as it is asked.
struct Info<'d> {
    hash: Algorithm<'d>,
    imprint: &'d [u8],
    time: Timestamp,
}

fn info(content: &[u8]) -> Option<Info<'_>> {
    let mut parts = Reader(content).one(SEQUENCE)?.inside();
    parts.one(INTEGER)?;
    parts.one(OID)?;
    let mut imprint = parts.one(SEQUENCE)?.inside();
    let hash = Algorithm::read(imprint.one(SEQUENCE)?)?;
    let imprint = imprint.one(OCTET_STRING)?.contents;
    parts.one(INTEGER)?;
    let time = certificate::time(&parts.one(der::GENERALIZED_TIME)?)?;
    Some(Info { hash, imprint, time })
}
