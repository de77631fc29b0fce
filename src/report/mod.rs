//! The report: one model and several writers that decide nothing.
pub mod model;
