//! Whether an answer is signed: by hand, digitally, or not at all.

use lopdf::{Object, dictionary};

use avsikt::answer::document::{Document, Ink, Outcome, SignedBy};

use crate::support::desk::{Desk, SHIPPED};
use crate::support::returned::{Returned, rect};
use crate::support::sent::{Outbox, binding, codes, outbox};

/// A filled return with something drawn on the page of its form, from the lower left corner of the signature's field.
fn drawn(stroke: &str) -> Document {
    let mut returned = Returned::filled("18", "ja");
    let page = returned.form_page();
    let [left, bottom, ..] = place();
    returned.draw(page, &format!("q 1 0 0 1 {left} {bottom} cm {stroke} Q"));
    binding().read(&returned.bytes())
}

/// Where the signature's field stands: left, bottom, right, top in points.
fn place() -> [f64; 4] {
    let sent = binding().sent_to("18");
    let field = sent.fields.iter().find(|field| field.name.as_str() == "namnteckning").expect("it has one");
    let place = field.places[0].rect;
    [place.x0, place.y0, place.x1, place.y1]
}

const NAME: &str = "1.2 w 10 12 m 30 40 40 0 55 20 c 60 32 70 4 85 18 c 95 26 105 6 120 16 c S";

#[test]
fn an_unsigned_answer_waits_for_a_person_where_the_campaign_says_so() {
    let bytes = Returned::filled("18", "ja").bytes();
    let asked = |outbox: &Outbox| outbox.read(&bytes);
    let (needed, free) = (asked(binding()), asked(outbox()));
    assert_eq!((needed.outcome, codes(&needed)), (Outcome::Review, vec!["unsigned"]));
    assert_eq!((free.outcome, codes(&free)), (Outcome::Answer, vec![]));
    for document in [needed, free] {
        assert_eq!((document.signature.by, document.signature.ink), (SignedBy::None, Ink::Absent));
        assert_eq!(document.choice.value.as_deref(), Some("ja"), "what was answered is told all the same");
    }
}

#[test]
fn a_name_drawn_in_the_field_is_a_signature_and_letters_of_a_font_are_not_known_to_be_one() {
    let by_hand = drawn(NAME);
    assert_eq!((by_hand.outcome, by_hand.signature.by), (Outcome::Answer, SignedBy::Hand), "{:?}", by_hand.findings);
    let speck = drawn("10 12 2 2 re f");
    assert_eq!((codes(&speck), speck.signature.by), (vec!["redrawn", "unsigned"], SignedBy::None));

    let mut typed = Returned::filled("18", "ja");
    let page = typed.form_page();
    let font = typed.pdf.add_object(dictionary! { "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica" });
    let resources = typed.dict(page).get(b"Resources").and_then(Object::as_reference);
    let resources = match resources {
        Ok(id) => typed.dict(id),
        Err(_) => typed.dict(page).get_mut(b"Resources").and_then(Object::as_dict_mut).expect("a page has resources"),
    };
    match resources.get_mut(b"Font").and_then(Object::as_dict_mut) {
        Ok(fonts) => fonts.set("Hv", font),
        Err(_) => resources.set("Font", dictionary! { "Hv" => font }),
    }
    let [left, bottom, ..] = place();
    typed.draw(page, &format!("q BT /Hv 18 Tf {} {} Td (Siv Exempelsson) Tj ET Q", left + 10.0, bottom + 12.0));
    let typed = binding().read(&typed.bytes());
    assert!(codes(&typed).contains(&"signature-unclear"), "{:?}", typed.findings);
    assert_eq!((typed.outcome, typed.signature.by), (Outcome::Review, SignedBy::Unread));
}

#[test]
fn what_is_left_of_a_digital_signature_is_told_and_is_not_called_unsigned() {
    let mut alone = Returned::filled("18", "ja");
    alone.pdf.add_object(dictionary! {
        "Type" => "Sig", "Filter" => "Adobe.PPKLite", "ByteRange" => rect([0, 840, 960, 240]),
    });
    let mut text = Returned::filled("18", "ja").bytes();
    text.extend(b"\n% << /ByteRange [0 840 960 240] >>\n%%EOF\n");
    for bytes in [alone.bytes(), text] {
        let document = binding().read(&bytes);
        assert!(codes(&document).contains(&"signature-damaged"), "{:?}", document.findings);
        assert!(!codes(&document).contains(&"unsigned"), "{:?}", document.findings);
        assert_eq!((document.outcome, document.signature.by), (Outcome::Review, SignedBy::Unread));
    }
}

#[test]
fn the_campaign_cannot_ask_for_what_its_form_does_not_have_nor_contradict_it() {
    let check = |edits: &[(&str, &str, &str)]| {
        let desk = Desk::shipped();
        for (file, from, to) in edits {
            desk.edit(&format!("{SHIPPED}/{file}"), from, to);
        }
        let said = desk.run(["check"]);
        (said.status, said.stderr)
    };
    let (status, told) = check(&[("campaign.yaml", "signature: required ", "signature: kanske ")]);
    assert!(status == 2 && told.contains("write required (an answer without a signature goes"), "{told}");
    let (status, told) = check(&[("campaign.yaml", "signature: required ", "signature: optional ")]);
    assert!(status == 2 && told.contains("the form's `required:` names `namnteckning`"), "{told}");
    let (status, told) = check(&[("declaration.yaml", "kind: signature", "kind: text")]);
    assert!(status == 2 && told.contains("the form has no field for one"), "{told}");
    let (status, told) = check(&[
        ("campaign.yaml", "signature: required ", "signature: optional "),
        ("declaration.yaml", "required: [avsikt, namnteckning]", "required: [avsikt]"),
    ]);
    assert_eq!(status, 0, "{told}");
}
