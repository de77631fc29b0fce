//! Previews: what a declaration looks like, as pictures, with nothing else touched.

use crate::support::desk::Desk;

#[test]
fn each_page_becomes_a_picture() {
    let desk = Desk::shipped();
    desk.write("outbox/preview/18/page-12.png", "a page that is no more");
    let said = desk.run(["render", "18", "--png"]).ended(0);
    assert!(said.stdout.starts_with("outbox/preview/18\noutbox/declarations/18-"), "{}", said.stdout);
    let pages: Vec<String> = (1..=11).map(|number| format!("page-{number}.png")).collect();
    let mut drawn = desk.files("outbox/preview/18");
    drawn.sort_by_key(|name| (name.len(), name.clone()));
    assert_eq!(drawn, pages);
    for page in pages {
        let bytes = desk.read(&format!("outbox/preview/18/{page}"));
        assert!(bytes.starts_with(b"\x89PNG\r\n\x1a\n"), "{page}");
        // A4 at 110 pixels an inch (PNG 1.2, 11.2.2: width and height follow the chunk's name).
        let side = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().expect("four bytes"));
        assert_eq!((side(16), side(20)), (909, 1286), "{page}");
    }
    // The same render without pictures gives the same declaration and manifest.
    let other = Desk::shipped();
    other.run(["render", "18"]).ended(0);
    assert!(desk.read("outbox/manifest.json") == other.read("outbox/manifest.json"));
    assert_eq!(desk.files("outbox/declarations"), other.files("outbox/declarations"));
}

#[test]
fn only_one_declaration_is_watched() {
    let said = Desk::shipped().run(["render", "--watch", "18", "19"]).ended(2);
    assert!(said.stderr.contains("one declaration can be watched at a time\nhint: "), "{}", said.stderr);
}
