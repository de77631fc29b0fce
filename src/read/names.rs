//! Fields under another name: programs that merge files number what would have the same name twice.
//!
//! | sent | found | by |
//! | --- | --- | --- |
//! | `avsikt` | `form1.avsikt`, `form1_avsikt` | a parent, or its name put before |
//! | `avsikt` | `avsikt+1`, `avsikt#1`, `avsikt_2`, `avsikt-2`, `avsikt 2`, `avsikt(2)`, `avsikt[0]` | a number |
//! | `avsikt` | `avsikt.0` | a box that became a field of its own |
//!
//! A name alone proves nothing and neither does a place: a field is taken for the one that was sent when all of its
//! widgets stand where that one's did and its name holds that one's. A name that was sent is never another field's.

use std::borrow::Cow;

use super::form::{TOLERANCE, is_called};
use crate::finding::{Code, Finding};
use crate::ids::ReturnedPage;
use crate::manifest::{Sent, SentField};
use crate::pages::PageMap;
use crate::pdf::facts::{FieldFacts, PdfFacts};

/// Gives renamed fields the names that they were sent with, and tells which.
pub fn recognise<'f>(facts: &'f PdfFacts, sent: &Sent, pages: &PageMap) -> (Cow<'f, PdfFacts>, Vec<Finding>) {
    let known = |field: &FieldFacts| sent.fields.iter().any(|other| is_called(&field.name, &other.name));
    let recognised: Vec<(usize, &SentField)> = facts
        .fields
        .iter()
        .enumerate()
        .filter(|(_, field)| !known(field))
        .filter_map(|(at, field)| {
            let mut fitting = sent
                .fields
                .iter()
                .filter(|other| holds_name(&field.name, &other.name) && stands_in_place(field, other, pages));
            // The longest name: `kommentar_ja` holds `ja` too.
            let best = fitting.by_ref().max_by_key(|other| other.name.len())?;
            Some((at, best))
        })
        .collect();
    if recognised.is_empty() {
        return (Cow::Borrowed(facts), Vec::new());
    }
    let mut renamed = facts.clone();
    let mut findings = Vec::new();
    for (at, field) in recognised {
        let found = std::mem::replace(&mut renamed.fields[at].name, field.name.to_string());
        findings.push(Finding::new(Code::FieldRenamed).of(&field.name).detail(format!("{} → {found}", field.name)));
    }
    (Cow::Owned(renamed), findings)
}

/// Whether a found name is a sent one with a number behind it, a parent before it, or both.
fn holds_name(found: &str, name: &str) -> bool {
    let mut parts = found.rsplit('.').skip_while(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()));
    let Some((before, behind)) = parts.next().and_then(|last| last.rsplit_once(name)) else { return false };
    let separates = |c: char| !c.is_alphanumeric();
    let number = behind.trim_matches(|c: char| separates(c));
    let counted = behind.is_empty() || behind.starts_with(separates) && number.bytes().all(|b| b.is_ascii_digit());
    counted && (before.is_empty() || before.ends_with(separates))
}

/// Whether a field has widgets, and each stands where one of the sent field's did.
fn stands_in_place(found: &FieldFacts, sent: &SentField, pages: &PageMap) -> bool {
    let in_place = |widget: &crate::pdf::facts::WidgetFacts| {
        let number = widget.page.and_then(|page| pages.sent(ReturnedPage::at(page)));
        let near = |rect: crate::geometry::Rect| {
            sent.places.iter().any(|place| Some(place.page) == number && rect.near(&place.rect, TOLERANCE))
        };
        widget.rect.is_some_and(near)
    };
    !found.widgets.is_empty() && found.widgets.iter().all(in_place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_programs_make_of_a_name() {
        let made = [
            "avsikt",
            "avsikt+1",
            "avsikt#1",
            "avsikt_2",
            "avsikt-2",
            "avsikt 2",
            "avsikt(2)",
            "avsikt[0]",
            "avsikt.0",
            "form1.avsikt#12",
            "form1.avsikt.0.1",
            "form1_avsikt",
            "top.form1#0_avsikt+3",
            "avsikt_",
        ];
        for found in made {
            assert!(holds_name(found, "avsikt"), "{found}");
        }
    }

    #[test]
    fn other_names_are_other_fields() {
        for found in ["", "avsikt2", "avsikter", "oavsikt", "avsikt_ja", "avsikt+1b", "avsikt.namn", "0", "1.2", "ja"] {
            assert!(!holds_name(found, "avsikt"), "{found}");
        }
        assert!(!holds_name("kommentar_nej", "kommentar_ja"));
    }
}
