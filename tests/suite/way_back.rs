//! Whatever happens to a declaration on its way back, what was filled in is what is read, or a person looks: 1 000 answers,
//! each sent back in its own way.

use std::cell::Cell;
use std::collections::BTreeMap;

use avsikt::answer::document::{Document, Outcome, Status};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed, TestRunner};

use crate::support::journey::{Journey, Pages, travel};
use crate::support::returned::Returned;
use crate::support::sent::{codes, outbox};

/// Text fields, with the lines that fit and the letters of each.
const FIELDS: [(&str, usize, usize); 7] = [
    ("kommentar_ja", 6, 60),
    ("kommentar_nej", 6, 60),
    ("namnfortydligande", 1, 30),
    ("titel", 1, 30),
    ("telefon", 1, 30),
    ("epost", 1, 30),
    ("datum", 1, 30),
];
/// Words that Helvetica can draw.
const WORDS: [&str; 22] = [
    "Åsa",
    "Öberg",
    "Ägir",
    "é",
    "–",
    "\"ja\"",
    "vi’n",
    "€",
    "1 234 500",
    "019-12 34 56",
    "regionen",
    "avstår",
    "hälso- och",
    "sjukvårdsdirektör",
    "=1+1",
    "<b>",
    "(x)",
    "\\",
    "siv@example.org",
    "2026-02-11",
    "illvilligt",
    "ja, om priset är 12,50 kr/st.",
];

#[derive(Debug, Clone)]
struct Filled {
    recipient: String,
    boxes: Vec<&'static str>,
    texts: BTreeMap<&'static str, String>,
}

fn any_line(longest: usize) -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(&WORDS[..]), 1..8).prop_map(move |words| {
        let mut line = String::new();
        for word in words {
            if line.chars().count() + word.chars().count() < longest {
                let space = if line.is_empty() { "" } else { " " };
                line.push_str(space);
                line.push_str(word);
            }
        }
        line
    })
}

fn any_text(lines: usize, longest: usize) -> impl Strategy<Value = String> {
    prop_oneof![
        1 => Just(String::new()),
        3 => prop::collection::vec(any_line(longest), 1..=lines).prop_map(|lines| lines.join("\n")),
    ]
}

fn any_filled() -> impl Strategy<Value = Filled> {
    let boxes = prop_oneof![
        6 => Just(vec!["ja"]), 6 => Just(vec!["nej"]), 1 => Just(vec![]), 1 => Just(vec!["ja", "nej"])
    ];
    let texts: Vec<_> = FIELDS.iter().map(|(_, lines, longest)| any_text(*lines, *longest)).collect();
    (prop::sample::select(vec!["01", "05", "18", "25"]), boxes, texts).prop_map(|(recipient, boxes, texts)| {
        let texts = FIELDS.iter().map(|(field, ..)| *field).zip(texts).filter(|(_, text)| !text.is_empty());
        Filled { recipient: recipient.to_owned(), boxes, texts: texts.collect() }
    })
}

fn any_journey(redraws: bool) -> impl Strategy<Value = Journey> {
    let scaled = (0.90f64..1.02, -12.0f64..12.0, -12.0f64..12.0).prop_map(|(scale, dx, dy)| {
        // About the middle of the page, as printing does.
        let middle = (1.0 - scale) / 2.0;
        (scale, dx + middle * 595.0, dy + middle * 842.0)
    });
    let scaled = if redraws { prop::option::of(scaled).boxed() } else { Just(None).boxed() };
    let pages = prop_oneof![
        Just(Pages::All),
        Just(Pages::Form),
        prop::collection::vec(any::<u8>(), 24).prop_map(Pages::Shuffled),
    ];
    let turned = prop_oneof![2 => Just(0), 1 => Just(90), 1 => Just(180), 1 => Just(270)];
    (scaled, turned, pages, prop::bool::weighted(0.3)).prop_map(move |(scaled, turned, pages, stripped)| Journey {
        flattened: redraws,
        scaled,
        turned,
        pages,
        stripped,
    })
}

fn send_back(filled: &Filled, journey: &Journey) -> Document {
    let mut returned = Returned::blank(&filled.recipient);
    returned.tick_all(&filled.boxes);
    for (field, text) in &filled.texts {
        returned.set_text(field, text);
    }
    outbox().read(&travel(returned, journey).bytes())
}

/// Sends `cases` answers back and gives the shares of fields, and of choices, that came out as they were filled in.
fn shares(redraws: bool, cases: u32) -> (f64, f64) {
    let config = Config {
        cases,
        failure_persistence: None,
        max_shrink_iters: 12,
        rng_seed: RngSeed::Fixed(cases.into()),
        ..Config::default()
    };
    let (fields, choices) = (Cell::new((0, 0)), Cell::new((0, 0)));
    let count = |of: &Cell<(u32, u32)>, exact: bool| of.set((of.get().0 + u32::from(exact), of.get().1 + 1));
    let run = TestRunner::new(config).run(&(any_filled(), any_journey(redraws)), |(filled, journey)| {
        let document = send_back(&filled, &journey);
        prop_assert_eq!(document.recipient.as_deref(), Some(filled.recipient.as_str()), "{:?}", document.findings);
        for (field, said) in document.fields.iter().filter(|(field, _)| *field != "region") {
            let wanted = filled.texts.get(field.as_str());
            match &said.value {
                Some(value) => prop_assert_eq!(Some(value), wanted, "{}", field),
                None => prop_assert!(wanted.is_none() || said.status == Status::Review, "{} is lost", field),
            }
            if wanted.is_some() {
                count(&fields, said.value.as_ref() == wanted);
            }
        }
        match (&document.choice.value, &filled.boxes[..]) {
            (Some(value), boxes) => prop_assert_eq!(&[value.as_str()][..], boxes),
            (None, [_]) => prop_assert_eq!(document.choice.status, Status::Review, "{:?}", document.findings),
            (None, _) => prop_assert_eq!(document.outcome, Outcome::Review),
        }
        if filled.boxes.len() == 1 {
            count(&choices, document.choice.value.is_some());
        }
        let told = codes(&document);
        prop_assert!(!told.contains(&"content-changed"), "{:?}", document.findings);
        Ok(())
    });
    if let Err(failure) = run {
        panic!("{failure}");
    }
    let share = |of: (u32, u32)| f64::from(of.0) / f64::from(of.1);
    (share(fields.get()), share(choices.get()))
}

#[test]
fn a_form_sent_back_in_any_order_keeps_its_answers() {
    let (fields, choices) = shares(false, 400);
    assert!(fields >= 0.98 && choices >= 0.98, "exact: {fields:.3} of the fields, {choices:.3} of the choices");
}

#[test]
fn a_flattened_form_keeps_its_answers() {
    let (fields, choices) = shares(true, 600);
    assert!(fields >= 0.95 && choices >= 0.95, "exact: {fields:.3} of the fields, {choices:.3} of the choices");
}
