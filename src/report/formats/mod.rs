//! One writer a format; none of them decides anything.

pub(in crate::report) mod csv;
pub(in crate::report) mod html;
pub(in crate::report) mod pdf;
pub(in crate::report) mod xlsx;
