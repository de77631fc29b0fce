//! Nothing is found out too late: what a look or a text would stop `render` with, `check` tells, with its place in the
//! campaign's own files and in their words.

use crate::support::desk::{Desk, SHIPPED};

const ACCENT: &str = "accent: \"#0f4c5c\"";

/// What `check` says of the shipped campaign after one change: its lines without the warning that it always has.
fn checked(file: &str, from: &str, to: &str) -> (i32, String) {
    let desk = Desk::shipped();
    desk.edit(&format!("{SHIPPED}/{file}"), from, to);
    told(&desk)
}

fn told(desk: &Desk) -> (i32, String) {
    let said = desk.run(["check"]);
    let problems: Vec<&str> = said.stderr.split("\n\n").filter(|text| !text.contains("the forecasts sum to")).collect();
    (said.status, problems.join("\n\n"))
}

#[test]
fn each_mistake_of_the_look_is_told_at_its_line() {
    let long = "Ord ".repeat(400);
    let form = "Ord ".repeat(900);
    let cover = format!("    {long}\n\n    **Så svarar regionen**");
    let form = format!("title: Underskrift\n    text: |\n      {form}\n\n");
    for (file, from, to, place, message) in [
        ("campaign.yaml", ACCENT, "accent: #0f4c5c", ":3", "`accent` has no colour: without quotes, a `#` begins"),
        ("campaign.yaml", ACCENT, "accent: petrol", ":11", "`petrol` is no colour"),
        ("campaign.yaml", ACCENT, "accent: \"#00aa88\"", ":11", "contrast of `#00aa88` against white is 2.9, and must"),
        ("campaign.yaml", ACCENT, "logo: inera.svg", ":9", "the logo `inera.svg` is not there"),
        ("campaign.yaml", ACCENT, "logo: trasig.png", ":9", "trasig.png` cannot be shown as a picture"),
        ("campaign.yaml", "font: Source Sans 3", "font: Calibri", ":9", "no TrueType file with the regular face of"),
        ("declaration.yaml", "Inera är regionernas", "Inera är ☃ regionernas", ":16", "no typeface has the letter `☃`"),
        ("recipients.yaml", "Region Uppsala", "Region Țppsala", ":31", "fields cannot hold the letter `Ț` (U+021A)"),
        ("declaration.yaml", "    **Så svarar regionen**", &cover, ":10", "takes 2 pages"),
        ("declaration.yaml", "title: Underskrift\n    text: |\n", &form, ":10", "and may take 1"),
    ] {
        let desk = Desk::shipped();
        desk.edit(&format!("{SHIPPED}/{file}"), from, to);
        desk.write(&format!("{SHIPPED}/trasig.png"), "ingen bild");
        let (status, text) = told(&desk);
        assert_eq!(status, 2, "{text}");
        assert!(text.starts_with("error: ") && text.contains(message), "{message}: {text}");
        let at = text.lines().find(|line| line.contains("--> ")).expect("a place");
        assert!(at.contains(&format!("{SHIPPED}/{file}:")) && at.ends_with(place), "{at}");
        assert!(text.contains("= help: "), "{text}");
        assert_eq!(text.matches("error: ").count(), 2, "one, and the sum of all: {text}");
        // What is told is what would have stopped the batch.
        desk.run(["render"]).ended(2);
    }
}

#[test]
fn a_key_that_the_look_does_not_know_is_a_warning() {
    let (status, text) = checked("campaign.yaml", ACCENT, "acent: \"#0f4c5c\"");
    assert_eq!(status, 0, "{text}");
    assert!(text.contains("warning: the style does nothing with `acent`") && text.contains("did you mean `accent`?"));
}
