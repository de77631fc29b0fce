//! The engine knows no campaign: `tests/campaigns/school-routes` goes out to 290 municipalities in English, with three
//! choices that count alike, no prices, a form of two pages, a look of its own and American paper, and comes back.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use serde_json::Value;

use crate::support::desk::{Desk, SHIPPED};
use crate::support::returned::Returned;
use crate::support::schema;
use crate::support::sent::outbox;

const NAME: &str = "school-routes";

/// The campaign rendered once, with its returns read and reported.
struct Office {
    desk: Desk,
    manifest: Value,
    report: Value,
}

/// The documents of the inbox: folder, code, boxes ticked, texts.
type Return = (&'static str, &'static str, &'static [&'static str], &'static [(&'static str, &'static str)]);
const RETURNS: &[Return] = &[
    ("2026-09-10", "0114", &["join"], &[("schools", "12"), ("steward", "Åsa Exempel"), ("signed_by", "Bo Prov")]),
    (
        "2026-09-11",
        "2026",
        &["join_on_conditions"],
        &[
            ("conditions", "We need:\n1. a course in spring\n2. maps, not lists"),
            ("steward_email", "steward@example.org"),
            ("remarks", "Both pages\nare filled in."),
            ("signed_on", "2026-09-11"),
        ],
    ),
    ("2026-09-12", "1440", &["decline"], &[("reason", "We have a map; \"it works\".")]),
    ("2026-09-13", "2584", &[], &[("steward", "Nils Holm")]),
    ("2026-09-14", "1280", &["join", "decline"], &[("steward", "Siv Prov")]),
    // A change of mind, and an answer after the last day.
    ("2026-09-15", "0980", &["decline"], &[]),
    ("2026-09-20", "0980", &["join"], &[]),
    ("2026-11-02", "2321", &["join"], &[]),
];

fn office() -> &'static Office {
    static OFFICE: OnceLock<Office> = OnceLock::new();
    OFFICE.get_or_init(|| {
        let desk = Desk::with_campaign(NAME);
        desk.run(["render"]).ended(0);
        for (day, code, ticked, texts) in RETURNS {
            desk.write(&format!("inbox/{day}/{code}.pdf"), filled(&desk, code, ticked, texts).bytes());
        }
        let mut torn = filled(&desk, "1980", &["join"], &[("steward", "Eva Prov")]);
        let pages = torn.pages();
        torn.set_pages(&[pages[0], pages[1], pages[3]]);
        desk.write("inbox/2026-09-16/1980 without page 3.pdf", torn.bytes());
        desk.write("inbox/2026-09-17/from another campaign.pdf", Returned::filled("18", "ja").bytes());
        desk.run(["parse"]).ended(1);
        desk.run(["report"]).ended(1);
        let (manifest, report) = (desk.json("outbox/manifest.json"), desk.json("outbox/report/report.json"));
        Office { desk, manifest, report }
    })
}

fn filled(desk: &Desk, code: &str, ticked: &[&str], texts: &[(&str, &str)]) -> Returned {
    let mut returned = Returned::open(&desk.read(&format!("outbox/declarations/{code}-{NAME}.pdf")));
    returned.tick_all(ticked);
    for (field, text) in texts {
        returned.set_text(field, text);
    }
    returned
}

fn list<'v>(value: &'v Value, key: &str) -> &'v [Value] {
    value[key].as_array().expect("a list")
}

fn answer(code: &str) -> &'static Value {
    list(&office().report, "answers").iter().find(|a| a["recipient"] == code).expect("every recipient is there")
}

fn document(path: &str) -> &'static Value {
    let path = format!("inbox/{path}");
    list(&office().report, "documents").iter().find(|d| d["path"] == path).expect("every document is there")
}

fn finds(document: &Value, code: &str) -> bool {
    list(document, "findings").iter().any(|finding| finding["code"] == code)
}

#[test]
fn all_290_are_sent() {
    let office = office();
    assert_eq!(schema::faults("manifest-1.schema.json", &office.manifest), [""; 0]);
    assert_eq!((&office.manifest["campaign"], &office.manifest["choice"]), (&NAME.into(), &"answer".into()));
    let sent = list(&office.manifest, "documents");
    assert_eq!(sent.len(), 290);
    let files: BTreeSet<String> = office.desk.files("outbox/declarations").into_iter().collect();
    let named: BTreeSet<String> =
        sent.iter().map(|one| format!("{}-{NAME}.pdf", one["recipient"].as_str().expect("a code"))).collect();
    assert_eq!(files, named);
    for one in sent {
        assert!(one["commitment"].is_null());
        let pages = list(one, "pages");
        assert_eq!(pages.len(), 4);
        // American letter paper, in points.
        assert!(pages.iter().all(|page| page["crop"] == serde_json::json!([0.0, 0.0, 612.0, 792.0])), "{pages:?}");
    }
}

#[test]
fn the_form_stands_on_two_pages() {
    let expected = [
        ("answer", &[3, 3, 3][..]),
        ("conditions", &[3]),
        ("reason", &[3]),
        ("municipality", &[4]),
        ("schools", &[4]),
        ("steward", &[4]),
        ("steward_email", &[4]),
        ("remarks", &[4]),
        ("signature", &[4]),
        ("signed_by", &[4]),
        ("signed_on", &[4]),
    ];
    for one in list(&office().manifest, "documents") {
        let found: Vec<(&str, Vec<u64>)> = list(one, "fields")
            .iter()
            .map(|field| {
                let pages = list(field, "places").iter().filter_map(|place| place["page"].as_u64());
                (field["name"].as_str().expect("a name"), pages.collect())
            })
            .collect();
        assert!(found.iter().map(|(name, pages)| (*name, &pages[..])).eq(expected), "{found:?}");
    }
}

#[test]
fn each_of_three_choices_is_read_from_both_pages() {
    for (_, code, ticked, texts) in RETURNS.iter().filter(|(_, code, ticked, _)| ticked.len() == 1 && *code != "0980") {
        let answer = answer(code);
        assert_eq!((&answer["status"], &answer["choice"]), (&"answered".into(), &ticked[0].into()), "{answer}");
        for (field, text) in *texts {
            let comment = matches!(*field, "conditions" | "reason");
            let read = if comment { &answer["comment"] } else { &answer["fields"][field] };
            assert_eq!(read, text, "{code}: {field}");
        }
    }
    assert_eq!(answer("1440")["fields"]["municipality"], "Ale");
    let last = answer("0980");
    assert_eq!((&last["choice"], &last["superseded"][0]), (&"join".into(), &"inbox/2026-09-15/0980.pdf".into()));
    assert!(answer("2321")["late"] == true && answer("0114")["late"] == false);
    assert!(answer("0114")["amounts"].is_null());
}

#[test]
fn what_is_unclear_goes_to_a_person() {
    for (path, finding) in [
        ("2026-09-13/2584.pdf", "choice-none"),
        ("2026-09-14/1280.pdf", "choice-both"),
        ("2026-09-16/1980 without page 3.pdf", "pages-missing"),
    ] {
        let document = document(path);
        assert!(document["outcome"] == "review" && finds(document, finding), "{document}");
    }
    let other = document("2026-09-17/from another campaign.pdf");
    assert!(other["outcome"] == "rejected" && finds(other, "not-a-declaration"), "{other}");
    for code in ["2584", "1280", "1980"] {
        assert_eq!((&answer(code)["status"], &answer(code)["choice"]), (&"review".into(), &Value::Null));
    }
}

#[test]
fn the_counts_add_up() {
    let report = &office().report;
    assert_eq!(schema::faults("report-1.schema.json", report), [""; 0]);
    assert_eq!(list(report, "answers").len(), 290);
    assert_eq!(
        report["totals"],
        serde_json::json!({
            "recipients": 290, "by_choice": {"join": 3, "join_on_conditions": 1, "decline": 1},
            "missing": 282, "review": 3, "unsigned": 5, "amounts": null,
        })
    );
    assert_eq!(
        report["accounting"],
        serde_json::json!({
            "files": 10, "documents": 10, "used": 5, "superseded": 1, "duplicate": 0, "review": 3, "rejected": 1,
        })
    );
    // No rule: nothing is demanded, so no answer stands in the way.
    assert!(report["campaign"]["yes"].is_null() && report["campaign"]["currency"].is_null());
    let outcome = &report["outcome"];
    assert_eq!((&outcome["holds"], &outcome["open"]), (&false.into(), &true.into()));
    assert_eq!(outcome["against"], serde_json::json!([]));
}

#[test]
fn the_report_speaks_english() {
    let html = office().desk.text("outbox/report/report.html");
    for words in ["<html lang=\"en\">", "Not all answers are in", "Answers from 290 recipients", "Join on conditions"] {
        assert!(html.contains(words), "{words}");
    }
    let csv = office().desk.text("outbox/report/report.csv");
    let mut lines = csv.trim_start_matches('\u{feff}').split("\r\n");
    assert_eq!(
        lines.next().expect("a heading"),
        "Code,Recipient,Status,Answer,Comment,The conditions,\"The reason, if you want to give one\",Municipality,\
         Number of schools,Steward,\"The steward's e-mail\",Anything else we should know,Signature,Name in print,Date,Received,\
         Late answer,Document,Superseded documents,Remarks"
    );
    let upplands = csv.split("\r\n").find(|line| line.starts_with("0114,")).expect("a row for each");
    assert_eq!(
        upplands,
        "0114,Upplands Väsby,Answered,Join,,,,Upplands Väsby,12,Åsa Exempel,,,,Bo Prov,,2026-09-10,no,\
         inbox/2026-09-10/0114.pdf,,"
    );
    for swedish in ["Besvarat", "Saknas", "Mottagare", "Anmärk", "kr<", "ja<"] {
        assert!(!csv.contains(swedish) && !html.contains(swedish), "{swedish}");
    }
}

#[test]
fn a_form_keeps_within_its_pages() {
    let desk = Desk::with_campaign(NAME);
    let file = format!("templates/{NAME}/declaration.yaml");
    desk.edit(&file, "  pages: 2\n", "");
    let said = desk.run(["render", "0114"]).ended(2);
    assert!(said.stderr.contains("the form stands on pages 3 to 4, and may take 1"), "{}", said.stderr);
    assert!(said.stderr.contains("change `pages:` under `form:`"), "{}", said.stderr);
    assert_eq!(desk.files("outbox"), [""; 0]);
    desk.edit(&file, "form:\n", "form:\n  pages: 0\n");
    assert!(desk.run(["check"]).ended(2).stderr.contains("a form has 1 to 9 pages"));
}

#[test]
fn what_an_answer_needs_is_a_field_of_the_form() {
    let desk = Desk::with_campaign(NAME);
    desk.edit(&format!("templates/{NAME}/declaration.yaml"), "form:\n", "form:\n  required: [signatur]\n");
    let said = desk.run(["check"]).ended(2);
    assert!(said.stderr.contains("the form has no field `signatur`"), "{}", said.stderr);
    assert!(said.stderr.contains("its fields are `"), "{}", said.stderr);
}

#[test]
fn a_rule_and_prices_need_a_choice_that_counts() {
    let desk = Desk::with_campaign(NAME);
    let file = format!("templates/{NAME}/campaign.yaml");
    desk.edit(&file, "rule: none", "rule: all");
    assert!(desk.run(["check"]).ended(2).stderr.contains("`yes` is missing"));
    desk.edit(&file, "rule: all", "yes: join\nrule: all");
    desk.run(["check"]).ended(0);
}

/// Everything of the product that is compiled in, with its tests, samples and remarks taken out.
fn product_source() -> Vec<(String, String)> {
    fn walk(folder: &Path, found: &mut Vec<(String, String)>) {
        for entry in fs::read_dir(folder).expect("the folder can be listed") {
            let path = entry.expect("the folder can be listed").path();
            let name = path.to_string_lossy().replace('\\', "/");
            // `cli/new/` is the example that a person gets, and edits; samples belong to tests.
            if name.ends_with("cli/new") || name.contains("/sample") || name.ends_with("tests.rs") {
                continue;
            }
            if path.is_dir() {
                walk(&path, found);
                continue;
            }
            let text = fs::read_to_string(&path).expect("source is text");
            let product = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
            let lines = product.lines().filter(|line| !line.trim_start().starts_with("//"));
            found.push((name.clone(), lines.collect::<Vec<_>>().join("\n")));
        }
    }
    let mut found = Vec::new();
    for folder in ["src", "crates/avsikt-pdf/src"] {
        walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut found);
    }
    assert!(found.len() > 100, "{}", found.len());
    found
}

#[test]
fn no_word_of_the_shipped_campaign_stands_in_the_program() {
    let shipped = outbox();
    let campaign = shipped.desk.text(&format!("{SHIPPED}/campaign.yaml"));
    assert!(campaign.contains("Inera AB"));
    let mut words: BTreeSet<String> = ["SITHS", "Inera", "Paket", "Regionen", "Regionens", "kommun", "programråd"]
        .map(str::to_owned)
        .into_iter()
        .chain([shipped.manifest.campaign.clone()])
        .collect();
    for sent in &shipped.manifest.documents {
        words.insert(sent.name.clone());
        for field in &sent.fields {
            // As they would stand in source: the choice bears the program's own name, `region` is a word of HTML.
            words.insert(format!("\"{}\"", field.name));
            words.extend(field.places.iter().filter_map(|place| place.state.as_ref()).map(|s| format!("\"{s}\"")));
        }
    }
    words.remove("\"region\"");
    assert!(words.contains("\"ja\"") && words.contains("\"avsikt\"") && words.contains("Region Skåne"));
    for (name, text) in product_source() {
        for word in &words {
            let own = match word.as_str() {
                // The command's name and the owner's name of its data in a page.
                "\"avsikt\"" => {
                    name.ends_with("cli/mod.rs") || name.ends_with("finish/stamp.rs") || name.ends_with("file/page.rs")
                }
                // How the truth is written in YAML, and said in a Swedish report.
                "\"ja\"" | "\"nej\"" => name.ends_with("campaign/decode.rs") || name.ends_with("labels/sv.json"),
                _ => false,
            };
            let exact = word.starts_with('"');
            let found = text.contains(word) || (!exact && text.to_lowercase().contains(&word.to_lowercase()));
            assert!(own || !found, "{name} holds {word}");
        }
    }
}
