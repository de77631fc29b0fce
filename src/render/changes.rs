//! What would be sent now against what was sent, page by page: two entries of the manifest, compared.
//!
//! The manifest knows each page's text and what it draws, so the files that were sent are not needed. Nothing is read or
//! written here.

use std::fmt;

use crate::geometry::Rect;
use crate::manifest::{PrintedPage, Sent};

/// How a declaration differs from the one that was sent to the same recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The recipient's code.
    pub recipient: String,
    pub name: String,
    /// In order; empty when only what the file says about itself differs.
    pub pages: Vec<PageDifference>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageDifference {
    /// From 1.
    pub page: usize,
    pub what: String,
}

/// Compares by the files' digests; `None` when they are equal byte by byte.
pub fn difference(was: &Sent, now: &Sent) -> Option<Difference> {
    if was.sha256 == now.sha256 {
        return None;
    }
    let count = was.pages.len().max(now.pages.len());
    let pages = (1..=count).filter_map(|page| Some(PageDifference { page, what: on_page(was, now, page)? })).collect();
    Some(Difference { recipient: now.recipient.to_string(), name: now.name.clone(), pages })
}

/// What differs on one page.
fn on_page(was: &Sent, now: &Sent, page: usize) -> Option<String> {
    let (before, after) = match (was.pages.get(page - 1), now.pages.get(page - 1)) {
        (Some(before), Some(after)) => (before, after),
        (None, _) => return Some("new".into()),
        (_, None) => return Some("gone".into()),
    };
    let mut what = Vec::new();
    if before.text != after.text {
        what.push("text");
    } else if !looks_alike(before, after) || written(before.crop) != written(after.crop) {
        what.push("look");
    }
    if form(was, page) != form(now, page) {
        what.push("form");
    }
    (!what.is_empty()).then(|| what.join(", "))
}

/// By the digests of the look; a manifest of an earlier version has only what the file draws with, byte by byte.
fn looks_alike(before: &PrintedPage, after: &PrintedPage) -> bool {
    match (&before.look, &after.look) {
        (Some(before), Some(after)) => before == after,
        _ => before.content == after.content,
    }
}

/// The fields of one page with all that the manifest says of them.
fn form(sent: &Sent, page: usize) -> Vec<String> {
    let mut fields = Vec::new();
    for field in &sent.fields {
        let places = field.places.iter().filter(|place| place.page.number() == page);
        let places: Vec<_> = places.map(|place| (&place.state, written(place.rect))).collect();
        if !places.is_empty() {
            fields.push(format!("{} {:?} {:?} {} {places:?}", field.name, field.kind, field.value, field.read_only));
        }
    }
    fields
}

/// A rectangle as the manifest holds it: what was read from there has been rounded.
fn written(rect: Rect) -> [f64; 4] {
    rect.rounded().into()
}

impl Difference {
    /// The first page that differs, in words.
    pub fn first(&self) -> String {
        self.pages.first().map_or_else(|| ABOUT_ITSELF.to_owned(), |first| format!("first on {first}"))
    }
}

const ABOUT_ITSELF: &str = "no page; only what the file says about itself and its fields";

impl fmt::Display for PageDifference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "page {} ({})", self.page, self.what)
    }
}

/// `18 Region Örebro län: page 3 (look), pages 10–13 (text)`.
impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: ", self.recipient, self.name)?;
        if self.pages.is_empty() {
            return f.write_str(ABOUT_ITSELF);
        }
        // Pages that follow each other with the same difference are told together.
        let runs = self.pages.chunk_by(|a, b| a.page + 1 == b.page && a.what == b.what);
        for (at, run) in runs.enumerate() {
            let separator = if at == 0 { "" } else { ", " };
            match run {
                [only] => write!(f, "{separator}{only}")?,
                [first, .., last] => write!(f, "{separator}pages {}–{} ({})", first.page, last.page, first.what)?,
                [] => {}
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{RecipientCode, SentPage};
    use crate::manifest::{SentField, SentKind, SentPlace};

    fn sent(sha256: &str, pages: &[(&str, &str)], value: &str) -> Sent {
        // More digits than the manifest holds.
        let rect = Rect::new(0.0, 0.0, 100.0, if value == "x" { 20.0 } else { 20.000_04 });
        let page = |(text, content): &(&str, &str)| PrintedPage {
            text: (*text).to_owned(),
            content: sha256.to_owned(),
            look: Some((*content).to_owned()),
            crop: rect,
        };
        let field = SentField {
            name: "region".into(),
            kind: SentKind::Text,
            value: Some(value.to_owned()),
            read_only: true,
            places: vec![SentPlace { state: None, page: SentPage::at(1), rect }],
        };
        Sent {
            recipient: RecipientCode::new("12").expect("a code"),
            name: "Region Skåne".into(),
            file: "outbox/declarations/12-a.pdf".into(),
            sha256: sha256.to_owned(),
            bytes: 1,
            file_id: String::new(),
            edition: String::new(),
            pages: pages.iter().map(page).collect(),
            fields: vec![field],
            commitment: None,
            draft: false,
            sent_on: None,
        }
    }

    #[test]
    fn every_page_that_differs_is_told_with_what_differs() {
        let was = sent("a", &[("t1", "c1"), ("t2", "c2"), ("t3", "c3"), ("t4", "c4")], "Region Skåne");
        assert_eq!(difference(&was, &was), None);
        let now = sent("b", &[("t1", "other"), ("t2", "c2"), ("new", "c"), ("new", "d"), ("t5", "c5")], "Skåne");
        let found = difference(&was, &now).expect("they differ");
        assert_eq!(found.to_string(), "12 Region Skåne: page 1 (look), page 2 (form), pages 3–4 (text), page 5 (new)");
        assert_eq!(found.first(), "first on page 1 (look)");
        let back = difference(&now, &was).expect("they differ");
        assert!(back.to_string().ends_with("page 5 (gone)"), "{back}");
    }

    #[test]
    fn equal_pages_in_another_file_are_told_as_such() {
        let was = sent("a", &[("t1", "c1")], "x");
        let mut now = sent("b", &[("t1", "c1")], "y");
        now.fields[0].value = Some("x".into());
        let found = difference(&was, &now).expect("they differ");
        assert!(found.to_string().contains("no page"), "{found}");
    }
}
