//! The report as one page of HTML: the template `page/report.html` filled in with what `page` prepared.
//!
//! The page needs no network, and its content security policy forbids any: only its own style and its own script, known by
//! their digests, and pictures that it holds itself. Without scripts it is the same page, only not sorted or filtered.
//! Everything is escaped by one function, also what the template writer forgot: text in values is made visible first and
//! then HTML.

use std::io::{self, Write};

use base64::prelude::{BASE64_STANDARD, Engine as _};
use sha2::{Digest, Sha256};
use tera::{Context, Tera};

use crate::report::model::Report;
use crate::report::view::page;
use crate::report::view::pictures::Pictures;
use crate::report::words::labels::Labels;
use crate::report::words::visible::visible;

/// The suffix makes Tera escape what the template writes.
const NAME: &str = "report.html";
const TEMPLATE: &str = include_str!("../view/page/report.html");
const STYLE: &str = include_str!("../view/page/report.css");
const SCRIPT: &str = include_str!("../view/page/report.js");

pub(in crate::report) fn write(report: &Report, pictures: &Pictures) -> Result<String, tera::Error> {
    let labels = Labels::of(report);
    let mut tera = Tera::new();
    tera.autoescape_on([".html"]);
    tera.set_escape_fn(escape);
    tera.add_raw_template(NAME, TEMPLATE)?;
    let page = page::prepare(report, &labels, &|path| pictures.inline(path));
    let mut context = Context::from_serialize(&page)?;
    context.insert("css", STYLE);
    context.insert("css_hash", &digest(STYLE));
    context.insert("script", SCRIPT);
    context.insert("script_hash", &digest(SCRIPT));
    tera.render(NAME, &context)
}

/// As a content security policy names what it allows (CSP level 3, section 2.3.1).
fn digest(text: &str) -> String {
    format!("sha256-{}", BASE64_STANDARD.encode(Sha256::digest(text.as_bytes())))
}

fn escape(text: &str, out: &mut dyn Write) -> io::Result<()> {
    tera::escape_html(&visible(text), out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::model::sample::sample_report;

    #[test]
    fn both_languages_fill_the_template() {
        for (tag, lang, word) in [("sv", "sv", "Redovisning"), ("en", "en", "Accounting")] {
            let mut report = sample_report();
            report.campaign.language = tag.to_owned();
            let page = write(&report, &Pictures::default()).unwrap();
            assert!(page.starts_with("<!doctype html>"));
            assert!(page.contains(&format!("<html lang=\"{lang}\">")));
            assert!(page.contains(word));
        }
    }

    #[test]
    fn choices_and_currency_are_the_campaigns_own() {
        let mut report = sample_report();
        report.campaign.language = "en".to_owned();
        report.campaign.currency = Some("EUR".to_owned());
        for (choice, label) in report.campaign.choices.iter_mut().zip(["Join", "Decline"]) {
            choice.label = label.to_owned();
        }
        let page = write(&report, &Pictures::default()).unwrap();
        for words in ["all 21 recipients are to answer “join”.", "Commitment if “join”", "\u{A0}EUR"] {
            assert!(page.contains(words), "{words}");
        }
        assert!(!page.contains("\u{A0}kr<") && !page.contains("{yes}"));
    }

    #[test]
    fn an_empty_campaign_has_a_page() {
        let mut report = sample_report();
        report.answers.clear();
        report.documents.clear();
        report.totals.amounts = None;
        let page = write(&report, &Pictures::default()).unwrap();
        assert!(page.contains("Inga dokument har kommit in."));
        assert!(page.contains("Inget återstår att granska."));
    }

    #[test]
    fn nothing_escapes() {
        let page = write(&sample_report(), &Pictures::default()).unwrap();
        assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
        assert_eq!(page.matches("<script").count(), 1, "its own");
        assert!(!page.contains("<img"));
        assert!(!page.contains('\u{202E}'));
        assert!(page.contains("‹U+202E›"));
    }

    #[test]
    fn nothing_is_fetched() {
        let mut report = sample_report();
        // The sample's attacks stand in the page as text.
        report.answers.iter_mut().for_each(|answer| answer.comment = None);
        let page = write(&report, &Pictures::default()).unwrap();
        let page = page.replace("http://www.w3.org/2000/svg", "");
        for outside in ["src=", "url(", "@import", "<link", "http://", "https://", " style=", "fetch("] {
            assert!(!page.contains(outside), "{outside}");
        }
        assert!(page.contains("default-src 'none'; style-src 'sha256-") && !page.contains("unsafe-inline"));
    }

    #[test]
    fn crops_are_held_in_the_page() {
        let mut report = sample_report();
        report.documents.retain(|found| found.document.recipient.as_deref() == Some("14"));
        report.documents[0].document.signature.picture = None;
        let found = report.documents.first_mut();
        found.expect("it is in the sample").document.choice.picture = Some("crops/14-choice.png".to_owned());
        let pictures = Pictures::of(&report, |_| Some(b"\x89PNG\r\n\x1a\nrest".to_vec()));
        let page = write(&report, &pictures).unwrap();
        let shown = "<img src=\"data:image/png;base64,iVBORw0KGgpyZXN0\" alt=\"Bild av fältet Svar\">";
        assert_eq!(page.matches(shown).count(), 2, "where it is to be settled, and at the region");
    }

    #[test]
    fn every_region_can_be_opened() {
        let page = write(&sample_report(), &Pictures::default()).unwrap();
        assert_eq!(page.matches("<details><summary>Underlag för ").count(), 21);
        assert!(page.contains("href=\"../../inbox/svar-09.pdf\""));
        assert!(page.contains("<title>Region Gotland: Nej</title>"));
        assert_eq!(page.matches("<svg ").count(), 3);
    }

    #[test]
    fn headings_and_ids_are_in_order() {
        let page = write(&sample_report(), &Pictures::default()).unwrap();
        assert_eq!(page.matches("<h1").count(), 1);
        let ids: Vec<&str> = page.split(" id=\"").skip(1).filter_map(|s| s.split('"').next()).collect();
        let unique: std::collections::BTreeSet<_> = ids.iter().collect();
        assert_eq!(ids.len(), unique.len(), "{ids:?}");
        for link in page.split("href=\"#").skip(1).filter_map(|s| s.split('"').next()) {
            assert!(ids.contains(&link), "{link}");
        }
        assert_eq!(page.matches("<table").count(), page.matches("<caption").count());
    }
}
