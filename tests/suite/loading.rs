//! A campaign is written by people: every mistake is told at once, with its file, line and column, the line itself and
//! what to do. The snapshots hold the words to what a person who edits YAML can act on.

use crate::support::desk::{Desk, SHIPPED, Said};

fn check(desk: &Desk) -> Said {
    desk.run(["check"])
}

fn file(name: &str) -> String {
    format!("{SHIPPED}/{name}")
}

/// The shipped campaign with one stretch of a file replaced, checked.
fn with(name: &str, from: &str, to: &str) -> Said {
    let desk = Desk::shipped();
    desk.edit(&file(name), from, to);
    check(&desk)
}

#[test]
fn the_shipped_campaign_is_as_the_issue_says() {
    let desk = Desk::shipped();
    let said = check(&desk).ended(0);
    insta::assert_snapshot!(said.stderr, @r"
    warning: the forecasts sum to 32 200 000, which is 19 700 less than the total of 32 219 700
      --> templates/siths-paket-2/prices.yaml:22:15
       |
    22 |     forecast: {2027: 18200000, 2028: 14000000}
       |               ^
       |
       = help: this is fine if the forecasts are rounded; otherwise correct the total or the years
    ");
    let stdout = said.stdout.replace('\u{a0}', "_");
    insta::assert_snapshot!(stdout, @r"
    campaign    Avsiktsförklaring gällande förenklad utgivning SITHS Paket 2 (siths-paket-2)
    recipients  21
    last day    2026-02-27
    answers to  kansli@inera.se

    recipient                      utveckling 2027  utveckling 2028  utveckling  forvaltning 2027  forvaltning 2028  forvaltning 2029         sum
    01 Region Stockholm                  4_200_314        3_231_010   7_435_871           461_573         1_269_326         1_546_269  10_713_039
    03 Region Uppsala                      685_702          527_463   1_213_907            75_352           207_218           252_429   1_748_906
    04 Region Sörmland                     525_348          404_114     930_030            57_731           158_759           193_397   1_339_917
    05 Region Östergötland                 818_149          629_345   1_448_379            89_906           247_243           301_187   2_086_715
    06 Region Jönköpings län               639_545          491_958   1_132_195            70_280           193_269           235_437   1_631_181
    07 Region Kronoberg                    354_021          272_323     626_727            38_903           106_984           130_326     902_940
    08 Region Kalmar län                   430_721          331_324     762_511            47_332           130_163           158_562   1_098_568
    09 Region Gotland                      106_441           81_878     188_435            11_697            32_166            39_184     271_482
    10 Region Blekinge                     277_341          213_339     490_981            30_477            83_812           102_098     707_368
    12 Region Skåne                      2_441_127        1_877_790   4_321_559           268_256           737_703           898_657   6_226_175
    13 Region Halland                      592_505          455_773   1_048_919            65_110           179_054           218_120   1_511_203
    14 Västra Götalandsregionen          3_039_744        2_338_265   5_381_299           334_038           918_604         1_119_027   7_752_968
    17 Region Värmland                     493_768          379_822     874_125            54_260           149_216           181_772   1_259_373
    18 Region Örebro län                   534_727          411_329     946_635            58_761           161_593           196_850   1_363_839
    19 Region Västmanland                  485_908          373_775     860_209            53_397           146_840           178_878   1_239_324
    20 Region Dalarna                      502_494          386_534     889_571            55_219           151_853           184_984   1_281_627
    21 Region Gävleborg                    502_040          386_185     888_769            55_169           151_715           184_817   1_280_470
    22 Region Västernorrland               426_261          327_893     754_616            46_842           128_815           156_920   1_087_193
    23 Region Jämtland Härjedalen          229_987          176_913     407_149            25_273            69_502            84_666     586_590
    24 Region Västerbotten                 478_396          367_997     846_911            52_571           144_570           176_113   1_220_165
    25 Region Norrbotten                   435_461          334_970     770_902            47_853           131_595           160_307   1_110_657
    all                                 18_200_000       14_000_000  32_219_700         2_000_000         5_500_000         6_700_000  46_419_700

    all recipients        2027        2028       2029         sum
    utveckling      18_200_000  14_000_000          –  32_219_700
    forvaltning      2_000_000   5_500_000  6_700_000  14_200_000
    all             20_200_000  19_500_000  6_700_000  46_419_700

    the campaign key is for demonstration: it is public, so it proves nothing about real returns
    ");
    let declaration = desk.text(&file("declaration.yaml"));
    assert_eq!(declaration.matches("- term: ").count(), 13);
    let recipients = desk.text(&file("recipients.yaml"));
    assert_eq!(recipients.matches("{code: ").count(), 21);
    assert_eq!(recipients.matches("@").count(), recipients.matches("@example.org").count());
}

#[test]
fn mistakes_in_all_four_files_are_told_in_one_run() {
    let desk = Desk::shipped();
    for (name, from, to) in [
        ("campaign.yaml", "language: sv", "språk: sv"),
        ("campaign.yaml", "return_to: kansli@inera.se", "return_to: kansliet"),
        ("campaign.yaml", "yes: ja ", "yes: japp "),
        ("recipients.yaml", "programradet.05@example.org", "programradet.05"),
        ("recipients.yaml", "tile: [4, 1]}", "tile: [4, 1]}\n  - {code: \"25\", name: Region Påhitt, key: 1}"),
        ("prices.yaml", "currency: kr", "valuta: kr"),
        ("prices.yaml", "2028: 14000000}", "2028: 14000000, 2031: 5}"),
        (
            "declaration.yaml",
            "Inera frågar {{ recipient.name }} om",
            "Inera frågar {{ recipient.namn }} {{ region }} om",
        ),
        ("declaration.yaml", "total.own | kronor }}**. Tabellen", "total.own | kronr }}**. Tabellen"),
        ("declaration.yaml", "kind: date", "kind: datum"),
        ("declaration.yaml", "read_only: true", "readonly: true"),
    ] {
        desk.edit(&file(name), from, to);
    }
    let said = check(&desk).ended(2);
    assert_eq!(said.stdout, "");
    insta::assert_snapshot!(said.stderr, @r#"
    error: unknown key `språk`
     --> templates/siths-paket-2/campaign.yaml:6:1
      |
    6 | språk: sv
      | ^^^^^
      |
      = help: campaign.yaml may have: id, title, language, sender, date, deadline, return_to, rule, late, signature, yes, values, look

    error: `kansliet` is not an e-mail address
      --> templates/siths-paket-2/campaign.yaml:14:12
       |
    14 | return_to: kansliet    # hit skickar regionerna sina svar
       |            ^^^^^^^^
       |
       = help: write name@domain

    error: `japp` is none of the form's options
      --> templates/siths-paket-2/campaign.yaml:18:6
       |
    18 | yes: japp                       # svarsalternativet i declaration.yaml som räknas som ja
       |      ^^^^
       |
       = help: the form's options are: ja, nej

    error: this expression cannot be filled in: field `namn` is not defined. Available fields: code, contact, email, key, language, letter, name, note, paragraph
      --> templates/siths-paket-2/declaration.yaml:27:18
       |
    27 |     Inera frågar {{ recipient.namn }} {{ region }} om regionen vill vara med och solidariskt finansiera projektet
       |                  ^^^^^^^^^^^^^^^^^^^^
       |
       = help: an expression may use campaign, sender, recipient, prices, values and language, and the filters kronor, date and percent

    error: this expression cannot be filled in: field `namn` is not defined. Available fields: code, contact, email, key, language, name, note, paragraph
      --> templates/siths-paket-2/declaration.yaml:27:18
       |
    27 |     Inera frågar {{ recipient.namn }} {{ region }} om regionen vill vara med och solidariskt finansiera projektet
       |                  ^^^^^^^^^^^^^^^^^^^^
       |
       = help: an expression may use campaign, sender, recipient, prices, values and language, and the filters kronor, date and percent

    error: this expression cannot be filled in: variable `region` is not defined. Available variables: campaign, language, prices, recipient, sender, values
      --> templates/siths-paket-2/declaration.yaml:27:39
       |
    27 |     Inera frågar {{ recipient.namn }} {{ region }} om regionen vill vara med och solidariskt finansiera projektet
       |                                       ^^^^^^^^^^^^
       |
       = help: an expression may use campaign, sender, recipient, prices, values and language, and the filters kronor, date and percent

    error: this expression cannot be filled in: unknown filter `kronr`
       --> templates/siths-paket-2/declaration.yaml:340:13
        |
    340 |           **{{ prices.utveckling.total.own | kronr }}**. Tabellen visar hur kostnaderna fördelas över åren.
        |             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        |
        = help: did you mean `kronor`? an expression may use campaign, sender, recipient, prices, values and language, and the filters kronor, date and percent

    error: unknown key `readonly`
       --> templates/siths-paket-2/declaration.yaml:442:9
        |
    442 |         readonly: true
        |         ^^^^^^^^
        |
        = help: did you mean `read_only`?

    error: `datum` is no kind of field
       --> templates/siths-paket-2/declaration.yaml:471:15
        |
    471 |         kind: datum
        |               ^^^^^
        |
        = help: write text, multiline, date or signature

    error: unknown key `valuta`
     --> templates/siths-paket-2/prices.yaml:6:1
      |
    6 | valuta: kr
      | ^^^^^^
      |
      = help: prices.yaml may have: currency, note, years, lines, allocation, amounts, price_list

    error: the year 2031 is not in `years`
      --> templates/siths-paket-2/prices.yaml:22:15
       |
    22 |     forecast: {2027: 18200000, 2028: 14000000, 2031: 5}
       |               ^
       |
       = help: add it to `years:` or take it out here

    error: `programradet.05` is not an e-mail address
      --> templates/siths-paket-2/recipients.yaml:15:71
       |
    15 |   - {code: "05", name: Region Östergötland,        letter: E,  email: programradet.05, key:  469107, tile: [2, 5]}
       |                                                                       ^^^^^^^^^^^^^^^
       |
       = help: write name@domain

    error: two recipients have the code `25`
      --> templates/siths-paket-2/recipients.yaml:33:12
       |
    33 |   - {code: "25", name: Region Påhitt, key: 1}
       |            ^^^^
       |
       = help: the other one stands in line 32; each code may be there once

    warning: the forecasts sum to 32 200 005, which is 19 695 less than the total of 32 219 700
      --> templates/siths-paket-2/prices.yaml:22:15
       |
    22 |     forecast: {2027: 18200000, 2028: 14000000, 2031: 5}
       |               ^
       |
       = help: this is fine if the forecasts are rounded; otherwise correct the total or the years

    error: the campaign has 13 errors and 1 warning
    hint: mend the places shown above and run the command again
    "#);
}

#[test]
fn a_missing_title_hides_no_mistake_elsewhere() {
    let desk = Desk::shipped();
    desk.edit(&file("campaign.yaml"), "title: ", "titel: ");
    desk.edit(&file("declaration.yaml"), "{{ recipient.name }}", "{{ recipient.namn }}");
    let said = check(&desk).ended(2);
    assert!(said.stderr.contains("`title` is missing"), "{}", said.stderr);
    assert!(said.stderr.contains("recipient.namn"), "{}", said.stderr);
}

#[test]
fn what_is_missing_is_told_with_what_it_belongs_to() {
    let desk = Desk::shipped();
    for (name, from, to) in [
        ("campaign.yaml", "deadline: 2026-02-27 ", "deadline: 27/2 2026 "),
        ("campaign.yaml", "sender:\n  name: Inera AB", "sender:\n  namn: Inera AB"),
        ("recipients.yaml", "name: Region Kronoberg,  ", ""),
        ("recipients.yaml", "key:  301222", "key:  trehundratusen"),
        ("recipients.yaml", "code: \"06\"", "code: 6 å"),
        ("prices.yaml", "commitment: true ", "commitment: kanske "),
        ("declaration.yaml", "  title: Avsiktsförklaring\n  subtitle", "  subtitle"),
        ("declaration.yaml", "- value: nej", "- value: Nej tack"),
    ] {
        desk.edit(&file(name), from, to);
    }
    insta::assert_snapshot!(check(&desk).ended(2).stderr, @r#"
    error: `name` is missing
     --> templates/siths-paket-2/campaign.yaml:9:3
      |
    9 |   namn: Inera AB
      |   ^^^^
      |
      = help: the sender must have `name:`

    error: unknown key `namn`
     --> templates/siths-paket-2/campaign.yaml:9:3
      |
    9 |   namn: Inera AB
      |   ^^^^
      |
      = help: did you mean `name`?

    error: `27/2 2026` is not a date
      --> templates/siths-paket-2/campaign.yaml:13:11
       |
    13 | deadline: 27/2 2026          # sista dag att svara
       |           ^^^^^^^^^
       |
       = help: write year-month-day, for example 2026-02-27

    error: `title` is missing
      --> templates/siths-paket-2/declaration.yaml:17:3
       |
    17 |   kicker: Inera AB
       |   ^^^^^^
       |
       = help: the cover must have `title:`

    error: `Nej tack` cannot be a choice's value
       --> templates/siths-paket-2/declaration.yaml:421:16
        |
    421 |       - value: Nej tack
        |                ^^^^^^^^
        |
        = help: use a–z, 0–9, hyphen and underscore, for example comment_1

    error: no price line is a commitment
      --> templates/siths-paket-2/prices.yaml:16:3
       |
    16 |   - id: utveckling
       |   ^
       |
       = help: add `commitment: true` to the line that a yes binds the recipient to

    error: `kanske` is neither true nor false
      --> templates/siths-paket-2/prices.yaml:18:17
       |
    18 |     commitment: kanske          # regionen förbinder sig att betala sin del av detta belopp
       |                 ^^^^^^
       |
       = help: write true or false

    error: `trehundratusen` is not a whole number
      --> templates/siths-paket-2/recipients.yaml:14:106
       |
    14 |   - {code: "04", name: Region Sörmland,            letter: D,  email: programradet.04@example.org, key:  trehundratusen, tile: [3, 5]}
       |                                                                                                          ^^^^^^^^^^^^^^
       |
       = help: write digits only, for example 1234567

    error: `6 å` cannot be a recipient's code
      --> templates/siths-paket-2/recipients.yaml:16:12
       |
    16 |   - {code: 6 å, name: Region Jönköpings län,      letter: F,  email: programradet.06@example.org, key:  366700, tile: [2, 6]}
       |            ^^^
       |
       = help: use A–Z, 0–9 and hyphens, at most 12 characters, for example "01"

    error: `name` is missing
      --> templates/siths-paket-2/recipients.yaml:17:6
       |
    17 |   - {code: "07",          letter: G,  email: programradet.07@example.org, key:  202987, tile: [2, 7]}
       |      ^^^^
       |
       = help: a recipient must have `name:`

    warning: the forecasts sum to 32 200 000, which is 19 700 less than the total of 32 219 700
      --> templates/siths-paket-2/prices.yaml:22:15
       |
    22 |     forecast: {2027: 18200000, 2028: 14000000}
       |               ^
       |
       = help: this is fine if the forecasts are rounded; otherwise correct the total or the years

    error: the campaign has 10 errors and 1 warning
    hint: mend the places shown above and run the command again
    "#);
}

#[test]
fn stated_amounts_must_add_up() {
    let desk = Desk::shipped();
    let codes = ["01", "03", "04"];
    let kept =
        |line: &&str| !line.contains("code: \"") || codes.iter().any(|code| line.contains(&format!("\"{code}\"")));
    let text = desk.text(&file("recipients.yaml"));
    desk.write(&file("recipients.yaml"), text.lines().filter(kept).collect::<Vec<_>>().join("\n"));
    let row = "{utveckling: {total: 10739900, forecast: {2027: 6000000, 2028: 4600000}}, \
               forvaltning: {forecast: {2027: 1, 2028: 2, 2029: 3}}}";
    let amounts: String = codes.iter().map(|code| format!("  \"{code}\": {row}\n")).collect();
    desk.edit(&file("prices.yaml"), "allocation: key ", &format!("amounts:\n{amounts}#"));
    insta::assert_snapshot!(check(&desk).ended(2).stderr.replace('\u{a0}', "_"), @r#"
    error: the amounts of `forvaltning` in 2027 sum to 3, not to the stated 2_000_000
      --> templates/siths-paket-2/prices.yaml:29:3
       |
    29 |   "01": {utveckling: {total: 10739900, forecast: {2027: 6000000, 2028: 4600000}}, forvaltning: {forecast: {2027: 1, 2028: 2, 2029: 3}}}
       |   ^
       |
       = help: the difference is 1_999_997; correct an amount or the line

    error: the amounts of `forvaltning` in 2028 sum to 6, not to the stated 5_500_000
      --> templates/siths-paket-2/prices.yaml:29:3
       |
    29 |   "01": {utveckling: {total: 10739900, forecast: {2027: 6000000, 2028: 4600000}}, forvaltning: {forecast: {2027: 1, 2028: 2, 2029: 3}}}
       |   ^
       |
       = help: the difference is 5_499_994; correct an amount or the line

    error: the amounts of `forvaltning` in 2029 sum to 9, not to the stated 6_700_000
      --> templates/siths-paket-2/prices.yaml:29:3
       |
    29 |   "01": {utveckling: {total: 10739900, forecast: {2027: 6000000, 2028: 4600000}}, forvaltning: {forecast: {2027: 1, 2028: 2, 2029: 3}}}
       |   ^
       |
       = help: the difference is 6_699_991; correct an amount or the line

    error: the amounts of `utveckling` in 2027 sum to 18_000_000, not to the stated 18_200_000
      --> templates/siths-paket-2/prices.yaml:29:3
       |
    29 |   "01": {utveckling: {total: 10739900, forecast: {2027: 6000000, 2028: 4600000}}, forvaltning: {forecast: {2027: 1, 2028: 2, 2029: 3}}}
       |   ^
       |
       = help: the difference is 200_000; correct an amount or the line

    error: the amounts of `utveckling` in 2028 sum to 13_800_000, not to the stated 14_000_000
      --> templates/siths-paket-2/prices.yaml:29:3
       |
    29 |   "01": {utveckling: {total: 10739900, forecast: {2027: 6000000, 2028: 4600000}}, forvaltning: {forecast: {2027: 1, 2028: 2, 2029: 3}}}
       |   ^
       |
       = help: the difference is 200_000; correct an amount or the line

    warning: the forecasts sum to 32_200_000, which is 19_700 less than the total of 32_219_700
      --> templates/siths-paket-2/prices.yaml:22:15
       |
    22 |     forecast: {2027: 18200000, 2028: 14000000}
       |               ^
       |
       = help: this is fine if the forecasts are rounded; otherwise correct the total or the years

    error: the campaign has 5 errors and 1 warning
    hint: mend the places shown above and run the command again
    "#);
}

#[test]
fn a_tab_is_told_with_its_place() {
    insta::assert_snapshot!(with("campaign.yaml", "  name: Inera AB", "\tname: Inera AB").ended(2).stderr, @r"
    error: a tab stands where spaces must be
     --> templates/siths-paket-2/campaign.yaml:9:1
      |
    9 |     name: Inera AB
      | ^^^^
      |
      = help: put spaces in its place; most editors can be set to do so whenever the tab key is pressed

    warning: the forecasts sum to 32 200 000, which is 19 700 less than the total of 32 219 700
      --> templates/siths-paket-2/prices.yaml:22:15
       |
    22 |     forecast: {2027: 18200000, 2028: 14000000}
       |               ^
       |
       = help: this is fine if the forecasts are rounded; otherwise correct the total or the years

    error: the campaign has 1 error and 1 warning
    hint: mend the places shown above and run the command again
    ");
}

#[test]
fn a_wrong_indent_is_told_with_its_place() {
    insta::assert_snapshot!(with("declaration.yaml", "  title: Avsiktsförklaring\n  sub", "   title: Avsiktsförklaring\n  sub").ended(2).stderr, @r"
    error: a colon stands where none can be, or the line is indented wrongly
      --> templates/siths-paket-2/declaration.yaml:18:9
       |
    18 |    title: Avsiktsförklaring
       |         ^
       |
       = help: indent with spaces, the same for lines that belong together; put quotes around a text that holds a colon

    warning: the forecasts sum to 32 200 000, which is 19 700 less than the total of 32 219 700
      --> templates/siths-paket-2/prices.yaml:22:15
       |
    22 |     forecast: {2027: 18200000, 2028: 14000000}
       |               ^
       |
       = help: this is fine if the forecasts are rounded; otherwise correct the total or the years

    error: the campaign has 1 error and 1 warning
    hint: mend the places shown above and run the command again
    ");
}

#[test]
fn a_colon_in_a_text_is_told_with_its_place() {
    let said = with("declaration.yaml", "subtitle: Förenklad", "subtitle: Paket 2: förenklad").ended(2);
    insta::assert_snapshot!(said.stderr, @r"
    error: a colon stands where none can be, or the line is indented wrongly
      --> templates/siths-paket-2/declaration.yaml:19:20
       |
    19 |   subtitle: Paket 2: förenklad utgivning SITHS Paket 2
       |                    ^
       |
       = help: indent with spaces, the same for lines that belong together; put quotes around a text that holds a colon

    warning: the forecasts sum to 32 200 000, which is 19 700 less than the total of 32 219 700
      --> templates/siths-paket-2/prices.yaml:22:15
       |
    22 |     forecast: {2027: 18200000, 2028: 14000000}
       |               ^
       |
       = help: this is fine if the forecasts are rounded; otherwise correct the total or the years

    error: the campaign has 1 error and 1 warning
    hint: mend the places shown above and run the command again
    ");
}

#[test]
fn a_key_that_stands_twice_is_told_with_its_place() {
    insta::assert_snapshot!(with("campaign.yaml", "language: sv", "language: sv\nlanguage: en").ended(2).stderr, @r"
    error: the key `language` stands twice here
     --> templates/siths-paket-2/campaign.yaml:7:1
      |
    7 | language: en
      | ^^^^^^^^
      |
      = help: the first one stands in line 6: keep one of them

    warning: the forecasts sum to 32 200 000, which is 19 700 less than the total of 32 219 700
      --> templates/siths-paket-2/prices.yaml:22:15
       |
    22 |     forecast: {2027: 18200000, 2028: 14000000}
       |               ^
       |
       = help: this is fine if the forecasts are rounded; otherwise correct the total or the years

    error: the campaign has 1 error and 1 warning
    hint: mend the places shown above and run the command again
    ");
}

#[test]
fn an_expression_that_is_not_closed_is_told_with_its_place() {
    let said = with("declaration.yaml", "Inera frågar {{ recipient.name }} om", "Inera frågar {{ recipient.name } om")
        .ended(2);
    insta::assert_snapshot!(said.stderr, @r"
    error: this expression cannot be filled in: found `}` but expected }}
      --> templates/siths-paket-2/declaration.yaml:27:36
       |
    27 |     Inera frågar {{ recipient.name } om regionen vill vara med och solidariskt finansiera projektet
       |                                    ^
       |
       = help: an expression may use campaign, sender, recipient, prices, values and language, and the filters kronor, date and percent

    warning: the forecasts sum to 32 200 000, which is 19 700 less than the total of 32 219 700
      --> templates/siths-paket-2/prices.yaml:22:15
       |
    22 |     forecast: {2027: 18200000, 2028: 14000000}
       |               ^
       |
       = help: this is fine if the forecasts are rounded; otherwise correct the total or the years

    error: the campaign has 1 error and 1 warning
    hint: mend the places shown above and run the command again
    ");
}

#[test]
fn markdown_that_cannot_be_shown_is_told_with_its_place() {
    let said = with("declaration.yaml", "      Paket 2 följer den", "      ![bild](a.png) Paket 2 följer den").ended(2);
    insta::assert_snapshot!(said.stderr, @r"
    error: a declaration cannot show a picture
       --> templates/siths-paket-2/declaration.yaml:278:7
        |
    278 |       ![bild](a.png) Paket 2 följer den nuvarande arkitekturen för SITHS.
        |       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        |
        = help: use paragraphs, lists, tables, **bold**, *italics* and links

    warning: the forecasts sum to 32 200 000, which is 19 700 less than the total of 32 219 700
      --> templates/siths-paket-2/prices.yaml:22:15
       |
    22 |     forecast: {2027: 18200000, 2028: 14000000}
       |               ^
       |
       = help: this is fine if the forecasts are rounded; otherwise correct the total or the years

    error: the campaign has 1 error and 1 warning
    hint: mend the places shown above and run the command again
    ");
}

#[test]
fn files_that_are_missing_or_no_text_are_told_together() {
    let desk = Desk::shipped();
    desk.write(&file("campaign.yaml"), b"PK\x03\x04\0\0");
    std::fs::remove_file(desk.path(&file("recipients.yaml"))).expect("it is there");
    std::fs::remove_file(desk.path(&file("campaign.key"))).expect("it is there");
    insta::assert_snapshot!(check(&desk).ended(2).stderr, @r"
    error: `templates/siths-paket-2/campaign.key` is missing
     |
     = help: the key proves which documents are yours: put back the file, or start a campaign with `avsikt new DIR`

    error: `templates/siths-paket-2/campaign.yaml` is no text
     |
     = help: save it as UTF-8 in your editor

    error: `templates/siths-paket-2/recipients.yaml` is missing
     |
     = help: see the shipped campaign, or `avsikt new DIR`

    warning: the forecasts sum to 32 200 000, which is 19 700 less than the total of 32 219 700
      --> templates/siths-paket-2/prices.yaml:22:15
       |
    22 |     forecast: {2027: 18200000, 2028: 14000000}
       |               ^
       |
       = help: this is fine if the forecasts are rounded; otherwise correct the total or the years

    error: the campaign has 3 errors and 1 warning
    hint: mend the places shown above and run the command again
    ");
}

#[test]
fn a_broken_key_file_is_told() {
    let desk = Desk::shipped();
    desk.write(&file("campaign.key"), "# demonstration\n6d5abcb067\n");
    let said = check(&desk).ended(2);
    assert!(said.stderr.contains("error: `templates/siths-paket-2/campaign.key` holds no key"), "{}", said.stderr);
    assert!(!said.stderr.contains("6d5abcb067"), "a key is never shown");
}

#[test]
fn line_ends_and_marks_of_windows_change_nothing() {
    let plain = check(&Desk::shipped()).ended(0);
    let desk = Desk::shipped();
    for name in ["campaign.yaml", "recipients.yaml", "prices.yaml", "declaration.yaml", "campaign.key"] {
        let text = desk.text(&file(name)).replace('\n', "\r\n");
        let mark = if name.ends_with(".yaml") { "\u{feff}" } else { "" };
        desk.write(&file(name), format!("{mark}{text}"));
    }
    let windows = check(&desk).ended(0);
    assert_eq!((windows.stdout, windows.stderr), (plain.stdout, plain.stderr));
}

#[test]
fn places_are_right_in_files_from_windows() {
    let desk = Desk::shipped();
    desk.edit(&file("campaign.yaml"), "rule: all", "rule: allä");
    let text = desk.text(&file("campaign.yaml")).replace('\n', "\r\n");
    desk.write(&file("campaign.yaml"), format!("\u{feff}{text}"));
    let said = check(&desk).ended(2);
    assert!(said.stderr.contains("--> templates/siths-paket-2/campaign.yaml:16:7\n"), "{}", said.stderr);
}

#[test]
fn one_mistake_is_one_problem_though_every_recipient_meets_it() {
    let said = with("declaration.yaml", "**{{ prices.utveckling.total.own", "**{{ prices.utvekling.total.own").ended(2);
    assert!(said.stderr.contains("the campaign has 1 error"), "{}", said.stderr);
    assert!(said.stderr.contains("declaration.yaml:"), "{}", said.stderr);
}

#[test]
fn a_place_on_the_map_is_a_column_and_a_row_of_ones_own() {
    for (wrong, told) in [
        ("tile: [4]}", "`tile` is not a column and a row"),
        ("tile: [4, 51]}", "`tile` is not a column and a row"),
        ("tile: 4}", "must be a list"),
        ("tile: [4, 2]}", "Region Västerbotten and Region Norrbotten have the same `tile`"),
    ] {
        let desk = Desk::shipped();
        desk.edit(&file("recipients.yaml"), "tile: [4, 1]}", wrong);
        let said = desk.run(["check"]).ended(2);
        assert!(said.stderr.contains(told), "{wrong}: {}", said.stderr);
        assert!(said.stderr.contains("recipients.yaml:32:"), "{wrong}: {}", said.stderr);
    }
}

#[test]
fn a_campaign_may_be_saved_by_any_windows_editor() {
    let desk = Desk::shipped();
    let as_shipped = check(&desk).ended(0).stdout;
    let text = std::fs::read_to_string(desk.path(&file("recipients.yaml"))).expect("it is there");
    let windows: Vec<u8> = text.chars().map(|c| u8::try_from(c).expect("Latin-1 letters alone")).collect();
    let wide: Vec<u8> = format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    for bytes in [windows, wide] {
        desk.write(&file("recipients.yaml"), bytes);
        assert_eq!(check(&desk).ended(0).stdout, as_shipped);
    }
}
