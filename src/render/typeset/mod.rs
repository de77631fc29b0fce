//! Typesets a document tree: Typst as a library, PDF/A-2a and PDF/UA-1 together. The only file that knows Typst.
//!
//! Takes the style (one `.typ` file with its typefaces and pictures) and a tree, gives the bytes of a tagged PDF in which
//! each form field is still a link to `avsikt-field:NAME`. Typst remembers what it has laid out: pages that are equal
//! between recipients are laid out once.

mod look;

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::civil::{Date, DateTime};
use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::foundations::{Bytes, Datetime, Duration, Label, Smart};
use typst::introspection::Introspector;
use typst::layout::{Frame, FrameItem};
use typst::syntax::{DiagSpan, DiagSpanKind, FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook, FontInfo};
use typst::utils::{LazyHash, PicoStr};
use typst::visualize::{ExchangeFormat, RasterImage, SvgImage};
use typst::{Feature, Library, LibraryExt, World};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

use crate::diagnostic::{Place, Problems, SourceFile};
use crate::render::form::truetype;

/// Name of the style's file and of the data it reads, inside Typst's world.
const MAIN: &str = "declaration.typ";
const DATA: &str = "data.json";

/// Typst's memory is gone through after so many documents, and what none of them used is forgotten the next time. Without
/// forgetting, memory grows by about 10 MB a document; going through it after each would cost a fortieth of the time. With
/// twice as many between, 3 000 documents take 217 MB instead of 169 (`docs/figures.md`).
const BETWEEN_FORGETTING: usize = 4;

/// What the family's name is followed by for its second copy, which the cover is set in. The PDF writer numbers a
/// typeface's glyphs in the order they are first drawn. With its own copy, the recipient's name on the cover cannot make
/// every later page's bytes differ, so pages that are equal are compressed once.
const COVER: &str = "Cover";

/// A style with its typefaces: what all documents of a campaign share.
pub struct Style {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
    main: Source,
    data: FileId,
    files: HashMap<FileId, Bytes>,
    source: Arc<SourceFile>,
    standards: PdfStandards,
    /// Documents typeset so far.
    made: AtomicUsize,
    /// The moment in the metadata, in UTC, where it is not the document's own date.
    pub dated: Option<DateTime>,
}

/// A typeset document.
pub struct Typeset {
    pub pdf: Vec<u8>,
    /// The text of each page in reading order, a line a run.
    pub page_texts: Vec<String>,
    /// A digest of what each page looks like.
    pub page_looks: Vec<String>,
    /// How many pages the cover takes, where the style marks its end by the label `cover-end`.
    pub cover_pages: Option<usize>,
}

impl Style {
    /// A style from its source, its typefaces (TrueType or OpenType files) and the files that it may name.
    pub fn new(source: Arc<SourceFile>, fonts: &[Vec<u8>], files: Vec<(String, Vec<u8>)>) -> Self {
        let small = |bytes: &Vec<u8>| truetype::without_hinting(bytes).unwrap_or_else(|| bytes.clone());
        let mut fonts: Vec<Font> = fonts.iter().flat_map(|bytes| Font::iter(Bytes::new(small(bytes)))).collect();
        let mut infos: Vec<FontInfo> = fonts.iter().map(|font| font.info().clone()).collect();
        for at in 0..fonts.len() {
            // One more byte at the end, which no table uses, makes it another file.
            let bytes = Bytes::new([fonts[at].data().as_slice(), &[0]].concat());
            if let Some(copy) = Font::new(bytes, fonts[at].index()) {
                infos.push(FontInfo { family: format!("{} {COVER}", infos[at].family), ..infos[at].clone() });
                fonts.push(copy);
            }
        }
        let files = files.into_iter().filter_map(|(name, bytes)| Some((id(&name)?, Bytes::new(bytes)))).collect();
        let main = id(MAIN).expect("the name is a valid path");
        Style {
            // Row headers of tables exist only behind this feature in Typst 0.15.
            library: LazyHash::new(
                Library::builder().with_features([Feature::A11yExtras].into_iter().collect()).build(),
            ),
            book: LazyHash::new(FontBook::from_infos(infos)),
            main: Source::new(main, source.text.clone()),
            data: id(DATA).expect("the name is a valid path"),
            standards: PdfStandards::new(&[PdfStandard::A_2a, PdfStandard::Ua_1])
                .expect("the two standards go together"),
            fonts,
            files,
            source,
            made: AtomicUsize::new(0),
            dated: None,
        }
    }

    /// The style as it is written.
    pub fn source(&self) -> &str {
        &self.source.text
    }

    /// Whether one of the files is a picture that can be shown, by the ending of its name.
    pub fn is_picture(&self, name: &str) -> bool {
        let Some(bytes) = id(name).and_then(|id| self.files.get(&id)).cloned() else { return false };
        match name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).as_deref() {
            Some("svg") => SvgImage::new(bytes).is_ok(),
            Some("png") => RasterImage::plain(bytes, ExchangeFormat::Png).is_ok(),
            _ => RasterImage::plain(bytes, ExchangeFormat::Jpg).is_ok(),
        }
    }

    /// Whether one of the typefaces has a letter.
    pub fn covers(&self, letter: char) -> bool {
        self.fonts.iter().any(|font| font.info().coverage.contains(u32::from(letter)))
    }

    /// Typesets one document. `date` is what its style is told to be today, `keywords` go into its metadata; `edition` is what its bytes are identified by.
    ///
    /// # Errors
    /// Problems with their places in the style, when it cannot typeset this data.
    pub fn typeset(&self, date: [i32; 3], data: Vec<u8>, keywords: &str, edition: &str) -> Result<Typeset, Problems> {
        let [year, month, day] = date;
        let world = Page { style: self, data: Bytes::new(data), today: (year, month, day) };
        let compiled = typst::compile::<PagedDocument>(&world);
        let mut document = compiled.output.map_err(|errors| self.problems(&errors))?;
        document.info_mut().keywords = vec![keywords.into()];
        let timestamp = self.dated.and_then(moment).map(Timestamp::new_utc);
        if timestamp.is_some() {
            // Left to the exporter, which takes the timestamp.
            document.info_mut().date = Smart::Auto;
        }
        let options = PdfOptions {
            ident: Smart::Custom(edition.to_owned()),
            creator: Smart::Custom(Some(concat!("avsikt ", env!("CARGO_PKG_VERSION")).to_owned())),
            timestamp,
            page_ranges: None,
            standards: self.standards.clone(),
            tagged: true,
            pretty: false,
        };
        let pdf = typst_pdf::pdf(&document, &options).map_err(|errors| self.problems(&errors))?;
        let page_texts = document.pages().iter().map(|page| frame_text(&page.frame)).collect();
        let page_looks = document.pages().iter().map(|page| look::digest(&page.frame)).collect();
        if self.made.fetch_add(1, Ordering::Relaxed) % BETWEEN_FORGETTING == BETWEEN_FORGETTING - 1 {
            comemo::evict(1);
        }
        let cover_pages = cover_pages(&document);
        Ok(Typeset { pdf, page_texts, page_looks, cover_pages })
    }

    fn problems(&self, errors: &[SourceDiagnostic]) -> Problems {
        let mut problems = Problems::default();
        for error in errors {
            let hints: Vec<_> = error.hints.iter().map(|hint| hint.v.to_string()).collect();
            problems.error(
                self.place(error.span),
                format!("the style cannot be typeset: {}", error.message),
                hints.join("; "),
            );
        }
        problems
    }

    fn place(&self, span: DiagSpan) -> Option<Place> {
        let range = match span.get() {
            DiagSpanKind::Number { id, num, sub_range } if id == self.main.id() => self.main.range(num, sub_range)?,
            DiagSpanKind::Range { id, range } if id == self.main.id() => range,
            _ => return None,
        };
        Some(Place::new(&self.source, range))
    }
}

/// Typst's view of one document: the style and this document's data.
struct Page<'s> {
    style: &'s Style,
    data: Bytes,
    today: (i32, i32, i32),
}

impl World for Page<'_> {
    fn library(&self) -> &LazyHash<Library> {
        &self.style.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.style.book
    }

    fn main(&self) -> FileId {
        self.style.main.id()
    }

    fn source(&self, file: FileId) -> FileResult<Source> {
        if file == self.style.main.id() { Ok(self.style.main.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn file(&self, file: FileId) -> FileResult<Bytes> {
        if file == self.style.data {
            return Ok(self.data.clone());
        }
        self.style.files.get(&file).cloned().ok_or(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.style.fonts.get(index).cloned()
    }

    /// The campaign's date: the same input gives the same bytes on every day.
    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        let (year, month, day) = self.today;
        Datetime::from_ymd(year, month.try_into().ok()?, day.try_into().ok()?)
    }
}

fn cover_pages(document: &PagedDocument) -> Option<usize> {
    let label = Label::new(PicoStr::intern("cover-end"))?;
    let end = document.introspector().query_label(label).ok()?.location()?;
    Some(document.introspector().position(end)?.page.get())
}

fn id(name: &str) -> Option<FileId> {
    Some(RootedPath::new(VirtualRoot::Project, VirtualPath::new(name).ok()?).intern())
}

/// The text of a frame in the order it is drawn, one run a line.
fn frame_text(frame: &Frame) -> String {
    let mut out = String::new();
    collect_text(frame, &mut out);
    out
}

fn collect_text(frame: &Frame, out: &mut String) {
    for (_, item) in frame.items() {
        match item {
            FrameItem::Group(group) => collect_text(&group.frame, out),
            FrameItem::Text(text) if !text.text.trim().is_empty() => {
                out.push_str(text.text.trim());
                out.push('\n');
            }
            _ => {}
        }
    }
}

/// A moment as Typst has it.
fn moment(at: DateTime) -> Option<Datetime> {
    let part = |number: i8| u8::try_from(number).ok();
    let (month, day) = (part(at.month())?, part(at.day())?);
    Datetime::from_ymd_hms(at.year().into(), month, day, part(at.hour())?, part(at.minute())?, part(at.second())?)
}

/// Year, month and day as the tree has them.
pub fn day(date: Date) -> [i32; 3] {
    [date.year().into(), date.month().into(), date.day().into()]
}
