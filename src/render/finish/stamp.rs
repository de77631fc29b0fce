//! Stamps every page with its identity: a QR code, its text, and corner marks. After typesetting, so that pages without
//! recipient data stay equal between recipients while they are laid out.
//!
//! The stamp is an artifact (ISO 32000-2 14.8.2.2): screen readers pass over it. The same token is stored as page-piece
//! data (14.5), which costs nothing to read and stays with a page that is moved to another file.

use std::fmt::Write;

use lopdf::{Dictionary, Document, Object, ObjectId, Stream, dictionary};
use qrcode::Color;

use crate::geometry::{MM, Rect};
use crate::render::form::font::{FormFont, RESOURCE};
use crate::stamped::{CODE_BOTTOM, CODE_LEFT, CODE_SIDE, code, corner_marks};
use crate::token::{CampaignKey, PageIdentity};

const TEXT_LEFT: f64 = 40.0 * MM;
const TEXT_BOTTOM: f64 = 10.0 * MM;
const TEXT_SIZE: f64 = 6.0;

/// Stamps all pages. `campaign` and `recipient` go into each page's token.
///
/// # Errors
/// When the document's pages cannot be changed, or a token is too long for a code.
pub fn stamp(
    doc: &mut Document,
    key: &CampaignKey,
    campaign: &str,
    recipient: &str,
    font: &FormFont,
    font_id: ObjectId,
    modified: &str,
) -> Result<(), lopdf::Error> {
    for (number, page_id) in doc.get_pages() {
        let identity =
            PageIdentity { campaign: campaign.to_owned(), recipient: recipient.to_owned(), page: number as usize };
        let token = identity.token(key);
        let size = page_size(doc, page_id);
        // Half a kilobyte: setting up a compressor would cost more than all else here.
        let content = doc.add_object(Stream::new(Dictionary::new(), drawing(&token, size, font).into_bytes()));
        let resources = with_font(doc, page_id, font_id)?;
        let page = doc.get_dictionary_mut(page_id)?;
        let mut contents = match page.get(b"Contents") {
            Ok(Object::Array(streams)) => streams.clone(),
            Ok(stream) => vec![stream.clone()],
            Err(_) => Vec::new(),
        };
        contents.push(content.into());
        page.set("Contents", contents);
        page.set("Resources", resources);
        page.set("LastModified", Object::string_literal(modified));
        let data = dictionary! {
            "LastModified" => Object::string_literal(modified), "Private" => Object::string_literal(token),
        };
        page.set("PieceInfo", dictionary! { "avsikt" => data });
    }
    Ok(())
}

/// Width and height; typeset pages have a media box of their own.
fn page_size(doc: &Document, page_id: ObjectId) -> (f64, f64) {
    let media_box = doc.get_dictionary(page_id).and_then(|page| page.get(b"MediaBox")).and_then(Object::as_array).ok();
    let side = |at: usize| media_box?.get(at)?.as_float().ok().map(f64::from);
    (side(2).unwrap_or(210.0 * MM), side(3).unwrap_or(297.0 * MM))
}

/// The page's resources with the stamp's font among them.
fn with_font(doc: &Document, page_id: ObjectId, font_id: ObjectId) -> Result<Dictionary, lopdf::Error> {
    let page = doc.get_dictionary(page_id)?;
    let mut resources = match page.get(b"Resources") {
        Ok(object) => doc.dereference(object)?.1.as_dict()?.clone(),
        Err(_) => Dictionary::new(),
    };
    let mut fonts = match resources.get(b"Font") {
        Ok(object) => doc.dereference(object)?.1.as_dict()?.clone(),
        Err(_) => Dictionary::new(),
    };
    fonts.set(RESOURCE, font_id);
    resources.set("Font", fonts);
    Ok(resources)
}

fn drawing(token: &str, (width, height): (f64, f64), font: &FormFont) -> String {
    let mut out = String::from("/Artifact <</Type /Pagination>> BDC\nq 0 g\n");
    for mark in corner_marks(&Rect::new(0.0, 0.0, width, height)) {
        rectangle(&mut out, mark.x0, mark.y0, mark.width(), mark.height());
    }
    out.push_str("f\n");
    if let Ok((modules, colors)) = code(token) {
        draw_code(&mut out, modules, &colors);
    }
    let text = font.encode(token);
    writeln!(out, "BT /{RESOURCE} {TEXT_SIZE} Tf {TEXT_LEFT:.2} {TEXT_BOTTOM:.2} Td {text} Tj ET\nQ\nEMC")
        .expect("a String takes all");
    out
}

/// The code as an inline image mask (ISO 32000-2 8.9.7): one bit a module, so it is small enough to need no compression and
/// has no seams between modules.
fn draw_code(out: &mut String, modules: usize, colors: &[Color]) {
    writeln!(out, "q {CODE_SIDE:.3} 0 0 {CODE_SIDE:.3} {CODE_LEFT:.3} {CODE_BOTTOM:.3} cm")
        .expect("a String takes all");
    write!(out, "BI /W {modules} /H {modules} /IM true /F /AHx ID ").expect("a String takes all");
    for row in colors.chunks(modules) {
        for eight in row.chunks(8) {
            // A mask paints where a bit is 0; what is left of a row's last byte is not looked at.
            let light = eight.iter().enumerate().filter(|(_, color)| **color == Color::Light);
            let byte = light.fold(0u8, |byte, (at, _)| byte | 0x80 >> at);
            write!(out, "{byte:02x}").expect("a String takes all");
        }
    }
    out.push_str(">\nEI\nQ\n");
}

fn rectangle(out: &mut String, x: f64, y: f64, width: f64, height: f64) {
    writeln!(out, "{x:.3} {y:.3} {width:.3} {height:.3} re").expect("a String takes all");
}
