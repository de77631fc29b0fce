//! Scanned pages. The scanner stands here: a page is drawn, turned, shifted and put into a PDF as one picture.

use avsikt::answer::document::{IdentityStatus, Ink, Outcome, Status};
use avsikt::geometry::Rect;
use avsikt::pdf::raster::pictures;
use lopdf::{Document, Object, Stream, dictionary};
use tiff::encoder::colortype::Gray8;
use tiff::encoder::{Rational, TiffEncoder};
use tiff::tags::ResolutionUnit;

use crate::support::sent::{binding, codes};

/// A picture in shades of grey: width, height, pixels row by row.
type Grey = (usize, usize, Vec<u8>);

/// The page with the form as it was sent to a recipient.
fn form_page(code: &str, dpi: f64) -> Grey {
    let picture = pictures(&binding().pdf(code), dpi).expect("it is ours").pop().expect("the form is the last page");
    let pixels = picture.rgb.chunks(3).map(|rgb| rgb[1]).collect();
    (picture.width, picture.height, pixels)
}

/// Turned by degrees around its middle, at a scale; what comes in from outside is the scanner's lid.
fn turned((width, height, pixels): &Grey, degrees: f64, scale: f64) -> Grey {
    let (sin, cos) = degrees.to_radians().sin_cos();
    let (cx, cy) = (*width as f64 / 2.0, *height as f64 / 2.0);
    let shade = |x: isize, y: isize| {
        let inside = x >= 0 && y >= 0 && x < *width as isize && y < *height as isize;
        if inside { f64::from(pixels[y as usize * width + x as usize]) } else { 240.0 }
    };
    let at = |at: usize| {
        let (dx, dy) = ((at % width) as f64 - cx, (at / width) as f64 - cy);
        let (x, y) = (cx + (dx * cos + dy * sin) / scale, cy + (dy * cos - dx * sin) / scale);
        let (left, top) = (x.floor(), y.floor());
        let (right, below) = (x - left, y - top);
        let (left, top) = (left as isize, top as isize);
        let upper = shade(left, top) * (1.0 - right) + shade(left + 1, top) * right;
        let lower = shade(left, top + 1) * (1.0 - right) + shade(left + 1, top + 1) * right;
        (upper * (1.0 - below) + lower * below) as u8
    };
    (*width, *height, (0..width * height).map(at).collect())
}

/// A PDF of pictures, each as large as its page.
fn scanned(pages: &[Grey], dpi: f64) -> Vec<u8> {
    let mut pdf = Document::with_version("1.7");
    let tree = pdf.new_object_id();
    let kids: Vec<Object> = pages
        .iter()
        .map(|(width, height, pixels)| {
            let size = |pixels: usize| pixels as f32 * 72.0 / dpi as f32;
            let picture = dictionary! {
                "Type" => "XObject", "Subtype" => "Image", "Width" => *width as i64, "Height" => *height as i64,
                "ColorSpace" => "DeviceGray", "BitsPerComponent" => 8,
            };
            let picture = pdf.add_object(Stream::new(picture, pixels.clone()));
            let content = format!("q {} 0 0 {} 0 0 cm /P Do Q", size(*width), size(*height));
            let content = pdf.add_object(Stream::new(dictionary! {}, content.into_bytes()));
            let page = dictionary! {
                "Type" => "Page", "Parent" => tree, "Contents" => content,
                "MediaBox" => vec![0.into(), 0.into(), size(*width).into(), size(*height).into()],
                "Resources" => dictionary! { "XObject" => dictionary! { "P" => picture } },
            };
            pdf.add_object(page).into()
        })
        .collect();
    let count = kids.len() as i64;
    pdf.objects.insert(tree, dictionary! { "Type" => "Pages", "Kids" => kids, "Count" => count }.into());
    let root = pdf.add_object(dictionary! { "Type" => "Catalog", "Pages" => tree });
    pdf.trailer.set("Root", root);
    let mut bytes = Vec::new();
    pdf.save_to(&mut bytes).expect("it can be written");
    bytes
}

#[test]
fn a_scan_is_known_by_its_code_and_goes_to_a_person() {
    for (degrees, scale) in [(0.0, 1.0), (1.5, 0.97), (181.0, 1.0)] {
        let page = turned(&form_page("18", 150.0), degrees, scale);
        let document = binding().read(&scanned(&[page], 150.0));
        assert_eq!(document.recipient.as_deref(), Some("18"), "{degrees}°: {:?}", document.findings);
        assert_eq!(document.identity.status, IdentityStatus::Authentic);
        assert_eq!(document.identity.by, ["page-code"]);
        assert_eq!(document.outcome, Outcome::Review);
        assert_eq!((document.choice.value, document.choice.status), (None, Status::Empty));
        let told = document.findings.iter().find(|finding| finding.code.name() == "on-paper").expect("it is told");
        let detail = told.detail.as_deref().expect("it is measured");
        let percent = detail.split(" % of the page").next().and_then(|before| before.rsplit(' ').next());
        let percent: f64 = percent.and_then(|number| number.parse().ok()).expect("a share of the page");
        assert!(percent >= 90.0, "{detail}");
    }
}

fn png((width, height, pixels): &Grey) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, *width as u32, *height as u32);
    encoder.set_color(png::ColorType::Grayscale);
    let mut writer = encoder.write_header().expect("it can be written");
    writer.write_image_data(pixels).expect("it can be written");
    writer.finish().expect("it can be written");
    bytes
}

/// A TIFF of pages with so many dots to the inch across and down.
fn tiff(pages: &[Grey], (across, down): (u32, u32)) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let mut encoder = TiffEncoder::new(&mut bytes).expect("it can be written");
    for (width, height, pixels) in pages {
        let mut page = encoder.new_image::<Gray8>(*width as u32, *height as u32).expect("it can be written");
        page.resolution_unit(ResolutionUnit::Inch);
        page.x_resolution(Rational { n: across, d: 1 });
        page.y_resolution(Rational { n: down, d: 1 });
        page.write_data(pixels).expect("it can be written");
    }
    bytes.into_inner()
}

#[test]
fn a_picture_in_place_of_a_pdf_is_read_like_one() {
    let (width, height, pixels) = turned(&form_page("18", 204.0), 0.7, 0.98);
    // A fax has half as many lines, each as high as two; what is dark is black.
    let pairs = pixels.chunks_exact(2 * width).map(|pair| pair.split_at(width));
    let bit = |(a, b): (&u8, &u8)| if u16::from(*a) + u16::from(*b) > 280 { 255 } else { 0 };
    let fax: Vec<u8> = pairs.flat_map(|(upper, lower)| upper.iter().zip(lower).map(bit)).collect();
    let letter = turned(&(width, height, vec![250; width * height]), 0.0, 1.0);
    let page = (width, height, pixels);
    let mirrored: Vec<u8> = page.2.chunks(width).flat_map(|row| row.iter().rev().copied()).collect();
    for (name, bytes) in [
        ("svar.png", png(&page)),
        ("svar.tif", tiff(&[letter, page], (204, 204))),
        ("fax.tiff", tiff(&[(width, height / 2, fax)], (204, 98))),
    ] {
        let document = binding().read_as(name, &bytes);
        assert_eq!(document.recipient.as_deref(), Some("18"), "{name}: {:?}", document.findings);
        assert_eq!((document.kind.as_str(), document.outcome), ("picture", Outcome::Review), "{name}");
        assert!(codes(&document).contains(&"on-paper"), "{name}: {:?}", document.findings);
        assert!(!codes(&document).contains(&"scan-not-registered"), "{name}: {:?}", document.findings);
    }
    // Nobody's paper looks so, and a mirrored mark would stand in the wrong box.
    let document = binding().read_as("speglad.png", &png(&(width, height, mirrored)));
    assert_eq!(document.outcome, Outcome::Review);
    assert!(document.findings.iter().all(|finding| finding.code.name() != "on-paper"), "{:?}", document.findings);
}

#[test]
fn a_picture_that_shows_no_form_is_for_a_person() {
    let letter = (1200, 1700, vec![250; 1200 * 1700]);
    let document = binding().read_as("brev.png", &png(&letter));
    assert_eq!((codes(&document).as_slice(), document.outcome), (&["identity-unverified"][..], Outcome::Review));
    // A logo of a mail's signature is no page.
    let logo = (200, 80, vec![90; 16_000]);
    let document = binding().read_as("logga.png", &png(&logo));
    assert_eq!((codes(&document).as_slice(), document.outcome), (&["not-a-declaration"][..], Outcome::Rejected));
    let torn = &png(&letter)[..700];
    let document = binding().read_as("trasig.png", torn);
    assert_eq!((codes(&document).as_slice(), document.outcome), (&["damaged"][..], Outcome::Rejected));
}

/// A stroke of a pen half a millimetre wide between two points, in millimetres from the lower left corner of a place.
fn stroke((width, height, pixels): &mut Grey, dpi: f64, place: &Rect, points: [(f64, f64); 2]) {
    let dots = dpi / 25.4;
    let [from, to] =
        points.map(|(x, y)| (place.x0 / 72.0 * dpi + x * dots, *height as f64 - place.y0 / 72.0 * dpi - y * dots));
    let steps = 200;
    for step in 0..=steps {
        let part = f64::from(step) / f64::from(steps);
        let (x, y) = (from.0 + (to.0 - from.0) * part, from.1 + (to.1 - from.1) * part);
        let reach = (0.25 * dots).ceil() as usize;
        for row in y as usize - reach..=y as usize + reach {
            pixels[row * *width + x as usize - reach..=row * *width + x as usize + reach].fill(40);
        }
    }
}

/// A field, one of its places, and the ends of a stroke there.
type Stroke = (&'static str, usize, [(f64, f64); 2]);

/// The form with strokes in some of its fields' places, scanned a little askew.
fn marked(strokes: &[Stroke]) -> avsikt::answer::document::Document {
    let mut page = form_page("18", 200.0);
    for (field, place, points) in strokes {
        let field = binding().sent_to("18").fields.iter().find(|found| found.name.as_str() == *field);
        stroke(&mut page, 200.0, &field.expect("it has one").places[*place].rect, *points);
    }
    binding().read(&scanned(&[turned(&page, 0.6, 0.99)], 200.0))
}

const UP: [(f64, f64); 2] = [(0.7, 0.7), (4.3, 4.3)];
const DOWN: [(f64, f64); 2] = [(0.7, 4.3), (4.3, 0.7)];

#[test]
fn a_marked_box_is_read_and_a_doubtful_one_is_not() {
    let clear = marked(&[("avsikt", 0, UP), ("avsikt", 0, DOWN), ("titel", 0, [(3.0, 4.0), (30.0, 5.0)])]);
    assert_eq!((clear.choice.value.as_deref(), clear.choice.status), (Some("ja"), Status::Single));
    assert_eq!(clear.choice.layers, ["paper"]);
    let (title, phone) = (&clear.fields["titel"], &clear.fields["telefon"]);
    assert_eq!((title.value.as_deref(), title.status, phone.status), (None, Status::Review, Status::Empty));
    assert!(codes(&clear).contains(&"written-by-hand"));
    let other = marked(&[("avsikt", 1, UP), ("avsikt", 1, DOWN)]);
    assert_eq!(other.choice.value.as_deref(), Some("nej"));

    let both = marked(&[("avsikt", 0, UP), ("avsikt", 0, DOWN), ("avsikt", 1, UP), ("avsikt", 1, DOWN)]);
    assert_eq!((both.choice.value.as_deref(), both.choice.candidates.len()), (None, 2));
    assert!(codes(&both).contains(&"choice-both"), "{:?}", both.findings);

    // A short stroke: a slip, or a mark that went wrong.
    let slip = marked(&[("avsikt", 0, [(2.0, 2.0), (3.0, 2.6)])]);
    assert_eq!((slip.choice.value.as_deref(), slip.choice.status), (None, Status::Review));
    assert!(codes(&slip).contains(&"mark-unclear"), "{:?}", slip.findings);
    // Scribbled over far beyond the box.
    let over: Vec<_> =
        (0..12).map(|at| ("avsikt", 0, [(-2.4, f64::from(at) * 0.6 - 1.0), (7.4, f64::from(at) * 0.6)])).collect();
    let over = marked(&[over, vec![("avsikt", 1, UP), ("avsikt", 1, DOWN)]].concat());
    assert_eq!((over.choice.value, over.choice.status), (None, Status::Review));
}

/// A signature: strokes up and down.
fn signed() -> Vec<Stroke> {
    let at = |x: f64| {
        (
            "namnteckning",
            0,
            [(x, if x % 8.0 < 4.0 { 5.0 } else { 11.0 }), (x + 4.0, if x % 8.0 < 4.0 { 11.0 } else { 5.0 })],
        )
    };
    (0..8).map(|number| at(10.0 + 4.0 * f64::from(number))).collect()
}

#[test]
fn a_marked_and_signed_scan_is_an_answer_whose_texts_are_pictures() {
    let yes: Vec<Stroke> = vec![("avsikt", 0, UP), ("avsikt", 0, DOWN)];
    let answer = marked(&[yes.clone(), signed(), vec![("titel", 0, [(3.0, 4.0), (30.0, 5.0)])]].concat());
    assert_eq!(
        (answer.choice.value.as_deref(), answer.outcome),
        (Some("ja"), Outcome::Answer),
        "{:?}",
        answer.findings
    );
    assert_eq!(answer.signature.ink, Ink::Present);
    assert_eq!((answer.fields["titel"].value.as_deref(), answer.fields["titel"].status), (None, Status::Review));
    assert_eq!(answer.choice.layers, ["paper"]);

    let unsigned = marked(&yes);
    assert_eq!((unsigned.choice.value.as_deref(), unsigned.outcome), (Some("ja"), Outcome::Review));
    assert!(codes(&unsigned).contains(&"unsigned"), "{:?}", unsigned.findings);
    let dot = marked(&[yes.clone(), vec![("namnteckning", 0, [(20.0, 8.0), (21.5, 8.0)])]].concat());
    assert!(codes(&dot).contains(&"signature-unclear"), "{:?}", dot.findings);

    // Words that begin where no field is may be a condition. The choice is told, and a person looks.
    let beside = marked(&[yes.clone(), signed(), vec![("avsikt", 0, [(40.0, 14.0), (70.0, 15.0)])]].concat());
    assert_eq!((beside.choice.value.as_deref(), beside.outcome), (Some("ja"), Outcome::Review));
    assert!(codes(&beside).contains(&"written-beside"), "{:?}", beside.findings);

    // A yes, and a reason for a no.
    let both = marked(&[yes, signed(), vec![("kommentar_nej", 0, [(10.0, 12.0), (60.0, 14.0)])]].concat());
    assert_eq!((both.choice.value.as_deref(), both.outcome), (None, Outcome::Review));
    assert_eq!((both.choice.status, both.choice.candidates.as_slice()), (Status::Review, &["ja".to_owned()][..]));
    assert!(codes(&both).contains(&"comment-contradicts"), "{:?}", both.findings);
}

#[test]
fn text_that_a_scanner_lays_under_the_picture_is_a_suggestion() {
    let place = |name: &str| {
        let field = binding().sent_to("18").fields.iter().find(|field| field.name.as_str() == name);
        field.expect("it has one").places[0].rect
    };
    let mut page = form_page("18", 200.0);
    stroke(&mut page, 200.0, &place("titel"), [(3.0, 4.0), (30.0, 5.0)]);
    let scan = scanned(&[page], 200.0);
    let mut pdf = Document::load_mem(&scan).expect("it is a PDF");
    let words = |(name, word): (&str, &str)| {
        let rect = place(name);
        format!("BT 3 Tr /F 10 Tf {} {} Td ({word}) Tj ET ", rect.x0 + 8.0, rect.y0 + 6.0)
    };
    // In a field that nobody has written in, it is nothing.
    let text: String = [("titel", "Regiondirektör"), ("telefon", "010")].map(words).concat();
    let text = text.chars().map(|letter| u8::try_from(u32::from(letter)).expect("it is Latin")).collect();
    let id = *pdf.get_pages().first_key_value().expect("it has a page").1;
    pdf.add_page_contents(id, text).expect("it has content");
    let font = dictionary! { "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica", "Encoding" => "WinAnsiEncoding" };
    let fonts = dictionary! { "F" => pdf.add_object(font) };
    pdf.get_or_create_resources(id).and_then(Object::as_dict_mut).expect("it has some").set("Font", fonts);
    let mut bytes = Vec::new();
    pdf.save_to(&mut bytes).expect("it can be written");
    let document = binding().read(&bytes);
    let title = &document.fields["titel"];
    assert_eq!((title.status, title.value.as_deref()), (Status::Review, None), "{:?}", document.findings);
    assert_eq!(title.candidates, ["Regiondirektör"]);
    assert_eq!(document.fields["telefon"].status, Status::Empty);
    let told = document.findings.iter().find(|finding| finding.code.name() == "text-is-a-suggestion");
    assert_eq!(told.map(|finding| finding.fields.len()), Some(1));
}

#[test]
fn a_scan_that_lies_exactly_is_no_drawing() {
    // The first box is filled in, square and sharp, as a program would.
    let (width, height, mut pixels) = form_page("18", 150.0);
    let place =
        binding().sent_to("18").fields.iter().find(|field| field.name.as_str() == "avsikt").expect("it has one");
    let rect = place.places[0].rect;
    let at = |points: f64| (points * 150.0 / 72.0) as usize;
    for y in height - at(rect.y1)..height - at(rect.y0) {
        pixels[y * width + at(rect.x0)..y * width + at(rect.x1)].fill(30);
    }
    let document = binding().read(&scanned(&[(width, height, pixels)], 150.0));
    // The rule for ink on paper judges it, not the one for what programs draw.
    assert_eq!((document.recipient.as_deref(), document.outcome), (Some("18"), Outcome::Review));
    assert_eq!(document.choice.layers, ["paper"]);
}

#[test]
fn a_scan_of_all_pages_is_read_by_its_form() {
    let drawn = pictures(&binding().pdf("18"), 150.0).expect("it is ours");
    let grey = drawn
        .into_iter()
        .map(|picture| (picture.width, picture.height, picture.rgb.chunks(3).map(|rgb| rgb[1]).collect::<Vec<u8>>()));
    let mut pages: Vec<Grey> = grey.collect();
    let form = pages.len() - 1;
    let field = |name: &str| binding().sent_to("18").fields.iter().find(|field| field.name.as_str() == name);
    for (name, place, points) in [vec![("avsikt", 0, UP), ("avsikt", 0, DOWN)], signed()].concat() {
        stroke(&mut pages[form], 150.0, &field(name).expect("it has one").places[place].rect, points);
    }
    let read = |pages: &[Grey]| {
        let pages: Vec<Grey> = pages.iter().map(|page| turned(page, 0.8, 0.97)).collect();
        binding().read(&scanned(&pages, 150.0))
    };
    let whole = read(&pages);
    assert_eq!(whole.choice.value.as_deref(), Some("ja"));
    assert_eq!((whole.recipient.as_deref(), whole.outcome), (Some("18"), Outcome::Answer), "{:?}", whole.findings);
    let clean =
        whole.findings.iter().filter(|finding| finding.code.name() == "on-paper" && finding.spot.page.is_none());
    assert_eq!(clean.count(), 1, "{:?}", whole.findings);
    assert_eq!(whole.identity.pages.len(), pages.len());

    // A line on the second page, and a page that stands there once more.
    let mut struck = pages.clone();
    let rect = Rect { x0: 100.0, y0: 500.0, x1: 300.0, y1: 520.0 };
    stroke(&mut struck[1], 150.0, &rect, [(0.0, 0.0), (60.0, 1.5)]);
    let struck = read(&struck);
    assert_eq!((struck.choice.value.as_deref(), struck.outcome), (Some("ja"), Outcome::Review));
    let told: Vec<_> = struck.findings.iter().filter(|finding| finding.code.name() == "written-beside").collect();
    assert_eq!(
        told.iter().map(|finding| finding.spot.page.map(|page| page.to_string())).collect::<Vec<_>>(),
        [Some("2".into())]
    );
    let mut twice = pages.clone();
    twice.push(pages[1].clone());
    assert!(codes(&read(&twice)).contains(&"paper-not-compared"));
}

#[test]
fn a_pile_of_several_recipients_forms_is_told_apart_page_by_page() {
    let letter = (1240, 1754, vec![250; 1240 * 1754]);
    let pages = [form_page("18", 150.0), letter, form_page("05", 150.0)];
    let documents = binding().documents("alla.pdf", &scanned(&pages, 150.0));
    let told = |at: usize| (documents[at].recipient.as_deref(), documents[at].part.as_deref());
    assert_eq!(documents.len(), 2);
    assert_eq!([told(0), told(1)], [(Some("18"), Some("pages 1, 2")), (Some("05"), Some("page 3"))]);
    assert!(documents.iter().all(|document| document.choice.layers == ["paper"]));
    // The letter is told where it lies, and the other's page nowhere.
    let added = documents.iter().map(|document| codes(document).contains(&"pages-added")).collect::<Vec<_>>();
    assert_eq!(added, [true, false]);
    let whole = binding().documents("en.pdf", &scanned(&[form_page("18", 150.0)], 150.0));
    assert_eq!((whole.len(), whole[0].part.as_deref()), (1, None));
}

#[test]
fn a_scan_without_its_code_may_be_anybodys() {
    let (width, height, mut pixels) = form_page("18", 150.0);
    // The lower fifth is torn off.
    pixels[width * height / 5 * 4..].fill(255);
    let document = binding().read(&scanned(&[(width, height, pixels)], 150.0));
    assert_eq!((document.recipient.as_deref(), document.outcome), (None, Outcome::Review));
    assert_eq!(codes(&document), ["identity-unverified"]);
}

#[test]
fn a_form_whose_code_is_blotted_gets_a_suggestion() {
    let (width, height, mut pixels) = form_page("18", 150.0);
    // Something lies across a third of the code: no reader takes it.
    let at = |mm: f64| (mm / 25.4 * 150.0) as usize;
    for y in height - at(20.0)..height - at(15.0) {
        pixels[y * width + at(23.0)..y * width + at(40.0)].fill(20);
    }
    let page = turned(&(width, height, pixels), 0.4, 0.99);
    let document = binding().read(&scanned(std::slice::from_ref(&page), 150.0));
    assert_eq!((document.recipient.as_deref(), document.outcome), (None, Outcome::Review));
    assert_eq!(codes(&document), ["identity-unverified"]);
    let detail = document.findings[0].detail.as_deref().expect("it is told");
    assert_eq!(detail, "it shows the form, and its code cannot be read; it looks like the code of 18");

    // Beside a form that can be read, it is held back all the same.
    let document = binding().read(&scanned(&[form_page("05", 150.0), page], 150.0));
    assert_eq!((document.recipient.as_deref(), document.outcome), (Some("05"), Outcome::Review));
    assert!(codes(&document).contains(&"identity-unverified"), "{:?}", document.findings);
}

#[test]
fn what_is_wrong_with_a_picture_is_told() {
    let why = |page: Grey| {
        let document = binding().read(&scanned(&[page], 150.0));
        let told = document.findings.iter().find(|finding| finding.code.name() == "scan-not-registered");
        told.unwrap_or_else(|| panic!("{:?}", document.findings)).detail.clone().unwrap_or_default()
    };
    // The upper half was folded away: grey table, and the code below is read.
    let (width, height, mut pixels) = form_page("18", 150.0);
    pixels[..width * height / 10 * 7].fill(120);
    let cut = (width, height / 10 * 3, pixels[width * height / 10 * 7..].to_vec());
    assert!(why(cut).contains("of the page lies outside the picture"));
}

#[test]
fn another_form_under_a_code_of_ours_is_not_laid_over() {
    let (width, height, mut pixels) = form_page("18", 150.0);
    // Black bars instead of all that stands above the stamp.
    for (at, pixel) in pixels.iter_mut().enumerate().take(width * height / 10 * 9) {
        *pixel = if at / width / 40 % 2 == 0 { 255 } else { 0 };
    }
    let document = binding().read(&scanned(&[(width, height, pixels)], 150.0));
    assert_eq!(document.outcome, Outcome::Review);
    assert!(document.findings.iter().any(|finding| finding.code.name() == "scan-not-registered"));
}

#[test]
fn a_picture_that_lies_about_its_size_is_told() {
    let mut bytes = scanned(&[(600, 600, vec![200; 360_000])], 72.0);
    let lie = |text: &[u8]| bytes.windows(text.len()).position(|window| window == text).expect("it is written so");
    let at = lie(b"/Width 600");
    bytes.splice(at..at + 10, *b"/Width 60000");
    let document = binding().read(&bytes);
    assert_eq!(document.outcome, Outcome::Review, "{:?}", document.findings);
}
