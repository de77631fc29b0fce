//! The annotations that the pages name (ISO 32000-2 12.5).
//!
//! One walk over every page's `/Annots` serves two readers: `form` learns which page a widget is on and which widgets the
//! field tree does not know, and `AnnotationFacts` tell what was laid over the pages.

use lopdf::{Dictionary, Document, Object, ObjectId};

use crate::geometry::Rect;

use crate::facts::{AnnotationFacts, PdfProblem};
use crate::file::open::{self, Page};
use crate::ledger::Ledger;

/// An entry of a page's `/Annots`.
#[derive(Debug, Clone, Copy)]
pub struct Annotation<'a> {
    pub page: usize,
    /// `None` for a dictionary that stands in the array itself.
    pub id: Option<ObjectId>,
    pub dict: &'a Dictionary,
}

/// Every annotation, in page order.
pub fn of_pages<'a>(
    document: &'a Document,
    pages: &[Page<'a>],
    ledger: &Ledger<'_>,
) -> Result<Vec<Annotation<'a>>, PdfProblem> {
    let limit = ledger.limits.fields + ledger.limits.annotations;
    let mut annotations = Vec::new();
    for (page, leaf) in pages.iter().enumerate() {
        for object in open::array_entry(document, leaf.dict, b"Annots") {
            let Ok((id, object)) = document.dereference(object) else {
                continue;
            };
            let Ok(dict) = object.as_dict() else {
                continue;
            };
            if annotations.len() == limit {
                return Err(PdfProblem::TooLarge(format!("over {limit} annotations")));
            }
            annotations.push(Annotation { page, id, dict });
        }
    }
    Ok(annotations)
}

impl<'a> Annotation<'a> {
    /// `/Subtype`, empty when there is none.
    pub fn subtype(&self, document: &'a Document) -> &'a [u8] {
        open::entry(document, self.dict, b"Subtype").and_then(|subtype| subtype.as_name().ok()).unwrap_or_default()
    }
}

/// A rectangle of four numbers; `None` for anything else.
pub fn rect(document: &Document, object: Option<&Object>) -> Option<Rect> {
    let corners = object?.as_array().ok()?;
    let mut numbers = [0.0; 4];
    if corners.len() != numbers.len() {
        return None;
    }
    for (number, corner) in numbers.iter_mut().zip(corners) {
        *number = f64::from(open::resolve(document, corner)?.as_float().ok()?);
    }
    // JSON cannot carry infinities, which a number with 40 digits becomes.
    numbers.iter().all(|n| n.is_finite()).then(|| Rect::from(numbers))
}

/// Whether a link draws no frame: without `/Border` and `/BS`, viewers draw one a point wide (ISO 32000-2 12.5.4).
fn border_is_zero(document: &Document, dict: &Dictionary) -> bool {
    let zero = |width: Option<&Object>| width.and_then(|width| width.as_float().ok()) == Some(0.0);
    match open::dict_entry(document, dict, b"BS") {
        Some(style) => zero(open::entry(document, style, b"W")),
        None => zero(open::array_entry(document, dict, b"Border").get(2)),
    }
}

/// What was laid over the pages: everything but widgets (told as fields), links that draw nothing, and the pop-up windows
/// that belong to another annotation.
pub fn facts(
    document: &Document,
    annotations: &[Annotation<'_>],
    ledger: &mut Ledger<'_>,
) -> Result<Vec<AnnotationFacts>, PdfProblem> {
    let mut facts = Vec::new();
    for annotation in annotations {
        let subtype = annotation.subtype(document);
        let invisible = !annotation.dict.has(b"AP") && border_is_zero(document, annotation.dict);
        let plain_link = subtype == b"Link" && invisible;
        let of_another = subtype == b"Popup" && annotation.dict.has(b"Parent") && !annotation.dict.has(b"AP");
        if subtype == b"Widget" || plain_link || of_another {
            continue;
        }
        if facts.len() == ledger.limits.annotations {
            ledger.odd(format!("it has over {} annotations", facts.len()));
            break;
        }
        let contents = open::entry(document, annotation.dict, b"Contents");
        facts.push(AnnotationFacts {
            subtype: ledger.name(subtype)?,
            page: annotation.page,
            rect: rect(document, open::entry(document, annotation.dict, b"Rect")),
            contents: match contents.and_then(|contents| contents.as_str().ok()) {
                Some(bytes) => Some(ledger.text(bytes)?.text),
                None => None,
            },
        });
    }
    Ok(facts)
}
