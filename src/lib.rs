//! avsikt: renders declarations of intent, reads what comes back, and reports who said what.
pub mod geometry;
pub mod finding;
pub mod pdf;
pub mod answer;
pub mod report;
