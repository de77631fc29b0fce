//! The campaign's rule and what it does with late answers: as they are written, as they come out, and when written wrongly.

use serde_json::{Value, json};

use crate::support::desk::{Desk, SHIPPED};
use crate::support::returned::Returned;
use crate::support::schema;

const CAMPAIGN: &str = "templates/siths-paket-2/campaign.yaml";
const REPORT: &str = "outbox/report/report.json";

/// The shipped campaign with other words in `campaign.yaml`, and answers in dated folders.
fn report(from: &str, to: &str, answers: &[(&str, &str, &str)]) -> Value {
    let desk = Desk::without_signatures();
    desk.edit(CAMPAIGN, from, to);
    for (day, code, choice) in answers {
        desk.write(&format!("inbox/{day}/{code}-{choice}.pdf"), Returned::filled(code, choice).bytes());
    }
    let said = desk.run(["run"]);
    assert!(said.status < 2, "{said:?}");
    let report = desk.json(REPORT);
    assert_eq!(schema::faults("report-1.schema.json", &report), [""; 0]);
    report
}

fn answer<'r>(report: &'r Value, code: &str) -> &'r Value {
    let answers = report["answers"].as_array().expect("a list");
    answers.iter().find(|answer| answer["recipient"] == code).expect("every recipient is there")
}

#[test]
fn a_share_of_the_recipients_is_enough() {
    let two = [("2026-02-03", "01", "ja"), ("2026-02-03", "03", "ja"), ("2026-02-03", "18", "nej")];
    let enough = report("rule: all", "rule: {share: 0.09}", &two);
    assert_eq!(enough["campaign"]["rule"], "share");
    assert_eq!((&enough["outcome"]["holds"], &enough["outcome"]["open"]), (&json!(true), &json!(false)));
    let progress = json!({"measure": "recipients", "needed": 2, "reached": 2, "lacking": 0});
    assert_eq!(enough["outcome"]["progress"], progress);

    let lacking = report("rule: all", "rule: {share: 0.8}", &two);
    assert_eq!((&lacking["outcome"]["holds"], &lacking["outcome"]["open"]), (&json!(false), &json!(true)));
    assert_eq!(lacking["outcome"]["progress"]["lacking"], 15);
    assert_eq!(lacking["outcome"]["against"], json!(["18"]));
    assert_eq!(lacking["outcome"]["what_if"]["missing_say_yes"]["yes"], 20);
}

#[test]
fn an_amount_is_what_those_who_say_yes_bind_themselves_to() {
    let one = [("2026-02-03", "01", "ja")];
    let found = report("rule: all", "rule: {amount: 40 000 000}", &one);
    let own = answer(&found, "01")["amounts"]["commitment"].as_i64().expect("an amount");
    let progress = &found["outcome"]["progress"];
    assert_eq!((&progress["measure"], progress["reached"].as_i64()), (&json!("amount"), Some(own)));
    assert_eq!(progress["lacking"].as_i64(), Some(40_000_000 - own));
    // More than all of them together: it cannot come to hold.
    assert_eq!((&found["outcome"]["holds"], &found["outcome"]["open"]), (&json!(false), &json!(false)));
    let found = report("rule: all", &format!("rule: {{amount: {own}}}"), &one);
    assert_eq!(found["outcome"]["holds"], true);
}

#[test]
fn each_line_and_year_is_summed_over_those_who_said_yes() {
    let found = report("rule: all", "rule: all", &[("2026-02-03", "01", "ja"), ("2026-02-03", "18", "nej")]);
    let totals = &found["totals"]["amounts"];
    let own = &answer(&found, "01")["amounts"]["lines"];
    let lines = totals["lines"].as_array().expect("a list");
    assert!(!lines.is_empty());
    let mut committed = 0;
    for line in lines {
        let own = &own[line["id"].as_str().expect("a text")];
        if line["amounts"] != Value::Null {
            assert_eq!(line["amounts"]["committed"], own["total"]);
        }
        for (year, amounts) in line["years"].as_object().expect("a map") {
            assert_eq!(amounts["committed"], own["forecast"][year]);
            assert!(amounts["total"].as_i64() > amounts["committed"].as_i64());
        }
        if line["commitment"] == true {
            committed += line["amounts"]["committed"].as_i64().expect("a sum");
        }
    }
    assert_eq!(totals["committed"].as_i64(), Some(committed));
}

#[test]
fn late_answers_are_treated_as_the_campaign_says() {
    let late = [("2026-02-28", "18", "ja")];
    for (way, status, outcome) in
        [("count", "answered", "used"), ("review", "review", "review"), ("reject", "missing", "rejected")]
    {
        let found = report("rule: all", &format!("rule: all\nlate: {way}"), &late);
        assert_eq!(found["campaign"]["late"], way);
        assert_eq!(answer(&found, "18")["status"], status, "{way}");
        assert_eq!(found["documents"][0]["outcome"], outcome, "{way}");
        assert_eq!(found["documents"][0]["findings"][0]["code"], "late", "{way}");
    }
    let found = report("rule: all", "rule: all", &late);
    assert_eq!((&found["campaign"]["late"], &answer(&found, "18")["status"]), (&json!("count"), &json!("answered")));
}

#[test]
fn a_mistake_in_a_rule_is_told_with_its_place() {
    for (written, place, told) in [
        ("rule: most", "16:7", "`most` is no rule"),
        ("rule: {share: 80}", "16:15", "`80` is not a share"),
        ("rule: {share: 0}", "16:15", "`0` is not a share"),
        ("rule: {amount: 0}", "16:16", "an amount of 0 demands nothing"),
        ("rule: {amount: mycket}", "16:16", "`mycket` is not a whole number"),
        ("rule: {share: 0.5, amount: 1}", "16:7", "both `share` and `amount`"),
        ("rule: {shar: 0.5}", "16:8", "unknown key `shar`"),
        ("rule: {}", "16:7", "the rule says nothing"),
        ("rule: all\nlate: never", "17:7", "`never` is no way to treat late answers"),
    ] {
        let desk = Desk::shipped();
        desk.edit(CAMPAIGN, "rule: all", written);
        let said = desk.run(["check"]).ended(2);
        assert!(said.stderr.contains(told), "{written}: {}", said.stderr);
        assert!(said.stderr.contains(&format!("{SHIPPED}/campaign.yaml:{place}\n")), "{written}: {}", said.stderr);
    }
}

#[test]
fn an_amount_needs_prices() {
    let desk = Desk::with_campaign("school-routes");
    desk.edit("templates/school-routes/campaign.yaml", "rule: none", "yes: join\nrule: {amount: 100}");
    let said = desk.run(["check"]).ended(2);
    assert!(said.stderr.contains("there is no `prices.yaml`"), "{}", said.stderr);
}
