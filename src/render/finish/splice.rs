//! Takes the objects that will not change out of a PDF before it is parsed, and puts them back when it has been written.
//!
//! Two thirds of what Typst writes are structure elements, which the form does not touch. Parsing and writing them is most
//! of what finishing a document costs; copying their bytes costs nothing. Their numbers stay, so that everything that
//! refers to them, and everything they refer to, stays right.
//!
//! Only files with one plain cross-reference table (ISO 32000-2 7.5.4) are taken apart, which is what both Typst and lopdf
//! write. Any other file is left whole.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write;

use lopdf::Document;

/// An entry of the table: ten digits, five digits, a letter, a line end of two.
const ENTRY: usize = 20;

/// Objects by their numbers, as bytes from `N 0 obj` to `endobj`.
pub type Objects<'p> = BTreeMap<usize, &'p [u8]>;

/// Parts a file into one with the objects that `may_change`, and the others.
pub fn part(pdf: &[u8], may_change: impl Fn(&[u8]) -> bool) -> (Cow<'_, [u8]>, Objects<'_>) {
    let Some(file) = File::read(pdf) else { return (Cow::Borrowed(pdf), Objects::new()) };
    let (lively, still): (Objects<'_>, Objects<'_>) = file.objects.iter().partition(|(_, object)| may_change(object));
    (Cow::Owned(file.write(&lively)), still)
}

/// Parses the file that changes; new objects get numbers above all that were taken out.
pub fn load(lively: &[u8], still: &Objects<'_>) -> Result<Document, lopdf::Error> {
    let mut document = Document::load_mem(lively)?;
    let highest = still.keys().last().and_then(|number| u32::try_from(*number).ok()).unwrap_or(0);
    document.max_id = document.max_id.max(highest);
    Ok(document)
}

/// Puts objects back into a file that has none of their numbers. `None` when the file is not built as [`part`] left it.
pub fn join(pdf: Vec<u8>, still: &Objects<'_>) -> Option<Vec<u8>> {
    if still.is_empty() {
        return Some(pdf);
    }
    let file = File::read(&pdf)?;
    let mut all = file.objects.clone();
    for (number, object) in still {
        if all.insert(*number, object).is_some() {
            return None;
        }
    }
    Some(file.write(&all))
}

/// A file taken apart.
struct File<'p> {
    header: &'p [u8],
    objects: Objects<'p>,
    /// Entries of the table: one more than the highest number.
    size: usize,
    /// The trailer dictionary with its keyword.
    trailer: &'p [u8],
}

impl<'p> File<'p> {
    fn read(pdf: &'p [u8]) -> Option<Self> {
        let at = last(pdf, b"startxref")?;
        let table = number(pdf.get(at + b"startxref".len()..)?.trim_ascii_start())?;
        let (mut starts, end) = starts(pdf, table)?;
        let trailer = pdf.get(end..at)?;
        // An earlier table would name objects that are not counted here.
        if !trailer.starts_with(b"trailer") || find(trailer, b"/Prev").is_some() {
            return None;
        }
        let size = starts.iter().map(|(_, number)| number + 1).max()?;
        // The table need not have the order of the file.
        starts.sort_unstable();
        let ends = starts.iter().skip(1).map(|(start, _)| *start).chain([table]);
        let object = |((start, number), end): (&(usize, usize), usize)| {
            let bytes = pdf.get(*start..end)?;
            let named = self::number(bytes)? == *number;
            let whole = bytes.trim_ascii_end().ends_with(b"endobj");
            (named && whole).then_some((*number, bytes))
        };
        let objects = starts.iter().zip(ends).map(object).collect::<Option<_>>()?;
        let header = pdf.get(..starts.first()?.0)?;
        Some(File { header, objects, size, trailer })
    }

    /// The same file with other objects.
    fn write(&self, objects: &Objects<'_>) -> Vec<u8> {
        let size = objects.keys().last().map_or(0, |highest| highest + 1).max(self.size);
        let bytes: usize = objects.values().map(|object| object.len()).sum();
        let mut out = Vec::with_capacity(self.header.len() + bytes + size * ENTRY + self.trailer.len() + 100);
        out.extend(self.header);
        let mut places = vec![None; size];
        for (number, object) in objects {
            places[*number] = Some(out.len());
            out.extend(*object);
        }
        let table = out.len();
        let mut table_text = format!("xref\n0 {size}\n");
        table_text.reserve(size * ENTRY);
        for (number, place) in places.into_iter().enumerate() {
            let written = match place {
                Some(place) => writeln!(table_text, "{place:010} 00000 n "),
                None if number == 0 => writeln!(table_text, "0000000000 65535 f "),
                None => writeln!(table_text, "0000000000 00000 f "),
            };
            written.expect("a String takes all");
        }
        out.extend(table_text.bytes());
        out.extend(self.trailer);
        out.extend(format!("startxref\n{table}\n%%EOF").bytes());
        out
    }
}

/// Where the objects of the table at `table` begin, with their numbers, and where the table ends.
fn starts(pdf: &[u8], table: usize) -> Option<(Vec<(usize, usize)>, usize)> {
    let mut starts = Vec::new();
    let mut rest = pdf.get(table..)?.strip_prefix(b"xref\n")?;
    // Parts of consecutive numbers, each after a line with the first number and the count.
    while let Some(first) = number(rest) {
        let line = rest.iter().position(|byte| *byte == b'\n')?;
        let space = rest.get(..line)?.iter().position(|byte| *byte == b' ')?;
        let count = number(rest.get(space + 1..)?)?;
        let end = (line + 1).checked_add(count.checked_mul(ENTRY)?)?;
        for (at, entry) in rest.get(line + 1..end)?.chunks_exact(ENTRY).enumerate() {
            match entry.get(10..18)? {
                b" 00000 n" => starts.push((number(entry)?, first.checked_add(at)?)),
                free if free.ends_with(b" f") => {}
                _ => return None,
            }
        }
        rest = rest.get(end..)?;
    }
    Some((starts, pdf.len() - rest.len()))
}

/// The number that bytes begin with.
fn number(bytes: &[u8]) -> Option<usize> {
    let digits = bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
    std::str::from_utf8(bytes.get(..digits)?).ok()?.parse().ok()
}

fn find(bytes: &[u8], key: &[u8]) -> Option<usize> {
    bytes.windows(key.len()).position(|window| window == key)
}

fn last(bytes: &[u8], key: &[u8]) -> Option<usize> {
    bytes.windows(key.len()).rposition(|window| window == key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use lopdf::{Object, dictionary};

    fn saved(document: &mut Document) -> Vec<u8> {
        let mut bytes = Vec::new();
        document.save_to(&mut bytes).unwrap();
        bytes
    }

    fn sample() -> Vec<u8> {
        let mut document = Document::with_version("1.7");
        document.reference_table.cross_reference_type = lopdf::xref::XrefType::CrossReferenceTable;
        let still = document.add_object(dictionary! { "Type" => "Still", "Text" => Object::string_literal("endobj") });
        let root = document.add_object(dictionary! { "Type" => "Catalog", "Still" => still });
        document.add_object(dictionary! { "Type" => "Still" });
        document.trailer.set("Root", root);
        saved(&mut document)
    }

    #[test]
    fn what_was_taken_out_comes_back_unchanged() {
        let pdf = sample();
        let (lively, still) =
            part(&pdf, |object| find(object, b"/Still/").is_none() && find(object, b"/Type/Still").is_none());
        assert_eq!(still.keys().copied().collect::<Vec<_>>(), [1, 3]);
        let mut document = load(&lively, &still).unwrap();
        assert_eq!(document.objects.len(), 1);
        let added = document.add_object(7);
        assert_eq!(added, (4, 0), "numbers of what was taken out stay theirs");
        let joined = join(saved(&mut document), &still).unwrap();
        let whole = Document::load_mem(&joined).unwrap();
        let before = Document::load_mem(&pdf).unwrap();
        assert_eq!(whole.objects.len(), 4);
        assert!(before.objects.iter().all(|(id, object)| whole.objects.get(id) == Some(object)));
    }

    #[test]
    fn another_kind_of_file_stays_whole() {
        let (lively, still) = part(b"%PDF-1.7\nno table", |_| false);
        assert_eq!((&*lively, still.len()), (&b"%PDF-1.7\nno table"[..], 0));
    }

    #[test]
    fn a_number_that_was_taken_again_is_refused() {
        let pdf = sample();
        let object: &[u8] = b"2 0 obj\nnull\nendobj\n";
        assert_eq!(join(pdf, &Objects::from([(2, object)])), None);
    }
}
