//! What digital signatures are worth: each fact on its own, what a person must be told of them, and one line that sums them up.
//!
//! A signature that does not cover the whole file is judged by what the file said when it was made: where every answer is the same,
//! what was added afterwards does no harm, and is told.
//!
//! Who the signer is, only a certificate says. It is trusted when it leads to a certificate in the workspace's `trust`; where there
//! is none, that is not checked and never taken for granted.

use jiff::Timestamp;

use super::document::{ChangedAfter, DigitalSignature, Stamp, Verdict};
use crate::finding::{Code, Finding};
use crate::ids::FieldName;
use crate::pdf::facts::{Coverage, SignatureFacts, SignatureKind, SignerFacts, StampFacts};

/// What is said of the signatures.
#[derive(Debug, Default)]
pub struct Signed {
    pub digital: Vec<DigitalSignature>,
    pub findings: Vec<Finding>,
}

/// What an earlier revision of the file says against what the file says now.
#[derive(Debug)]
pub struct Earlier {
    pub end: usize,
    pub added: ChangedAfter,
    /// Its own signatures.
    pub digital: Vec<SignatureFacts>,
    pub differences: Vec<Difference>,
}

/// A field that says something else than when it was signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    pub field: FieldName,
    /// In words: a value in quotation marks, or that there was none.
    pub was: String,
    pub is: String,
}

/// Judges each signature by itself. `earlier` holds the revisions that could be read.
pub fn judge(signatures: &[SignatureFacts], earlier: &[Earlier]) -> Signed {
    let mut signed = Signed::default();
    for facts in signatures {
        let after = After::of(facts, earlier);
        let (verdict, why) = verdict(facts, &after);
        let told = |code, detail: &str| Finding::new(code).detail(format!("`{}`: {detail}", facts.field));
        signed.findings.extend(match verdict {
            Verdict::Intact | Verdict::Trusted => None,
            // Whose a timestamp of the document is changes nothing that anybody signed.
            Verdict::Untrusted if facts.kind == SignatureKind::Timestamp => None,
            Verdict::Untrusted => Some(told(Code::SignerNotTrusted, &why)),
            Verdict::Weak => Some(told(Code::WeakAlgorithm, &why)),
            Verdict::Added => {
                let fields = after.differences().iter().map(|difference| &difference.field);
                Some(told(Code::ChangedAfterSigning, &why).of_all(fields))
            }
            Verdict::Broken => Some(told(Code::SignatureBroken, &why)),
            Verdict::Damaged => Some(told(Code::SignatureDamaged, &why)),
            Verdict::NotJudged => Some(told(Code::SignatureNotRead, &why)),
        });
        if let (After::Same(added), false) = (&after, verdict == Verdict::Added) {
            signed.findings.push(told(Code::AddedAfterSigning, in_words(*added)));
        }
        if let Some(when) = facts.signer.as_ref().and_then(|signer| outside(signer, facts.time.as_deref())) {
            signed.findings.push(told(Code::CertificateExpired, &when));
        }
        signed.digital.push(one(facts, &after, verdict, why));
    }
    signed
}

/// What came after a signature.
enum After<'e> {
    Nothing,
    /// Something that changes no answer.
    Same(ChangedAfter),
    Differs(ChangedAfter, &'e [Difference]),
    /// What was signed cannot be read by itself, or holds another signature.
    Unread,
}

impl<'e> After<'e> {
    fn of(facts: &SignatureFacts, earlier: &'e [Earlier]) -> Self {
        if facts.coverage != Coverage::WholeRevision {
            return if facts.coverage == Coverage::WholeFile { After::Nothing } else { After::Unread };
        }
        let signed = earlier.iter().find(|revision| facts.covers.is_some_and(|[.., end]| end == revision.end));
        match signed.filter(|revision| revision.digital.iter().any(|then| is_same(then, facts))) {
            None => After::Unread,
            Some(revision) if revision.differences.is_empty() => After::Same(revision.added),
            Some(revision) => After::Differs(revision.added, &revision.differences),
        }
    }

    fn differences(&self) -> &'e [Difference] {
        match self {
            After::Differs(_, differences) => differences,
            _ => &[],
        }
    }

    fn changed(&self) -> ChangedAfter {
        match self {
            After::Nothing => ChangedAfter::Nothing,
            After::Same(added) | After::Differs(added, _) => *added,
            After::Unread => ChangedAfter::Unread,
        }
    }
}

/// Whether a signature is the one that stood there when its revision was the whole file.
fn is_same(then: &SignatureFacts, now: &SignatureFacts) -> bool {
    then.coverage == Coverage::WholeFile
        && then.covers == now.covers
        && (&then.field, then.intact, then.valid, &then.algorithm, &then.signer)
            == (&now.field, now.intact, now.valid, &now.algorithm, &now.signer)
}

fn in_words(added: ChangedAfter) -> &'static str {
    match added {
        ChangedAfter::Nothing => "nothing was added afterwards",
        ChangedAfter::Other => "what was added afterwards shows nowhere",
        ChangedAfter::Signatures => "more signatures were added afterwards",
        ChangedAfter::FormFilling => "the form was filled in further afterwards",
        ChangedAfter::Annotations => "something was laid over a page afterwards",
        ChangedAfter::Pages => "pages were added or changed afterwards",
        ChangedAfter::Unread => "what was added afterwards could not be looked at",
    }
}

fn one(facts: &SignatureFacts, after: &After<'_>, verdict: Verdict, why: String) -> DigitalSignature {
    let signer = facts.signer.clone().unwrap_or_default();
    let stamp = facts.stamp.as_ref();
    DigitalSignature {
        kind: facts.kind,
        field: facts.field.clone(),
        intact: facts.intact,
        valid: facts.valid,
        trusted: facts.trust.as_ref().map(|trust| trust.trusted),
        coverage: facts.coverage,
        changed_after: after.changed(),
        algorithm: facts.algorithm.clone(),
        weak: facts.weak,
        signer: signer.name,
        organisation: signer.organisation,
        serial_number: signer.serial_number,
        email: signer.email,
        time: facts.time.clone(),
        time_proved: stamp.is_some_and(proves),
        timestamp: stamp.map(|stamp| Stamp {
            time: stamp.time.clone(),
            intact: stamp.fits,
            valid: stamp.valid,
            trusted: stamp.trust.as_ref().map(|trust| trust.trusted),
            authority: stamp.authority.as_ref().and_then(|authority| authority.name.clone()),
        }),
        verdict,
        bottom_line: why,
    }
}

/// Whether a timestamp proves when a signature was made.
fn proves(stamp: &StampFacts) -> bool {
    stamp.fits && stamp.valid == Some(true) && stamp.trust.as_ref().is_some_and(|trust| trust.trusted)
}

/// The verdict, and a line that says it.
fn verdict(facts: &SignatureFacts, after: &After<'_>) -> (Verdict, String) {
    if let Some(damage) = &facts.damage {
        return (Verdict::Damaged, format!("cannot be relied on: {damage}"));
    }
    // What is known to be wrong goes before what is not known.
    if facts.intact == Some(false) {
        return (Verdict::Broken, "broken: what it covers is not what was signed".to_owned());
    }
    if facts.valid == Some(false) {
        return (Verdict::Broken, "broken: it was not made with the certificate's key".to_owned());
    }
    if let Some(stamp) = &facts.stamp
        && (!stamp.fits || stamp.valid == Some(false))
    {
        return (Verdict::Broken, "broken: its timestamp is not one of this signature".to_owned());
    }
    if let Some(unsupported) = &facts.unsupported {
        return (Verdict::NotJudged, format!("not judged: {unsupported}"));
    }
    if (facts.intact, facts.valid) != (Some(true), Some(true)) {
        return (Verdict::NotJudged, "not judged: it could not be read as a whole".to_owned());
    }
    let later = match after {
        After::Nothing => String::new(),
        After::Same(added) => format!("; {}, and what is answered is what was signed", in_words(*added)),
        After::Unread => {
            let why = "what it covers is intact, and what was added afterwards could not be looked at";
            return (Verdict::Added, why.to_owned());
        }
        After::Differs(_, differences) => {
            let told = |it: &Difference| format!("`{}` was {} and is {}", it.field, it.was, it.is);
            let told: Vec<String> = differences.iter().map(told).collect();
            return (Verdict::Added, format!("changed after it was signed: {}", told.join("; ")));
        }
    };
    let (verdict, words) = match &facts.trust {
        _ if facts.weak => {
            let algorithm = facts.algorithm.as_deref().unwrap_or("SHA-1");
            (Verdict::Weak, format!("intact, by an algorithm that can no longer be relied on ({algorithm})"))
        }
        None => (Verdict::Intact, "intact; whether its signer is to be trusted is not checked".to_owned()),
        Some(trust) if trust.trusted => {
            (Verdict::Trusted, "intact, and its signer is trusted (whether revoked is not asked)".to_owned())
        }
        Some(trust) => {
            let why = trust.why.as_deref().unwrap_or("no path was found");
            (Verdict::Untrusted, format!("intact, and its signer is not trusted: {why}"))
        }
    };
    (verdict, words + &later)
}

/// When a signature was made, if that is outside the time in which its certificate is valid.
fn outside(signer: &SignerFacts, time: Option<&str>) -> Option<String> {
    let time = time?;
    let moment = |text: &str| text.parse::<Timestamp>().ok();
    let before = signer.not_before.as_deref().and_then(moment)?;
    let after = signer.not_after.as_deref().and_then(moment)?;
    let made = moment(time)?;
    (made < before || made > after).then(|| format!("made {time}; its certificate is valid from {before} to {after}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pdf::facts::TrustFacts;

    fn facts() -> SignatureFacts {
        SignatureFacts {
            field: "namnteckning".to_owned(),
            coverage: Coverage::WholeFile,
            intact: Some(true),
            valid: Some(true),
            ..SignatureFacts::default()
        }
    }

    #[test]
    fn what_is_known_to_be_wrong_goes_before_what_is_not_known() {
        let of = |facts: SignatureFacts| verdict(&facts, &After::of(&facts, &[])).0;
        let unsupported = Some("Ed448".to_owned());
        assert_eq!(of(facts()), Verdict::Intact);
        assert_eq!(of(SignatureFacts { unsupported: unsupported.clone(), ..facts() }), Verdict::NotJudged);
        assert_eq!(of(SignatureFacts { unsupported, intact: Some(false), ..facts() }), Verdict::Broken);
        assert_eq!(of(SignatureFacts { valid: Some(false), ..facts() }), Verdict::Broken);
        assert_eq!(of(SignatureFacts { valid: None, ..facts() }), Verdict::NotJudged);
        assert_eq!(of(SignatureFacts { weak: true, ..facts() }), Verdict::Weak);
        let trust = |trusted: bool| Some(TrustFacts { trusted, ..TrustFacts::default() });
        assert_eq!(of(SignatureFacts { trust: trust(true), ..facts() }), Verdict::Trusted);
        assert_eq!(of(SignatureFacts { trust: trust(false), ..facts() }), Verdict::Untrusted);
        assert_eq!(of(SignatureFacts { trust: trust(true), valid: Some(false), ..facts() }), Verdict::Broken);
        let added = SignatureFacts { coverage: Coverage::WholeRevision, weak: true, ..facts() };
        assert_eq!(of(added), Verdict::Added);
        let damaged = SignatureFacts { damage: Some("a gap".to_owned()), intact: Some(false), ..facts() };
        assert_eq!(of(damaged), Verdict::Damaged);
    }

    #[test]
    fn a_signature_outside_its_certificates_time_is_told() {
        let signer = SignerFacts {
            not_before: Some("2025-01-01T00:00:00Z".to_owned()),
            not_after: Some("2026-01-01T00:00:00Z".to_owned()),
            ..SignerFacts::default()
        };
        let at = |time: &str| outside(&signer, Some(time)).is_some();
        assert!(at("2026-02-11T09:12:00Z") && at("2024-12-31T23:59:59Z"));
        assert!(!at("2025-06-01T00:00:00Z") && !at("2026-01-01T00:30:00+01:00") && !at("någon gång"));
    }
}
