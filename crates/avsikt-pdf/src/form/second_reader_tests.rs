//! Files that two readers read alike, and files that they do not.

use super::*;
use crate::{read_facts, sample};

/// What is told of a form with these objects; the first field is object 5.
fn told(objects: &str) -> Vec<String> {
    contradictions(&sample::file(&body(objects)))
}

fn body(objects: &str) -> String {
    format!(
        "1 0 obj << /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [5 0 R] >> >> endobj
        2 0 obj << /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 300 200] >> endobj
        3 0 obj << /Type /Page /Parent 2 0 R /Annots [6 0 R 7 0 R 9 0 R] >> endobj\n{objects}"
    )
}

fn contradictions(bytes: &[u8]) -> Vec<String> {
    let told = read_facts(bytes).unwrap().contradictions;
    told.into_iter().map(|contradiction| contradiction.what).collect()
}

const BOX: &str = "/Subtype /Widget /Rect [1 2 3 4]";

#[test]
fn every_honest_shape_is_read_alike() {
    let stream = sample::stream(8, "en text\r\nav flera rader");
    let tree = format!(
        "5 0 obj << /T (form1) /Kids [10 0 R 11 0 R 12 0 R << /T (d) /FT /Tx /V (e) >>] >> endobj
        6 0 obj << /Parent 10 0 R {BOX} /AS /Off >> endobj 7 0 obj << /Parent 10 0 R {BOX} /AS /n#65j >> endobj
        9 0 obj << {BOX} /T (stray) /FT /Tx /V <FEFF00E50020> >> endobj
        10 0 obj << /T (a) /FT /Btn /V /nej /Kids [6 0 R 7 0 R] >> endobj
        11 0 obj << /T (b) /FT /Tx /V 8 0 R >> endobj 12 0 obj << /T (c) /FT /Sig /V << /Type /Sig >> >> endobj\n{stream}"
    );
    assert_eq!(told(&tree), [] as [&str; 0]);
    let only_pages = format!(
        "6 0 obj << /Parent 10 0 R {BOX} /AS /ja >> endobj 7 0 obj << /Parent 10 0 R {BOX} >> endobj
        10 0 obj << /T (a) /FT /Btn /V /ja /Parent 11 0 R /Kids [6 0 R 7 0 R] >> endobj 11 0 obj << /T (top) >> endobj"
    );
    assert_eq!(told(&only_pages), [] as [&str; 0]);
}

#[test]
fn cycles_and_shared_widgets_end() {
    let objects = format!(
        "5 0 obj << /T (a) /Kids [5 0 R 6 0 R 6 0 R] >> endobj 6 0 obj << /T (b) /Kids [5 0 R] {BOX} >> endobj
        7 0 obj << {BOX} /Parent 9 0 R >> endobj 9 0 obj << {BOX} /T (c) /Parent 7 0 R >> endobj"
    );
    assert_eq!(told(&objects), ["the field tree names an object twice"]);
}

#[test]
fn a_key_that_stands_twice_is_seen() {
    let of_field = ["a key stands twice in one dictionary of the field `avsikt`"];
    assert_eq!(told("5 0 obj << /T (avsikt) /FT /Tx /V (ja) /V (nej) >> endobj"), of_field);
    let looks = format!("5 0 obj << /T (avsikt) /FT /Btn {BOX} /AP << /N << /ja 8 0 R /ja 9 0 R >> >> >> endobj");
    assert_eq!(told(&looks), of_field);
    let of_page = told("5 0 obj << /T (avsikt) >> endobj").len() + told("6 0 obj << >> endobj").len();
    assert_eq!(of_page, 0);
    let page = body("5 0 obj << /T (a) >> endobj").replace("/Parent 2 0 R", "/Parent 2 0 R /Rotate 0 /Rotate 90");
    assert_eq!(contradictions(&sample::file(&page)), ["a key stands twice in one dictionary of page 1"]);
}

#[test]
fn an_object_number_used_again_is_seen() {
    // The table sends number 7 to a second object 5: one reader goes by the table, the other by what it finds there.
    let file = body("5 0 obj << /T (a) /FT /Tx /V (ja) >> endobj 7 0 obj << /T (a) /FT /Tx /V (nej) >> endobj");
    let again = String::from_utf8(sample::file(&file)).unwrap().replace("7 0 obj <<", "5 0 obj <<");
    assert_eq!(contradictions(again.as_bytes()), ["two readers do not read the same in the field `a`"]);
}

#[test]
fn limits_end_the_second_walk() {
    let limits = Limits { fields: 3, ..Limits::default() };
    let pdf = |fields: &str| Pdf::new(sample::file(&body("").replace("[5 0 R]", &format!("[{fields}]")))).unwrap();
    assert!(fields_of(&pdf(&"<< /T (a) >> ".repeat(3)), &limits).is_some());
    assert!(fields_of(&pdf(&"<< /T (a) >> ".repeat(4)), &limits).is_none());
    let limits = Limits { depth: 3, text_bytes: 20, ..Limits::default() };
    let deep = "<< /T (a) /Kids [".repeat(6) + &"] >>".repeat(6);
    assert!(fields_of(&pdf(&deep), &limits).is_none());
    assert!(fields_of(&pdf("<< /T (a) /V (over twenty bytes of text) >>"), &limits).is_none());
}
