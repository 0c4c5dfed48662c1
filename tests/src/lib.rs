//! What Tagma's tests share: an oracle of what segments mean, random worlds to ask it about, and
//! real processes.
//!
//! Owns no test itself: each folder beside `src/` is one test binary.

pub mod generate;
pub mod harness;
pub mod oracle;
