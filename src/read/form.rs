//! The form layer: what the fields of the form say. `/V` and `/AS` of a choice are two readings.

use unicode_normalization::UnicodeNormalization;

use crate::answer::reading::{Layer, Reading, Seen};
use crate::finding::{Code, Finding};
use crate::manifest::{Sent, SentField, SentKind};
use crate::pdf::facts::{FieldFacts, FieldKind, FieldValue, PdfFacts, RichText, WidgetFacts};

/// How far a widget may stand from where it was sent, in points: more than rounding, less than a box.
pub const TOLERANCE: f64 = 3.0;
/// Longer values were not typed by a person into these fields.
const LONGEST_LINE: usize = 300;
const LONGEST_COMMENT: usize = 10_000;

/// What the layer gives.
pub struct FormLayer {
    pub readings: Vec<Reading>,
    pub findings: Vec<Finding>,
    /// Names of signature fields that hold a digital signature.
    pub signed: Vec<String>,
    /// Whether any of the fields is there: none is after printing, flattening or scanning.
    pub found: bool,
}

/// Reads the fields that were sent; `pages` tells which sent page (from 1) each page of the file is.
pub fn read(facts: &PdfFacts, sent: &Sent, pages: &[Option<usize>]) -> FormLayer {
    let mut layer = FormLayer { readings: Vec::new(), findings: Vec::new(), signed: Vec::new(), found: true };
    let all_gone = sent.fields.iter().all(|field| fields_named(facts, &field.name).is_empty());
    if all_gone {
        layer.found = false;
        return layer;
    }
    for field in &sent.fields {
        layer.read_field(facts, field, pages);
    }
    let known = |name: &str| sent.fields.iter().any(|field| is_called(name, &field.name));
    for field in facts.fields.iter().filter(|field| !known(&field.name)) {
        if field.value == FieldValue::Signature {
            layer.signed(&field.name);
        } else {
            layer
                .findings
                .push(Finding::new(Code::FormChanged).detail(format!("there is a new field `{}`", field.name)));
        }
    }
    layer
}

/// Merging programs put a form under a parent: `form1.avsikt` is still the field `avsikt`.
pub fn is_called(found: &str, name: &str) -> bool {
    found == name || found.rsplit('.').next() == Some(name)
}

fn fields_named<'f>(facts: &'f PdfFacts, name: &str) -> Vec<&'f FieldFacts> {
    facts.fields.iter().filter(|field| is_called(&field.name, name)).collect()
}

impl FormLayer {
    fn changed(&mut self, field: &SentField, what: &str) {
        self.findings.push(Finding::new(Code::FormChanged).detail(format!("`{}` {what}", field.name)));
    }

    fn signed(&mut self, name: &str) {
        self.signed.push(name.to_owned());
        self.findings.push(Finding::new(Code::SignatureNotRead).detail(name));
    }

    fn read_field(&mut self, facts: &PdfFacts, field: &SentField, pages: &[Option<usize>]) {
        let found = fields_named(facts, &field.name);
        if found.is_empty() {
            self.changed(field, "is gone");
            return;
        }
        if found.iter().any(|f| f.value != found[0].value) {
            self.findings.push(Finding::new(Code::DuplicateFields).detail(field.name.as_str()));
        }
        for one in found {
            self.check_widgets(field, one, pages);
            match field.kind {
                SentKind::Choice => self.read_choice(field, one),
                SentKind::Text | SentKind::Multiline => self.read_text(field, one),
                SentKind::Signature if one.value == FieldValue::Signature => self.signed(&one.name),
                SentKind::Signature if one.value != FieldValue::Absent => self.changed(field, "holds no signature"),
                SentKind::Signature => {}
            }
        }
    }

    /// Widgets must stand where they were sent: a box that was moved answers another question.
    fn check_widgets(&mut self, field: &SentField, found: &FieldFacts, pages: &[Option<usize>]) {
        for widget in &found.widgets {
            if widget.hidden {
                self.changed(field, "is hidden");
            }
            let number = widget.page.and_then(|page| pages.get(page).copied().flatten());
            let state = widget.on_states.first();
            let place = field.places.iter().find(|place| match field.kind {
                SentKind::Choice => place.state.as_ref() == state,
                _ => true,
            });
            let Some(place) = place else { continue };
            let near = widget.rect.is_some_and(|rect| rect.near(&place.rect, TOLERANCE));
            if Some(place.page) != number || !near {
                self.changed(field, "does not stand where it was sent");
            }
        }
        if found.widgets.len() < field.places.len() {
            self.changed(field, "has lost a box");
        }
    }

    fn read_choice(&mut self, field: &SentField, found: &FieldFacts) {
        if found.kind != FieldKind::Button {
            self.changed(field, "is no longer a choice");
            return;
        }
        let value = match &found.value {
            FieldValue::Absent => Vec::new(),
            FieldValue::Name(name) => marks([name.as_str()]),
            // pypdf writes the name as a text, slash and all.
            FieldValue::Text { text, doubtful: false } => marks([text.strip_prefix('/').unwrap_or(text)]),
            _ => {
                self.changed(field, "has a value of another kind");
                return;
            }
        };
        // A widget without /AS says nothing: some programs set /V alone, and viewers differ about what is then shown. But
        // a state that is there counts, whatever the other box lacks.
        let told: Vec<&str> = found.widgets.iter().filter_map(|w| w.state.as_deref()).collect();
        let complete = told.len() == found.widgets.len();
        let states = Some(marks(told.iter().copied())).filter(|states| complete || !states.is_empty());
        // A value that no box shows is not what a person sees: viewers go by the state.
        let unshown = states.is_none() && !value.is_empty();
        if unshown || states.as_ref().is_some_and(|states| *states != value) {
            let detail = format!("/V {}, /AS {}", in_words(&value), in_words(states.as_deref().unwrap_or_default()));
            self.findings.push(Finding::new(Code::ValueAndStateDiffer).detail(detail));
        }
        // Boxes that nobody touched say nothing: the answer may stand elsewhere.
        let untouched = value.is_empty() && states.as_ref().is_none_or(Vec::is_empty);
        for marked in [Some(value), states].into_iter().flatten().filter(|_| !untouched) {
            let offered = |mark: &&String| field.places.iter().any(|place| place.state.as_ref() == Some(*mark));
            if let Some(unknown) = marked.iter().find(|mark| !offered(mark)) {
                self.findings.push(Finding::new(Code::ChoiceUnknown).detail(unknown.as_str()));
            }
            self.readings.push(Reading {
                field: field.name.clone(),
                layer: Layer::Form,
                seen: Seen::Marks(marked),
                clear: true,
            });
        }
        self.check_states(field, &found.widgets);
        self.check_appearances(field, &found.widgets);
    }

    /// A marked box must show something and an unmarked one nothing; where a box has no appearance at all, viewers draw it
    /// themselves.
    fn check_appearances(&mut self, field: &SentField, widgets: &[WidgetFacts]) {
        let misleading = widgets.iter().filter(|w| w.appearance).any(|widget| {
            let on = widget.state.as_deref().filter(|state| *state != "Off");
            let shown = on.unwrap_or("Off");
            widget.painted.iter().any(|state| state == shown) != on.is_some()
        });
        if misleading {
            self.changed(field, "shows something else than its state");
        }
    }

    /// Every box must still have the on-state it was sent with: only they tell the boxes apart.
    fn check_states(&mut self, field: &SentField, widgets: &[WidgetFacts]) {
        let offered = |state: &String| field.places.iter().any(|place| place.state.as_ref() == Some(state));
        if widgets.iter().any(|w| w.on_states.len() != 1 || !w.on_states.iter().all(offered)) {
            self.changed(field, "has boxes that were not sent");
        }
    }

    fn read_text(&mut self, field: &SentField, found: &FieldFacts) {
        let (text, doubtful) = match &found.value {
            FieldValue::Absent => (String::new(), false),
            FieldValue::Text { text, doubtful } => (text.nfc().collect::<String>(), *doubtful),
            // Seen from programs that set a text like a box: the name is the text.
            FieldValue::Name(name) => (name.clone(), false),
            FieldValue::Signature | FieldValue::Other(_) => {
                self.changed(field, "has a value of another kind");
                return;
            }
        };
        if found.kind != FieldKind::Text {
            self.changed(field, "is no longer a text field");
        }
        let longest = if field.kind == SentKind::Multiline { LONGEST_COMMENT } else { LONGEST_LINE };
        let suspicious = doubtful || text.chars().count() > longest || text.chars().any(is_suspicious);
        if suspicious {
            self.findings.push(Finding::new(Code::SuspiciousValue).detail(field.name.as_str()));
        }
        let text = text.trim().to_owned();
        if field.read_only && !same_words(&text, field.value.as_deref().unwrap_or_default()) {
            self.findings.push(Finding::new(Code::WrongRecipient));
        }
        if !text.is_empty() {
            self.readings.push(Reading {
                field: field.name.clone(),
                layer: Layer::Form,
                seen: Seen::Text(text.clone()),
                clear: !suspicious,
            });
        }
        if let Some(rich) = &found.rich {
            self.read_rich(field, rich, &text);
        }
    }

    /// Viewers that know rich text show it instead of the value: where the two differ, each is a reading.
    fn read_rich(&mut self, field: &SentField, rich: &RichText, value: &str) {
        let (words, detail) = match rich {
            RichText::Words(words) => (words.nfc().collect::<String>(), field.name.clone()),
            RichText::Unreadable => (value.to_owned(), format!("{}: –", field.name)),
        };
        if *rich != RichText::Unreadable && same_words(&words, value) {
            return;
        }
        self.findings.push(Finding::new(Code::RichTextDiffers).detail(detail));
        if !words.is_empty() {
            self.readings.push(Reading {
                field: field.name.clone(),
                layer: Layer::Form,
                seen: Seen::Text(words),
                clear: false,
            });
        }
    }
}

/// Whether two texts differ in white space alone.
pub fn same_words(a: &str, b: &str) -> bool {
    a.split_whitespace().eq(b.split_whitespace())
}

/// The on-states among some names, sorted, each once.
fn marks<'n>(names: impl IntoIterator<Item = &'n str>) -> Vec<String> {
    let mut marks: Vec<String> =
        names.into_iter().filter(|name| !name.is_empty() && *name != "Off").map(str::to_owned).collect();
    marks.sort();
    marks.dedup();
    marks
}

fn in_words(marks: &[String]) -> String {
    if marks.is_empty() { "–".to_owned() } else { marks.join(", ") }
}

/// Control characters, invisible direction marks (Unicode bidirectional formatting) and stand-ins for undecodable bytes.
pub fn is_suspicious(c: char) -> bool {
    let direction =
        matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{61c}');
    (c.is_control() && c != '\n' && c != '\t') || direction || c == '\u{fffd}'
}
