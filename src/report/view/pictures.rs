//! The pictures that a report names: crops of fields and signatures, as they lie in the report's folder.

use std::collections::{BTreeMap, BTreeSet};

use base64::prelude::{BASE64_STANDARD, Engine as _};

use crate::report::model::Report;

/// Where crops lie, seen from the report's folder.
const FOLDER: &str = "crops/";

/// Pictures by their path relative to the report's folder. One that is not there is not shown.
#[derive(Debug, Clone, Default)]
pub struct Pictures(BTreeMap<String, Vec<u8>>);

impl Pictures {
    /// Fetches every picture that the report names. A path that leads anywhere but into the folder of crops is not
    /// followed: the report may have been changed by hand.
    pub fn of(report: &Report, fetch: impl Fn(&str) -> Option<Vec<u8>>) -> Pictures {
        let documents = report.documents.iter().map(|found| &found.document);
        let fields = documents.clone().flat_map(|d| [&d.choice].into_iter().chain(d.fields.values()));
        let of_fields = fields.filter_map(|read| read.picture.as_deref());
        let signatures = documents.filter_map(|document| document.signature.picture.as_deref());
        let paths: BTreeSet<&str> = of_fields.chain(signatures).filter(|path| is_crop(path)).collect();
        let pictures = paths.into_iter().filter_map(|path| Some((path.to_owned(), fetch(path)?)));
        Pictures(pictures.filter(|(_, bytes)| bytes.starts_with(b"\x89PNG\r\n\x1a\n")).collect())
    }

    pub(in crate::report) fn holds(&self, path: &str) -> bool {
        self.0.contains_key(path)
    }

    /// A picture as an address that holds it whole.
    pub(in crate::report) fn inline(&self, path: &str) -> Option<String> {
        Some(format!("data:image/png;base64,{}", BASE64_STANDARD.encode(self.0.get(path)?)))
    }

    pub(in crate::report) fn all(&self) -> impl Iterator<Item = (&String, &Vec<u8>)> {
        self.0.iter()
    }
}

fn is_crop(path: &str) -> bool {
    let name = path.strip_prefix(FOLDER).and_then(|name| name.strip_suffix(".png"));
    name.is_some_and(|name| !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::model::sample::sample_report;

    #[test]
    fn only_pngs_among_the_crops_are_fetched() {
        let mut report = sample_report();
        report.documents.truncate(4);
        for document in report.documents.iter_mut().map(|found| &mut found.document) {
            document.fields.clear();
            document.signature.picture = None;
        }
        let mut name = |at: usize, path: &str| report.documents[at].document.choice.picture = Some(path.to_owned());
        name(0, "crops/01-choice.png");
        name(1, "crops/../../secret.png");
        name(2, "/etc/crops/x.png");
        name(3, "crops/03-choice.png");
        let asked = std::cell::RefCell::new(Vec::new());
        let pictures = Pictures::of(&report, |path| {
            asked.borrow_mut().push(path.to_owned());
            Some(if path.contains("03") { b"GIF89a".to_vec() } else { b"\x89PNG\r\n\x1a\nrest".to_vec() })
        });
        assert_eq!(*asked.borrow(), ["crops/01-choice.png", "crops/03-choice.png"]);
        assert!(pictures.holds("crops/01-choice.png") && !pictures.holds("crops/03-choice.png"));
        assert_eq!(pictures.inline("crops/01-choice.png").unwrap(), "data:image/png;base64,iVBORw0KGgpyZXN0");
    }
}
