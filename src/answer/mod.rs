//! From evidence to answers: what one document says, and what each recipient said.
//!
//! ```text
//! evidence (read) ─ understand ─▶ document ─ collect ─▶ what counts for each recipient
//!     readings ──────┘ reconcile (the rules, one field)
//! ```
//! Every step is a pure function of its input.

pub mod collect;
pub mod document;
mod earlier;
pub mod evidence;
pub mod needs;
pub mod reading;
pub mod reconcile;
mod signed;
mod understand;

pub use understand::{Crop, understand};
