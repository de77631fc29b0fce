//! The rules: what readings say together. A pure function of its input; the order of readings never matters.
//!
//! | readings of a choice | status | value |
//! | --- | --- | --- |
//! | none at all | empty | – |
//! | all say the same one box, from one layer | single | that box |
//! | all say the same one box, from several layers | agreed | that box |
//! | all say that no box is marked | empty, `choice-none` | – |
//! | any says several boxes | review, `choice-both` | – |
//! | they differ | review | – |
//!
//! | readings of a text | status | value |
//! | --- | --- | --- |
//! | none | empty | – |
//! | all equal, from one layer | single | the text |
//! | all equal, from several layers | agreed | the text |
//! | they differ, or one of them is doubtful | review | – |

use std::collections::BTreeSet;

use super::document::{Reconciled, Status};
use super::reading::{Layer, Reading, Seen};
use crate::finding::{Code, Finding};

/// Confidence of a value that one layer gives, and of one that several give. Form values are exact; what remains is that
/// the page may show something else.
const ONE_LAYER: f64 = 0.97;
const SEVERAL_LAYERS: f64 = 0.99;

/// What the readings of a choice say together, and the finding that goes with it.
pub fn choice(readings: &[&Reading]) -> (Reconciled, Option<Finding>) {
    let seen: BTreeSet<&[String]> = readings
        .iter()
        .filter_map(|reading| match &reading.seen {
            Seen::Marks(marks) => Some(marks.as_slice()),
            Seen::Text(_) => None,
        })
        .collect();
    let all: BTreeSet<&String> = seen.iter().copied().flatten().collect();
    let candidates = all.iter().map(|mark| (*mark).clone()).collect::<Vec<_>>();
    if seen.iter().any(|marks| marks.len() > 1) {
        let finding = Finding::new(Code::ChoiceBoth).detail(candidates.join(", "));
        return (review(readings, candidates), Some(finding));
    }
    match (seen.len(), candidates.as_slice()) {
        (0 | 1, []) => {
            let empty = Reconciled { layers: layers(readings), ..Reconciled::default() };
            (empty, Some(Finding::new(Code::ChoiceNone)))
        }
        (1, [only]) => (agreed(readings, only.clone()), None),
        // The layer that saw the difference has told it, with what each part says.
        _ => (review(readings, candidates), None),
    }
}

/// What the readings of a text say together.
pub fn text(readings: &[&Reading]) -> Reconciled {
    let texts: BTreeSet<&String> = readings
        .iter()
        .filter_map(|reading| match &reading.seen {
            Seen::Text(text) => Some(text),
            Seen::Marks(_) => None,
        })
        .collect();
    let candidates: Vec<String> = texts.into_iter().cloned().collect();
    match candidates.as_slice() {
        [] => Reconciled::default(),
        [only] if readings.iter().all(|reading| reading.clear) => agreed(readings, only.clone()),
        _ => review(readings, candidates),
    }
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
        assert_eq!(super::text(&[&text(true)]).value.as_deref(), Some("Ņ"));
        let doubtful = super::text(&[&text(true), &text(false)]);
        assert_eq!((doubtful.value, doubtful.status), (None, Status::Review));
        assert_eq!(doubtful.candidates, ["Ņ"]);
    }

    fn any_reading() -> impl Strategy<Value = Reading> {
        prop::sample::subsequence(vec!["ja", "nej"], 0..=2).prop_map(|m| marks(&m))
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
                    prop_assert_eq!(&reading.seen, &Seen::Marks(vec![value.clone()]));
                }
            }
        }

        #[test]
        fn an_agreeing_reading_never_lowers_the_status(readings in prop::collection::vec(any_reading(), 1..6)) {
            let before = decide(&readings).0;
            if let Some(value) = &before.value {
                let mut more = readings.clone();
                more.push(marks(&[value]));
                prop_assert_eq!(decide(&more).0.value, before.value);
            }
        }
    }
}
