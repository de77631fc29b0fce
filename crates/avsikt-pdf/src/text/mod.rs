//! Text of a page: `glyphs` with their places (hayro), put together to `lines`; `plain` is another library's text without
//! places, which only confirms.

pub mod glyphs;
pub mod lines;
pub mod plain;
