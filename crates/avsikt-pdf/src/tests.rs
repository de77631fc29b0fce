//! The room as a whole.

use super::facts::{ActiveContent, FieldValue, PdfFacts, PdfProblem};
use super::*;

use lopdf::{Document, EncryptionState, EncryptionVersion, Permissions};

const FORM: &str = "1 0 obj << /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [5 0 R] >>
  /OpenAction << /S /JavaScript /JS (app.alert) >> >> endobj
2 0 obj << /Type /Pages /Kids [3 0 R 4 0 R] /Count 2 /MediaBox [0 0 300 200] >> endobj
3 0 obj << /Type /Page /Parent 2 0 R /Contents 6 0 R >> endobj
4 0 obj << /Type /Page /Parent 2 0 R /Contents 6 0 R
  /Annots [5 0 R << /Subtype /FreeText /Rect [0 0 9 9] /Contents (never) >>] >> endobj
5 0 obj << /FT /Tx /T (name) /V (Anna) /Subtype /Widget /Rect [1 2 3 4] >> endobj
7 0 obj << /Keywords (token) >> endobj
";

fn form() -> Vec<u8> {
    let body = format!("{FORM}{}", sample::stream(6, "q Q"));
    sample::file_with_trailer(&body, "/Info 7 0 R /ID [<0A0b> <00>]")
}

#[test]
fn every_part_of_the_room_gives_its_facts() {
    let facts = read_facts(&form()).unwrap();
    assert_eq!(facts.pages.len(), 2);
    assert_eq!(facts.pages[0].content_sha256, facts.pages[1].content_sha256);
    assert_eq!((facts.file_id.as_deref(), facts.keywords.as_deref()), (Some("0a0b"), Some("token")));
    assert!(matches!(&facts.fields[0].value, FieldValue::Text { text, .. } if text == "Anna"));
    assert_eq!(facts.annotations[0].contents.as_deref(), Some("never"));
    assert_eq!(facts.active, [ActiveContent::JavaScript]);
    assert!(!facts.repaired && !facts.encrypted);
    assert_eq!(facts.oddities, [] as [&str; 0]);
}

#[test]
fn text_is_read_where_it_was_asked_for() {
    let read = |bytes: Vec<u8>, pages: &[usize], limits: &Limits| {
        let passwords = passwords::Passwords::default();
        let texts = OpenFile::open(bytes, limits, &passwords).unwrap().texts(pages).unwrap().texts;
        texts.into_keys().collect::<Vec<_>>()
    };
    let limits = Limits::default();
    assert_eq!(read(form(), &[1, 0, 7], &limits), [0, 1]);
    assert_eq!(read(form(), &[], &limits), [] as [usize; 0]);
    assert_eq!(read(form(), &[1, 0], &Limits { text_pages: 1, ..limits }), [1]);
}

#[test]
fn facts_survive_the_pipe() {
    let facts = read_facts(&form()).unwrap();
    let json = serde_json::to_string(&facts).unwrap();
    assert_eq!(serde_json::from_str::<PdfFacts>(&json).unwrap(), facts);
}

#[test]
fn junk_before_the_header_is_odd_and_harmless() {
    let mut bytes = b"junk\n".to_vec();
    bytes.extend(form());
    let facts = read_facts(&bytes).unwrap();
    assert_eq!(facts.oddities, ["5 bytes stand before the header"]);
}

/// The form, encrypted with this user password.
fn encrypted(password: &str) -> Vec<u8> {
    let mut document = Document::load_mem(&form()).unwrap();
    let version = EncryptionVersion::V2 {
        document: &document,
        owner_password: "owner",
        user_password: password,
        key_length: 128,
        permissions: Permissions::all(),
    };
    let state = EncryptionState::try_from(version).unwrap();
    document.encrypt(&state).unwrap();
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).unwrap();
    bytes
}

#[test]
fn encryption_without_a_password_is_opened_and_told() {
    let plain = read_facts(&form()).unwrap();
    let facts = read_facts(&encrypted("")).unwrap();
    assert!(facts.encrypted);
    assert_eq!((facts.fields, facts.pages), (plain.fields, plain.pages));
    assert_eq!(read_facts(&encrypted("secret")), Err(PdfProblem::Encrypted));
}
