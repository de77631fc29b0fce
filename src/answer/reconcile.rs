//! The rules: what readings say together. A pure function of its input; the order of readings never matters.
//!
//! | readings of a choice | status | value | finding |
//! | --- | --- | --- | --- |
//! | none at all | unread | – | `choice-unread` |
//! | all say that no box is marked, or that the field is untouched | empty | – | `choice-none` |
//! | all say the same one box, from one layer | single | that box | |
//! | all say the same one box, from several layers | agreed | that box | |
//! | any says several boxes | review | – | `choice-both` |
//! | any is doubtful | review | – | `mark-unclear` |
//! | the pixels say other boxes than the rest | review | – | `value-and-pixels-differ` |
//! | they differ in another way | review | – | `layers-differ`, unless the form told it |
//!
//! | readings of a text | status | value | finding |
//! | --- | --- | --- | --- |
//! | none | unread | – | |
//! | nothing but blank or untouched | empty | – | |
//! | all texts equal, from one layer | single | the text | |
//! | all texts equal, from several layers, or drawn by the field too | agreed | the text | |
//! | ink on paper, and no text but one that was read from its picture | review | – | `written-by-hand` |
//! | other ink, and no text | review | – | `value-and-pixels-differ` |
//! | a text, and the field draws another, or none that can be read | review | – | `value-and-pixels-differ` |
//! | a text, and the page shows nothing | review | – | `value-and-pixels-differ` |
//! | the texts differ | review | – | `layers-differ` when they are of different layers |
//! | one of them is doubtful | review | – | |
//!
//! An untouched form says nothing of what was written over it; a layer that looked at the page and saw nothing (pixels) does.
//! What was found about a field lowers it, whatever its readings say together.

use std::collections::BTreeSet;

use unicode_normalization::UnicodeNormalization;

use super::document::{Reconciled, Status};
use super::reading::{Layer, Reading, Seen};
use crate::finding::{Code, Finding};

/// How sure a value is. Measured, not felt: of 1 526 fields that avsikt read in the round trip with outside programs
/// (`docs/clients.md`, November 2026) none was wrong, so with 95 % confidence fewer than 3 / 1 526 are (the rule of three).
const CONFIDENCE: f64 = 0.998;

/// How sure a choice is that was read from paper alone. Of 6 127 in cases of `tests/paper` that no threshold had been chosen on three
/// were wrong (`docs/figures.md`), so with 95 % confidence fewer than 8 / 6 127 are; real pens and scanners are more various than those.
const ON_PAPER: f64 = 0.998;

/// What the readings of a choice say together, and the finding that goes with it.
pub fn choice(readings: &[&Reading]) -> (Reconciled, Option<Finding>) {
    let marks = |reading: &&&Reading| matches!(reading.seen, Seen::Marks(_));
    let looked = !readings.is_empty();
    let readings: Vec<&Reading> = readings.iter().filter(marks).copied().collect();
    let seen: BTreeSet<&[String]> = readings.iter().map(|reading| marked(reading)).collect();
    let all: BTreeSet<&String> = seen.iter().copied().flatten().collect();
    let candidates = all.iter().map(|mark| (*mark).clone()).collect::<Vec<_>>();
    let told = |code| Some(Finding::new(code).detail(by_layer(&readings)));
    if seen.iter().any(|marks| marks.len() > 1) {
        let finding = Finding::new(Code::ChoiceBoth).detail(candidates.join(", "));
        return (review(&readings, candidates), Some(finding));
    }
    if readings.iter().any(|reading| !reading.is_clear()) {
        return (review(&readings, candidates), told(Code::MarkUnclear));
    }
    match (seen.len(), candidates.as_slice()) {
        (0, []) if !looked => (Reconciled::default(), Some(Finding::new(Code::ChoiceUnread))),
        (0 | 1, []) => (empty(&readings), Some(Finding::new(Code::ChoiceNone))),
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

/// What the readings of a text say together, and the finding that goes with it. What a program read from a picture is told beside
/// a text that a person must read anyway, and decides nothing.
pub fn text(readings: &[&Reading]) -> (Reconciled, Option<Finding>) {
    let (suggested, readings): (Vec<&Reading>, Vec<&Reading>) =
        readings.iter().partition(|reading| reading.layer == Layer::Recognised);
    let (mut reconciled, finding) = text_of(&readings);
    if reconciled.status == Status::Review && reconciled.candidates.is_empty() {
        reconciled.candidates = texts(&suggested);
    }
    (reconciled, finding)
}

/// The different texts of some readings, in order.
fn texts(readings: &[&Reading]) -> Vec<String> {
    let texts: BTreeSet<&String> = readings
        .iter()
        .filter_map(|reading| match &reading.seen {
            Seen::Text(text) => Some(text),
            _ => None,
        })
        .collect();
    texts.into_iter().cloned().collect()
}

fn text_of(readings: &[&Reading]) -> (Reconciled, Option<Finding>) {
    let has = |seen: Seen| readings.iter().any(|reading| reading.seen == seen);
    let said: Vec<&Reading> =
        readings.iter().filter(|reading| matches!(reading.seen, Seen::Text(_))).copied().collect();
    let candidates = texts(&said);
    let unseen = |what: &str| Some(Finding::new(Code::ValueAndPixelsDiffer).detail(what));
    match candidates.as_slice() {
        [] if by_hand(readings) => (review(readings, candidates), Some(Finding::new(Code::WrittenByHand))),
        [] if has(Seen::Ink) => (review(readings, candidates), unseen("something is written that cannot be read")),
        [] if readings.is_empty() => (Reconciled::default(), None),
        [] => (empty(readings), None),
        [_] if has(Seen::Blank) => (review(readings, candidates), unseen("the page shows no text there")),
        [_] if !said.iter().all(|reading| reading.is_clear()) => (review(readings, candidates), None),
        [only] if shows_another(readings, only) => {
            (review(readings, candidates), unseen("the field draws another text"))
        }
        [only] => {
            // What a field draws has been compared: it says the same.
            let shown = readings.iter().filter(|reading| matches!(reading.seen, Seen::Shown(_)));
            let all: Vec<&Reading> = said.iter().chain(shown).copied().collect();
            (agreed(&all, only.clone()), None)
        }
        _ => {
            let several = layers(&said).len() > 1;
            let finding = several.then(|| Finding::new(Code::LayersDiffer).detail(layers(&said).join(", ")));
            (review(readings, candidates), finding)
        }
    }
}

/// Whether a hand wrote something on paper, and nothing else is known of the field.
fn by_hand(readings: &[&Reading]) -> bool {
    !readings.is_empty() && readings.iter().all(|reading| reading.layer == Layer::Paper && reading.seen == Seen::Ink)
}

/// Whether a field draws another text than it holds, or none that can be read.
fn shows_another(readings: &[&Reading], text: &str) -> bool {
    readings.iter().any(|reading| matches!(&reading.seen, Seen::Shown(shown) if !draws(shown, text)))
}

/// Whether what a field draws is its text. Programs break lines where they like, and their fonts lack letters beyond ASCII:
/// those come out as nothing, as a question mark or as a glyph that nobody can name. Everything else must be the same, sign by
/// sign, and nothing may follow.
fn draws(shown: &str, text: &str) -> bool {
    let signs = |text: &str| -> Vec<char> { text.nfkc().filter(|c| !c.is_whitespace() && *c != '\u{ad}').collect() };
    let lost = |c: &char| matches!(c, '?' | '\u{fffd}' | '\u{e000}'..='\u{f8ff}');
    let (shown, text) = (signs(shown), signs(text));
    let mut drawn = shown.iter().peekable();
    for wanted in &text {
        if drawn.next_if_eq(&wanted).is_some() {
            continue;
        }
        if wanted.is_ascii() {
            return false;
        }
        drawn.next_if(|c| lost(c));
    }
    drawn.next().is_none()
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

/// A layer looked and saw nothing.
fn empty(readings: &[&Reading]) -> Reconciled {
    Reconciled { status: Status::Empty, layers: layers(readings), ..Reconciled::default() }
}

/// A field about which something was found that a person must look at.
pub fn lowered(field: Reconciled) -> Reconciled {
    let candidates = match field.value {
        Some(value) => vec![value],
        None => field.candidates,
    };
    let status = if field.status == Status::Unread { Status::Unread } else { Status::Review };
    Reconciled { value: None, status, confidence: 0.0, candidates, ..field }
}

fn agreed(readings: &[&Reading], value: String) -> Reconciled {
    let layers = layers(readings);
    let several = layers.len() > 1;
    let on_paper = layers == [Layer::Paper.name()];
    Reconciled {
        value: Some(value),
        status: if several { Status::Agreed } else { Status::Single },
        confidence: if on_paper { ON_PAPER } else { CONFIDENCE },
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
    use super::super::reading::Doubt;
    use super::*;
    use crate::spot::Spot;
    use proptest::prelude::*;

    fn doubt(clear: bool) -> Option<Doubt> {
        (!clear).then_some(Doubt::Faint)
    }

    fn marks(marks: &[&str]) -> Reading {
        let marks = marks.iter().map(|m| (*m).to_owned()).collect();
        Reading::new(Layer::Form, &"avsikt".into(), Spot::default(), Seen::Marks(marks))
    }

    fn decide(readings: &[Reading]) -> (Reconciled, Option<Code>) {
        let (reconciled, finding) = choice(&readings.iter().collect::<Vec<_>>());
        (reconciled, finding.map(|f| f.code))
    }

    #[test]
    fn a_suggestion_decides_nothing() {
        let reading = |layer, seen| Reading::new(layer, &"titel".into(), Spot::default(), seen);
        let said = |text: &str| Seen::Text(text.to_owned());
        let suggested = reading(Layer::Recognised, said("VD")).doubted(Some(Doubt::Recognised));
        let by = |others: &[Reading]| {
            let (read, finding) = text(&others.iter().chain([&suggested]).collect::<Vec<_>>());
            (read.value, read.status, read.candidates, finding.map(|finding| finding.code))
        };
        let by_hand = by(&[reading(Layer::Paper, Seen::Ink)]);
        assert_eq!(by_hand, (None, Status::Review, vec!["VD".into()], Some(Code::WrittenByHand)));
        assert_eq!(by(&[reading(Layer::Form, said("Chef"))]), (Some("Chef".into()), Status::Single, vec![], None));
        assert_eq!(by(&[]), (None, Status::Unread, vec![], None));
    }

    #[test]
    fn the_table_of_the_choice() {
        assert_eq!(decide(&[marks(&["ja"]), marks(&["ja"])]).0.value.as_deref(), Some("ja"));
        assert_eq!(decide(&[marks(&[])]).1, Some(Code::ChoiceNone));
        let (unread, code) = decide(&[]);
        assert_eq!((unread.status, code), (Status::Unread, Some(Code::ChoiceUnread)));
        let (untouched, code) = decide(&[Reading { seen: Seen::Untouched, ..marks(&[]) }]);
        assert_eq!((untouched.status, code), (Status::Empty, Some(Code::ChoiceNone)));
        let (both, code) = decide(&[marks(&["ja", "nej"]), marks(&["ja"])]);
        assert_eq!((both.status, both.value, code), (Status::Review, None, Some(Code::ChoiceBoth)));
        let (differ, code) = decide(&[marks(&["ja"]), marks(&[])]);
        assert_eq!((differ.status, differ.value, code), (Status::Review, None, None));
        assert_eq!(differ.candidates, ["ja"]);
    }

    #[test]
    fn a_doubtful_text_is_no_value() {
        let text = |clear| Reading { seen: Seen::Text("Ņ".into()), doubt: doubt(clear), ..marks(&[]) };
        assert_eq!(super::text(&[&text(true)]).0.value.as_deref(), Some("Ņ"));
        let doubtful = super::text(&[&text(true), &text(false)]).0;
        assert_eq!((doubtful.value, doubtful.status), (None, Status::Review));
        assert_eq!(doubtful.candidates, ["Ņ"]);
    }

    #[test]
    fn the_table_of_a_text() {
        let read = |layer, seen: Seen| Reading::new(layer, &"titel".into(), Spot::default(), seen);
        let form = read(Layer::Form, Seen::Text("VD".into()));
        let decide = |readings: &[&Reading]| {
            let (reconciled, finding) = super::text(readings);
            (reconciled.status, reconciled.value, finding.map(|f| f.code))
        };
        let value = Some("VD".to_owned());
        assert_eq!(decide(&[]), (Status::Unread, None, None));
        assert_eq!(decide(&[&read(Layer::Form, Seen::Untouched)]), (Status::Empty, None, None));
        assert_eq!(decide(&[&read(Layer::Pixels, Seen::Blank)]), (Status::Empty, None, None));
        assert_eq!(decide(&[&form, &read(Layer::Pixels, Seen::Ink)]), (Status::Single, value.clone(), None));
        assert_eq!(decide(&[&form, &read(Layer::Text, Seen::Text("VD".into()))]), (Status::Agreed, value, None));
        let unseen = (Status::Review, None, Some(Code::ValueAndPixelsDiffer));
        assert_eq!(decide(&[&form, &read(Layer::Pixels, Seen::Blank)]), unseen);
        assert_eq!(decide(&[&read(Layer::Pixels, Seen::Ink)]), unseen);
        let shown = |text: &str| read(Layer::Pixels, Seen::Shown(text.into()));
        let long = read(Layer::Form, Seen::Text("Hälso- och sjukvårdsdirektör".into()));
        assert_eq!(decide(&[&long, &shown("H lso- och sjukv rdsdirekt r")]).0, Status::Agreed);
        for another in ["Ekonomichef", "Hälso- och sjukvårdsdirektör II", "Hälso- och sjukvårds", "\u{fffd}\u{fffd}"]
        {
            assert_eq!(decide(&[&long, &shown(another)]).2, Some(Code::ValueAndPixelsDiffer), "{another}");
        }
        let other = read(Layer::Annotations, Seen::Text("IT-chef".into()));
        assert_eq!(decide(&[&form, &other]), (Status::Review, None, Some(Code::LayersDiffer)));
    }

    #[test]
    fn pixels_judge_the_form() {
        let pixels = |m: &[&str], clear| Reading { layer: Layer::Pixels, doubt: doubt(clear), ..marks(m) };
        let (agreed, code) = decide(&[marks(&["ja"]), pixels(&["ja"], true)]);
        assert_eq!((agreed.status, agreed.layers.len(), code), (Status::Agreed, 2, None));
        assert_eq!(decide(&[marks(&["ja"]), pixels(&[], true)]).1, Some(Code::ValueAndPixelsDiffer));
        assert_eq!(decide(&[marks(&["ja"]), pixels(&["ja"], false)]).1, Some(Code::MarkUnclear));
        let (seen, finding) = choice(&[&marks(&["ja"]), &pixels(&["nej"], true)]);
        assert_eq!((seen.status, seen.candidates.len()), (Status::Review, 2));
        assert_eq!(finding.unwrap().detail.as_deref(), Some("form: ja; pixels: nej"));
    }

    #[test]
    fn a_field_draws_its_text_or_another() {
        let value = "Vi vill vara med om kostnaden är lägre än 10 mkr";
        for same in [
            value,
            "Vi vill vara med\nom kostnaden är\nlägre än 10 mkr",
            "Vi vill vara med om kostnaden \u{fffd}r lgre än 10 mkr",
        ] {
            assert!(draws(same, value), "{same}");
        }
        for another in [
            "Vi vill vara med om kostnaden är lägre än 90 mkr",
            "Vi vill vara med om kostnaden är lägre än 1",
            "Vi vill vara med om kostnaden är lägre än 10 mkr och",
            "Vi vill vara med om kostnåden är lägre än 10 mkr",
            "Vi vill vara med om kostnaden ÷r lägre än 10 mkr",
            "Vi vill vara med om kostnaden är lägre än 10 mkr!",
            "",
        ] {
            assert!(!draws(another, value), "{another}");
        }
        // The value was replaced by a long text in which the drawn one's letters stand in order.
        assert!(!draws("ja", "jag avstår"));
        assert!(draws("eﬀekt", "effekt"));
    }

    #[test]
    fn what_was_found_lowers_a_field_and_claims_nothing() {
        let agreed = decide(&[marks(&["ja"]), Reading { layer: Layer::Pixels, ..marks(&["ja"]) }]).0;
        let low = lowered(agreed);
        assert_eq!(
            (low.status, low.value, low.candidates, low.confidence),
            (Status::Review, None, vec!["ja".to_owned()], 0.0)
        );
        assert_eq!(lowered(Reconciled::default()).status, Status::Unread);
    }

    fn any_reading() -> impl Strategy<Value = Reading> {
        let layers = vec![Layer::Form, Layer::Annotations, Layer::Text, Layer::Pixels];
        (prop::sample::subsequence(vec!["ja", "nej"], 0..=2), prop::sample::select(layers), prop::bool::weighted(0.9))
            .prop_map(|(m, layer, clear)| Reading { layer, doubt: doubt(clear), ..marks(&m) })
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
                    prop_assert!(reading.is_clear());
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
