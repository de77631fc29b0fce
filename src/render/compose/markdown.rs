//! Markdown to blocks of the document tree (CommonMark with GFM tables).
//!
//! What a declaration has no use for (headings, pictures, raw HTML) is told as unsupported with its line, never dropped
//! in silence; what is printed as it stands although it was meant as markup ([`doubtful`]) likewise. One piece of HTML is
//! understood: `<span lang="en">…</span>`.

use std::sync::OnceLock;

use pulldown_cmark::{Alignment, Event, Options, Parser, Tag, TagEnd};

use regex::Regex;

use crate::render::compose::tree::{Align, Block, Column, Inline, Row, Table, TableStyle};

/// Something in the Markdown that a declaration cannot show: what, and the line (from 1) of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsupported {
    pub what: &'static str,
    pub line: usize,
}

/// Parses a text.
pub fn blocks(text: &str) -> (Vec<Block>, Vec<Unsupported>) {
    let mut builder = Builder { text, frames: vec![Frame::new(Kind::Root)], unsupported: Vec::new() };
    for (event, range) in Parser::new_ext(text, Options::ENABLE_TABLES).into_offset_iter() {
        builder.event(event, range.start);
    }
    let root = builder.frames.swap_remove(0);
    (root.into_blocks(), builder.unsupported)
}

/// Marks of other kinds of Markdown, which would be printed as they stand, and tables that are none: each with what to write.
pub fn doubtful(text: &str) -> Vec<(Unsupported, &'static str)> {
    static MARKS: OnceLock<Vec<(Regex, &'static str, &'static str)>> = OnceLock::new();
    let marks = MARKS.get_or_init(|| {
        [
            (r"~~[^~\s][^~]*~~", "`~~`, which strikes nothing out here", "take the marks out, or the words"),
            (r"==[^=\s][^=]*==", "`==`, which highlights nothing here", "write **bold** instead"),
            (r"^\s*[-*+] \[[ xX]\]", "a task list, whose brackets would be printed", "write `- ` alone"),
            (r"\[\^[^\]]+\]", "a footnote, whose mark would be printed", "put the remark into the text, in brackets"),
            (r"^\s*[•·]\s", "a bullet from another program, which makes no list", "begin the line with `- `"),
        ]
        .map(|(pattern, what, hint)| (Regex::new(pattern).expect("the pattern is valid"), what, hint))
        .into()
    });
    let mut found = Vec::new();
    let lines: Vec<&str> = text.lines().collect();
    let row = |at: usize| lines.get(at).is_some_and(|line| line.trim_start().starts_with('|'));
    for (at, line) in lines.iter().enumerate() {
        let mut tell = |what: &'static str, hint: &'static str| found.push((Unsupported { what, line: at + 1 }, hint));
        for (pattern, what, hint) in marks {
            if pattern.is_match(line) {
                tell(what, hint);
            }
        }
        let begins = row(at) && (at == 0 || !row(at - 1));
        let rule = |line: &&str| line.contains("--") && line.chars().all(|c| matches!(c, '|' | '-' | ':' | ' '));
        if begins && !lines.get(at + 1).is_some_and(rule) {
            tell(
                "a table without its rule, which would be one line of text",
                "write `| --- | --- |` under the headings",
            );
        }
    }
    found
}

/// Parses a text that stands inside a line, such as a table cell or a label.
pub fn inlines(text: &str) -> (Vec<Inline>, Vec<Unsupported>) {
    let (blocks, mut unsupported) = blocks(text);
    match <[Block; 1]>::try_from(blocks) {
        Ok([Block::Paragraph { text }]) => (text, unsupported),
        Ok(_) => {
            unsupported.push(Unsupported { what: "a list or table inside a line", line: 1 });
            (Vec::new(), unsupported)
        }
        Err(blocks) => {
            if !blocks.is_empty() {
                unsupported.push(Unsupported { what: "several paragraphs inside a line", line: 1 });
            }
            (Vec::new(), unsupported)
        }
    }
}

/// An element that has been opened and not yet closed.
struct Frame {
    kind: Kind,
    blocks: Vec<Block>,
    inlines: Vec<Inline>,
}

enum Kind {
    Root,
    Paragraph,
    Quote,
    List {
        start: Option<u64>,
        items: Vec<Vec<Block>>,
    },
    Item,
    Table {
        align: Vec<Align>,
        head: Vec<Vec<Inline>>,
        rows: Vec<Row>,
    },
    TableHead {
        cells: Vec<Vec<Inline>>,
    },
    TableRow {
        cells: Vec<Vec<Inline>>,
    },
    Cell,
    Strong,
    Emph,
    Link {
        url: String,
    },
    Lang {
        lang: String,
    },
    /// An unsupported element: its text is kept.
    Other,
}

impl Frame {
    fn new(kind: Kind) -> Self {
        Frame { kind, blocks: Vec::new(), inlines: Vec::new() }
    }

    /// Blocks of a container; loose text in it (tight list items have no paragraphs) becomes a paragraph.
    fn into_blocks(mut self) -> Vec<Block> {
        self.close_paragraph();
        self.blocks
    }

    fn close_paragraph(&mut self) {
        if !self.inlines.is_empty() {
            let text = std::mem::take(&mut self.inlines);
            self.blocks.push(Block::Paragraph { text });
        }
    }
}

struct Builder<'t> {
    text: &'t str,
    frames: Vec<Frame>,
    unsupported: Vec<Unsupported>,
}

impl Builder<'_> {
    fn event(&mut self, event: Event<'_>, at: usize) {
        match event {
            Event::Start(tag) => self.open(tag, at),
            Event::End(end) => self.close(end),
            Event::Text(text) => self.push_text(&text),
            Event::Code(text) => self.top().inlines.push(Inline::Code { text: text.into_string() }),
            Event::SoftBreak => self.push_text(" "),
            Event::HardBreak => self.top().inlines.push(Inline::Break),
            Event::InlineHtml(html) | Event::Html(html) => self.html(&html, at),
            Event::Rule => self.tell("a rule (---)", at),
            Event::FootnoteReference(_) => self.tell("a footnote", at),
            Event::TaskListMarker(_) => self.tell("a task list", at),
            Event::InlineMath(_) | Event::DisplayMath(_) => self.tell("mathematics", at),
        }
    }

    fn top(&mut self) -> &mut Frame {
        self.frames.last_mut().expect("the root frame is never closed")
    }

    fn tell(&mut self, what: &'static str, at: usize) {
        let line = self.text.get(..at).unwrap_or_default().matches('\n').count() + 1;
        self.unsupported.push(Unsupported { what, line });
    }

    fn push_text(&mut self, text: &str) {
        let inlines = &mut self.top().inlines;
        // The parser splits text at every special character; one run reads and typesets better.
        if let Some(Inline::Text { text: last }) = inlines.last_mut() {
            last.push_str(text);
        } else {
            inlines.push(Inline::Text { text: text.to_owned() });
        }
    }

    fn open(&mut self, tag: Tag<'_>, at: usize) {
        let kind = match tag {
            Tag::Paragraph => Kind::Paragraph,
            Tag::BlockQuote(_) => Kind::Quote,
            Tag::List(start) => {
                self.top().close_paragraph();
                Kind::List { start, items: Vec::new() }
            }
            Tag::Item => Kind::Item,
            Tag::Table(columns) => {
                let align = columns.into_iter().map(alignment).collect();
                Kind::Table { align, head: Vec::new(), rows: Vec::new() }
            }
            Tag::TableHead => Kind::TableHead { cells: Vec::new() },
            Tag::TableRow => Kind::TableRow { cells: Vec::new() },
            Tag::TableCell => Kind::Cell,
            Tag::Strong => Kind::Strong,
            Tag::Emphasis => Kind::Emph,
            Tag::Link { dest_url, .. } => Kind::Link { url: dest_url.into_string() },
            // The paragraph-like container of HTML lines; what is in it is judged by itself.
            Tag::HtmlBlock => Kind::Paragraph,
            other => {
                self.tell(name_of(&other), at);
                Kind::Other
            }
        };
        self.frames.push(Frame::new(kind));
    }

    fn close(&mut self, end: TagEnd) {
        // A language span that was never closed ends with the element around it.
        while matches!(self.top().kind, Kind::Lang { .. }) {
            self.close_lang();
        }
        debug_assert!(self.frames.len() > 1, "every end has its start: {end:?}");
        if let Some(frame) = self.frames.pop() {
            self.put(frame);
        }
    }

    /// Puts a closed element into the one around it.
    fn put(&mut self, mut frame: Frame) {
        let inlines = std::mem::take(&mut frame.inlines);
        match std::mem::replace(&mut frame.kind, Kind::Other) {
            Kind::Paragraph if inlines.is_empty() => {}
            Kind::Paragraph => self.top().blocks.push(Block::Paragraph { text: inlines }),
            Kind::Quote => {
                frame.inlines = inlines;
                let body = frame.into_blocks();
                self.top().blocks.push(Block::Quote { body });
            }
            Kind::Item => {
                frame.inlines = inlines;
                let blocks = frame.into_blocks();
                if let Kind::List { items, .. } = &mut self.top().kind {
                    items.push(blocks);
                }
            }
            Kind::List { start, items } => {
                let list = Block::List { ordered: start.is_some(), start: start.unwrap_or(1), items };
                self.top().blocks.push(list);
            }
            Kind::Table { align, head, rows } => {
                let columns =
                    align.into_iter().zip(head).map(|(align, label)| Column { align, label }).collect::<Vec<_>>();
                let table = Table { style: TableStyle::Plain, caption: None, note: None, columns, rows };
                self.top().blocks.push(Block::Table(table));
            }
            Kind::TableHead { cells } => {
                if let Kind::Table { head, .. } = &mut self.top().kind {
                    *head = cells;
                }
            }
            Kind::TableRow { cells } => {
                if let Kind::Table { rows, .. } = &mut self.top().kind {
                    rows.push(Row { cells, strong: false });
                }
            }
            Kind::Cell => {
                if let Kind::TableHead { cells } | Kind::TableRow { cells } = &mut self.top().kind {
                    cells.push(inlines);
                }
            }
            Kind::Strong => self.top().inlines.push(Inline::Strong { body: inlines }),
            Kind::Emph => self.top().inlines.push(Inline::Emph { body: inlines }),
            Kind::Link { url } => self.top().inlines.push(Inline::Link { url, body: inlines }),
            Kind::Lang { lang } => self.top().inlines.push(Inline::Lang { lang, body: inlines }),
            Kind::Root | Kind::Other => {
                self.top().inlines.extend(inlines);
                self.top().blocks.append(&mut frame.blocks);
            }
        }
    }

    fn html(&mut self, html: &str, at: usize) {
        let html = html.trim();
        if html.eq_ignore_ascii_case("</span>") && matches!(self.top().kind, Kind::Lang { .. }) {
            self.close_lang();
        } else if let Some(lang) = span_language(html) {
            self.frames.push(Frame::new(Kind::Lang { lang }));
        } else if !html.is_empty() && !html.starts_with("<!--") {
            self.tell("HTML other than <span lang=\"…\">", at);
        }
    }

    fn close_lang(&mut self) {
        if let Some(frame) = self.frames.pop() {
            self.put(frame);
        }
    }
}

/// The language of `<span lang="en">`.
fn span_language(html: &str) -> Option<String> {
    let inner = html.strip_prefix("<span")?.strip_suffix('>')?.trim();
    let value = inner.strip_prefix("lang=")?.trim_matches(['"', '\'']);
    let fits = (2..=3).contains(&value.len()) && value.chars().all(|c| c.is_ascii_lowercase());
    fits.then(|| value.to_owned())
}

fn alignment(alignment: Alignment) -> Align {
    match alignment {
        Alignment::None | Alignment::Left => Align::Left,
        Alignment::Center => Align::Center,
        Alignment::Right => Align::Right,
    }
}

fn name_of(tag: &Tag<'_>) -> &'static str {
    match tag {
        Tag::Heading { .. } => "a heading (use `title:` of a section)",
        Tag::Image { .. } => "a picture",
        Tag::CodeBlock(_) => "a code block (or a line that is indented too far)",
        Tag::FootnoteDefinition(_) => "a footnote",
        _ => "this kind of Markdown",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> String {
        let (blocks, unsupported) = blocks(text);
        assert_eq!(unsupported, []);
        serde_json::to_string(&blocks).expect("plain data")
    }

    #[test]
    fn paragraphs_and_emphasis() {
        assert_eq!(
            json("Ett **viktigt** ord\noch ett till."),
            r#"[{"kind":"paragraph","text":[{"kind":"text","text":"Ett "},{"kind":"strong","body":[{"kind":"text","text":"viktigt"}]},{"kind":"text","text":" ord och ett till."}]}]"#
        );
    }

    #[test]
    fn languages_are_marked() {
        assert_eq!(
            json("en <span lang=\"en\">request</span>."),
            r#"[{"kind":"paragraph","text":[{"kind":"text","text":"en "},{"kind":"lang","lang":"en","body":[{"kind":"text","text":"request"}]},{"kind":"text","text":"."}]}]"#
        );
    }

    #[test]
    fn tight_lists_have_paragraphs_in_their_items() {
        let (blocks, _) = blocks("- a\n- b\n  1. c\n");
        let [Block::List { items, .. }] = blocks.as_slice() else { panic!("{blocks:?}") };
        assert_eq!(items[0], [Block::Paragraph { text: Inline::text("a") }]);
        assert!(matches!(items[1].as_slice(), [Block::Paragraph { .. }, Block::List { ordered: true, .. }]));
    }

    #[test]
    fn tables_keep_their_alignment() {
        let (blocks, _) = blocks("| a | b |\n| --- | --: |\n| 1 | 2 |\n");
        let [Block::Table(table)] = blocks.as_slice() else { panic!("{blocks:?}") };
        assert_eq!(table.columns[1].align, Align::Right);
        assert_eq!(table.rows[0].cells[1], Inline::text("2"));
    }

    #[test]
    fn what_would_be_printed_as_it_stands_is_told() {
        let lines = |text: &str| doubtful(text).into_iter().map(|(found, _)| found.line).collect::<Vec<_>>();
        assert_eq!(lines("ett ~~struket~~ ord\n\n- [ ] att göra\n==gult==\nnot[^1]\n• punkt"), [1, 3, 4, 5, 6]);
        assert_eq!(lines("| a | b |\n| 1 | 2 |\n"), [1]);
        assert_eq!(lines("| a | b |\n|:--|--:|\n| 1 | 2 |\n\ntext ~ 5 == 5 [x] • nej"), [0; 0]);
    }

    #[test]
    fn what_cannot_be_shown_is_told_with_its_line() {
        let (_, unsupported) = blocks("text\n\n# Rubrik\n\n![bild](x.png)\n");
        let lines: Vec<usize> = unsupported.iter().map(|u| u.line).collect();
        assert_eq!(lines, [3, 5]);
    }
}
