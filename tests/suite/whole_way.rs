//! From inbox to report: every file is accounted for, none is touched, and the same inbox gives the same report.

use std::collections::BTreeMap;
use std::fs;
use std::sync::OnceLock;
use std::time::{Duration, SystemTime};

use serde_json::Value;

use crate::files::encrypted;
use crate::support::desk::Desk;
use crate::support::returned::Returned;
use crate::support::schema;

const REPORT: &str = "outbox/report/report.json";

/// A shipped workspace with an inbox.
struct Office {
    desk: Desk,
}

impl Office {
    fn new(files: &[(&str, Vec<u8>)]) -> Self {
        let desk = Desk::without_signatures();
        for (name, bytes) in files {
            desk.write(&format!("inbox/{name}"), bytes);
        }
        Office { desk }
    }

    fn run(&self, status: i32) -> Value {
        self.desk.run(["run"]).ended(status);
        self.desk.json(REPORT)
    }
}

fn yes(code: &str) -> Vec<u8> {
    Returned::filled(code, "ja").bytes()
}

fn no(code: &str) -> Vec<u8> {
    Returned::filled(code, "nej").bytes()
}

/// An answer with a comment, so that its bytes are its own.
fn said(code: &str, choice: &str, comment: &str) -> Vec<u8> {
    let mut returned = Returned::filled(code, choice);
    returned.set_text(&format!("kommentar_{choice}"), comment);
    returned.bytes()
}

fn unmarked(code: &str) -> Vec<u8> {
    Returned::blank(code).bytes()
}

fn answer<'r>(report: &'r Value, code: &str) -> &'r Value {
    let answers = report["answers"].as_array().expect("a list");
    answers.iter().find(|answer| answer["recipient"] == code).expect("every recipient is there")
}

fn document<'r>(report: &'r Value, path: &str) -> &'r Value {
    let documents = report["documents"].as_array().expect("a list");
    documents.iter().find(|document| document["path"] == format!("inbox/{path}")).unwrap_or_else(|| panic!("{path}"))
}

fn has(what: &Value, code: &str) -> bool {
    what["findings"].as_array().expect("a list").iter().any(|finding| finding["code"] == code)
}

/// Everything in the inbox: bytes and time of the last change.
fn state_of(desk: &Desk) -> BTreeMap<String, (Vec<u8>, SystemTime)> {
    let one = |name: String| {
        let path = desk.path(&format!("inbox/{name}"));
        let modified = fs::metadata(&path).and_then(|meta| meta.modified()).expect("a time");
        (name, (fs::read(path).expect("readable"), modified))
    };
    desk.files("inbox").into_iter().map(one).collect()
}

fn mixed() -> Office {
    let office = Office::new(&[
        ("2026-02-03/stockholm.pdf", yes("01")),
        ("2026-02-03/kopia av stockholm.pdf", yes("01")),
        ("2026-02-03/uppsala.pdf", no("03")),
        ("2026-02-20/uppsala.pdf", yes("03")),
        ("2026-02-10/sörmland a.pdf", yes("04")),
        ("2026-02-10/sörmland b.pdf", no("04")),
        ("2026-02-10/östergötland a.pdf", said("05", "ja", "Vi ser fram emot det.")),
        ("2026-02-10/östergötland b.pdf", said("05", "ja", "Vi ser fram emot det.\n")),
        ("2026-03-02/gotland.pdf", yes("09")),
        ("2026-02-11/skåne.pdf", unmarked("12")),
        ("2026-02-11/lås.pdf", encrypted("hemligt", "hemligare")),
        ("2026-02-11/bild.heic", b"\0\0\0\x18ftypheic".to_vec()),
        ("2026-02-11/svar.eml", b"Subject: Svar\r\n\r\nJa.\r\n".to_vec()),
        ("2026-02-11/tom.pdf", Vec::new()),
        ("2026-02-11/mapp.pdf/innehåll.txt", b"en mapp med ett olyckligt namn".to_vec()),
        ("halland.txt", yes("13")),
    ]);
    // The file's own date speaks where no name does.
    let february = SystemTime::UNIX_EPOCH + Duration::from_secs(1_770_800_000);
    let file = fs::File::options().write(true).open(office.desk.path("inbox/halland.txt")).expect("it is there");
    file.set_modified(february).expect("a time can be set");
    office
}

#[test]
fn every_file_is_accounted_for_and_none_is_touched() {
    let office = mixed();
    let before = state_of(&office.desk);
    let report = office.run(1);
    assert_eq!(state_of(&office.desk), before);

    let documents = report["documents"].as_array().expect("a list");
    let mut paths: Vec<&str> = documents.iter().map(|document| document["path"].as_str().expect("a path")).collect();
    paths.sort_unstable();
    let mut expected: Vec<String> = before.keys().map(|name| format!("inbox/{name}")).collect();
    expected.sort();
    assert_eq!(paths, expected);

    let accounting = &report["accounting"];
    let count = |name: &str| accounting[name].as_u64().expect("a number");
    assert_eq!((count("files"), count("documents")), (16, 16));
    let fates = ["used", "superseded", "duplicate", "review", "rejected"];
    assert_eq!(fates.map(count), [5, 2, 1, 3, 5], "{accounting}");
    for fate in fates {
        let told = documents.iter().filter(|document| document["outcome"] == fate).count();
        assert_eq!(told as u64, count(fate), "{fate}");
    }
}

/// The report of the mixed inbox.
fn report_of_mixed() -> &'static Value {
    static REPORT: OnceLock<Value> = OnceLock::new();
    REPORT.get_or_init(|| mixed().run(1))
}

#[test]
fn every_recipient_is_in_the_report_with_what_it_said() {
    let report = report_of_mixed();
    let answers = report["answers"].as_array().expect("a list");
    assert_eq!(answers.len(), 21);
    let said: Vec<(&str, &str, Option<&str>)> = answers
        .iter()
        .map(|a| {
            (a["recipient"].as_str().expect("a code"), a["status"].as_str().expect("a status"), a["choice"].as_str())
        })
        .filter(|(_, status, _)| *status != "missing")
        .collect();
    assert_eq!(
        said,
        [
            ("01", "answered", Some("ja")),
            ("03", "answered", Some("ja")),
            ("04", "review", None),
            ("05", "answered", Some("ja")),
            ("09", "answered", Some("ja")),
            ("12", "review", None),
            ("13", "answered", Some("ja")),
        ]
    );
    let totals = &report["totals"];
    assert_eq!((&totals["recipients"], &totals["missing"], &totals["review"]), (&21.into(), &14.into(), &2.into()));
    assert_eq!(totals["by_choice"], serde_json::json!({"ja": 5, "nej": 0}));
    let committed: u64 = ["01", "03", "05", "09", "13"]
        .iter()
        .map(|code| answer(report, code)["amounts"]["commitment"].as_u64().expect("an amount"))
        .sum();
    assert_eq!(totals["amounts"]["committed"], committed);
    assert_eq!(totals["amounts"]["total"], 32_219_700);
    assert_eq!((&report["outcome"]["holds"], &report["outcome"]["open"]), (&false.into(), &true.into()));
    assert_eq!(report["outcome"]["in_review"], serde_json::json!(["04", "12"]));
}

#[test]
fn a_change_of_mind_counts_and_is_told() {
    let report = report_of_mixed();
    let uppsala = answer(report, "03");
    assert_eq!(uppsala["document"], "inbox/2026-02-20/uppsala.pdf");
    assert_eq!(uppsala["superseded"], serde_json::json!(["inbox/2026-02-03/uppsala.pdf"]));
    assert!(has(uppsala, "change-of-mind"));
    assert_eq!(document(report, "2026-02-03/uppsala.pdf")["outcome"], "superseded");
}

#[test]
fn equal_files_count_once() {
    let report = report_of_mixed();
    let fates = ["stockholm.pdf", "kopia av stockholm.pdf"]
        .map(|name| document(report, &format!("2026-02-03/{name}"))["outcome"].clone());
    assert_eq!(fates, ["duplicate", "used"]);
    assert_eq!(answer(report, "01")["status"], "answered");
}

#[test]
fn late_answers_count_and_are_told() {
    let report = report_of_mixed();
    let gotland = answer(report, "09");
    assert_eq!((&gotland["late"], &gotland["choice"]), (&true.into(), &"ja".into()));
    assert!(has(gotland, "late"));
    let halland = answer(report, "13");
    assert_eq!((&halland["late"], &halland["received"]), (&false.into(), &"2026-02-11T08:53:20Z".into()));
    assert_eq!(document(report, "halland.txt")["received_by"], "file");
}

#[test]
fn different_answers_of_one_day_are_left_to_a_person() {
    let report = report_of_mixed();
    for name in ["2026-02-10/sörmland a.pdf", "2026-02-10/sörmland b.pdf"] {
        assert_eq!(document(report, name)["outcome"], "review");
        assert!(has(document(report, name), "order-unknown"));
    }
    let sormland = answer(report, "04");
    assert_eq!((&sormland["status"], &sormland["choice"]), (&"review".into(), &Value::Null));
}

#[test]
fn an_answer_never_hides_a_later_return_that_cannot_be_read() {
    let office = Office::new(&[("2026-02-03 ja.pdf", yes("18")), ("2026-02-20 oklar.pdf", unmarked("18"))]);
    let report = office.run(1);
    assert_eq!(answer(&report, "18")["status"], "review");
    assert_eq!(answer(&report, "18")["document"], "inbox/2026-02-20 oklar.pdf");
    assert_eq!(report["totals"]["by_choice"]["ja"], 0);
}

#[test]
fn a_clear_answer_settles_an_earlier_return_that_was_not() {
    let office = Office::new(&[("2026-02-03/oklar.pdf", unmarked("18")), ("2026-02-20/ja.pdf", yes("18"))]);
    let report = office.run(0);
    assert_eq!(
        (&answer(&report, "18")["status"], &answer(&report, "18")["choice"]),
        (&"answered".into(), &"ja".into())
    );
    assert!(!has(answer(&report, "18"), "change-of-mind"));
}

#[test]
fn same_inbox_same_report() {
    let office = mixed();
    office.run(1);
    let files = office.desk.files("outbox/report");
    let reports: Vec<_> = files.iter().filter(|name| !name.starts_with("crops/")).collect();
    assert_eq!(reports, ["report.csv", "report.html", "report.json", "report.pdf", "report.xlsx"]);
    let all = |desk: &Desk| files.iter().map(|name| desk.read(&format!("outbox/report/{name}"))).collect::<Vec<_>>();
    let first = all(&office.desk);
    office.desk.run_with(["run"], &[("RAYON_NUM_THREADS", "1"), ("TZ", "Asia/Tokyo")]).ended(1);
    assert!(all(&office.desk) == first, "run twice");
    office.desk.run(["parse"]).ended(1);
    office.desk.run(["report"]).ended(1);
    assert!(all(&office.desk) == first, "parse and report apart");
}

#[test]
fn the_report_and_each_document_are_as_their_schemas_say() {
    let office = mixed();
    let report = office.run(1);
    assert_eq!(schema::faults("report-1.schema.json", &report), [""; 0]);
    let names: Vec<String> = office.desk.files("inbox").iter().map(|name| format!("inbox/{name}")).collect();
    let mut arguments = vec!["inspect".to_owned(), "--json".to_owned()];
    arguments.extend(names.iter().cloned());
    let lines = office.desk.run(&arguments).ended(1).stdout;
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(lines.iter().map(|line| line["path"].as_str().expect("a path")).collect::<Vec<_>>(), names);
    for line in &lines {
        assert_eq!(schema::faults("inspect-1.schema.json", line), [""; 0], "{}", line["path"]);
    }
}

#[test]
fn files_that_were_not_read_are_as_the_schemas_say() {
    let office = Office::new(&[("stor.pdf", vec![0; 33 << 20])]);
    let report = office.run(1);
    assert_eq!(document(&report, "stor.pdf")["findings"][0]["code"], "too-large");
    assert_eq!(schema::faults("report-1.schema.json", &report), [""; 0]);
}

#[test]
fn standard_output_has_the_result_and_nothing_else() {
    let office = mixed();
    let said = office.desk.run(["run"]).ended(1);
    insta::assert_snapshot!(said.stdout, @r"
    rendered  21 declarations in outbox/declarations
    read      16 files: 5 used, 2 superseded, 1 duplicate, 3 in review, 5 rejected
    answers   5 ja, 0 nej, 2 in review, 14 missing
    report    outbox/report/report.pdf and report.html
    draft     these declarations are not marked as sent; when they have been, run `avsikt sent`

    a person must look at:
      inbox/2026-02-10/sörmland a.pdf  (order-unknown)
      inbox/2026-02-10/sörmland b.pdf  (order-unknown)
      inbox/2026-02-11/bild.heic  (not-readable-yet)
      inbox/2026-02-11/lås.pdf  (encrypted)
      inbox/2026-02-11/mapp.pdf/innehåll.txt  (not-a-pdf)
      inbox/2026-02-11/skåne.pdf  (choice-none)
      inbox/2026-02-11/svar.eml  (not-readable-yet)
      inbox/2026-02-11/tom.pdf  (not-a-pdf)
    ");
    assert!(!said.stderr.contains('\u{1b}') && !said.stdout.contains('\u{1b}'), "no colour where nobody watches");
    assert!(said.stderr.starts_with("warning: the forecasts"), "{}", said.stderr);
    assert_eq!(said.stderr.matches("warning").count(), 1, "{}", said.stderr);
}

#[test]
fn what_people_typed_is_harmless_in_every_format() {
    let comment = "=HYPERLINK(\"http://example.org\")\n<script>alert(1)</script>";
    let office = Office::new(&[("2026-02-03 svar.pdf", said("18", "ja", comment))]);
    let report = office.run(0);
    assert_eq!(answer(&report, "18")["comment"], comment);
    assert!(!office.desk.text("outbox/report/report.html").contains("<script>alert"));
    assert!(!office.desk.text("outbox/report/report.csv").contains("\"=HYPERLINK"));
}

#[test]
fn an_empty_or_missing_inbox_is_21_missing_answers() {
    for empty in [false, true] {
        let office = Office::new(&[]);
        if empty {
            fs::create_dir(office.desk.path("inbox")).expect("it is new");
            office.desk.write("inbox/.DS_Store", "x");
        }
        let report = office.run(0);
        assert_eq!((&report["totals"]["missing"], &report["accounting"]["files"]), (&21.into(), &0.into()));
        assert_eq!(report["outcome"]["missing"].as_array().map(Vec::len), Some(21));
    }
}

#[test]
fn all_yes_is_what_the_rule_asks_for() {
    let codes: Vec<String> =
        crate::support::sent::outbox().manifest.documents.iter().map(|sent| sent.recipient.to_string()).collect();
    let files: Vec<(String, Vec<u8>)> =
        codes.iter().map(|code| (format!("2026-02-03/{code}.pdf"), yes(code))).collect();
    let files: Vec<(&str, Vec<u8>)> = files.iter().map(|(name, bytes)| (name.as_str(), bytes.clone())).collect();
    let office = Office::new(&files);
    let report = office.run(0);
    assert_eq!(report["outcome"]["holds"], true);
    assert_eq!(report["totals"]["amounts"]["committed"], 32_219_700);

    office.desk.write("inbox/2026-02-20/nej.pdf", no("25"));
    let report = office.run(0);
    assert_eq!((&report["outcome"]["holds"], &report["outcome"]["open"]), (&false.into(), &false.into()));
    assert_eq!(report["outcome"]["against"], serde_json::json!(["25"]));
}

#[test]
fn a_form_of_an_earlier_edition_is_left_to_a_person() {
    let office = Office::new(&[("2026-02-03/svar.pdf", yes("18"))]);
    assert_eq!(answer(&office.run(0), "18")["status"], "answered");
    office.desk.run(["sent", "--date", "2025-12-01"]).ended(0);
    office.desk.edit("templates/siths-paket-2/prices.yaml", "total: 32219700", "total: 42219700");
    office.desk.run(["run"]).ended(2);
    office.desk.run(["run", "--replace"]).ended(1);
    let report = office.desk.json(REPORT);
    assert_eq!(answer(&report, "18")["status"], "review");
    assert!(has(answer(&report, "18"), "content-changed"));
}

#[cfg(unix)]
#[test]
fn links_are_told_and_not_followed() {
    let office = Office::new(&[("2026-02-03/svar.pdf", yes("18"))]);
    office.desk.write("utanför/nej.pdf", no("19"));
    for (target, link) in [("utanför/nej.pdf", "länk.pdf"), ("utanför", "mapp"), ("finns inte", "trasig.pdf")] {
        let target = office.desk.path(target);
        std::os::unix::fs::symlink(target, office.desk.path(&format!("inbox/{link}"))).expect("a link can be made");
    }
    let report = office.run(1);
    for link in ["länk.pdf", "mapp", "trasig.pdf"] {
        assert_eq!(document(&report, link)["outcome"], "rejected");
        assert!(has(document(&report, link), "unreadable"));
    }
    assert_eq!(answer(&report, "19")["status"], "missing");
    assert_eq!(report["accounting"]["files"], 4);
}

/// What is called as `tesseract` here: it has Swedish, and reads the same words in the middle of every picture.
#[cfg(unix)]
const RECOGNISER: &str = r#"#!/bin/sh
if [ "$1" = --list-langs ]; then printf 'swe\n'; exit; fi
cat > /dev/null
printf '1\t1\t0\t0\t0\t0\t0\t0\t1000\t1000\t-1\t\n'
printf '5\t1\t1\t1\t1\t1\t480\t480\t20\t20\t91\tVi\n'
printf '5\t1\t1\t1\t1\t2\t510\t480\t20\t20\t90\tvill\n'
"#;

#[cfg(unix)]
#[test]
fn what_a_program_reads_in_handwriting_is_a_suggestion() {
    use std::os::unix::fs::PermissionsExt;
    let scan = fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/inbox/2026-02-18/Skannat_20260218_0912.pdf"));
    let office = Office::new(&[("skannat.pdf", scan.expect("it is shipped"))]);
    let plain = office.run(0);
    let (before, of) = (answer(&plain, "13"), |report: &Value| report["documents"][0]["fields"]["titel"].clone());
    assert!(before["comment_picture"].is_string() && before["comment_suggestion"].is_null());

    office.desk.write("bin/tesseract", RECOGNISER);
    let program = office.desk.path("bin/tesseract");
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("it is ours");
    let path = format!("{}:{}", office.desk.path("bin").display(), std::env::var("PATH").expect("there is one"));
    office.desk.run_with(["parse", "--suggest-text"], &[("PATH", &path)]).ended(0);
    let suggested = office.desk.json(REPORT);
    assert_eq!(schema::faults("report-1.schema.json", &suggested), [""; 0]);
    let after = answer(&suggested, "13");
    assert_eq!((&after["status"], &after["choice"]), (&before["status"], &before["choice"]));
    assert_eq!((&after["comment"], &after["comment_suggestion"]), (&Value::Null, &Value::from("Vi vill")));
    let (without, with) = (of(&plain), of(&suggested));
    assert_eq!((&with["value"], &with["status"]), (&Value::Null, &without["status"]));
    assert_eq!(with["candidates"], Value::from(vec!["Vi vill"]));

    // Without the program it is told, and nothing is read.
    let said = office.desk.run_with(["parse", "--suggest-text"], &[("PATH", "/nowhere")]);
    assert!(said.status == 2 && said.stderr.contains("`tesseract` is not installed"), "{said:?}");
}
