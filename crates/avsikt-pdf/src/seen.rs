//! What one page shows, beside the same page as it was sent: the pdf room's second question and its answer, as plain data.
//!
//! The first question (`facts`) asks what stands in a file. This one asks what a person would see at certain places, and
//! whether the rest of the page is drawn as in another file. Like the first it knows no campaigns.

use serde::{Deserialize, Serialize};

use crate::geometry::Rect;

/// What to look at.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct LookAsk {
    pub pages: Vec<PageAsk>,
}

/// One page of the file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PageAsk {
    /// Index from 0 in the returned file.
    pub page: usize,
    /// Index from 0 in the original that the page is laid over. `None` when its content is known to be equal: then only what
    /// lies over the page is looked at.
    pub original: Option<usize>,
    /// What is seen of the page as it was sent, in points.
    pub crop: Rect,
    /// Places in points of the page as it was sent.
    pub places: Vec<Rect>,
    /// Parts of the page that a person wants to see, likewise.
    pub pictures: Vec<Rect>,
    /// Whether a picture is wanted of what was compared.
    #[serde(default)]
    pub explain: bool,
}

/// One page as it is seen.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct PageSeen {
    pub page: usize,
    /// How the page was laid over the original; `None` when it could not be, and then nothing else is told.
    pub registration: Option<Registration>,
    /// One for each place asked for.
    pub places: Vec<PlaceSeen>,
    /// One for each picture asked for, in the same order. They cross the pipe as frames of their own, so only their number
    /// stands in the JSON.
    #[serde(with = "by_number")]
    pub pictures: Vec<Png>,
    /// What was compared, where that was asked for: one picture or none.
    #[serde(with = "by_number")]
    pub explained: Vec<Png>,
    /// Where the page is drawn otherwise than the original, outside the places.
    pub differences: Vec<Difference>,
    /// Whether the words of the page are the original's, outside the places.
    pub same_words: bool,
    /// A font could not be loaded: some of the page's text is neither read nor drawn.
    pub font_missing: bool,
}

impl PageSeen {
    /// Every picture of this page, in the order in which they cross the pipe.
    pub fn frames(&self) -> impl Iterator<Item = &Png> {
        self.pictures.iter().chain(&self.explained)
    }

    pub fn frames_mut(&mut self) -> impl Iterator<Item = &mut Png> {
        self.pictures.iter_mut().chain(&mut self.explained)
    }
}

/// What is asked of pages that are pictures of paper.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct SheetAsk {
    /// What the text of a code of ours begins with.
    pub prefix: String,
    pub pages: Vec<SheetPageAsk>,
}

/// One picture of a page. Rectangles are in points of the page as it was sent.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct SheetPageAsk {
    /// Index from 0 in the returned file.
    pub page: usize,
    /// Index from 0 in the original.
    pub original: usize,
    /// What is seen of the page as it was sent.
    pub crop: Rect,
    /// The corner marks, all of one size.
    pub marks: Vec<Rect>,
    /// Boxes to be marked.
    pub boxes: Vec<Rect>,
    /// Fields to be written in.
    pub fields: Vec<Rect>,
    /// Parts that a person wants to see.
    pub pictures: Vec<Rect>,
    /// Where its code stands, and codes that are to be compared with it.
    pub code: Rect,
    pub codes: Vec<Modules>,
}

/// The modules of a QR code row by row, `1` for dark and `0` for light.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Modules {
    pub dark: String,
}

/// A page that is a picture.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct SheetFound {
    /// Index from 0 in the returned file.
    pub page: usize,
    /// In pixels.
    pub width: usize,
    pub height: usize,
    /// The text of its code.
    pub code: Option<String>,
    /// Why the picture cannot be looked at.
    pub unusable: Option<String>,
}

/// What a picture of a page shows.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct SheetSeen {
    pub page: usize,
    /// `None` when it cannot be laid over the page, and then nothing else is told but the troubles.
    pub laid: Option<SheetLaid>,
    /// What may be the reason where it lies badly.
    pub troubles: Vec<Trouble>,
    pub boxes: Vec<MarkSeen>,
    pub fields: Vec<MarkSeen>,
    /// For each field, the words that a program has laid there under the picture without ink, a line a line: what it read from it.
    pub guessed: Vec<String>,
    /// Where ink stands outside of both that was not sent, in points of the page as it was sent, from the top down.
    pub beside: Vec<Rect>,
    /// How alike its code is to each that was to be compared with it, from -1 to 1.
    pub alike: Vec<f64>,
    /// Straightened; they cross the pipe as frames of their own.
    #[serde(with = "by_number")]
    pub pictures: Vec<Png>,
}

/// What is wrong with a picture of a page.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Trouble {
    Coarse {
        dpi: f64,
    },
    /// Its sharpest edges are this wide.
    Blurred {
        edge_mm: f64,
    },
    /// This part of the page lies outside the picture.
    CutOff {
        part: f64,
    },
    /// It is so many times as wide as it should be for its height.
    Stretched {
        by: f64,
    },
    /// The page's sides meet at 90° and this.
    Skewed {
        degrees: f64,
    },
    /// Lines along the whole picture.
    Streaks {
        number: usize,
    },
}

/// How a picture lies over the page as it was sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct SheetLaid {
    /// Share of small parts of the page that stand within 0.35 mm of where they should, from 0 to 1.
    pub trust: f64,
    /// 95 of 100 of those are nearer than this, in millimetres.
    pub error_mm: f64,
    /// Corner marks that were found.
    pub marks: u8,
    /// Dots to the inch.
    pub dpi: f64,
    /// How far the page is turned in the picture, in degrees clockwise.
    pub turn: f64,
}

/// Ink that the page as sent does not have.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct MarkSeen {
    /// Whether it lies inside the picture.
    pub seen: bool,
    /// Part of the place, without its edge, with firm ink, from 0 to 1.
    pub firm: f64,
    /// Part with at least faint ink.
    pub faint: f64,
    /// Part of what surrounds a box with firm ink.
    pub ring: f64,
    /// Part of what lies straight above, below, left and right of the middle half of a box's sides: strokes that overflow at a
    /// corner do not count.
    pub sides: f64,
    /// How far the firm ink of a box reaches across and down, in parts of it without its edge; specks at the ends do not count. Of a
    /// field, the part of the millimetres across and down that hold any: a streak holds one.
    pub across: f64,
    pub down: f64,
    /// Firm ink in a field, in square millimetres.
    pub area_mm2: f64,
}

/// A picture as PNG; empty where it could not be drawn.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Png(pub Vec<u8>);

/// Pictures as their number, to be filled in from the frames that follow.
mod by_number {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::Png;

    pub fn serialize<S: Serializer>(pictures: &[Png], serializer: S) -> Result<S::Ok, S::Error> {
        pictures.len().serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Png>, D::Error> {
        // A page has far fewer fields than this.
        u16::deserialize(deserializer).map(|number| vec![Png::default(); usize::from(number)])
    }
}

/// How well a page lies over its original.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Registration {
    /// Points of the original for a point of the page.
    pub scale: f64,
    /// Quarter turns, clockwise, that were undone.
    pub turns: u8,
    /// Root mean square of what remains, in millimetres.
    pub residual_mm: f64,
    /// Part of the original's ink that the page has too, from 0 to 1.
    pub explained: f64,
    /// Part of the page's own ink, outside the places, that the original has not, from 0 to 1.
    pub foreign: f64,
    /// From user space of the page to user space of the original, as `[a b c d e f]` (ISO 32000-2 8.3.3).
    pub to_original: [f64; 6],
}

/// What is seen at a place.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct PlaceSeen {
    /// Part of the place, without its margin, that is inked and was not when sent, from 0 to 1.
    pub ink: f64,
    /// Inked pixels there, at 100 to the inch.
    pub pixels: usize,
    /// Printed text there that was not sent, a line a line. U+FFFD stands for a glyph whose character the file does not tell.
    pub printed: String,
    /// Printed text goes on beyond the place's edge, where it is not seen.
    pub cut: bool,
    /// Printed text goes on beyond the place's edge, where it is seen.
    pub beyond: bool,
    /// The same words stand in the plain text that another library reads from the page.
    pub confirmed: bool,
    /// Text that the annotations and fields over the place draw, with what their edges hide.
    pub overlaid: String,
}

/// Somewhere the page is drawn otherwise.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Difference {
    /// In points of the original.
    pub rect: Rect,
    /// The words that stood there, and those that stand there now.
    pub was: String,
    pub is: String,
    /// It lies in the margin: above, below or beside all the text that was sent.
    pub margin: bool,
}
