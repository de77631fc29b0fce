//! What a screen reader meets: the structure tree, the reading order, the languages and the names of the fields.
//!
//! veraPDF judges the same files against PDF/UA-1; these are the things that a standard leaves to taste, and those that
//! must hold where veraPDF is not installed.

use std::collections::{BTreeMap, BTreeSet};

use lopdf::{Dictionary, Document, Object, ObjectId, Stream};

use crate::support::sent::outbox;

/// A structure element with what lies in it, in reading order.
struct Element {
    id: ObjectId,
    role: String,
    /// A heading's text.
    title: String,
    scope: Option<String>,
    kids: Vec<Kid>,
}

enum Kid {
    Element(Element),
    /// Marked content: its number on its page.
    Content(i64),
    Object(ObjectId),
}

impl Element {
    /// This element and all below it, in reading order.
    fn all(&self) -> Vec<&Element> {
        let below = self.elements().flat_map(Element::all);
        std::iter::once(self).chain(below).collect()
    }

    fn elements(&self) -> impl Iterator<Item = &Element> {
        self.kids.iter().filter_map(|kid| if let Kid::Element(element) = kid { Some(element) } else { None })
    }

    fn roles(&self) -> Vec<&str> {
        self.elements().map(|element| element.role.as_str()).collect()
    }

    fn objects(&self) -> Vec<ObjectId> {
        self.kids.iter().filter_map(|kid| if let Kid::Object(id) = kid { Some(*id) } else { None }).collect()
    }

    fn content(&self, out: &mut Vec<i64>) {
        for kid in &self.kids {
            match kid {
                Kid::Element(element) => element.content(out),
                Kid::Content(number) => out.push(*number),
                Kid::Object(_) => {}
            }
        }
    }
}

fn name(dict: &Dictionary, key: &str) -> Option<String> {
    dict.get(key.as_bytes()).and_then(Object::as_name).ok().map(|name| String::from_utf8_lossy(name).into_owned())
}

fn items(pdf: &Document, object: &Object) -> Vec<Object> {
    match pdf.dereference(object) {
        Ok((_, Object::Array(items))) => items.clone(),
        _ => vec![object.clone()],
    }
}

fn element(pdf: &Document, id: ObjectId) -> Element {
    let dict = pdf.get_dictionary(id).expect("a structure element");
    let title = dict.get(b"T").ok().and_then(|title| lopdf::decode_text_string(title).ok()).unwrap_or_default();
    let attributes = dict.get(b"A").map(|a| items(pdf, a)).unwrap_or_default();
    let scope = attributes.iter().find_map(|a| name(pdf.dereference(a).ok()?.1.as_dict().ok()?, "Scope"));
    let kids = dict.get(b"K").map(|kids| items(pdf, kids)).unwrap_or_default();
    let kids = kids.iter().map(|kid| kid_of(pdf, kid)).collect();
    Element { id, role: name(dict, "S").expect("a role"), title, scope, kids }
}

fn kid_of(pdf: &Document, kid: &Object) -> Kid {
    if let Ok(number) = kid.as_i64() {
        return Kid::Content(number);
    }
    let (id, object) = pdf.dereference(kid).expect("a kid");
    let dict = object.as_dict().expect("a dictionary");
    match name(dict, "Type").as_deref() {
        Some("OBJR") => Kid::Object(dict.get(b"Obj").and_then(Object::as_reference).expect("a reference")),
        Some("MCR") => Kid::Content(dict.get(b"MCID").and_then(Object::as_i64).expect("a number")),
        _ => Kid::Element(element(pdf, id.expect("structure elements are indirect"))),
    }
}

fn tree(pdf: &Document) -> Element {
    let root = pdf.catalog().and_then(|c| pdf.get_dict_in_dict(c, b"StructTreeRoot")).expect("a structure tree");
    let tops = items(pdf, root.get(b"K").expect("something in it"));
    assert_eq!(tops.len(), 1);
    element(pdf, tops[0].as_reference().expect("a reference"))
}

/// Every declaration, with its recipient's name for messages.
fn each(check: impl Fn(&Document, &Element, &str)) {
    for sent in &outbox().manifest.documents {
        let pdf = Document::load_mem(&outbox().desk.read(&sent.file)).expect("a PDF");
        check(&pdf, &tree(&pdf), &sent.name);
    }
}

fn widgets(pdf: &Document) -> BTreeSet<ObjectId> {
    let is_widget = |dict: &Dictionary| name(dict, "Subtype").as_deref() == Some("Widget");
    let of_page = |page| items(pdf, pdf.get_dictionary(page).expect("a page").get(b"Annots").unwrap_or(&Object::Null));
    let annotations = pdf.page_iter().flat_map(of_page).filter_map(|annotation| annotation.as_reference().ok());
    annotations.filter(|id| is_widget(pdf.get_dictionary(*id).expect("an annotation"))).collect()
}

fn spoken(pdf: &Document, widget: ObjectId) -> String {
    let said = pdf.get_dictionary(widget).and_then(|w| w.get(b"TU")).expect("an alternate name");
    lopdf::decode_text_string(said).expect("a text")
}

#[test]
fn each_widget_is_alone_in_a_form_element() {
    each(|pdf, tree, who| {
        let forms: Vec<&Element> = tree.all().into_iter().filter(|element| element.role == "Form").collect();
        let inside: Vec<ObjectId> = forms.iter().flat_map(|form| form.objects()).collect();
        assert_eq!(inside.len(), forms.len(), "{who}: one object reference each");
        assert_eq!(inside.iter().copied().collect::<BTreeSet<_>>(), widgets(pdf), "{who}");
        // And back: the parent tree gives each widget its element (ISO 32000-2 14.7.5.4).
        let parents = parent_tree(pdf);
        for (form, widget) in forms.iter().zip(inside) {
            let key = pdf.get_dictionary(widget).and_then(|w| w.get(b"StructParent")).and_then(Object::as_i64);
            assert_eq!(parents.get(&key.expect("a key")), Some(&form.id), "{who}");
        }
    });
}

/// Keys of single objects, with their elements.
fn parent_tree(pdf: &Document) -> BTreeMap<i64, ObjectId> {
    fn walk(pdf: &Document, node: &Dictionary, out: &mut BTreeMap<i64, ObjectId>) {
        let numbers = node.get(b"Nums").map(|n| items(pdf, n)).unwrap_or_default();
        for pair in numbers.chunks(2) {
            if let (Ok(key), Ok(id)) = (pair[0].as_i64(), pair[1].as_reference()) {
                out.insert(key, id);
            }
        }
        for kid in node.get(b"Kids").map(|kids| items(pdf, kids)).unwrap_or_default() {
            walk(pdf, pdf.dereference(&kid).expect("a node").1.as_dict().expect("a node"), out);
        }
    }
    let root = pdf.catalog().and_then(|c| pdf.get_dict_in_dict(c, b"StructTreeRoot")).expect("a structure tree");
    let mut out = BTreeMap::new();
    walk(pdf, pdf.get_dict_in_dict(root, b"ParentTree").expect("a parent tree"), &mut out);
    out
}

#[test]
fn headings_lists_and_tables_are_whole() {
    each(|_, tree, who| {
        let mut level = 0;
        for element in tree.all() {
            match element.role.as_str() {
                heading if heading.len() == 2 && heading.starts_with('H') => {
                    let now: i32 = heading[1..].parse().expect("a level");
                    assert!(now <= level + 1, "{who}: {heading} after H{level}");
                    assert!(!element.title.is_empty(), "{who}");
                    level = now;
                }
                "L" => assert!(element.roles().iter().all(|role| *role == "LI"), "{who}"),
                "LI" => assert_eq!(element.roles(), ["Lbl", "LBody"], "{who}"),
                "Table" => table(element, who),
                _ => {}
            }
        }
        assert!(tree.all().iter().filter(|element| element.role == "Table").count() >= 9, "{who}");
    });
}

fn table(table: &Element, who: &str) {
    let rows: Vec<&Element> = table.all().into_iter().filter(|element| element.role == "TR").collect();
    let columns = rows[0].roles().len();
    for (at, row) in rows.iter().enumerate() {
        assert_eq!(row.roles().len(), columns, "{who}: as many cells in each row");
        for cell in row.elements() {
            let scope = cell.scope.as_deref();
            match cell.role.as_str() {
                "TH" => assert_eq!(scope, Some(if at == 0 { "Column" } else { "Row" }), "{who}"),
                other => assert_eq!((other, scope, at > 0), ("TD", None, true), "{who}"),
            }
        }
    }
}

#[test]
fn the_form_is_read_in_the_order_of_its_questions() {
    let pdf = Document::load_mem(&outbox().pdf("12")).expect("a PDF");
    let tree = tree(&pdf);
    let start = tree.elements().position(|element| element.title == "Avsiktsförklaring").expect("the form's heading");
    let form: Vec<&Element> = tree.elements().skip(start).collect();
    // What is read is what is drawn, in the same order: then the page's text in the manifest is what is heard.
    let mut numbers = Vec::new();
    form.iter().for_each(|element| element.content(&mut numbers));
    assert!(numbers.iter().copied().eq(0..numbers.len() as i64), "{numbers:?}");

    let heard = form.iter().flat_map(|element| element.all()).filter_map(|element| match element.role.as_str() {
        "H1" | "H2" => Some(format!("{} {}", element.role, element.title)),
        "Form" => Some(format!("Form {}", spoken(&pdf, element.objects()[0]))),
        "P" => Some("P".to_owned()),
        _ => None,
    });
    insta::assert_snapshot!(heard.collect::<Vec<_>>().join("\n"), @r"
    H1 Avsiktsförklaring
    P
    H2 Regionens svar
    Form Ja, regionen lämnar sin avsiktsförklaring och förbinder sig att solidariskt finansiera projektet.
    P
    P
    P
    Form Kommentar till svaret ja. Fältet är frivilligt.
    Form Nej, regionen är inte intresserad av Förenklad utgivning SITHS Paket 2.
    P
    P
    P
    Form Ange skälet till att regionen svarar nej.
    H2 Underskrift
    P
    P
    Form Region. Namnet är redan ifyllt och kan inte ändras.
    P
    Form Namnteckning. Skriv under för hand eller elektroniskt.
    P
    Form Namnförtydligande. Skriv för- och efternamn på den som skriver under.
    P
    Form Titel på den som skriver under.
    P
    Form Telefonnummer till den som skriver under, med riktnummer.
    P
    Form E-postadress till den som skriver under.
    P
    Form Underskriftsdatum. Skriv år-månad-dag, till exempel 2026-02-27.
    P
    ");
    let sent = outbox().sent_to("12");
    let text = outbox().manifest.texts[&sent.pages[sent.pages.len() - 1].text].replace('\n', " ");
    let wanted = "Regionens svar|Ja|Kommentar|Nej|Ange skälet|Underskrift|Region |Namnteckning|Namnförtydligande|Titel\
                  |Telefonnummer|E-post|Underskriftsdatum|Regionens programrådsledamot";
    let mut at = 0;
    for label in wanted.split('|') {
        let found = text[at..].find(label).unwrap_or_else(|| panic!("{label} does not follow in {}", &text[at..]));
        at += found + label.len();
    }
}

#[test]
fn a_field_is_called_what_is_printed_beside_it() {
    // Someone who steers by voice says what can be seen (WCAG 2.1, 2.5.3).
    let pdf = Document::load_mem(&outbox().pdf("12")).expect("a PDF");
    let called: Vec<String> = widgets(&pdf).into_iter().map(|widget| spoken(&pdf, widget)).collect();
    let printed = ["Ja", "Kommentar", "Nej", "Ange skälet till att regionen svarar nej", "Region", "Namnteckning"];
    let below = ["Namnförtydligande", "Titel", "Telefonnummer", "E-post", "Underskriftsdatum"];
    assert_eq!(called.len(), printed.len() + below.len());
    for label in printed.iter().chain(&below) {
        assert!(called.iter().any(|said| said.starts_with(label)), "{label} in {called:?}");
    }
}

#[test]
fn the_document_says_its_language_its_title_and_its_parts() {
    each(|pdf, tree, who| {
        let catalog = pdf.catalog().expect("a catalog");
        let language = catalog.get(b"Lang").and_then(Object::as_str).expect("a language");
        assert_eq!(language, b"sv-SE", "{who}");
        let viewer = pdf.get_dict_in_dict(catalog, b"ViewerPreferences").expect("preferences");
        assert!(viewer.get(b"DisplayDocTitle").and_then(Object::as_bool).expect("a truth"), "{who}");
        for page in pdf.page_iter() {
            let page = pdf.get_dictionary(page).expect("a page");
            assert!(!page.has(b"Annots") || name(page, "Tabs").as_deref() == Some("S"), "{who}: tab order");
        }
        let headed = |role: &str| tree.all().into_iter().filter(|element| element.role == role).count();
        // All but the cover's, the contents' and those inside the form can be jumped to.
        assert_eq!(bookmarks(pdf), headed("H1") + headed("H2") - 4, "{who}");
    });
}

fn bookmarks(pdf: &Document) -> usize {
    fn below(pdf: &Document, node: &Dictionary) -> usize {
        let mut count = 0;
        let mut next = node.get(b"First").and_then(Object::as_reference).ok();
        while let Some(item) = next.and_then(|id| pdf.get_dictionary(id).ok()) {
            count += 1 + below(pdf, item);
            next = item.get(b"Next").and_then(Object::as_reference).ok();
        }
        count
    }
    below(pdf, pdf.catalog().and_then(|c| pdf.get_dict_in_dict(c, b"Outlines")).expect("bookmarks"))
}

#[test]
fn english_is_said_as_english() {
    let pdf = Document::load_mem(&outbox().pdf("12")).expect("a PDF");
    let english = pdf.page_iter().map(|page| {
        let content = pdf.get_page_content(page);
        String::from_utf8_lossy(&content).matches("/Lang(en)").count()
    });
    // Terms in the glossary on page 3, a supplier's name on page 7; a passage on two lines is two.
    let english: Vec<usize> = english.collect();
    assert!(english[2] >= 3 && english[6] >= 1, "{english:?}");
    assert_eq!(english.iter().filter(|count| **count > 0).count(), 2, "{english:?}");
}

#[test]
fn appearances_use_embedded_fonts_only() {
    each(|pdf, _, who| {
        for stream in widgets(pdf).into_iter().flat_map(|widget| appearances(pdf, widget)) {
            let resources = pdf.get_dict_in_dict(&stream.dict, b"Resources").expect("resources");
            let fonts: Vec<&Dictionary> = pdf.get_dict_in_dict(resources, b"Font").into_iter().collect();
            let names: Vec<&[u8]> =
                fonts.iter().flat_map(|fonts| fonts.iter().map(|(name, _)| name.as_slice())).collect();
            let content = String::from_utf8_lossy(&stream.content);
            let words: Vec<&str> = content.split_whitespace().collect();
            for chosen in words.windows(3).filter(|three| three[2] == "Tf") {
                assert!(names.contains(&&chosen[0].as_bytes()[1..]), "{who}: {content}");
            }
            for name in names {
                assert!(embedded(pdf, fonts[0], name), "{who}");
            }
        }
    });
}

/// What a widget looks like, in each of its states.
fn appearances(pdf: &Document, widget: ObjectId) -> Vec<&Stream> {
    let normal =
        pdf.get_dictionary(widget).and_then(|widget| pdf.get_dict_in_dict(widget, b"AP")).expect("an appearance");
    match normal.get_deref(b"N", pdf).expect("a normal appearance") {
        Object::Dictionary(states) => states
            .iter()
            .map(|(_, state)| pdf.dereference(state).and_then(|(_, s)| s.as_stream()).expect("a state"))
            .collect(),
        one => vec![one.as_stream().expect("a stream")],
    }
}

fn embedded(pdf: &Document, fonts: &Dictionary, name: &[u8]) -> bool {
    let font = pdf.get_dict_in_dict(fonts, name).expect("a font");
    pdf.get_dict_in_dict(font, b"FontDescriptor").expect("a descriptor").has(b"FontFile2")
}
