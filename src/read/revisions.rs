//! What stood in a file when somebody signed it: the bytes that the signature covers are a file of their own, and are read as one.

use super::{Campaigner, Pictures, of_bytes};
use crate::answer::document::ChangedAfter;
use crate::answer::evidence::{Revision, Source};
use crate::pdf::facts::{Coverage, FieldFacts, FieldKind, PdfFacts};
use crate::pdf::worker::{Pool, WorkerError};

/// More revisions than this are not read: a person sees that what was added was not looked at.
const MOST: usize = 8;

/// Reads every revision that somebody signed and that is not the whole file, from the first on.
pub fn read(
    bytes: &[u8],
    facts: &PdfFacts,
    source: &dyn Fn(Option<String>) -> Source,
    against: &Campaigner<'_>,
    pool: &Pool,
) -> Result<Vec<Revision>, WorkerError> {
    let earlier = facts.signatures.iter().filter(|signature| signature.coverage == Coverage::WholeRevision);
    let mut ends: Vec<usize> = earlier.filter_map(|signature| Some(signature.covers?[2])).collect();
    ends.sort_unstable();
    ends.dedup();
    let mut revisions = Vec::new();
    for end in ends.into_iter().take(MOST) {
        let Some(then) = bytes.get(..end) else { continue };
        let (mut parts, seen) = of_bytes(then, against, pool, Pictures::None)?;
        // A file that was whole, and opens only after repair, is not what somebody signed.
        if let (Some(part), true, Some(seen)) = (parts.pop(), parts.is_empty(), seen)
            && !seen.repaired
            && !seen.cut_off
        {
            let added = added(&seen, facts);
            revisions.push(Revision { end, added, seen: Box::new(part.evidence(source)), digital: seen.signatures });
        }
    }
    Ok(revisions)
}

/// The gravest difference between a file as it was and as it is.
fn added(then: &PdfFacts, now: &PdfFacts) -> ChangedAfter {
    let fields = |facts: &PdfFacts| -> Vec<FieldFacts> {
        let filled = facts.fields.iter().filter(|field| field.kind != FieldKind::Signature);
        filled.cloned().collect()
    };
    let signatures = |facts: &PdfFacts| -> Vec<FieldFacts> {
        let signed = facts.fields.iter().filter(|field| field.kind == FieldKind::Signature);
        signed.cloned().collect()
    };
    if then.pages != now.pages {
        ChangedAfter::Pages
    } else if then.annotations != now.annotations {
        ChangedAfter::Annotations
    } else if fields(then) != fields(now) {
        ChangedAfter::FormFilling
    } else if signatures(then) != signatures(now) {
        ChangedAfter::Signatures
    } else {
        ChangedAfter::Other
    }
}
