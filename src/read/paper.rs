//! Pages that came on paper: which they are, and what is seen of them beside the page as it was sent.
//!
//! A page that is a picture and could not be compared as a drawing is laid over the page whose code it carries. What its
//! boxes and fields show is measured, and `marked` says what that means; people get straightened crops.

use super::Campaigner;
use super::Pictures;
use super::looked::{Looked, original_of, pictured};
use crate::answer::document::Identity;
use crate::finding::{Code, Finding};
use crate::geometry::MM;
use crate::ids::{FieldName, PlaceId, ReturnedPage, SentPage};
use crate::manifest::{Sent, SentKind};
use crate::pages::PageMap;
use crate::pdf::facts::PdfProblem;
use crate::pdf::seen::{MarkSeen, SheetAsk, SheetFound, SheetLaid, SheetPageAsk, SheetSeen, Trouble};
use crate::pdf::worker::{Failure, Session, WorkerError};
use crate::spot::Spot;
use crate::stamped;
use crate::token::PREFIX;

/// A picture that lies worse than this over its page is not relied on: part of the page's patches that fit, and their error
/// in millimetres.
pub const TRUSTED: f64 = 0.5;
const NEAR_MM: f64 = 0.5;
/// A page without fields is there to be the one that was sent: more of it must fit.
const TRUSTED_WHOLE: f64 = 0.9;

/// Marks of identity that no paper carries.
const OF_OUR_FILE: [&str; 3] = ["file-id", "page-data", "metadata"];

/// Whether a file is ours as we sent it, or made from it by a program: no paper carries its marks.
pub fn from_our_file(identity: &Identity) -> bool {
    identity.by.iter().any(|by| OF_OUR_FILE.contains(&by.as_str()))
}

/// Which of some pages are pictures; none where the file cannot be looked at.
///
/// # Errors
/// When the workers do not work.
pub fn find(file: &mut Session<'_, '_>, pages: &[usize]) -> Result<Result<Vec<SheetFound>, PdfProblem>, WorkerError> {
    if pages.is_empty() {
        return Ok(Ok(Vec::new()));
    }
    match file.sheets(pages.to_vec(), PREFIX) {
        Ok(found) => Ok(Ok(found)),
        Err(Failure::File(problem)) => Ok(Err(problem)),
        Err(Failure::Worker(error)) => Err(error),
    }
}

/// What was seen of the pages that came on paper.
#[derive(Debug, Default)]
pub struct Papers {
    /// Pages that were laid over those that were sent; those with fields first.
    pages: Vec<PaperPage>,
    /// Pages that stand there once more: told, and not compared.
    copies: Vec<ReturnedPage>,
}

#[derive(Debug)]
pub struct PaperPage {
    pub page: ReturnedPage,
    pub sent_page: SentPage,
    /// What was looked at, in the order of `seen.boxes` and `seen.fields`.
    boxes: Vec<PlaceId>,
    fields: Vec<PlaceId>,
    pictured: Vec<FieldName>,
    seen: SheetSeen,
}

impl Papers {
    /// Looks at the pictures whose page is known and that could not be compared as drawings.
    ///
    /// # Errors
    /// When the workers do not work.
    pub fn look(
        file: &mut Session<'_, '_>,
        sheets: &[SheetFound],
        (sent, identity): (&Sent, &Identity),
        pages: &PageMap,
        looked: &Looked,
        against: &Campaigner<'_>,
        pictures: Pictures,
    ) -> Result<Self, WorkerError> {
        let mut papers = Papers::default();
        let from_our_file = from_our_file(identity);
        let (mut ask_forms, mut ask_others) = (Vec::new(), Vec::new());
        let mut others = Vec::new();
        for sheet in sheets.iter().filter(|sheet| sheet.unusable.is_none()) {
            let page = ReturnedPage::at(sheet.page);
            // Our own file whose pages a program turned into pixels, and that lies exactly as it was, is compared as a drawing.
            // What only shows our code or text may have been in somebody's hands: there a blot is no mark.
            let drawn = from_our_file
                && looked
                    .page(page)
                    .is_some_and(|looked| looked.seen.registration.is_some() && looked.seen.differences.is_empty());
            let Some(sent_page) = pages.sent(page).filter(|_| !drawn) else { continue };
            let Some(printed) = sent.page(sent_page) else { continue };
            if pages.returned(sent_page) != Some(page) {
                papers.copies.push(page);
                continue;
            }
            let form = sent.fields_on(sent_page).next().is_some();
            let here = |choice: bool| {
                let places = sent.places().filter(move |(_, field, place)| {
                    place.page == sent_page && choice == (field.kind == SentKind::Choice)
                });
                places.map(|(id, _, place)| (id, place.rect)).unzip::<_, _, Vec<_>, Vec<_>>()
            };
            let ((boxes, box_rects), (fields, field_rects)) = (here(true), here(false));
            let (pictured, crops): (Vec<_>, Vec<_>) =
                if pictures == Pictures::None { Default::default() } else { pictured(sent, sent_page).unzip() };
            let ask = SheetPageAsk {
                page: sheet.page,
                original: sent_page.index(),
                crop: printed.crop,
                marks: stamped::corner_marks(&printed.crop).to_vec(),
                boxes: box_rects,
                fields: field_rects,
                pictures: crops,
                ..SheetPageAsk::default()
            };
            let paper = PaperPage { page, sent_page, boxes, fields, pictured, seen: SheetSeen::default() };
            let (asks, papers) =
                if form { (&mut ask_forms, &mut papers.pages) } else { (&mut ask_others, &mut others) };
            asks.push(ask);
            papers.push(paper);
        }
        // Pages with fields by themselves: a long file must not take the time that they need.
        for (asks, mut laid) in [(ask_forms, std::mem::take(&mut papers.pages)), (ask_others, others)] {
            if !asks.is_empty()
                && let Ok(original) = original_of(sent, against)
            {
                match file.look_at_sheets(&original, &SheetAsk { prefix: PREFIX.to_owned(), pages: asks }) {
                    Ok(seen) => laid.iter_mut().zip(seen).for_each(|(paper, seen)| paper.seen = seen),
                    Err(Failure::File(_)) => {}
                    Err(Failure::Worker(error)) => return Err(error),
                }
            }
            papers.pages.append(&mut laid);
        }
        Ok(papers)
    }

    /// What was seen at a place, on a page that lies well over what was sent.
    pub fn place(&self, id: &PlaceId) -> Option<(&PaperPage, &MarkSeen)> {
        self.pages.iter().filter(|paper| paper.lies_well()).find_map(|paper| {
            let at = |places: &[PlaceId]| places.iter().position(|place| place == id);
            let in_box = at(&paper.boxes).and_then(|at| paper.seen.boxes.get(at));
            let seen = in_box.or_else(|| paper.seen.fields.get(at(&paper.fields)?))?;
            Some((paper, seen))
        })
    }

    /// What a program has laid under the picture in a field.
    pub fn guessed(&self, id: &PlaceId) -> Option<&str> {
        self.pages.iter().filter(|paper| paper.lies_well()).find_map(|paper| {
            let at = paper.fields.iter().position(|place| place == id)?;
            paper.seen.guessed.get(at).map(String::as_str)
        })
    }

    /// Whether a page came on paper.
    pub fn holds(&self, page: ReturnedPage) -> bool {
        self.pages.iter().any(|paper| paper.page == page) || self.copies.contains(&page)
    }

    /// Says of each page how it lies over the one that was sent.
    pub fn findings(&self, sent: &Sent) -> Vec<Finding> {
        let of_page = |paper: &PaperPage| {
            let here = |code| {
                let fields = sent.fields_on(paper.sent_page).map(|field| &field.name);
                Finding::new(code).at(Spot::on(paper.page, Some(paper.sent_page), None)).of_all(fields)
            };
            match paper.seen.laid {
                Some(_) if paper.lies_well() && !paper.is_form() => None,
                Some(laid) if paper.lies_well() => Some(here(Code::OnPaper).detail(measured(&laid))),
                laid => {
                    let lies =
                        laid.map_or("too little of the page is found in its picture".to_owned(), |l| measured(&l));
                    let why = paper.seen.troubles.iter().map(in_words);
                    let detail = std::iter::once(lies).chain(why).collect::<Vec<_>>().join("; ");
                    Some(here(Code::NotRegistered).detail(detail))
                }
            }
        };
        let numbers = |pages: Vec<ReturnedPage>| {
            let numbers: Vec<String> = pages.iter().map(ToString::to_string).collect();
            (!numbers.is_empty()).then(|| numbers.join(", "))
        };
        let clean = self.pages.iter().filter(|it| !it.is_form() && it.lies_well() && it.seen.beside.is_empty());
        let clean = numbers(clean.map(|paper| paper.page).collect())
            .map(|pages| Finding::new(Code::OnPaper).detail(format!("pages {pages}: nothing is written on them")));
        let copies = numbers(self.copies.clone()).map(|pages| Finding::new(Code::PaperNotCompared).detail(pages));
        let beside = self.pages.iter().filter_map(PaperPage::written_beside);
        self.pages.iter().filter_map(of_page).chain(beside).chain(clean).chain(copies).collect()
    }

    /// Straightened crops of the fields, where the page could be laid over the one that was sent.
    pub fn crops(self) -> impl Iterator<Item = (FieldName, Vec<u8>)> {
        self.pages.into_iter().flat_map(|paper| {
            let crops = paper.pictured.into_iter().zip(paper.seen.pictures);
            crops.filter(|(_, png)| !png.0.is_empty()).map(|(field, png)| (field, png.0))
        })
    }
}

impl PaperPage {
    fn lies_well(&self) -> bool {
        let trusted = if self.is_form() { TRUSTED } else { TRUSTED_WHOLE };
        self.seen.laid.is_some_and(|laid| laid.trust >= trusted && laid.error_mm <= NEAR_MM)
    }

    fn is_form(&self) -> bool {
        !self.boxes.is_empty() || !self.fields.is_empty()
    }

    /// Says that there is ink outside the fields, which may be a condition or a correction.
    fn written_beside(&self) -> Option<Finding> {
        let places = self.seen.beside.iter().filter(|_| self.lies_well());
        let largest = places.max_by(|a, b| (a.width() * a.height()).total_cmp(&(b.width() * b.height())))?;
        let places = match self.seen.beside.len() {
            1 => String::new(),
            many => format!("{many} places, the largest "),
        };
        let detail = format!("{places}{:.0} × {:.0} mm", largest.width() / MM, largest.height() / MM);
        let spot = Spot::on(self.page, Some(self.sent_page), Some(*largest));
        Some(Finding::new(Code::WrittenBeside).at(spot).detail(detail))
    }
}

/// How a picture lies, in words.
fn measured(laid: &SheetLaid) -> String {
    format!(
        "{:.0} dpi, turned by {:.1}°, {:.0} % of the page within 0.35 mm, error {:.2} mm",
        laid.dpi,
        laid.turn,
        laid.trust * 100.0,
        laid.error_mm
    )
}

/// What is wrong with a picture, in words.
fn in_words(trouble: &Trouble) -> String {
    match trouble {
        Trouble::Coarse { dpi } => format!("only {dpi:.0} dots to the inch, and 150 or more are wanted"),
        Trouble::Blurred { edge_mm } => format!("it is out of focus: edges are {edge_mm:.1} mm wide"),
        Trouble::CutOff { part } => format!("{:.0} % of the page lies outside the picture", part * 100.0),
        Trouble::Stretched { by } => format!("it is {by:.2} times as wide as it should be for its height"),
        Trouble::Skewed { degrees } => format!("its sides meet at {:.0}° instead of 90°", 90.0 + degrees),
        Trouble::Streaks { number: 1 } => "a streak runs along the whole picture".to_owned(),
        Trouble::Streaks { number } => format!("{number} streaks run along the whole picture"),
    }
}
