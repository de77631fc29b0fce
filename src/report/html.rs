//! The report as one page of HTML: the template `report.html` filled in with what `page` prepared.
//!
//! The page needs no network and no scripts, and its own content security policy forbids both. Everything is escaped by
//! one function, also what the template writer forgot: text in values is made visible first and then HTML.

use std::io::{self, Write};

use tera::{Context, Tera};

use super::labels::Labels;
use super::model::Report;
use super::page;
use super::visible::visible;

/// The suffix makes Tera escape what the template writes.
const NAME: &str = "report.html";
const TEMPLATE: &str = include_str!("report.html");

pub(super) fn write(report: &Report) -> Result<String, tera::Error> {
    let labels = Labels::of(report);
    let mut tera = Tera::new();
    tera.autoescape_on([".html"]);
    tera.set_escape_fn(escape);
    tera.add_raw_template(NAME, TEMPLATE)?;
    let page = page::prepare(report, &labels);
    tera.render(NAME, &Context::from_serialize(&page)?)
}

fn escape(text: &str, out: &mut dyn Write) -> io::Result<()> {
    tera::escape_html(&visible(text), out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample::sample_report;

    #[test]
    fn both_languages_fill_the_template() {
        for (tag, lang, word) in [("sv", "sv", "Redovisning"), ("en", "en", "Accounting")] {
            let mut report = sample_report();
            report.campaign.language = tag.to_owned();
            let page = write(&report).unwrap();
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
        let page = write(&report).unwrap();
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
        let page = write(&report).unwrap();
        assert!(page.contains("Inga dokument har kommit in."));
        assert!(page.contains("Inget återstår att granska."));
    }

    #[test]
    fn nothing_escapes() {
        let page = write(&sample_report()).unwrap();
        assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
        assert!(!page.contains("<script"));
        assert!(!page.contains("<img"));
        assert!(!page.contains('\u{202E}'));
        assert!(page.contains("‹U+202E›"));
    }

    #[test]
    fn nothing_is_fetched() {
        let mut report = sample_report();
        // The sample's attacks stand in the page as text.
        report.answers.iter_mut().for_each(|answer| answer.comment = None);
        let page = write(&report).unwrap();
        for outside in ["src=", "url(", "@import", "<link", "http://", "https://"] {
            assert!(!page.contains(outside), "{outside}");
        }
    }

    #[test]
    fn headings_and_ids_are_in_order() {
        let page = write(&sample_report()).unwrap();
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
