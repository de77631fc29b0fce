//! What each page says about itself: its size, its turn, the fingerprint of its content, and our mark.

use std::borrow::Cow;

use lopdf::{Dictionary, Document, Object, Stream};
use sha2::{Digest, Sha256};

use crate::annot;
use crate::digest::hex;
use crate::facts::{PageFacts, PdfProblem};
use crate::file::decoded::{Part, trimmed};
use crate::file::open::{self, Page};
use crate::file::resources::Resources;
use crate::geometry::Rect;
use crate::ledger::Ledger;
use crate::limits::Limits;

/// A4 in points, for a page without boxes: what every viewer then assumes.
const NO_BOX: [f64; 2] = [595.0, 842.0];
/// Our key in `/PieceInfo` (ISO 32000-2 14.5).
const PIECE: &[u8] = b"avsikt";

/// Reads every page, except its text.
pub fn facts(document: &Document, pages: &[Page<'_>], ledger: &mut Ledger<'_>) -> Result<Vec<PageFacts>, PdfProblem> {
    let mut resources = Resources::new(document, ledger.limits.stream_bytes);
    let one = |(index, page): (usize, &Page<'_>)| {
        let content_sha256 = fingerprint(document, page, &mut resources, ledger.limits.stream_bytes);
        if content_sha256.is_none() {
            ledger.odd(format!("the content of page {} cannot be decoded", index + 1));
        }
        Ok(PageFacts {
            crop: crop(document, page),
            rotate: rotate(page.rotate),
            user_unit: user_unit(document, page.dict),
            content_sha256,
            piece: piece(document, page.dict, ledger)?,
        })
    };
    pages.iter().enumerate().map(one).collect()
}

/// What a page that this program has made looks like to the reader.
#[derive(Debug)]
pub struct PagePrint {
    pub content_sha256: String,
    pub crop: Rect,
}

/// The prints of all pages of a document that this program has made, by the same rules as for what comes back.
pub fn prints(document: &Document) -> Result<Vec<PagePrint>, PdfProblem> {
    let pages = open::pages(document, &Limits::default())?;
    let mut resources = Resources::new(document, usize::MAX);
    let print = |page: &Page<'_>| PagePrint {
        content_sha256: fingerprint(document, page, &mut resources, usize::MAX).unwrap_or_default(),
        crop: crop(document, page),
    };
    Ok(pages.iter().map(print).collect())
}

fn crop(document: &Document, page: &Page<'_>) -> Rect {
    let whole = Rect::new(0.0, 0.0, NO_BOX[0], NO_BOX[1]);
    let media = annot::rect(document, page.media).unwrap_or(whole);
    // Viewers show what both boxes share (ISO 32000-2 14.11.2).
    annot::rect(document, page.crop).map_or(media, |crop| crop.shared(&media))
}

fn rotate(angle: Option<&Object>) -> u16 {
    let angle = angle.and_then(|angle| angle.as_float().ok()).unwrap_or(0.0);
    match angle.rem_euclid(360.0) {
        90.0 => 90,
        180.0 => 180,
        270.0 => 270,
        _ => 0,
    }
}

fn user_unit(document: &Document, page: &Dictionary) -> Option<f64> {
    let unit = f64::from(open::entry(document, page, b"UserUnit")?.as_float().ok()?);
    (unit != 1.0).then_some(if unit.is_finite() { unit } else { f64::MAX })
}

/// SHA-256 of a page's decoded content streams.
///
/// Programs that save a form again keep every operator of the page but not the white space around a stream: some end it
/// with a line break, some count that break into `/Length` and some do not. So each stream is trimmed, empty ones are
/// left out, and the rest are joined with one newline, which also makes one stream equal to the same cut in two between
/// operators (ISO 32000-2 7.8.2 lets a reader see them as one).
///
/// The digest of the resources comes last: equal operators with another font show other words.
fn fingerprint(document: &Document, page: &Page<'_>, resources: &mut Resources<'_>, limit: usize) -> Option<String> {
    let mut so_far: Option<Sha256> = None;
    let mut left = limit;
    for stream in content_streams(document, page.dict)? {
        let Some(hash) = &mut so_far else {
            // The first stream is most of a page, and often one that other recipients have too: it may be remembered.
            let first = resources.decode(stream, Part::Trimmed, left)?;
            left = left.saturating_sub(first.length);
            so_far = (!first.blank).then_some(first.hash);
            continue;
        };
        let decoded = plain(stream, left)?;
        left = left.saturating_sub(decoded.len());
        let content = trimmed(&decoded);
        if !content.is_empty() {
            hash.update(b"\n");
            hash.update(content);
        }
    }
    let mut hash = so_far.unwrap_or_default();
    hash.update(resources.digest(page.resources)?);
    Some(hex(&hash.finalize()))
}

/// A stream's decoded bytes, borrowed where there is nothing to decode.
fn plain(stream: &Stream, limit: usize) -> Option<Cow<'_, [u8]>> {
    if stream.dict.has(b"Filter") {
        return stream.get_plain_content_with_limit(limit).ok().map(Cow::Owned);
    }
    (stream.content.len() <= limit).then_some(Cow::Borrowed(&stream.content))
}

/// `/Contents`: a stream, an array of streams, or nothing on an empty page. `None` when something else stands there.
fn content_streams<'a>(document: &'a Document, page: &'a Dictionary) -> Option<Vec<&'a Stream>> {
    match open::entry(document, page, b"Contents") {
        None => Some(Vec::new()),
        Some(Object::Stream(stream)) => Some(vec![stream]),
        Some(Object::Array(parts)) => {
            parts.iter().map(|part| open::resolve(document, part)?.as_stream().ok()).collect()
        }
        Some(_) => None,
    }
}

fn piece(document: &Document, page: &Dictionary, ledger: &mut Ledger<'_>) -> Result<Option<String>, PdfProblem> {
    let private = open::dict_entry(document, page, b"PieceInfo")
        .and_then(|pieces| open::dict_entry(document, pieces, PIECE))
        .and_then(|ours| open::entry(document, ours, b"Private"))
        .and_then(|private| private.as_str().ok());
    private.map(|bytes| ledger.text(bytes).map(|read| read.text)).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;
    use crate::sample;

    fn read(page: &str, more: &str) -> PageFacts {
        let body = format!(
            "1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj
            2 0 obj << /Type /Pages /Kids [3 0 R] /Count 1 >> endobj
            3 0 obj << /Type /Page {page} >> endobj\n{more}"
        );
        let limits = Limits::default();
        let opened = open::open(&sample::file(&body), &limits, &Default::default()).unwrap();
        let pages = open::pages(&opened.document, &limits).unwrap();
        let facts = facts(&opened.document, &pages, &mut Ledger::new(&limits)).unwrap();
        facts.into_iter().next().unwrap()
    }

    #[test]
    fn the_crop_box_goes_before_the_media_box() {
        let page = read("/MediaBox [0 0 600 800] /CropBox [50 60 10 20] /Rotate -90", "");
        assert_eq!((page.crop.width(), page.crop.height(), page.rotate), (40.0, 40.0, 270));
        assert_eq!(read("/Rotate 45", "").crop, Rect::new(0.0, 0.0, NO_BOX[0], NO_BOX[1]));
    }

    #[test]
    fn content_is_equal_however_the_streams_are_cut_and_padded() {
        let whole = read("/Contents 4 0 R", &sample::stream(4, "q 1 0 0 1 0 0 cm\nQ"));
        let cut = read(
            "/Contents [4 0 R 5 0 R 6 0 R]",
            &[sample::stream(4, " q 1 0 0 1 0 0 cm\r\n"), sample::stream(5, "\n"), sample::stream(6, "Q\n")].concat(),
        );
        assert_eq!(whole.content_sha256, cut.content_sha256);
        let other = read("/Contents 4 0 R", &sample::stream(4, "q Q"));
        assert_ne!(whole.content_sha256, other.content_sha256);
    }

    /// Frozen: a fingerprint that changes makes every page that was sent look drawn anew.
    #[test]
    fn the_fingerprint_of_a_page_is_frozen() {
        let page = read(
            "/Contents 4 0 R /Resources << /Font << /F 5 0 R >> >>",
            &format!(
                "{}5 0 obj << /Type /Font /BaseFont /Helvetica /Widths [1 2.5] >> endobj\n",
                sample::stream(4, "BT /F 9 Tf (a) Tj ET")
            ),
        );
        assert_eq!(
            page.content_sha256.as_deref(),
            Some("087c1ce460782cf9df45dc56cb6b05b4fca2ab8d94bde66053a24c7efad1b0fd")
        );
    }

    #[test]
    fn no_content_is_not_the_same_as_lost_content() {
        assert!(read("", "").content_sha256.is_some());
        assert_eq!(read("/Contents (x)", "").content_sha256, None);
        let lost = "4 0 obj << /Length 1 /Filter /DCTDecode >> stream\nx\nendstream endobj";
        assert_eq!(read("/Contents 4 0 R", lost).content_sha256, None);
    }

    #[test]
    fn our_mark_is_read_from_the_page_piece() {
        let page = read("/PieceInfo << /avsikt << /Private (AB-12) >> >>", "");
        assert_eq!(page.piece.as_deref(), Some("AB-12"));
        assert_eq!(read("/PieceInfo << /other << /Private (AB-12) >> >>", "").piece, None);
    }
}
