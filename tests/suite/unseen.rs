//! A field never claims what nobody saw: `empty` is said where a layer looked, `agreed` and `single` where a person reads the
//! same on the page. Each was found by measuring the program from outside.

use avsikt::answer::document::{Document, Outcome, Reconciled, Status};
use avsikt::ids::FieldName;
use lopdf::{Dictionary, Object, Stream, dictionary};

use crate::support::journey::flatten;
use crate::support::returned::{Returned, name, rect};
use crate::support::sent::{codes, outbox};

const COMMENT: &str = "Vi vill vara med om kostnaden är lägre än 10 mkr.";

fn filled() -> Returned {
    let mut returned = Returned::filled("18", "ja");
    returned.set_text("kommentar_ja", COMMENT);
    returned.set_text("datum", "2026-02-11");
    returned
}

fn read(returned: Returned) -> Document {
    outbox().read(&returned.bytes())
}

#[track_caller]
fn in_review(document: &Document, code: &str) {
    let told: Vec<_> = document.findings.iter().map(|finding| &finding.message).collect();
    assert_eq!(document.outcome, Outcome::Review, "{told:?}");
    assert!(codes(document).contains(&code), "{code}: {told:?}");
}

#[track_caller]
fn claims(read: &Reconciled, status: Status, value: Option<&str>) {
    assert_eq!((read.status, read.value.as_deref()), (status, value), "{read:?}");
}

#[track_caller]
fn nothing_is_claimed(document: &Document) {
    for (field, read) in document.fields.iter().chain([(&"avsikt".into(), &document.choice)]) {
        assert!(matches!(read.status, Status::Review | Status::Unread), "{field}: {read:?}");
    }
}

/// Prints a text on a page, from its lower left corner, in points.
fn print(r: &mut Returned, (x, y): (f64, f64), text: &str, render_mode: u8) {
    let font = dictionary! {
        "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica", "Encoding" => "WinAnsiEncoding",
    };
    let looks = dictionary! {
        "Type" => "XObject", "Subtype" => "Form", "BBox" => rect([0, 0, 600, 850]),
        "Resources" => dictionary! { "Font" => dictionary! { "Helv" => font } },
    };
    let hex: String = text.chars().map(|c| format!("{:02x}", u32::from(c))).collect();
    let content = format!("BT {render_mode} Tr /Helv 9 Tf {x} {y} Td <{hex}> Tj ET");
    let printed = r.pdf.add_object(Stream::new(looks, content.into_bytes()));
    draw_object(r, printed, "");
}

/// Draws an object of this file on the form's page, after some operators.
fn draw_object(r: &mut Returned, object: lopdf::ObjectId, before: &str) {
    let page = r.form_page();
    let dict = r.pdf.get_dictionary(page).expect("a page");
    let mut resources = r.pdf.get_dict_in_dict(dict, b"Resources").expect("resources").clone();
    let mut all = r.pdf.get_dict_in_dict(&resources, b"XObject").cloned().unwrap_or_default();
    let called = format!("Drawn{}", object.0);
    all.set(called.as_str(), object);
    resources.set("XObject", all);
    r.dict(page).set("Resources", resources);
    r.draw(page, &format!("q {before} /{called} Do Q"));
}

/// Where a field was sent: left, bottom, right, top.
fn place(field: &str) -> [f64; 4] {
    let sent = outbox().sent_to("18").fields.iter().find(|sent| sent.name == field).expect("it was sent");
    sent.places[0].rect.into()
}

#[test]
fn a_printed_comment_that_runs_over_its_edge_is_not_cut_off_in_silence() {
    let mut r = Returned::filled("18", "ja");
    flatten(&mut r);
    let [_, bottom, right, top] = place("kommentar_ja");
    let text = "vara med om kostnaden är lägre än 100 miljoner";
    print(&mut r, (right - 150.0, (bottom + top) / 2.0), text, 0);
    let document = read(r);
    in_review(&document, "text-beyond-field");
    claims(&document.fields["kommentar_ja"], Status::Review, None);
    claims(&document.fields["titel"], Status::Agreed, Some("Direktör"));
}

#[test]
fn a_printed_comment_that_runs_on_below_its_box_is_not_cut_off_in_silence() {
    let mut r = Returned::filled("18", "ja");
    flatten(&mut r);
    let [left, bottom, ..] = place("datum");
    print(&mut r, (left + 4.0, bottom + 4.0), "2026-02-11, med", 0);
    print(&mut r, (left + 4.0, bottom - 8.0), "forbehall", 0);
    let document = read(r);
    in_review(&document, "text-beyond-field");
    claims(&document.fields["datum"], Status::Review, None);
}

#[test]
fn a_value_that_was_replaced_under_its_appearance_is_no_value() {
    for value in [
        "Vi vill inte vara med om kostnaden är lägre än 10 mkr.",
        "Vi vill vara med om kostnaden är lägre än 90 mkr.",
        "Vi vill vara med.",
    ] {
        let mut r = filled();
        let field = r.field("kommentar_ja");
        r.dict(field).set("V", lopdf::text_string(value));
        let document = read(r);
        in_review(&document, "value-and-pixels-differ");
        claims(&document.fields["kommentar_ja"], Status::Review, None);
    }
}

#[test]
fn black_boxes_are_no_text_unless_viewers_draw_it() {
    let boxes = |need_appearances: bool| {
        let mut r = filled();
        let field = r.field("titel");
        let looks = dictionary! { "Type" => "XObject", "Subtype" => "Form", "BBox" => rect([0, 0, 200, 24]) };
        let normal = r.pdf.add_object(Stream::new(looks, b"0 g 4 4 6 12 re 14 4 6 12 re 24 4 6 12 re f".to_vec()));
        r.dict(field).set("AP", dictionary! { "N" => normal });
        r.form_mut().set("NeedAppearances", need_appearances);
        read(r)
    };
    let document = boxes(false);
    in_review(&document, "value-and-pixels-differ");
    claims(&document.fields["titel"], Status::Review, None);
    claims(&boxes(true).fields["titel"], Status::Single, Some("Direktör"));
}

#[test]
fn a_ticked_box_in_a_layer_is_no_tick() {
    let mut r = filled();
    let layer = r.pdf.add_object(dictionary! { "Type" => "OCG", "Name" => Object::string_literal("dold") });
    r.set_catalog(
        "OCProperties",
        dictionary! { "OCGs" => vec![layer.into()], "D" => dictionary! { "OFF" => vec![layer.into()] } },
    );
    let ja = r.widget("ja");
    r.dict(ja).set("OC", layer);
    let document = read(r);
    in_review(&document, "form-changed");
    claims(&document.choice, Status::Review, None);
    claims(&document.fields["titel"], Status::Agreed, Some("Direktör"));
}

#[test]
fn boxes_whose_labels_changed_places_answer_nothing() {
    let mut r = filled();
    let sent = outbox().sent_to("18").fields.iter().find(|field| field.name == "avsikt").expect("a choice");
    // White over the words beside both boxes, and others in their place.
    let mut content = String::new();
    for place in &sent.places {
        let [_, bottom, right, top]: [f64; 4] = place.rect.into();
        content.push_str(&format!("1 g {} {} 300 {} re f ", right + 6.0, bottom - 2.0, top - bottom + 4.0));
    }
    let page = r.form_page();
    r.draw(page, &content);
    for (place, label) in sent.places.iter().zip(["Nej", "Ja"]) {
        let [_, bottom, right, _]: [f64; 4] = place.rect.into();
        print(&mut r, (right + 8.0, bottom + 3.0), label, 0);
    }
    let document = read(r);
    in_review(&document, "content-changed");
    claims(&document.choice, Status::Review, None);
    claims(&document.fields["titel"], Status::Agreed, Some("Direktör"));
}

#[test]
fn a_second_choice_that_is_off_leaves_the_first_in_doubt() {
    let mut r = filled();
    let choice = r.field("avsikt");
    let mut twin = r.dict(choice).clone();
    twin.remove(b"Kids");
    twin.set("V", name("Off"));
    let twin = r.pdf.add_object(twin);
    let mut fields: Vec<Object> = r.fields().into_iter().map(Object::Reference).collect();
    fields.push(twin.into());
    r.form_mut().set("Fields", fields);
    let document = read(r);
    in_review(&document, "duplicate-fields");
    claims(&document.choice, Status::Review, None);
}

#[test]
fn a_value_of_a_megabyte_is_suspicious_and_never_empty() {
    let mut r = filled();
    let field = r.field("titel");
    r.dict(field).set("V", Object::string_literal(vec![b'a'; 1_200_000]));
    let document = read(r);
    in_review(&document, "suspicious-value");
    claims(&document.fields["titel"], Status::Review, None);
    claims(&document.fields["datum"], Status::Agreed, Some("2026-02-11"));
}

#[test]
fn two_declarations_in_one_file_claim_nothing() {
    let mut r = filled();
    let own = r.pages();
    let others = r.take_in(Returned::filled("19", "nej"));
    r.set_pages(&[own, others].concat());
    let document = read(r);
    in_review(&document, "several-declarations");
    nothing_is_claimed(&document);
}

#[test]
fn a_page_that_cannot_be_laid_over_the_one_sent_claims_nothing() {
    let mut r = filled();
    flatten(&mut r);
    let page = r.form_page();
    // Two pages on one sheet: half the size.
    let contents = r.contents(page);
    let whole: Vec<u8> = contents.iter().flat_map(|stream| [r.content(*stream), b"\n".to_vec()].concat()).collect();
    let half =
        [b"q 0.5 0 0 0.5 0 200 cm\n".as_slice(), &whole, b"\nQ q 0.5 0 0 0.5 298 200 cm\n", &whole, b"\nQ"].concat();
    let stream = r.pdf.add_object(Stream::new(dictionary! {}, half));
    r.dict(page).set("Contents", stream);
    let document = read(r);
    assert_eq!(document.outcome, Outcome::Review);
    nothing_is_claimed(&document);
    claims(&document.choice, Status::Unread, None);
}

#[test]
fn pages_whose_text_is_lost_claim_nothing() {
    let mut r = filled();
    flatten(&mut r);
    // Nothing on the pages tells which they are; the metadata alone names the recipient.
    for page in r.pages() {
        r.dict(page).remove(b"PieceInfo");
        r.draw(page, "q Q 0 0 m");
    }
    garble_text(&mut r);
    let document = read(r);
    assert_eq!((document.recipient.as_deref(), document.outcome), (Some("18"), Outcome::Review));
    nothing_is_claimed(&document);
    claims(&document.choice, Status::Unread, None);
}

#[test]
fn a_form_page_that_is_missing_is_unread() {
    let mut r = filled();
    flatten(&mut r);
    let pages = r.pages();
    r.set_pages(&pages[..pages.len() - 1]);
    let document = read(r);
    assert_eq!(document.outcome, Outcome::Review);
    nothing_is_claimed(&document);
}

/// What was sent, with the answer in an incremental update after it.
fn saved_incrementally() -> (Vec<u8>, usize) {
    let original = outbox().pdf("18");
    let filling = crate::support::filling::Filling {
        boxes: vec!["ja"],
        texts: [("titel", "Direktör".to_owned()), ("datum", "2026-02-11".to_owned())].into(),
    };
    let bytes = crate::support::filling::fill("18", &filling, crate::support::filling::Spelling::INCREMENTAL);
    (bytes, original.len())
}

#[test]
fn a_file_cut_in_its_last_version_is_never_an_answer() {
    let (bytes, original) = saved_incrementally();
    assert_eq!(outbox().read(&bytes).outcome, Outcome::Answer);
    for part in 1..8 {
        let end = original + (bytes.len() - original) * part / 8;
        let document = outbox().read(&bytes[..end]);
        assert_ne!(document.outcome, Outcome::Answer, "cut at {part}/8");
        for (field, filled_in) in [("titel", "Direktör"), ("datum", "2026-02-11")] {
            let Some(read) = document.fields.get(field) else { continue };
            assert!(
                read.value.is_none() || read.value.as_deref() == Some(filled_in),
                "cut at {part}/8: {field} {read:?}"
            );
            assert_ne!((read.status, part >= 4 && read.value.is_none()), (Status::Agreed, true));
        }
    }
}

#[test]
fn a_file_without_an_end_waits_for_a_person() {
    let bytes = filled().bytes();
    let end = bytes.windows(9).rposition(|window| window == b"startxref").expect("a file ends so");
    for cut in [end, bytes.len() - 4] {
        let document = outbox().read(&bytes[..cut]);
        in_review(&document, "cut-off");
    }
}

#[test]
fn a_page_with_a_unit_of_its_own_is_another_page() {
    let mut r = filled();
    let page = r.form_page();
    r.dict(page).set("UserUnit", 75_000);
    let document = read(r);
    in_review(&document, "content-changed");
    nothing_is_claimed(&document);
}

#[test]
fn trees_that_name_a_node_twice_are_read_in_several_ways() {
    let mut r = filled();
    let catalog = r.pdf.catalog().expect("a catalog");
    let root = catalog.get(b"Pages").and_then(Object::as_reference).expect("a page tree");
    let mut kids: Vec<Object> = r.pages().into_iter().map(Object::Reference).collect();
    kids.push(root.into());
    r.dict(root).set("Kids", kids);
    in_review(&read(r), "readers-differ");

    let mut r = filled();
    let foreign = r.pdf.new_object_id();
    let kids: Vec<Object> = vec![foreign.into()];
    r.pdf.objects.insert(foreign, dictionary! { "T" => Object::string_literal("x"), "Kids" => kids }.into());
    let mut fields: Vec<Object> = r.fields().into_iter().map(Object::Reference).collect();
    fields.push(foreign.into());
    r.form_mut().set("Fields", fields);
    in_review(&read(r), "readers-differ");
}

#[test]
fn text_without_ink_and_text_over_a_picture_of_the_page_are_no_evidence() {
    let [left, bottom, ..] = place("epost");
    let at = (left + 4.0, bottom + 6.0);
    let mut r = Returned::filled("18", "ja");
    flatten(&mut r);
    print(&mut r, at, "asa.obergOexample.org", 3);
    let document = read(r);
    assert_ne!(document.fields["epost"].value.as_deref(), Some("asa.obergOexample.org"), "{document:?}");

    // As an OCR program leaves a scan: one picture for the page, and the words it guessed over it.
    let mut r = Returned::filled("18", "ja");
    flatten(&mut r);
    let picture = dictionary! {
        "Type" => "XObject", "Subtype" => "Image", "Width" => 1, "Height" => 1, "BitsPerComponent" => 8,
        "ColorSpace" => "DeviceGray",
    };
    let picture = r.pdf.add_object(Stream::new(picture, vec![255]));
    draw_object(&mut r, picture, "595 0 0 842 0 0 cm");
    print(&mut r, at, "asa.obergOexample.org", 0);
    let document = read(r);
    assert_eq!(document.outcome, Outcome::Review);
    nothing_is_claimed(&document);
}

#[test]
fn a_page_that_only_looks_like_ours_is_not_turned_away() {
    let mut r = filled();
    flatten(&mut r);
    let page = r.form_page();
    r.set_pages(&[page]);
    // Nothing that names anybody, and text that says something else than it shows.
    r.pdf.trailer.remove(b"ID");
    r.pdf.trailer.remove(b"Info");
    r.dict(page).remove(b"PieceInfo");
    garble_text(&mut r);
    r.pdf.prune_objects();
    let document = read(r);
    in_review(&document, "identity-unverified");
    nothing_is_claimed(&document);
}

/// Makes all text mean other letters than it shows: each glyph another letter than its own.
fn garble_text(r: &mut Returned) {
    let fonts: Vec<_> = r.pdf.objects.iter().filter(|(_, object)| is_font(object)).map(|(id, _)| *id).collect();
    for font in fonts {
        let composite = r.dict(font).has(b"DescendantFonts");
        let (from, to) = if composite { ("0000", "ffff") } else { ("00", "ff") };
        let map = format!(
            "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def /CMapType 2 def
             1 begincodespacerange <{from}> <{to}> endcodespacerange 1 beginbfrange <{from}> <{to}> <4e00> endbfrange
             endcmap end end"
        );
        let map = r.pdf.add_object(Stream::new(dictionary! {}, map.into_bytes()));
        r.dict(font).set("ToUnicode", map);
    }
}

fn is_font(object: &Object) -> bool {
    object.as_dict().is_ok_and(|dict: &Dictionary| dict.has_type(b"Font"))
}

#[test]
fn a_region_drawn_with_lost_letters_is_unreliable_and_not_another_region() {
    let mut r = filled();
    let region = r.field("region");
    r.dict(region).set("V", lopdf::text_string(""));
    r.show(region, "");
    flatten(&mut r);
    let [left, bottom, ..] = place("region");
    // A font whose characters nobody knows.
    let glyph = r.pdf.add_object(Stream::new(dictionary! {}, b"500 0 0 0 400 700 d1 0 0 400 700 re f".to_vec()));
    let procs = dictionary! { "g1" => glyph };
    let font = dictionary! {
        "Type" => "Font", "Subtype" => "Type3", "FontBBox" => rect([0, 0, 500, 700]),
        "FontMatrix" => vec![0.001.into(), 0.into(), 0.into(), 0.001.into(), 0.into(), 0.into()],
        "FirstChar" => 65, "LastChar" => 65, "Widths" => vec![500.into()], "CharProcs" => procs,
        "Encoding" => dictionary! { "Differences" => vec![65.into(), name("g1")] },
    };
    let looks = dictionary! {
        "Type" => "XObject", "Subtype" => "Form", "BBox" => rect([0, 0, 600, 850]),
        "Resources" => dictionary! { "Font" => dictionary! { "T3" => font } },
    };
    let content = format!("BT /T3 9 Tf {} {} Td (AAAAAA AAA) Tj ET", left + 4.0, bottom + 6.0);
    let printed = r.pdf.add_object(Stream::new(looks, content.into_bytes()));
    draw_object(&mut r, printed, "");
    let document = read(r);
    in_review(&document, "text-unreliable");
    assert!(!codes(&document).contains(&"wrong-recipient"), "{:?}", document.findings);
    claims(&document.fields["region"], Status::Review, None);
}

#[test]
fn fields_left_over_on_no_page_are_no_form() {
    let kept = |value: &str| {
        let mut r = filled();
        let fields = r.fields();
        let form = r.pdf.catalog().and_then(|catalog| catalog.get(b"AcroForm")).expect("a form").clone();
        flatten(&mut r);
        r.set_catalog("AcroForm", form);
        for field in fields {
            let dict = r.dict(field);
            dict.remove(b"Kids");
            dict.remove(b"Rect");
        }
        let choice = r.field("avsikt");
        r.dict(choice).set("V", name(value));
        read(r)
    };
    let document = kept("ja");
    assert_eq!(document.outcome, Outcome::Answer, "{:?}", document.findings);
    claims(&document.choice, Status::Agreed, Some("ja"));
    claims(&document.fields["kommentar_ja"], Status::Agreed, Some(COMMENT));
    // What they hold is a voice like any other.
    let document = kept("nej");
    assert_eq!(document.outcome, Outcome::Review);
    claims(&document.choice, Status::Review, None);
}

#[test]
fn an_archive_with_returns_in_it_is_not_the_last_of_them() {
    let bytes = filled().bytes();
    let mut zip = b"PK\x03\x04\x0a\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x08\0\0\0svar.pdf".to_vec();
    zip.extend([bytes.as_slice(), &Returned::filled("19", "nej").bytes()].concat());
    let document = outbox().read(&zip);
    in_review(&document, "not-readable-yet");
    assert_eq!(document.recipient, None);
    nothing_is_claimed(&document);
}

#[test]
fn a_shuffled_return_sends_a_person_to_the_right_page() {
    let mut r = filled();
    set_title(&mut r, 17);
    let mut pages = r.pages();
    pages.rotate_right(1);
    r.set_pages(&pages);
    let document = read(r);
    let finding = document.findings.iter().find(|finding| finding.code.name() == "form-changed").expect("told");
    assert_eq!(finding.spot.page.map(|page| page.number()), Some(1));
    assert_eq!(finding.spot.sent_page.map(|page| page.number()), Some(pages.len()));
    assert_eq!(finding.fields, [FieldName::from("titel")]);
}

/// A title that is a number, which no program writes.
fn set_title(r: &mut Returned, number: i64) {
    let field = r.field("titel");
    r.dict(field).set("V", number);
}
