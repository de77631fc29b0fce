//! What is sent: one fillable PDF per recipient, the same bytes every time, and a manifest that says what they are.

use std::collections::{BTreeMap, BTreeSet};

use avsikt::campaign::load;
use avsikt::render::{Renderer, on_one_thread};
use avsikt::workspace::Workspace;
use lopdf::{Dictionary, Document, Object};

use crate::altered::price_page;
use crate::support::desk::{Desk, SHIPPED};
use crate::support::returned::Returned;
use crate::support::schema;
use crate::support::sent::outbox;

const NAME: &str = "avsiktsforklaring-siths-paket-2.pdf";

/// Every file of an outbox with its bytes.
fn bytes_of(desk: &Desk) -> BTreeMap<String, Vec<u8>> {
    desk.files("outbox").into_iter().map(|name| (name.clone(), desk.read(&format!("outbox/{name}")))).collect()
}

#[test]
fn each_recipient_gets_a_file_that_begins_with_its_code() {
    let outbox = outbox();
    let named: Vec<String> =
        outbox.manifest.documents.iter().map(|sent| format!("{}-{NAME}", sent.recipient)).collect();
    assert_eq!(named.len(), 21);
    assert_eq!(outbox.desk.files("outbox/declarations"), named);
    for sent in &outbox.manifest.documents {
        let bytes = outbox.desk.read(&sent.file);
        assert_eq!((avsikt::token::sha256(&bytes), bytes.len()), (sent.sha256.clone(), sent.bytes), "{}", sent.file);
        assert!(bytes.len() < 250_000, "{}: {} bytes", sent.file, bytes.len());
        assert_eq!(sent.pages.len(), Document::load_mem(&bytes).expect("a PDF").get_pages().len());
    }
}

#[test]
fn the_manifest_is_as_its_schema_says() {
    let manifest = outbox().desk.json("outbox/manifest.json");
    assert_eq!(schema::faults("manifest-1.schema.json", &manifest), [""; 0]);
    let mut broken = manifest;
    broken["documents"][3].as_object_mut().expect("an object").remove("file_id");
    broken["documents"][4]["commitment"] = "mycket".into();
    assert_eq!(schema::faults("manifest-1.schema.json", &broken).len(), 2);
}

#[test]
fn the_manifest_holds_no_secret_and_no_address() {
    let text = outbox().desk.text("outbox/manifest.json");
    assert!(!text.contains(&outbox().key.to_hex()));
    // The contacts that are printed may stand in the pages' texts.
    assert!(!text.contains("programradet."));
}

#[test]
fn commitments_sum_to_the_whole_price() {
    let sum: u64 = outbox().manifest.documents.iter().filter_map(|sent| sent.commitment).sum();
    assert_eq!(sum, 32_219_700);
}

#[test]
fn same_campaign_same_bytes() {
    let first = bytes_of(&outbox().desk);
    for jobs in ["1", "5"] {
        // Another folder, and rendered twice; the second time over files that are not there or not what they were.
        let desk = Desk::shipped();
        let environment = [("RAYON_NUM_THREADS", jobs), ("TZ", "Pacific/Kiritimati")];
        desk.run_with(["render", "--jobs", jobs], &environment).ended(0);
        desk.write(&format!("outbox/declarations/18-{NAME}"), "%PDF-1.7 halv");
        std::fs::remove_file(desk.path(&format!("outbox/declarations/01-{NAME}"))).expect("it is there");
        desk.run_with(["render", "--jobs", jobs], &environment).ended(0);
        let again = bytes_of(&desk);
        assert!(first.keys().eq(again.keys()));
        for (name, bytes) in &first {
            assert!(*bytes == again[name], "{name} differs with {jobs} threads");
        }
    }
}

#[test]
fn an_unknown_code_renders_nothing() {
    let desk = Desk::shipped();
    let said = desk.run(["render", "18", "99"]).ended(2);
    assert!(said.stderr.contains("error: there is no recipient with the code `99`\nhint: "), "{}", said.stderr);
    assert_eq!(desk.files("outbox"), [""; 0]);
}

#[test]
fn a_campaign_may_have_no_prices() {
    let desk = Desk::shipped();
    std::fs::remove_file(desk.path(&format!("{SHIPPED}/prices.yaml"))).expect("it is there");
    let said = desk.run(["check"]).ended(2);
    assert!(said.stderr.contains("the price table has no prices"), "{}", said.stderr);

    let folder = Desk::empty();
    folder.run(["new", "utskick"]).ended(0);
    std::fs::remove_file(folder.path("utskick/templates/exempel/prices.yaml")).expect("it is there");
    let declaration = "utskick/templates/exempel/declaration.yaml";
    let text = folder.text(declaration);
    let (start, end) = (text.find("  - title: Pris").expect("a section"), text.find("form:\n").expect("a form"));
    folder.write(declaration, format!("{}\n{}", &text[..start], &text[end..]));
    folder.run(["render", "--workspace", "utskick"]).ended(0);
    assert!(folder.json("utskick/outbox/manifest.json")["documents"][0]["commitment"].is_null());
}

fn dict<'a>(pdf: &'a Document, dict: &'a Dictionary, key: &str) -> &'a Dictionary {
    pdf.get_dict_in_dict(dict, key.as_bytes()).unwrap_or_else(|error| panic!("/{key}: {error}"))
}

fn text(dict: &Dictionary, key: &str) -> String {
    lopdf::decode_text_string(dict.get(key.as_bytes()).expect("the entry is there")).expect("a text string")
}

#[test]
fn the_choice_is_one_field_of_two_boxes() {
    let returned = Returned::blank("18");
    let pdf = &returned.pdf;
    let choices = returned.fields().into_iter().filter(|id| {
        let field = pdf.get_dictionary(*id).expect("a field");
        field.get(b"FT").and_then(Object::as_name).is_ok_and(|kind| kind == b"Btn")
    });
    assert_eq!(choices.collect::<Vec<_>>(), [returned.field("avsikt")]);
    let field = pdf.get_dictionary(returned.field("avsikt")).expect("a field");
    assert_eq!(field.get(b"V").and_then(Object::as_name).expect("a name"), b"Off");
    // Without the radio flag several programs write the wrong box's state (docs/clients.md).
    assert_eq!(field.get(b"Ff").and_then(Object::as_i64).expect("flags"), 1 << 15, "radio buttons that can be cleared");
    let boxes = returned.boxes();
    assert_eq!(boxes.iter().map(|(state, _)| state.as_str()).collect::<Vec<_>>(), ["ja", "nej"]);
    for (state, widget) in boxes {
        let widget = pdf.get_dictionary(widget).expect("a widget");
        assert_eq!(widget.get(b"AS").and_then(Object::as_name).expect("a name"), b"Off");
        let normal = dict(pdf, dict(pdf, widget, "AP"), "N");
        let names: BTreeSet<&[u8]> = normal.iter().map(|(name, _)| name.as_slice()).collect();
        assert_eq!(names, BTreeSet::from([state.as_bytes(), b"Off"]));
        let drawing =
            |name: &[u8]| normal.get_deref(name, pdf).and_then(Object::as_stream).expect("a stream").content.clone();
        let cross = String::from_utf8(drawing(state.as_bytes())).expect("ASCII");
        assert_eq!(cross.split_whitespace().filter(|word| *word == "S").count(), 1, "one path: {cross}");
        assert!(drawing(b"Off").is_empty());
    }
}

#[test]
fn every_widget_speaks_and_no_name_has_a_full_stop() {
    let returned = Returned::blank("18");
    let pdf = &returned.pdf;
    let page = pdf.get_dictionary(returned.form_page()).expect("a page");
    assert_eq!(page.get(b"Tabs").and_then(Object::as_name).expect("a name"), b"S");
    let mut spoken = BTreeSet::new();
    for annotation in pdf.get_page_annotations(returned.form_page()).expect("annotations") {
        if annotation.get(b"Subtype").and_then(Object::as_name).is_ok_and(|subtype| subtype == b"Widget") {
            assert!(annotation.has(b"StructParent"), "a widget stands in the structure tree");
            assert_eq!(annotation.get(b"F").and_then(Object::as_i64).expect("flags"), 4, "printed and not hidden");
            assert!(spoken.insert(text(annotation, "TU")), "two widgets say the same");
        }
    }
    assert_eq!(spoken.len(), 11);
    for id in returned.fields() {
        let name = text(pdf.get_dictionary(id).expect("a field"), "T");
        assert!(!name.contains('.') && name.is_ascii(), "{name}");
    }
}

#[test]
fn the_form_does_nothing_by_itself() {
    let returned = Returned::blank("18");
    let catalog = returned.pdf.catalog().expect("a catalog");
    let form = dict(&returned.pdf, catalog, "AcroForm");
    assert!(!form.has(b"NeedAppearances") && !form.has(b"XFA") && !form.has(b"CO"));
    assert!(!catalog.has(b"OpenAction") && !catalog.has(b"AA") && !catalog.has(b"OCProperties"));
    fn walk(object: &Object, found: &mut Vec<String>) {
        let dict = match object {
            Object::Dictionary(dict) => dict,
            Object::Stream(stream) => &stream.dict,
            Object::Array(items) => return items.iter().for_each(|item| walk(item, found)),
            _ => return,
        };
        if dict.has(b"JS") || dict.has(b"EF") {
            found.push(format!("{dict:?}"));
        }
        dict.iter().for_each(|(_, value)| walk(value, found));
    }
    let mut found = Vec::new();
    returned.pdf.objects.values().for_each(|object| walk(object, &mut found));
    assert_eq!(found, [""; 0]);
}

#[test]
fn the_region_is_filled_in_and_cannot_be_changed() {
    let returned = Returned::blank("14");
    let region = returned.pdf.get_dictionary(returned.field("region")).expect("a field");
    assert_eq!(text(region, "V"), "Västra Götalandsregionen");
    assert_eq!(region.get(b"Ff").and_then(Object::as_i64).expect("flags") & 1, 1);
    let normal = dict(&returned.pdf, region, "AP").get_deref(b"N", &returned.pdf).and_then(Object::as_stream);
    assert!(String::from_utf8_lossy(&normal.expect("a stream").content).contains(" Tj"), "it is drawn as well");
}

#[test]
fn the_signature_field_is_unsigned_and_can_be_flattened() {
    let returned = Returned::blank("18");
    let field = returned.pdf.get_dictionary(returned.field("namnteckning")).expect("a field");
    assert_eq!(field.get(b"FT").and_then(Object::as_name).expect("a name"), b"Sig");
    assert!(!field.has(b"V"));
    let normal = dict(&returned.pdf, field, "AP").get_deref(b"N", &returned.pdf).and_then(Object::as_stream);
    assert!(normal.expect("a stream").content.is_empty());
}

#[test]
fn typed_text_has_a_font_with_every_letter_of_a_name() {
    let returned = Returned::blank("18");
    let pdf = &returned.pdf;
    let form = dict(pdf, pdf.catalog().expect("a catalog"), "AcroForm");
    let appearance = form.get(b"DA").and_then(Object::as_str).expect("a text").to_vec();
    let appearance = String::from_utf8(appearance).expect("ASCII");
    let name = appearance.strip_prefix('/').and_then(|rest| rest.split(' ').next()).expect("a font's name");
    let font = dict(pdf, dict(pdf, dict(pdf, form, "DR"), "Font"), name);
    assert_eq!(font.get(b"Subtype").and_then(Object::as_name).expect("a name"), b"TrueType");
    assert!(dict(pdf, font, "FontDescriptor").has(b"FontFile2"), "it is embedded");
    let encoding = dict(pdf, font, "Encoding");
    assert_eq!(encoding.get(b"BaseEncoding").and_then(Object::as_name).expect("a name"), b"WinAnsiEncoding");
    // A field's own resources have the same font with an encoding that has a name: qpdf knows no other.
    let comment = pdf.get_dictionary(returned.field("kommentar_ja")).expect("a field");
    let normal = dict(pdf, comment, "AP").get_deref(b"N", pdf).and_then(Object::as_stream).expect("a stream");
    let named = dict(pdf, dict(pdf, dict(pdf, &normal.dict, "Resources"), "Font"), name);
    assert_eq!(named.get(b"Encoding").and_then(Object::as_name).expect("a name"), b"WinAnsiEncoding");
    // And the field itself has the form's again: PDF.js takes it before the appearance's.
    assert_eq!(dict(pdf, dict(pdf, dict(pdf, comment, "DR"), "Font"), name), font);
    let map = font.get_deref(b"ToUnicode", pdf).and_then(Object::as_stream).expect("a stream");
    let map = String::from_utf8(map.get_plain_content().expect("it can be decoded")).expect("ASCII").to_uppercase();
    let unmapped = |c: &char| !map.contains(&format!("<{:04X}>", u32::from(*c)));
    let missing: String = "Łukasz Åström – €åäöÅÄÖéü@”’".chars().filter(unmapped).collect();
    assert_eq!(missing, "");
}

#[test]
fn every_file_has_an_identifier_of_its_own() {
    let mut identifiers = BTreeSet::new();
    for sent in &outbox().manifest.documents {
        let pdf = Document::load_mem(&outbox().desk.read(&sent.file)).expect("a PDF");
        let first = pdf.trailer.get(b"ID").and_then(Object::as_array).expect("an identifier")[0].clone();
        assert_eq!(avsikt::token::hex(first.as_str().expect("a text")), sent.file_id);
        assert!(identifiers.insert(sent.file_id.clone()));
    }
}

#[test]
fn only_the_cover_and_the_prices_depend_on_the_recipient() {
    let (one, rest) = outbox().manifest.documents.split_first().expect("documents");
    for other in rest {
        let differing: Vec<usize> =
            (0..one.pages.len()).filter(|at| one.pages[*at].text != other.pages[*at].text).collect();
        assert_eq!(differing, [0, price_page()], "{}", other.name);
    }
}

/// Whatever a page is drawn by before it is stamped, as it stands in the file.
fn drawn(pdf: &Document) -> Vec<Vec<u8>> {
    let stream = |page: &(u32, u16)| {
        let page = pdf.get_dictionary(*page).expect("a page");
        let first =
            page.get(b"Contents").and_then(Object::as_array).expect("streams")[0].as_reference().expect("a number");
        pdf.get_object(first).and_then(Object::as_stream).expect("a stream").content.clone()
    };
    pdf.page_iter().map(|page| stream(&page)).collect()
}

/// A name on the cover may not renumber the glyphs of later pages: then each of them would be compressed and read anew.
#[test]
fn pages_that_are_equal_are_written_equal() {
    let (one, rest) = outbox().manifest.documents.split_first().expect("documents");
    let of = |file: &str| drawn(&Document::load_mem(&outbox().desk.read(file)).expect("a PDF"));
    let first = of(&one.file);
    for other in rest {
        assert!(of(&other.file)[1..price_page()] == first[1..price_page()], "{}", other.name);
    }
}

/// What Typst, its PDF writer and the fingerprints remember saves time and changes nothing.
#[test]
fn what_was_rendered_before_does_not_change_a_document() {
    let workspace = Workspace::open(outbox().desk.root()).expect("a workspace");
    let campaign = load(&workspace, None).expect("it can be read").campaign.expect("it has no mistakes");
    let render = |renderer: &Renderer<'_>, index: usize| {
        let rendered = renderer.render(index).expect("it renders");
        (serde_json::to_value(&rendered.sent).expect("plain data"), rendered.pdf)
    };
    let renderer = Renderer::new(&workspace, &campaign).expect("a style");
    let order = [3, 0, 20, 3, 7, 0, 11, 3];
    let warm: Vec<_> = order.iter().map(|index| render(&renderer, *index)).collect();
    let alone: Vec<_> = on_one_thread(|| order.iter().map(|index| render(&renderer, *index)).collect());
    for ((index, warm), alone) in order.iter().zip(&warm).zip(&alone) {
        comemo::evict(0);
        let cold = render(&Renderer::new(&workspace, &campaign).expect("a style"), *index);
        assert!(*warm == cold && *alone == cold, "number {index} differs");
        assert_eq!(outbox().desk.read(&outbox().manifest.documents[*index].file), cold.1);
    }
}

#[test]
fn amounts_hold_together() {
    let outbox = outbox();
    let pages = [price_page() - 1, price_page()].map(|page| &outbox.sent_to("18").pages[page].text);
    let text = pages.map(|page| outbox.manifest.texts[page].as_str()).concat();
    for amount in ["946 635 kr", "32 219 700 kr", "534 727 kr", "196 850 kr"] {
        assert!(text.contains(&amount.replace(' ', "\u{a0}")), "{amount} in {text}");
        assert!(!text.contains(amount), "{amount} can be torn apart");
    }
}
