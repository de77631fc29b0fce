//! Pictures of what a person should look at, beside the report.

use std::io::Cursor;

use serde_json::Value;

use crate::support::desk::Desk;
use crate::support::returned::Returned;

const CROPS: &str = "outbox/report/crops";

/// A desk whose inbox holds one return from recipient 18.
fn returned(alter: impl FnOnce(&mut Returned)) -> Desk {
    let desk = Desk::without_signatures();
    desk.run(["render"]).ended(0);
    let sent = desk.files("outbox/declarations").into_iter().find(|name| name.starts_with("18-"));
    let declaration = desk.read(&format!("outbox/declarations/{}", sent.expect("it was rendered")));
    let mut returned = Returned::open(&declaration);
    returned.tick("ja");
    alter(&mut returned);
    for file in desk.files("inbox") {
        std::fs::remove_file(desk.path(&format!("inbox/{file}"))).expect("it is there");
    }
    desk.write("inbox/svar.pdf", returned.bytes());
    desk
}

fn document(desk: &Desk) -> Value {
    desk.json("outbox/report/report.json")["documents"][0].clone()
}

/// Share of dark pixels of a picture that the report names.
fn darkness(desk: &Desk, picture: &Value) -> f64 {
    let bytes = desk.read(&format!("outbox/report/{}", picture.as_str().expect("a path")));
    let mut reader = png::Decoder::new(Cursor::new(bytes)).read_info().expect("a PNG");
    let mut pixels = vec![0; reader.output_buffer_size().expect("it is small")];
    reader.next_frame(&mut pixels).expect("a whole PNG");
    pixels.iter().filter(|pixel| **pixel < 128).count() as f64 / pixels.len() as f64
}

#[test]
fn the_choice_of_every_return_is_shown() {
    let desk = returned(|_| {});
    desk.run(["parse"]).ended(0);
    let document = document(&desk);
    assert_eq!(document["outcome"], "used");
    assert!(darkness(&desk, &document["choice"]["picture"]) > 0.01);
    // A text that nobody doubts, and a signature that is not there, need no picture.
    assert_eq!(document["fields"]["titel"]["picture"], Value::Null);
    assert_eq!(document["signature"]["picture"], Value::Null);
    assert_eq!(desk.files(CROPS).len(), 1);
}

#[test]
fn a_text_in_review_is_shown_as_it_is_drawn() {
    let desk = returned(|r| {
        r.set_text("titel", "Direktör");
        let titel = r.field("titel");
        r.show(titel, "Vaktmästare i annat hus");
    });
    desk.run(["parse"]).ended(1);
    let document = document(&desk);
    assert_eq!(document["fields"]["titel"]["status"], "review");
    assert!(darkness(&desk, &document["fields"]["titel"]["picture"]) > 0.005);
}

#[test]
fn only_crops_that_the_report_names_are_kept() {
    let desk = returned(|_| {});
    desk.write(&format!("{CROPS}/000000000000-avsikt.png"), b"from an earlier run");
    desk.run(["parse"]).ended(0);
    let picture = document(&desk)["choice"]["picture"].clone();
    let kept: Vec<String> = desk.files(CROPS).into_iter().map(|name| format!("crops/{name}")).collect();
    assert_eq!(kept, [picture.as_str().expect("a path")]);
}

#[test]
fn inspecting_writes_no_pictures() {
    let desk = returned(|_| {});
    let said = desk.run(["inspect", "--json", "inbox/svar.pdf"]).ended(0);
    let document: Value = serde_json::from_str(&said.stdout).expect("JSON");
    assert_eq!(document["choice"]["picture"], Value::Null);
    assert_eq!(desk.files(CROPS), [] as [&str; 0]);
}
