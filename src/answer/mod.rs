//! From readings to answers: what one document says, and what each recipient said.
pub mod collect;
pub mod document;
pub mod reading;
pub mod reconcile;
