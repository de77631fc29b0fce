//! The office's own price list, whatever program it keeps it in; what it must be; and what a recipient may have of its
//! own: a language, a paragraph, a note.
//!
//! `priser/priser.ods` was written by hand: a minimal OpenDocument spreadsheet with the same table as [`TABLE`].

use rust_xlsxwriter::{Formula, Workbook};

use crate::support::desk::{Desk, SHIPPED, Said};

const PRICES: &str = "\
currency: kr
years: [2027, 2028]
lines:
  - {id: utveckling, label: Utveckling, commitment: true, total: 1000000, forecast: {2027: 600000, 2028: 400000}}
  - {id: forvaltning, label: Förvaltning, forecast: {2028: 90000}}
price_list:
  file: priser.csv
  recipient: Kod
  sums: Summa
  columns:
    utveckling: {total: Utveckling, forecast: {2027: Utv 2027, 2028: Utv 2028}}
    forvaltning: {forecast: {2028: Förv 2028}}
";

const TABLE: &str = "\
Prislista;;;;;
Kod;Region;Utveckling;Utv 2027;Utv 2028;Förv 2028
01;Region Stockholm;500 000;300 000;200 000;40 000
3;Region Uppsala;300\u{a0}000 kr;180\u{a0}000 kr;120\u{a0}000 kr;30\u{a0}000 kr
Region Sörmland;;200000,00;120000;80000;20000

Norra regionerna;;;;;
Summa;;1 000 000;600 000;400 000;90 000
Beloppen är exklusive moms;;;;;
";

fn file(name: &str) -> String {
    format!("{SHIPPED}/{name}")
}

/// The shipped campaign with three recipients and the prices in a list.
fn desk() -> Desk {
    let desk = Desk::shipped();
    let kept = |line: &&str| {
        !line.contains("code: \"") || ["01", "03", "04"].iter().any(|c| line.contains(&format!("\"{c}\"")))
    };
    let text = desk.text(&file("recipients.yaml"));
    desk.write(&file("recipients.yaml"), text.lines().filter(kept).collect::<Vec<_>>().join("\n"));
    desk.write(&file("prices.yaml"), PRICES);
    for year in ["2027", "2029"] {
        let sentence = format!("{{{{ prices.forvaltning.forecast[\"{year}\"].all | kronor }}}}");
        desk.edit(&file("declaration.yaml"), &sentence, "inget");
    }
    desk
}

fn with_table(table: impl AsRef<[u8]>) -> Desk {
    let desk = desk();
    desk.write(&file("priser.csv"), table);
    desk
}

fn check(desk: &Desk) -> Said {
    desk.run(["check"])
}

/// The table as a workbook, one cell changed: row and column from 0.
fn workbook(change: impl Fn(&mut rust_xlsxwriter::Worksheet)) -> Vec<u8> {
    let mut book = Workbook::new();
    book.add_worksheet().set_name("Läs mig").expect("a name");
    let sheet = book.add_worksheet().set_name("Priser").expect("a name");
    for (row, line) in TABLE.replace(" kr", "").replace([' ', '\u{a0}'], "_").lines().enumerate() {
        for (column, cell) in line.split(';').enumerate() {
            let (row, column) = (u32::try_from(row).expect("small"), u16::try_from(column).expect("small"));
            match cell.replace('_', "").replace(",00", "").parse::<f64>() {
                Ok(number) => sheet.write(row, column, number),
                Err(_) => sheet.write(row, column, cell.replace('_', " ")),
            }
            .expect("a cell");
        }
    }
    change(sheet);
    book.save_to_buffer().expect("a workbook")
}

fn with_workbook(bytes: Vec<u8>) -> Desk {
    let desk = desk();
    desk.write(&file("priser.xlsx"), bytes);
    desk.edit(&file("prices.yaml"), "file: priser.csv", "file: priser.xlsx\n  sheet: Priser");
    desk
}

#[test]
fn the_same_list_gives_the_same_prices_in_every_format() {
    let desk = with_table(TABLE);
    let said = check(&desk).ended(0);
    assert_eq!(said.stderr, "");
    insta::assert_snapshot!(said.stdout.replace('\u{a0}', "_"), @r"
    campaign    Avsiktsförklaring gällande förenklad utgivning SITHS Paket 2 (siths-paket-2)
    recipients  3
    last day    2026-02-27
    answers to  kansli@inera.se

    recipient            utveckling 2027  utveckling 2028  utveckling  forvaltning 2028        sum
    01 Region Stockholm          300_000          200_000     500_000            40_000    540_000
    03 Region Uppsala            180_000          120_000     300_000            30_000    330_000
    04 Region Sörmland           120_000           80_000     200_000            20_000    220_000
    all                          600_000          400_000   1_000_000            90_000  1_090_000

    all recipients     2027     2028        sum
    utveckling      600_000  400_000  1_000_000
    forvaltning           –   90_000     90_000
    all             600_000  490_000  1_090_000

    the campaign key is for demonstration: it is public, so it proves nothing about real returns
    ");
    let windows: Vec<u8> = TABLE.replace('–', "-").replace('\n', "\r\n").chars().map(|c| c as u8).collect();
    let marked = format!("\u{feff}{}", TABLE.replace(';', "\t"));
    for desk in [with_table(windows), with_table(marked), with_workbook(workbook(|_| {}))] {
        assert_eq!(check(&desk).ended(0).stdout, said.stdout);
    }
    let ods = self::desk();
    ods.write(&file("priser.ods"), include_bytes!("priser/priser.ods"));
    ods.edit(&file("prices.yaml"), "priser.csv", "priser.ods");
    assert_eq!(check(&ods).ended(0).stdout, said.stdout);

    desk.run(["render", "03"]).ended(0);
    assert_eq!(desk.json("outbox/manifest.json")["documents"][0]["commitment"], 300_000);
}

#[test]
fn every_mistake_of_a_list_is_told_with_its_line() {
    let table = TABLE
        .replace(
            "01;Region Stockholm;500 000;300 000;200 000;40 000",
            "01;Region Stockholm;500 000,50;-300 000;tvåhundra;",
        )
        .replace("Region Sörmland;;", "07;Region Kronoberg;")
        .replace("\nSumma", "\n03;Region Uppsala;1;2;3;4\n;;5;;;\nSumma");
    insta::assert_snapshot!(check(&with_table(table)).ended(2).stderr, @r"
    error: priser.csv has no row for `Region Sörmland` (04)
     --> templates/siths-paket-2/prices.yaml:7:9
      |
    7 |   file: priser.csv
      |         ^^^^^^^^^^
      |
      = help: every recipient must be in the list

    error: priser.csv, line 3 (Förv 2028) is empty
     --> templates/siths-paket-2/priser.csv:3:1
      |
    3 | 01;Region Stockholm;500 000,50;-300 000;tvåhundra;
      | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      |
      = help: write the amount; 0 only where nothing is to be paid

    error: priser.csv, line 3 (Utveckling) is `500 000,50`, which is not in whole kronor
     --> templates/siths-paket-2/priser.csv:3:21
      |
    3 | 01;Region Stockholm;500 000,50;-300 000;tvåhundra;
      |                     ^^^^^^^^^^
      |
      = help: write whole kronor, for example 1 234 567

    error: priser.csv, line 3 (Utv 2027) is `-300 000`, which is negative
     --> templates/siths-paket-2/priser.csv:3:32
      |
    3 | 01;Region Stockholm;500 000,50;-300 000;tvåhundra;
      |                                ^^^^^^^^
      |
      = help: write whole kronor, for example 1 234 567

    error: priser.csv, line 3 (Utv 2028) is `tvåhundra`, which is no number
     --> templates/siths-paket-2/priser.csv:3:41
      |
    3 | 01;Region Stockholm;500 000,50;-300 000;tvåhundra;
      |                                         ^^^^^^^^^
      |
      = help: write whole kronor, for example 1 234 567

    error: priser.csv, line 5 is `07`, which is no recipient's code or name
     --> templates/siths-paket-2/priser.csv:5:1
      |
    5 | 07;Region Kronoberg;200000,00;120000;80000;20000
      | ^^
      |
      = help: write the code or the name as in recipients.yaml; if this is the row of sums, add its word as `sums:` under `price_list:`

    error: priser.csv, line 8 lists `Region Uppsala` a second time; the first is priser.csv, line 4
     --> templates/siths-paket-2/priser.csv:8:1
      |
    8 | 03;Region Uppsala;1;2;3;4
      | ^^
      |
      = help: each recipient has one row

    error: priser.csv, line 9 has no recipient, and amounts beside it
     --> templates/siths-paket-2/priser.csv:9:1
      |
    9 | ;;5;;;
      | ^^^^^^
      |
      = help: fill in the recipient

    error: the campaign has 8 errors
    hint: mend the places shown above and run the command again
    ");
}

#[test]
fn every_mistake_of_a_workbook_is_told_with_its_cell() {
    let bytes = workbook(|sheet| {
        sheet.write(2, 2, 500_000.5).expect("a cell");
        sheet.write(2, 3, true).expect("a cell");
        sheet.write(3, 4, "1.200.000").expect("a cell");
        sheet.write_formula(4, 5, Formula::new("=1/0").set_result("#DIV/0!")).expect("a cell");
        sheet.write(9, 0, "Region Påhitt").expect("a cell");
        sheet.write(9, 2, 5).expect("a cell");
    });
    insta::assert_snapshot!(check(&with_workbook(bytes)).ended(2).stderr, @r"
    error: priser.xlsx, sheet Priser, cell A10 is `Region Påhitt`, which is no recipient's code or name
     --> templates/siths-paket-2/prices.yaml:9:14
      |
    9 |   recipient: Kod
      |              ^^^
      |
      = help: write the code or the name as in recipients.yaml; if this is the row of sums, add its word as `sums:` under `price_list:`

    error: priser.xlsx, sheet Priser, cell C3 (Utveckling) is `500000.5`, which is not in whole kronor
      --> templates/siths-paket-2/prices.yaml:12:25
       |
    12 |     utveckling: {total: Utveckling, forecast: {2027: Utv 2027, 2028: Utv 2028}}
       |                         ^^^^^^^^^^
       |
       = help: write whole kronor, for example 1 234 567

    error: priser.xlsx, sheet Priser, cell D3 (Utv 2027) is `TRUE`, which is no number
      --> templates/siths-paket-2/prices.yaml:12:54
       |
    12 |     utveckling: {total: Utveckling, forecast: {2027: Utv 2027, 2028: Utv 2028}}
       |                                                      ^^^^^^^^
       |
       = help: write whole kronor, for example 1 234 567

    error: priser.xlsx, sheet Priser, cell E4 (Utv 2028) is `1.200.000`, which may mean thousands or decimals
      --> templates/siths-paket-2/prices.yaml:12:70
       |
    12 |     utveckling: {total: Utveckling, forecast: {2027: Utv 2027, 2028: Utv 2028}}
       |                                                                      ^^^^^^^^
       |
       = help: write whole kronor, for example 1 234 567

    error: priser.xlsx, sheet Priser, cell F5 (Förv 2028) is `the error #DIV/0!`, which is no number
      --> templates/siths-paket-2/prices.yaml:13:36
       |
    13 |     forvaltning: {forecast: {2028: Förv 2028}}
       |                                    ^^^^^^^^^
       |
       = help: write whole kronor, for example 1 234 567

    error: the campaign has 5 errors
    hint: mend the places shown above and run the command again
    ");
}

/// Libraries that write workbooks compute nothing, and write 0 as a formula's result.
#[test]
fn a_formula_that_was_not_computed_is_not_an_amount() {
    let bytes = workbook(|sheet| {
        sheet.write_formula(3, 2, Formula::new("=200000+100000")).expect("a cell");
    });
    let said = check(&with_workbook(bytes)).ended(2).stderr;
    assert!(said.contains("cell C4 (Utveckling) is a formula whose stored result is 0"), "{said}");
    assert!(said.contains("open the list in Excel") && !said.contains("or 0"), "{said}");
    // One that was computed is an amount as any other.
    let bytes = workbook(|sheet| {
        sheet.write_formula(3, 2, Formula::new("=200000+100000").set_result("300000")).expect("a cell");
    });
    let said = check(&with_workbook(bytes)).stderr;
    assert!(!said.contains("a formula"), "{said}");
}

#[test]
fn a_list_must_sum_to_what_it_states_and_to_what_the_lines_state() {
    let table = TABLE.replace("500 000;300 000", "510 000;300 000").replace("400 000;90 000", "400 000;90 001");
    insta::assert_snapshot!(check(&with_table(table)).ended(2).stderr.replace('\u{a0}', "_"), @r"
    error: the amounts of `utveckling` in total sum to 1_010_000, not to the stated 1_000_000
     --> templates/siths-paket-2/prices.yaml:7:3
      |
    7 |   file: priser.csv
      |   ^
      |
      = help: the difference is 10_000; correct an amount or the line

    error: priser.csv, line 8 (Utveckling) says 1_000_000, and the amounts above sum to 1_010_000
      --> templates/siths-paket-2/prices.yaml:11:25
       |
    11 |     utveckling: {total: Utveckling, forecast: {2027: Utv 2027, 2028: Utv 2028}}
       |                         ^^^^^^^^^^
       |
       = help: the difference is 10_000; correct an amount or the sum

    error: priser.csv, line 8 (Förv 2028) says 90_001, and the amounts above sum to 90_000
      --> templates/siths-paket-2/prices.yaml:12:36
       |
    12 |     forvaltning: {forecast: {2028: Förv 2028}}
       |                                    ^^^^^^^^^
       |
       = help: the difference is 1; correct an amount or the sum

    warning: the forecasts of `utveckling` for `Region Stockholm` (01) sum to 500_000, and the total is 510_000
     --> templates/siths-paket-2/prices.yaml:7:3
      |
    7 |   file: priser.csv
      |   ^
      |
      = help: this is fine if the forecasts are rounded; otherwise correct the total or the years

    error: the campaign has 3 errors and 1 warning
    hint: mend the places shown above and run the command again
    ");
}

#[test]
fn a_recipient_whose_forecast_is_another_amount_is_told() {
    let table = TABLE
        .replace("500 000;300 000;200 000", "500 000;300 001;200 000")
        .replace("200000,00;120000", "200000,00;119999");
    let said = check(&with_table(table)).ended(0);
    assert_eq!(said.stderr.matches("warning: the forecasts of `utveckling` for").count(), 2, "{}", said.stderr);
}

#[test]
fn columns_that_are_not_there_are_told_together() {
    let desk = with_table(TABLE);
    desk.edit(&file("prices.yaml"), "total: Utveckling, ", "total: Utvekling, ");
    desk.edit(&file("prices.yaml"), "2028: Utv 2028", "2028: Utv 2027");
    desk.edit(&file("prices.yaml"), "{2028: Förv 2028}", "{2028: Drift}");
    insta::assert_snapshot!(check(&desk).ended(2).stderr, @r"
    error: priser.csv has no column `Utvekling`
      --> templates/siths-paket-2/prices.yaml:11:25
       |
    11 |     utveckling: {total: Utvekling, forecast: {2027: Utv 2027, 2028: Utv 2027}}
       |                         ^^^^^^^^^
       |
       = help: did you mean `Utveckling`?

    error: the column `Utv 2027` is used twice
      --> templates/siths-paket-2/prices.yaml:11:69
       |
    11 |     utveckling: {total: Utvekling, forecast: {2027: Utv 2027, 2028: Utv 2027}}
       |                                                                     ^^^^^^^^
       |
       = help: each total and each year has a column of its own

    error: priser.csv has no column `Drift`
      --> templates/siths-paket-2/prices.yaml:12:36
       |
    12 |     forvaltning: {forecast: {2028: Drift}}
       |                                    ^^^^^
       |
       = help: row 2 says: Kod, Region, Utveckling, Utv 2027, Utv 2028, Förv 2028

    error: the campaign has 3 errors
    hint: mend the places shown above and run the command again
    ");
    desk.write(&file("prices.yaml"), PRICES.replace("recipient: Kod", "recipient: Kommun"));
    let said = check(&desk).ended(2);
    assert!(said.stderr.contains("priser.csv has no column `Kommun`"), "{}", said.stderr);
    desk.write(&file("prices.yaml"), PRICES.replace("    forvaltning: {forecast: {2028: Förv 2028}}\n", ""));
    assert!(check(&desk).ended(2).stderr.contains("`forvaltning` is missing"));
    desk.write(&file("prices.yaml"), PRICES.replace(", 2028: Utv 2028}", "}"));
    assert!(check(&desk).ended(2).stderr.contains("`2028` is missing"));
}

#[test]
fn a_file_that_is_no_list_is_told() {
    let told = |desk: &Desk, why: &str| {
        let said = check(desk).ended(2);
        assert!(said.stderr.contains(why) && said.stderr.contains("prices.yaml:7:9"), "{}", said.stderr);
    };
    let desk = desk();
    told(&desk, "there is no file `templates/siths-paket-2/priser.csv`");
    desk.write(&file("priser.csv"), "");
    assert!(check(&desk).ended(2).stderr.contains("there is nothing in it"));
    desk.write(&file("priser.csv"), vec![b'1'; 5 << 20]);
    told(&desk, "`priser.csv` is too large for a price list");
    desk.write(&file("priser.csv"), "Kod;\"Utveckling\n01;5\n");
    told(&desk, "priser.csv, line 1: a quotation mark is opened and never closed");
    for name in ["priser.xlsx", "priser.ods"] {
        desk.write(&file(name), b"PK\x03\x04 halv");
        desk.write(&file("prices.yaml"), PRICES.replace("priser.csv", name));
        told(&desk, &format!("`{name}` cannot be read as a spreadsheet"));
    }
    desk.write(&file("priser.xlsx"), workbook(|_| {}));
    desk.write(&file("prices.yaml"), PRICES.replace("priser.csv", "priser.xlsx"));
    told(&desk, "`priser.xlsx` has several sheets");
    desk.write(&file("prices.yaml"), PRICES.replace("priser.csv", "../priser.csv"));
    told(&desk, "is not the name of a file");
}

#[test]
fn two_ways_of_sharing_are_one_too_many() {
    let desk = with_table(TABLE);
    desk.write(&file("prices.yaml"), format!("{PRICES}allocation: key\n"));
    let said = check(&desk).ended(2);
    assert!(said.stderr.contains("both `allocation` and `price_list` are given"), "{}", said.stderr);
}

#[test]
fn a_recipient_may_have_its_own_language_paragraph_and_note() {
    let desk = Desk::shipped();
    let own = "contact: Siv Exempelsson, note: ring först, language: en-GB, paragraph: \"See **{{ campaign.deadline | date }}** [here](https://example.org).\",";
    desk.edit(&file("recipients.yaml"), "name: Region Uppsala, ", &format!("{own} name: Region Uppsala, "));
    desk.edit(
        &file("declaration.yaml"),
        "  subtitle: Förenklad utgivning SITHS Paket 2",
        "  subtitle: \"{% if language == \\\"en\\\" %}Simplified issuing{% else %}Förenklad utgivning SITHS Paket 2{% endif %}\"",
    );
    desk.edit(
        &file("declaration.yaml"),
        "    Inera frågar {{ recipient.name }} om",
        "    {{ recipient.paragraph }}\n\n    Inera frågar {{ recipient.name }} om",
    );
    let said = check(&desk).ended(0);
    assert!(said.stdout.contains("note on 03 Region Uppsala: ring först"), "{}", said.stdout);
    desk.run(["render", "03", "04"]).ended(0);
    let manifest = desk.json("outbox/manifest.json");
    let text = |at: usize| -> String {
        let pages = manifest["documents"][at]["pages"].as_array().expect("pages");
        pages.iter().filter_map(|page| manifest["texts"][page["text"].as_str()?].as_str()).collect()
    };
    let (english, swedish) = (text(0), text(1));
    for words in ["Simplified issuing", "27\u{a0}February\u{a0}2026", "SEK\u{a0}1\u{a0}213\u{a0}907", "here"] {
        assert!(english.contains(words) && !swedish.contains(words), "{words}: {english}");
    }
    assert!(
        !english.contains("ring först") && !english.contains("**") && swedish.contains("27\u{a0}februari\u{a0}2026")
    );
    let pdf =
        lopdf::Document::load(desk.path("outbox/declarations/03-avsiktsforklaring-siths-paket-2.pdf")).expect("a PDF");
    let language = pdf.catalog().and_then(|c| c.get(b"Lang")).and_then(lopdf::Object::as_str).expect("a language");
    assert_eq!(language, b"en-GB");
}

#[test]
fn mistakes_in_a_recipients_own_data_are_told() {
    let desk = Desk::shipped();
    let own = "language: engelska, paragraph: \"Hej {{ recipient.namn }}\",";
    desk.edit(&file("recipients.yaml"), "name: Region Uppsala, ", &format!("{own} name: Region Uppsala, "));
    desk.edit(&file("declaration.yaml"), "total.own | kronor }}**. Tabellen", "total.own | procent }}**. Tabellen");
    let said = check(&desk).ended(2);
    for words in [
        "`engelska` is not a language",
        "field `namn` is not defined",
        "unknown filter `procent`",
        "did you mean `percent`?",
    ] {
        assert!(said.stderr.contains(words), "{words}: {}", said.stderr);
    }
}
