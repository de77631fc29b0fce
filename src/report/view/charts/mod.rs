//! The report's charts as SVG: each drawn once, by a pure function from plain data, and used by the page and the PDF.
//!
//! Colours are Okabe and Ito's (2008), which colour-blind readers tell apart, and never the only carrier: every kind has a
//! sign of its own, drawn as a path so that no typeface has to hold it. Words outside coloured areas are drawn in
//! `currentColor`, which is the page's own ink on a screen, light or dark, and black in the PDF. A title and a description
//! say in words what a chart shows. The style is in attributes alone: the page's security policy allows no others.

pub(in crate::report) mod bar;
mod svg;
pub(in crate::report) mod tiles;
pub(in crate::report) mod timeline;

use serde::Serialize;

/// A finished chart.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(in crate::report) struct Chart {
    pub svg: String,
    /// The same in words: title and description.
    pub alt: String,
}

/// What kind of thing a tile or a part of a bar stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::report) enum Kind {
    Yes,
    No,
    Review,
    Missing,
    /// A choice where no choice counts for more than another: its number from 0.
    Alike(usize),
}

impl Kind {
    /// The kind by the name that the page has for it.
    pub fn named(name: &str) -> Kind {
        match name {
            "yes" => Kind::Yes,
            "other" => Kind::No,
            "missing" => Kind::Missing,
            "first" => Kind::Alike(0),
            "second" => Kind::Alike(1),
            "third" => Kind::Alike(2),
            "fourth" => Kind::Alike(3),
            _ => Kind::Review,
        }
    }

    /// Its colour; nothing for what is drawn as an empty, dashed outline. Black text is read on all of them.
    fn colour(self) -> Option<&'static str> {
        match self {
            Kind::Yes => Some("#3DB592"),
            Kind::No => Some("#E58A4E"),
            Kind::Review => Some("#F2CF63"),
            Kind::Missing => None,
            Kind::Alike(at) => Some(["#56B4E9", "#CC79A7", "#F0E442", "#B8C4CA"][at % 4]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance, WCAG 2.2.
    fn luminance(colour: &str) -> f64 {
        let part = |at: usize| {
            let value = f64::from(u8::from_str_radix(&colour[at..at + 2], 16).unwrap()) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5)
    }

    #[test]
    fn black_text_is_read_on_every_colour() {
        let kinds = [Kind::Yes, Kind::No, Kind::Review, Kind::Alike(0), Kind::Alike(1), Kind::Alike(2), Kind::Alike(3)];
        for kind in kinds {
            let contrast = (luminance(kind.colour().unwrap()) + 0.05) / 0.05;
            assert!(contrast > 4.5, "{kind:?}: {contrast:.1}");
        }
        assert_eq!(Kind::Missing.colour(), None);
    }
}
