//! PNG (ISO/IEC 15948), as shades of grey.

use std::io::Cursor;

use png::{ColorType, Decoder, Transformations};

use super::{Picture, Samples, tall};
use crate::facts::PdfProblem;
use crate::image::raster;
use crate::limits::Limits;

pub(super) fn read(bytes: &[u8], limits: &Limits) -> Result<Picture, PdfProblem> {
    let damaged = |error: png::DecodingError| PdfProblem::Damaged(format!("the PNG picture cannot be read: {error}"));
    let mut decoder = Decoder::new(Cursor::new(bytes));
    decoder.set_transformations(Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().map_err(damaged)?;
    let info = reader.info();
    limits.pixels_allowed(info.width, info.height)?;
    let dots = info.pixel_dims.map_or((1, 1), |dots| (dots.xppu, dots.yppu));
    let mut samples = vec![0; reader.output_buffer_size().unwrap_or(0)];
    let frame = reader.next_frame(&mut samples).map_err(damaged)?;
    samples.truncate(frame.buffer_size());
    let over_paper = |shade: u8, alpha: u8| {
        let (shade, alpha) = (u16::from(shade), u16::from(alpha));
        ((shade * alpha + 255 * (255 - alpha)) / 255) as u8
    };
    let grey = match frame.color_type {
        ColorType::Grayscale => samples,
        ColorType::GrayscaleAlpha => samples.chunks_exact(2).map(|pixel| over_paper(pixel[0], pixel[1])).collect(),
        ColorType::Rgba => samples.chunks_exact(4).map(|pixel| over_paper(raster::luma(pixel), pixel[3])).collect(),
        ColorType::Rgb | ColorType::Indexed => samples.chunks_exact(3).map(raster::luma).collect(),
    };
    Ok(Picture {
        width: frame.width,
        height: frame.height,
        tall: tall(dots.0.into(), dots.1.into()),
        orientation: 1,
        samples: Samples::Grey(grey),
    })
}
