//! avsikt: renders declarations of intent, reads what comes back, and reports who said what.
pub mod answer;
pub mod inbox;
pub mod manifest;
pub mod read;
pub mod campaign;
pub mod cli;
pub mod diagnostic;
pub mod error;
pub mod finding;
pub mod geometry;
pub mod render;
pub mod pdf;
pub mod report;
pub mod token;
pub mod workspace;
