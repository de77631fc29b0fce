//! The plain text of a page by pdf-extract: other code than hayro's, over an own parser of the file.
//!
//! It says nothing of places and fails on many files, so it only confirms what was read elsewhere. It is called in the
//! worker alone, where a panic, an endless loop or too much memory costs no more than the one file.

use std::panic::{AssertUnwindSafe, catch_unwind};

use pdf_extract::{Document, PlainTextOutput, output_doc_page};

/// A file as pdf-extract opens it, if it can.
pub struct Plain(Option<Document>);

impl Plain {
    pub fn open(bytes: &[u8]) -> Self {
        let opened = catch_unwind(|| Document::load_mem(bytes).ok()).ok().flatten();
        Plain(opened.filter(|document| !document.is_encrypted()))
    }

    /// The text of a page, by its index from 0; empty when it cannot be read.
    pub fn page(&self, index: usize) -> String {
        let Some(document) = &self.0 else { return String::new() };
        let Ok(number) = u32::try_from(index + 1) else { return String::new() };
        let mut text = Vec::new();
        // A half-read page is still text that another library found there.
        let _ = catch_unwind(AssertUnwindSafe(|| {
            output_doc_page(document, &mut PlainTextOutput::new(&mut text as &mut dyn std::io::Write), number).is_ok()
        }));
        String::from_utf8_lossy(&text).into_owned()
    }
}

/// Whether every line of `read` stands in a plain text, spaces aside.
pub fn holds(plain: &str, read: &str) -> bool {
    let squeezed = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
    let plain = squeezed(plain);
    !read.trim().is_empty() && read.lines().all(|line| plain.contains(&squeezed(line)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spaces_do_not_count_and_letters_do() {
        assert!(holds("Hälso- och\nsjukvård", "Hälso- och sjukvård"));
        assert!(holds("före  en\n två efter", "en\ntvå"));
        assert!(!holds("en två", "en tre"));
        assert!(!holds("en två", " "));
    }

    #[test]
    fn what_is_no_pdf_has_no_text() {
        assert_eq!(Plain::open(b"no").page(0), "");
    }
}
