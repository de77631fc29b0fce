//! What happens to a filled-in declaration on its way back: fields become part of the page, pages are scaled, turned, put
//! in another order, or sent alone.

use lopdf::{Dictionary, Object, ObjectId, Stream, dictionary};

use super::returned::{Returned, references};

/// One way back. A page that is scaled is flattened first: whatever scales a page draws it anew.
#[derive(Debug, Clone, PartialEq)]
pub struct Journey {
    pub flattened: bool,
    /// Scale, and shift in points, of the page with the form.
    pub scaled: Option<(f64, f64, f64)>,
    /// `/Rotate` of the page with the form.
    pub turned: i64,
    pub pages: Pages,
    /// Whether the marks of identity that nobody sees are lost: identifier, keywords, page data.
    pub stripped: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Pages {
    All,
    /// The page with the form alone.
    Form,
    /// Every page, in the order of these keys.
    Shuffled(Vec<u8>),
}

impl Journey {
    /// Whether the page with the form is drawn anew.
    pub fn redraws(&self) -> bool {
        self.flattened || self.scaled.is_some()
    }
}

/// The file after its journey.
pub fn travel(mut returned: Returned, journey: &Journey) -> Returned {
    let page = returned.form_page();
    if journey.redraws() {
        flatten(&mut returned);
    }
    if let Some(scaled) = journey.scaled {
        scale(&mut returned, page, scaled);
    }
    if journey.turned != 0 {
        returned.dict(page).set("Rotate", journey.turned);
    }
    match &journey.pages {
        Pages::All => {}
        Pages::Form => returned.set_pages(&[page]),
        Pages::Shuffled(keys) => {
            let mut pages: Vec<(u8, ObjectId)> = keys.iter().copied().cycle().zip(returned.pages()).collect();
            pages.sort_by_key(|(key, _)| *key);
            let pages: Vec<ObjectId> = pages.into_iter().map(|(_, page)| page).collect();
            returned.set_pages(&pages);
        }
    }
    if journey.stripped {
        strip(&mut returned);
    }
    returned.pdf.prune_objects();
    returned
}

/// Draws every field into its page and removes the form.
pub fn flatten(returned: &mut Returned) {
    for page in returned.pages() {
        let annotations = returned.dict(page).get(b"Annots").and_then(Object::as_array).map(|all| all.to_vec());
        let annotations: Vec<ObjectId> = annotations.map(|all| references(&all.into())).unwrap_or_default();
        let (widgets, rest): (Vec<_>, Vec<_>) = annotations.into_iter().partition(|id| {
            let subtype = returned.pdf.get_dictionary(*id).and_then(|dict| dict.get(b"Subtype"));
            subtype.and_then(Object::as_name).is_ok_and(|name| name == b"Widget")
        });
        if widgets.is_empty() {
            continue;
        }
        let mut content = String::from("\nQ\n");
        let mut drawn = Dictionary::new();
        for (at, widget) in widgets.into_iter().enumerate() {
            let Some(appearance) = appearance(returned, widget) else { continue };
            let [a, b, c, d, e, f] = placement(returned, appearance, widget);
            content.push_str(&format!("q {a} {b} {c} {d} {e} {f} cm /Flat{at} Do Q\n"));
            drawn.set(format!("Flat{at}"), appearance);
        }
        add_xobjects(returned, page, drawn);
        wrap(returned, page, "q\n", &content);
        returned.dict(page).set("Annots", rest.into_iter().map(Object::Reference).collect::<Vec<_>>());
    }
    let catalog = returned.pdf.catalog_mut().expect("a catalog");
    catalog.remove(b"AcroForm");
}

/// The stream that a widget shows, as a form that a page can draw.
fn appearance(returned: &mut Returned, widget: ObjectId) -> Option<ObjectId> {
    let dict = returned.pdf.get_dictionary(widget).ok()?;
    let normal = returned.pdf.get_dict_in_dict(dict, b"AP").ok()?.get(b"N").ok()?;
    let (_, resolved) = returned.pdf.dereference(normal).ok()?;
    let stream = match resolved {
        Object::Dictionary(states) => states.get(dict.get(b"AS").ok()?.as_name().ok()?).ok()?.as_reference().ok()?,
        _ => normal.as_reference().ok()?,
    };
    let form = returned.pdf.get_object_mut(stream).and_then(Object::as_stream_mut).ok()?;
    form.dict.set("Type", "XObject");
    form.dict.set("Subtype", "Form");
    Some(stream)
}

/// Where an appearance is put (ISO 32000-2 12.5.5): its box, as its own matrix turns it, fills the widget's rectangle.
fn placement(returned: &Returned, appearance: ObjectId, widget: ObjectId) -> [f64; 6] {
    let form = &returned.pdf.get_object(appearance).and_then(Object::as_stream).expect("a stream").dict;
    let bounds = numbers(form.get(b"BBox").expect("an appearance has a box"));
    let matrix = form.get(b"Matrix").map_or(vec![1.0, 0.0, 0.0, 1.0, 0.0, 0.0], numbers);
    let rect = numbers(returned.pdf.get_dictionary(widget).and_then(|dict| dict.get(b"Rect")).expect("a rectangle"));
    let corners = [(0, 1), (2, 1), (0, 3), (2, 3)].map(|(x, y)| {
        let (x, y) = (bounds[x], bounds[y]);
        (matrix[0] * x + matrix[2] * y + matrix[4], matrix[1] * x + matrix[3] * y + matrix[5])
    });
    let least = |of: fn(&(f64, f64)) -> f64| corners.iter().map(of).fold(f64::INFINITY, f64::min);
    let most = |of: fn(&(f64, f64)) -> f64| corners.iter().map(of).fold(f64::NEG_INFINITY, f64::max);
    let (x0, x1, y0, y1) = (least(|c| c.0), most(|c| c.0), least(|c| c.1), most(|c| c.1));
    let ratio = |rect: f64, own: f64| if own.abs() < 1e-9 { 1.0 } else { rect / own };
    let (sx, sy) = (ratio(rect[2] - rect[0], x1 - x0), ratio(rect[3] - rect[1], y1 - y0));
    [sx, 0.0, 0.0, sy, rect[0] - sx * x0, rect[1] - sy * y0]
}

fn numbers(array: &Object) -> Vec<f64> {
    let numbers = array.as_array().expect("an array").iter();
    numbers.map(|number| f64::from(number.as_float().expect("a number"))).collect()
}

/// Gives a page resources of its own, with these to draw.
fn add_xobjects(returned: &mut Returned, page: ObjectId, drawn: Dictionary) {
    let dict = returned.pdf.get_dictionary(page).expect("a page");
    let mut resources = returned.pdf.get_dict_in_dict(dict, b"Resources").expect("resources").clone();
    let mut all = returned.pdf.get_dict_in_dict(&resources, b"XObject").cloned().unwrap_or_default();
    all.extend(&drawn);
    resources.set("XObject", all);
    returned.dict(page).set("Resources", resources);
}

/// Puts operators before and after a page's content.
fn wrap(returned: &mut Returned, page: ObjectId, before: &str, after: &str) {
    let mut stream =
        |content: &str| Object::from(returned.pdf.add_object(Stream::new(dictionary! {}, content.as_bytes().to_vec())));
    let (before, after) = (stream(before), stream(after));
    let own = returned.contents(page).into_iter().map(Object::Reference);
    let streams: Vec<Object> = [before].into_iter().chain(own).chain([after]).collect();
    returned.dict(page).set("Contents", streams);
}

/// Draws a page smaller or larger and elsewhere, as printing to PDF does; links are lost.
fn scale(returned: &mut Returned, page: ObjectId, (scale, dx, dy): (f64, f64, f64)) {
    wrap(returned, page, &format!("q {scale} 0 0 {scale} {dx} {dy} cm\n"), "\nQ\n");
    returned.dict(page).remove(b"Annots");
}

fn strip(returned: &mut Returned) {
    returned.pdf.trailer.remove(b"ID");
    returned.pdf.trailer.remove(b"Info");
    for page in returned.pages() {
        returned.dict(page).remove(b"PieceInfo");
    }
}
