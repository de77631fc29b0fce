//! Fills in a form the way many programs do: one answer in many spellings (`returns-in-the-wild`, part 1).

use std::collections::BTreeMap;

use unicode_normalization::UnicodeNormalization;

use lopdf::{IncrementalDocument, Object, ObjectId, StringFormat, dictionary};

use super::returned::{Returned, name};
use super::sent::outbox;

/// What a person says in the form.
#[derive(Debug, Clone)]
pub struct Filling {
    /// The boxes that are ticked: none, one or both.
    pub boxes: Vec<&'static str>,
    /// Text fields by name.
    pub texts: BTreeMap<&'static str, String>,
}

/// How the program writes it down.
#[derive(Debug, Clone, Copy)]
pub struct Spelling {
    /// The choice as a text string instead of a name, with or without pypdf's slash.
    pub choice: ChoiceSpelling,
    /// Whether the boxes are given their `/AS`; where not, it is taken away.
    pub states: bool,
    pub texts: Encoding,
    pub breaks: &'static str,
    pub shape: Shape,
    pub saved: Saved,
}

impl Spelling {
    /// As PDF.js saves: what was sent, and the changes after it.
    pub const INCREMENTAL: Spelling = Spelling {
        choice: ChoiceSpelling::Name,
        states: true,
        texts: Encoding::PdfDoc,
        breaks: "\n",
        shape: Shape::AsSent,
        saved: Saved::Incrementally,
    };
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChoiceSpelling {
    Name,
    Text,
    SlashedText,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    Utf16Be,
    Utf16Le,
    Utf8WithMark,
    /// PDFDocEncoding where it has all the characters, UTF-16BE otherwise.
    PdfDoc,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    AsSent,
    /// Each box a field of its own, both with one name.
    BoxesApart,
    /// Every field below a parent.
    UnderParent,
    /// No `/AcroForm`: only the page knows the widgets.
    NoForm,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Saved {
    Whole,
    Renumbered,
    Compressed,
    Incrementally,
}

/// The bytes of a recipient's declaration, filled in.
pub fn fill(code: &str, filling: &Filling, spelling: Spelling) -> Vec<u8> {
    let original = outbox().pdf(code);
    let mut returned = Returned::open(&original);
    mark(&mut returned, &filling.boxes, spelling);
    for (field, text) in &filling.texts {
        let id = returned.field(field);
        let value = encode(&text.replace('\n', spelling.breaks), spelling.texts);
        returned.dict(id).set("V", value);
        returned.show(id, &text.nfc().collect::<String>());
    }
    reshape(&mut returned, spelling.shape);
    save(returned, &original, spelling.saved)
}

fn mark(returned: &mut Returned, boxes: &[&str], spelling: Spelling) {
    let value = boxes.first().copied().unwrap_or("Off");
    let value = match spelling.choice {
        ChoiceSpelling::Name => name(value),
        ChoiceSpelling::Text => Object::string_literal(value),
        ChoiceSpelling::SlashedText => Object::string_literal(format!("/{value}")),
    };
    let field = returned.field("avsikt");
    returned.dict(field).set("V", value);
    for (state, widget) in returned.boxes() {
        let marked = boxes.contains(&state.as_str());
        let widget = returned.dict(widget);
        // Without states there is no way to say that both are ticked.
        if spelling.states || boxes.len() > 1 {
            widget.set("AS", name(if marked { &state } else { "Off" }));
        } else {
            widget.remove(b"AS");
        }
    }
}

fn encode(text: &str, encoding: Encoding) -> Object {
    let units = |order: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(order).collect::<Vec<u8>>();
    let utf16 = || [vec![0xFE, 0xFF], units(u16::to_be_bytes)].concat();
    let bytes = match encoding {
        Encoding::Utf16Be => utf16(),
        Encoding::Utf16Le => [vec![0xFF, 0xFE], units(u16::to_le_bytes)].concat(),
        Encoding::Utf8WithMark => ["\u{feff}".as_bytes(), text.as_bytes()].concat(),
        Encoding::PdfDoc => text.chars().map(pdf_doc).collect::<Option<Vec<u8>>>().unwrap_or_else(utf16),
    };
    Object::String(bytes, StringFormat::Literal)
}

/// ISO 32000-2 table D.2, as far as the tests' texts go.
fn pdf_doc(c: char) -> Option<u8> {
    match c {
        '\u{85}' | '\u{a0}' => None,
        '–' => Some(0x85),
        '“' => Some(0x8D),
        '”' => Some(0x8E),
        '’' => Some(0x90),
        'Ł' => Some(0x95),
        '€' => Some(0xA0),
        _ if (c == '\n' || c == '\r' || c >= ' ') && c < '\u{7f}' => u8::try_from(c).ok(),
        'å' | 'ä' | 'ö' | 'Å' | 'Ä' | 'Ö' | 'é' | 'ü' => u8::try_from(u32::from(c)).ok(),
        _ => None,
    }
}

fn reshape(returned: &mut Returned, shape: Shape) {
    match shape {
        Shape::AsSent => {}
        Shape::NoForm => {
            returned.pdf.catalog_mut().expect("a catalog").remove(b"AcroForm");
        }
        Shape::UnderParent => {
            let fields = returned.fields();
            let kids: Vec<Object> = fields.iter().map(|id| Object::Reference(*id)).collect();
            let parent =
                returned.pdf.add_object(dictionary! { "T" => Object::string_literal("form1"), "Kids" => kids });
            for field in fields {
                returned.dict(field).set("Parent", parent);
            }
            returned.form_mut().set("Fields", vec![parent.into()]);
        }
        Shape::BoxesApart => {
            let choice = returned.field("avsikt");
            let field = returned.dict(choice).clone();
            let mut fields: Vec<ObjectId> = returned.fields().into_iter().filter(|id| *id != choice).collect();
            for (_, widget) in returned.boxes() {
                let alone = returned.dict(widget);
                alone.remove(b"Parent");
                for key in [&b"FT"[..], b"T", b"V"] {
                    alone.set(key, field.get(key).expect("the field has it").clone());
                }
                fields.push(widget);
            }
            let fields: Vec<Object> = fields.into_iter().map(Object::Reference).collect();
            returned.form_mut().set("Fields", fields);
        }
    }
}

fn save(mut returned: Returned, original: &[u8], saved: Saved) -> Vec<u8> {
    match saved {
        Saved::Whole => {}
        Saved::Renumbered => returned.pdf.renumber_objects_with(500),
        Saved::Compressed => {
            let mut bytes = Vec::new();
            returned.pdf.save_modern(&mut bytes).expect("a document can be written to memory");
            return bytes;
        }
        Saved::Incrementally => return append(&returned, original),
    }
    returned.bytes()
}

/// What was sent, byte for byte, with the changed objects after it.
fn append(returned: &Returned, original: &[u8]) -> Vec<u8> {
    let before = Returned::open(original).pdf;
    let changed: Vec<(ObjectId, Object)> = returned
        .pdf
        .objects
        .iter()
        .filter(|(id, object)| before.objects.get(id) != Some(object))
        .map(|(id, object)| (*id, object.clone()))
        .collect();
    let mut appended = IncrementalDocument::create_from(original.to_vec(), before);
    appended.new_document.max_id = returned.pdf.max_id;
    for (id, object) in changed {
        appended.new_document.set_object(id, object);
    }
    let mut bytes = Vec::new();
    appended.save_to(&mut bytes).expect("a document can be written to memory");
    assert!(bytes.starts_with(original));
    bytes
}
