//! Wire ↔ domain, one folder per family.

pub mod segment;
