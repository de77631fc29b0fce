//! What a typeset page looks like, as a digest: every run of text, shape and picture with its place.
//!
//! The content of a PDF page is no measure of that: glyphs are numbered in the order in which the whole document uses
//! them, so a name on the first page changes the bytes of all others. Works on Typst's frames, before they are exported, and
//! writes each item down by `encoder`.

use typst::foundations::Repr;
use typst::layout::{Abs, Frame, FrameItem, Point, Ratio};
use typst::text::{FontStyle, TextItem};
use typst::visualize::{
    Curve, CurveItem, FillRule, FixedStroke, Geometry, Image, ImageKind, LineCap, LineJoin, Paint, Shape,
};

use crate::encoder::Encoder;

/// The digest of one page, in hexadecimal.
pub fn digest(page: &Frame) -> String {
    let mut to = Encoder::default();
    to.numbers([page.width().to_pt(), page.height().to_pt()]);
    frame(page, &mut to);
    to.digest()
}

fn frame(frame: &Frame, to: &mut Encoder) {
    for (at, item) in frame.items() {
        match item {
            FrameItem::Group(group) => {
                let t = &group.transform;
                point(to.tag(0), *at)
                    .numbers([t.sx, t.ky, t.kx, t.sy].map(Ratio::get))
                    .numbers([t.tx, t.ty].map(Abs::to_pt));
                optional(group.clip.as_ref(), to, curve);
                self::frame(&group.frame, to);
                // The group's end: what follows is no longer moved and clipped.
                to.tag(1);
            }
            FrameItem::Text(text) => run(text, point(to.tag(2), *at)),
            FrameItem::Shape(drawn, _) => shape(drawn, point(to.tag(3), *at)),
            FrameItem::Image(image, size, _) => {
                point(to.tag(4), *at).numbers([size.x.to_pt(), size.y.to_pt()]);
                picture(image, to);
            }
            FrameItem::Link(..) | FrameItem::Tag(_) => {}
        }
    }
}

fn point(to: &mut Encoder, point: Point) -> &mut Encoder {
    to.numbers([point.x.to_pt(), point.y.to_pt()])
}

/// 1 and the value, or 0.
fn optional<T>(value: Option<&T>, to: &mut Encoder, write: impl Fn(&T, &mut Encoder)) {
    match value {
        Some(value) => write(value, to.tag(1)),
        None => _ = to.tag(0),
    }
}

/// Without the glyphs' places in the source, which move when the style is edited elsewhere.
fn run(text: &TextItem, to: &mut Encoder) {
    let font = text.font.info();
    let style = match font.variant.style {
        FontStyle::Normal => 0,
        FontStyle::Italic => 1,
        FontStyle::Oblique => 2,
    };
    to.text(font.family.as_str()).tag(style).integer(font.variant.weight.to_number().into());
    to.number(font.variant.stretch.to_ratio().get()).number(text.size.to_pt());
    paint(&text.fill, to);
    optional(text.stroke.as_ref(), to, stroke);
    to.integer(text.glyphs.len() as u64);
    for glyph in &text.glyphs {
        to.integer(glyph.id.into());
        to.numbers([glyph.x_advance, glyph.x_offset, glyph.y_advance, glyph.y_offset].map(|em| em.get()));
    }
}

/// By Typst's own notation, which a style is written in too.
fn paint(paint: &Paint, to: &mut Encoder) {
    to.text(&paint.repr());
}

fn stroke(stroke: &FixedStroke, to: &mut Encoder) {
    paint(&stroke.paint, to);
    to.number(stroke.thickness.to_pt()).number(stroke.miter_limit.get());
    to.tag(match stroke.cap {
        LineCap::Butt => 0,
        LineCap::Round => 1,
        LineCap::Square => 2,
    });
    to.tag(match stroke.join {
        LineJoin::Miter => 0,
        LineJoin::Round => 1,
        LineJoin::Bevel => 2,
    });
    optional(stroke.dash.as_ref(), to, |dash, to| {
        to.number(dash.phase.to_pt())
            .integer(dash.array.len() as u64)
            .numbers(dash.array.iter().map(|length| length.to_pt()));
    });
}

fn shape(shape: &Shape, to: &mut Encoder) {
    match &shape.geometry {
        Geometry::Line(end) => _ = point(to.tag(0), *end),
        Geometry::Rect(size) => _ = to.tag(1).numbers([size.x.to_pt(), size.y.to_pt()]),
        Geometry::Curve(drawn) => curve(drawn, to.tag(2)),
    }
    optional(shape.fill.as_ref(), to, paint);
    to.tag(match shape.fill_rule {
        FillRule::NonZero => 0,
        FillRule::EvenOdd => 1,
    });
    optional(shape.stroke.as_ref(), to, stroke);
}

fn curve(curve: &Curve, to: &mut Encoder) {
    to.integer(curve.0.len() as u64);
    for item in &curve.0 {
        match item {
            CurveItem::Move(at) => _ = point(to.tag(0), *at),
            CurveItem::Line(at) => _ = point(to.tag(1), *at),
            CurveItem::Cubic(a, b, c) => _ = point(point(point(to.tag(2), *a), *b), *c),
            CurveItem::Close => _ = to.tag(3),
        }
    }
}

fn picture(image: &Image, to: &mut Encoder) {
    match image.kind() {
        ImageKind::Raster(raster) => _ = to.tag(0).bytes(raster.data()),
        ImageKind::Svg(svg) => _ = to.tag(1).bytes(svg.data()),
        ImageKind::Pdf(_) => _ = to.tag(2),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use typst::layout::Size;
    use typst::syntax::Span;
    use typst::visualize::Color;

    /// Frozen: a digest that changes makes every declaration that was sent look changed.
    #[test]
    fn the_digest_of_a_page_is_frozen() {
        let mut page = Frame::hard(Size::new(Abs::pt(595.0), Abs::pt(842.0)));
        let line = Geometry::Line(Point::new(Abs::pt(10.0), Abs::zero()));
        let stroked = line.stroked(FixedStroke::from_pair(Color::BLACK, Abs::pt(0.5)));
        page.push(Point::new(Abs::pt(1.0), Abs::pt(2.0)), FrameItem::Shape(stroked, Span::detached()));
        let filled = Geometry::Rect(Size::splat(Abs::pt(3.0))).filled(Color::from_u8(0, 90, 160, 255));
        page.push(Point::zero(), FrameItem::Shape(filled, Span::detached()));
        assert_eq!(digest(&page), "671ff3ae357dda55b020656a2d433b6c");
    }
}
