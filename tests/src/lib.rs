//! What Tagma's tests share: an oracle of what segments mean, random worlds to ask it about,
//! real processes, and how a random test tells what it found.
//!
//! Owns no test itself: each folder beside `src/` is one test binary.

pub mod findings;
pub mod generate;
pub mod harness;
pub mod oracle;
