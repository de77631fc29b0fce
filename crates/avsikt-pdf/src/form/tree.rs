//! The fields of an interactive form (ISO 32000-2 12.7).
//!
//! Two walks. The first goes down the tree of `/AcroForm /Fields`, where a node hands its type, value, flags and name to
//! the nodes below it. The second takes the widgets that only a page's `/Annots` knows and climbs from each to its
//! ancestors: merging and extracting pages leaves such widgets, and so does a filler that loses `/AcroForm`.
//!
//! Programs write the same field in different shapes: field and widget in one dictionary or in two, a field with one kid
//! or none. The shape does not show in the result. Nothing is put together that the file keeps apart: two fields with
//! one name stay two.

use std::collections::{HashMap, HashSet};

use lopdf::{Dictionary, Document, Object, ObjectId};

use crate::annot::{self, Annotation};
use crate::facts::{FieldFacts, FieldKind, FieldValue, PdfProblem, WidgetFacts};
use crate::file::open;
use crate::form::appearance;
use crate::form::rich;
use crate::form::value;
use crate::ledger::Ledger;

/// `/Ff` bit 17: a push button (ISO 32000-2 table 229).
const PUSH_BUTTON: u32 = 1 << 16;
/// `/F` bits 2 and 6: Hidden and NoView (ISO 32000-2 table 167).
const HIDDEN: i64 = 1 << 1 | 1 << 5;

/// The fields, and what they are signed with.
#[derive(Debug, Default)]
pub struct Form<'a> {
    pub fields: Vec<FieldFacts>,
    /// One for each field whose value is a signature, in their order.
    pub signatures: Vec<Signed<'a>>,
}

/// A signature dictionary that a field leads to.
#[derive(Debug)]
pub struct Signed<'a> {
    /// The field's name.
    pub field: String,
    /// The dictionary's object; `None` where it is no object of its own.
    pub id: Option<ObjectId>,
    pub dict: &'a Dictionary,
}

/// Reads every field.
pub fn read<'a>(
    document: &'a Document,
    annotations: &[Annotation<'a>],
    ledger: &mut Ledger<'_>,
) -> Result<Form<'a>, PdfProblem> {
    let mut walk =
        Walk { document, page_of: page_of(annotations), ledger, visited: HashSet::new(), form: Form::default() };
    let form = document.catalog().ok().and_then(|catalog| open::dict_entry(document, catalog, b"AcroForm"));
    if let Some(form) = form {
        for object in open::array_entry(document, form, b"Fields") {
            walk.node(object, &Inherited::default(), 0)?;
        }
    }
    walk.stray_widgets(annotations)?;
    Ok(walk.form)
}

/// The first page whose `/Annots` names a widget. `/P` is not asked: it is optional, and wrong after merging.
fn page_of(annotations: &[Annotation<'_>]) -> HashMap<ObjectId, usize> {
    let mut pages = HashMap::new();
    for annotation in annotations {
        if let Some(id) = annotation.id {
            pages.entry(id).or_insert(annotation.page);
        }
    }
    pages
}

/// What a node gets from the nodes above it (ISO 32000-2 table 226).
#[derive(Clone, Default)]
struct Inherited<'a> {
    name: String,
    kind: Option<&'a [u8]>,
    value: Option<&'a Object>,
    /// The object that the value is.
    value_id: Option<ObjectId>,
    rich: Option<&'a Object>,
    flags: Option<u32>,
}

struct Walk<'a, 'w, 'l> {
    document: &'a Document,
    ledger: &'w mut Ledger<'l>,
    page_of: HashMap<ObjectId, usize>,
    visited: HashSet<ObjectId>,
    form: Form<'a>,
}

impl<'a> Walk<'a, '_, '_> {
    /// Reads a field of the tree and the fields below it.
    fn node(&mut self, object: &'a Object, above: &Inherited<'a>, depth: usize) -> Result<(), PdfProblem> {
        let Some((id, dict)) = self.enter(object)? else {
            return Ok(());
        };
        if depth > self.ledger.limits.depth {
            return Err(PdfProblem::TooLarge("its field tree is nested too deeply".into()));
        }
        let here = self.inherit(dict, above)?;
        let (fields, widgets) = self.split_kids(dict);
        let mut of_field = Vec::new();
        if self.is_widget(dict) {
            of_field.push(self.widget(id, dict, &here)?);
        }
        for widget in widgets {
            if let Some((id, kid)) = self.enter(widget)? {
                self.note_own_value(kid, &here);
                of_field.push(self.widget(id, kid, &here)?);
            }
        }
        // A node that has fields below it is a folder, unless it has widgets of its own as well.
        if fields.is_empty() || !of_field.is_empty() {
            let field = self.field(&here, of_field, true)?;
            self.form.fields.push(field);
        }
        for field in fields {
            self.node(field, &here, depth + 1)?;
        }
        Ok(())
    }

    /// A dictionary that was not met before.
    fn enter(&mut self, object: &'a Object) -> Result<Option<(Option<ObjectId>, &'a Dictionary)>, PdfProblem> {
        let Ok((id, object)) = self.document.dereference(object) else {
            return Ok(None);
        };
        let Ok(dict) = object.as_dict() else {
            return Ok(None);
        };
        if let Some(id) = id
            && !self.visited.insert(id)
        {
            // Readers differ about which of the two counts, and some go round in circles.
            self.ledger.contradict("the field tree names an object twice", None);
            return Ok(None);
        }
        self.ledger.count_field()?;
        Ok(Some((id, dict)))
    }

    /// A node's own entries over those from above.
    fn inherit(&mut self, dict: &'a Dictionary, above: &Inherited<'a>) -> Result<Inherited<'a>, PdfProblem> {
        let own = |key: &[u8]| open::entry(self.document, dict, key);
        let kind = own(b"FT").and_then(|kind| kind.as_name().ok());
        let flags = own(b"Ff").and_then(|flags| flags.as_i64().ok());
        let value = own(b"V");
        let value_id = dict.get(b"V").ok().and_then(|value| self.document.dereference(value).ok()?.0);
        let rich = own(b"RV");
        let partial = match own(b"T").and_then(|name| name.as_str().ok()) {
            Some(bytes) => self.ledger.text(bytes)?.text,
            None => String::new(),
        };
        self.ledger.spend(above.name.len())?;
        let name = match (above.name.is_empty(), partial.is_empty()) {
            (true, _) => partial,
            (_, true) => above.name.clone(),
            _ => format!("{}.{partial}", above.name),
        };
        Ok(Inherited {
            name,
            kind: kind.or(above.kind),
            value: value.or(above.value),
            value_id: if value.is_some() { value_id } else { above.value_id },
            rich: rich.or(above.rich),
            // Bits above 32 have no meaning; a negative number is how some programs write bit 32.
            flags: flags.map(|flags| flags as u32).or(above.flags),
        })
    }

    /// `/Kids` of a field: fields have a partial name or kids of their own, and the rest are widgets.
    fn split_kids(&self, dict: &'a Dictionary) -> (Vec<&'a Object>, Vec<&'a Object>) {
        open::array_entry(self.document, dict, b"Kids").iter().partition(|kid| {
            open::resolve(self.document, kid)
                .and_then(|kid| kid.as_dict().ok())
                .is_some_and(|kid| kid.has(b"T") || kid.has(b"Kids"))
        })
    }

    /// Whether a field is merged with its only widget; some programs leave `/Subtype` out.
    fn is_widget(&self, dict: &Dictionary) -> bool {
        match open::entry(self.document, dict, b"Subtype") {
            Some(subtype) => subtype.as_name().is_ok_and(|name| name == b"Widget"),
            None => dict.has(b"Rect") && !dict.has(b"Kids"),
        }
    }

    /// A value belongs to the field; on a widget alone readers disagree about what it means.
    fn note_own_value(&mut self, widget: &'a Dictionary, field: &Inherited<'a>) {
        let own = open::entry(self.document, widget, b"V");
        // pypdf repeats a box's state as its value; the two agree, so nobody can read them apart.
        let repeats_state = own == open::entry(self.document, widget, b"AS");
        if own.is_some() && own != field.value && !repeats_state {
            let name = &field.name;
            self.ledger.contradict(format!("a widget of the field `{name}` has a value of its own"), Some(name));
        }
    }

    fn field(
        &mut self,
        here: &Inherited<'a>,
        widgets: Vec<WidgetFacts>,
        in_tree: bool,
    ) -> Result<FieldFacts, PdfProblem> {
        let kind = kind(here);
        let value = value::read(self.document, here.value, kind, &here.name, self.ledger)?;
        if let (FieldValue::Signature, Some(Object::Dictionary(dict))) = (&value, here.value) {
            self.form.signatures.push(Signed { field: here.name.clone(), id: here.value_id, dict });
        }
        Ok(FieldFacts {
            value,
            rich: here.rich.map(|rich| rich::read(rich, self.ledger)).transpose()?,
            name: here.name.clone(),
            kind,
            flags: here.flags.unwrap_or(0),
            widgets,
            in_tree,
        })
    }

    fn widget(
        &mut self,
        id: Option<ObjectId>,
        dict: &'a Dictionary,
        field: &Inherited<'a>,
    ) -> Result<WidgetFacts, PdfProblem> {
        let own = |key: &[u8]| open::entry(self.document, dict, key);
        let normal =
            open::dict_entry(self.document, dict, b"AP").and_then(|looks| open::entry(self.document, looks, b"N"));
        let flags = own(b"F").and_then(|flags| flags.as_i64().ok()).unwrap_or(0);
        let rect = annot::rect(self.document, own(b"Rect"));
        let state = own(b"AS").and_then(|state| state.as_name().ok());
        Ok(WidgetFacts {
            page: id.and_then(|id| self.page_of.get(&id).copied()),
            rect,
            state: state.map(|state| self.ledger.name(state)).transpose()?,
            on_states: match (kind(field), normal) {
                (FieldKind::Button, Some(Object::Dictionary(states))) => self.on_states(states)?,
                _ => Vec::new(),
            },
            painted: match (kind(field), normal) {
                (FieldKind::Button, Some(Object::Dictionary(states))) => self.painted(states)?,
                _ => Vec::new(),
            },
            appearance: normal.is_some_and(|normal| self.draws(normal)),
            layered: dict.has(b"OC") || normal.is_some_and(|normal| self.layered(normal)),
            hidden: flags & HIDDEN != 0,
        })
    }

    fn on_states(&mut self, states: &Dictionary) -> Result<Vec<String>, PdfProblem> {
        let names = states.iter().map(|(name, _)| name.as_slice());
        let mut on =
            names.filter(|name| *name != b"Off").map(|name| self.ledger.name(name)).collect::<Result<Vec<_>, _>>()?;
        on.sort_unstable();
        Ok(on)
    }

    fn painted(&mut self, states: &Dictionary) -> Result<Vec<String>, PdfProblem> {
        let painting = states.iter().filter(|(_, appearance)| appearance::paints(self.document, appearance));
        let mut painted = painting.map(|(name, _)| self.ledger.name(name.as_slice())).collect::<Result<Vec<_>, _>>()?;
        painted.sort_unstable();
        Ok(painted)
    }

    /// A stream draws something, and so does a dictionary with a stream for one of its states.
    fn draws(&self, normal: &Object) -> bool {
        match normal {
            Object::Stream(_) => true,
            Object::Dictionary(states) => states
                .iter()
                .any(|(_, state)| open::resolve(self.document, state).is_some_and(|state| state.as_stream().is_ok())),
            _ => false,
        }
    }

    /// Whether an appearance, or that of one of its states, belongs to optional content.
    fn layered(&self, normal: &Object) -> bool {
        match normal {
            Object::Stream(stream) => stream.dict.has(b"OC"),
            Object::Dictionary(states) => states
                .iter()
                .filter_map(|(_, state)| open::resolve(self.document, state)?.as_stream().ok())
                .any(|state| state.dict.has(b"OC")),
            _ => false,
        }
    }

    /// Reads the widgets that the tree did not reach. Those with a common parent are one field.
    fn stray_widgets(&mut self, annotations: &[Annotation<'a>]) -> Result<(), PdfProblem> {
        let mut field_of: HashMap<ObjectId, usize> = HashMap::new();
        for stray in annotations {
            let known = stray.id.is_some_and(|id| self.visited.contains(&id));
            if known || stray.subtype(self.document) != b"Widget" {
                continue;
            }
            self.ledger.count_field()?;
            if let Some(id) = stray.id {
                self.visited.insert(id);
            }
            let parent = parent_id(stray.dict).filter(|_| !stray.dict.has(b"T"));
            let here = self.climb(stray.dict)?;
            let mut widget = self.widget(stray.id, stray.dict, &here)?;
            widget.page = Some(stray.page);
            if let Some(&field) = parent.and_then(|parent| field_of.get(&parent)) {
                self.form.fields[field].widgets.push(widget);
                continue;
            }
            if let Some(parent) = parent {
                field_of.insert(parent, self.form.fields.len());
            }
            let field = self.field(&here, vec![widget], false)?;
            self.form.fields.push(field);
        }
        Ok(())
    }

    /// What a stray widget has of its own and from its `/Parent` chain.
    fn climb(&mut self, widget: &'a Dictionary) -> Result<Inherited<'a>, PdfProblem> {
        let mut chain = vec![widget];
        let mut met = HashSet::new();
        let mut next = parent_id(widget);
        while let Some(id) = next.filter(|id| met.insert(*id)) {
            if chain.len() > self.ledger.limits.depth {
                return Err(PdfProblem::TooLarge("its field tree is nested too deeply".into()));
            }
            let Ok(dict) = self.document.get_dictionary(id) else {
                break;
            };
            chain.push(dict);
            next = parent_id(dict);
        }
        let mut here = Inherited::default();
        for dict in chain.into_iter().rev() {
            here = self.inherit(dict, &here)?;
        }
        Ok(here)
    }
}

fn parent_id(dict: &Dictionary) -> Option<ObjectId> {
    dict.get(b"Parent").and_then(Object::as_reference).ok()
}

fn kind(field: &Inherited<'_>) -> FieldKind {
    match field.kind {
        Some(b"Btn") if field.flags.unwrap_or(0) & PUSH_BUTTON != 0 => FieldKind::PushButton,
        Some(b"Btn") => FieldKind::Button,
        Some(b"Tx") => FieldKind::Text,
        Some(b"Ch") => FieldKind::Choice,
        Some(b"Sig") => FieldKind::Signature,
        _ => FieldKind::Unknown,
    }
}

#[cfg(test)]
#[path = "tree_tests.rs"]
mod tests;
