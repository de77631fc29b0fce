//! The file as objects and pages (ISO 32000-2 7.5 to 7.8).
//!
//! `open` gives lopdf's objects behind the limits, with `passwords` where needed, and walks the page tree; `page` takes each
//! page's boxes, fingerprint and mark; `resources` and `decoded` digest what pages draw with; `active` finds scripts, actions,
//! layers and embedded files.

pub mod active;
pub mod decoded;
pub mod open;
pub mod page;
pub mod passwords;
pub mod resources;
