//! The only reader of PDF bytes. It gives facts and knows no campaigns.
pub mod facts;
