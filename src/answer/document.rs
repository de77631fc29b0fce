//! One document as it was understood: the shape of a line of `avsikt inspect --json` and of `documents` in the report.
//!
//! Plain data, schema `avsikt/inspect/1`. The report lists the same shape with another set of outcomes, so the outcome's
//! type is a parameter.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::reading::Reading;
use crate::finding::Finding;
use crate::ids::{FieldName, RecipientCode, ReturnedPage, SentPage};
use crate::pdf::facts::{Coverage, SignatureKind};
use crate::spot::Spot;

/// One document that was found in a file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Document<O = Outcome> {
    /// The file, relative to the workspace, with forward slashes.
    pub path: String,
    /// The attachment or member inside the file; `null` when the file itself is the document.
    pub part: Option<String>,
    pub sha256: String,
    /// `pdf`, `picture`, or `other` for what is neither.
    pub kind: String,
    pub outcome: O,
    /// Where known.
    pub recipient: Option<RecipientCode>,
    pub identity: Identity,
    pub choice: Reconciled,
    pub fields: BTreeMap<FieldName, Reconciled>,
    pub signature: SignatureSeen,
    pub changes: Vec<Change>,
    /// Every layer's readings.
    #[serde(default)]
    pub evidence: Vec<Reading>,
    pub findings: Vec<Finding>,
}

impl<O> Document<O> {
    /// The same document with another outcome.
    pub fn with_outcome<P>(self, outcome: P) -> Document<P> {
        Document {
            path: self.path,
            part: self.part,
            sha256: self.sha256,
            kind: self.kind,
            outcome,
            recipient: self.recipient,
            identity: self.identity,
            choice: self.choice,
            fields: self.fields,
            signature: self.signature,
            changes: self.changes,
            evidence: self.evidence,
            findings: self.findings,
        }
    }
}

/// What a document can be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It can be used as it is.
    Answer,
    /// A person must look.
    Review,
    /// Not a declaration of this campaign, or unreadable; a finding says why.
    Rejected,
}

/// What became of a document among all that came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fate {
    Used,
    Superseded,
    Duplicate,
    Review,
    Rejected,
}

/// Whose document this is, and what says so.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Identity {
    pub status: IdentityStatus,
    /// What names the recipient: `file-id`, `page-data`, `page-text`, `page-code`, `metadata`, `field`.
    pub by: Vec<String>,
    /// Which pages of what was sent are there, as numbers from 1, in the order they stand in.
    pub pages: Vec<SentPage>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IdentityStatus {
    /// Proved by the campaign's key.
    Authentic,
    /// Looks like ours, cannot be proved.
    Unverified,
    #[default]
    Unknown,
    /// The proofs name different recipients.
    Conflicting,
}

/// What the layers together say about one field.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Reconciled {
    /// Null unless the status is `agreed` or `single`.
    pub value: Option<String>,
    pub status: Status,
    /// The layers that said something, by name.
    pub layers: Vec<String>,
    /// From 0 to 1: how sure a value is, as measured (see `reconcile`); 0 without one.
    pub confidence: f64,
    /// What was read, when the layers differ or it is unclear.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub candidates: Vec<String>,
    /// Where its first place stands.
    #[serde(flatten)]
    pub spot: Spot,
    /// What a person sees there, as PNG: relative to the report's folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Several layers agree.
    Agreed,
    /// One layer only.
    Single,
    /// Layers differ, or it is unclear, or something was found about the field that a person must look at.
    Review,
    /// A layer looked at its place and saw nothing.
    Empty,
    /// Nothing could look.
    #[default]
    Unread,
}

/// What can be said of the signature.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct SignatureSeen {
    /// How it is signed.
    #[serde(default)]
    pub by: SignedBy,
    /// Whether there is ink in the signature field.
    pub ink: Ink,
    /// Whether a name was typed in clear.
    pub typed: bool,
    /// Digital signatures, in the order of their fields.
    pub digital: Vec<DigitalSignature>,
    /// What a person sees in the signature field, as PNG: relative to the report's folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
}

/// How a document is signed. A name in clear is no signature.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SignedBy {
    /// Ink in the signature field, on paper or on a page of the file.
    Hand,
    /// A digital signature, whatever it is worth.
    Digital,
    /// A layer looked, and there is neither.
    None,
    /// Nothing could look, or what there is cannot be told.
    #[default]
    Unread,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ink {
    Present,
    Absent,
    /// Too little for a signature, too much for none, or some of the field is not seen.
    Unclear,
    /// Nobody has looked.
    #[default]
    NotRead,
}

/// A digital signature that is in the file, each fact on its own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DigitalSignature {
    /// Somebody's signature, or a timestamp of the document, which is nobody's.
    pub kind: SignatureKind,
    /// The signature field's name.
    pub field: String,
    /// The digest of what it covers is the one that was signed; `null` where that cannot be told.
    pub intact: Option<bool>,
    /// It was made with the key of its certificate.
    pub valid: Option<bool>,
    /// Whether its certificate leads to a root that the office trusts; `null`: not checked.
    pub trusted: Option<bool>,
    pub coverage: Coverage,
    pub changed_after: ChangedAfter,
    /// Such as `RSA 2048, SHA-256`.
    pub algorithm: Option<String>,
    /// The algorithm can no longer be relied on.
    pub weak: bool,
    /// What the certificate says of its holder.
    pub signer: Option<String>,
    pub organisation: Option<String>,
    pub serial_number: Option<String>,
    pub email: Option<String>,
    /// When it was made.
    pub time: Option<String>,
    /// A timestamp whose authority is trusted says so; otherwise it is the signer's own clock.
    pub time_proved: bool,
    /// A timestamp of the signature, whether or not its authority is trusted.
    pub timestamp: Option<Stamp>,
    pub verdict: Verdict,
    /// The verdict in a line of plain English.
    pub bottom_line: String,
}

/// An authority's word that a signature existed at a moment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Stamp {
    pub time: String,
    /// It is of this signature.
    pub intact: bool,
    /// It is its authority's, whose certificate is for timestamps; `null` where that cannot be told.
    pub valid: Option<bool>,
    /// `null`: not checked.
    pub trusted: Option<bool>,
    pub authority: Option<String>,
}

/// What a signature is worth, all in all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The whole file is as it was signed; whether its signer is to be trusted is not checked.
    Intact,
    /// So it is, by a signer whose certificate leads to one that the office trusts.
    Trusted,
    /// So it is, by a signer whose certificate leads to none.
    Untrusted,
    /// So it is, by an algorithm that can no longer be relied on.
    Weak,
    /// What it covers is as it was signed, and what was added afterwards changes an answer, or could not be looked at.
    Added,
    Broken,
    /// What it covers breaks a rule, or its container does.
    Damaged,
    NotJudged,
}

/// What was added to the file after a signature; the gravest of several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChangedAfter {
    Nothing,
    /// Nothing that a page or the form shows: data for the long term, for instance.
    Other,
    /// More signatures.
    Signatures,
    /// A field was filled in, changed, added or taken away.
    FormFilling,
    /// Something was laid over a page, or taken away.
    Annotations,
    /// A page was added, taken away or drawn otherwise.
    Pages,
    /// Nobody has looked.
    Unread,
}

/// A difference against what was sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// The page of the file, from 1.
    pub page: ReturnedPage,
    /// The same page as it was sent.
    pub sent_page: SentPage,
    pub was: String,
    pub is: String,
}
