//! The manifest: what was sent, or is a draft of it. `outbox/manifest.json`, schema `avsikt/manifest/1`.
//!
//! Rendering writes drafts, which it may replace as often as a person likes; `avsikt sent` marks them as sent, and those it never
//! replaces unasked. Reading trusts the manifest: where each field is and what was offered is taken from here and never from the
//! file that came back. It holds no secret and no personal data.

use std::collections::BTreeMap;
use std::io::Write;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::geometry::Rect;
use crate::ids::{FieldName, PlaceId, RecipientCode, SentPage};
use crate::workspace::Workspace;

/// The name and version of the shape.
pub const SCHEMA: &str = "avsikt/manifest/1";
/// Where it stands in the workspace.
pub const PATH: &str = "outbox/manifest.json";

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    pub schema: String,
    /// The campaign's id.
    pub campaign: String,
    /// Fingerprint of the key that the documents are authenticated with.
    pub key: String,
    /// Name of the choice field.
    pub choice: String,
    /// Texts of pages by their SHA-256: equal pages of all recipients stand here once.
    pub texts: BTreeMap<String, String>,
    /// One per recipient, in the campaign's order.
    pub documents: Vec<Sent>,
}

/// One document that was sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sent {
    pub recipient: RecipientCode,
    pub name: String,
    /// Relative to the workspace, with forward slashes.
    pub file: String,
    pub sha256: String,
    pub bytes: usize,
    /// `/ID[0]`, in lower-case hexadecimal.
    pub file_id: String,
    /// Digest of everything that the document was made from.
    pub edition: String,
    pub pages: Vec<PrintedPage>,
    pub fields: Vec<SentField>,
    /// What a yes binds the recipient to, in whole kronor; `null` without prices.
    pub commitment: Option<u64>,
    /// Not sent yet. Absent in a manifest of an earlier version, whose documents may all have been sent.
    #[serde(default)]
    pub draft: bool,
    /// The day it was sent, where that is known.
    #[serde(default)]
    pub sent_on: Option<Date>,
}

/// One page of a declaration as it was sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PrintedPage {
    /// SHA-256 of the page's text; the text is in `texts`.
    pub text: String,
    /// SHA-256 of the page's decoded content and of all that it draws with.
    pub content: String,
    /// Digest of what the page looks like before it gets its form and its stamp: unlike `content` it does not depend on
    /// how the file numbers its glyphs. `None` in a manifest of an earlier version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub look: Option<String>,
    /// What is seen of the page, in points.
    pub crop: Rect,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SentField {
    pub name: FieldName,
    pub kind: SentKind,
    /// The value that was filled in before sending.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub read_only: bool,
    /// The widgets: one for a text or signature field, one for each box of a choice.
    pub places: Vec<SentPlace>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SentKind {
    Choice,
    Text,
    Multiline,
    Signature,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SentPlace {
    /// The box's on-state.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    pub page: SentPage,
    pub rect: Rect,
}

impl Sent {
    /// The page with this number, if the declaration has one.
    pub fn page(&self, page: SentPage) -> Option<&PrintedPage> {
        self.pages.get(page.index())
    }

    /// Every place of every field, with what it is called.
    pub fn places(&self) -> impl Iterator<Item = (PlaceId, &SentField, &SentPlace)> {
        let of_field = |field: &'_ SentField| field.name.clone();
        self.fields.iter().flat_map(move |field| {
            let places = field.places.iter().enumerate();
            places.map(move |(at, place)| (PlaceId { field: of_field(field), at }, field, place))
        })
    }

    /// The fields with a place on a page.
    pub fn fields_on(&self, page: SentPage) -> impl Iterator<Item = &SentField> {
        self.fields.iter().filter(move |field| field.places.iter().any(|place| place.page == page))
    }
}

impl SentField {
    /// Its first place, which stands for the whole field: a text has no other.
    pub fn first(&self) -> Option<(PlaceId, &SentPlace)> {
        Some((PlaceId { field: self.name.clone(), at: 0 }, self.places.first()?))
    }
}

impl Manifest {
    pub fn sent_to(&self, recipient: &str) -> Option<&Sent> {
        self.documents.iter().find(|sent| sent.recipient == recipient)
    }

    /// Whether none of the documents has been sent.
    pub fn is_draft(&self) -> bool {
        self.documents.iter().all(|sent| sent.draft)
    }

    /// The page that is drawn exactly so, by the digest of its content: every page bears its own identity, so no two are alike.
    pub fn page_drawn(&self, content: &str) -> Option<(&Sent, SentPage)> {
        self.documents.iter().find_map(|sent| {
            let at = sent.pages.iter().position(|page| page.content == content)?;
            Some((sent, SentPage::at(at)))
        })
    }

    /// Writes the file's text, ending with a newline. Never held whole: for some thousand recipients it is some ten megabytes.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write_json(&self, out: &mut dyn Write) -> std::io::Result<()> {
        serde_json::to_writer_pretty(&mut *out, self)?;
        out.write_all(b"\n")
    }

    /// Reads the workspace's manifest and makes sure that it is the one of this campaign and key.
    ///
    /// # Errors
    /// When there is none, it cannot be understood, or it belongs to another campaign; the hint names the command that
    /// mends it.
    pub fn load(workspace: &Workspace, campaign: &str, key: &str) -> Result<Self> {
        if !workspace.exists(PATH) {
            return Err(Error::plain(
                format!("`{PATH}` is missing: nothing says what was sent"),
                "run `avsikt render` to make the declarations and the manifest",
            ));
        }
        let bytes = workspace.read(PATH)?;
        let manifest: Manifest = serde_json::from_slice(&bytes).map_err(|error| {
            Error::plain(
                format!("`{PATH}` cannot be understood: {error}"),
                "put back the file that was made when the letters were sent, or run `avsikt render --replace` to make it anew",
            )
        })?;
        manifest.check(campaign, key)?;
        Ok(manifest)
    }

    fn check(&self, campaign: &str, key: &str) -> Result<()> {
        let wrong = if self.schema != SCHEMA {
            format!("has the schema `{}`, and this program reads `{SCHEMA}`", self.schema)
        } else if self.campaign != campaign {
            format!("belongs to the campaign `{}`, and this one is `{campaign}`", self.campaign)
        } else if self.key != key {
            "was made with another campaign key".to_owned()
        } else {
            return Ok(());
        };
        Err(Error::plain(
            format!("`{PATH}` {wrong}"),
            "choose the right folder with `--workspace`, or run `avsikt render --replace` to make it anew",
        ))
    }
}
