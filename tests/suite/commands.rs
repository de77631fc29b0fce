//! Commands as scripts meet them: exit status, streams, and a hint with every refusal.

use crate::support::desk::{Desk, SHIPPED, Said};
use crate::support::returned::Returned;

/// A refusal: nothing on standard output, one error and one hint.
#[track_caller]
fn refused(said: Said) -> String {
    assert_eq!((said.status, said.stdout.as_str()), (2, ""), "{said:?}");
    let from = said.stderr.find("error: ").unwrap_or_else(|| panic!("{said:?}"));
    let words = said.stderr[from..].to_owned();
    assert!(words.contains("\nhint: "), "{words}");
    words
}

#[test]
fn help_tells_every_command_and_the_exit_statuses() {
    let desk = Desk::empty();
    insta::assert_snapshot!(desk.run(["--help"]).ended(0).stdout, @r"
    Send declarations of intent, read what comes back, and report who said what

    Usage: avsikt [OPTIONS] <COMMAND>

    Commands:
      run      Check, render, parse and report in one go
      check    Read the campaign and print every problem at once
      render   Render the declarations into outbox/declarations
      sent     Mark the declarations as sent: they are drafts until then
      parse    Read everything in inbox and write outbox/report/report.json
      report   Write the report as HTML, XLSX and CSV
      inspect  Tell what a file says, layer by layer
      new      Start a campaign in a new folder
      help     Print this message or the help of the given subcommand(s)

    Options:
          --workspace <DIR>  Folder with templates, inbox and outbox [default: .]
          --campaign <NAME>  Campaign to work with, when templates holds several
      -h, --help             Print help
      -V, --version          Print version

    Exit status: 0 done; 1 done, but something needs a person; 2 not carried out.
    ");
    for command in ["run", "check", "render", "parse", "report", "inspect", "new"] {
        let said = desk.run([command, "--help"]).ended(0);
        assert!(said.stdout.contains("Usage: avsikt") && said.stderr.is_empty(), "{command}: {said:?}");
    }
    assert_eq!(desk.run(["--version"]).ended(0).stdout, format!("avsikt {}\n", env!("CARGO_PKG_VERSION")));
    desk.run(["bogus"]).ended(2);
}

#[test]
fn a_folder_without_a_campaign_is_told() {
    let desk = Desk::empty();
    for command in ["run", "check", "render", "parse"] {
        let words = refused(desk.run([command]));
        assert!(words.contains("there is no campaign in `.`"), "{words}");
        assert!(words.contains("avsikt new DIR"), "{words}");
    }
    let words = refused(desk.run(["run", "--workspace", "finns-inte"]));
    assert!(words.contains("finns-inte"), "{words}");
}

#[test]
fn one_of_several_campaigns_is_chosen_by_name() {
    let desk = Desk::shipped();
    for name in ["campaign.yaml", "recipients.yaml", "declaration.yaml", "prices.yaml", "campaign.key"] {
        desk.write(&format!("templates/annan/{name}"), desk.read(&format!("{SHIPPED}/{name}")));
    }
    let words = refused(desk.run(["check"]));
    assert!(words.contains("annan, siths-paket-2") && words.contains("--campaign"), "{words}");
    desk.run(["check", "--campaign", "annan"]).ended(0);
    assert!(refused(desk.run(["check", "--campaign", "tredje"])).contains("annan, siths-paket-2"));
}

#[test]
fn reading_needs_the_manifest_of_what_was_sent() {
    let desk = Desk::shipped();
    desk.write("inbox/svar.pdf", Returned::filled("18", "ja").bytes());
    let commands: [&[&str]; 2] = [&["parse"], &["inspect", "inbox/svar.pdf"]];
    let all_refuse = |why: &str| {
        for command in commands {
            let words = refused(desk.run(command));
            assert!(words.contains(why) && words.contains("`avsikt render"), "{command:?}: {words}");
        }
    };
    all_refuse("`outbox/manifest.json` is missing");

    desk.write("outbox/manifest.json", "{\"schema\": ");
    all_refuse("cannot be understood");

    assert!(refused(desk.run(["render"])).contains("cannot be understood"), "it may be all that says what was sent");
    desk.run(["render", "--replace"]).ended(0);
    let manifest = desk.text("outbox/manifest.json");
    let replaced = |from: &str, to: &str| {
        assert!(manifest.contains(from));
        desk.write("outbox/manifest.json", manifest.replacen(from, to, 1));
    };
    replaced("\"siths-paket-2\"", "\"annan\"");
    all_refuse("belongs to the campaign `annan`");
    replaced("avsikt/manifest/1", "avsikt/manifest/9");
    all_refuse("has the schema `avsikt/manifest/9`");
    desk.write("outbox/manifest.json", &manifest);
    desk.write(&format!("{SHIPPED}/campaign.key"), "ab".repeat(32));
    all_refuse("another campaign key");
    assert_eq!(desk.files("outbox/report"), [""; 0]);
}

#[test]
fn the_report_needs_what_was_read() {
    let desk = Desk::shipped();
    assert!(refused(desk.run(["report"])).contains("`outbox/report/report.json` is missing"));
    desk.write("outbox/report/report.json", "[]");
    let words = refused(desk.run(["report"]));
    assert!(words.contains("cannot be understood") && words.contains("`avsikt parse`"), "{words}");
}

#[test]
fn a_file_that_cannot_be_written_is_named_and_old_files_stay() {
    let desk = Desk::shipped();
    desk.run(["run"]).ended(0);
    let manifest = desk.read("outbox/manifest.json");
    std::fs::remove_dir_all(desk.path("outbox/report")).expect("it is there");
    desk.write("outbox/report", "i vägen");
    for command in ["run", "parse"] {
        let said = desk.run([command]).ended(2);
        assert!(said.stderr.contains("outbox") && said.stderr.contains("report"), "{said:?}");
    }
    assert_eq!(desk.text("outbox/report"), "i vägen");
    assert_eq!(desk.read("outbox/manifest.json"), manifest);
    let strays: Vec<String> = desk.files("").into_iter().filter(|name| name.contains(".avsikt-")).collect();
    assert_eq!(strays, [""; 0]);

    let desk = Desk::shipped();
    desk.write("outbox", "i vägen");
    assert!(desk.run(["run"]).ended(2).stderr.contains("outbox"));
    assert_eq!(desk.text("outbox"), "i vägen");
}

#[test]
fn a_file_in_the_way_of_a_folder_is_told_with_a_hint() {
    let desk = Desk::shipped();
    desk.write("outbox", "i vägen");
    refused(desk.run(["run"]));
}

#[test]
fn the_place_is_named_before_or_after_the_command() {
    let desk = Desk::empty();
    desk.run(["new", "utskick"]).ended(0);
    let after = desk.run(["check", "--workspace", "utskick", "--campaign", "exempel"]).ended(0).stdout;
    for arguments in [
        ["--workspace", "utskick", "--campaign", "exempel", "check"],
        ["--campaign", "exempel", "check", "--workspace", "utskick"],
    ] {
        assert_eq!(desk.run(arguments).ended(0).stdout, after);
    }
    assert!(desk.run(["--workspace", "utskick", "--campaign", "annat", "check"]).ended(2).stderr.contains("annat"));
}

#[test]
fn a_new_workspace_runs_at_once_with_a_key_of_its_own() {
    let desk = Desk::empty();
    let keys = ["ett", "två"].map(|folder| {
        desk.run(["new", folder]).ended(0);
        let checked = desk.run(["check", "--workspace", folder]).ended(0);
        assert_eq!(checked.stderr, "", "nothing to complain about");
        let said = desk.run(["run", "--workspace", folder]).ended(0);
        assert!(said.stdout.contains("rendered  3 declarations"), "{said:?}");
        assert_eq!(said.stderr, "", "nothing to complain about");
        let path = format!("{folder}/templates/exempel/campaign.key");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(desk.path(&path)).expect("it is there").permissions().mode();
            assert_eq!(mode & 0o077, 0, "others can read the key: {mode:o}");
        }
        desk.text(&path)
    });
    assert_ne!(keys[0], keys[1]);
    for key in keys {
        assert!(!key.to_lowercase().contains("demonstration"));
    }
}

#[test]
fn a_new_workspace_says_what_is_there_and_what_to_do() {
    let desk = Desk::empty();
    let said = desk.run(["new", "mitt utskick"]).ended(0);
    insta::assert_snapshot!(said.stdout, @r#"
    made mitt utskick with an example campaign in templates/exempel:

      campaign.yaml     title, sender, dates, colours
      recipients.yaml   who gets a declaration
      declaration.yaml  the text and the form
      prices.yaml       amounts; take it out if there are none
      campaign.key      proves which returns are yours: keep it secret, and keep a copy

    next:
      cd "mitt utskick"
      avsikt check      every mistake at once, with its place; run it after each change
      avsikt render     the declarations, in outbox/declarations
      avsikt sent       when you have sent them: from then on they are not replaced
      avsikt run        everything: reads what has come into inbox, and reports
    "#);
}

/// A person meets each key together with words about it: on the line, above it, or in the list above its group.
#[test]
fn every_key_of_the_example_is_explained() {
    let desk = Desk::empty();
    desk.run(["new", "nytt"]).ended(0);
    let keys = [
        ("campaign", "id title language sender date deadline return_to rule late yes look accent font logo"),
        ("recipients", "code name email key"),
        ("prices", "currency note years id label commitment total forecast allocation amounts"),
        (
            "declaration",
            "file_name cover facts contents new_page sections prices text_after pages value comment lines \
                         field label tooltip kind width read_only signature",
        ),
    ];
    for (file, keys) in keys {
        let text = desk.text(&format!("nytt/templates/exempel/{file}.yaml"));
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        let remark = |line: &str| line.starts_with("# ");
        for key in keys.split_whitespace() {
            let told = lines.iter().any(|line| {
                remark(line) && line.split(|c: char| !(c.is_alphanumeric() || c == '_')).any(|word| word == key)
            });
            let above = lines.windows(2).any(|pair| remark(pair[0]) && pair[1].starts_with(&format!("{key}:")));
            assert!(told || above, "{file}.yaml says nothing of `{key}`");
        }
        assert!(lines.iter().all(|line| line.chars().count() <= 120), "{file}.yaml has a line that is too long");
    }
}

#[test]
fn a_folder_that_holds_something_is_left_alone() {
    let desk = Desk::empty();
    desk.write("full/viktigt.txt", "viktigt");
    assert!(refused(desk.run(["new", "full"])).contains("`full` is not empty"));
    assert_eq!(desk.files("full"), ["viktigt.txt"]);
    std::fs::create_dir(desk.path("tom")).expect("it is new");
    desk.run(["new", "tom"]).ended(0);
    desk.write("fil", "en fil");
    let said = desk.run(["new", "fil"]).ended(2);
    assert!(said.stderr.contains("fil"), "{said:?}");
    assert_eq!(desk.text("fil"), "en fil");
}

#[test]
fn inspect_tells_people_what_a_file_says() {
    let desk = Desk::without_signatures();
    desk.run(["render"]).ended(0);
    let mut returned = Returned::filled("18", "ja");
    returned.set_text("kommentar_ja", "Två\nrader.");
    desk.write("svar.pdf", returned.bytes());
    let said = desk.run(["inspect", "svar.pdf"]).ended(0);
    insta::assert_snapshot!(said.stdout, @r"
    svar.pdf
      outcome    answer
      recipient  18
      identity   authentic (field, file-id, metadata, page-data, page-text)
      choice     ja (agreed; form, pixels)
          form         marked: ja [/V ja], page 11
          form         marked: ja [/AS ja], page 11
          pixels       marked: ja [inked part: ja 0.467, nej 0.000], page 11
      kommentar_ja         Två ⏎ rader. (agreed; form, pixels)
          form         “Två ⏎ rader.”, page 11
          pixels       something is written [inked pixels: 178], page 11
          pixels       draws “Två ⏎ rader.”, page 11
      namnfortydligande    Siv Exempelsson (agreed; form, pixels)
          form         “Siv Exempelsson”, page 11
          pixels       something is written [inked pixels: 323], page 11
          pixels       draws “Siv Exempelsson”, page 11
      region               Region Örebro län (agreed; form, pixels)
          form         “Region Örebro län”, page 11
          pixels       something is written [inked pixels: 362], page 11
          pixels       draws “Region Örebro län”, page 11
      titel                Direktör (agreed; form, pixels)
          form         “Direktör”, page 11
          pixels       something is written [inked pixels: 159], page 11
          pixels       draws “Direktör”, page 11
      empty      datum, epost, kommentar_nej, telefon
      signed     no
    ");

    let first = said.stdout;
    let said = desk.run(["inspect", "--json", "--explain", "bilder", "svar.pdf"]).ended(0);
    let [line] = said.stderr.lines().filter(|line| line.starts_with("drew")).collect::<Vec<_>>()[..] else {
        panic!("the page with the form alone is drawn: {said:?}");
    };
    let picture = desk.read(line.strip_prefix("drew ").expect("it begins so"));
    let mut reader = png::Decoder::new(std::io::Cursor::new(picture)).read_info().expect("a PNG");
    let mut pixels = vec![0; reader.output_buffer_size().expect("a size")];
    reader.next_frame(&mut pixels).expect("a picture");
    let red = pixels.chunks(3).filter(|pixel| *pixel == [220, 0, 0]).count();
    assert!(red > 500, "new ink is red: {red}");

    desk.write("bild.heic", b"\0\0\0\x18ftypheic");
    desk.write("blank.pdf", Returned::blank("18").bytes());
    let all = desk.run(["inspect", "svar.pdf", "blank.pdf", "bild.heic"]).ended(1);
    let others = all.stdout.strip_prefix(&format!("{first}\n")).expect("one file after the other");
    insta::assert_snapshot!(others, @r"
    blank.pdf
      outcome    review
      recipient  18
      identity   authentic (field, file-id, metadata, page-data, page-text)
      choice     (empty; pixels)
          form         untouched, page 11
          pixels       no box marked [inked part: ja 0.000, nej 0.000], page 11
      region               Region Örebro län (agreed; form, pixels)
          form         “Region Örebro län”, page 11
          pixels       something is written [inked pixels: 362], page 11
          pixels       draws “Region Örebro län”, page 11
      empty      datum, epost, kommentar_ja, kommentar_nej, namnfortydligande, telefon, titel
      signed     no
      error: no box is marked [choice-none, page 11]

    bild.heic
      outcome    rejected
      recipient  unknown
      identity   unknown ()
      choice     (unread; )
      error: this version cannot read such a return: a HEIC picture (ask for JPEG or PDF) [not-readable-yet]
    ");
    assert!(refused(desk.run(["inspect", "svar.pdf", "finns-inte.pdf"])).contains("finns-inte.pdf"));
    desk.run(["inspect"]).ended(2);
}

#[test]
fn nobody_watching_means_no_colour() {
    let desk = Desk::shipped();
    desk.edit(&format!("{SHIPPED}/campaign.yaml"), "rule: all", "rule: alla");
    for environment in [&[][..], &[("NO_COLOR", "1")], &[("CLICOLOR_FORCE", "1"), ("TERM", "xterm-256color")]] {
        let said = desk.run_with(["check"], environment).ended(2);
        assert!(!said.stderr.contains('\u{1b}'), "{environment:?}: {said:?}");
    }
}
