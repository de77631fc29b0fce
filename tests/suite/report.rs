//! What `avsikt report` writes for people: the PDF and the page, over returns that say what a person may say.

use lopdf::{Document, Object};

use crate::support::desk::Desk;
use crate::support::returned::Returned;

const PDF: &str = "outbox/report/report.pdf";
const PAGE: &str = "outbox/report/report.html";

/// A yes with a comment in letters that no typeface of ours has, a no, a form without a mark, and what is no form.
fn office() -> Desk {
    let desk = Desk::without_signatures();
    for file in desk.files("inbox") {
        std::fs::remove_file(desk.path(&format!("inbox/{file}"))).expect("it is there");
    }
    let mut yes = Returned::filled("01", "ja");
    yes.set_text("kommentar_ja", "Bra \u{1F600} 日本 #set page(width: 1pt) $x$ <script>alert(1)</script>");
    desk.write("inbox/ja & svar.pdf", yes.bytes());
    desk.write("inbox/nej.pdf", Returned::filled("18", "nej").bytes());
    desk.write("inbox/utan kryss.pdf", Returned::blank("20").bytes());
    desk.write("inbox/faktura.txt", "Ett annat papper");
    desk.run(["run"]).ended(1);
    desk
}

fn names_of_figures(pdf: &Document) -> Vec<String> {
    let dictionaries = pdf.objects.values().filter_map(|object| object.as_dict().ok());
    let figures =
        dictionaries.filter(|one| one.get(b"S").and_then(Object::as_name).is_ok_and(|name| name == b"Figure"));
    let alt = figures.map(|one| one.get(b"Alt").and_then(lopdf::decode_text_string).expect("every figure has words"));
    alt.collect()
}

#[test]
fn the_pdf_is_tagged_short_and_the_same_each_time() {
    let desk = office();
    let bytes = desk.read(PDF);
    let pdf = Document::load_mem(&bytes).expect("a PDF");
    assert!(pdf.get_pages().len() <= 6, "{} pages", pdf.get_pages().len());
    let metadata = pdf.catalog().and_then(|catalog| catalog.get_deref(b"Metadata", &pdf)).and_then(Object::as_stream);
    let metadata = String::from_utf8_lossy(&metadata.expect("XMP").content).into_owned();
    for claim in ["<pdfaid:part>2</pdfaid:part>", "<pdfuaid:part>1</pdfuaid:part>"] {
        assert!(metadata.contains(claim), "{claim}: {metadata}");
    }
    let figures = names_of_figures(&pdf);
    assert!(figures.iter().any(|alt| alt.starts_with("Åtaganden i förhållande till hela beloppet")), "{figures:?}");
    assert!(figures.iter().any(|alt| alt.starts_with("Bild av fältet")), "crops: {figures:?}");
    desk.run(["report"]).ended(1);
    assert_eq!(desk.read(PDF), bytes);
}

#[test]
fn the_pdf_holds_comments_whole() {
    let desk = office();
    let text = pdf_extract::extract_text_from_mem(&desk.read(PDF)).expect("text");
    let text: String = text.split_whitespace().collect();
    assert!(text.contains("Bra‹U+1F600›‹U+65E5›‹U+672C›#setpage(width:1pt)$x$<script>alert(1)</script>"), "{text}");
}

#[test]
fn the_page_holds_crops_and_leads_to_the_files() {
    let page = office().text(PAGE);
    assert!(page.contains("<img src=\"data:image/png;base64,"));
    assert!(page.contains("href=\"../../inbox/ja%20%26%20svar.pdf\""));
    assert!(!page.contains("<script>alert"));
}

#[test]
fn an_older_workspace_has_the_built_in_look() {
    let desk = office();
    let with = desk.read(PDF);
    std::fs::remove_file(desk.path("templates/style/report.typ")).expect("it is shipped");
    desk.run(["report"]).ended(1);
    assert_eq!(desk.read(PDF), with);
}

#[test]
fn a_look_with_a_mistake_names_its_line() {
    let desk = office();
    desk.edit("templates/style/report.typ", "#glance\n", "#glanse\n");
    let said = desk.run(["report"]).ended(2);
    assert!(said.stderr.contains("templates/style/report.typ:"), "{}", said.stderr);
    assert!(said.stderr.contains("glanse"), "{}", said.stderr);
}

#[test]
fn without_typefaces_the_other_formats_are_there() {
    let desk = office();
    std::fs::remove_dir_all(desk.path("templates/style/fonts")).expect("they are shipped");
    std::fs::remove_file(desk.path(PAGE)).expect("it was written");
    let said = desk.run(["report"]).ended(2);
    assert!(said.stderr.contains("no typefaces"), "{}", said.stderr);
    assert!(desk.path(PAGE).exists());
}
