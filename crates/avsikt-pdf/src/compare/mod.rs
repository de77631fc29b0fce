//! A page beside the page as it was sent: `registration` lays one over the other by their words, `likeness` compares each
//! printed character, `places` finds the glyphs of each field, and `page` tells what is new at the places asked for and what
//! differs elsewhere. `explain` draws all of that.

pub mod explain;
pub mod likeness;
pub mod page;
pub mod places;
pub mod registration;
