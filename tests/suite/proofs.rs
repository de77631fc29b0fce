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

/// One cause is one error, told at its own line, and the hint is what to write.
#[test]
fn one_cause_is_one_error_with_a_hint_that_is_right() {
    let recipients = Desk::shipped().text(&format!("{SHIPPED}/recipients.yaml"));
    let list = &recipients[recipients.find("recipients:").expect("the list")..];
    for (file, from, to, at, message, hint) in [
        ("recipients.yaml", "key: 2408360", "key: -1", "12:105", "`-1` is not a whole number", "digits only"),
        ("recipients.yaml", "key: 2408360", "key: en miljon", "12:105", "`en miljon` is not", "digits only"),
        ("recipients.yaml", list, "recipients: []", "11:13", "there are no recipients", "add a line"),
        ("recipients.yaml", list, "recipients:", "11:1", "`recipients` is empty", "after the colon"),
        ("recipients.yaml", "Region Uppsala", "Region Stockholm", "13:12", "two recipients have the name", "line 12"),
        ("prices.yaml", "total: 32219700", "total: en miljon", "19:12", "`en miljon` is not a whole number", "digits"),
        (
            "prices.yaml",
            "{2027: 18200000,",
            "{2026: 18200000,",
            "22:15",
            "2026 is not in `years`",
            "add it to `years:`",
        ),
        ("campaign.yaml", "  unit: Prog", "\tunit: Prog", "10:1", "a tab stands where spaces", "spaces in its place"),
        ("campaign.yaml", "rule: all  ", "rule: {share: 0,8}  ", "16:7", "a comma parts them", "write 0.8"),
        ("campaign.yaml", "language: sv", "language: sv\ntitle: En till", "7:1", "`title` stands twice", "line 5"),
        (
            "declaration.yaml",
            "caption: \"Pris för {{ recipient.name }}\"",
            "caption: {{ recipient.name }}",
            ":20",
            "`{{` needs quotes around it",
            "put the text in quotes",
        ),
    ] {
        let (status, text) = checked(file, from, to);
        assert_eq!((status, text.matches("error: ").count()), (2, 2), "one, and the sum of all: {text}");
        assert!(text.contains(message), "{message}: {text}");
        let place = text.lines().find(|line| line.contains("--> ")).expect("a place");
        assert!(place.contains(&format!("{SHIPPED}/{file}:")) && place.ends_with(at), "{at}: {place}");
        let help = text.lines().find(|line| line.contains("= help: ")).expect("a hint");
        assert!(help.contains(hint) && !help.contains("did you mean"), "{hint}: {help}");
    }
}

#[test]
fn a_year_is_never_taken_for_another_year() {
    let expression = "prices.utveckling.forecast[\"2027\"]";
    let (status, text) = checked("declaration.yaml", expression, "prices.utveckling.forecast[\"2026\"]");
    assert_eq!(status, 2, "{text}");
    assert!(text.contains("2027, 2028") && !text.contains("did you mean"), "{text}");
}

#[test]
fn a_key_of_nothing_is_a_warning() {
    let (status, text) = checked("recipients.yaml", "key: 2408360", "key: 0");
    assert_eq!(status, 0, "{text}");
    assert!(text.contains("warning: the allocation key is 0"), "{text}");
}

#[test]
fn what_would_change_in_silence_is_a_warning() {
    let rule = "          | --- | --- |\n          | 2027";
    for (from, to, message) in [
        (
            "  - title: Begreppslista\n    text: |\n",
            "  - title: Begreppslista\n    text:\n",
            "without `|` the lines of this",
        ),
        (rule, "          | 2027", "a table without its rule"),
        ("Kommuner är intresserade", "~~Kommuner~~ är intresserade", "`~~`, which strikes nothing out"),
        ("Kommuner är intresserade", "==Kommuner== är intresserade", "`==`, which highlights nothing"),
    ] {
        let (status, text) = checked("declaration.yaml", from, to);
        assert_eq!(status, 0, "{text}");
        assert_eq!((text.matches("warning: ").count(), text.contains(message)), (1, true), "{text}");
        assert!(text.contains(&format!("--> {SHIPPED}/declaration.yaml:")) && text.contains("= help: "), "{text}");
    }
}
