//! Below the objects: text strings and names (`strings`), and keys that stand twice in a dictionary (`keys`).

pub mod keys;
pub mod strings;
