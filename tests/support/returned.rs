//! A declaration on its way back: what was sent, opened with lopdf, to be filled in or tampered with.

use lopdf::{Dictionary, Document, Object, ObjectId, Stream, dictionary};

use super::sent::outbox;

/// A file that somebody sends back.
pub struct Returned {
    pub pdf: Document,
}

impl Returned {
    /// The declaration of a recipient as it was sent, nothing filled in.
    pub fn blank(code: &str) -> Self {
        Returned::open(&outbox().pdf(code))
    }

    pub fn open(bytes: &[u8]) -> Self {
        Returned { pdf: Document::load_mem(bytes).expect("a PDF") }
    }

    /// Filled in the plainest way there is: one box ticked, a name and a title typed.
    pub fn filled(code: &str, choice: &str) -> Self {
        let mut returned = Returned::blank(code);
        returned.tick(choice);
        returned.set_text("namnfortydligande", "Siv Exempelsson");
        returned.set_text("titel", "Direktör");
        returned
    }

    /// The whole file, written anew.
    pub fn bytes(mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.pdf.save_to(&mut bytes).expect("a document can be written to memory");
        bytes
    }

    /// The top field with this name.
    pub fn field(&self, name: &str) -> ObjectId {
        let named = |id: &ObjectId| {
            let found = self.pdf.get_dictionary(*id).and_then(|field| field.get(b"T")).and_then(Object::as_str);
            found.is_ok_and(|found| found == name.as_bytes())
        };
        self.fields().into_iter().find(named).unwrap_or_else(|| panic!("there is no field {name}"))
    }

    /// `/AcroForm /Fields`.
    pub fn fields(&self) -> Vec<ObjectId> {
        references(self.form().get(b"Fields").expect("a form has fields"))
    }

    fn form(&self) -> &Dictionary {
        let catalog = self.pdf.catalog().expect("a catalog");
        self.pdf.get_dict_in_dict(catalog, b"AcroForm").expect("a form")
    }

    pub fn form_mut(&mut self) -> &mut Dictionary {
        let catalog = self.pdf.catalog().expect("a catalog");
        let id = catalog.get(b"AcroForm").and_then(Object::as_reference).expect("the form is an object of its own");
        self.dict(id)
    }

    pub fn dict(&mut self, id: ObjectId) -> &mut Dictionary {
        self.pdf.get_dictionary_mut(id).expect("a dictionary")
    }

    /// The choice: the form's only field of boxes.
    fn choice(&self) -> ObjectId {
        let of_boxes = |id: &ObjectId| {
            let kind = self.pdf.get_dictionary(*id).and_then(|field| field.get(b"FT")).and_then(Object::as_name);
            kind.is_ok_and(|kind| kind == b"Btn")
        };
        self.fields().into_iter().find(of_boxes).expect("a form has a choice")
    }

    /// The widgets of the choice, as (on-state, widget).
    pub fn boxes(&self) -> Vec<(String, ObjectId)> {
        let choice = self.pdf.get_dictionary(self.choice()).expect("a dictionary");
        let kids = references(choice.get(b"Kids").expect("a choice has boxes"));
        kids.into_iter().map(|kid| (self.on_state(kid), kid)).collect()
    }

    fn on_state(&self, widget: ObjectId) -> String {
        let widget = self.pdf.get_dictionary(widget).expect("a dictionary");
        let looks = self.pdf.get_dict_in_dict(widget, b"AP").expect("an appearance");
        let normal = self.pdf.get_dict_in_dict(looks, b"N").expect("a normal appearance");
        let on = normal.iter().map(|(name, _)| name.as_slice()).find(|name| *name != b"Off").expect("an on-state");
        String::from_utf8(on.to_vec()).expect("ASCII")
    }

    /// The box with this on-state.
    pub fn widget(&self, state: &str) -> ObjectId {
        self.boxes().into_iter().find(|(on, _)| on == state).expect("the box is there").1
    }

    /// Ticks one box, as every honest program does: `/V` and both `/AS`.
    pub fn tick(&mut self, choice: &str) {
        self.tick_all(&[choice]);
    }

    /// Ticks some boxes at once; `/V` can name only the first.
    pub fn tick_all(&mut self, choices: &[&str]) {
        let field = self.choice();
        self.dict(field).set("V", name(choices.first().copied().unwrap_or("Off")));
        for (state, widget) in self.boxes() {
            let on = choices.contains(&state.as_str());
            self.dict(widget).set("AS", name(if on { &state } else { "Off" }));
        }
    }

    pub fn set_text(&mut self, field: &str, text: &str) {
        let id = self.field(field);
        self.dict(id).set("V", lopdf::text_string(text));
        self.show(id, text);
    }

    /// Draws a text in a field, as filling programs do.
    pub fn show(&mut self, field: ObjectId, text: &str) {
        let latin = |line: &str| -> Vec<u8> {
            line.chars().map(win_ansi).flat_map(|byte| format!("{byte:02x}").into_bytes()).collect()
        };
        let corners: Vec<f32> = {
            let rect = self.dict(field).get(b"Rect").and_then(Object::as_array).expect("a rectangle");
            rect.iter().map(|corner| corner.as_float().expect("a number")).collect()
        };
        let (width, height) = (corners[2] - corners[0], corners[3] - corners[1]);
        let mut content = format!("/Tx BMC q BT /Helv 9 Tf 11 TL 3 {} Td ", height - 11.0).into_bytes();
        for line in text.lines() {
            content.extend([b"<".as_slice(), &latin(line), b"> Tj T* "].concat());
        }
        content.extend(b"ET Q EMC");
        let font = dictionary! {
            "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica", "Encoding" => "WinAnsiEncoding",
        };
        let looks = dictionary! {
            "Type" => "XObject", "Subtype" => "Form",
            "BBox" => vec![0.into(), 0.into(), width.into(), height.into()],
            "Resources" => dictionary! { "Font" => dictionary! { "Helv" => font } },
        };
        let normal = self.pdf.add_object(Stream::new(looks, content));
        self.dict(field).set("AP", dictionary! { "N" => normal });
    }

    pub fn pages(&self) -> Vec<ObjectId> {
        self.pdf.page_iter().collect()
    }

    /// The page with the form: the last.
    pub fn form_page(&self) -> ObjectId {
        *self.pages().last().expect("there are pages")
    }

    /// Makes these the file's pages, in this order.
    pub fn set_pages(&mut self, pages: &[ObjectId]) {
        let catalog = self.pdf.catalog().expect("a catalog");
        let root = catalog.get(b"Pages").and_then(Object::as_reference).expect("a page tree");
        let tree = self.dict(root);
        tree.set("Kids", pages.iter().map(|id| Object::Reference(*id)).collect::<Vec<_>>());
        tree.set("Count", i64::try_from(pages.len()).expect("few pages"));
        for page in pages {
            self.dict(*page).set("Parent", root);
        }
    }

    /// Takes over all objects of another file and gives the places of its pages.
    pub fn take_in(&mut self, mut other: Returned) -> Vec<ObjectId> {
        other.pdf.renumber_objects_with(self.pdf.max_id + 1);
        let pages = other.pages();
        self.pdf.max_id = other.pdf.max_id;
        self.pdf.objects.extend(other.pdf.objects);
        pages
    }

    /// Adds an annotation to a page.
    pub fn annotate(&mut self, page: ObjectId, annotation: Dictionary) -> ObjectId {
        let id = self.pdf.add_object(annotation);
        let page = self.dict(page);
        match page.get_mut(b"Annots") {
            Ok(Object::Array(all)) => all.push(id.into()),
            _ => page.set("Annots", vec![id.into()]),
        }
        id
    }

    pub fn set_catalog(&mut self, key: &str, value: impl Into<Object>) {
        self.pdf.catalog_mut().expect("a catalog").set(key, value);
    }

    /// The streams of a page's content.
    pub fn contents(&self, page: ObjectId) -> Vec<ObjectId> {
        self.pdf.get_page_contents(page)
    }

    pub fn content(&self, stream: ObjectId) -> Vec<u8> {
        let stream = self.pdf.get_object(stream).and_then(Object::as_stream).expect("a stream");
        stream.get_plain_content().expect("it can be decoded")
    }

    pub fn set_content(&mut self, stream: ObjectId, content: Vec<u8>) {
        self.pdf.objects.insert(stream, Stream::new(dictionary! {}, content).into());
    }

    /// Draws something more on a page.
    pub fn draw(&mut self, page: ObjectId, content: &str) {
        let stream = self.pdf.add_object(Stream::new(dictionary! {}, content.as_bytes().to_vec()));
        let mut streams: Vec<Object> = self.contents(page).into_iter().map(Object::Reference).collect();
        streams.push(stream.into());
        self.dict(page).set("Contents", streams);
    }
}

pub fn name(name: &str) -> Object {
    Object::Name(name.as_bytes().to_vec())
}

pub fn rect(numbers: [i64; 4]) -> Object {
    numbers.map(Object::Integer).to_vec().into()
}

/// ISO 32000-2 table D.2, as far as the tests' texts go; other characters cannot be drawn.
fn win_ansi(c: char) -> u8 {
    match c {
        '€' => 0x80,
        '…' => 0x85,
        '’' => 0x92,
        '“' => 0x93,
        '”' => 0x94,
        '–' => 0x96,
        _ => u8::try_from(u32::from(c)).unwrap_or(b'?'),
    }
}

pub fn references(array: &Object) -> Vec<ObjectId> {
    array.as_array().expect("an array").iter().filter_map(|item| item.as_reference().ok()).collect()
}
