//! Holds the JSON Schemas in `schemas/` to what serde writes.
