//! Everything that was seen of one document, before anybody decides what it means.

use std::collections::BTreeMap;

use super::document::{Change, ChangedAfter, Identity, Ink};
use super::reading::Reading;
use crate::finding::Finding;
use crate::ids::{FieldName, RecipientCode, ReturnedPage};
use crate::pages::PageMap;
use crate::pdf::facts::SignatureFacts;
use crate::pdf::seen::Registration;

/// What `read` gives and `answer` understands.
#[derive(Debug, Clone)]
pub struct Evidence {
    pub source: Source,
    pub findings: Vec<Finding>,
    pub subject: Subject,
}

/// Where a document comes from.
#[derive(Debug, Clone)]
pub struct Source {
    /// Relative to the workspace, with forward slashes.
    pub path: String,
    /// Which document of several in the file; `None` when the file is the document.
    pub part: Option<String>,
    pub sha256: String,
    /// `pdf`, `picture`, or `other` for what is neither.
    pub kind: &'static str,
}

/// What was found in a file.
#[derive(Debug, Clone)]
pub enum Subject {
    /// Nothing that can be read; a finding says why.
    Unreadable,
    /// It can be read, and nothing says for certain what was sent: no field has a place.
    Unknown(Identity),
    Declaration(Box<DeclarationSeen>),
}

/// What was seen of a declaration whose recipient is known.
#[derive(Debug, Clone)]
pub struct DeclarationSeen {
    pub identity: Identity,
    pub recipient: RecipientCode,
    pub pages: PageMap,
    pub readings: Vec<Reading>,
    pub signature: SignatureEvidence,
    pub changes: Vec<Change>,
    pub drawn: Drawn,
}

/// Pictures as PNG, where they were asked for and could be drawn.
#[derive(Debug, Clone, Default)]
pub struct Drawn {
    /// What a person should see of each field.
    pub fields: BTreeMap<FieldName, Vec<u8>>,
    /// What was compared on a page of the file.
    pub pages: Vec<DrawnPage>,
}

/// A picture of what was compared on a page of the file.
#[derive(Debug, Clone)]
pub struct DrawnPage {
    pub page: ReturnedPage,
    /// How the page lies over the one that was sent; `None` where its content is that one's.
    pub registration: Option<Registration>,
    pub png: Vec<u8>,
}

#[derive(Debug, Clone, Default)]
pub struct SignatureEvidence {
    /// What the signature fields show that could be looked at, and that no program has signed.
    pub ink: Vec<Ink>,
    /// The digital signatures.
    pub digital: Vec<SignatureFacts>,
    /// What stood in the file when those were made that do not cover all of it.
    pub revisions: Vec<Revision>,
}

/// The file as it was when somebody signed it, read by itself.
#[derive(Debug, Clone)]
pub struct Revision {
    /// How many bytes of the file it is.
    pub end: usize,
    /// What was added after it.
    pub added: ChangedAfter,
    /// What was seen of it.
    pub seen: Box<Evidence>,
    /// Its own signatures.
    pub digital: Vec<SignatureFacts>,
}
