//! From a campaign to the declarations that are sent: one fillable, tagged PDF per recipient, and the manifest.
//!
//! ```text
//! campaign × recipient ─ compose/ ─▶ tree + plan ─ typeset/ ─▶ PDF with links ─ form/ ─ finish/ ─▶ PDF + manifest entry
//!                        texts, filters,           (Typst)                     widgets, stamp, splice,
//!                        markdown, tree            look                        font     colour
//! ```
//! `form` and `finish` are one pass of lopdf over Typst's bytes. `changes` compares what would be sent with what was sent;
//! `proof` makes one for trial and tells what is wrong with the look; `report` typesets the report in the same look.
//!
//! Nothing here writes files: [`Renderer::render`] gives bytes, and the command decides what becomes of them.

pub mod changes;
pub mod compose;
mod finish;
mod form;
pub mod proof;
pub mod report;
mod typeset;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::civil::DateTime;
use lopdf::{Document, Object, StringFormat};

use crate::campaign::Campaign;
use crate::diagnostic::{Problems, SourceFile};
use crate::encoder::Encoder;
use crate::error::{Error, Result};
use crate::ids::SentPage;
use crate::manifest::{self, Manifest, PrintedPage, Sent, SentField, SentKind, SentPlace};
use crate::pdf::page::PagePrint;
use crate::token::{self, PageIdentity};
use crate::workspace::Workspace;
use compose::{Composed, Composer, FieldPlan, PlannedKind};
use finish::{colour, splice, stamp};
use form::font::FormFont;
use form::widgets::{self, Placed};
use typeset::{Style, Typeset};

/// Where the shared style stands, and its name in a campaign's own folder.
const STYLE_FOLDER: &str = "templates/style";
const STYLE_FILE: &str = "declaration.typ";
/// Typeface of the form when the campaign's look names none.
const DEFAULT_FONT: &str = "Source Sans 3";
/// Where everything is written.
pub const OUTBOX: &str = "outbox";
/// Where declarations are written.
pub const DECLARATIONS: &str = "outbox/declarations";

/// Renders one campaign's declarations. Made once; renders from many threads.
pub struct Renderer<'c> {
    campaign: &'c Campaign,
    composer: Composer<'c>,
    style: Style,
    /// Digest of the style and its typefaces, part of each document's edition.
    style_digest: String,
    font: FormFont,
    /// Names of the pictures in the campaign's folder.
    pictures: Vec<String>,
    /// The date in the files' metadata, where it is not the campaign's.
    dated: Option<DateTime>,
}

/// One finished declaration.
pub struct Rendered {
    pub pdf: Vec<u8>,
    pub sent: Sent,
    /// The texts of its pages, by their SHA-256.
    pub texts: Vec<(String, String)>,
    /// How many pages its cover takes, where the style marks the cover's end.
    pub cover_pages: Option<usize>,
}

impl<'c> Renderer<'c> {
    /// Reads the style: the campaign's own, or the shared one.
    ///
    /// # Errors
    /// When the style or the form's typeface is missing.
    pub fn new(workspace: &Workspace, campaign: &'c Campaign) -> Result<Self> {
        let own = format!("{}/{STYLE_FILE}", campaign.folder);
        let path = if workspace.exists(&own) { own } else { format!("{STYLE_FOLDER}/{STYLE_FILE}") };
        let text = String::from_utf8_lossy(&workspace.read(&path)?).into_owned();
        let mut fonts = Vec::new();
        for folder in [format!("{STYLE_FOLDER}/fonts"), format!("{}/fonts", campaign.folder)] {
            for name in workspace.files(&folder)? {
                if has_ending(&name, &["ttf", "otf"]) {
                    fonts.push(workspace.read(&format!("{folder}/{name}"))?);
                }
            }
        }
        let mut pictures = Vec::new();
        for name in workspace.files(&campaign.folder)? {
            if has_ending(&name, &["svg", "png", "jpg", "jpeg"]) {
                pictures.push((name.clone(), workspace.read(&format!("{}/{name}", campaign.folder))?));
            }
        }
        let font = form_font(campaign, &fonts)?;
        let names = pictures.iter().map(|(name, _)| name.clone()).collect();
        let mut style = Encoder::default();
        style.text(&text);
        for bytes in fonts.iter().chain(pictures.iter().map(|(_, bytes)| bytes)) {
            style.bytes(bytes);
        }
        Ok(Renderer {
            composer: Composer::new(campaign),
            style: Style::new(Arc::new(SourceFile { path, text }), &fonts, pictures),
            style_digest: style.digest(),
            campaign,
            font,
            dated: None,
            pictures: names,
        })
    }

    /// Writes this moment, in UTC, as the date in the files' metadata instead of the campaign's date. What is printed
    /// stays.
    #[must_use]
    pub fn dated(mut self, moment: Option<DateTime>) -> Self {
        self.style.dated = moment;
        self.dated = moment;
        self
    }

    /// Renders the declaration of recipient number `index`.
    ///
    /// # Errors
    /// When the texts or the style have problems.
    pub fn render(&self, index: usize) -> Result<Rendered> {
        let mut problems = Problems::default();
        let composed = self.composer.compose(index, &mut problems);
        if problems.has_errors() {
            return Err(Error::Campaign(problems));
        }
        let data = serde_json::to_vec(&composed.tree).expect("a document tree is plain data");
        let edition = self.edition(&composed, &data);
        let code = self.campaign.recipients[index].code.as_str();
        let whole = PageIdentity { campaign: self.campaign.id.clone(), recipient: code.to_owned(), page: 0 };
        let keywords = whole.token(&self.campaign.key);
        let typeset = self.style.typeset(composed.tree.date, data, &keywords, &edition).map_err(Error::Campaign)?;
        self.finish(index, composed, typeset, edition)
    }

    /// Everything that decides what a document looks like and holds.
    fn edition(&self, composed: &Composed, data: &[u8]) -> String {
        let plan = serde_json::to_string(&composed.fields).expect("a plan is plain data");
        edition(&self.style_digest, data, &plan, self.dated)
    }

    /// Form, stamp and identity: one pass over the typeset document.
    fn finish(&self, index: usize, composed: Composed, typeset: Typeset, edition: String) -> Result<Rendered> {
        let (key, recipient) = (&self.campaign.key, &self.campaign.recipients[index]);
        let code = recipient.code.as_str();
        let file_id = key.file_id(&self.campaign.id, code, &edition);
        let finished = finish_pdf(&typeset.pdf, |doc| {
            colour::by_device(doc);
            let embedded = self.font.embed(doc);
            let placed = widgets::make_form(doc, &composed.fields, &self.font, embedded)?;
            widgets::keep_within(&placed, composed.form_pages)?;
            let written = self.dated.unwrap_or_else(|| self.campaign.date.at(0, 0, 0, 0));
            let modified = written.strftime("D:%Y%m%d%H%M%SZ").to_string();
            stamp::stamp(doc, key, &self.campaign.id, code, &self.font, embedded.full, &modified)?;
            let id = Object::String(file_id.to_vec(), StringFormat::Hexadecimal);
            doc.trailer.set("ID", vec![id.clone(), id]);
            Ok(placed)
        });
        let finished = finished.map_err(|error| {
            if matches!(error, widgets::FormError::TooManyPages { .. }) {
                let mut problems = Problems::default();
                problems.error(
                    Some(self.campaign.declaration.form.title.place.clone()),
                    error.to_string(),
                    "shorten its texts, lower `lines:` of a comment, or change `pages:` under `form:`",
                );
                return Error::Campaign(problems);
            }
            Error::plain(
                format!("the declaration of {} could not be finished: {error}", recipient.name),
                "check the form in `declaration.yaml` and the fields in the style `declaration.typ`",
            )
        })?;
        let pages = typeset
            .page_texts
            .iter()
            .zip(&typeset.page_looks)
            .zip(finished.pages)
            .map(|((text, look), page)| PrintedPage {
                text: token::sha256(text.as_bytes()),
                content: page.content_sha256,
                look: Some(look.clone()),
                crop: page.crop.rounded(),
            })
            .collect();
        let sent = Sent {
            recipient: recipient.code.clone(),
            name: recipient.name.clone(),
            file: format!("{DECLARATIONS}/{}", composed.file_name),
            sha256: token::sha256(&finished.pdf),
            bytes: finished.pdf.len(),
            file_id: token::hex(&file_id),
            edition,
            pages,
            fields: composed.fields.iter().map(|plan| sent_field(plan, &finished.placed)).collect(),
            commitment: self.campaign.prices.as_ref().map(|prices| prices.commitment(index)),
            draft: true,
            sent_on: None,
        };
        let cover_pages = typeset.cover_pages;
        let texts = typeset.page_texts.into_iter().map(|text| (token::sha256(text.as_bytes()), text)).collect();
        Ok(Rendered { pdf: finished.pdf, sent, texts, cover_pages })
    }
}

/// Renders on the one thread that `work` runs on, instead of on all: a batch that keeps every core busy with a document of
/// its own gains nothing from sharing out single pages, and the threads' waiting for each other costs a tenth.
pub fn on_one_thread<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    match rayon::ThreadPoolBuilder::new().num_threads(1).build() {
        Ok(pool) => pool.install(work),
        Err(_) => work(),
    }
}

struct Finished {
    pdf: Vec<u8>,
    placed: Vec<Placed>,
    /// Fingerprint and crop box of each page, as the reader will see them.
    pages: Vec<PagePrint>,
}

/// Opens, changes and writes a document.
fn finish_pdf(
    typeset: &[u8],
    change: impl FnOnce(&mut Document) -> std::result::Result<Vec<Placed>, widgets::FormError>,
) -> std::result::Result<Finished, widgets::FormError> {
    let (lively, still) = splice::part(typeset, widgets::may_change);
    let mut doc = splice::load(&lively, &still)?;
    let placed = change(&mut doc)?;
    let pages = crate::pdf::page::prints(&doc)?;
    let mut saved = Vec::with_capacity(typeset.len() * 2);
    doc.save_to(&mut saved).map_err(lopdf::Error::from)?;
    let pdf = splice::join(saved, &still).ok_or(widgets::FormError::Splice)?;
    Ok(Finished { pdf, placed, pages })
}

fn sent_field(plan: &FieldPlan, placed: &[Placed]) -> SentField {
    let places = placed
        .iter()
        .filter(|p| p.field == plan.name)
        .map(|p| SentPlace { state: p.state.clone(), page: SentPage::at(p.page), rect: p.rect.rounded() })
        .collect();
    let kind = match &plan.kind {
        PlannedKind::Choice(_) => SentKind::Choice,
        PlannedKind::Text { multiline: false } => SentKind::Text,
        PlannedKind::Text { multiline: true } => SentKind::Multiline,
        PlannedKind::Signature => SentKind::Signature,
    };
    SentField { name: plan.name.as_str().into(), kind, value: plan.value.clone(), read_only: plan.read_only, places }
}

/// What is kept of declarations whose files are finished: what the manifest says of them.
#[derive(Debug, Default)]
pub struct Made {
    /// In the campaign's order.
    pub sent: Vec<Sent>,
    /// Texts of pages by their SHA-256: equal pages stand here once, however many recipients they have.
    pub texts: BTreeMap<String, String>,
}

/// Puts the manifest together from what was rendered.
pub fn manifest(campaign: &Campaign, made: Made) -> Manifest {
    Manifest {
        schema: manifest::SCHEMA.to_owned(),
        campaign: campaign.id.clone(),
        key: campaign.key.fingerprint(),
        choice: campaign.declaration.form.choice.field.clone(),
        texts: made.texts,
        documents: made.sent,
    }
}

/// The typeface that typed text is drawn with: the regular face of the look's font.
fn form_font(campaign: &Campaign, fonts: &[Vec<u8>]) -> Result<FormFont> {
    let chosen = campaign.look("font");
    let family = chosen.map_or(DEFAULT_FONT, |look| look.value.as_str());
    let regular = fonts.iter().find(|bytes| FormFont::is_regular_of(bytes, family));
    regular.and_then(|bytes| FormFont::new(bytes)).ok_or_else(|| {
        let there: BTreeSet<String> = fonts.iter().filter_map(|bytes| FormFont::family(bytes)).collect();
        let there = there.into_iter().collect::<Vec<_>>().join(", ");
        let mut problems = Problems::default();
        problems.error(
            chosen.map(|look| look.place.clone()),
            format!("there is no TrueType file with the regular face of `{family}`"),
            format!("the typefaces that are there: {there}; put another's .ttf files into `{STYLE_FOLDER}/fonts`"),
        );
        Error::Campaign(problems)
    })
}

fn has_ending(name: &str, endings: &[&str]) -> bool {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    ending.is_some_and(|ending| endings.contains(&ending.as_str()))
}

/// What tells one edition of a declaration from another: 16 hexadecimal digits. The file's identifier depends on it.
fn edition(style: &str, data: &[u8], plan: &str, dated: Option<DateTime>) -> String {
    let mut edition = Encoder::default();
    edition.text(style).bytes(data).text(plan).text(&dated.map(|moment| moment.to_string()).unwrap_or_default());
    edition.digest()[..16].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Frozen: an edition that changes by itself makes the identifiers of all declarations that were sent another campaign's.
    #[test]
    fn an_edition_is_frozen() {
        let dated = jiff::civil::date(2026, 1, 12).at(0, 0, 0, 0);
        assert_eq!(edition("style", b"{}", "[]", None), "17397c9f725f98f3");
        assert_eq!(edition("style", b"{}", "[]", Some(dated)), "8e2a8d13e3bf0718");
        let plan = compose::FieldPlan {
            name: "avsikt".into(),
            kind: compose::PlannedKind::Choice(vec![("ja".into(), "Ja".into())]),
            tooltip: "Svar".into(),
            value: None,
            read_only: false,
        };
        let written =
            r#"{"name":"avsikt","kind":{"Choice":[["ja","Ja"]]},"tooltip":"Svar","value":null,"read_only":false}"#;
        assert_eq!(serde_json::to_string(&plan).expect("plain data"), written);
    }
}
