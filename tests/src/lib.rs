//! What Tagma's tests share: an oracle of what segments mean, and random worlds to ask it about.
//!
//! Owns no test itself: each folder beside `src/` is one test binary.

pub mod generate;
pub mod oracle;
