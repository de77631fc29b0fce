//! Crops: pictures of what a person should see of a return, cut from its pages as they are shown.
//!
//! The choice of every return is shown, a text only where it is in review, and a signature where there is ink.

use super::looked::Looked;
use crate::answer::document::{Document, Ink, Status};
use crate::manifest::{Sent, SentField, SentKind};

/// How much of the file's digest names its crops.
const DIGEST: usize = 12;

/// A picture for the report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crop {
    /// Relative to the report's folder.
    pub file: String,
    pub png: Vec<u8>,
}

/// Takes the crops of a document, and notes in it where they are.
pub fn take(document: &mut Document, looked: &Looked, sent: &Sent, choice: &str) -> Vec<Crop> {
    let mut crops = Vec::new();
    for field in &sent.fields {
        let wanted = match field.kind {
            SentKind::Choice if field.name == choice => Some(&mut document.choice.picture),
            SentKind::Signature if document.signature.ink == Ink::Present => Some(&mut document.signature.picture),
            SentKind::Signature => None,
            _ => document.fields.get_mut(&field.name).filter(|f| f.status == Status::Review).map(|f| &mut f.picture),
        };
        let Some(wanted) = wanted else { continue };
        let Some(crop) = crop(&document.sha256, looked, sent, field) else { continue };
        *wanted = Some(crop.file.clone());
        crops.push(crop);
    }
    crops
}

fn crop(sha256: &str, looked: &Looked, sent: &Sent, field: &SentField) -> Option<Crop> {
    let png = looked.picture(sent, field)?.to_vec();
    let digest = sha256.get(..DIGEST).unwrap_or(sha256);
    Some(Crop { file: format!("crops/{digest}-{}.png", field.name), png })
}
