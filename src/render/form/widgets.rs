//! Turns the links that Typst made into form fields: one pass over the objects of a finished PDF.
//!
//! Typst has no forms, but it gives a link an exact rectangle, a place in the structure tree and a place in the tab order.
//! A link to `avsikt-field:NAME` (or `avsikt-field:NAME/STATE` for a box of a choice) becomes a widget annotation, and
//! its `Link` structure element becomes a `Form` (ISO 32000-2 table 369).
//!
//! The choice is one field of several boxes with different on-states and the radio flag (ISO 32000-2 12.7.5.2.4): without it
//! several programs write another box's state as the value, or none.

use std::collections::HashMap;

use lopdf::{Dictionary, Document, Object, ObjectId, Stream, dictionary, text_string};

use crate::geometry::Rect;
use crate::render::compose::{FieldPlan, PlannedKind};
use crate::render::form::font::{Embedded, FormFont, RESOURCE};

const LINK: &str = "avsikt-field:";
/// Size of typed text in points.
const TEXT_SIZE: f64 = 10.0;
/// How far a text field stands inside its frame, in points.
const INSET: f64 = 1.5;
/// Field flags (ISO 32000-2 tables 227 and 228).
const READ_ONLY: i64 = 1;
const MULTILINE: i64 = 1 << 12;
const RADIO: i64 = 1 << 15;

/// How far into an object its kind is looked for: its number, two brackets and the kind.
const KIND_WITHIN: usize = 48;

/// A widget's place in the finished document.
#[derive(Debug, Clone, PartialEq)]
pub struct Placed {
    pub field: String,
    /// The box's on-state; `None` for fields of one widget.
    pub state: Option<String>,
    /// Page index from 0.
    pub page: usize,
    pub rect: Rect,
}

/// Why the form could not be made: the style left out a field, or drew one twice.
#[derive(Debug, thiserror::Error)]
pub enum FormError {
    #[error("the style does not place the field `{0}`")]
    Missing(String),
    #[error("the style places the field `{0}`, which the form does not have")]
    Unknown(String),
    #[error("the style places the field `{0}` twice")]
    Twice(String),
    #[error("the form stands on pages {first} to {last}, and may take {allowed}")]
    TooManyPages { first: usize, last: usize, allowed: usize },
    #[error(transparent)]
    Pdf(#[from] lopdf::Error),
    #[error("the finished document could not be put together again")]
    Splice,
    #[error("the finished document cannot be read back: {0}")]
    ReadBack(#[from] crate::pdf::facts::PdfProblem),
}

/// A link that is to become a widget.
struct Slot {
    id: ObjectId,
    page: usize,
    page_id: ObjectId,
    rect: Rect,
}

/// Makes the form, and tells where each widget stands.
///
/// # Errors
/// When the links of the document are not those of the plan, or one of them is missing.
pub fn make_form(
    doc: &mut Document,
    plan: &[FieldPlan],
    font: &FormFont,
    embedded: Embedded,
) -> Result<Vec<Placed>, FormError> {
    let mut slots = find_slots(doc)?;
    let mut placed = Vec::new();
    let mut fields = Vec::new();
    for field in plan {
        let mut take = |state: Option<&str>| -> Result<Slot, FormError> {
            let key = slot_name(&field.name, state);
            let slot = slots.remove(&key).ok_or(FormError::Missing(key))?;
            let state = state.map(str::to_owned);
            let rect = if matches!(field.kind, PlannedKind::Text { .. }) { inside(slot.rect) } else { slot.rect };
            placed.push(Placed { field: field.name.clone(), state, page: slot.page, rect });
            Ok(slot)
        };
        let id = match &field.kind {
            PlannedKind::Choice(options) => {
                let slots = options.iter().map(|(state, _)| take(Some(state))).collect::<Result<Vec<_>, _>>()?;
                make_choice(doc, field, options, slots)
            }
            PlannedKind::Text { multiline } => {
                let slot = take(None)?;
                make_text(doc, field, *multiline, &slot, font, embedded)
            }
            PlannedKind::Signature => {
                let slot = take(None)?;
                make_signature(doc, field, &slot)
            }
        };
        fields.push(Object::Reference(id));
    }
    if let Some(name) = slots.into_keys().min() {
        return Err(FormError::Unknown(name));
    }
    let form = dictionary! {
        "Fields" => fields,
        // SignaturesExist (ISO 32000-2 table 225): there is a field to sign.
        "SigFlags" => i64::from(plan.iter().any(|f| f.kind == PlannedKind::Signature)),
        "DA" => appearance_string(),
        "DR" => form_resources(embedded),
    };
    let form = doc.add_object(form);
    let catalog = doc.catalog_mut()?;
    catalog.set("AcroForm", form);
    // `/Suspects false` is the default; poppler 22 takes the explicit one for an error.
    if let Ok(marks) = catalog.get_mut(b"MarkInfo").and_then(Object::as_dict_mut) {
        marks.remove(b"Suspects");
    }
    Ok(placed)
}

/// Whether an object, as Typst writes it, may be one that is changed: all but structure elements, of which only links are.
pub fn may_change(object: &[u8]) -> bool {
    const KIND: &[u8] = b"/Type/StructElem/S/";
    // The kind comes first. An element that is written in another way counts as one that changes.
    let head = object.get(..KIND_WITHIN).unwrap_or(object);
    let kind = head.windows(KIND.len()).position(|window| window == KIND).and_then(|at| object.get(at + KIND.len()..));
    kind.is_none_or(|kind| kind.starts_with(b"Link"))
}

fn slot_name(field: &str, state: Option<&str>) -> String {
    state.map_or_else(|| field.to_owned(), |state| format!("{field}/{state}"))
}

/// Whether the form keeps within the pages that it may take.
///
/// # Errors
/// When it does not.
pub fn keep_within(placed: &[Placed], allowed: usize) -> Result<(), FormError> {
    let first = placed.iter().map(|p| p.page).min().unwrap_or(0);
    let last = placed.iter().map(|p| p.page).max().unwrap_or(0);
    if last - first < allowed {
        Ok(())
    } else {
        Err(FormError::TooManyPages { first: first + 1, last: last + 1, allowed })
    }
}

/// Finds the links and renames their structure elements.
fn find_slots(doc: &mut Document) -> Result<HashMap<String, Slot>, FormError> {
    let mut slots = HashMap::new();
    for (number, page_id) in doc.get_pages() {
        let annotations: Vec<ObjectId> = match doc.get_dictionary(page_id)?.get(b"Annots") {
            Ok(Object::Array(items)) => items.iter().filter_map(|o| o.as_reference().ok()).collect(),
            _ => continue,
        };
        for id in annotations {
            let Some((name, rect)) = field_link(doc.get_dictionary(id)?) else { continue };
            let slot = Slot { id, page: number as usize - 1, page_id, rect };
            if slots.insert(name.clone(), slot).is_some() {
                return Err(FormError::Twice(name));
            }
        }
    }
    let ids: std::collections::HashSet<ObjectId> = slots.values().map(|slot| slot.id).collect();
    for object in doc.objects.values_mut() {
        if let Object::Dictionary(element) = object
            && is_link_of(element, &ids)
        {
            element.set("S", "Form");
        }
    }
    Ok(slots)
}

fn field_link(annotation: &Dictionary) -> Option<(String, Rect)> {
    let uri = annotation.get(b"A").ok()?.as_dict().ok()?.get(b"URI").ok()?.as_str().ok()?;
    let name = std::str::from_utf8(uri).ok()?.strip_prefix(LINK)?;
    let numbers = annotation.get(b"Rect").ok()?.as_array().ok()?;
    let mut rect = [0.0; 4];
    for (place, number) in rect.iter_mut().zip(numbers) {
        *place = f64::from(number.as_float().ok()?);
    }
    Some((name.to_owned(), Rect::from(rect)))
}

/// Whether a structure element is a `Link` that holds one of the annotations.
fn is_link_of(element: &Dictionary, ids: &std::collections::HashSet<ObjectId>) -> bool {
    let is_link = element.get(b"S").and_then(Object::as_name).is_ok_and(|name| name == b"Link");
    let holds = |kid: &Object| {
        let object = kid.as_dict().ok().and_then(|kid| kid.get(b"Obj").ok());
        object.and_then(|object| object.as_reference().ok()).is_some_and(|id| ids.contains(&id))
    };
    is_link
        && match element.get(b"K") {
            Ok(Object::Array(kids)) => kids.iter().any(holds),
            Ok(kid) => holds(kid),
            Err(_) => false,
        }
}

/// What every widget has: the link's place, the page, the Print flag (PDF/A demands it, ISO 19005-2 6.3.2).
fn widget(doc: &Document, slot: &Slot) -> Dictionary {
    let mut widget = dictionary! { "Type" => "Annot", "Subtype" => "Widget", "F" => 4, "P" => slot.page_id };
    if let Ok(link) = doc.get_dictionary(slot.id) {
        for key in [&b"Rect"[..], b"StructParent"] {
            if let Ok(value) = link.get(key) {
                widget.set(key, value.clone());
            }
        }
    }
    widget
}

fn make_choice(doc: &mut Document, plan: &FieldPlan, options: &[(String, String)], slots: Vec<Slot>) -> ObjectId {
    let field_id = doc.new_object_id();
    let mut kids = Vec::new();
    for ((state, tooltip), slot) in options.iter().zip(slots) {
        let on = doc.add_object(form_object(slot.rect, Dictionary::new(), cross(slot.rect)));
        let off = doc.add_object(form_object(slot.rect, Dictionary::new(), String::new()));
        let mut kid = widget(doc, &slot);
        kid.set("Parent", field_id);
        kid.set("TU", text_string(tooltip));
        kid.set("AS", "Off");
        // A cross, for viewers that draw boxes themselves (ISO 32000-2 table 192).
        kid.set("MK", dictionary! { "CA" => Object::string_literal("8") });
        kid.set("AP", dictionary! { "N" => dictionary! { state.as_str() => on, "Off" => off } });
        doc.objects.insert(slot.id, kid.into());
        kids.push(Object::Reference(slot.id));
    }
    let field = dictionary! {
        "FT" => "Btn", "Ff" => RADIO, "T" => text_string(&plan.name), "TU" => text_string(&plan.tooltip), "V" => "Off",
        "Kids" => kids,
    };
    doc.objects.insert(field_id, field.into());
    field_id
}

fn make_text(
    doc: &mut Document,
    plan: &FieldPlan,
    multiline: bool,
    slot: &Slot,
    font: &FormFont,
    embedded: Embedded,
) -> ObjectId {
    let value = plan.value.as_deref().unwrap_or_default();
    let rect = inside(slot.rect);
    let named = FormFont::within_winansi(value);
    let resources =
        dictionary! { "Font" => dictionary! { RESOURCE => if named { embedded.named } else { embedded.full } } };
    let content = if value.is_empty() { "/Tx BMC\nEMC".into() } else { text_content(value, rect, font) };
    let appearance = doc.add_object(form_object(rect, resources, content));
    let flags = if multiline { MULTILINE } else { 0 } | if plan.read_only { READ_ONLY } else { 0 };
    let mut field = widget(doc, slot);
    field.set("Rect", vec![number(rect.x0), number(rect.y0), number(rect.x1), number(rect.y1)]);
    field.set("FT", "Tx");
    field.set("T", text_string(&plan.name));
    field.set("TU", text_string(&plan.tooltip));
    field.set("V", text_string(value));
    field.set("DA", appearance_string());
    field.set("DR", form_resources(embedded));
    field.set("Ff", flags);
    field.set("AP", dictionary! { "N" => appearance });
    doc.objects.insert(slot.id, field.into());
    slot.id
}

/// Text fields stand a little inside their printed frame: several programs set text hard against a widget's edge.
fn inside(frame: Rect) -> Rect {
    Rect { x0: frame.x0 + INSET, y0: frame.y0 + INSET, x1: frame.x1 - INSET, y1: frame.y1 - INSET }
}

/// An unsigned signature field with an empty appearance: some libraries cannot flatten one without.
fn make_signature(doc: &mut Document, plan: &FieldPlan, slot: &Slot) -> ObjectId {
    let appearance = doc.add_object(form_object(slot.rect, Dictionary::new(), String::new()));
    let mut field = widget(doc, slot);
    field.set("FT", "Sig");
    field.set("T", text_string(&plan.name));
    field.set("TU", text_string(&plan.tooltip));
    field.set("AP", dictionary! { "N" => appearance });
    doc.objects.insert(slot.id, field.into());
    slot.id
}

/// What typed text is drawn with: of the form, and again of each text field, since PDF.js takes the first font of its name from
/// the field, the field's appearance and the form, in this order.
fn form_resources(embedded: Embedded) -> Dictionary {
    dictionary! { "Font" => dictionary! { RESOURCE => embedded.full } }
}

fn appearance_string() -> Object {
    Object::string_literal(format!("/{RESOURCE} {TEXT_SIZE} Tf 0 g"))
}

/// A form XObject as large as a widget.
fn form_object(rect: Rect, resources: Dictionary, content: String) -> Stream {
    let dictionary = dictionary! {
        "Type" => "XObject", "Subtype" => "Form", "Resources" => resources,
        "BBox" => vec![0.into(), 0.into(), number(rect.width()), number(rect.height())],
    };
    Stream::new(dictionary, content.into_bytes()).with_compression(false)
}

fn number(value: f64) -> Object {
    #[expect(clippy::cast_possible_truncation, reason = "PDF numbers need no more than a float's digits")]
    Object::Real(((value * 1000.0).round() / 1000.0) as f32)
}

/// A cross from corner to corner, a little inside the box; drawn, so that no font is needed, and as one path: some
/// programs lose what comes after the first.
fn cross(rect: Rect) -> String {
    let (w, h) = (rect.width(), rect.height());
    let (x0, y0, x1, y1) = (w * 0.2, h * 0.2, w * 0.8, h * 0.8);
    format!("q 0 G 1.6 w 1 J {x0:.2} {y0:.2} m {x1:.2} {y1:.2} l {x0:.2} {y1:.2} m {x1:.2} {y0:.2} l S Q")
}

/// One line of text, centred in height (ISO 32000-2 12.7.4.3 tells the markers).
fn text_content(value: &str, rect: Rect, font: &FormFont) -> String {
    let room = rect.width() - 4.0;
    let wanted = font.width(value, TEXT_SIZE);
    let size = if wanted > room { TEXT_SIZE * room / wanted } else { TEXT_SIZE };
    let baseline = (rect.height() - size * 0.7) / 2.0;
    format!("/Tx BMC\nq BT /{RESOURCE} {size:.2} Tf 0 g 2 {baseline:.2} Td {} Tj ET Q\nEMC", font.encode(value))
}
