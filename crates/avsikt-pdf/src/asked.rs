//! What is asked of an opened file: its facts, the text of some pages, and what is seen on others.

use std::collections::BTreeMap;

use hayro_interpret::InterpreterCache;
use lopdf::{Dictionary, Document, Object};
use memchr::memmem;

use crate::annot;
use crate::compare::page::look;
use crate::digest;
use crate::facts::{PageTexts, PdfFacts, PdfProblem};
use crate::file::{active, open, page};
use crate::form::second_reader;
use crate::form::tree::{self, Form};
use crate::ledger::Ledger;
use crate::opened::OpenFile;
use crate::seen::{LookAsk, PageSeen};
use crate::signature;
use crate::text::lines;

impl OpenFile<'_> {
    /// What stands in the file.
    ///
    /// # Errors
    /// When the file goes beyond the limits.
    pub fn facts(&self) -> Result<PdfFacts, PdfProblem> {
        let limits = self.limits;
        let mut ledger = Ledger::new(limits);
        let opened = &self.objects;
        if opened.junk > 0 {
            ledger.odd(format!("{} bytes stand before the header", opened.junk));
        }
        let document = &opened.document;
        let (leaves, tangled) = open::page_tree(document, limits)?;
        if tangled {
            ledger.contradict("the page tree names a node twice", None);
        }
        let annotations = annot::of_pages(document, &leaves, &ledger)?;
        let pages = page::facts(document, &leaves, &mut ledger)?;
        let Form { fields, signatures } = tree::read(document, &annotations, &mut ledger)?;
        let signatures = signature::read(opened, &self.bytes, &signatures, self.roots, &mut ledger)?;
        let found = active::read(document, &mut ledger)?;
        let annotations = annot::facts(document, &annotations, &mut ledger)?;
        let keywords = keywords(document, &mut ledger)?;
        match self.pdf() {
            Some(pdf) => {
                second_reader::compare(pdf, &fields, &mut ledger);
                let (ours, theirs) = (pages.len(), pdf.pages().len());
                if ours != theirs {
                    // Then they also disagree about which page is which.
                    ledger.contradict(format!("one reader counts {ours} pages, the other {theirs}"), None);
                }
            }
            None => ledger.odd("the text reader cannot open the file".into()),
        }
        Ok(PdfFacts {
            pages,
            file_id: file_id(document),
            keywords,
            fields,
            signatures,
            annotations,
            need_appearances: need_appearances(document),
            active: found.active.into_iter().collect(),
            byte_range: found.byte_range || memmem::find(&self.bytes, b"/ByteRange").is_some(),
            embedded_files: found.embedded_files,
            repaired: opened.repaired,
            cut_off: opened.cut_off,
            encrypted: opened.encrypted,
            contradictions: std::mem::take(&mut ledger.contradictions),
            oddities: ledger.into_oddities(),
        })
    }

    /// The text of some pages, by their indexes from 0; of no more than the limits allow. Text that cannot be read is left out and
    /// is an oddity, never a problem: the form's facts do not depend on it.
    ///
    /// # Errors
    /// When the texts go beyond the limits.
    pub fn texts(&self, wanted: &[usize]) -> Result<PageTexts, PdfProblem> {
        let mut ledger = Ledger::new(self.limits);
        let mut texts = BTreeMap::new();
        let cache = InterpreterCache::new();
        if self.pdf().is_none() {
            ledger.odd("the text reader cannot open the file".into());
        }
        for &index in &wanted[..wanted.len().min(self.limits.text_pages)] {
            let Some(collected) = self.glyphs(index, &cache) else { continue };
            if collected.full {
                ledger.odd(format!("page {} has over {} glyphs", index + 1, self.limits.glyphs));
            }
            if collected.no_font {
                ledger.odd(format!("a font of page {} cannot be loaded, so its text is missing", index + 1));
            }
            let text = lines::assemble([collected.glyphs.as_slice(), &collected.invisible].concat());
            ledger.spend(text.len())?;
            texts.insert(index, text);
        }
        Ok(PageTexts { texts, oddities: ledger.into_oddities() })
    }

    /// What pages show; `original` is the document as it was sent, empty where no page is laid over it.
    ///
    /// # Errors
    /// When a file cannot be drawn.
    pub fn look(&self, original: &[u8], ask: &LookAsk) -> Result<Vec<PageSeen>, PdfProblem> {
        look(self, original, ask)
    }
}

/// `/ID[0]` of the trailer (ISO 32000-2 14.4).
fn file_id(document: &Document) -> Option<String> {
    let ids = open::array_entry(document, &document.trailer, b"ID");
    let first = open::resolve(document, ids.first()?)?.as_str().ok()?;
    // The standard asks for 16 bytes; a longer one is not ours and need not be carried whole.
    Some(digest::hex(&first[..first.len().min(64)]))
}

fn need_appearances(document: &Document) -> bool {
    let form = document.catalog().ok().and_then(|catalog| open::dict_entry(document, catalog, b"AcroForm"));
    let need = form.and_then(|form| open::entry(document, form, b"NeedAppearances"));
    need.is_some_and(|need| need.as_bool().unwrap_or(false))
}

fn keywords(document: &Document, ledger: &mut Ledger<'_>) -> Result<Option<String>, PdfProblem> {
    let info: Option<&Dictionary> = open::dict_entry(document, &document.trailer, b"Info");
    info.and_then(|info| open::entry(document, info, b"Keywords"))
        .and_then(|keywords: &Object| keywords.as_str().ok())
        .map(|bytes| ledger.text(bytes).map(|read| read.text))
        .transpose()
}
