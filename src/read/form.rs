//! The form layer: what the fields of the form say. `/V` and `/AS` of a choice are two readings.

use unicode_normalization::UnicodeNormalization;

use crate::answer::reading::{Doubt, Layer, Reading, Seen};
use crate::finding::{Code, Finding};
use crate::ids::ReturnedPage;
use crate::manifest::{Sent, SentField, SentKind};
use crate::pages::PageMap;
use crate::pdf::facts::{FieldFacts, FieldKind, FieldValue, PdfFacts, RichText};
use crate::spot::Spot;

/// How far a widget may stand from where it was sent, in points: more than rounding, less than a box.
pub const TOLERANCE: f64 = 3.0;
/// Longer values were not typed by a person into these fields.
const LONGEST_LINE: usize = 300;
const LONGEST_COMMENT: usize = 10_000;

/// What the layer gives.
#[derive(Debug, Default)]
pub struct FormLayer {
    pub readings: Vec<Reading>,
    pub findings: Vec<Finding>,
    /// Names of signature fields that hold a digital signature.
    pub signed: Vec<String>,
    /// Whether any of the fields stands on a page: none does after printing, flattening or scanning.
    pub found: bool,
}

/// Reads the fields that were sent.
pub fn read(facts: &PdfFacts, sent: &Sent, pages: &PageMap) -> FormLayer {
    let mut layer = FormLayer::default();
    let named = |field: &SentField| fields_named(facts, &field.name);
    layer.found = sent.fields.iter().flat_map(named).any(on_a_page);
    for field in &sent.fields {
        if layer.found {
            layer.read_field(facts, field, pages);
        } else {
            layer.read_left_over(facts, field);
        }
    }
    let known = |name: &str| sent.fields.iter().any(|field| is_called(name, &field.name));
    for field in facts.fields.iter().filter(|field| !known(&field.name)) {
        if field.value == FieldValue::Signature {
            layer.signed(&field.name);
        } else if layer.found || on_a_page(field) {
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

/// Whether a page shows one of the field's widgets. What flattening programs leave in `/Fields` has none.
pub fn on_a_page(field: &FieldFacts) -> bool {
    field.widgets.iter().any(|widget| widget.page.is_some())
}

fn fields_named<'f>(facts: &'f PdfFacts, name: &str) -> Vec<&'f FieldFacts> {
    facts.fields.iter().filter(|field| is_called(&field.name, name)).collect()
}

/// Where the field was sent, on the page that its widget is on.
fn spot(field: &SentField, found: &FieldFacts, pages: &PageMap) -> Spot {
    let page = found.widgets.iter().find_map(|widget| widget.page).map(ReturnedPage::at);
    let place = field.places.first();
    Spot {
        page,
        sent_page: page.and_then(|page| pages.sent(page)),
        rect: place.filter(|place| page.and_then(|page| pages.sent(page)) == Some(place.page)).map(|place| place.rect),
    }
}

/// A field that was sent, as it was found.
struct Found<'f> {
    field: &'f SentField,
    facts: &'f FieldFacts,
    spot: Spot,
}

impl Found<'_> {
    fn reading(&self, seen: Seen) -> Reading {
        Reading::new(Layer::Form, &self.field.name, self.spot, seen)
    }

    fn finding(&self, code: Code) -> Finding {
        Finding::new(code).of(&self.field.name).at(self.spot)
    }
}

impl FormLayer {
    fn changed(&mut self, field: &SentField, spot: Spot, what: &str) {
        let finding = Finding::new(Code::FormChanged).of(&field.name).at(spot);
        self.findings.push(finding.detail(format!("`{}` {what}", field.name)));
    }

    fn signed(&mut self, name: &str) {
        self.signed.push(name.to_owned());
    }

    fn read_field(&mut self, facts: &PdfFacts, field: &SentField, pages: &PageMap) {
        let found = fields_named(facts, &field.name);
        let Some(first) = found.first() else {
            self.changed(field, Spot::default(), "is gone");
            return;
        };
        if found.iter().any(|f| f.value != first.value) {
            let finding = Finding::new(Code::DuplicateFields).of(&field.name).at(spot(field, first, pages));
            self.findings.push(finding.detail(field.name.as_str()));
        }
        for one in &found {
            let found = Found { field, facts: one, spot: spot(field, one, pages) };
            self.check_widgets(&found, pages);
            match field.kind {
                SentKind::Choice => self.read_choice(&found),
                SentKind::Text | SentKind::Multiline => self.read_text(&found),
                SentKind::Signature if one.value == FieldValue::Signature => self.signed(&one.name),
                SentKind::Signature if one.value != FieldValue::Absent => {
                    self.changed(field, found.spot, "holds no signature");
                }
                SentKind::Signature => {}
            }
        }
    }

    /// A flattened form whose fields still stand in the file, on no page: what they hold is no more than another voice.
    fn read_left_over(&mut self, facts: &PdfFacts, field: &SentField) {
        for facts in fields_named(facts, &field.name) {
            let found = Found { field, facts, spot: Spot::default() };
            match (field.kind, value_marks(&facts.value)) {
                (SentKind::Choice, Some(marks)) if !marks.is_empty() => {
                    self.readings.push(found.reading(Seen::Marks(marks)).raw("/V, on no page"));
                }
                (SentKind::Text | SentKind::Multiline, _) => {
                    if let Some((text, doubtful)) = value_text(&facts.value).filter(|(text, _)| !text.trim().is_empty())
                    {
                        let doubt = doubtful.then_some(Doubt::Suspicious);
                        let reading = found.reading(Seen::Text(text.trim().to_owned())).doubted(doubt);
                        self.readings.push(reading.raw("/V, on no page"));
                    }
                }
                (SentKind::Signature, _) if facts.value == FieldValue::Signature => self.signed(&facts.name),
                _ => {}
            }
        }
    }

    /// Widgets must stand where they were sent: a box that was moved answers another question.
    fn check_widgets(&mut self, found: &Found<'_>, pages: &PageMap) {
        let field = found.field;
        for widget in &found.facts.widgets {
            if widget.hidden {
                self.changed(field, found.spot, "is hidden");
            }
            if widget.layered {
                self.changed(field, found.spot, "belongs to a layer, which may be hidden");
            }
            let sent_page = widget.page.and_then(|page| pages.sent(ReturnedPage::at(page)));
            let state = widget.on_states.first();
            let place = field.places.iter().find(|place| match field.kind {
                SentKind::Choice => place.state.as_ref() == state,
                _ => true,
            });
            let Some(place) = place else { continue };
            let page = widget.page.map(ReturnedPage::at);
            let near =
                page.zip(widget.rect).is_some_and(|(page, rect)| pages.rect(page, rect).near(&place.rect, TOLERANCE));
            if Some(place.page) != sent_page || !near {
                self.changed(field, found.spot, "does not stand where it was sent");
            }
        }
        if found.facts.widgets.len() < field.places.len() {
            self.changed(field, found.spot, "has lost a box");
        }
    }

    fn read_choice(&mut self, found: &Found<'_>) {
        let (field, facts) = (found.field, found.facts);
        if facts.kind != FieldKind::Button {
            self.changed(field, found.spot, "is no longer a choice");
            return;
        }
        let Some(value) = value_marks(&facts.value) else {
            self.changed(field, found.spot, "has a value of another kind");
            return;
        };
        // A widget without /AS says nothing: some programs set /V alone, and viewers differ about what is then shown. But
        // a state that is there counts, whatever the other box lacks.
        let told: Vec<&str> = facts.widgets.iter().filter_map(|w| w.state.as_deref()).collect();
        let complete = told.len() == facts.widgets.len();
        let states = Some(marks(told.iter().copied())).filter(|states| complete || !states.is_empty());
        // A value that no box shows is not what a person sees: viewers go by the state.
        let unshown = states.is_none() && !value.is_empty();
        if unshown || states.as_ref().is_some_and(|states| *states != value) {
            let detail = format!("/V {}, /AS {}", in_words(&value), in_words(states.as_deref().unwrap_or_default()));
            self.findings.push(found.finding(Code::ValueAndStateDiffer).detail(detail));
        }
        // Boxes that nobody touched say nothing: the answer may stand elsewhere.
        let untouched = value.is_empty() && states.as_ref().is_none_or(Vec::is_empty);
        if untouched {
            self.readings.push(found.reading(Seen::Untouched));
        }
        let voices = [("/V", Some(value)), ("/AS", states)];
        for (key, marked) in voices.into_iter().filter(|_| !untouched) {
            let Some(marked) = marked else { continue };
            let offered = |mark: &&String| field.places.iter().any(|place| place.state.as_ref() == Some(*mark));
            if let Some(unknown) = marked.iter().find(|mark| !offered(mark)) {
                self.findings.push(found.finding(Code::ChoiceUnknown).detail(unknown.as_str()));
            }
            let raw = format!("{key} {}", in_words(&marked));
            self.readings.push(found.reading(Seen::Marks(marked)).raw(raw));
        }
        self.check_states(found);
        self.check_appearances(found);
    }

    /// A marked box must show something and an unmarked one nothing; where a box has no appearance at all, viewers draw it
    /// themselves.
    fn check_appearances(&mut self, found: &Found<'_>) {
        let misleading = found.facts.widgets.iter().filter(|w| w.appearance).any(|widget| {
            let on = widget.state.as_deref().filter(|state| *state != "Off");
            let shown = on.unwrap_or("Off");
            widget.painted.iter().any(|state| state == shown) != on.is_some()
        });
        if misleading {
            self.changed(found.field, found.spot, "shows something else than its state");
        }
    }

    /// Every box must still have the on-state it was sent with: only they tell the boxes apart.
    fn check_states(&mut self, found: &Found<'_>) {
        let offered = |state: &String| found.field.places.iter().any(|place| place.state.as_ref() == Some(state));
        if found.facts.widgets.iter().any(|w| w.on_states.len() != 1 || !w.on_states.iter().all(offered)) {
            self.changed(found.field, found.spot, "has boxes that were not sent");
        }
    }

    fn read_text(&mut self, found: &Found<'_>) {
        let (field, facts) = (found.field, found.facts);
        let Some((text, doubtful)) = value_text(&facts.value) else {
            if facts.value == FieldValue::TooLong {
                self.findings.push(found.finding(Code::SuspiciousValue).detail(field.name.as_str()));
            } else {
                self.changed(field, found.spot, "has a value of another kind");
            }
            return;
        };
        if facts.kind != FieldKind::Text {
            self.changed(field, found.spot, "is no longer a text field");
        }
        let longest = if field.kind == SentKind::Multiline { LONGEST_COMMENT } else { LONGEST_LINE };
        let suspicious = doubtful || text.chars().count() > longest || text.chars().any(is_suspicious);
        if suspicious {
            self.findings.push(found.finding(Code::SuspiciousValue).detail(field.name.as_str()));
        }
        let text = text.trim().to_owned();
        if field.read_only && !same_words(&text, field.value.as_deref().unwrap_or_default()) {
            self.findings.push(found.finding(Code::WrongRecipient));
        }
        let doubt = suspicious.then_some(Doubt::Suspicious);
        let seen = if text.is_empty() { Seen::Untouched } else { Seen::Text(text.clone()) };
        self.readings.push(found.reading(seen).doubted(doubt));
        if let Some(rich) = &facts.rich {
            self.read_rich(found, rich, &text);
        }
    }

    /// Viewers that know rich text show it instead of the value: where the two differ, each is a reading.
    fn read_rich(&mut self, found: &Found<'_>, rich: &RichText, value: &str) {
        let name = &found.field.name;
        let (words, detail) = match rich {
            RichText::Words(words) => (words.nfc().collect::<String>(), name.to_string()),
            RichText::Unreadable => (value.to_owned(), format!("{name}: –")),
        };
        if *rich != RichText::Unreadable && same_words(&words, value) {
            return;
        }
        self.findings.push(found.finding(Code::RichTextDiffers).detail(detail));
        if !words.is_empty() {
            let reading = found.reading(Seen::Text(words)).raw("/RV");
            self.readings.push(reading.doubted(Some(Doubt::RichText)));
        }
    }
}

/// The boxes that `/V` of a choice names; `None` where it is a value of another kind.
fn value_marks(value: &FieldValue) -> Option<Vec<String>> {
    match value {
        FieldValue::Absent => Some(Vec::new()),
        FieldValue::Name(name) => Some(marks([name.as_str()])),
        // pypdf writes the name as a text, slash and all.
        FieldValue::Text { text, doubtful: false } => Some(marks([text.strip_prefix('/').unwrap_or(text)])),
        _ => None,
    }
}

/// The text that `/V` holds, and whether it is doubtful; `None` where it is a value of another kind.
fn value_text(value: &FieldValue) -> Option<(String, bool)> {
    match value {
        FieldValue::Absent => Some((String::new(), false)),
        FieldValue::Text { text, doubtful } => Some((text.nfc().collect(), *doubtful)),
        // Seen from programs that set a text like a box: the name is the text.
        FieldValue::Name(name) => Some((name.clone(), false)),
        FieldValue::Signature | FieldValue::TooLong | FieldValue::Other(_) => None,
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
