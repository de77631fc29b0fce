//! Content that does something by itself, and files inside the file.
//!
//! None of it is ever run or opened. Every object of the file is looked at instead of the places where actions belong
//! (`/OpenAction`, `/AA`, `/A`, `/Next`, name trees, outlines …): that finds all of them, cannot be led in circles, and
//! is quick. An action that nothing leads to is told too: none was sent.

use std::collections::BTreeSet;

use lopdf::{Dictionary, Document, Object};

use crate::facts::{ActiveContent, PdfProblem};
use crate::file::open;
use crate::ledger::Ledger;

/// Action types (ISO 32000-2 table 201) that do more than show another place or page of this file or a web address.
const ACTIONS: [&[u8]; 16] = [
    b"GoTo3DView",
    b"GoToDp",
    b"GoToE",
    b"GoToR",
    b"Hide",
    b"ImportData",
    b"Launch",
    b"Movie",
    b"Named",
    b"Rendition",
    b"ResetForm",
    b"RichMediaExecute",
    b"SetOCGState",
    b"Sound",
    b"SubmitForm",
    b"Thread",
];

/// What was found.
#[derive(Debug, Default)]
pub struct Found {
    pub active: BTreeSet<ActiveContent>,
    pub embedded_files: Vec<String>,
    /// An object has a `/ByteRange`.
    pub byte_range: bool,
}

/// Looks at every object.
pub fn read(document: &Document, ledger: &mut Ledger<'_>) -> Result<Found, PdfProblem> {
    let mut found = Found::default();
    for object in document.objects.values() {
        found.object(document, object, ledger, 0)?;
    }
    found.catalog(document);
    Ok(found)
}

impl Found {
    fn object(
        &mut self,
        document: &Document,
        object: &Object,
        ledger: &mut Ledger<'_>,
        depth: usize,
    ) -> Result<(), PdfProblem> {
        // lopdf's parser stops at a depth of its own, so this is a second fence.
        if depth > 4 * ledger.limits.depth {
            ledger.odd("an object is nested too deeply to be searched".into());
            return Ok(());
        }
        let dict = match object {
            Object::Dictionary(dict) => dict,
            Object::Stream(stream) => &stream.dict,
            Object::Array(items) => {
                return items.iter().try_for_each(|item| self.object(document, item, ledger, depth + 1));
            }
            _ => return Ok(()),
        };
        self.byte_range |= dict.has(b"ByteRange");
        self.action(document, dict);
        self.file(document, dict, ledger)?;
        dict.iter().try_for_each(|(_, value)| self.object(document, value, ledger, depth + 1))
    }

    fn action(&mut self, document: &Document, dict: &Dictionary) {
        let name = open::entry(document, dict, b"S").and_then(|name| name.as_name().ok());
        match name {
            Some(b"JavaScript") => _ = self.active.insert(ActiveContent::JavaScript),
            // A structure element has a `/S` of its own, but none of them holds a script.
            Some(name) if ACTIONS.contains(&name) && !dict.has_type(b"StructElem") => {
                self.active.insert(ActiveContent::Actions);
            }
            _ if dict.has(b"JS") => _ = self.active.insert(ActiveContent::JavaScript),
            _ => {}
        }
    }

    /// A file specification with an embedded file (ISO 32000-2 7.11.3).
    fn file(&mut self, document: &Document, dict: &Dictionary, ledger: &mut Ledger<'_>) -> Result<(), PdfProblem> {
        if open::dict_entry(document, dict, b"EF").is_none() {
            return Ok(());
        }
        if self.embedded_files.len() == ledger.limits.annotations {
            ledger.odd(format!("it has over {} embedded files", self.embedded_files.len()));
            return Ok(());
        }
        let name = [b"UF".as_slice(), b"F", b"Desc"]
            .into_iter()
            .find_map(|key| open::entry(document, dict, key)?.as_str().ok());
        let name = ledger.text(name.unwrap_or_default())?.text;
        self.embedded_files.push(name);
        Ok(())
    }

    fn catalog(&mut self, document: &Document) {
        let Ok(catalog) = document.catalog() else {
            return;
        };
        let layers = open::dict_entry(document, catalog, b"OCProperties");
        if layers.is_some_and(|layers| !open::array_entry(document, layers, b"OCGs").is_empty()) {
            self.active.insert(ActiveContent::Layers);
        }
        let form = open::dict_entry(document, catalog, b"AcroForm");
        if form.is_some_and(|form| open::entry(document, form, b"XFA").is_some()) {
            self.active.insert(ActiveContent::Xfa);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;
    use crate::sample;

    fn read(catalog: &str, more: &str) -> (Vec<ActiveContent>, Vec<String>) {
        let body = format!(
            "1 0 obj << /Type /Catalog /Pages 2 0 R {catalog} >> endobj
            2 0 obj << /Type /Pages /Kids [3 0 R] /Count 1 >> endobj
            3 0 obj << /Type /Page >> endobj\n{more}"
        );
        let limits = Limits::default();
        let opened = open::open(&sample::file(&body), &limits, &Default::default()).unwrap();
        let found = super::read(&opened.document, &mut Ledger::new(&limits)).unwrap();
        (found.active.into_iter().collect(), found.embedded_files)
    }

    #[test]
    fn a_plain_file_does_nothing() {
        let link = "4 0 obj << /A << /S /URI /URI (https://a.se) >> /B << /S /GoTo >> >> endobj";
        assert_eq!(read("/OpenAction [3 0 R /Fit]", link), (vec![], vec![]));
    }

    #[test]
    fn scripts_are_found_wherever_they_are() {
        let script = [ActiveContent::JavaScript];
        assert_eq!(read("/OpenAction << /S /JavaScript /JS (1) >>", "").0, script);
        assert_eq!(read("/Names << /JavaScript << /Names [(a) 4 0 R] >> >>", "4 0 obj << /JS (1) >> endobj").0, script);
        let next = "4 0 obj << /AA << /K << /S /URI /Next [<< /S /JavaScript >>] >> >> >> endobj";
        assert_eq!(read("", next).0, script);
    }

    #[test]
    fn other_actions_layers_and_xfa_are_found() {
        assert_eq!(
            read(
                "/OCProperties << /OCGs [4 0 R] >> /AcroForm << /XFA [(a) 4 0 R] >>",
                "4 0 obj << /A << /S /Launch /F (cmd.exe) >> >> endobj"
            )
            .0,
            [ActiveContent::Xfa, ActiveContent::Actions, ActiveContent::Layers]
        );
        assert_eq!(read("/OCProperties << /OCGs [] >>", "").0, []);
    }

    #[test]
    fn structure_elements_are_not_actions() {
        assert_eq!(read("", "4 0 obj << /Type /StructElem /S /Sound >> endobj").0, []);
    }

    #[test]
    fn embedded_files_are_named() {
        let files = "4 0 obj << /Type /Filespec /F (a.txt) /UF (b.txt) /EF << /F 5 0 R >> >> endobj
            5 0 obj << /Type /Filespec /F (elsewhere.txt) >> endobj
            6 0 obj << /Kids [<< /Desc (c) /EF << >> >>] >> endobj";
        assert_eq!(read("", files).1, ["b.txt", "c"]);
    }
}
