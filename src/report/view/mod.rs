//! What a report shows, whatever it is written as: rows and columns (`tables`), the page's parts (`page`), drawings (`charts`) and
//! the crops that it names (`pictures`).

pub(in crate::report) mod charts;
pub(in crate::report) mod page;
pub mod pictures;
pub(in crate::report) mod tables;
