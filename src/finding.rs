//! Findings: something worth telling about one file or field. A finding never stops the others.
//!
//! Each has a stable code that scripts may rely on, a severity, a message in English (for the console and for `inspect`)
//! and, where it helps, the detail alone, so that a report can say the same in its own language. An *error* means that
//! a person must look before the document can count; warnings and notes do not hold a document back.

use serde::{Deserialize, Serialize};

use crate::ids::FieldName;
use crate::spot::Spot;

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Worth a look; the document counts all the same.
    Warning,
    /// A person must look before the document counts.
    Error,
}

/// Declares the codes once: the variant, its name in files, its severity and its English sentence.
macro_rules! codes {
    ($($variant:ident $name:literal $severity:ident $sentence:literal;)*) => {
        /// The stable codes of findings.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Code {
            $(#[doc = $sentence] #[serde(rename = $name)] $variant,)*
        }

        impl Code {
    /// Whether it is about who signed, and says nothing of what the file says.
    pub fn is_of_signatures(self) -> bool {
        use Code::*;
        matches!(
            self,
            Unsigned
                | SignatureUnclear
                | SignatureNotRead
                | SignatureBroken
                | ChangedAfterSigning
                | WeakAlgorithm
                | SignerNotTrusted
                | CertificateExpired
                | SignatureDamaged
        )
    }

            /// Every code, in the order declared.
            pub const ALL: &'static [Code] = &[$(Code::$variant,)*];

            /// The name that stands in files.
            pub fn name(self) -> &'static str {
                match self { $(Code::$variant => $name,)* }
            }

            pub fn severity(self) -> Severity {
                match self { $(Code::$variant => Severity::$severity,)* }
            }

            fn sentence(self) -> &'static str {
                match self { $(Code::$variant => $sentence,)* }
            }
        }
    };
}

codes! {
    ChoiceBoth "choice-both" Error "more than one box is marked";
    ChoiceNone "choice-none" Error "no box is marked";
    ChoiceUnread "choice-unread" Error "nothing could be read of the choice";
    ChoiceUnknown "choice-unknown" Error "the marked box is none of those that were offered";
    ValueAndStateDiffer "value-and-state-differ" Error "the field's value and the state of its boxes differ";
    ValueAndPixelsDiffer "value-and-pixels-differ" Error "what the file says is not what the page shows";
    LayersDiffer "layers-differ" Error "different parts of the file give different answers";
    MarkUnclear "mark-unclear" Error "it is not clear whether a box is marked";
    RichTextDiffers "rich-text-differs" Error "a field's rich text is not its value";
    FieldRenamed "field-renamed" Info "a field has another name than it was sent with; it stands in its place";
    DuplicateFields "duplicate-fields" Error "several fields have one name and different values";
    FormChanged "form-changed" Error "the form is not the one that was sent";
    SuspiciousValue "suspicious-value" Error "a value is too long, holds control characters or cannot be decoded with certainty";
    AnswerInAnnotations "answer-in-annotations" Warning "something was laid over a field of the form";
    ForeignAnnotation "foreign-annotation" Error "something was laid over the page that was not sent";
    ContentChanged "content-changed" Error "the page is not drawn as it was sent";
    TextCut "text-cut" Error "the text is longer than its field: some of it is not seen";
    TextBeyondField "text-beyond-field" Error "the text goes on beyond its field's edge";
    TextUnreliable "text-unreliable" Error "the page does not tell its letters with certainty";
    MarginAdded "margin-added" Info "something stands in the margin that was not sent, as signing services put it there";
    VerificationPage "verification-page" Warning "a page was added at the end that tells how the document was signed";
    NotRegistered "scan-not-registered" Error "the page could not be laid over the one that was sent";
    OnPaper "on-paper" Info "the page came on paper";
    WrittenByHand "written-by-hand" Error "a field is written by hand: read its picture";
    TextIsASuggestion "text-is-a-suggestion" Info "a program read text from the pictures of handwriting: a suggestion, not a value";
    WrittenBeside "written-beside" Error "something is written or drawn on the page outside its fields";
    CommentContradicts "comment-contradicts" Error "one option is marked, and something is written where another is commented";
    Unsigned "unsigned" Error "nobody has signed";
    SignatureUnclear "signature-unclear" Error "it is not clear whether somebody has signed";
    PaperNotCompared "paper-not-compared" Error "a page came on paper more than once; the copy was not compared with what was sent";
    OriginalMissing "original-missing" Error "the declaration as it was sent is not there to compare with";
    TextLayerDiffers "text-layer-differs" Warning "the page shows what was sent, but its text says something else";
    Redrawn "redrawn" Info "the pages were drawn anew and show what was sent";
    PagesMissing "pages-missing" Warning "pages are missing";
    PagesAdded "pages-added" Error "there are pages that were not sent";
    PagesReordered "pages-reordered" Warning "the pages stand in another order";
    SeveralDeclarations "several-declarations" Error "the file holds pages of several declarations";
    WrongRecipient "wrong-recipient" Error "the form names another recipient than the one it was made for";
    IdentityConflict "identity-conflict" Error "the marks of identity do not agree on whose document this is";
    IdentityUnverified "identity-unverified" Error "the document looks like ours, but nothing proves it";
    NotADeclaration "not-a-declaration" Error "this is not a declaration of this campaign";
    HiddenLayer "hidden-layer" Error "the file has layers; none were sent";
    JavaScript "javascript" Error "the file holds JavaScript; none was sent, and none was run";
    Xfa "xfa" Error "the file holds an XFA form; none was sent";
    ActiveContent "active-content" Error "the file holds actions (launch, submit, import); none were sent, and none were run";
    EmbeddedFiles "embedded-files" Warning "files are embedded; none were opened";
    SignatureNotRead "signature-not-read" Error "there is a digital signature, which this version does not judge";
    SignatureBroken "signature-broken" Error "a digital signature is broken: what it covers is not what was signed, or its key is another";
    ChangedAfterSigning "changed-after-signing" Error "what was answered is not what was signed, or what was added afterwards could not be looked at";
    AddedAfterSigning "added-after-signing" Info "something was added to the file after it was signed, and what is answered is what was signed";
    WeakAlgorithm "weak-algorithm" Error "a digital signature was made by an algorithm that can no longer be relied on";
    SignerNotTrusted "signer-not-trusted" Error "a digital signature's certificate does not lead to one that the office trusts";
    CertificateExpired "certificate-expired" Error "a digital signature was made when its certificate was not valid";
    SignatureDamaged "signature-damaged" Error "the file was signed, and the signature cannot be read or relied on";
    NotAPdf "not-a-pdf" Error "the file is not a PDF";
    WrongExtension "wrong-extension" Warning "the file's name says another type than its content";
    Damaged "damaged" Error "the file is damaged";
    Repaired "repaired" Error "the file is damaged; its table of objects was rebuilt, and a later version may be lost";
    CutOff "cut-off" Error "the file's end is missing; a later version of the answer may be lost";
    Encrypted "encrypted" Error "the file needs a password";
    TooLarge "too-large" Error "the file is larger than what is read";
    TooSlow "too-slow" Error "the file took longer to read than it may";
    ReaderCrashed "reader-crashed" Error "the reader ended while it read the file";
    Unreadable "unreadable" Error "the file could not be opened";
    NotReadableYet "not-readable-yet" Error "this version cannot read such a return";
    ReadersDiffer "readers-differ" Error "programs that read this file see different things in it";
    Oddity "oddity" Warning "something in the file is not as the standard says";
    Late "late" Warning "the answer came after the last day";
    Superseded "superseded" Info "a later answer from the same recipient counts instead";
    Duplicate "duplicate" Info "the same file stands in the inbox twice";
    ChangeOfMind "change-of-mind" Warning "the recipient has answered differently before";
    OrderUnknown "order-unknown" Error "several different answers, and nothing certain says which came last";
}

/// Something worth telling about a file, a page or a field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    pub code: Code,
    pub severity: Severity,
    /// The code's sentence with the detail after it, in English, lower case, without a final stop.
    pub message: String,
    /// The detail alone: a value, a name, a number; the same in every language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// Where.
    #[serde(flatten)]
    pub spot: Spot,
    /// The fields that cannot be relied on because of this. An error sends them to a person, each by itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldName>,
}

impl Finding {
    pub fn new(code: Code) -> Self {
        Finding {
            code,
            severity: code.severity(),
            message: code.sentence().to_owned(),
            detail: None,
            spot: Spot::default(),
            fields: Vec::new(),
        }
    }

    /// Says what exactly: `sentence: detail`.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        self.message = format!("{}: {detail}", self.code.sentence());
        self.detail = Some(detail);
        self
    }

    /// Says where.
    #[must_use]
    pub fn at(mut self, spot: Spot) -> Self {
        self.spot = spot;
        self
    }

    /// Says which field it is about.
    #[must_use]
    pub fn of(self, field: &FieldName) -> Self {
        self.of_all([field])
    }

    /// Says which fields it is about.
    #[must_use]
    pub fn of_all<'f>(mut self, fields: impl IntoIterator<Item = &'f FieldName>) -> Self {
        self.fields.extend(fields.into_iter().cloned());
        self
    }

    /// Whether a person must look before the document counts.
    pub fn holds_back(&self) -> bool {
        self.severity == Severity::Error
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn codes_are_unique_and_kebab_case() {
        let names: BTreeSet<_> = Code::ALL.iter().map(|c| c.name()).collect();
        assert_eq!(names.len(), Code::ALL.len());
        for name in names {
            assert!(name.chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{name}");
        }
    }

    #[test]
    fn a_code_is_written_by_its_name() {
        for code in Code::ALL {
            let json = serde_json::to_string(code).expect("a code is a string");
            assert_eq!(json, format!("\"{}\"", code.name()));
        }
    }

    #[test]
    fn the_documentation_names_every_code() {
        let page = include_str!("../docs/findings.md");
        for code in Code::ALL {
            let row = format!("| `{}` |", code.name());
            assert!(page.contains(&row) && page.contains(code.sentence()), "docs/findings.md lacks {}", code.name());
        }
    }

    #[test]
    fn sentences_follow_the_style() {
        for code in Code::ALL {
            let sentence = Finding::new(*code).message;
            assert!(!sentence.ends_with('.'), "{sentence}");
            assert!(sentence.chars().next().is_some_and(char::is_lowercase), "{sentence}");
        }
    }
}
