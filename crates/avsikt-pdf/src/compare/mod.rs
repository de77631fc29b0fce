//! A page beside the page as it was sent: `registration` lays one over the other by their words, `likeness` compares each
//! printed character, and `page` tells what is new at the places asked for and what differs elsewhere.

pub mod likeness;
pub mod page;
pub mod registration;
