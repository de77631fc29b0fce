//! What the tests share.
//!
//! ```text
//! desk (a workspace in a temporary folder) ─ program ─▶ sent (rendered once) ─ returned (lopdf) ─▶ bytes ─ sent::read ─▶ Document
//!                                                                              filling (spellings), journey (flattened, scaled …)
//! ```

pub mod desk;
pub mod filling;
pub mod journey;
pub mod returned;
pub mod schema;
pub mod sent;
pub mod signer;
