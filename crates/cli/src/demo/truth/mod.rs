//! What is true of a world: whose every record and identifier is, and of whom it can be known.

mod decide;
#[cfg(test)]
mod decide_tests;
mod evidence;
mod files;
mod union_find;

pub(crate) use self::decide::{Holdings, Why, judge};
pub(crate) use self::evidence::{Evidence, Seen};
pub(crate) use self::files::{IDENTIFIERS, PEOPLE, RECORDS, TruthRows, people_row};
