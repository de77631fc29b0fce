//! Paper: pages that were printed, marked by hand, and scanned or photographed.
//!
//! ```text
//! page ─ picture ─▶ pyramid ─┬─ code ── marks ── patches ─▶ lay (a homography, and what it may be trusted by)
//! page as sent ─ template ───┘                               │
//!                                                            └─▶ ink: in boxes, around them, in fields ─┬─▶ sheet
//!                                                                beside: ink anywhere else ──────────────┘
//! ```
//! Everything on a page is measured in millimetres from its upper left corner. A map takes those to pixels of the picture;
//! nothing is ever straightened as a whole, only looked at through the map.

mod alike;
mod beside;
mod code;
mod homography;
mod ink;
mod lay;
mod marks;
mod patches;
mod picture;
mod pyramid;
pub mod sheet;
mod template;
mod trouble;
