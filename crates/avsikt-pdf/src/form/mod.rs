//! The interactive form (ISO 32000-2 12.7).
//!
//! `tree` walks the fields and their widgets, `value` and `rich` read what a field holds, `appearance` tells whether a box
//! paints anything, and `second_reader` reads the whole form again with another parser and tells where the two differ.

pub mod appearance;
pub mod rich;
pub mod second_reader;
pub mod tree;
pub mod value;
