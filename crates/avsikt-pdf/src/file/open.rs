//! Bytes to an opened document, behind the limits.
//!
//! Takes the whole file and gives lopdf's objects with the pages in order, and what had to be done to get there
//! (decrypted, repaired). Everything that is wrong with the file as a whole ends here as a `PdfProblem`.
//!
//! The page tree is walked by this module and not by lopdf: a page needs the boxes that it inherits, and its number must
//! be the one that hayro gives it.

use std::collections::HashSet;
use std::sync::Arc;

use hayro_syntax::{LoadPdfError, Pdf};

use lopdf::xref::XrefEntry;
use lopdf::{DecompressError, Dictionary, Document, Error, LoadOptions, Object, ObjectId};

use crate::facts::PdfProblem;
use crate::file::passwords::Passwords;
use crate::limits::Limits;

/// The header stands within the first 1024 bytes; real files have mail headers or byte-order marks before it (Adobe's
/// implementation note to ISO 32000-1 7.5.2).
const HEADER_WITHIN: usize = 1024;

/// A loaded file.
#[derive(Debug)]
pub struct Opened {
    pub document: Document,
    /// The cross-reference data was corrected or rebuilt.
    pub repaired: bool,
    /// It was encrypted, and the empty user password or one of those given opened it.
    pub encrypted: bool,
    /// Bytes before the header.
    pub junk: usize,
    /// The file ends before its last version does.
    pub cut_off: bool,
}

/// One leaf of the page tree.
#[derive(Debug, Clone, Copy)]
pub struct Page<'a> {
    pub dict: &'a Dictionary,
    /// `/CropBox`, else `/MediaBox`, both inherited.
    pub crop: Option<&'a Object>,
    pub media: Option<&'a Object>,
    pub resources: Option<&'a Object>,
    /// `/Rotate`, inherited.
    pub rotate: Option<&'a Object>,
}

/// Loads a file, with one of the passwords if it needs one.
pub fn open(bytes: &[u8], limits: &Limits, passwords: &Passwords) -> Result<Opened, PdfProblem> {
    if bytes.len() > limits.input_bytes {
        return Err(too_large_input(limits));
    }
    let junk = header_at(bytes).ok_or(PdfProblem::NotAPdf)?;
    let load = |password: Option<&str>| load(&bytes[junk..], limits, password);
    let mut document = load(None);
    for password in passwords.iter() {
        if !matches!(document, Err(PdfProblem::Encrypted)) {
            break;
        }
        document = load(Some(password));
    }
    let cut_off = cut_off(&bytes[junk..]);
    let document = document.map_err(|problem| match problem {
        PdfProblem::Damaged(why) if cut_off => PdfProblem::Damaged(format!("its end is missing ({why})")),
        problem => problem,
    })?;
    Ok(Opened {
        cut_off,
        repaired: document.xref_recovery.is_some() || misleading(&document, &bytes[junk..]),
        encrypted: document.was_encrypted(),
        document,
        junk,
    })
}

/// Loads a file with the empty user password or with this one, which may be the owner's.
fn load(bytes: &[u8], limits: &Limits, password: Option<&str>) -> Result<Document, PdfProblem> {
    let mut options = LoadOptions::with_max_decompressed_size(limits.stream_bytes);
    options.password = password.map(str::to_owned);
    let document = Document::load_mem_with_options(bytes, options).map_err(|e| problem(&e, limits))?;
    // A file that needs a password loads with success and almost nothing in it. `is_encrypted` misses an `/Encrypt`
    // that stands in the trailer itself.
    let locked = document.is_encrypted() || document.trailer.has(b"Encrypt");
    if locked && !document.was_encrypted() {
        return Err(PdfProblem::Encrypted);
    }
    Ok(document)
}

/// Opens a file for hayro; `None` when it cannot be opened.
///
/// hayro takes a password's UTF-8 bytes, and older encryption wants those of PDFDocEncoding (ISO 32000-2 7.6.4.3.2); nor
/// does it take the owner's password there. A file that lopdf opens and hayro does not is handed to it decrypted.
pub fn open_for_hayro(shared: &Arc<Vec<u8>>, passwords: &Passwords, limits: &Limits) -> Option<Pdf> {
    match Pdf::new(shared.clone()) {
        Ok(pdf) => return Some(pdf),
        Err(LoadPdfError::Invalid) => return None,
        Err(LoadPdfError::Decryption(_)) => {}
    }
    let opened = passwords.iter().find_map(|password| Pdf::new_with_password(shared.clone(), password).ok());
    opened.or_else(|| {
        let mut document = open(shared, limits, passwords).ok()?.document;
        let mut decrypted = Vec::new();
        document.save_to(&mut decrypted).ok()?;
        Pdf::new(decrypted).ok()
    })
}

/// The problem of a file above the input limit; the pool tells it without starting a worker.
pub fn too_large_input(limits: &Limits) -> PdfProblem {
    PdfProblem::TooLarge(format!("over {}", Limits::in_words(limits.input_bytes)))
}

fn header_at(bytes: &[u8]) -> Option<usize> {
    let head = &bytes[..bytes.len().min(HEADER_WITHIN)];
    head.windows(5).position(|window| window == b"%PDF-")
}

/// Whether a file ends before its last version does (ISO 32000-2 7.5.5, 7.5.6): its end marker is missing, or objects follow
/// it that no later end marker closes. What follows may have been a later answer.
fn cut_off(bytes: &[u8]) -> bool {
    let last = |wanted: &[u8]| bytes.windows(wanted.len()).rposition(|window| window == wanted);
    let Some(end) = last(b"%%EOF") else { return true };
    bytes[end..].windows(4).any(|window| window == b" obj")
}

/// Whether the cross-reference table leads to another object than it says, or to none: a later version of some object may
/// stand in the file under a number that nobody looks up.
fn misleading(document: &Document, bytes: &[u8]) -> bool {
    document.reference_table.entries.iter().any(|(number, entry)| {
        let XrefEntry::Normal { offset, .. } = entry else { return false };
        // Some programs write 0 for objects that are not there.
        if *offset == 0 {
            return false;
        }
        let there = bytes.get(*offset as usize..).unwrap_or_default().trim_ascii_start();
        let rest = there.strip_prefix(number.to_string().as_bytes());
        !rest.is_some_and(|rest| rest.first().is_some_and(u8::is_ascii_whitespace))
    })
}

fn problem(error: &Error, limits: &Limits) -> PdfProblem {
    match error {
        Error::Decompress(DecompressError::MemoryLimitExceeded { .. }) => {
            PdfProblem::TooLarge(format!("a stream unpacks to over {}", Limits::in_words(limits.stream_bytes)))
        }
        Error::InvalidPassword | Error::Decryption(_) | Error::UnsupportedSecurityHandler(_) => PdfProblem::Encrypted,
        _ => PdfProblem::Damaged(in_words(error)),
    }
}

/// An error with its causes, since lopdf's outer messages alone say little ("couldn't parse input").
fn in_words(error: &dyn std::error::Error) -> String {
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        words.push_str(": ");
        words.push_str(&inner.to_string());
        cause = inner.source();
    }
    words
}

/// What an object stands for: the object itself, or the one at the end of its references.
pub fn resolve<'a>(document: &'a Document, object: &'a Object) -> Option<&'a Object> {
    document.dereference(object).ok().map(|(_, object)| object)
}

/// A dictionary's entry with references followed; `None` for null too, which means absent (ISO 32000-2 7.3.7).
pub fn entry<'a>(document: &'a Document, dict: &'a Dictionary, key: &[u8]) -> Option<&'a Object> {
    let object = resolve(document, dict.get(key).ok()?)?;
    (!object.is_null()).then_some(object)
}

/// [`entry`], where a dictionary is expected.
pub fn dict_entry<'a>(document: &'a Document, dict: &'a Dictionary, key: &[u8]) -> Option<&'a Dictionary> {
    entry(document, dict, key)?.as_dict().ok()
}

/// [`entry`], where an array is expected; empty when there is none.
pub fn array_entry<'a>(document: &'a Document, dict: &'a Dictionary, key: &[u8]) -> &'a [Object] {
    entry(document, dict, key).and_then(|object| object.as_array().ok()).map_or(&[], Vec::as_slice)
}

/// The pages in order.
pub fn pages<'a>(document: &'a Document, limits: &Limits) -> Result<Vec<Page<'a>>, PdfProblem> {
    page_tree(document, limits).map(|(pages, _)| pages)
}

/// The pages in order, and whether the tree names a node twice: readers differ about what is then shown.
pub fn page_tree<'a>(document: &'a Document, limits: &Limits) -> Result<(Vec<Page<'a>>, bool), PdfProblem> {
    let catalog = document.catalog().map_err(|_| PdfProblem::Damaged("it has no catalog".into()))?;
    let root = catalog.get(b"Pages").map_err(|_| PdfProblem::Damaged("it has no page tree".into()))?;
    let mut walk = PageWalk { document, limits, visited: HashSet::new(), pages: Vec::new(), tangled: false };
    walk.node(root, Inherited::default(), 0)?;
    if walk.pages.is_empty() {
        return Err(PdfProblem::Damaged("it has no pages".into()));
    }
    Ok((walk.pages, walk.tangled))
}

/// Attributes that a page takes from the nodes above it (ISO 32000-2 table 31).
#[derive(Clone, Copy, Default)]
struct Inherited<'a> {
    media: Option<&'a Object>,
    crop: Option<&'a Object>,
    rotate: Option<&'a Object>,
    resources: Option<&'a Object>,
}

struct PageWalk<'a, 'l> {
    document: &'a Document,
    limits: &'l Limits,
    visited: HashSet<ObjectId>,
    pages: Vec<Page<'a>>,
    tangled: bool,
}

impl<'a> PageWalk<'a, '_> {
    /// Takes a leaf, or goes through a node's kids. A node met before is passed over, as hayro does; so a cycle ends, and
    /// a page that the tree names twice counts once.
    fn node(&mut self, object: &'a Object, above: Inherited<'a>, depth: usize) -> Result<(), PdfProblem> {
        let Ok((id, object)) = self.document.dereference(object) else {
            return Ok(());
        };
        if id.is_some_and(|id| !self.visited.insert(id)) {
            self.tangled = true;
            return Ok(());
        }
        let Ok(dict) = object.as_dict() else {
            return Ok(());
        };
        if depth > self.limits.depth {
            return Err(PdfProblem::TooLarge("its page tree is nested too deeply".into()));
        }
        let own = |key: &[u8]| entry(self.document, dict, key);
        let here = Inherited {
            media: own(b"MediaBox").or(above.media),
            crop: own(b"CropBox").or(above.crop),
            rotate: own(b"Rotate").or(above.rotate),
            // As it stands: the fingerprint follows references itself, and what pages share is digested once.
            resources: dict.get(b"Resources").ok().or(above.resources),
        };
        let kids = own(b"Kids").and_then(|kids| kids.as_array().ok());
        match kids {
            Some(kids) if !dict.has_type(b"Page") => {
                for kid in kids {
                    self.node(kid, here, depth + 1)?;
                }
                Ok(())
            }
            None if dict.has_type(b"Pages") => Ok(()),
            _ => self.leaf(dict, here),
        }
    }

    fn leaf(&mut self, dict: &'a Dictionary, here: Inherited<'a>) -> Result<(), PdfProblem> {
        if self.pages.len() == self.limits.pages {
            return Err(PdfProblem::TooLarge(format!("over {} pages", self.limits.pages)));
        }
        let (crop, media) = (here.crop.or(here.media), here.media);
        self.pages.push(Page { dict, crop, media, rotate: here.rotate, resources: here.resources });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    fn opened(bytes: &[u8]) -> Result<Opened, PdfProblem> {
        open(bytes, &Limits::default(), &Passwords::default())
    }

    fn page_count(body: &str) -> Result<usize, PdfProblem> {
        let opened = opened(&sample::file(body)).expect("the sample opens");
        pages(&opened.document, &Limits::default()).map(|pages| pages.len())
    }

    #[test]
    fn what_is_not_a_pdf_is_told_apart() {
        assert_eq!(opened(b"").unwrap_err(), PdfProblem::NotAPdf);
        assert_eq!(opened(b"PK\x03\x04").unwrap_err(), PdfProblem::NotAPdf);
        let mut late = vec![b' '; HEADER_WITHIN];
        late.extend(sample::one_page());
        assert_eq!(opened(&late).unwrap_err(), PdfProblem::NotAPdf);
    }

    #[test]
    fn a_table_that_leads_astray_is_told() {
        let entry = |from: &str, to: &str| {
            let text = String::from_utf8(sample::one_page()).unwrap();
            assert!(text.contains(from));
            text.replacen(from, to, 1).into_bytes()
        };
        assert!(opened(&entry("\n3 1\n", "\n7 1\n")).is_ok_and(|opened| opened.repaired));
        assert!(opened(&entry("\n3 1\n", "\n3 1\n")).is_ok_and(|opened| !opened.repaired));
    }

    #[test]
    fn a_header_may_stand_a_little_later() {
        let mut mailed = b"Content-Type: application/pdf\r\n\r\n".to_vec();
        let junk = mailed.len();
        mailed.extend(sample::one_page());
        let opened = opened(&mailed).unwrap();
        assert_eq!((opened.junk, opened.repaired), (junk, false));
    }

    #[test]
    fn a_torn_file_is_damaged_or_repaired() {
        assert!(matches!(opened(b"%PDF-1.7\n"), Err(PdfProblem::Damaged(_))));
        let whole = sample::one_page();
        let torn = &whole[..whole.len() - 60];
        assert!(opened(torn).is_ok_and(|opened| opened.repaired));
        assert!(opened(&whole).is_ok_and(|opened| !opened.repaired));
    }

    #[test]
    fn a_file_whose_end_is_missing_is_told() {
        let whole = sample::one_page();
        let cut_off = |bytes: &[u8]| opened(bytes).map(|opened| opened.cut_off);
        assert_eq!(cut_off(&whole), Ok(false));
        assert_eq!(cut_off(&whole[..whole.len() - 6]), Ok(true));
        // Junk behind the end is none of the file's, but the beginning of a later version is.
        assert_eq!(cut_off(&[whole.as_slice(), b"\r\n--boundary--\r\n"].concat()), Ok(false));
        assert_eq!(cut_off(&[whole.as_slice(), b"3 0 obj << /Type /Page"].concat()), Ok(true));
    }

    #[test]
    fn a_file_over_the_limit_is_not_read() {
        let limits = Limits { input_bytes: 10, ..Limits::default() };
        assert_eq!(
            open(&sample::one_page(), &limits, &Passwords::default()).unwrap_err(),
            PdfProblem::TooLarge("over 10 bytes".into())
        );
    }

    #[test]
    fn an_encrypt_entry_that_nobody_can_use_means_encrypted() {
        let direct = sample::file_with_trailer(sample::ONE_PAGE, "/Encrypt << /Filter /Unknown >>");
        assert_eq!(opened(&direct).unwrap_err(), PdfProblem::Encrypted);
    }

    #[test]
    fn cycles_in_the_page_tree_end() {
        let body = "1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj
            2 0 obj << /Type /Pages /Kids [2 0 R 3 0 R 3 0 R 4 0 R] /Count 9 >> endobj
            3 0 obj << /Type /Page /Parent 2 0 R >> endobj
            4 0 obj << /Type /Pages /Kids [2 0 R] >> endobj";
        assert_eq!(page_count(body), Ok(1));
    }

    #[test]
    fn a_tree_without_pages_is_damage() {
        let body = "1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj
            2 0 obj << /Type /Pages /Kids [] /Count 0 >> endobj";
        assert_eq!(page_count(body), Err(PdfProblem::Damaged("it has no pages".into())));
    }

    #[test]
    fn pages_inherit_their_boxes() {
        let body = "1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj
            2 0 obj << /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 10 20] /Rotate 90 >> endobj
            3 0 obj << /Type /Page /Parent 2 0 R >> endobj";
        let opened = opened(&sample::file(body)).unwrap();
        let pages = pages(&opened.document, &Limits::default()).unwrap();
        assert!(pages[0].crop.is_some());
        assert_eq!(pages[0].rotate.unwrap().as_i64().unwrap(), 90);
    }

    #[test]
    fn page_and_depth_limits_hold() {
        let mut body =
            String::from("1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj\n2 0 obj << /Type /Pages /Kids [");
        body.push_str(&"<< /Type /Page >> ".repeat(2_001));
        body.push_str("] /Count 2001 >> endobj\n");
        assert!(matches!(page_count(&body), Err(PdfProblem::TooLarge(_))));
    }
}
