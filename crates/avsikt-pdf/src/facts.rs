//! What a PDF file says, as plain data: the pdf room's only result.
//!
//! Facts are neutral. They tell what stands in the file, with every oddity kept (two fields with one name stay two), and
//! draw no conclusion: what it means for a campaign is decided in `read`. They cross from the worker process to the
//! program as JSON, so nothing in here may refer to a PDF library's types.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use crate::form::rich::RichText;
use crate::geometry::Rect;

/// Everything read from one PDF file.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct PdfFacts {
    /// One entry a page, in page order.
    pub pages: Vec<PageFacts>,
    /// The first file identifier, `/ID[0]` of the trailer, in lower-case hexadecimal.
    pub file_id: Option<String>,
    /// `/Keywords` of the document information dictionary.
    pub keywords: Option<String>,
    /// Every terminal field, in the order met: the tree of `/AcroForm /Fields` first, then widgets that the tree does
    /// not reach, in page order.
    pub fields: Vec<FieldFacts>,
    /// One for each field whose value is a signature, in the fields' order.
    #[serde(default)]
    pub signatures: Vec<SignatureFacts>,
    /// Annotations that are neither widgets nor links nor pop-ups of another annotation.
    pub annotations: Vec<AnnotationFacts>,
    /// `/NeedAppearances` of the form: viewers are asked to draw the fields themselves.
    pub need_appearances: bool,
    /// Things that a form needs no program to be filled with; each kind once, in this enum's order.
    pub active: Vec<ActiveContent>,
    /// Something in the file has a `/ByteRange`: a signature dictionary, or what is left of one, whether or not a field leads to it.
    #[serde(default)]
    pub byte_range: bool,
    /// Names of embedded files, in the order of their object numbers: every file specification that holds a file,
    /// whether `/EmbeddedFiles`, `/AF` or an annotation leads to it.
    pub embedded_files: Vec<String>,
    /// The cross-reference table had to be corrected or rebuilt: what it said about the file's history is lost.
    pub repaired: bool,
    /// The file was encrypted and opened with the empty user password.
    pub encrypted: bool,
    /// Limits that were met, readers that disagree and other oddities, in plain English.
    pub oddities: Vec<String>,
    /// What careful readers of the format see differently.
    pub contradictions: Vec<Contradiction>,
    /// The file ends before its last version does: a later one than is read may have been lost.
    pub cut_off: bool,
}

/// Something that careful readers of the format see differently.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contradiction {
    /// In plain English.
    pub what: String,
    /// The field that it is about, by the name that the file gives it; `None` for the whole file.
    pub field: Option<String>,
}

/// One page.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct PageFacts {
    /// The crop box in points, before `/Rotate`: what is seen of the page.
    pub crop: Rect,
    /// `/Rotate`, normalised to 0, 90, 180 or 270; 0 for an angle that is none of these.
    pub rotate: u16,
    /// `/UserUnit` (ISO 32000-2 table 31), where it is not the usual 1: how many points a unit of this page is.
    pub user_unit: Option<f64>,
    /// SHA-256 (hexadecimal) of the decoded `/Contents` streams and of all that they draw with (see `page` and
    /// `resources`); `None` when they cannot be decoded.
    pub content_sha256: Option<String>,
    /// Our page-piece data (ISO 32000-2 14.5): the identity token that was stored with the page.
    pub piece: Option<String>,
}

/// The text of some pages' content: the pdf room's third answer.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct PageTexts {
    /// By page index from 0, a line a line; pages that cannot be read are left out. U+FFFD stands for a glyph whose character
    /// the file does not tell.
    pub texts: BTreeMap<usize, String>,
    /// Limits that were met and fonts that are missing, in plain English.
    pub oddities: Vec<String>,
}

/// One terminal field with its widgets.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FieldFacts {
    /// Fully qualified name: partial names joined with full stops (ISO 32000-2 12.7.4.2). Empty when the field has none.
    pub name: String,
    pub kind: FieldKind,
    /// `/V`, inherited if need be. Only the field's own: a value that stands on one of its widgets is an oddity.
    pub value: FieldValue,
    /// `/RV`, inherited if need be: the value once more, as rich text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rich: Option<RichText>,
    /// `/Ff`, inherited if need be.
    pub flags: u32,
    pub widgets: Vec<WidgetFacts>,
    /// Reached from `/AcroForm /Fields`; false for a widget that only its page knows.
    pub in_tree: bool,
}

/// `/FT`, inherited if need be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FieldKind {
    /// Check boxes and radio buttons (`/Btn` without the push-button flag).
    Button,
    /// A push button: it has no value.
    PushButton,
    Text,
    /// List and combo boxes.
    Choice,
    Signature,
    /// No `/FT` anywhere, or one that ISO 32000 does not name.
    Unknown,
}

/// `/V` of a field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FieldValue {
    /// No `/V`, or null.
    Absent,
    /// A name, as check boxes and radio buttons have.
    Name(String),
    /// A text string or text stream.
    Text {
        text: String,
        /// Some bytes could not be decoded with certainty (see `strings`).
        doubtful: bool,
    },
    /// A signature dictionary: somebody signed here.
    Signature,
    /// A text that is over the limit or cannot be unpacked.
    TooLong,
    /// Several values (a line each), or an object of a type that has no business here.
    Other(String),
}

/// A digital signature (ISO 32000-2 12.8), each fact on its own.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct SignatureFacts {
    pub kind: SignatureKind,
    /// The name of its field.
    pub field: String,
    pub coverage: Coverage,
    /// Where the gap of its range begins and ends, and where what it covers ends, in bytes of the file; `None` where that is damaged.
    pub covers: Option<[usize; 3]>,
    /// Why its coverage is damaged, or why its container cannot be read; in plain English.
    pub damage: Option<String>,
    /// The digest of what it covers is the one that was signed; `None` where that cannot be told.
    pub intact: Option<bool>,
    /// The signature is the key's; `None` where that cannot be told.
    pub valid: Option<bool>,
    /// What of it is not supported; in plain English.
    pub unsupported: Option<String>,
    /// Such as `RSA 2048, SHA-256`.
    pub algorithm: Option<String>,
    /// The algorithm can no longer be relied on.
    pub weak: bool,
    /// What the certificate says of its holder.
    pub signer: Option<SignerFacts>,
    /// When it was made, `2026-02-11T09:12:00Z`: by a timestamp that is trusted, otherwise by the signer's own clock.
    pub time: Option<String>,
    /// A timestamp of the signature.
    pub stamp: Option<StampFacts>,
    /// Where the signer's certificate leads; `None` where the office names none that it trusts, or there is no such certificate.
    pub trust: Option<TrustFacts>,
}

/// Whether a certificate leads to one that the office trusts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrustFacts {
    pub trusted: bool,
    /// In plain English, why not.
    pub why: Option<String>,
    /// The holders' names, from the signer on, as far as the path was found.
    pub path: Vec<String>,
}

/// Whose word a signature is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SignatureKind {
    /// Somebody's who signs.
    #[default]
    Signature,
    /// An authority's that the document existed (ISO 32000-2 12.8.5).
    Timestamp,
}

/// A timestamp (RFC 3161).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StampFacts {
    pub time: String,
    /// It is of these bytes.
    pub fits: bool,
    /// It is its authority's, whose certificate is for timestamps; `None` where that cannot be told.
    pub valid: Option<bool>,
    pub algorithm: Option<String>,
    pub weak: bool,
    pub unsupported: Option<String>,
    pub authority: Option<SignerFacts>,
    pub trust: Option<TrustFacts>,
}

/// How much of the file a signature covers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Coverage {
    /// All of it.
    WholeFile,
    /// All of an earlier revision; something was added after it.
    WholeRevision,
    /// What is covered breaks a rule.
    #[default]
    Damaged,
}

/// What a certificate says of its holder.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignerFacts {
    pub name: Option<String>,
    pub organisation: Option<String>,
    pub serial_number: Option<String>,
    pub email: Option<String>,
    pub not_before: Option<String>,
    pub not_after: Option<String>,
    /// Its issuer has the same name.
    pub self_signed: bool,
}

/// One widget annotation of a field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WidgetFacts {
    /// Page index from 0; `None` when no page's `/Annots` names the widget.
    pub page: Option<usize>,
    pub rect: Option<Rect>,
    /// `/AS`.
    pub state: Option<String>,
    /// Keys of `/AP /N` other than `Off`, sorted; only for buttons.
    pub on_states: Vec<String>,
    /// The states, `Off` among them, whose appearance paints something, sorted; only for buttons.
    pub painted: Vec<String>,
    /// Whether there is a normal appearance at all: a stream, or one for at least one state.
    pub appearance: bool,
    /// It, or one of its appearances, belongs to optional content (`/OC`, ISO 32000-2 8.11.3): a layer that may be hidden.
    pub layered: bool,
    /// `/F` has Hidden or NoView set (ISO 32000-2 table 167).
    pub hidden: bool,
}

/// An annotation laid over a page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AnnotationFacts {
    /// `/Subtype`, for example `FreeText`, `Ink`, `Stamp`.
    pub subtype: String,
    pub page: usize,
    pub rect: Option<Rect>,
    /// `/Contents`, decoded.
    pub contents: Option<String>,
}

/// Content that does something, or that can change what is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ActiveContent {
    JavaScript,
    Xfa,
    /// Launch, submit, import and other actions beside URI and GoTo links.
    Actions,
    /// Optional content groups (layers).
    Layers,
}

/// Why a file gave no facts. Each becomes a finding with the same name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "kebab-case")]
pub enum PdfProblem {
    #[error("the file does not begin as a PDF file does")]
    NotAPdf,
    #[error("the file is damaged: {0}")]
    Damaged(String),
    #[error("the file is encrypted and needs a password")]
    Encrypted,
    #[error("the file is too large: {0}")]
    TooLarge(String),
    #[error("the file took too long to read ({0})")]
    TooSlow(String),
    #[error("the reader ended while it read the file ({0})")]
    ReaderCrashed(String),
}
