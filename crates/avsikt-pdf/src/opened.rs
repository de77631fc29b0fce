//! One file, parsed once by each library, of which any number of things are asked. A picture in place of a PDF becomes one.
//!
//! lopdf parses it at once; hayro and pdf-extract when they are first needed. The glyphs of a page's content are kept: facts
//! and looking both want them, and they are most of the work on a page.

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use hayro_interpret::{InterpreterCache, RenderContent};
use hayro_syntax::Pdf;

use crate::facts::PdfProblem;
use crate::file::open::{self, Opened};
use crate::file::passwords::Passwords;
use crate::limits::Limits;
use crate::paper::sheet::Sheet;
use crate::picture_file::{self, Format};
use crate::signature::roots::Roots;
use crate::text::glyphs::{self, Collected};
use crate::text::plain::Plain;

/// An opened file.
pub struct OpenFile<'l> {
    pub(crate) limits: &'l Limits,
    pub(crate) passwords: &'l Passwords,
    /// Certificates that the office trusts.
    pub(crate) roots: Option<&'l Roots>,
    pub(crate) objects: Opened,
    /// From the header on.
    pub(crate) bytes: Arc<Vec<u8>>,
    pdf: OnceCell<Option<Pdf>>,
    plain: OnceCell<Plain>,
    glyphs: RefCell<BTreeMap<usize, Rc<Collected>>>,
    /// The page that was last decoded as a picture.
    pub(crate) last_sheet: RefCell<Option<(usize, Rc<Sheet>)>>,
}

impl<'l> OpenFile<'l> {
    /// Opens a file within the limits, with one of the passwords if it needs one.
    ///
    /// # Errors
    /// When it is neither a PDF nor a picture, needs another password, is larger than the limits allow or is damaged beyond repair.
    pub fn open(mut bytes: Vec<u8>, limits: &'l Limits, passwords: &'l Passwords) -> Result<Self, PdfProblem> {
        if let Some(format) = Format::of(&bytes) {
            bytes = picture_file::as_pdf(bytes, format, limits)?;
        }
        let objects = open::open(&bytes, limits, passwords)?;
        bytes.drain(..objects.junk);
        Ok(OpenFile {
            limits,
            passwords,
            roots: None,
            objects,
            bytes: Arc::new(bytes),
            pdf: OnceCell::new(),
            plain: OnceCell::new(),
            glyphs: RefCell::default(),
            last_sheet: RefCell::default(),
        })
    }

    /// The same file; its signers are looked for among these certificates.
    pub fn trusting(self, roots: &'l Roots) -> Self {
        OpenFile { roots: Some(roots), ..self }
    }

    /// The file as hayro sees it; `None` when hayro cannot open it.
    pub(crate) fn pdf(&self) -> Option<&Pdf> {
        self.pdf.get_or_init(|| open::open_for_hayro(&self.bytes, self.passwords, self.limits)).as_ref()
    }

    /// The plain text of a page, by its index from 0; empty when it cannot be read.
    pub(crate) fn plain(&self, page: usize) -> String {
        self.plain.get_or_init(|| Plain::open(&self.bytes)).page(page)
    }

    /// The glyphs of a page's content; `cache` belongs to this file. `None` when there is no such page.
    pub(crate) fn glyphs<'a>(&'a self, page: usize, cache: &InterpreterCache<'a>) -> Option<Rc<Collected>> {
        if let Some(known) = self.glyphs.borrow().get(&page) {
            return Some(known.clone());
        }
        let leaf = self.pdf()?.pages().get(page)?;
        let collected = Rc::new(glyphs::collect(leaf, cache, RenderContent::PAGE, self.limits.glyphs));
        self.glyphs.borrow_mut().insert(page, collected.clone());
        Some(collected)
    }
}
