//! The shipped campaign says all that it has to say: `facts.json` lists the facts by section, in the document's order,
//! each with the words that carry it. They are looked for in the rendered text, letters and digits alone.

use crate::support::sent::outbox;

/// Text without what layout changes: spaces, line breaks, hyphens, case.
fn squeezed(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[test]
fn every_fact_stands_in_its_section() {
    let sections: serde_json::Value = serde_json::from_str(include_str!("facts.json")).expect("JSON");
    let manifest = &outbox().manifest;
    let sent = manifest.documents.iter().find(|sent| sent.recipient == "23").expect("Region Jämtland Härjedalen");
    // Without each page's first and last line, which are the running head and the page number.
    let lines: Vec<&str> = sent
        .pages
        .iter()
        .enumerate()
        .flat_map(|(page, printed)| {
            let lines: Vec<&str> = manifest.texts[&printed.text].lines().collect();
            let head = usize::from(page > 0);
            lines[head..lines.len() - head].to_vec()
        })
        .collect();
    // The contents name all sections once; the sections themselves come after.
    let contents = lines.iter().position(|line| *line == "Innehåll").expect("contents");
    let mut starts = vec![0];
    let mut from = contents + lines[contents..].iter().rposition(|line| *line == "Begreppslista").expect("a heading");
    let sections = sections.as_array().expect("a list");
    for section in &sections[1..] {
        let title = section["section"].as_str().expect("a title");
        from += lines[from..].iter().position(|line| *line == title).unwrap_or_else(|| panic!("no section `{title}`"));
        starts.push(from);
    }
    starts.push(lines.len());
    let mut missing = Vec::new();
    let mut facts = 0;
    for (section, bounds) in sections.iter().zip(starts.windows(2)) {
        let text = squeezed(&lines[bounds[0]..bounds[1]].concat());
        for (fact, words) in section["facts"].as_object().expect("facts") {
            for words in words.as_array().expect("words").iter().map(|words| words.as_str().expect("words")) {
                facts += 1;
                if !text.contains(&squeezed(words)) {
                    missing.push(format!("{}, {fact}: {words}", section["section"]));
                }
            }
        }
    }
    assert_eq!(missing, [""; 0]);
    assert!(facts > 150, "{facts} phrases");
}

#[test]
fn links_can_be_acted_on() {
    let pdf = lopdf::Document::load_mem(&outbox().desk.read(&outbox().manifest.documents[0].file)).expect("a PDF");
    let mut links: Vec<String> = pdf
        .objects
        .values()
        .filter_map(|object| object.as_dict().ok()?.get(b"A").ok()?.as_dict().ok()?.get(b"URI").ok()?.as_str().ok())
        .map(|uri| String::from_utf8_lossy(uri).into_owned())
        .collect();
    links.sort();
    links.dedup();
    assert_eq!(
        links,
        [
            "https://www.example.org/regionalt-programrad",
            "https://www.example.org/siths-paket-2/berakningsmodell",
            "https://www.example.org/siths-paket-2/nyttoberakning",
            "mailto:erik.sandell@example.org",
            "mailto:kansli@inera.se",
            "mailto:maria.holmgren@example.org",
            "tel:070-1740621",
            "tel:070-1740622",
        ]
    );
}
