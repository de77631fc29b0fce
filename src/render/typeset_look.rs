//! What a typeset page looks like, as a digest: every run of text, shape and picture with its place.
//!
//! The content of a PDF page is no measure of that: glyphs are numbered in the order in which the whole document uses
//! them, so a name on the first page changes the bytes of all others. Works on Typst's frames, before they are exported.

use std::hash::{Hash, Hasher};

use sha2::{Digest, Sha256};
use typst::layout::{Frame, FrameItem};
use typst::text::TextItem;
use typst::visualize::{Image, ImageKind};

/// The digest of one page, in hexadecimal.
pub fn digest(page: &Frame) -> String {
    let mut state = Digester(Vec::with_capacity(1 << 17));
    page.size().hash(&mut state);
    frame(page, &mut state);
    crate::token::hex(&Sha256::digest(&state.0)[..16])
}

fn frame(frame: &Frame, state: &mut Digester) {
    for (at, item) in frame.items() {
        match item {
            FrameItem::Group(group) => {
                (0u8, at, group.transform, &group.clip).hash(state);
                self::frame(&group.frame, state);
                // The group's end: what follows is no longer moved and clipped.
                1u8.hash(state);
            }
            FrameItem::Text(text) => {
                (2u8, at).hash(state);
                run(text, state);
            }
            FrameItem::Shape(shape, _) => (3u8, at, shape).hash(state),
            FrameItem::Image(image, size, _) => {
                (4u8, at, size).hash(state);
                picture(image, state);
            }
            FrameItem::Link(..) | FrameItem::Tag(_) => {}
        }
    }
}

/// Without the glyphs' places in the source, which move when the style is edited elsewhere.
fn run(text: &TextItem, state: &mut Digester) {
    let font = text.font.info();
    (&font.family, font.variant, text.size, &text.fill, &text.stroke).hash(state);
    for glyph in &text.glyphs {
        (glyph.id, glyph.x_advance, glyph.x_offset, glyph.y_advance, glyph.y_offset).hash(state);
    }
}

fn picture(image: &Image, state: &mut Digester) {
    match image.kind() {
        ImageKind::Raster(raster) => raster.data().as_slice().hash(state),
        ImageKind::Svg(svg) => svg.data().as_slice().hash(state),
        ImageKind::Pdf(_) => {}
    }
}

/// Takes the bytes that values hash, for SHA-256: unlike the standard library's hasher, it is the same in every release.
/// They are digested at once, since most are numbers of eight bytes.
struct Digester(Vec<u8>);

impl Hasher for Digester {
    fn write(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    /// Not used: the digest is longer than this.
    fn finish(&self) -> u64 {
        0
    }
}
