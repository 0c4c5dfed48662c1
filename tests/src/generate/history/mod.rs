//! Random histories of a whole Tagma: tables, loads, tag definitions, runs, saved segments, in
//! order; and the world that they must lead to.
//!
//! Everything is drawn and computed from rows in plain Rust: nothing that Tagma answered goes in.
//! People are numbered from 0 in order of creation, and are [`person`] in the world. Changes are
//! numbered from 1, which is their index in the world: who carries a history out knows which index
//! of Tagma's log each of them became.
//!
//! ```text
//! History::draw(seed, shape) → setup, stages of steps, world
//! ```

mod aggregate;
mod definitions;
mod draw;
mod ledger;
mod rows;
mod step;
mod table;
mod tag;
#[cfg(test)]
mod tests;

pub use self::draw::{History, HistoryShape};
pub use self::ledger::person;
pub use self::rows::{KnownBy, Row};
pub use self::step::{Change, Step, Way};
pub use self::table::{Column, Table, TableKind};
