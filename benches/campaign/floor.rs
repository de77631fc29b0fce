//! The floor under rendering: Typst alone, on the same document with the same style.
//!
//! What no program that uses Typst can be faster than: laying out pages (those without recipient data come from Typst's
//! memory) and exporting them as a tagged PDF.

use std::collections::HashMap;
use std::path::Path;

use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration, Smart};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Feature, Library, LibraryExt, World};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

/// Typst's view of one document.
pub struct Desk {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
    main: Source,
    files: HashMap<FileId, Bytes>,
}

impl Desk {
    /// The shared style under `root`.
    pub fn new(root: &Path) -> Self {
        let style = root.join("templates/style");
        let mut names: Vec<_> = std::fs::read_dir(style.join("fonts")).unwrap().map(|f| f.unwrap().path()).collect();
        names.retain(|name| name.extension().is_some_and(|ending| ending == "ttf"));
        names.sort();
        let fonts: Vec<Font> =
            names.iter().flat_map(|name| Font::iter(Bytes::new(std::fs::read(name).unwrap()))).collect();
        Desk {
            library: LazyHash::new(
                Library::builder().with_features([Feature::A11yExtras].into_iter().collect()).build(),
            ),
            book: LazyHash::new(FontBook::from_fonts(&fonts)),
            main: Source::new(id("declaration.typ"), std::fs::read_to_string(style.join("declaration.typ")).unwrap()),
            fonts,
            files: HashMap::new(),
        }
    }

    /// Lays out the document that `data` describes.
    pub fn layout(&mut self, data: Vec<u8>) -> PagedDocument {
        self.files.insert(id("data.json"), Bytes::new(data));
        typst::compile(&*self).output.unwrap()
    }
}

/// Exports a document as it is exported for sending.
pub fn export(document: &PagedDocument) -> Vec<u8> {
    let options = PdfOptions {
        ident: Smart::Custom("bench".to_owned()),
        creator: Smart::Custom(None),
        timestamp: None,
        page_ranges: None,
        standards: PdfStandards::new(&[PdfStandard::A_2a, PdfStandard::Ua_1]).unwrap(),
        tagged: true,
        pretty: false,
    };
    typst_pdf::pdf(document, &options).unwrap()
}

fn id(name: &str) -> FileId {
    RootedPath::new(VirtualRoot::Project, VirtualPath::new(name).unwrap()).intern()
}

impl World for Desk {
    fn library(&self) -> &LazyHash<Library> {
        &self.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.book
    }

    fn main(&self) -> FileId {
        self.main.id()
    }

    fn source(&self, file: FileId) -> FileResult<Source> {
        if file == self.main.id() { Ok(self.main.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn file(&self, file: FileId) -> FileResult<Bytes> {
        self.files.get(&file).cloned().ok_or(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.fonts.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        Datetime::from_ymd(2026, 1, 1)
    }
}
