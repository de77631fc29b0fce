//! What the tests share.
//!
//! ```text
//! desk (a workspace in a temporary folder) ─ program ─▶ sent (rendered once) ─ returned (lopdf) ─▶ bytes ─ sent::read ─▶ Document
//!                                                                              filling (spellings)
//! ```

pub mod desk;
pub mod filling;
pub mod returned;
pub mod schema;
pub mod sent;
