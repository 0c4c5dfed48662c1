//! The functions that SQL may call: what is not listed here does not exist.
//!
//! Owns the lists and our own functions. Everything listed is deterministic and bounded: nothing
//! reads a clock, draws numbers, builds text of a length given by number, or names the machine.

mod aggregate;
mod allowed;
mod arithmetic;
mod calendar;
mod clock;
mod exact_group;
mod exact_one;
mod last_value;
mod midnight;
mod numbers;
mod rounding;
mod shift;

pub use self::allowed::{aggregate_names, scalar_names, window_names};
pub(super) use self::allowed::{aggregates, scalars, windows};
pub(super) use self::arithmetic::{Op, arithmetic};
pub(super) use self::midnight::midnight;
pub(super) use self::shift::shift;
