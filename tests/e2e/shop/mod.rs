//! A shop whose orders, people, tags and audiences are known: what most tests load.

mod check;
mod definitions;
mod expected;
mod orders;
mod steps;

pub(crate) use check::check;
pub(crate) use expected::{EXPRESSIONS, Expected};
pub(crate) use steps::{ORDERS_ARE_LOADED, Step, define, load, run_tags, steps, steps_of};
