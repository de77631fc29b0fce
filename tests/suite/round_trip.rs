//! The centre: what was filled in is what is read. Where a spelling makes it unclear a person looks, and no value ever
//! differs from what was filled in.

use std::collections::BTreeMap;

use avsikt::answer::document::{Document, Outcome, Status};
use proptest::prelude::*;
use unicode_normalization::UnicodeNormalization;

use crate::support::filling::{ChoiceSpelling, Encoding, Filling, Saved, Shape, Spelling, fill};
use crate::support::sent::{codes, outbox};

const COMMENTS: [&str; 2] = ["kommentar_ja", "kommentar_nej"];
const LINES: [&str; 5] = ["namnfortydligande", "titel", "telefon", "epost", "datum"];
const PIECES: [&str; 24] = [
    "å",
    "ä",
    "ö",
    "Å",
    "Ä",
    "Ö",
    "é",
    "a\u{308}",
    "–",
    "\"",
    "’",
    "€",
    "Łukasz",
    "Åström",
    "🙂",
    "019-12 34 56",
    "abc",
    " ",
    " ",
    "=1+1",
    "<b>",
    "(x)",
    "\\",
    "siv@example.org",
];

fn any_text(breaks: bool) -> impl Strategy<Value = String> {
    let piece = prop_oneof![20 => prop::sample::select(&PIECES[..]), u32::from(breaks) * 4 => Just("\n")];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

fn any_filling() -> impl Strategy<Value = Filling> {
    let boxes = prop_oneof![
        4 => Just(vec!["ja"]), 4 => Just(vec!["nej"]), 1 => Just(vec![]), 1 => Just(vec!["ja", "nej"])
    ];
    let comments = prop::collection::vec(any_text(true), COMMENTS.len());
    let lines = prop::collection::vec(any_text(false), LINES.len());
    (boxes, comments, lines).prop_map(|(boxes, comments, lines)| {
        let names = COMMENTS.into_iter().chain(LINES);
        let texts = names.zip(comments.into_iter().chain(lines)).collect();
        Filling { boxes, texts }
    })
}

fn any_spelling() -> impl Strategy<Value = Spelling> {
    use ChoiceSpelling::{Name, SlashedText, Text};
    let choice = prop::sample::select(vec![Name, Name, Text, SlashedText]);
    let encodings = vec![Encoding::Utf16Be, Encoding::Utf16Le, Encoding::Utf8WithMark, Encoding::PdfDoc];
    let shapes = vec![Shape::AsSent, Shape::AsSent, Shape::BoxesApart, Shape::UnderParent, Shape::NoForm];
    let saved = vec![Saved::Whole, Saved::Renumbered, Saved::Compressed, Saved::Incrementally];
    (
        choice,
        any::<bool>(),
        prop::sample::select(encodings),
        prop::sample::select(vec!["\n", "\r", "\r\n"]),
        prop::sample::select(shapes),
        prop::sample::select(saved),
    )
        .prop_map(|(choice, states, texts, breaks, shape, saved)| Spelling {
            choice,
            states,
            texts,
            breaks,
            shape,
            saved,
        })
}

/// What a person would say that they typed: composed, without white space at the ends.
fn expected(filling: &Filling) -> BTreeMap<String, String> {
    let texts = filling.texts.iter().map(|(field, text)| ((*field).to_owned(), text.nfc().collect::<String>()));
    texts.map(|(field, text)| (field, text.trim().to_owned())).filter(|(_, text)| !text.is_empty()).collect()
}

fn values(document: &Document) -> BTreeMap<String, String> {
    let texts = document.fields.iter().filter(|(field, _)| *field != "region");
    texts.filter_map(|(field, said)| Some((field.to_string(), said.value.clone()?))).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_was_filled_in_is_what_is_read(filling in any_filling(), spelling in any_spelling()) {
        let document = outbox().read(&fill("18", &filling, spelling));
        let told = codes(&document);

        prop_assert_eq!(document.recipient.as_deref(), Some("18"));
        // Never a value that differs from what was filled in; a text that can be read in two ways gives none.
        let doubtful = told.contains(&"suspicious-value");
        let (wanted, got) = (expected(&filling), values(&document));
        for (field, value) in &got {
            prop_assert_eq!(Some(value), wanted.get(field), "{}", field);
        }
        if let Some(choice) = &document.choice.value {
            prop_assert_eq!(&[choice.as_str()][..], &filling.boxes[..]);
        }
        // Nothing typed is passed over in silence.
        for (field, said) in &document.fields {
            prop_assert_eq!(said.status == Status::Empty, !wanted.contains_key(field.as_str()) && field != "region", "{}", field);
        }
        // One box, clearly marked, is an answer; anything else is not.
        // A value that no box shows is not what a person sees.
        let clear = filling.boxes.len() == 1 && spelling.shape != Shape::BoxesApart && spelling.states;
        if clear && !doubtful {
            prop_assert_eq!(document.outcome, Outcome::Answer, "{:?}", document.findings);
            prop_assert_eq!(got, wanted);
        } else if filling.boxes.len() != 1 {
            prop_assert_eq!(document.outcome, Outcome::Review);
            prop_assert!(document.choice.value.is_none());
        }
        // Only PDFDocEncoding can be taken for something else, and then a person looks.
        prop_assert!(!doubtful || spelling.texts == Encoding::PdfDoc, "{:?}", document.findings);
        prop_assert!(!doubtful || document.outcome == Outcome::Review);
    }
}

fn plain(boxes: Vec<&'static str>) -> Filling {
    Filling { boxes, texts: BTreeMap::from([("titel", "Direktör".to_owned())]) }
}

fn plainly(shape: Shape) -> Spelling {
    Spelling {
        choice: ChoiceSpelling::Name,
        states: true,
        texts: Encoding::PdfDoc,
        breaks: "\n",
        shape,
        saved: Saved::Whole,
    }
}

#[test]
fn every_shape_of_an_honest_answer_is_read() {
    for shape in [Shape::AsSent, Shape::UnderParent, Shape::NoForm] {
        for choice in ["ja", "nej"] {
            let document = outbox().read(&fill("05", &plain(vec![choice]), plainly(shape)));
            assert_eq!(document.outcome, Outcome::Answer, "{shape:?}: {:?}", document.findings);
            assert_eq!(document.choice.value.as_deref(), Some(choice), "{shape:?}");
            assert_eq!(document.recipient.as_deref(), Some("05"));
        }
    }
}

#[test]
fn a_text_that_can_be_read_in_two_ways_gives_no_value() {
    // PDFDocEncoding `Å–` and UTF-8 `Ņ` are the same two bytes.
    let filling = Filling { boxes: vec!["ja"], texts: BTreeMap::from([("titel", "Å–".to_owned())]) };
    let document = outbox().read(&fill("18", &filling, plainly(Shape::AsSent)));
    assert_eq!((document.outcome, codes(&document)), (Outcome::Review, vec!["suspicious-value"]));
    let titel = &document.fields["titel"];
    assert_eq!((titel.status, titel.value.as_deref()), (Status::Review, None));
}

#[test]
fn the_blank_form_is_no_answer() {
    let document = outbox().read(&outbox().pdf("18"));
    assert_eq!((document.outcome, codes(&document)), (Outcome::Review, vec!["choice-none"]));
    assert_eq!(document.recipient.as_deref(), Some("18"));
}

#[test]
fn every_recipients_form_is_its_own() {
    for sent in &outbox().manifest.documents {
        let document = outbox().read(&fill(&sent.recipient, &plain(vec!["nej"]), plainly(Shape::AsSent)));
        assert_eq!(document.recipient.as_deref(), Some(sent.recipient.as_str()));
        assert_eq!(document.outcome, Outcome::Answer, "{}: {:?}", sent.name, document.findings);
        let region = &document.fields["region"];
        assert_eq!(region.value.as_deref(), Some(sent.name.as_str()));
    }
}
