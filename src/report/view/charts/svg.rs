//! SVG as text: elements one after the other, every text made visible and escaped.

use std::fmt::{Display, Write};

use super::{Chart, Kind};
use crate::report::words::visible::visible;

/// The report's typeface, and what a screen has when it is not there.
const TYPEFACE: &str = "Source Sans 3, system-ui, sans-serif";

/// A drawing in the making.
pub(in crate::report) struct Svg(String);

/// Where a text is held.
#[derive(Clone, Copy)]
pub(in crate::report) enum Anchor {
    Start,
    Middle,
    End,
}

impl Svg {
    pub fn new() -> Svg {
        Svg(String::new())
    }

    /// An element without content; the attributes are the chart's own, numbers and words without quotes.
    pub fn element(&mut self, name: &str, attributes: &[(&str, &dyn Display)]) {
        self.open(name, attributes);
        self.0.truncate(self.0.len() - 1);
        self.0.push_str("/>");
    }

    pub fn open(&mut self, name: &str, attributes: &[(&str, &dyn Display)]) {
        self.0.push('<');
        self.0.push_str(name);
        for (key, value) in attributes {
            write!(self.0, " {key}=\"{value}\"").expect("a String takes whatever is written");
        }
        self.0.push('>');
    }

    pub fn close(&mut self, name: &str) {
        write!(self.0, "</{name}>").expect("a String takes whatever is written");
    }

    /// One line of text; `ink` is a colour or `currentColor`.
    pub fn text(&mut self, at: (f64, f64), size: f64, anchor: Anchor, ink: &str, bold: bool, words: &str) {
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        let weight = if bold { 600 } else { 400 };
        self.open(
            "text",
            &[
                ("x", &short(at.0)),
                ("y", &short(at.1)),
                ("font-size", &size),
                ("text-anchor", &anchor),
                ("fill", &ink),
                ("font-weight", &weight),
            ],
        );
        self.0.push_str(&escaped(words));
        self.close("text");
    }

    /// A line of bold text that takes a given width at most where another typeface, which may be wider, stands in.
    pub fn fitted(&mut self, at: (f64, f64), size: f64, ink: &str, width: f64, words: &str) {
        let (x, y, width) = (short(at.0), short(at.1), short(width));
        let text: [(&str, &dyn Display); 7] = [
            ("x", &x),
            ("y", &y),
            ("font-size", &size),
            ("fill", &ink),
            ("font-weight", &600),
            ("textLength", &width),
            ("lengthAdjust", &"spacingAndGlyphs"),
        ];
        self.open("text", &text);
        self.0.push_str(&escaped(words));
        self.close("text");
    }

    /// What a pointer that rests on the group is told.
    pub fn tip(&mut self, words: &str) {
        write!(self.0, "<title>{}</title>", escaped(words)).expect("a String takes whatever is written");
    }

    /// A filled rectangle in the kind's colour, or its dashed outline.
    pub fn area(&mut self, kind: Kind, [x, y, width, height]: [f64; 4], radius: f64) {
        let (x, y, width, height) = (short(x), short(y), short(width), short(height));
        let place: [(&str, &dyn Display); 5] =
            [("x", &x), ("y", &y), ("width", &width), ("height", &height), ("rx", &radius)];
        match kind.colour() {
            Some(colour) => self.element("rect", &[&place[..], &[("fill", &colour)]].concat()),
            None => {
                let dashed: [(&str, &dyn Display); 4] = [
                    ("fill", &"none"),
                    ("stroke", &"currentColor"),
                    ("stroke-width", &1),
                    ("stroke-dasharray", &"4 3"),
                ];
                self.element("rect", &[&place[..], &dashed[..]].concat());
            }
        }
    }

    /// The kind's sign, 10 units high, with its middle at a place.
    pub fn sign(&mut self, kind: Kind, (x, y): (f64, f64)) {
        let ink = if kind == Kind::Missing { "currentColor" } else { "#000" };
        let path = match kind {
            Kind::Yes => "M-5 0.5L-1.5 4L5 -4",
            Kind::No => "M-4 -4L4 4M4 -4L-4 4",
            Kind::Missing => "M-4 0H4",
            Kind::Review => "M-2.8 -2.6C-2.8 -5.6 2.8 -5.6 2.8 -2.6C2.8 -0.4 0 -0.6 0 1.8M0 4.2V5.2",
            Kind::Alike(0) => "M-3.5 0A3.5 3.5 0 1 0 3.5 0A3.5 3.5 0 1 0 -3.5 0",
            Kind::Alike(1) => "M-3.5 -3.5H3.5V3.5H-3.5Z",
            Kind::Alike(2) => "M0 -4.2L4.2 3.4H-4.2Z",
            Kind::Alike(_) => "M0 -4.5L4.5 0L0 4.5L-4.5 0Z",
        };
        let moved = format!("translate({} {})", short(x), short(y));
        self.element(
            "path",
            &[
                ("d", &path),
                ("transform", &moved),
                ("fill", &"none"),
                ("stroke", &ink),
                ("stroke-width", &1.8),
                ("stroke-linecap", &"round"),
                ("stroke-linejoin", &"round"),
            ],
        );
    }

    /// The whole drawing; `id` makes the names of its title and description the page's only ones.
    pub fn finish(self, id: &str, (width, height): (f64, f64), title: &str, description: &str) -> Chart {
        let alt = format!("{}. {}", visible(title), visible(description));
        let svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {}\" width=\"{}\" height=\"{}\" role=\"img\" \
             aria-labelledby=\"{id}-title {id}-words\" font-family=\"{TYPEFACE}\">\
             <title id=\"{id}-title\">{}</title><desc id=\"{id}-words\">{}</desc>{}</svg>",
            short(width),
            short(height),
            short(width),
            short(height),
            escaped(title),
            escaped(description),
            self.0
        );
        Chart { svg, alt }
    }
}

/// With one decimal at most, the same on every machine.
pub(in crate::report) fn short(number: f64) -> f64 {
    (number * 10.0).round() / 10.0
}

fn escaped(text: &str) -> String {
    let text = visible(text);
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_leave_its_element() {
        let mut svg = Svg::new();
        svg.text((1.0, 2.0), 10.0, Anchor::Start, "#000", false, "</text><script>\"&'\u{202E}");
        let chart = svg.finish("x", (10.0, 10.0), "<a>", "\"b\"");
        assert!(chart.svg.contains("&lt;/text&gt;&lt;script&gt;&quot;&amp;&#39;‹U+202E›"));
        assert!(chart.svg.contains("<title id=\"x-title\">&lt;a&gt;</title><desc id=\"x-words\">&quot;b&quot;</desc>"));
    }
}
