//! avsikt: renders declarations of intent, reads what comes back, and reports who said what.
pub mod answer;
pub mod campaign;
pub mod cli;
pub mod diagnostic;
pub mod error;
pub mod finding;
pub mod geometry;
pub mod inbox;
pub mod manifest;
pub mod pdf;
pub mod read;
pub mod render;
pub mod report;
pub mod token;
pub mod workspace;
