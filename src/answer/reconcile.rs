//! The rules: what readings say together. A pure function of its input; the order of readings never matters.
//!
//! | readings of a choice | status | value | finding |
//! | --- | --- | --- | --- |
//! | none at all, or all say that no box is marked | empty | – | `choice-none` |
//! | all say the same one box, from one layer | single | that box | |
//! | all say the same one box, from several layers | agreed | that box | |
//! | any says several boxes | review | – | `choice-both` |
//! | any is doubtful | review | – | `mark-unclear` |
//! | the pixels say other boxes than the rest | review | – | `value-and-pixels-differ` |
//! | they differ in another way | review | – | `layers-differ`, unless the form told it |
//!
//! | readings of a text | status | value | finding |
//! | --- | --- | --- | --- |
//! | none, or nothing but blank | empty | – | |
//! | all texts equal, from one layer | single | the text | |
//! | all texts equal, from several layers | agreed | the text | |
//! | ink, and no text | review | – | `value-and-pixels-differ` |
//! | a text, and the field plainly draws another | review | – | `value-and-pixels-differ` |
//! | a text, and the page shows nothing | review | – | `value-and-pixels-differ` |
//! | the texts differ | review | – | `layers-differ` when they are of different layers |
//! | one of them is doubtful | review | – | |
//!
//! A layer that sees nothing where it cannot know (an empty form under ink) gives no reading; one that looked and saw
//! nothing (pixels) says so.

use std::collections::BTreeSet;

use super::document::{Reconciled, Status};
use super::reading::{Layer, Reading, Seen};
use crate::finding::{Code, Finding};

/// Confidence of a value that one layer gives, and of one that several give. Form values are exact; what remains is that
/// the page may show something else.
const ONE_LAYER: f64 = 0.97;
const SEVERAL_LAYERS: f64 = 0.99;
/// Letters and digits that two texts are compared by, and how many there must be to call them different.
const LETTERS_COMPARED: usize = 400;
const LETTERS_NEEDED: usize = 4;

/// What the readings of a choice say together, and the finding that goes with it.
pub fn choice(readings: &[&Reading]) -> (Reconciled, Option<Finding>) {
    let marks = |reading: &&&Reading| matches!(reading.seen, Seen::Marks(_));
    let readings: Vec<&Reading> = readings.iter().filter(marks).copied().collect();
    let seen: BTreeSet<&[String]> = readings.iter().map(|reading| marked(reading)).collect();
    let all: BTreeSet<&String> = seen.iter().copied().flatten().collect();
    let candidates = all.iter().map(|mark| (*mark).clone()).collect::<Vec<_>>();
    let told = |code| Some(Finding::new(code).detail(by_layer(&readings)));
    if seen.iter().any(|marks| marks.len() > 1) {
        let finding = Finding::new(Code::ChoiceBoth).detail(candidates.join(", "));
        return (review(&readings, candidates), Some(finding));
    }
    if readings.iter().any(|reading| !reading.clear) {
        return (review(&readings, candidates), told(Code::MarkUnclear));
    }
    match (seen.len(), candidates.as_slice()) {
        (0 | 1, []) => {
            let empty = Reconciled { layers: layers(&readings), ..Reconciled::default() };
            (empty, Some(Finding::new(Code::ChoiceNone)))
        }
        (1, [only]) => (agreed(&readings, only.clone()), None),
        _ => {
            let finding = if differs_in_itself(&readings, Layer::Form) {
                // The form has told how its value and its states differ.
                None
            } else if differs(&readings, Layer::Pixels) {
                told(Code::ValueAndPixelsDiffer)
            } else {
                told(Code::LayersDiffer)
            };
            (review(&readings, candidates), finding)
        }
    }
}

/// What the readings of a text say together, and the finding that goes with it.
pub fn text(readings: &[&Reading]) -> (Reconciled, Option<Finding>) {
    let has = |seen: Seen| readings.iter().any(|reading| reading.seen == seen);
    let said: Vec<&Reading> =
        readings.iter().filter(|reading| matches!(reading.seen, Seen::Text(_))).copied().collect();
    let texts: BTreeSet<&String> = said
        .iter()
        .filter_map(|reading| match &reading.seen {
            Seen::Text(text) => Some(text),
            _ => None,
        })
        .collect();
    let candidates: Vec<String> = texts.into_iter().cloned().collect();
    let unseen = |what: &str| Some(Finding::new(Code::ValueAndPixelsDiffer).detail(what));
    match candidates.as_slice() {
        [] if has(Seen::Ink) => (review(readings, candidates), unseen("something is written that cannot be read")),
        [] => (Reconciled::default(), None),
        [_] if has(Seen::Blank) => (review(readings, candidates), unseen("the page shows no text there")),
        [only] if shows_another(readings, only) => {
            (review(readings, candidates), unseen("the field draws another text"))
        }
        [only] if said.iter().all(|reading| reading.clear) => (agreed(&said, only.clone()), None),
        [_] => (review(readings, candidates), None),
        _ => {
            let several = layers(&said).len() > 1;
            let finding = several.then(|| Finding::new(Code::LayersDiffer).detail(layers(&said).join(", ")));
            (review(readings, candidates), finding)
        }
    }
}

fn shows_another(readings: &[&Reading], text: &str) -> bool {
    readings.iter().any(|reading| matches!(&reading.seen, Seen::Shown(shown) if plainly_another(shown, text)))
}

/// Whether two texts have so little in common that no broken font explains it: fewer than half of the letters and digits of
/// the shorter one stand in the other, in order.
fn plainly_another(a: &str, b: &str) -> bool {
    let plain = |text: &str| -> Vec<char> {
        let letters = text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase);
        letters.take(LETTERS_COMPARED).collect()
    };
    let (a, b) = (plain(a), plain(b));
    let shorter = a.len().min(b.len());
    shorter >= LETTERS_NEEDED && 2 * in_common(&a, &b) < shorter
}

/// The length of the longest common subsequence.
fn in_common(a: &[char], b: &[char]) -> usize {
    let mut lengths = vec![0; b.len() + 1];
    for x in a {
        let mut before = 0;
        for (at, y) in b.iter().enumerate() {
            let above = lengths[at + 1];
            lengths[at + 1] = if x == y { before + 1 } else { above.max(lengths[at]) };
            before = above;
        }
    }
    lengths[b.len()]
}

fn marked(reading: &Reading) -> &[String] {
    match &reading.seen {
        Seen::Marks(marks) => marks,
        _ => &[],
    }
}

/// Whether one layer's readings are not alike.
fn differs_in_itself(readings: &[&Reading], layer: Layer) -> bool {
    let its: BTreeSet<&[String]> =
        readings.iter().filter(|reading| reading.layer == layer).map(|reading| marked(reading)).collect();
    its.len() > 1
}

/// Whether one layer says something else than the others do.
fn differs(readings: &[&Reading], layer: Layer) -> bool {
    let (its, others): (Vec<&Reading>, Vec<&Reading>) = readings.iter().partition(|reading| reading.layer == layer);
    its.iter().any(|it| others.iter().any(|other| other.seen != it.seen))
}

/// What each layer says: `form: ja; pixels: –`.
fn by_layer(readings: &[&Reading]) -> String {
    let told: BTreeSet<(Layer, String)> = readings
        .iter()
        .map(|reading| {
            let marks = marked(reading).join(", ");
            (reading.layer, if marks.is_empty() { "–".to_owned() } else { marks })
        })
        .collect();
    let told: Vec<String> = told.into_iter().map(|(layer, marks)| format!("{layer}: {marks}")).collect();
    told.join("; ")
}

fn agreed(readings: &[&Reading], value: String) -> Reconciled {
    let layers = layers(readings);
    let several = layers.len() > 1;
    Reconciled {
        value: Some(value),
        status: if several { Status::Agreed } else { Status::Single },
        confidence: if several { SEVERAL_LAYERS } else { ONE_LAYER },
        layers,
        ..Reconciled::default()
    }
}

fn review(readings: &[&Reading], candidates: Vec<String>) -> Reconciled {
    Reconciled { status: Status::Review, layers: layers(readings), candidates, ..Reconciled::default() }
}

fn layers(readings: &[&Reading]) -> Vec<String> {
    let layers: BTreeSet<Layer> = readings.iter().map(|reading| reading.layer).collect();
    layers.into_iter().map(|layer| layer.name().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn marks(marks: &[&str]) -> Reading {
        let marks = marks.iter().map(|m| (*m).to_owned()).collect();
        Reading { field: "avsikt".into(), layer: Layer::Form, seen: Seen::Marks(marks), clear: true }
    }

    fn decide(readings: &[Reading]) -> (Reconciled, Option<Code>) {
        let (reconciled, finding) = choice(&readings.iter().collect::<Vec<_>>());
        (reconciled, finding.map(|f| f.code))
    }

    #[test]
    fn the_table_of_the_choice() {
        assert_eq!(decide(&[marks(&["ja"]), marks(&["ja"])]).0.value.as_deref(), Some("ja"));
        assert_eq!(decide(&[marks(&[])]).1, Some(Code::ChoiceNone));
        let (both, code) = decide(&[marks(&["ja", "nej"]), marks(&["ja"])]);
        assert_eq!((both.status, both.value, code), (Status::Review, None, Some(Code::ChoiceBoth)));
        let (differ, code) = decide(&[marks(&["ja"]), marks(&[])]);
        assert_eq!((differ.status, differ.value, code), (Status::Review, None, None));
        assert_eq!(differ.candidates, ["ja"]);
    }

    #[test]
    fn a_doubtful_text_is_no_value() {
        let text = |clear| Reading { seen: Seen::Text("Ņ".into()), clear, ..marks(&[]) };
        assert_eq!(super::text(&[&text(true)]).0.value.as_deref(), Some("Ņ"));
        let doubtful = super::text(&[&text(true), &text(false)]).0;
        assert_eq!((doubtful.value, doubtful.status), (None, Status::Review));
        assert_eq!(doubtful.candidates, ["Ņ"]);
    }

    #[test]
    fn the_table_of_a_text() {
        let read = |layer, seen: Seen| Reading { field: "titel".into(), layer, seen, clear: true };
        let form = read(Layer::Form, Seen::Text("VD".into()));
        let decide = |readings: &[&Reading]| {
            let (reconciled, finding) = super::text(readings);
            (reconciled.status, reconciled.value, finding.map(|f| f.code))
        };
        let value = Some("VD".to_owned());
        assert_eq!(decide(&[]), (Status::Empty, None, None));
        assert_eq!(decide(&[&read(Layer::Pixels, Seen::Blank)]), (Status::Empty, None, None));
        assert_eq!(decide(&[&form, &read(Layer::Pixels, Seen::Ink)]), (Status::Single, value.clone(), None));
        assert_eq!(decide(&[&form, &read(Layer::Text, Seen::Text("VD".into()))]), (Status::Agreed, value, None));
        let unseen = (Status::Review, None, Some(Code::ValueAndPixelsDiffer));
        assert_eq!(decide(&[&form, &read(Layer::Pixels, Seen::Blank)]), unseen);
        assert_eq!(decide(&[&read(Layer::Pixels, Seen::Ink)]), unseen);
        let shown = |text: &str| read(Layer::Pixels, Seen::Shown(text.into()));
        let long = read(Layer::Form, Seen::Text("Hälso- och sjukvårdsdirektör".into()));
        assert_eq!(decide(&[&long, &shown("H lso- och sjukv rdsdirekt r")]).0, Status::Single);
        assert_eq!(decide(&[&long, &shown("Ekonomichef")]).2, Some(Code::ValueAndPixelsDiffer));
        let other = read(Layer::Annotations, Seen::Text("IT-chef".into()));
        assert_eq!(decide(&[&form, &other]), (Status::Review, None, Some(Code::LayersDiffer)));
    }

    #[test]
    fn pixels_judge_the_form() {
        let pixels = |m: &[&str], clear| Reading { layer: Layer::Pixels, clear, ..marks(m) };
        let (agreed, code) = decide(&[marks(&["ja"]), pixels(&["ja"], true)]);
        assert_eq!((agreed.status, agreed.layers.len(), code), (Status::Agreed, 2, None));
        assert_eq!(decide(&[marks(&["ja"]), pixels(&[], true)]).1, Some(Code::ValueAndPixelsDiffer));
        assert_eq!(decide(&[marks(&["ja"]), pixels(&["ja"], false)]).1, Some(Code::MarkUnclear));
        let (seen, finding) = choice(&[&marks(&["ja"]), &pixels(&["nej"], true)]);
        assert_eq!((seen.status, seen.candidates.len()), (Status::Review, 2));
        assert_eq!(finding.unwrap().detail.as_deref(), Some("form: ja; pixels: nej"));
    }

    fn any_reading() -> impl Strategy<Value = Reading> {
        let layers = vec![Layer::Form, Layer::Annotations, Layer::Text, Layer::Pixels];
        (prop::sample::subsequence(vec!["ja", "nej"], 0..=2), prop::sample::select(layers), prop::bool::weighted(0.9))
            .prop_map(|(m, layer, clear)| Reading { layer, clear, ..marks(&m) })
    }

    proptest! {
        #[test]
        fn the_order_of_readings_never_matters(mut readings in prop::collection::vec(any_reading(), 0..6), at in 0usize..6) {
            let before = decide(&readings);
            if !readings.is_empty() {
                let at = at % readings.len();
                readings.rotate_left(at);
            }
            prop_assert_eq!(before, decide(&readings));
        }

        #[test]
        fn no_value_is_given_that_a_reading_contradicts(readings in prop::collection::vec(any_reading(), 0..6)) {
            if let Some(value) = decide(&readings).0.value {
                for reading in &readings {
                    prop_assert!(reading.clear);
                    prop_assert_eq!(&reading.seen, &Seen::Marks(vec![value.clone()]));
                }
            }
        }

        #[test]
        fn an_agreeing_reading_never_lowers_the_status(readings in prop::collection::vec(any_reading(), 1..6)) {
            let before = decide(&readings).0;
            if let Some(value) = &before.value {
                let mut more = readings.clone();
                more.push(Reading { layer: Layer::Pixels, ..marks(&[value]) });
                let after = decide(&more).0;
                prop_assert_eq!(after.value, before.value);
                prop_assert!(after.status == Status::Agreed || before.status == Status::Single);
                prop_assert!(after.confidence >= before.confidence);
            }
        }
    }
}
