//! The report's words: `labels` in the campaign's language, and texts of others made `visible`.

pub(in crate::report) mod labels;
pub(in crate::report) mod visible;
