//! Anything at all may lie in the inbox: each file is told apart by its bytes, and none stops the others.

use avsikt::answer::document::Outcome;
use lopdf::encryption::{EncryptionState, EncryptionVersion, Permissions};

use crate::support::returned::Returned;
use crate::support::sent::{codes, outbox};

/// An honest yes from recipient 18, encrypted (ISO 32000-2 7.6).
pub fn encrypted(user_password: &str, owner_password: &str) -> Vec<u8> {
    let mut returned = Returned::filled("18", "ja");
    let version = EncryptionVersion::V2 {
        document: &returned.pdf,
        owner_password,
        user_password,
        key_length: 128,
        permissions: Permissions::all(),
    };
    let state = EncryptionState::try_from(version).expect("the passwords can be used");
    returned.pdf.encrypt(&state).expect("the file can be encrypted");
    returned.bytes()
}

fn honest() -> Vec<u8> {
    Returned::filled("18", "ja").bytes()
}

/// Bytes that look random and are the same every time.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    let next = |_| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_be_bytes()[0]
    };
    (0..length).map(next).collect()
}

#[test]
fn every_file_is_told_apart_by_its_bytes() {
    let half = honest().len() / 2;
    let torn_after_header = [b"%PDF-1.7\n", &noise(5000)[..]].concat();
    let cases: [(&str, Vec<u8>, Outcome, &[&str]); 19] = [
        ("tom.pdf", Vec::new(), Outcome::Rejected, &["not-a-pdf"]),
        ("brus.pdf", noise(100_000), Outcome::Rejected, &["not-a-pdf"]),
        ("brus efter huvudet.pdf", torn_after_header, Outcome::Rejected, &["damaged"]),
        ("sida.pdf", b"<!DOCTYPE html><html><body>Ja</body></html>".to_vec(), Outcome::Rejected, &["not-a-pdf"]),
        ("svar.txt", honest(), Outcome::Answer, &["wrong-extension"]),
        ("svar", honest(), Outcome::Answer, &["wrong-extension"]),
        ("SVAR.PDF", honest(), Outcome::Answer, &[]),
        ("Örebro ”svar” (1).pdf", honest(), Outcome::Answer, &[]),
        ("bild.jpg", b"\xff\xd8\xff\xe0\0\x10JFIF\0".to_vec(), Outcome::Rejected, &["not-readable-yet"]),
        ("bild.pdf", b"\xff\xd8\xff\xe0\0\x10JFIF\0".to_vec(), Outcome::Rejected, &["not-readable-yet"]),
        ("bild.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec(), Outcome::Rejected, &["not-readable-yet"]),
        ("bild.tif", b"II*\0\x08\0\0\0".to_vec(), Outcome::Rejected, &["not-readable-yet"]),
        ("svar.zip", b"PK\x03\x04\x14\0\0\0".to_vec(), Outcome::Rejected, &["not-readable-yet"]),
        ("svar.docx", b"PK\x03\x04\x14\0\x06\0".to_vec(), Outcome::Rejected, &["not-readable-yet"]),
        ("svar.eml", b"Subject: Svar\r\n\r\nJa.\r\n".to_vec(), Outcome::Rejected, &["not-readable-yet"]),
        ("anteckning.txt", "Vi svarar ja.".into(), Outcome::Rejected, &["not-a-pdf"]),
        ("halv.pdf", honest()[..half].to_vec(), Outcome::Rejected, &["damaged"]),
        ("skyddad.pdf", encrypted("hemligt", "hemligare"), Outcome::Rejected, &["encrypted"]),
        ("stor.pdf", [honest(), vec![0; 33 << 20]].concat(), Outcome::Rejected, &["too-large"]),
    ];
    for (name, bytes, outcome, findings) in cases {
        let document = outbox().read_as(name, &bytes);
        let told: Vec<_> = document.findings.iter().map(|finding| &finding.message).collect();
        assert_eq!((document.outcome, codes(&document)), (outcome, findings.to_vec()), "{name}: {told:#?}");
        assert_eq!(document.path, format!("inbox/{name}"));
    }
}

#[test]
fn a_torn_file_is_never_read_as_something_else() {
    let whole = honest();
    for hundredths in [10, 25, 50, 75, 90, 99] {
        let document = outbox().read(&whole[..whole.len() * hundredths / 100]);
        if document.outcome == Outcome::Answer {
            assert_eq!(document.choice.value.as_deref(), Some("ja"), "{hundredths} %");
            assert!(codes(&document).contains(&"repaired"), "{hundredths} %: {:?}", document.findings);
        }
    }
}

#[test]
fn junk_around_the_file_is_passed_over() {
    let junk = [b"Content-Type: application/pdf\r\n\r\n".to_vec(), honest(), b"\r\n--slut--\r\n".to_vec()].concat();
    let document = outbox().read(&junk);
    assert_eq!(document.outcome, Outcome::Answer, "{:?}", document.findings);
    assert_eq!(codes(&document), ["oddity"]);
}

#[test]
fn flipped_bytes_never_change_the_answer() {
    let whole = honest();
    let places = noise(160);
    for (round, pair) in places.chunks(2).enumerate() {
        let mut bytes = whole.clone();
        // Spread over the file: each round has its own stretch.
        let at = (round * whole.len() / 80 + usize::from(pair[0])).min(whole.len() - 1);
        bytes[at] ^= pair[1] | 1;
        let document = outbox().read(&bytes);
        if document.outcome == Outcome::Answer {
            assert_eq!(document.choice.value.as_deref(), Some("ja"), "byte {at}");
            assert_eq!(document.fields["titel"].value.as_deref(), Some("Direktör"), "byte {at}");
        }
    }
}
