//! Small hand-written PDF files for this room's tests.

/// One empty page.
pub const ONE_PAGE: &str = "1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj
2 0 obj << /Type /Pages /Kids [3 0 R] /Count 1 >> endobj
3 0 obj << /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] >> endobj
";

/// A file of the given objects, whose catalog is object 1.
pub fn file(body: &str) -> Vec<u8> {
    file_with_trailer(body, "")
}

/// [`file`], with more entries in the trailer.
pub fn file_with_trailer(body: &str, entries: &str) -> Vec<u8> {
    let mut bytes = format!("%PDF-1.7\n{}\n", body.trim_end()).into_bytes();
    let text = String::from_utf8(bytes.clone()).expect("samples are ASCII");
    let mut offsets: Vec<(u32, usize)> = text
        .match_indices(" 0 obj")
        .map(|(at, _)| {
            let start = text[..at].rfind(|c: char| !c.is_ascii_digit()).map_or(0, |i| i + 1);
            (text[start..at].parse().expect("an object has a number"), start)
        })
        .collect();
    offsets.sort_unstable();
    let start = bytes.len();
    let size = offsets.last().map_or(1, |(number, _)| number + 1);
    let mut tail = String::from("xref\n0 1\n0000000000 65535 f \n");
    for (number, offset) in offsets {
        tail.push_str(&format!("{number} 1\n{offset:010} 00000 n \n"));
    }
    tail.push_str(&format!("trailer << /Size {size} /Root 1 0 R {entries} >>\nstartxref\n{start}\n%%EOF\n"));
    bytes.extend(tail.into_bytes());
    bytes
}

/// A file of one empty page.
pub fn one_page() -> Vec<u8> {
    file(ONE_PAGE)
}

/// A stream object's text.
pub fn stream(number: u32, content: &str) -> String {
    format!("{number} 0 obj << /Length {} >> stream\n{content}\nendstream endobj\n", content.len())
}
