//! Never a guess: returns that were altered, by attack or by accident, each with what must be said of it.
//!
//! Each starts as an honest yes from recipient 18. The findings are told whole: one more is as wrong as one less.

use avsikt::answer::document::{Document, IdentityStatus, Outcome, Status};
use avsikt::token::{CampaignKey, PageIdentity};
use lopdf::{Object, ObjectId, dictionary};

use crate::support::desk::{Desk, SHIPPED};
use crate::support::returned::{Returned, name, rect};
use crate::support::sent::{Outbox, codes, outbox};

/// An honest yes, altered.
fn altered(alter: impl FnOnce(&mut Returned)) -> Document {
    let mut returned = Returned::filled("18", "ja");
    alter(&mut returned);
    outbox().read(&returned.bytes())
}

#[track_caller]
fn expect(document: &Document, outcome: Outcome, findings: &[&str]) {
    let told: Vec<_> = document.findings.iter().map(|finding| &finding.message).collect();
    assert_eq!((document.outcome, codes(document)), (outcome, findings.to_vec()), "{told:#?}");
}

/// One test for each alteration: what must become of it, the findings it must have, and how it is made.
macro_rules! returns {
    ($($(#[$attribute:meta])* $name:ident: $outcome:ident [$($code:literal),*] = |$returned:ident| $alter:expr;)*) => {
        $(
            $(#[$attribute])*
            #[test]
            fn $name() {
                expect(&altered(|$returned: &mut Returned| $alter), Outcome::$outcome, &[$($code),*]);
            }
        )*
    };
}

// The choice.
returns! {
    nothing_altered: Answer [] = |_r| {};
    value_yes_with_both_boxes_off: Review ["value-and-state-differ"] = |r| set_states(r, "Off", "Off");
    value_yes_with_the_other_box_on: Review ["value-and-state-differ"] = |r| set_states(r, "Off", "nej");
    both_boxes_on: Review ["choice-both", "value-and-state-differ"] = |r| set_states(r, "ja", "nej");
    boxes_on_and_no_value: Review ["value-and-state-differ"] = |r| {
        let choice = r.field("avsikt");
        r.dict(choice).remove(b"V");
    };
    a_value_that_was_not_offered: Review ["choice-unknown", "value-and-state-differ"] = |r| {
        let choice = r.field("avsikt");
        r.dict(choice).set("V", name("kanske"));
    };
    several_values: Review ["form-changed"] = |r| {
        let choice = r.field("avsikt");
        r.dict(choice).set("V", vec![name("ja"), name("nej")]);
    };
    one_box_without_a_state_and_the_other_on: Review ["value-and-state-differ"] = |r| {
        let (ja, nej) = (r.widget("ja"), r.widget("nej"));
        r.dict(ja).remove(b"AS");
        r.dict(nej).set("AS", name("nej"));
    };
    boxes_that_changed_places: Review ["form-changed", "value-and-pixels-differ"] = |r| swap(r, "Rect");
    boxes_that_changed_appearances: Review ["form-changed", "value-and-pixels-differ"] = |r| swap(r, "AP");
    a_box_that_was_moved: Review ["form-changed", "value-and-pixels-differ"] = |r| {
        let ja = r.widget("ja");
        r.dict(ja).set("Rect", rect([300, 400, 314, 414]));
    };
    a_box_on_another_page: Review ["form-changed", "value-and-pixels-differ"] = |r| {
        let (ja, nej, form, other) = (r.widget("ja"), r.widget("nej"), r.form_page(), r.pages()[2]);
        let rest: Vec<Object> = annotations(r, form).into_iter().filter(|id| *id != ja).map(Object::Reference).collect();
        assert!(rest.contains(&Object::Reference(nej)));
        r.dict(form).set("Annots", rest);
        r.dict(other).set("Annots", vec![ja.into()]);
    };
    on_states_that_were_renamed: Review ["choice-unknown", "form-changed", "value-and-pixels-differ"] = |r| {
        let choice = r.field("avsikt");
        r.dict(choice).set("V", name("On"));
        for (state, widget) in r.boxes() {
            rename_state(r, widget, &state, "On");
        }
        for (state, on) in [("On", true), ("Off", false)] {
            let widget = r.boxes()[usize::from(!on)].1;
            r.dict(widget).set("AS", name(state));
        }
    };
    both_boxes_with_one_on_state: Review ["form-changed"] = |r| {
        let nej = r.widget("nej");
        rename_state(r, nej, "nej", "ja");
    };
    a_hidden_box: Review ["form-changed", "value-and-pixels-differ"] = |r| {
        let ja = r.widget("ja");
        r.dict(ja).set("F", 4 | 2);
    };
    a_box_that_is_gone: Review ["form-changed", "value-and-state-differ"] = |r| {
        let (choice, ja) = (r.field("avsikt"), r.widget("ja"));
        r.dict(choice).set("Kids", vec![ja.into()]);
    };
    a_push_button_for_a_choice: Review ["form-changed"] = |r| {
        let choice = r.field("avsikt");
        r.dict(choice).set("Ff", 1 << 16);
    };
}

// The other fields.
returns! {
    a_second_choice_with_another_value: Review ["duplicate-fields", "form-changed", "value-and-state-differ"] = |r| {
        let twin = twin(r, "avsikt", &[("V", name("nej"))]);
        r.dict(twin).remove(b"Kids");
    };
    a_second_title: Review ["duplicate-fields"] = |r| {
        twin(r, "titel", &[("V", Object::string_literal("Vaktmästare".as_bytes()))]);
    };
    a_new_field: Review ["form-changed"] = |r| {
        twin(r, "titel", &[("T", Object::string_literal("forbehall")), ("V", Object::string_literal("se bilaga"))]);
    };
    a_text_field_that_is_gone: Review ["form-changed", "value-and-pixels-differ"] = |r| {
        let titel = r.field("titel");
        let rest: Vec<Object> = r.fields().into_iter().filter(|id| *id != titel).map(Object::Reference).collect();
        r.form_mut().set("Fields", rest);
        r.dict(titel).set("T", Object::string_literal("annat"));
    };
    a_hidden_text_field: Review ["form-changed", "value-and-pixels-differ"] = |r| {
        let comment = r.field("kommentar_ja");
        r.dict(comment).set("F", 2);
        r.set_text("kommentar_ja", "dold");
    };
    control_characters_in_a_comment: Review ["suspicious-value"] = |r| r.set_text("kommentar_ja", "a\u{7}b\u{0}c");
    a_direction_mark_in_a_comment: Review ["suspicious-value"] = |r| r.set_text("kommentar_ja", "Vi svarar \u{202e}jen");
    an_endless_comment: Review ["suspicious-value"] = |r| r.set_text("kommentar_ja", &"å".repeat(20_000));
    an_endless_title: Review ["suspicious-value"] = |r| r.set_text("titel", &"direktör ".repeat(100));
    bytes_that_are_no_text: Review ["suspicious-value"] = |r| {
        let titel = r.field("titel");
        r.dict(titel).set("V", Object::string_literal(vec![0xFE, 0xFF, 0xD8, 0x00, 0x00]));
    };
    a_title_that_is_a_number: Review ["form-changed", "value-and-pixels-differ"] = |r| {
        let titel = r.field("titel");
        r.dict(titel).set("V", 17);
    };
    another_regions_name: Review ["wrong-recipient"] = |r| r.set_text("region", "Region Västmanland");
    no_regions_name: Review ["wrong-recipient"] = |r| r.set_text("region", "Kommunalförbundet Påhitt");
    another_regions_name_under_a_parent: Review ["wrong-recipient"] = |r| {
        r.set_text("region", "Region Västmanland");
        let region = r.field("region");
        r.dict(region).set("T", Object::string_literal("form1.region"));
    };
    a_signed_signature_field: Review ["signature-damaged"] = |r| {
        let signature = r.pdf.add_object(dictionary! {
            "Type" => "Sig", "Filter" => "Adobe.PPKLite", "SubFilter" => "adbe.pkcs7.detached",
            "Contents" => Object::string_literal(vec![0; 64]), "ByteRange" => vec![0.into(), 1.into(), 2.into(), 3.into()],
        });
        let field = r.field("namnteckning");
        r.dict(field).set("V", signature);
    };
    a_signature_in_a_field_of_its_own: Review ["signature-damaged"] = |r| {
        let signature = dictionary! { "Type" => "Sig", "Filter" => "Adobe.PPKLite" };
        twin(r, "namnteckning", &[("T", Object::string_literal("Signature1")), ("V", signature.into())]);
    };
    a_text_for_a_signature: Review ["form-changed"] = |r| r.set_text("namnteckning", "Siv Exempelsson");
}

// One field, written so that programs may read it differently.
returns! {
    rich_text_that_is_the_value: Answer [] = |r| set_rich(r, "titel", "<body><p>Direk<b>tör</b></p></body>");
    rich_text_that_is_another: Review ["rich-text-differs"] = |r| {
        set_rich(r, "titel", "<body><p>Vaktmästare</p></body>");
    };
    rich_text_without_a_value: Review ["rich-text-differs", "value-and-pixels-differ"] = |r| {
        set_rich(r, "kommentar_ja", "<body><p>Endast med förbehåll</p></body>");
    };
    rich_text_with_entities: Review ["rich-text-differs"] = |r| {
        set_rich(r, "titel", "<!DOCTYPE b [<!ENTITY t 'Direktör'>]><body><p>&t;</p></body>");
    };
    fields_that_were_numbered: Answer ["field-renamed"] = |r| rename_all(r, |name| format!("{name}+1"));
    fields_that_were_numbered_below_a_parent: Answer ["field-renamed"] = |r| {
        rename_all(r, |name| format!("form1.{name}#0"));
    };
    fields_that_got_their_parents_name: Answer ["field-renamed"] = |r| rename_all(r, |name| format!("form1_{name}"));
    a_numbered_field_elsewhere: Review ["form-changed"] = |r| {
        let twin = twin(r, "titel", &[("T", Object::string_literal("titel_2"))]);
        r.dict(twin).set("Rect", rect([70, 20, 200, 34]));
    };
    a_numbered_field_in_the_same_place: Review ["duplicate-fields", "field-renamed"] = |r| {
        twin(r, "titel", &[("T", Object::string_literal("titel_2")), ("V", Object::string_literal("Vaktmästare"))]);
    };
    fields_that_changed_names: Review ["form-changed", "value-and-pixels-differ"] = |r| {
        let (titel, telefon) = (r.field("titel"), r.field("telefon"));
        r.dict(titel).set("T", Object::string_literal("telefon"));
        r.dict(telefon).set("T", Object::string_literal("titel"));
    };
}

#[test]
fn a_value_that_stands_twice_is_no_value() {
    let mut returned = Returned::filled("18", "ja");
    let choice = returned.field("avsikt");
    returned.dict(choice).set("W", name("nej"));
    let bytes = returned.bytes();
    let at = bytes.windows(6).position(|found| found == b"/W/nej").expect("the entry is written plainly");
    let mut doubled = bytes;
    doubled[at + 1] = b'V';
    let document = outbox().read(&doubled);
    assert_eq!(document.outcome, Outcome::Review);
    assert!(codes(&document).contains(&"readers-differ"), "{:?}", document.findings);
    assert_eq!((document.choice.status, document.choice.value), (Status::Review, None));
    assert_eq!(document.fields["titel"].status, Status::Agreed, "the other fields are not in doubt");
}

// The pages and what is laid over them.
returns! {
    a_text_box_over_the_form: Review ["answer-in-annotations", "mark-unclear"] = |r| {
        annotate(r, "FreeText", [80, 500, 300, 520], |r| r.form_page());
    };
    ink_on_another_page: Review ["foreign-annotation"] = |r| annotate(r, "Ink", [90, 500, 300, 520], |r| r.pages()[3]);
    a_stamp_without_a_place: Review ["foreign-annotation"] = |r| {
        let page = r.form_page();
        r.annotate(page, dictionary! { "Type" => "Annot", "Subtype" => "Stamp" });
    };
    a_page_that_was_added: Review ["pages-added"] = |r| {
        let page = new_page(r);
        let pages = [r.pages(), vec![page]].concat();
        r.set_pages(&pages);
    };
    a_page_that_stands_twice: Review ["pages-added", "pages-reordered"] = |r| {
        let copy = r.dict(r.pages()[2]).clone();
        let copy = r.pdf.add_object(copy);
        let pages = [r.pages(), vec![copy]].concat();
        r.set_pages(&pages);
    };
    a_page_that_was_removed: Answer ["pages-missing"] = |r| {
        let mut pages = r.pages();
        pages.remove(4);
        r.set_pages(&pages);
    };
    pages_in_another_order: Answer ["pages-reordered"] = |r| {
        let mut pages = r.pages();
        pages.reverse();
        r.set_pages(&pages);
    };
    the_form_page_alone: Answer ["pages-missing"] = |r| {
        let form = r.form_page();
        r.set_pages(&[form]);
    };
    the_form_page_alone_without_form_and_identifier: Answer ["pages-missing"] = |r| {
        let form = r.form_page();
        r.set_pages(&[form]);
        r.pdf.catalog_mut().expect("a catalog").remove(b"AcroForm");
        strip_document(r);
        r.pdf.prune_objects();
    };
    a_page_turned_over: Answer ["oddity"] = |r| {
        let form = r.form_page();
        r.dict(form).set("Rotate", 180);
    };
    digits_of_a_price: Review ["content-changed"] = |r| swap_glyphs(r, price_page());
    the_price_page_of_another_region: Review ["content-changed"] = |r| {
        let other = Returned::blank("01");
        let page = price_page();
        let (theirs, ours) = (other.contents(other.pages()[page])[0], r.contents(r.pages()[page])[0]);
        let content = other.content(theirs);
        r.set_content(ours, content);
    };
    content_that_is_gone: Review ["scan-not-registered"] = |r| {
        let page = r.pages()[price_page()];
        r.dict(page).remove(b"Contents");
    };
    a_word_drawn_over_the_form: Review ["choice-both", "content-changed"] = |r| {
        let form = r.form_page();
        let [left, bottom, ..] = sent_place("nej");
        r.draw(form, &format!("0.5 g {left} {bottom} 200 14 re f"));
    };
    glyphs_of_another_font: Review ["content-changed"] = |r| swap_fonts(r, price_page());
    a_page_cut_off: Review ["content-changed"] = |r| {
        let page = r.pages()[price_page()];
        r.dict(page).set("CropBox", rect([0, 600, 595, 842]));
    };
    printed_flat: Review ["choice-none", "redrawn"] = |r| {
        let form = r.form_page();
        let [left, bottom, ..] = sent_place("ja");
        r.draw(form, &format!("q {left} {bottom} 14 14 re S Q"));
        r.dict(form).remove(b"Annots");
        r.pdf.catalog_mut().expect("a catalog").remove(b"AcroForm");
    };
}

// Whose it is.
returns! {
    another_regions_form_page_at_the_end: Review ["several-declarations"] = |r| {
        let theirs = r.take_in(Returned::filled("19", "nej"));
        let pages = [r.pages(), theirs[theirs.len() - 1..].to_vec()].concat();
        r.set_pages(&pages);
    };
    another_regions_form_page_for_its_own: Review ["several-declarations"] = |r| {
        let theirs = r.take_in(Returned::filled("19", "nej"));
        let mut pages = r.pages();
        *pages.last_mut().expect("a page") = theirs[theirs.len() - 1];
        r.set_pages(&pages);
    };
    another_regions_token_on_a_page: Review ["identity-conflict"] = |r| {
        let token = token("19", 11, &outbox().key);
        set_piece(r, 10, &token);
    };
    a_forged_token_in_the_keywords: Review ["identity-conflict"] = |r| {
        let forged = token("19", 0, &CampaignKey::new([1; 32], false));
        info(r).set("Keywords", Object::string_literal(forged));
    };
    another_regions_file_identifier: Review ["identity-conflict"] = |r| {
        let other = Returned::blank("19").pdf.trailer.get(b"ID").expect("an identifier").clone();
        r.pdf.trailer.set("ID", other);
    };
    all_identity_stripped_and_no_name: Review ["identity-unverified"] = |r| {
        strip_all(r);
        r.set_text("region", "");
    };
    identity_of_the_file_alone: Answer [] = |r| {
        for page in r.pages() {
            r.dict(page).remove(b"PieceInfo");
        }
        info(r).remove(b"Keywords");
    };
}

// What a form needs no program for.
returns! {
    a_script_when_opened: Review ["javascript"] = |r| {
        r.set_catalog("OpenAction", dictionary! { "S" => "JavaScript", "JS" => Object::string_literal("app.alert(1)") });
    };
    a_script_that_calculates_a_field: Review ["javascript"] = |r| {
        let action = dictionary! { "S" => "JavaScript", "JS" => Object::string_literal("event.value = 1") };
        let titel = r.field("titel");
        r.dict(titel).set("AA", dictionary! { "C" => action });
    };
    an_xfa_form: Review ["xfa"] = |r| r.form_mut().set("XFA", Object::string_literal("<xdp/>"));
    a_program_to_launch: Review ["active-content"] = |r| {
        r.set_catalog("OpenAction", dictionary! { "S" => "Launch", "F" => Object::string_literal("calc.exe") });
    };
    layers: Review ["hidden-layer"] = |r| {
        let layer = r.pdf.add_object(dictionary! { "Type" => "OCG", "Name" => Object::string_literal("lager") });
        r.set_catalog("OCProperties", dictionary! { "OCGs" => vec![layer.into()], "D" => dictionary! {} });
    };
    an_embedded_file: Answer ["embedded-files"] = |r| {
        let file = r.pdf.add_object(lopdf::Stream::new(dictionary! { "Type" => "EmbeddedFile" }, b"bevis".to_vec()));
        r.pdf.add_object(dictionary! {
            "Type" => "Filespec", "F" => Object::string_literal("bevis.txt"), "EF" => dictionary! { "F" => file },
        });
    };
}

#[test]
fn an_altered_field_gives_no_value() {
    for (ja, nej) in [("Off", "Off"), ("Off", "nej"), ("ja", "nej")] {
        let document = altered(|r| set_states(r, ja, nej));
        assert_eq!(document.choice.value, None);
        assert!(document.choice.candidates.contains(&"ja".to_owned()), "{:?}", document.choice);
    }
}

#[test]
fn what_the_form_shows_elsewhere_is_told_with_its_place() {
    let document = altered(|r| annotate(r, "FreeText", [80, 500, 300, 520], |r| r.form_page()));
    let finding = &document.findings[0];
    assert_eq!(finding.spot.page.map(|page| page.number()), Some(11));
    assert!(finding.spot.rect.is_some_and(|rect| rect.x0 == 80.0 && rect.y1 == 520.0), "{finding:?}");
    assert_eq!(finding.message, "something was laid over a field of the form: FreeText");
}

#[test]
fn a_name_that_anybody_can_type_proves_nothing() {
    let document = altered(strip_all);
    assert_eq!(document.outcome, Outcome::Review);
    assert_eq!(
        (document.identity.status, &document.identity.by[..]),
        (IdentityStatus::Unverified, &["field".to_owned()][..])
    );
    assert!(codes(&document).contains(&"identity-unverified"), "{:?}", document.findings);
}

#[test]
fn another_campaigns_declaration_is_rejected() {
    let desk = Desk::shipped();
    desk.edit(&format!("{SHIPPED}/campaign.yaml"), "id: siths-paket-2", "id: annat-paket");
    let other = Outbox::of(desk);
    let document = outbox().read(&other.pdf("18"));
    expect(&document, Outcome::Rejected, &["not-a-declaration"]);
}

#[test]
fn a_declaration_made_with_another_key_proves_nothing() {
    let desk = Desk::shipped();
    desk.write(&format!("{SHIPPED}/campaign.key"), "ab".repeat(32));
    let other = Outbox::of(desk);
    let mut returned = Returned::open(&other.pdf("18"));
    returned.tick("ja");
    let document = outbox().read(&returned.bytes());
    assert_eq!((document.outcome, document.identity.status), (Outcome::Review, IdentityStatus::Unverified));
    assert!(codes(&document).contains(&"identity-unverified"), "{:?}", document.findings);
}

#[test]
fn a_file_locked_for_changes_only_is_read() {
    let document = outbox().read(&crate::files::encrypted("", "hemligt"));
    expect(&document, Outcome::Answer, &[]);
}

fn set_states(r: &mut Returned, ja: &str, nej: &str) {
    let (yes, no) = (r.widget("ja"), r.widget("nej"));
    r.dict(yes).set("AS", name(ja));
    r.dict(no).set("AS", name(nej));
}

/// Lets the boxes change an entry; for appearances only the drawings change, under the names that they had.
fn swap(r: &mut Returned, key: &str) {
    let (ja, nej) = (r.widget("ja"), r.widget("nej"));
    if key == "AP" {
        for (state, widget) in [("ja", ja), ("nej", nej)] {
            let normal = r.pdf.get_dictionary(widget).and_then(|w| w.get(b"AP")).and_then(Object::as_dict);
            let normal =
                normal.and_then(|looks| looks.get(b"N")).and_then(Object::as_dict).expect("appearances").clone();
            let (on, off) = (normal.get(state.as_bytes()), normal.get(b"Off"));
            let swapped = dictionary! {
                state => off.expect("a drawing").clone(), "Off" => on.expect("a drawing").clone(),
            };
            r.dict(widget).set("AP", dictionary! { "N" => swapped });
        }
        return;
    }
    let (one, other) = (r.dict(ja).get(key.as_bytes()).cloned(), r.dict(nej).get(key.as_bytes()).cloned());
    r.dict(ja).set(key, other.expect("the box has it"));
    r.dict(nej).set(key, one.expect("the box has it"));
}

fn rename_state(r: &mut Returned, widget: ObjectId, from: &str, to: &str) {
    let looks = r.dict(widget).get_mut(b"AP").and_then(Object::as_dict_mut).expect("an appearance");
    let normal = looks.get_mut(b"N").and_then(Object::as_dict_mut).expect("a normal appearance");
    let drawing = normal.remove(from.as_bytes()).expect("the state is there");
    normal.set(to, drawing);
}

fn set_rich(r: &mut Returned, field: &str, source: &str) {
    let field = r.field(field);
    r.dict(field).set("RV", lopdf::text_string(source));
}

/// Gives every field another name, as merging programs do.
fn rename_all(r: &mut Returned, rename: impl Fn(&str) -> String) {
    for field in r.fields() {
        let found = r.dict(field).get(b"T").and_then(Object::as_str).expect("a field has a name").to_vec();
        let renamed = rename(std::str::from_utf8(&found).expect("names are ASCII"));
        r.dict(field).set("T", Object::string_literal(renamed));
    }
}

/// A copy of a field beside it, with other entries.
fn twin(r: &mut Returned, field: &str, entries: &[(&str, Object)]) -> ObjectId {
    let mut copy = r.dict(r.field(field)).clone();
    for (key, value) in entries {
        copy.set(*key, value.clone());
    }
    let page = r.form_page();
    let id = if copy.has(b"Kids") { r.pdf.add_object(copy) } else { r.annotate(page, copy) };
    let fields: Vec<Object> = r.fields().into_iter().chain([id]).map(Object::Reference).collect();
    r.form_mut().set("Fields", fields);
    id
}

fn annotations(r: &Returned, page: ObjectId) -> Vec<ObjectId> {
    let page = r.pdf.get_dictionary(page).expect("a page");
    let annotations = page.get(b"Annots").and_then(Object::as_array).expect("annotations");
    annotations.iter().filter_map(|annotation| annotation.as_reference().ok()).collect()
}

fn annotate(r: &mut Returned, subtype: &str, place: [i64; 4], page: impl Fn(&Returned) -> ObjectId) {
    let page = page(r);
    let annotation = dictionary! {
        "Type" => "Annot", "Subtype" => name(subtype), "Rect" => rect(place), "F" => 4,
        "Contents" => Object::string_literal("NEJ"),
    };
    r.annotate(page, annotation);
}

fn new_page(r: &mut Returned) -> ObjectId {
    r.pdf.add_object(dictionary! { "Type" => "Page", "MediaBox" => rect([0, 0, 595, 842]) })
}

/// Where the box of a choice stands.
fn sent_place(state: &str) -> [f64; 4] {
    let fields = &outbox().sent_to("18").fields;
    let mut places = fields.iter().flat_map(|field| &field.places);
    places.find(|place| place.state.as_deref() == Some(state)).expect("a box").rect.into()
}

/// Index of the page with the recipient's prices: the only one, beside the cover, whose text is the recipient's own.
pub fn price_page() -> usize {
    let (one, other) = (outbox().sent_to("18"), outbox().sent_to("19"));
    let own = |at: &usize| one.pages[*at].text != other.pages[*at].text;
    (1..one.pages.len()).rfind(own).expect("a page with prices")
}

/// Lets two glyphs of a text change places, as whoever edits an amount does.
fn swap_glyphs(r: &mut Returned, page: usize) {
    let stream = r.contents(r.pages()[page])[0];
    let mut content = lopdf::content::Content::decode(&r.content(stream)).expect("it can be parsed");
    let strings = content.operations.iter_mut().flat_map(|operation| &mut operation.operands);
    let glyphs = strings
        .flat_map(|operand| match operand {
            Object::Array(items) => items.iter_mut().collect::<Vec<_>>(),
            other => vec![other],
        })
        .find_map(|operand| operand.as_str_mut().ok().filter(|bytes| bytes.len() >= 4 && bytes[..2] != bytes[2..4]));
    glyphs.expect("a text with two glyphs")[..4].rotate_left(2);
    let bytes = content.encode().expect("it can be written");
    r.set_content(stream, bytes);
}

/// Lets two fonts of a page change names: the same content, other glyphs.
fn swap_fonts(r: &mut Returned, page: usize) {
    let page = r.pages()[page];
    let resources = r.dict(page).get_mut(b"Resources").and_then(Object::as_dict_mut).expect("resources");
    let fonts = resources.get_mut(b"Font").and_then(Object::as_dict_mut).expect("fonts");
    let names: Vec<Vec<u8>> = fonts.iter().map(|(name, _)| name.clone()).collect();
    let (one, other) = (fonts.get(&names[0]).cloned(), fonts.get(&names[1]).cloned());
    fonts.set(names[0].clone(), other.expect("a font"));
    fonts.set(names[1].clone(), one.expect("a font"));
}

fn token(recipient: &str, page: usize, key: &CampaignKey) -> String {
    PageIdentity { campaign: outbox().manifest.campaign.clone(), recipient: recipient.to_owned(), page }.token(key)
}

fn set_piece(r: &mut Returned, page: usize, token: &str) {
    let page = r.pages()[page];
    let data = dictionary! { "Private" => Object::string_literal(token) };
    r.dict(page).set("PieceInfo", dictionary! { "avsikt" => data });
}

fn info(r: &mut Returned) -> &mut lopdf::Dictionary {
    let id = r.pdf.trailer.get(b"Info").and_then(Object::as_reference).expect("document information");
    r.dict(id)
}

/// As extracting and merging programs do.
fn strip_document(r: &mut Returned) {
    r.pdf.trailer.remove(b"ID");
    info(r).remove(b"Keywords");
}

/// Every mark that the key proves: identifier, keywords, page pieces and the printed codes.
fn strip_all(r: &mut Returned) {
    strip_document(r);
    for page in r.pages() {
        let mut streams: Vec<Object> = r.contents(page).into_iter().map(Object::Reference).collect();
        streams.pop();
        let page = r.dict(page);
        page.remove(b"PieceInfo");
        page.set("Contents", streams);
    }
}
