//! A picture in place of a PDF: scans and photographs that came as JPEG, PNG or TIFF.
//!
//! Each picture becomes a page of a PDF that is one picture, so that everything behind here reads pages alone. JPEG goes into
//! it as it is; PNG and TIFF are decoded, since what they may hold goes beyond what a PDF can.

mod png;
mod tiff;

use std::io::Cursor;

use exif::{In, Tag};
use lopdf::{Dictionary, Document, Object, Stream, dictionary};
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;

use crate::facts::PdfProblem;
use crate::limits::Limits;

/// The longer side of a page that is made of a picture, in points: A4's. What a file says of its own size is often wrong, and
/// nothing depends on it.
const LONGER_SIDE: f64 = 842.0;

/// A kind of picture file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Jpeg,
    Png,
    Tiff,
}

impl Format {
    /// The kind of a file, by its first bytes.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        let starts = |magic: &[u8]| bytes.starts_with(magic);
        if starts(b"\xff\xd8\xff") {
            Some(Format::Jpeg)
        } else if starts(b"\x89PNG\r\n\x1a\n") {
            Some(Format::Png)
        } else if starts(b"II*\0") || starts(b"MM\0*") {
            Some(Format::Tiff)
        } else {
            None
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Format::Jpeg => "JPEG",
            Format::Png => "PNG",
            Format::Tiff => "TIFF",
        }
    }

    /// What the names of such files end with.
    pub fn endings(self) -> &'static [&'static str] {
        match self {
            Format::Jpeg => &["jpg", "jpeg", "jpe", "jfif"],
            Format::Png => &["png"],
            Format::Tiff => &["tif", "tiff"],
        }
    }
}

/// One picture of a file.
struct Picture {
    width: u32,
    height: u32,
    /// How high a pixel is for its width; fax machines write 204 dots to the inch across and 98 down.
    tall: f64,
    /// How the picture is to be held to see it upright, as Exif and TIFF count it, from 1 to 8.
    orientation: u32,
    samples: Samples,
}

/// The samples of a picture, as a PDF holds them.
enum Samples {
    /// A JPEG file with so many components.
    Jpeg(Vec<u8>, u8),
    /// Shades of grey, a byte a pixel, row by row.
    Grey(Vec<u8>),
    /// A bit a pixel, 1 is white; each row begins with a new byte.
    Bits(Vec<u8>),
}

/// The pictures of a file as the pages of a PDF.
///
/// # Errors
/// When a picture is damaged, or larger than the limits allow.
pub fn as_pdf(bytes: Vec<u8>, format: Format, limits: &Limits) -> Result<Vec<u8>, PdfProblem> {
    if bytes.len() > limits.input_bytes {
        return Err(crate::file::open::too_large_input(limits));
    }
    let pictures = match format {
        Format::Jpeg => vec![jpeg(bytes)?],
        Format::Png => vec![png::read(&bytes, limits)?],
        Format::Tiff => tiff::read(&bytes, limits)?,
    };
    let mut pdf = Document::with_version("1.7");
    let tree = pdf.new_object_id();
    let mut kids = Vec::new();
    for picture in pictures {
        let (width, height) = (f64::from(picture.width), f64::from(picture.height) * picture.tall);
        let scale = LONGER_SIDE / width.max(height);
        let (width, height) = (width * scale, height * scale);
        let (held, (across, down)) = upright(picture.orientation, width, height);
        let image = pdf.add_object(picture.into_stream());
        let matrix: Vec<String> = held.iter().map(|number| format!("{number:.3}")).collect();
        let content = format!("q {} cm /P Do Q", matrix.join(" "));
        let content = pdf.add_object(Stream::new(Dictionary::new(), content.into_bytes()));
        let page = dictionary! {
            "Type" => "Page", "Parent" => tree, "Contents" => content,
            "MediaBox" => vec![0.into(), 0.into(), Object::Real(across as f32), Object::Real(down as f32)],
            "Resources" => dictionary! { "XObject" => dictionary! { "P" => image } },
        };
        kids.push(Object::from(pdf.add_object(page)));
    }
    let count = i64::try_from(kids.len()).unwrap_or(i64::MAX);
    pdf.objects.insert(tree, dictionary! { "Type" => "Pages", "Kids" => kids, "Count" => count }.into());
    let root = pdf.add_object(dictionary! { "Type" => "Catalog", "Pages" => tree });
    pdf.trailer.set("Root", root);
    let mut written = Vec::new();
    pdf.save_to(&mut written).map_err(|error| PdfProblem::Damaged(error.to_string()))?;
    Ok(written)
}

/// Where a picture of a size goes on its page, and the page's size, for an orientation.
fn upright(orientation: u32, w: f64, h: f64) -> ([f64; 6], (f64, f64)) {
    match orientation {
        2 => ([-w, 0.0, 0.0, h, w, 0.0], (w, h)),
        3 => ([-w, 0.0, 0.0, -h, w, h], (w, h)),
        4 => ([w, 0.0, 0.0, -h, 0.0, h], (w, h)),
        5 => ([0.0, -w, -h, 0.0, h, w], (h, w)),
        6 => ([0.0, -w, h, 0.0, 0.0, w], (h, w)),
        7 => ([0.0, w, h, 0.0, 0.0, 0.0], (h, w)),
        8 => ([0.0, w, -h, 0.0, h, 0.0], (h, w)),
        _ => ([w, 0.0, 0.0, h, 0.0, 0.0], (w, h)),
    }
}

impl Picture {
    fn into_stream(self) -> Stream {
        let (bits, colours) = match &self.samples {
            Samples::Jpeg(_, 1) | Samples::Grey(_) => (8, "DeviceGray"),
            Samples::Jpeg(_, 4) => (8, "DeviceCMYK"),
            Samples::Jpeg(..) => (8, "DeviceRGB"),
            Samples::Bits(_) => (1, "DeviceGray"),
        };
        let mut dict = dictionary! {
            "Type" => "XObject", "Subtype" => "Image", "Width" => i64::from(self.width), "Height" => i64::from(self.height),
            "ColorSpace" => colours, "BitsPerComponent" => bits,
        };
        let bytes = match self.samples {
            Samples::Jpeg(bytes, _) => {
                dict.set("Filter", "DCTDecode");
                bytes
            }
            Samples::Grey(bytes) | Samples::Bits(bytes) => bytes,
        };
        Stream::new(dict, bytes).with_compression(false)
    }
}

fn jpeg(bytes: Vec<u8>) -> Result<Picture, PdfProblem> {
    let mut decoder = JpegDecoder::new(ZCursor::new(bytes.as_slice()));
    // The library's own words are for programmers.
    let damaged = || PdfProblem::Damaged("the JPEG picture has no header that can be read".into());
    decoder.decode_headers().map_err(|_| damaged())?;
    let info = decoder.info().ok_or_else(damaged)?;
    let exif = exif::Reader::new().read_from_container(&mut Cursor::new(&bytes)).ok();
    let orientation = exif.and_then(|exif| exif.get_field(Tag::Orientation, In::PRIMARY)?.value.get_uint(0));
    Ok(Picture {
        width: info.width.into(),
        height: info.height.into(),
        // Fax machines write no JPEG.
        tall: 1.0,
        orientation: orientation.unwrap_or(1),
        samples: Samples::Jpeg(bytes, info.components),
    })
}

/// How high a pixel is for its width, by the dots to the inch across and down. Only a fax's is taken: other figures are
/// more often wrong than true.
fn tall(across: f64, down: f64) -> f64 {
    let tall = across / down;
    if (1.8..2.2).contains(&tall) { tall } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_orientation_shows_the_corner_that_is_up_and_left() {
        // Exif 2.32, 4.6.4: what the first row and the first column of the samples are.
        let (w, h) = (30.0, 20.0);
        let corners = [(1, "tl"), (2, "tr"), (3, "br"), (4, "bl"), (5, "tl"), (6, "tr"), (7, "br"), (8, "bl")];
        for (orientation, corner) in corners {
            let ([a, b, c, d, e, f], (across, down)) = upright(orientation, w, h);
            // The first sample lies at the upper left of the unit square (ISO 32000-2 8.9.5.2).
            let (x, y) = (c + e, d + f);
            let told =
                format!("{}{}", if y > down / 2.0 { "t" } else { "b" }, if x < across / 2.0 { "l" } else { "r" });
            assert_eq!(told, corner, "orientation {orientation}");
            let mirrored = a * d - b * c < 0.0;
            assert_eq!(mirrored, [2, 4, 5, 7].contains(&orientation), "orientation {orientation}");
            assert_eq!((across, down), if orientation < 5 { (w, h) } else { (h, w) });
        }
    }

    #[test]
    fn a_jpeg_goes_in_as_it_is_and_is_turned_as_it_was_held() {
        let sideways = include_bytes!("../../samples/held-sideways.jpg").to_vec();
        let picture = jpeg(sideways.clone()).expect("it can be read");
        assert_eq!((picture.width, picture.height, picture.orientation, picture.tall), (45, 20, 6, 1.0));
        assert!(matches!(&picture.samples, Samples::Jpeg(bytes, 1) if *bytes == sideways));
        let colour = jpeg(include_bytes!("../../samples/colour.jpg").to_vec()).expect("it can be read");
        assert_eq!((colour.width, colour.height, colour.orientation), (45, 20, 1));
        assert!(matches!(colour.samples, Samples::Jpeg(_, 3)));

        let (limits, passwords) = (Limits::default(), crate::passwords::Passwords::default());
        let file = crate::OpenFile::open(sideways.clone(), &limits, &passwords).expect("it becomes a PDF");
        assert_eq!(file.facts().expect("it has facts").pages.len(), 1);
        for length in 0..sideways.len() {
            let _ = as_pdf(sideways[..length].to_vec(), Format::Jpeg, &limits);
        }
    }
}
