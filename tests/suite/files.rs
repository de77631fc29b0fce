//! Anything at all may lie in the inbox: each file is told apart by its bytes, and none stops the others.

use avsikt::answer::document::Outcome;
use avsikt::error::Error;
use avsikt::pdf::worker::Pool;
use avsikt::read::{self, Campaigner, Pictures};
use avsikt::workspace::Workspace;
use std::collections::BTreeMap;
use std::sync::Arc;

use lopdf::encryption::crypt_filters::{Aes128CryptFilter, Aes256CryptFilter, CryptFilter};
use lopdf::encryption::{EncryptionState, EncryptionVersion, Permissions};

use crate::support::desk::Desk;
use crate::support::returned::Returned;
use crate::support::sent::{codes, outbox};

/// How a file is encrypted (ISO 32000-2 7.6).
#[derive(Debug, Clone, Copy)]
enum Cipher {
    Rc4With40Bits,
    Rc4With128Bits,
    Aes128,
    Aes256,
}

const CIPHERS: [Cipher; 4] = [Cipher::Rc4With40Bits, Cipher::Rc4With128Bits, Cipher::Aes128, Cipher::Aes256];

/// An honest yes from recipient 18, encrypted.
pub fn encrypted(user_password: &str, owner_password: &str) -> Vec<u8> {
    encrypted_by(Cipher::Rc4With128Bits, user_password, owner_password)
}

fn encrypted_by(cipher: Cipher, user_password: &str, owner_password: &str) -> Vec<u8> {
    encrypt(Returned::filled("18", "ja"), cipher, user_password, owner_password)
}

/// The same from another desk, whose key is its own.
fn encrypted_from(desk: &Desk, cipher: Cipher, user_password: &str, owner_password: &str) -> Vec<u8> {
    let sent = desk.files("outbox/declarations").into_iter().find(|name| name.starts_with("18-"));
    let mut returned = Returned::open(&desk.read(&format!("outbox/declarations/{}", sent.expect("it was rendered"))));
    returned.tick("ja");
    encrypt(returned, cipher, user_password, owner_password)
}

fn encrypt(mut returned: Returned, cipher: Cipher, user_password: &str, owner_password: &str) -> Vec<u8> {
    let permissions = Permissions::all();
    let standard = b"StdCF".to_vec();
    let filters = |filter: Arc<dyn CryptFilter>| BTreeMap::from([(standard.clone(), filter)]);
    let document = &returned.pdf;
    let version = match cipher {
        Cipher::Rc4With40Bits => EncryptionVersion::V1 { document, owner_password, user_password, permissions },
        Cipher::Rc4With128Bits => {
            EncryptionVersion::V2 { document, owner_password, user_password, key_length: 128, permissions }
        }
        Cipher::Aes128 => EncryptionVersion::V4 {
            document,
            encrypt_metadata: true,
            crypt_filters: filters(Arc::new(Aes128CryptFilter)),
            stream_filter: standard.clone(),
            string_filter: standard.clone(),
            owner_password,
            user_password,
            permissions,
        },
        Cipher::Aes256 => EncryptionVersion::V5 {
            encrypt_metadata: true,
            crypt_filters: filters(Arc::new(Aes256CryptFilter)),
            file_encryption_key: &[7; 32],
            stream_filter: standard.clone(),
            string_filter: standard.clone(),
            owner_password,
            user_password,
            permissions,
        },
    };
    let state = EncryptionState::try_from(version).expect("the passwords can be used");
    returned.pdf.encrypt(&state).expect("the file can be encrypted");
    returned.bytes()
}

#[test]
fn every_cipher_is_read_where_no_password_is_needed() {
    for cipher in CIPHERS {
        let document = outbox().read(&encrypted_by(cipher, "", "ägarens"));
        assert_eq!((document.outcome, codes(&document)), (Outcome::Answer, vec![]), "{cipher:?}");
        assert_eq!(document.choice.value.as_deref(), Some("ja"), "{cipher:?}");
    }
}

#[test]
fn the_offices_passwords_open_locked_files() {
    let desk = Desk::without_signatures();
    desk.run(["render"]).ended(0);
    desk.write("lösenord.txt", "fel\r\nhemligt på riktigt\r\n\r\nägarens\r\n");
    for (at, cipher) in CIPHERS.into_iter().enumerate() {
        desk.write(&format!("inbox/{at}.pdf"), encrypted_from(&desk, cipher, "hemligt på riktigt", "annat"));
    }
    desk.write("inbox/ägare.pdf", encrypted_from(&desk, Cipher::Aes128, "annat", "ägarens"));
    let locked = desk.run(["inspect", "--json", "inbox/0.pdf", "inbox/ägare.pdf"]).ended(1);
    assert_eq!(locked.stdout.matches("\"encrypted\"").count(), 2, "{locked:?}");
    let files = ["inbox/0.pdf", "inbox/1.pdf", "inbox/2.pdf", "inbox/3.pdf", "inbox/ägare.pdf"];
    let said = desk.run(["inspect", "--json", "--password-file", "lösenord.txt"].iter().chain(&files)).ended(0);
    for line in said.stdout.lines() {
        let document: serde_json::Value = serde_json::from_str(line).expect("JSON");
        assert_eq!(document["findings"], serde_json::json!([]), "{document}");
        assert_eq!(document["choice"]["layers"], serde_json::json!(["form", "pixels"]), "{document}");
    }
    desk.run(["parse", "--password-file", "lösenord.txt"]).ended(0);
    let report = desk.text("outbox/report/report.json");
    for text in [&said.stdout, &said.stderr, &report] {
        assert!(!text.contains("hemligt") && !text.contains("ägarens"), "{text}");
    }
}

#[test]
fn a_password_file_that_cannot_be_used_is_told() {
    let desk = Desk::without_signatures();
    desk.run(["render"]).ended(0);
    desk.write("binär.txt", [0xff, 0xfe, b'h']);
    for (file, words) in [("finns-inte.txt", "finns-inte.txt"), ("binär.txt", "UTF-8")] {
        let said = desk.run(["parse", "--password-file", file]).ended(2);
        assert!(said.stderr.contains(words), "{said:?}");
    }
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
    let cases: [(&str, Vec<u8>, Outcome, &[&str]); 20] = [
        ("tom.pdf", Vec::new(), Outcome::Rejected, &["not-a-pdf"]),
        ("brus.pdf", noise(100_000), Outcome::Rejected, &["not-a-pdf"]),
        ("brus efter huvudet.pdf", torn_after_header, Outcome::Rejected, &["damaged"]),
        ("sida.pdf", b"<!DOCTYPE html><html><body>Ja</body></html>".to_vec(), Outcome::Rejected, &["not-a-pdf"]),
        ("svar.txt", honest(), Outcome::Answer, &["wrong-extension"]),
        ("svar", honest(), Outcome::Answer, &["wrong-extension"]),
        ("SVAR.PDF", honest(), Outcome::Answer, &[]),
        ("Örebro ”svar” (1).pdf", honest(), Outcome::Answer, &[]),
        ("bild.jpg", b"\xff\xd8\xff\xe0\0\x10JFIF\0".to_vec(), Outcome::Rejected, &["damaged"]),
        ("bild.pdf", b"\xff\xd8\xff\xe0\0\x10JFIF\0".to_vec(), Outcome::Rejected, &["damaged", "wrong-extension"]),
        ("bild.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec(), Outcome::Rejected, &["damaged"]),
        ("bild.tif", b"II*\0\x08\0\0\0".to_vec(), Outcome::Rejected, &["damaged"]),
        ("bild.heic", b"\0\0\0\x18ftypheic".to_vec(), Outcome::Rejected, &["not-readable-yet"]),
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
        assert_ne!(document.outcome, Outcome::Answer, "{hundredths} %: a later version may be lost");
        if document.outcome == Outcome::Review {
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

#[test]
fn workers_that_do_not_work_are_an_error_and_no_file_is_to_blame() {
    let desk = Desk::empty();
    desk.write("inbox/svar.pdf", Returned::filled("18", "ja").bytes());
    let workspace = Workspace::open(desk.root()).expect("it is a folder");
    let parcel = avsikt::inbox::parcel(&workspace, &desk.path("inbox/svar.pdf"));
    let outbox = outbox();
    let against = Campaigner { manifest: &outbox.manifest, key: &outbox.key, workspace: &workspace };
    for program in ["finns-inte/avsikt", if cfg!(windows) { "cmd" } else { "true" }] {
        let read = read::read(&parcel, &against, &Pool::new(program, 1), Pictures::None);
        let error = Error::from(read.expect_err("there is nobody to read"));
        assert!(error.to_string().contains(program), "{error}");
        assert!(error.hint().is_some_and(|hint| hint.contains("no file was read")));
    }
}
