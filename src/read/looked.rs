//! Which pages are looked at, and what was seen there, found again by the places' identities.
//!
//! A page whose content is the one that was sent is looked at only where it has fields. A page that was drawn anew is laid
//! over the same page of the declaration as it was sent, whole.

use super::{Campaigner, Pictures};
use crate::answer::evidence::{Drawn, DrawnPage};
use crate::geometry::Rect;
use crate::ids::{FieldName, PlaceId, ReturnedPage, SentPage};
use crate::manifest::{Sent, SentField, SentKind};
use crate::pages::PageMap;
use crate::pdf::facts::{PdfFacts, PdfProblem};
use crate::pdf::seen::{LookAsk, PageAsk, PageSeen, PlaceSeen};
use crate::pdf::worker::{Failure, Session, WorkerError};
use crate::spot::Spot;
use crate::token;

/// What surrounds a field in its picture, and how far the words beside a box reach, in points.
const AROUND: f64 = 10.0;
const WORDS: f64 = 480.0;

/// What was asked and what was seen.
#[derive(Debug, Default)]
pub struct Looked {
    pub pages: Vec<LookedPage>,
    /// Why nothing was seen, when something should have been.
    pub problem: Option<LookProblem>,
}

#[derive(Debug)]
pub enum LookProblem {
    /// The declaration as it was sent is not there, or is another than the one that was sent.
    NoOriginal(String),
    Pdf(PdfProblem),
}

#[derive(Debug)]
pub struct LookedPage {
    pub page: ReturnedPage,
    pub sent_page: SentPage,
    /// Whether its content is the one that was sent.
    pub as_sent: bool,
    /// What was looked at, in the order of `seen.places`.
    places: Vec<PlaceId>,
    /// What was drawn for people, in the order of `seen.pictures`.
    pictured: Vec<FieldName>,
    pub seen: PageSeen,
}

/// A page that is to be looked at.
struct Wanted {
    page: ReturnedPage,
    sent_page: SentPage,
    as_sent: bool,
    places: Vec<PlaceId>,
    pictured: Vec<FieldName>,
    ask: PageAsk,
}

impl Looked {
    /// Looks at the pages of a return but those that came on paper, by their indexes from 0.
    ///
    /// # Errors
    /// When the workers do not work; what is wrong with the file is the `problem`.
    pub fn look(
        file: &mut Session<'_, '_>,
        facts: &PdfFacts,
        (sent, pages): (&Sent, &PageMap),
        on_paper: &[usize],
        against: &Campaigner<'_>,
        pictures: Pictures,
    ) -> Result<Self, WorkerError> {
        let mut wanted = wanted(facts, sent, pages);
        wanted.retain(|wanted| !on_paper.contains(&wanted.page.index()));
        for page in &mut wanted {
            match pictures {
                Pictures::None => {}
                Pictures::Fields => (page.pictured, page.ask.pictures) = pictured(sent, page.sent_page).unzip(),
                Pictures::Pages => page.ask.explain = true,
            }
        }
        if wanted.is_empty() {
            return Ok(Looked::default());
        }
        let mut problem = None;
        let mut original = Vec::new();
        if wanted.iter().any(|page| !page.as_sent) {
            match original_of(sent, against) {
                Ok(bytes) => original = bytes,
                Err(why) => problem = Some(LookProblem::NoOriginal(why)),
            }
        }
        let wanted: Vec<Wanted> = wanted.into_iter().filter(|page| page.as_sent || !original.is_empty()).collect();
        let ask = LookAsk { pages: wanted.iter().map(|page| page.ask.clone()).collect() };
        match file.look(&original, &ask) {
            Ok(seen) => {
                let looked = |wanted: Wanted| {
                    let seen = seen.iter().find(|seen| seen.page == wanted.ask.page)?.clone();
                    let Wanted { page, sent_page, as_sent, places, pictured, .. } = wanted;
                    Some(LookedPage { page, sent_page, as_sent, places, pictured, seen })
                };
                Ok(Looked { pages: wanted.into_iter().filter_map(looked).collect(), problem })
            }
            Err(Failure::File(problem)) => Ok(Looked { pages: Vec::new(), problem: Some(LookProblem::Pdf(problem)) }),
            Err(Failure::Worker(error)) => Err(error),
        }
    }

    /// How the pages that were drawn anew lie over those that were sent.
    pub fn laid(&self) -> Vec<(ReturnedPage, [f64; 6])> {
        let anew = self.pages.iter().filter(|page| !page.as_sent);
        anew.filter_map(|page| Some((page.page, page.seen.registration?.to_original))).collect()
    }

    /// The same without some pages.
    #[must_use]
    pub fn without(mut self, gone: impl Fn(ReturnedPage) -> bool) -> Self {
        self.pages.retain(|looked| !gone(looked.page));
        self
    }

    /// What was seen on a page of the file.
    pub fn page(&self, page: ReturnedPage) -> Option<&LookedPage> {
        self.pages.iter().find(|looked| looked.page == page)
    }

    /// What was seen at a place, on a page that could be laid over what was sent.
    pub fn place(&self, id: &PlaceId) -> Option<(&LookedPage, &PlaceSeen)> {
        self.pages.iter().filter(|page| page.seen.registration.is_some()).find_map(|page| {
            let at = page.places.iter().position(|place| place == id)?;
            Some((page, page.seen.places.get(at)?))
        })
    }

    /// The pictures that were asked for and could be drawn.
    pub fn pictures(self) -> Drawn {
        let mut drawn = Drawn::default();
        for page in self.pages {
            let registration = page.seen.registration.filter(|_| !page.as_sent);
            let explained = page.seen.explained.into_iter();
            drawn.pages.extend(explained.map(|picture| DrawnPage { page: page.page, registration, png: picture.0 }));
            let fields = page.pictured.into_iter().zip(page.seen.pictures);
            drawn
                .fields
                .extend(fields.filter(|(_, picture)| !picture.0.is_empty()).map(|(field, picture)| (field, picture.0)));
        }
        drawn
    }
}

impl LookedPage {
    /// Where a place of this page stands.
    pub fn spot(&self, rect: Rect) -> Spot {
        Spot::on(self.page, Some(self.sent_page), Some(rect))
    }
}

/// What a person is shown of each field that begins on a page: all its places there, with the words beside them.
pub fn pictured(sent: &Sent, page: SentPage) -> impl Iterator<Item = (FieldName, Rect)> {
    let fields = sent.fields.iter().filter(|field| !field.read_only);
    fields.filter_map(move |field| Some((field.name.clone(), with_words(sent, field, page)?)))
}

/// The part of a page that says what a field is: its places there, with the words beside them.
pub fn with_words(sent: &Sent, field: &SentField, page: SentPage) -> Option<Rect> {
    let crop = sent.page(page)?.crop;
    let here = field.places.iter().filter(|place| place.page == page).map(|place| place.rect);
    let around = here.reduce(|a, b| a.around(&b))?;
    // The words that say what a box means stand to its right.
    let right = if field.kind == SentKind::Choice { WORDS } else { AROUND };
    let grown = Rect::new(around.x0 - AROUND, around.y0 - AROUND, around.x1 + right, around.y1 + AROUND);
    Some(grown.shared(&crop))
}

fn wanted(facts: &PdfFacts, sent: &Sent, pages: &PageMap) -> Vec<Wanted> {
    let mut wanted: Vec<Wanted> = Vec::new();
    for ((page, sent_page), of_page) in pages.iter().zip(&facts.pages) {
        let Some(sent_page) = sent_page else { continue };
        let Some(printed) = sent.page(sent_page) else { continue };
        let as_sent = of_page.content_sha256.as_ref() == Some(&printed.content);
        let here = sent.places().filter(|(_, _, place)| place.page == sent_page);
        let (places, rects): (Vec<_>, Vec<_>) = here.map(|(id, _, place)| (id, place.rect)).unzip();
        let twice = wanted.iter().any(|other| other.sent_page == sent_page);
        if twice || as_sent && places.is_empty() {
            continue;
        }
        let original = (!as_sent).then_some(sent_page.index());
        let ask = PageAsk {
            page: page.index(),
            original,
            crop: printed.crop,
            places: rects,
            pictures: Vec::new(),
            explain: false,
        };
        wanted.push(Wanted { page, sent_page, as_sent, places, pictured: Vec::new(), ask });
    }
    wanted
}

/// Pages of a file that nothing identifies, which are laid over the form: the last ones, where a form stands.
const RESEMBLING: usize = 3;
/// A page that has this part of the form's ink, and whose own ink is the form's but for this part, looks like it. Filled-in
/// text in the form's places counts neither way. Measured (November 2026): six forms through PostScript and one as outlines, by poppler
/// and Ghostscript, have 1.000 and 0.000; of seven unrelated PDFs none could be laid over the form at all.
const ALIKE: f64 = 0.9;
const FOREIGN: f64 = 0.3;

/// Whether a page of a file without any mark of identity looks like the form as it was sent: its text may have been lost, as
/// in a round trip through outlines.
///
/// # Errors
/// When the workers do not work.
pub fn resembles(file: &mut Session<'_, '_>, facts: &PdfFacts, against: &Campaigner<'_>) -> Result<bool, WorkerError> {
    let Some(sent) = against.manifest.documents.first() else { return Ok(false) };
    let form = sent.places().map(|(_, _, place)| place.page).max();
    let Some((page, printed)) = form.and_then(|page| Some((page, sent.page(page)?))) else { return Ok(false) };
    let Ok(original) = original_of(sent, against) else { return Ok(false) };
    let places: Vec<Rect> = sent.places().filter(|(_, _, p)| p.page == page).map(|(_, _, p)| p.rect).collect();
    let ask = |at: usize| PageAsk {
        page: at,
        original: Some(page.index()),
        crop: printed.crop,
        places: places.clone(),
        pictures: Vec::new(),
        explain: false,
    };
    let last = facts.pages.len().saturating_sub(RESEMBLING)..facts.pages.len();
    match file.look(&original, &LookAsk { pages: last.map(ask).collect() }) {
        Ok(seen) => Ok(seen
            .iter()
            .filter_map(|page| page.registration)
            .any(|registration| registration.explained >= ALIKE && registration.foreign <= FOREIGN)),
        Err(Failure::File(_)) => Ok(false),
        Err(Failure::Worker(error)) => Err(error),
    }
}

/// The declaration as it was sent, if it still is.
pub fn original_of(sent: &Sent, against: &Campaigner<'_>) -> Result<Vec<u8>, String> {
    let bytes = against.workspace.read(&sent.file).map_err(|_| format!("`{}` is missing", sent.file))?;
    if token::sha256(&bytes) == sent.sha256 {
        Ok(bytes)
    } else {
        Err(format!("`{}` is not the one that was sent", sent.file))
    }
}
