//! The fields of a form by a second parser, hayro-syntax's: whatever it reads otherwise than lopdf is a contradiction.
//!
//! A file can be made so that readers see different forms in it: a dictionary with one key twice, an object number used
//! again, cross-references that name different objects. No viewer is right then, so a person must look. This walk shares
//! no code with `form` but the decoding of strings; what is compared is each widget's name, value and state. Types, flags
//! and places are not compared: they give no value.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use hayro_syntax::Pdf;
use hayro_syntax::object::{Array, Dict, MaybeRef, Name, ObjRef, Object};

use crate::digest;
use crate::facts::{FieldFacts, FieldValue};
use crate::ledger::Ledger;
use crate::limits::Limits;
use crate::syntax::keys;
use crate::syntax::strings;

/// Fields that are told; a file with more is contradictory enough.
const TOLD: usize = 20;
/// Values longer than this are compared by their digest.
const LONG: usize = 200;
/// What has no business in a field: told elsewhere, and the same for both.
const OTHER: &str = "?";

/// What both readers say, by field name: the value and the state of each widget, sorted.
type Said = BTreeMap<String, Vec<(String, String)>>;

/// Compares the fields that lopdf found with those that hayro finds.
pub fn compare(pdf: &Pdf, fields: &[FieldFacts], ledger: &mut Ledger<'_>) {
    let Some((theirs, doubled)) = fields_of(pdf, ledger.limits) else {
        ledger.contradict("the second reader finds more fields in the form than are read", None);
        return;
    };
    for Doubled { what, field } in doubled.into_iter().take(TOLD) {
        ledger.contradict(format!("a key stands twice in one dictionary of {what}"), field.as_deref());
    }
    let ours = said_by(fields);
    let names: HashSet<&String> = ours.keys().chain(theirs.keys()).collect();
    let mut differing: Vec<&String> = names.into_iter().filter(|name| ours.get(*name) != theirs.get(*name)).collect();
    differing.sort_unstable();
    for name in differing.into_iter().take(TOLD) {
        ledger.contradict(format!("two readers do not read the same in the field `{name}`"), Some(name));
    }
}

fn said_by(fields: &[FieldFacts]) -> Said {
    let mut said = Said::new();
    for field in fields {
        let value = match &field.value {
            FieldValue::Absent => String::new(),
            FieldValue::Name(name) => short(format!("/{name}")),
            FieldValue::Text { text, .. } => short(format!("({}", spaced(text))),
            FieldValue::Signature | FieldValue::TooLong | FieldValue::Other(_) => OTHER.to_owned(),
        };
        let of_name = said.entry(field.name.clone()).or_default();
        let states = field.widgets.iter().map(|widget| widget.state.clone().unwrap_or_default());
        of_name.extend(states.map(|state| (value.clone(), state)));
        if field.widgets.is_empty() {
            of_name.push((value, String::new()));
        }
    }
    sorted(said)
}

fn sorted(mut said: Said) -> Said {
    said.values_mut().for_each(|widgets| widgets.sort_unstable());
    said
}

/// Parsers differ about line ends inside strings, and nobody sees the difference.
fn spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn short(value: String) -> String {
    if value.len() > LONG { digest::sha256(value.as_bytes()) } else { value }
}

/// The fields of a file, and what has a dictionary with a key twice; `None` when there are more, or larger ones, than the limits allow.
fn fields_of(pdf: &Pdf, limits: &Limits) -> Option<(Said, BTreeSet<Doubled>)> {
    let mut walk = Walk {
        pdf,
        depth: limits.depth,
        nodes_left: limits.fields,
        text_left: limits.text_bytes,
        visited: HashSet::new(),
        said: Said::new(),
        doubled: BTreeSet::new(),
    };
    let catalog: Option<Dict<'_>> = pdf.xref().get(pdf.xref().root_id());
    let form: Option<Dict<'_>> = catalog.as_ref().and_then(|catalog| catalog.get("AcroForm"));
    walk.check([catalog.as_ref(), form.as_ref()], || Doubled { what: "the form".into(), field: None });
    if let Some(fields) = form.and_then(|form| form.get::<Array<'_>>("Fields")) {
        for item in fields.raw_iter() {
            walk.node(item, &Above::default(), 0)?;
        }
    }
    walk.strays()?;
    Some((sorted(walk.said), walk.doubled))
}

/// Something with a dictionary that has a key twice.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Doubled {
    /// In plain English.
    what: String,
    /// The field that it is, by its name.
    field: Option<String>,
}

/// What a node gets from those above it.
#[derive(Clone, Default)]
struct Above {
    name: String,
    value: Option<String>,
}

struct Walk<'a> {
    pdf: &'a Pdf,
    depth: usize,
    nodes_left: usize,
    text_left: usize,
    visited: HashSet<ObjRef>,
    said: Said,
    doubled: BTreeSet<Doubled>,
}

impl<'a> Walk<'a> {
    /// Reads a field of the tree and those below it.
    fn node(&mut self, item: MaybeRef<Object<'a>>, above: &Above, depth: usize) -> Option<()> {
        if depth > self.depth {
            return None;
        }
        let Some(dict) = self.enter(item)? else { return Some(()) };
        let here = self.inherit(&dict, above)?;
        self.check_looks(&dict, &here);
        let kids = dict.get::<Array<'_>>("Kids");
        let (mut fields, mut widgets) = (Vec::new(), Vec::new());
        for kid in kids.iter().flat_map(Array::raw_iter) {
            let is_field = self.dict(&kid).is_some_and(|kid| kid.contains_key("T") || kid.contains_key("Kids"));
            if is_field { fields.push(kid) } else { widgets.push(kid) }
        }
        let mut any = false;
        let merged = match dict.get::<Object<'_>>("Subtype") {
            Some(Object::Name(subtype)) => *subtype == *b"Widget",
            Some(_) => false,
            None => dict.contains_key("Rect") && kids.is_none(),
        };
        if merged {
            any = true;
            self.say(&here, state(&dict))?;
        }
        for widget in widgets {
            if let Some(widget) = self.enter(widget)? {
                any = true;
                self.check_looks(&widget, &here);
                self.say(&here, state(&widget))?;
            }
        }
        if !any && fields.is_empty() {
            self.say(&here, String::new())?;
        }
        for field in fields {
            self.node(field, &here, depth + 1)?;
        }
        Some(())
    }

    /// Reads the widgets that only a page names.
    fn strays(&mut self) -> Option<()> {
        for (at, page) in self.pdf.pages().iter().enumerate() {
            self.check([Some(page.raw())], || Doubled { what: format!("page {}", at + 1), field: None });
            let Some(annotations) = page.raw().get::<Array<'_>>("Annots") else { continue };
            for item in annotations.raw_iter() {
                let Some(dict) = self.dict(&item) else { continue };
                let is_widget = dict.get::<Name<'_>>("Subtype").is_some_and(|subtype| *subtype == *b"Widget");
                if !is_widget || self.enter(item)?.is_none() {
                    continue;
                }
                let here = self.climb(&dict)?;
                self.check_looks(&dict, &here);
                self.say(&here, state(&dict))?;
            }
        }
        Some(())
    }

    /// What a widget has of its own and from its `/Parent` chain.
    fn climb(&mut self, widget: &Dict<'a>) -> Option<Above> {
        let mut chain = vec![widget.clone()];
        let mut met = HashSet::new();
        let mut next = widget.get_ref("Parent");
        while let Some(parent) = next.filter(|parent| met.insert(*parent)) {
            if chain.len() > self.depth {
                return None;
            }
            let Some(dict) = self.pdf.xref().get::<Dict<'_>>(parent.into()) else { break };
            next = dict.get_ref("Parent");
            chain.push(dict);
        }
        let mut here = Above::default();
        for dict in chain.iter().rev() {
            here = self.inherit(dict, &here)?;
        }
        Some(here)
    }

    /// A dictionary that was not met before.
    fn enter(&mut self, item: MaybeRef<Object<'a>>) -> Option<Option<Dict<'a>>> {
        let Some(dict) = self.dict(&item) else { return Some(None) };
        if item.as_obj_ref().is_some_and(|reference| !self.visited.insert(reference)) {
            return Some(None);
        }
        self.nodes_left = self.nodes_left.checked_sub(1)?;
        Some(Some(dict))
    }

    fn dict(&self, item: &MaybeRef<Object<'a>>) -> Option<Dict<'a>> {
        match item {
            MaybeRef::Ref(reference) => self.pdf.xref().get::<Dict<'_>>((*reference).into()),
            MaybeRef::NotRef(Object::Dict(dict)) => Some(dict.clone()),
            MaybeRef::NotRef(_) => None,
        }
    }

    fn inherit(&mut self, dict: &Dict<'a>, above: &Above) -> Option<Above> {
        let partial = match dict.get::<Object<'_>>("T") {
            Some(Object::String(bytes)) => self.text(bytes.as_bytes())?,
            _ => String::new(),
        };
        self.spend(above.name.len())?;
        let name = match (above.name.is_empty(), partial.is_empty()) {
            (true, _) => partial,
            (_, true) => above.name.clone(),
            _ => format!("{}.{partial}", above.name),
        };
        let value = self.value(dict)?.or_else(|| above.value.clone());
        Some(Above { name, value })
    }

    /// A node's own value.
    fn value(&mut self, dict: &Dict<'a>) -> Option<Option<String>> {
        Some(match dict.get::<Object<'_>>("V") {
            None | Some(Object::Null(_)) => None,
            Some(Object::Name(name)) => Some(short(format!("/{}", strings::decode_name(&name)))),
            Some(Object::String(bytes)) => Some(short(format!("({}", spaced(&self.text(bytes.as_bytes())?)))),
            Some(Object::Stream(stream)) => Some(match stream.decoded() {
                Ok(bytes) => short(format!("({}", spaced(&self.text(&bytes)?))),
                Err(_) => OTHER.to_owned(),
            }),
            Some(_) => Some(OTHER.to_owned()),
        })
    }

    fn text(&mut self, bytes: &[u8]) -> Option<String> {
        self.spend(bytes.len())?;
        Some(strings::decode(bytes).text)
    }

    fn spend(&mut self, bytes: usize) -> Option<()> {
        self.text_left = self.text_left.checked_sub(bytes)?;
        Some(())
    }

    /// Looks for doubled keys in a field or widget and what it draws with.
    fn check_looks(&mut self, dict: &Dict<'a>, here: &Above) {
        let looks = dict.get::<Dict<'_>>("AP");
        let normal = looks.as_ref().and_then(|looks| looks.get::<Dict<'_>>("N"));
        let field = || Doubled { what: format!("the field `{}`", here.name), field: Some(here.name.clone()) };
        self.check([Some(dict), looks.as_ref(), normal.as_ref()], field);
    }

    fn check<const N: usize>(&mut self, dicts: [Option<&Dict<'a>>; N], what: impl Fn() -> Doubled) {
        if self.doubled.len() < TOLD && dicts.into_iter().flatten().any(keys::doubled) {
            self.doubled.insert(what());
        }
    }

    fn say(&mut self, here: &Above, state: String) -> Option<()> {
        self.spend(here.name.len() + state.len())?;
        let value = here.value.clone().unwrap_or_default();
        self.said.entry(here.name.clone()).or_default().push((value, state));
        Some(())
    }
}

/// `/AS` of a widget.
fn state(dict: &Dict<'_>) -> String {
    dict.get::<Name<'_>>("AS").map(|state| strings::decode_name(&state)).unwrap_or_default()
}

#[cfg(test)]
#[path = "second_reader_tests.rs"]
mod tests;
