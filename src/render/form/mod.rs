//! The interactive form of a declaration (ISO 32000-2 12.7): `widgets` turns Typst's links into fields, `font` embeds the typeface
//! that filling programs draw typed text with, and `truetype` makes its file small.

pub mod font;
pub mod truetype;
pub mod widgets;
