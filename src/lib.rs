//! avsikt sends declarations of intent, reads what comes back, and reports who said what.
//!
//! ```text
//! templates/*.yaml ─ campaign ─ render ─┬─▶ outbox/declarations/*.pdf
//!                                       └─▶ outbox/manifest.json ──┐ (what was sent, where each field is)
//! inbox/** ─ inbox ─ avsikt-pdf (worker) ── read ◀─────────────────┘
//!                                            │
//!                                          answer ─ report ─▶ outbox/report/{json,html,xlsx,csv}
//! ```
//!
//! The modules stand in the order in which data flows, after the ground that all of them stand on. `cli` is the only one
//! that prints, `workspace` the only one that touches the file system.

// Ground.
pub mod diagnostic;
pub mod encoder;
pub mod error;
pub mod finding;
pub mod ids;
pub mod pages;
pub mod spot;
pub mod stamped;
pub mod token;
pub mod workspace;

// Out.
pub mod campaign;
pub mod manifest;
pub mod render;

// Back.
pub mod inbox;
pub mod read;

pub mod answer;
pub mod report;

pub mod cli;

// The reader of PDF bytes is a package of its own, `crates/avsikt-pdf`.
pub use avsikt_pdf as pdf;
pub use avsikt_pdf::geometry;
