//! What was sent stays what was sent: a declaration in the manifest is never silently replaced by a different one, the
//! difference is told page by page, and a run that was stopped is simply run again.

use std::collections::BTreeMap;

use crate::support::desk::{Desk, SHIPPED};
use crate::support::returned::Returned;

const NAME: &str = "avsiktsforklaring-siths-paket-2.pdf";
/// A change that concerns one declaration alone: on its cover, its price page and in its form.
const RENAMED: (&str, &str) = ("name: Region Skåne, ", "name: Region Scania,");

fn declaration(code: &str) -> String {
    format!("outbox/declarations/{code}-{NAME}")
}

fn rendered() -> Desk {
    let desk = Desk::without_signatures();
    desk.run(["render"]).ended(0);
    desk
}

/// Rendered, and marked as sent.
fn sent() -> Desk {
    let desk = rendered();
    let said = desk.run(["sent", "--date", "2025-12-01"]).ended(0);
    assert_eq!(said.stdout, "21 declarations marked as sent on 2025-12-01; they are not replaced any more\n");
    desk
}

fn bytes_of(desk: &Desk) -> BTreeMap<String, Vec<u8>> {
    desk.files("outbox").into_iter().map(|name| (name.clone(), desk.read(&format!("outbox/{name}")))).collect()
}

/// What stands after the campaign's own warnings on standard error.
fn told(stderr: &str, word: &str) -> String {
    stderr[stderr.find(word).unwrap_or_else(|| panic!("no {word} in {stderr}"))..].to_owned()
}

#[test]
fn nothing_to_tell_when_nothing_has_changed() {
    let desk = sent();
    let before = bytes_of(&desk);
    assert_eq!(desk.run(["render", "--check"]).ended(0).stdout, "21 declarations as sent\n");
    assert_eq!(desk.run(["render", "--check", "03", "18"]).ended(0).stdout, "2 declarations as sent\n");
    desk.run(["render"]).ended(0);
    desk.run(["run"]).ended(0);
    assert_eq!(bytes_of(&desk)["manifest.json"], before["manifest.json"]);
}

#[test]
fn a_declaration_that_was_sent_is_not_replaced_without_a_word() {
    let desk = sent();
    let before = bytes_of(&desk);
    desk.edit(&format!("{SHIPPED}/recipients.yaml"), RENAMED.0, RENAMED.1);
    for command in [&["render"][..], &["render", "03", "12"], &["run"]] {
        let said = desk.run(command).ended(2);
        assert_eq!(said.stdout, "");
        insta::allow_duplicates! {
            insta::assert_snapshot!(told(&said.stderr, "error: "), @r"
            error: 1 declaration that was sent would be replaced by something else; nothing has been written
              12 Region Scania: first on page 1 (text)
            hint: `avsikt render --check` shows every page that differs; `avsikt parse` and `avsikt report` read the returns against what was sent; if the new ones are to be sent instead, add `--replace`
            ");
        }
        assert!(bytes_of(&desk) == before, "something was written");
    }
    // Others can be rendered, and the returns can be read against what was sent.
    desk.run(["render", "03"]).ended(0);
    desk.run(["parse"]).ended(0);
    desk.run(["report"]).ended(0);

    let said = desk.run(["render", "--replace"]).ended(0);
    assert_eq!(
        told(&said.stderr, "warning: 1 decl"),
        "warning: 1 declaration replaced (12): forms of the earlier edition that come back will go to review\n"
    );
    let after = bytes_of(&desk);
    let changed = before.iter().filter(|(name, bytes)| after.get(*name) != Some(bytes)).map(|(name, _)| name.as_str());
    assert_eq!(changed.collect::<Vec<_>>(), [&format!("declarations/12-{NAME}"), "manifest.json"]);
    desk.run(["run"]).ended(0);
}

#[test]
fn the_check_tells_every_page_and_every_file_and_writes_nothing() {
    let desk = sent();
    desk.edit(&format!("{SHIPPED}/recipients.yaml"), RENAMED.0, RENAMED.1);
    desk.edit(&format!("{SHIPPED}/recipients.yaml"), "{code: \"25\"", "{code: \"26\"");
    desk.write(&declaration("01"), "%PDF-1.7 halv");
    std::fs::remove_file(desk.path(&declaration("03"))).expect("it is there");
    let before = bytes_of(&desk);
    let said = desk.run(["render", "--check"]).ended(1);
    insta::assert_snapshot!(said.stdout, @r"
    outbox/declarations/01-avsiktsforklaring-siths-paket-2.pdf: changed since it was rendered
    outbox/declarations/03-avsiktsforklaring-siths-paket-2.pdf: missing
    12 Region Scania: page 1 (text), page 9 (text), page 11 (form)
    26 Region Norrbotten: new, not in the manifest
    25 Region Norrbotten: in the manifest, and no recipient any more
    ");
    assert!(bytes_of(&desk) == before, "something was written");

    desk.edit("templates/style/declaration.typ", "text(size: 38pt,", "text(size: 37pt,");
    let said = desk.run(["render", "--check", "18"]).ended(1);
    assert_eq!(said.stdout, "18 Region Örebro län: page 1 (look)\n");
    assert_eq!(Desk::shipped().run(["render", "--check"]).ended(2).stdout, "", "nothing has been sent");
    desk.run(["render", "--check", "--replace"]).ended(2);
}

#[test]
fn returns_of_an_earlier_edition_go_to_review() {
    let desk = sent();
    desk.write("inbox/svar.pdf", Returned::filled("12", "ja").bytes());
    desk.run(["run"]).ended(0);
    desk.edit(&format!("{SHIPPED}/recipients.yaml"), RENAMED.0, RENAMED.1);
    desk.run(["run", "--replace"]).ended(1);
    let report = desk.json("outbox/report/report.json");
    assert_eq!(report["accounting"]["review"], 1, "{}", report["documents"]);
}

#[test]
fn a_recipient_that_left_takes_its_declaration_along() {
    let desk = sent();
    desk.write("outbox/declarations/anteckning.txt", "egen fil");
    let text = desk.text(&format!("{SHIPPED}/recipients.yaml"));
    let rest: Vec<&str> = text.lines().filter(|line| !line.contains("code: \"09\"")).collect();
    desk.write(&format!("{SHIPPED}/recipients.yaml"), rest.join("\n"));
    // Without Gotland, everybody's share is another.
    let said = desk.run(["render"]).ended(2);
    assert!(said.stderr.contains("21 declarations that were sent would be replaced"), "{}", said.stderr);
    desk.run(["render", "--replace", "01"]).ended(0);
    assert!(desk.text("outbox/manifest.json").contains("Gotland"), "a subset leaves the others alone");

    let said = desk.run(["render", "--replace"]).ended(0);
    assert!(said.stderr.contains("1 declaration taken out (09)"), "{}", said.stderr);
    let files = desk.files("outbox/declarations");
    assert_eq!(files.len(), 20 + 1);
    assert!(files.contains(&"anteckning.txt".to_owned()), "a file of the office's own is left alone");
    assert!(!files.contains(&format!("09-{NAME}")));
}

#[test]
fn one_declaration_alone_leaves_the_others_as_they_are() {
    let desk = sent();
    let before = bytes_of(&desk);
    desk.edit(&format!("{SHIPPED}/declaration.yaml"), "subtitle: Förenklad", "subtitle: Ändrad");
    let said = desk.run(["render", "18", "--replace"]).ended(0);
    assert_eq!(said.stdout, format!("{}\n", declaration("18")));
    let after = bytes_of(&desk);
    let changed: Vec<&String> =
        before.iter().filter(|(name, bytes)| after[*name] != **bytes).map(|(name, _)| name).collect();
    assert_eq!(changed, [&format!("declarations/18-{NAME}"), "manifest.json"]);

    let manifest = desk.json("outbox/manifest.json");
    assert_eq!(crate::support::schema::faults("manifest-1.schema.json", &manifest), [""; 0]);
    let was: serde_json::Value = serde_json::from_slice(&before["manifest.json"]).expect("JSON");
    let documents = manifest["documents"].as_array().expect("a list");
    assert_eq!(documents.len(), 21);
    for (now, was) in documents.iter().zip(was["documents"].as_array().expect("a list")) {
        assert_eq!(now == was, now["recipient"] != "18", "{}", now["recipient"]);
        for page in now["pages"].as_array().expect("a list") {
            assert!(manifest["texts"].get(page["text"].as_str().expect("a digest")).is_some());
        }
    }
}

/// Killed after some declarations and before the manifest: first without one, then in the middle of replacing.
#[test]
fn a_run_that_was_stopped_is_run_again() {
    let whole = bytes_of(&rendered());
    let desk = rendered();
    std::fs::remove_file(desk.path("outbox/manifest.json")).expect("it is there");
    std::fs::remove_file(desk.path(&declaration("25"))).expect("it is there");
    desk.run(["render"]).ended(0);
    assert!(bytes_of(&desk) == whole);

    desk.run(["sent", "--date", "2025-12-01"]).ended(0);
    let whole = bytes_of(&desk);
    desk.edit(&format!("{SHIPPED}/recipients.yaml"), RENAMED.0, RENAMED.1);
    desk.run(["render", "--replace"]).ended(0);
    let replaced = bytes_of(&desk);
    // The new declaration and the old manifest.
    desk.write("outbox/manifest.json", &whole["manifest.json"]);
    let said = desk.run(["render", "--check"]).ended(1);
    assert!(said.stdout.contains(&format!("{}: changed since it was rendered", declaration("12"))), "{}", said.stdout);
    desk.run(["render"]).ended(2);
    desk.run(["render", "--replace"]).ended(0);
    assert!(bytes_of(&desk) == replaced);
}

#[test]
fn a_manifest_of_something_else_is_not_written_over() {
    let desk = rendered();
    desk.write(&format!("{SHIPPED}/campaign.key"), "ab".repeat(32));
    let before = bytes_of(&desk);
    let said = desk.run(["render"]).ended(2);
    assert!(told(&said.stderr, "error: ").contains("was made with another campaign key"), "{}", said.stderr);
    assert!(bytes_of(&desk) == before);
    desk.run(["render", "--replace"]).ended(0);
}

#[test]
fn the_dates_in_the_metadata_can_be_set_from_outside() {
    let plain = Returned::blank("18");
    let desk = Desk::without_signatures();
    let environment = [("SOURCE_DATE_EPOCH", "1700000000")];
    desk.run_with(["render", "18"], &environment).ended(0);
    let dated = Returned::open(&desk.read(&declaration("18")));
    let date = |returned: &Returned, key: &[u8]| {
        let info = returned.pdf.trailer.get(b"Info").and_then(lopdf::Object::as_reference).expect("metadata");
        let info = returned.pdf.get_dictionary(info).expect("metadata");
        String::from_utf8(info.get(key).and_then(lopdf::Object::as_str).expect("a date").to_vec()).expect("ASCII")
    };
    for key in [&b"CreationDate"[..], b"ModDate"] {
        assert!(date(&plain, key).starts_with("D:20251201"), "{}", date(&plain, key));
        assert_eq!(date(&dated, key), "D:20231114221320Z");
    }
    // The printed date is the campaign's, so no page differs.
    let said = desk.run(["render", "18", "--check"]).ended(1);
    assert_eq!(said.stdout, "18 Region Örebro län: no page; only what the file says about itself and its fields\n");
    assert_eq!(desk.run_with(["render", "18", "--check"], &environment).ended(0).stdout, "1 declaration as rendered\n");
    for wrong in ["", "i dag", "1.5"] {
        let said = desk.run_with(["render", "18"], &[("SOURCE_DATE_EPOCH", wrong)]).ended(2);
        assert!(said.stderr.contains("which is no number of seconds since 1970\nhint: "), "{}", said.stderr);
    }
}

/// A draft changes as often as a person likes; what is marked as sent does not.
#[test]
fn a_draft_is_rendered_over_freely() {
    let desk = rendered();
    let marks = |desk: &Desk| {
        let manifest = desk.json("outbox/manifest.json");
        assert_eq!(crate::support::schema::faults("manifest-1.schema.json", &manifest), [""; 0]);
        let documents = manifest["documents"].as_array().expect("a list").clone();
        documents.iter().map(|one| format!("{} {}", one["draft"], one["sent_on"])).collect::<Vec<_>>()
    };
    assert_eq!(marks(&desk), ["true null"; 21]);
    assert_eq!(desk.run(["render", "--check"]).ended(0).stdout, "21 declarations as rendered\n");
    desk.edit(&format!("{SHIPPED}/recipients.yaml"), RENAMED.0, RENAMED.1);
    desk.run(["run"]).ended(0);
    assert!(desk.text("outbox/manifest.json").contains("Region Scania"));

    desk.run(["sent", "--date", "2025-12-02"]).ended(0);
    assert_eq!(marks(&desk), ["false \"2025-12-02\""; 21]);
    let again = desk.run(["sent", "--date", "2026-01-01"]).ended(0);
    assert_eq!(again.stdout, "21 declarations marked as sent before; nothing to do\n");
    assert_eq!(marks(&desk), ["false \"2025-12-02\""; 21]);
    // Rendered equal, it stays sent.
    desk.run(["render"]).ended(0);
    assert_eq!(marks(&desk), ["false \"2025-12-02\""; 21]);
    desk.edit(&format!("{SHIPPED}/recipients.yaml"), RENAMED.1, RENAMED.0);
    desk.run(["render"]).ended(2);
    // What takes its place has not been sent.
    desk.run(["render", "--replace"]).ended(0);
    let after = marks(&desk);
    assert_eq!(after.iter().filter(|mark| *mark == "true null").count(), 1, "{after:?}");
}

#[test]
fn only_what_was_rendered_is_marked_as_sent() {
    let desk = rendered();
    desk.write(&declaration("01"), "%PDF-1.7 en annan");
    let before = bytes_of(&desk);
    let said = desk.run(["sent"]).ended(2);
    let problem = format!("nothing has been marked\n  {}: changed since it was rendered", declaration("01"));
    assert!(said.stderr.contains(&problem), "{}", said.stderr);
    assert!(bytes_of(&desk) == before);
    let said = desk.run(["sent", "--date", "1 december"]).ended(2);
    assert!(said.stderr.contains("--date"), "{}", said.stderr);
    assert!(Desk::shipped().run(["sent"]).ended(2).stderr.contains("run `avsikt render`"));
}

/// A manifest that knows nothing of drafts may be one of letters that were sent.
#[test]
fn a_manifest_of_an_earlier_version_is_of_what_was_sent() {
    let desk = rendered();
    let mut manifest = desk.json("outbox/manifest.json");
    for document in manifest["documents"].as_array_mut().expect("a list") {
        let document = document.as_object_mut().expect("an entry");
        document.retain(|key, _| key != "draft" && key != "sent_on");
    }
    desk.write("outbox/manifest.json", manifest.to_string());
    desk.edit(&format!("{SHIPPED}/recipients.yaml"), RENAMED.0, RENAMED.1);
    desk.run(["render"]).ended(2);
}

#[test]
fn a_report_of_a_draft_says_so() {
    let desk = rendered();
    desk.write("inbox/svar.pdf", Returned::filled("18", "ja").bytes());
    let text = |desk: &Desk| {
        let pdf = lopdf::Document::load_mem(&desk.read("outbox/report/report.pdf")).expect("a PDF");
        let page = pdf.extract_text(&[1]).expect("text").replace('\n', " ");
        (
            page,
            desk.text("outbox/report/report.html"),
            desk.json("outbox/report/report.json")["campaign"]["draft"].clone(),
        )
    };
    desk.run(["run"]).ended(0);
    let (page, html, draft) = text(&desk);
    assert!(page.contains("Utkast: utskicket är inte markerat som skickat"), "{page}");
    assert!(html.contains("Utkast: utskicket är inte markerat som skickat"));
    assert_eq!(draft, true);
    desk.run(["sent"]).ended(0);
    desk.run(["run"]).ended(0);
    let (page, html, draft) = text(&desk);
    assert!(!page.contains("Utkast") && !html.contains("Utkast"), "{page}");
    assert_eq!(draft, false);
}
