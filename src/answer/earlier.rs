//! What a file said when it was signed, against what it says now.

use std::collections::BTreeMap;

use super::document::{Change, DigitalSignature, Document, Reconciled, Status};
use super::evidence::{DeclarationSeen, Revision};
use super::needs::Needs;
use super::reconcile;
use super::signed::{self, Difference, Earlier};
use super::understand;
use crate::finding::Finding;
use crate::ids::{FieldName, RecipientCode};
use crate::manifest::Manifest;

/// What the digital signatures are worth. A field that says something else than when it was signed is lowered, and the difference is
/// one of the document's changes.
pub fn digital(
    seen: &mut DeclarationSeen,
    fields: &mut BTreeMap<FieldName, Reconciled>,
    findings: &[Finding],
    (manifest, needs): (&Manifest, &Needs),
) -> (Vec<DigitalSignature>, Vec<Finding>) {
    let compare = |revision: Revision| {
        let (then, _) = understand(*revision.seen, manifest, needs);
        let differences = differences(&then, (fields, findings), &manifest.choice, &seen.recipient);
        Earlier { end: revision.end, added: revision.added, digital: revision.digital, differences }
    };
    let earlier: Vec<Earlier> = std::mem::take(&mut seen.signature.revisions).into_iter().map(compare).collect();
    let mut changed: Vec<&Difference> = Vec::new();
    for difference in earlier.iter().flat_map(|earlier| &earlier.differences) {
        if !changed.contains(&difference) {
            changed.push(difference);
        }
    }
    for difference in changed {
        let Some(field) = fields.get_mut(&difference.field) else { continue };
        if let (Some(page), Some(sent_page)) = (field.spot.page, field.spot.sent_page) {
            let (was, is) = (difference.was.clone(), difference.is.clone());
            seen.changes.push(Change { page, sent_page, was, is });
        }
        *field = reconcile::lowered(std::mem::take(field));
    }
    let signed = signed::judge(&seen.signature.digital, &earlier);
    (signed.digital, signed.findings)
}

/// The fields that say something else now than then. Where the file as it was signed is held back by something that it is not held back
/// by now, nothing tells that its signer saw what is shown now, and the choice is one of them.
fn differences(
    then: &Document,
    (now, findings): (&BTreeMap<FieldName, Reconciled>, &[Finding]),
    choice: &str,
    recipient: &RecipientCode,
) -> Vec<Difference> {
    let nothing = Reconciled::default();
    let theirs = then.recipient.as_ref() == Some(recipient);
    let differs = |(name, now): (&FieldName, &Reconciled)| {
        let then = match name.as_str() == choice {
            _ if !theirs => &nothing,
            true => &then.choice,
            false => then.fields.get(name).unwrap_or(&nothing),
        };
        let (was, is) = (said(then), said(now));
        (was != is || !theirs).then(|| Difference { field: name.clone(), was, is })
    };
    let mut differences: Vec<Difference> = now.iter().filter_map(differs).collect();
    let only_then = |finding: &&Finding| {
        let known = findings.iter().any(|now| now.code == finding.code);
        finding.holds_back() && !known && !finding.code.is_of_signatures()
    };
    let fault = then.findings.iter().find(only_then);
    if let (Some(fault), Some(now), true) = (fault, now.get(choice), differences.is_empty()) {
        let was = format!("in doubt ({})", fault.message);
        differences.push(Difference { field: choice.into(), was, is: said(now) });
    }
    differences
}

/// What a field says, in words.
fn said(field: &Reconciled) -> String {
    match &field.value {
        Some(value) => format!("“{value}”"),
        None if field.status == Status::Empty => "empty".to_owned(),
        None if field.candidates.is_empty() => "not read".to_owned(),
        None => format!("not clear ({})", field.candidates.join(", ")),
    }
}
