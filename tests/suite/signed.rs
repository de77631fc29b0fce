//! Whether an answer is signed: by hand, digitally, or not at all.

use lopdf::{Object, ObjectId, dictionary};

use avsikt::answer::document::{ChangedAfter, DigitalSignature, Document, Ink, Outcome, SignedBy, Verdict};
use avsikt::pdf::facts::{Coverage, SignatureKind};

use crate::support::desk::{Desk, SHIPPED};
use crate::support::returned::{Returned, rect};
use crate::support::sent::{Outbox, binding, codes, outbox};
use crate::support::signer::{
    Holder, Signing, Stamped, authority, der, extension, find, gap, pem, revised, signed, signed_again, signed_as,
    signer, stamping, usage,
};

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
    // Of a file whose end is missing nobody knows whether it was signed.
    let filled = Returned::filled("18", "ja").bytes();
    let cut = binding().read(&[&filled[..], b"900 0 obj\n<< /Type /Si"].concat());
    assert!(codes(&cut).contains(&"cut-off") && !codes(&cut).contains(&"unsigned"), "{:?}", cut.findings);
    assert_eq!((cut.outcome, cut.signature.by), (Outcome::Review, SignedBy::Unread));
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

/// The only signature of a document.
fn only(document: &Document) -> &DigitalSignature {
    assert_eq!(document.signature.by, SignedBy::Digital, "{:?}", document.findings);
    assert_eq!(document.signature.digital.len(), 1);
    &document.signature.digital[0]
}

#[test]
fn a_return_that_was_filled_in_and_then_signed_is_an_answer() {
    let document = binding().read(&signed(Returned::filled("18", "ja")));
    assert_eq!((document.outcome, codes(&document)), (Outcome::Answer, vec![]), "{:?}", document.findings);
    let signature = only(&document);
    assert_eq!((signature.intact, signature.valid, signature.trusted), (Some(true), Some(true), None));
    assert_eq!((signature.coverage, signature.changed_after), (Coverage::WholeFile, ChangedAfter::Nothing));
    assert_eq!(signature.algorithm.as_deref(), Some("ECDSA P-256, SHA-256"));
    assert_eq!(
        (signature.signer.as_deref(), signature.organisation.as_deref()),
        (Some("Siv Exempelsson"), Some("Region Påhitt"))
    );
    assert_eq!(signature.time.as_deref(), Some("2026-02-11T09:12:00Z"));
    assert_eq!(signature.bottom_line, "intact; whether its signer is to be trusted is not checked");
}

#[test]
fn what_was_changed_or_added_after_the_signature_goes_to_a_person() {
    let right = signed(Returned::filled("18", "ja"));
    let told = |bytes: &[u8], verdict: Verdict, code: &str| {
        let document = binding().read(bytes);
        assert_eq!(only(&document).verdict, verdict, "{:?}", document.findings);
        assert!(document.outcome == Outcome::Review && codes(&document).contains(&code), "{:?}", document.findings);
        document
    };
    let mut edited = right.clone();
    let at = find(&edited, b"(Direkt").expect("the title");
    edited[at + 1] = b'B';
    told(&edited, Verdict::Broken, "signature-broken");

    let added = [&right[..], b"\n7 0 obj\nnull\nendobj\n%%EOF\n"].concat();
    let document = binding().read(&added);
    assert!(document.outcome == Outcome::Review, "{:?}", document.findings);

    let field = Returned::open(&right).field("titel");
    let bytes = revised(&right, |later| {
        later.opt_clone_object_to_new_document(field).expect("the field is there");
        let dict = later.new_document.get_dictionary_mut(field).expect("a dictionary");
        dict.set("V", Object::string_literal("Vaktmastare"));
    });
    let document = told(&bytes, Verdict::Added, "changed-after-signing");
    let signature = only(&document);
    assert_eq!((signature.coverage, signature.intact), (Coverage::WholeRevision, Some(true)));
    assert_eq!(signature.changed_after, ChangedAfter::FormFilling);
    let wanted = "changed after it was signed: `titel` was “Direktör” and is not clear (";
    assert!(signature.bottom_line.starts_with(wanted), "{}", signature.bottom_line);
    assert_eq!(document.changes.last().map(|change| change.was.as_str()), Some("“Direktör”"));
}

#[test]
fn the_form_as_it_was_signed_is_read_by_itself() {
    // Another box ticked after the signature, with its look: the page shows nothing odd.
    let right = signed(Returned::filled("18", "ja"));
    let mut other = Returned::open(&right);
    let field = other.field("avsikt");
    let widgets = other.boxes();
    other.tick("nej");
    let bytes = revised(&right, |later| {
        for id in widgets.iter().map(|(_, id)| *id).chain([field]) {
            let dict = other.pdf.get_dictionary(id).expect("a dictionary").clone();
            later.new_document.objects.insert(id, dict.into());
        }
    });
    let document = binding().read(&bytes);
    let signature = only(&document);
    assert_eq!(signature.verdict, Verdict::Added);
    assert!(signature.bottom_line.contains("`avsikt` was “ja” and is “nej”"), "{}", signature.bottom_line);
    assert_eq!((document.outcome, document.choice.value.as_deref()), (Outcome::Review, None));
    assert!(document.choice.candidates.contains(&"nej".to_owned()), "{:?}", document.choice);

    // Signed with nothing filled in.
    let empty = signed(Returned::blank("18"));
    let mut filled = Returned::open(&empty);
    let field = filled.field("avsikt");
    let widgets = filled.boxes();
    filled.tick("ja");
    let bytes = revised(&empty, |later| {
        for id in widgets.iter().map(|(_, id)| *id).chain([field]) {
            let dict = filled.pdf.get_dictionary(id).expect("a dictionary").clone();
            later.new_document.objects.insert(id, dict.into());
        }
    });
    let document = binding().read(&bytes);
    assert!(only(&document).bottom_line.contains("`avsikt` was empty and is “ja”"), "{}", only(&document).bottom_line);
    assert_eq!(document.outcome, Outcome::Review);
}

#[test]
fn what_is_added_and_changes_no_answer_is_told_and_does_no_harm() {
    let right = signed(Returned::filled("18", "ja"));
    let twice = binding().read(&signed_again(&right));
    assert_eq!((twice.outcome, codes(&twice)), (Outcome::Answer, vec!["added-after-signing"]), "{:?}", twice.findings);
    let [first, second] = &twice.signature.digital[..] else { panic!("two signatures: {:?}", twice.signature) };
    assert_eq!((first.verdict, first.changed_after), (Verdict::Intact, ChangedAfter::Signatures));
    assert_eq!((first.coverage, second.coverage), (Coverage::WholeRevision, Coverage::WholeFile));
    assert_eq!((second.verdict, second.changed_after), (Verdict::Intact, ChangedAfter::Nothing));

    let catalog =
        |bytes: &[u8]| Returned::open(bytes).pdf.trailer.get(b"Root").and_then(Object::as_reference).expect("one");
    let stored = revised(&right, |later| {
        let root = catalog(&right);
        later.opt_clone_object_to_new_document(root).expect("the catalogue is there");
        let root = later.new_document.get_dictionary_mut(root).expect("a dictionary");
        root.set("DSS", dictionary! { "Certs" => Vec::<Object>::new() });
    });
    let document = binding().read(&stored);
    assert_eq!((document.outcome, only(&document).changed_after), (Outcome::Answer, ChangedAfter::Other));
    assert_eq!(codes(&document), ["added-after-signing"]);
}

#[test]
fn a_signature_of_another_key_or_another_time_than_its_certificates_is_told() {
    let filled = || Returned::filled("18", "ja");
    let read = |signing: Signing| binding().read(&signed_as(filled(), &signing, |_| {}));
    let foreign = read(Signing { foreign_key: true, ..Signing::default() });
    assert_eq!((only(&foreign).valid, only(&foreign).verdict), (Some(false), Verdict::Broken));
    assert!(codes(&foreign).contains(&"signature-broken"));
    let own = signer().certificate(&signer(), 1, &[]);
    let named = read(Signing { named: Some(own), ..Signing::default() });
    assert_eq!((named.outcome, only(&named).valid), (Outcome::Answer, Some(true)), "{:?}", named.findings);
    let another = signer().certificate(&signer(), 1, &[usage(0x80)]);
    let named = read(Signing { named: Some(another), ..Signing::default() });
    assert_eq!(
        (only(&named).valid, only(&named).verdict),
        (Some(false), Verdict::Broken),
        "its attributes name another"
    );
    let late = read(Signing { time: "310211091200Z", ..Signing::default() });
    assert_eq!((late.outcome, only(&late).verdict), (Outcome::Review, Verdict::Intact));
    assert!(codes(&late).contains(&"certificate-expired"), "{:?}", late.findings);
    let carries = read(Signing { content: Some(b"another document".to_vec()), ..Signing::default() });
    assert!(codes(&carries).contains(&"signature-damaged"), "{:?}", carries.findings);
}

#[test]
fn every_odd_byte_range_is_damaged() {
    let right = signed(Returned::filled("18", "ja"));
    let (from, to) = gap(&right).expect("the gap");
    let stated = format!("0 {from} {to} {}", right.len() - to);
    let at = find(&right, stated.as_bytes()).expect("the range");
    let end = at + right[at..].iter().position(|byte| *byte == b']').expect("its end");
    let with = |range: String| {
        let mut bytes = right.clone();
        assert!(range.len() <= end - at, "there is room for {range}");
        bytes[at..end].copy_from_slice(format!("{range:<width$}", width = end - at).as_bytes());
        bytes
    };
    let rest = right.len() - to;
    for (range, why) in [
        (format!("0 {from} {to} {}", rest + 1), "reaches out of the file"),
        (format!("0 {from} {to} {}", rest - 7), "does not end behind an end marker"),
        (format!("1 {} {to} {rest}", from - 1), "does not begin with the file"),
        (format!("0 {} {to} {rest}", from - 1), "is not one hexadecimal string"),
        (format!("0 {from} {} {}", to + 1, rest - 1), "is not one hexadecimal string"),
        (format!("0 {to} {from} {rest}"), "leaves no gap"),
        (format!("0 {from} {to} -1"), "not four whole numbers"),
        (format!("0 {from} {to}"), "not four whole numbers"),
        (format!("0 {from} {to} 9 9 9"), "not four whole numbers"),
        ("0 0 0 0".to_owned(), "leaves no gap"),
    ] {
        let document = binding().read(&with(range.clone()));
        let signature = only(&document);
        assert_eq!((signature.verdict, signature.coverage), (Verdict::Damaged, Coverage::Damaged), "{range}");
        assert!(signature.bottom_line.contains(why), "{range}: {}", signature.bottom_line);
        assert!(document.outcome == Outcome::Review && codes(&document).contains(&"signature-damaged"), "{range}");
    }
}

#[test]
fn a_signature_that_can_be_read_in_two_ways_is_damaged() {
    let why = |bytes: &[u8]| {
        let document = binding().read(bytes);
        assert!(codes(&document).contains(&"signature-damaged"), "{:?}", document.findings);
        assert_eq!(document.outcome, Outcome::Review);
        document.signature.digital[0].bottom_line.clone()
    };
    let filled = || Returned::filled("18", "ja");
    // A range that stands there twice; written over another entry, and the right one comes last.
    let with = |dict: &mut lopdf::Dictionary| {
        let range = dict.remove(b"ByteRange").expect("the range");
        dict.set("Reasons00", vec![0.into(), 1.into(), 2.into(), 3.into()]);
        dict.set("ByteRange", range);
    };
    let mut twice = signed_as(filled(), &Signing::default(), with);
    let at = find(&twice, b"/Reasons00").expect("the entry");
    twice[at..at + 10].copy_from_slice(b"/ByteRange");
    assert!(why(&twice).contains("names a key twice"));
    // Two fields with one signature, and bytes before the header.
    let mut both = filled();
    let field = both.field("namnteckning");
    let mut other = both.dict(field).clone();
    other.set("T", Object::string_literal("Signature2"));
    // This field is the next object, and the signature the one after it.
    other.set("V", Object::Reference((both.pdf.max_id + 2, 0)));
    let other = both.pdf.add_object(other);
    both.form_mut().get_mut(b"Fields").and_then(Object::as_array_mut).expect("fields").push(other.into());
    assert!(why(&signed(both)).contains("two fields have one signature"));
    let junk = [b"\n", &signed(filled())[..]].concat();
    assert!(why(&junk).contains("before the file's header"));
    let words = signed_as(filled(), &Signing::default(), |dict| {
        dict.set("Reason", Object::string_literal("/ByteRange [0 1 2 3] /Contents <00>"));
    });
    assert_eq!(binding().read(&words).outcome, Outcome::Answer, "in a string it is no key");
}

/// A return signed with a certificate of this issuer, with others in the container.
fn issued(issuer: &Holder, own: &[Vec<u8>], others: &[Vec<u8>]) -> Vec<u8> {
    let own = signer().certificate(issuer, 1, own);
    let certificates = [&[own], others].concat();
    signed_as(Returned::filled("18", "ja"), &Signing::by(issuer, &certificates), |_| {})
}

#[test]
fn a_signer_is_trusted_who_leads_to_a_certificate_of_the_office() {
    let root = Holder::new(1, "Inera Exempel", "Rot 1");
    let below = Holder::new(2, "Inera Exempel", "Utfärdare 1");
    let trusted = pem(&root.certificate(&root, 1, &authority()));
    let between = below.certificate(&root, 2, &authority());
    let direct = issued(&root, &[usage(0x40)], &[]);
    let through = issued(&below, &[usage(0x80)], &[between]);
    for bytes in [&direct, &through] {
        let document = binding().read_trusting(&trusted, bytes);
        assert_eq!((document.outcome, codes(&document)), (Outcome::Answer, vec![]), "{:?}", document.findings);
        assert_eq!((only(&document).trusted, only(&document).verdict), (Some(true), Verdict::Trusted));
        // Without any that is trusted nothing is said of it.
        assert_eq!(only(&binding().read(bytes)).trusted, None);
    }
    let own = pem(&signer().certificate(&signer(), 1, &[]));
    let document = binding().read_trusting(&own, &signed(Returned::filled("18", "ja")));
    assert_eq!(only(&document).trusted, Some(true), "the office may trust a signer's own certificate");
}

#[test]
fn a_signer_who_leads_to_none_or_by_a_bad_path_is_not_trusted() {
    let root = Holder::new(1, "Inera Exempel", "Rot 1");
    let trusted = pem(&root.certificate(&root, 1, &authority()));
    let look_alike = Holder::new(3, "Inera Exempel", "Rot 1");
    let below = Holder::new(2, "Inera Exempel", "Utfärdare 1");
    let between = |extensions: &[Vec<u8>]| below.certificate(&root, 2, extensions);
    let [constraints, may_sign] = authority();
    let names = extension(30, false, &der(0x30, &[]));
    let forty: Vec<Vec<u8>> = (0..40).map(|n| below.certificate(&below, 10 + n, &authority())).collect();
    let nobody = extension(19, true, &der(0x30, &[der(0x01, &[0xff]), der(0x02, &[0])].concat()));
    let lower = Holder::new(4, "Inera Exempel", "Utfärdare 2");
    for (name, bytes, why) in [
        ("itself", signed(Returned::filled("18", "ja")), "leads to no certificate"),
        (
            "a look-alike",
            issued(&look_alike, &[], &[look_alike.certificate(&look_alike, 1, &authority())]),
            "was not signed by",
        ),
        ("not for signing", issued(&root, &[usage(0x20)], &[]), "is not for signing"),
        ("no authority", issued(&below, &[], &[between(&[])]), "may not issue others"),
        (
            "no right to issue",
            issued(&below, &[], &[between(&[constraints.clone(), usage(0x80)])]),
            "may not issue others",
        ),
        ("names", issued(&below, &[], &[between(&[constraints, may_sign.clone(), names])]), "constrains names"),
        ("critical", issued(&root, &[extension(99, true, &[5, 0])], &[]), "critical extension"),
        ("forty of one name", issued(&below, &[], &forty), ""),
        (
            "too far",
            issued(&lower, &[], &[lower.certificate(&below, 2, &authority()), between(&[nobody, may_sign])]),
            "too far",
        ),
    ] {
        let document = binding().read_trusting(&trusted, &bytes);
        let signature = only(&document);
        assert_eq!((signature.trusted, signature.verdict), (Some(false), Verdict::Untrusted), "{name}");
        assert!(signature.bottom_line.contains(why), "{name}: {}", signature.bottom_line);
        assert!(document.outcome == Outcome::Review && codes(&document) == ["signer-not-trusted"], "{name}");
    }
}

#[test]
fn what_is_no_certificate_among_the_trusted_stops_the_run() {
    let desk = Desk::shipped();
    desk.run(["render"]).ended(0);
    desk.write("trust/.gitkeep", b"");
    desk.run(["parse"]).ended(0);
    desk.write("trust/rot.pem", "en anteckning");
    let said = desk.run(["parse"]).ended(2);
    assert!(said.stderr.contains("`trust/rot.pem`: it holds no certificate in PEM"), "{}", said.stderr);
    desk.write("trust/rot.pem", pem(&signer().certificate(&signer(), 1, &[])));
    desk.run(["parse"]).ended(0);
    desk.write("trust/rot.cer", b"0");
    let said = desk.run(["parse"]).ended(2);
    assert!(said.stderr.contains("`trust/rot.cer`: this is no `.pem` file"), "{}", said.stderr);
}

#[test]
fn a_timestamp_proves_when_and_is_nobodys_signature() {
    let stamped = |of: Stamped| {
        let signing = Signing { stamp: Some(of), ..Signing::default() };
        signed_as(Returned::filled("18", "ja"), &signing, |dict| {
            if of == Stamped::Document {
                dict.set("Type", "DocTimeStamp");
                dict.set("SubFilter", "ETSI.RFC3161");
            }
        })
    };
    let right = binding().read(&stamped(Stamped::This));
    let stamp = only(&right).timestamp.as_ref().expect("a timestamp");
    assert_eq!((stamp.intact, stamp.valid, stamp.trusted), (true, Some(true), None));
    assert_eq!((stamp.time.as_str(), stamp.authority.as_deref()), ("2026-02-11T09:13:00Z", Some("Siv Exempelsson")));
    assert_eq!(
        (right.outcome, only(&right).time_proved),
        (Outcome::Answer, false),
        "its authority is not known to be trusted"
    );
    assert_eq!(only(&right).time.as_deref(), Some("2026-02-11T09:12:00Z"), "so the signer's own time stands");
    let trusted = pem(&signer().certificate(&signer(), 1, &[extension(37, true, &stamping())]));
    let proved = binding().read_trusting(&trusted, &stamped(Stamped::This));
    assert!(only(&proved).time_proved, "{:?}", only(&proved));
    assert_eq!(only(&proved).time.as_deref(), Some("2026-02-11T09:13:00Z"));

    let other = binding().read(&stamped(Stamped::Another));
    assert_eq!(only(&other).verdict, Verdict::Broken);
    assert!(codes(&other).contains(&"signature-broken"), "{:?}", other.findings);

    let document = binding().read(&stamped(Stamped::Document));
    let [stamp] = &document.signature.digital[..] else { panic!("one: {:?}", document.signature) };
    assert_eq!((stamp.kind, stamp.verdict), (SignatureKind::Timestamp, Verdict::Intact));
    assert_ne!(document.signature.by, SignedBy::Digital);
    assert_eq!(document.outcome, Outcome::Review, "{:?}", document.findings);
}

// Attacks on signatures, by their names in the literature, each with what it comes to.

/// A file that was signed, and then had one page changed in a revision of its own, counted back from the form's.
fn repainted(returned: Returned, back: usize, change: impl FnOnce(&mut Returned, ObjectId)) -> Vec<u8> {
    let right = signed(returned);
    let mut later = Returned::open(&right);
    let pages = later.pages();
    let page = pages[pages.len() - 1 - back];
    let before = later.pdf.max_id;
    change(&mut later, page);
    revised(&right, |revision| {
        let new = later.pdf.objects.range((before + 1, 0)..).map(|(id, _)| *id);
        for id in new.chain([page]) {
            revision.new_document.objects.insert(id, later.pdf.objects[&id].clone());
        }
        revision.new_document.max_id = later.pdf.max_id;
    })
}

#[test]
fn signature_wrapping() {
    // The field leads to another dictionary, which claims the range and the container of the one that was signed.
    let right = signed(Returned::filled("18", "ja"));
    let field = Returned::open(&right).field("namnteckning");
    let bytes = revised(&right, |later| {
        let before = later.get_prev_documents();
        let signature = before.get_dictionary(field).and_then(|field| field.get(b"V")).and_then(Object::as_reference);
        let copy = before.get_dictionary(signature.expect("it is signed")).expect("a dictionary").clone();
        later.opt_clone_object_to_new_document(field).expect("the field is there");
        let copy = later.new_document.add_object(copy);
        later.new_document.get_dictionary_mut(field).expect("a dictionary").set("V", copy);
    });
    let document = binding().read(&bytes);
    assert!(only(&document).bottom_line.contains("does not stand in the signature's own object"));
    assert_eq!((document.outcome, only(&document).verdict), (Outcome::Review, Verdict::Damaged));
}

#[test]
fn shadow_attack_hide() {
    // Something lies over the prices when they are signed, and is taken away afterwards.
    let clean = Returned::filled("18", "ja");
    let pages = clean.pages();
    let page = pages[pages.len() - 2];
    let contents: Vec<Object> = clean.contents(page).into_iter().map(Object::Reference).collect();
    let mut hidden = Returned::filled("18", "ja");
    hidden.draw(page, "q 1 g 60 690 400 80 re f Q");
    let bytes = repainted(hidden, 1, |later, page| later.dict(page).set("Contents", contents));
    let document = binding().read(&bytes);
    assert_eq!(document.outcome, Outcome::Review, "{:?}", document.findings);
    assert_eq!((only(&document).verdict, only(&document).changed_after), (Verdict::Added, ChangedAfter::Pages));
    assert!(only(&document).bottom_line.contains("was in doubt ("), "{}", only(&document).bottom_line);
}

#[test]
fn shadow_attack_replace() {
    // What the page says is overwritten after it was signed.
    let bytes = repainted(Returned::filled("18", "ja"), 0, |later, page| {
        later.draw(page, "q 0 g 60 690 400 80 re f Q");
    });
    let document = binding().read(&bytes);
    assert_eq!(document.outcome, Outcome::Review);
    assert!(codes(&document).contains(&"content-changed"), "{:?}", document.findings);
    assert_eq!(only(&document).changed_after, ChangedAfter::Pages);
}

#[test]
fn stray_annotation_over_the_prices_after_signing() {
    let bytes = repainted(Returned::filled("18", "ja"), 1, |later, page| {
        later.annotate(
            page,
            dictionary! {
                "Type" => "Annot", "Subtype" => "FreeText", "Rect" => rect([60, 300, 460, 360]), "F" => 4,
                "Contents" => Object::string_literal("100 kr"), "DA" => Object::string_literal("/Helv 12 Tf 0 g"),
            },
        );
    });
    let document = binding().read(&bytes);
    assert_eq!(document.outcome, Outcome::Review);
    assert!(codes(&document).contains(&"foreign-annotation"), "{:?}", document.findings);
    assert_eq!(only(&document).changed_after, ChangedAfter::Annotations);
}

#[test]
fn second_signature_field_of_one_name() {
    let mut returned = Returned::filled("18", "ja");
    let field = returned.field("namnteckning");
    let mut twin = returned.dict(field).clone();
    twin.remove(b"V");
    let twin = returned.pdf.add_object(twin);
    returned.form_mut().get_mut(b"Fields").and_then(Object::as_array_mut).expect("fields").push(twin.into());
    let document = binding().read(&signed(returned));
    assert!(codes(&document).contains(&"duplicate-fields"), "{:?}", document.findings);
    assert_eq!(document.outcome, Outcome::Review);
}
