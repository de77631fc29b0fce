//! TIFF 6.0, of several pages: what scanners and fax machines write.
//!
//! The strips of Group 3 and Group 4 faxes (ITU-T T.4, T.6) are decoded here, since the library reads no Group 3; the rest is
//! the library's.

use std::io::Cursor;

use hayro_ccitt::{DecodeSettings, Decoder as RowSink, DecoderContext, EncodingMode};
use tiff::ColorType;
use tiff::decoder::ifd::Value;
use tiff::decoder::{Decoder, DecodingResult, Limits as TiffLimits};
use tiff::tags::Tag;

use super::{Picture, Samples, tall};
use crate::facts::PdfProblem;
use crate::image::raster;
use crate::limits::Limits;

/// Codes of `Compression`.
const HUFFMAN: u32 = 2;
const GROUP_3: u32 = 3;
const GROUP_4: u32 = 4;
/// Bytes of all pages' samples together.
const ALL_SAMPLES: usize = 256 << 20;

type File<'b> = Decoder<Cursor<&'b [u8]>>;

pub(super) fn read(bytes: &[u8], limits: &Limits) -> Result<Vec<Picture>, PdfProblem> {
    let mut own = TiffLimits::default();
    own.decoding_buffer_size = limits.stream_bytes.saturating_mul(16);
    let mut file = Decoder::new(Cursor::new(bytes)).map_err(|error| damaged(&error))?.with_limits(own);
    let (mut pictures, mut spent): (Vec<Picture>, usize) = (Vec::new(), 0);
    loop {
        if pictures.len() == limits.sheets {
            return Err(PdfProblem::TooLarge(format!("a TIFF of over {} pages", limits.sheets)));
        }
        let picture = page(&mut file, bytes, limits)?;
        spent += picture.samples.len();
        if spent > ALL_SAMPLES {
            return Err(PdfProblem::TooLarge(format!("its pictures unpack to over {}", Limits::in_words(ALL_SAMPLES))));
        }
        pictures.push(picture);
        if !file.more_images() {
            return Ok(pictures);
        }
        file.next_image().map_err(|error| damaged(&error))?;
    }
}

fn damaged(why: &dyn ToString) -> PdfProblem {
    PdfProblem::Damaged(format!("the TIFF picture cannot be read: {}", why.to_string()))
}

fn page(file: &mut File<'_>, bytes: &[u8], limits: &Limits) -> Result<Picture, PdfProblem> {
    let (width, height) = file.dimensions().map_err(|error| damaged(&error))?;
    limits.pixels_allowed(width, height)?;
    let mut number = |tag| file.find_tag_unsigned::<u32>(tag).ok().flatten();
    let (compression, orientation) = (number(Tag::Compression).unwrap_or(1), number(Tag::Orientation).unwrap_or(1));
    let mut dots = |tag| match file.find_tag(tag) {
        Ok(Some(Value::Rational(dots, of))) if of > 0 => f64::from(dots) / f64::from(of),
        _ => 1.0,
    };
    let tall = tall(dots(Tag::XResolution), dots(Tag::YResolution));
    let samples = match compression {
        HUFFMAN | GROUP_3 | GROUP_4 => Samples::Bits(fax(file, bytes, compression, (width, height))?),
        _ => grey(file, (width, height))?,
    };
    Ok(Picture { width, height, tall, orientation, samples })
}

impl Samples {
    fn len(&self) -> usize {
        match self {
            Samples::Jpeg(bytes, _) | Samples::Grey(bytes) | Samples::Bits(bytes) => bytes.len(),
        }
    }
}

/// Shades of grey of what is no fax.
fn grey(file: &mut File<'_>, (width, height): (u32, u32)) -> Result<Samples, PdfProblem> {
    let colours = file.colortype().map_err(|error| damaged(&error))?;
    let samples = match file.read_image().map_err(|error| damaged(&error))? {
        DecodingResult::U8(samples) => samples,
        DecodingResult::U16(samples) => samples.into_iter().map(|sample| (sample >> 8) as u8).collect(),
        _ => return Err(damaged(&"its samples are neither of 8 nor of 16 bits")),
    };
    let pixels: Vec<u8> = match colours {
        ColorType::Gray(1) => {
            return Ok(Samples::Bits(samples));
        }
        ColorType::Gray(_) => samples,
        ColorType::GrayA(_) => samples.chunks_exact(2).map(|pixel| pixel[0]).collect(),
        ColorType::RGB(_) => samples.chunks_exact(3).map(raster::luma).collect(),
        ColorType::RGBA(_) => samples.chunks_exact(4).map(raster::luma).collect(),
        ColorType::YCbCr(_) => samples.chunks_exact(3).map(|pixel| pixel[0]).collect(),
        other => return Err(damaged(&format!("colours of the kind {other:?} are not read"))),
    };
    if pixels.len() != width as usize * height as usize {
        return Err(damaged(&"its samples are not those of its size"));
    }
    Ok(Samples::Grey(pixels))
}

/// The bits of a fax's strips, 1 is white.
fn fax(
    file: &mut File<'_>,
    bytes: &[u8],
    compression: u32,
    (width, height): (u32, u32),
) -> Result<Vec<u8>, PdfProblem> {
    let mut number = |tag| file.find_tag_unsigned::<u32>(tag).ok().flatten();
    let options = number(if compression == GROUP_4 { Tag::Unknown(293) } else { Tag::Unknown(292) }).unwrap_or(0);
    let low_bits_first = number(Tag::FillOrder) == Some(2);
    let white_is_zero = number(Tag::PhotometricInterpretation).unwrap_or(0) == 0;
    let rows_a_strip = number(Tag::RowsPerStrip).unwrap_or(height).clamp(1, height.max(1));
    let mut list = |tag| file.get_tag_u32_vec(tag).map_err(|error| damaged(&error));
    let (offsets, lengths) = (list(Tag::StripOffsets)?, list(Tag::StripByteCounts)?);
    let encoding = match compression {
        GROUP_4 => EncodingMode::Group4,
        GROUP_3 if options & 1 != 0 => EncodingMode::Group3_2D,
        _ => EncodingMode::Group3_1D,
    };
    let mut rows = Rows { width: width as usize, most: height as usize, count: 0, bits: Vec::new(), white_is_zero };
    for (strip, (offset, length)) in offsets.iter().zip(&lengths).enumerate() {
        let first = strip as u32 * rows_a_strip;
        let Some(left) = height.checked_sub(first).filter(|left| *left > 0) else { break };
        let end = (*offset as usize).saturating_add(*length as usize).min(bytes.len());
        let Some(strip) = bytes.get(*offset as usize..end) else {
            return Err(damaged(&"a strip lies outside the file"));
        };
        let turned: Vec<u8>;
        let strip = match low_bits_first {
            true => {
                turned = strip.iter().map(|byte| byte.reverse_bits()).collect();
                &turned
            }
            false => strip,
        };
        let settings = DecodeSettings {
            columns: width,
            rows: rows_a_strip.min(left),
            end_of_block: compression != HUFFMAN,
            end_of_line: compression == GROUP_3,
            rows_are_byte_aligned: compression == HUFFMAN,
            encoding,
            strict: false,
        };
        // What could be decoded of a torn strip is kept; the rows that are missing stay white and lie over no page.
        let _ = hayro_ccitt::decode(strip, &mut rows, &mut DecoderContext::new(settings));
        rows.fill_to((first + rows_a_strip.min(left)) as usize);
    }
    rows.fill_to(height as usize);
    Ok(rows.bits)
}

/// Rows of bits as they are decoded.
struct Rows {
    width: usize,
    most: usize,
    count: usize,
    bits: Vec<u8>,
    white_is_zero: bool,
}

impl Rows {
    /// Adds white rows until there are so many.
    fn fill_to(&mut self, rows: usize) {
        let rows = rows.min(self.most);
        if rows > self.count {
            self.bits.resize(rows * self.width.div_ceil(8), 0xff);
            self.count = rows;
        }
    }
}

impl RowSink for Rows {
    fn push_row(&mut self, changes: &[u32]) {
        if self.count == self.most {
            return;
        }
        let (background, ink) = if self.white_is_zero { (0xff, false) } else { (0, true) };
        let start = self.bits.len();
        self.bits.resize(start + self.width.div_ceil(8), background);
        for run in changes.chunks(2) {
            let end = run.get(1).map_or(self.width, |end| *end as usize).min(self.width);
            for at in run[0] as usize..end {
                let bit = 0x80 >> (at % 8);
                let byte = &mut self.bits[start + at / 8];
                if ink { *byte |= bit } else { *byte &= !bit }
            }
        }
        self.count += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What every sample shows, as shades: two strokes of a frame and a diagonal. They were written by libtiff.
    fn drawn(x: usize, y: usize) -> u8 {
        let frame = (2..4).contains(&y) && (3..40).contains(&x) || (3..18).contains(&y) && (3..5).contains(&x);
        if frame || x == 2 * y % 45 { 0 } else { 255 }
    }

    fn shades(picture: &Picture) -> Vec<u8> {
        let width = picture.width as usize;
        match &picture.samples {
            Samples::Grey(grey) => grey.clone(),
            Samples::Bits(bits) => {
                let row = |row: &[u8]| {
                    (0..width).map(|x| if row[x / 8] & (0x80 >> (x % 8)) == 0 { 0 } else { 255 }).collect()
                };
                bits.chunks(width.div_ceil(8)).flat_map(|bytes| -> Vec<u8> { row(bytes) }).collect()
            }
            Samples::Jpeg(..) => Vec::new(),
        }
    }

    fn pages(bytes: &[u8]) -> Vec<Picture> {
        read(bytes, &Limits::default()).expect("it can be read")
    }

    macro_rules! sample {
        ($name:literal) => {
            ($name, include_bytes!(concat!("../../samples/", $name)).as_slice())
        };
    }

    #[test]
    fn every_way_of_packing_gives_the_same_picture() {
        let samples = [
            sample!("group3.tif"),
            sample!("group3-2d.tif"),
            sample!("strips.tif"),
            sample!("group4.tif"),
            sample!("group4-lsb.tif"),
            sample!("huffman.tif"),
            sample!("lzw.tif"),
            sample!("packbits.tif"),
            sample!("white-is-zero.tif"),
            sample!("rgb.tif"),
            sample!("rgb-jpeg.tif"),
        ];
        for (name, bytes) in samples {
            let pages = pages(bytes);
            assert_eq!((pages.len(), pages[0].width, pages[0].height), (1, 45, 20), "{name}");
            let shades = shades(&pages[0]);
            assert_eq!(shades.len(), 45 * 20, "{name}");
            // JPEG loses a little.
            let within = if name.contains("jpeg") { 60 } else { 0 };
            let off = (0..shades.len()).filter(|at| shades[*at].abs_diff(drawn(at % 45, at / 45)) > within).count();
            assert_eq!(off, 0, "{name}");
        }
    }

    #[test]
    fn pages_follow_each_other_and_a_fax_is_stretched() {
        let two = pages(sample!("two-pages.tif").1);
        assert_eq!(two.len(), 2);
        let (first, second) = (shades(&two[0]), shades(&two[1]));
        let mirrored: Vec<u8> = second.chunks(45).flat_map(|row| row.iter().rev().copied()).collect();
        assert_eq!(first, mirrored);
        assert!((pages(sample!("group3.tif").1)[0].tall - 204.0 / 98.0).abs() < 1e-9);
        assert_eq!(pages(sample!("group4.tif").1)[0].tall, 1.0);
    }

    #[test]
    fn what_is_not_read_is_told() {
        let why =
            |bytes: &[u8], limits: &Limits| read(bytes, limits).map(|pages| pages.len()).expect_err("it is not read");
        assert!(
            matches!(why(sample!("palette.tif").1, &Limits::default()), PdfProblem::Damaged(why) if why.contains("Palette"))
        );
        let few = Limits { pixels: 100, ..Limits::default() };
        assert!(matches!(why(sample!("group3.tif").1, &few), PdfProblem::TooLarge(_)));
        let one = Limits { sheets: 1, ..Limits::default() };
        assert!(matches!(why(sample!("two-pages.tif").1, &one), PdfProblem::TooLarge(_)));
        for (_, bytes) in [sample!("group3.tif"), sample!("lzw.tif"), sample!("rgb-jpeg.tif")] {
            for length in 0..bytes.len() {
                let _ = read(&bytes[..length], &Limits::default());
            }
        }
    }
}
