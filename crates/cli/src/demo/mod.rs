//! The demo's world: a chain of clinics for aesthetic medicine (医美连锁) whose five sources know
//! the same people by different identifiers, with a fixed amount of noise, and the truth beside.
//!
//! A pure function of (people, seed, today): integers only, no clock, the same bytes whatever the
//! machine and the number of threads.
//!
//! | module | what it is |
//! | --- | --- |
//! | `noise` | how wrong the sources are |
//! | `plan` | what people do not have each for themselves: shared phones, devices handed on |
//! | `person` | one person: persona, lifecycle, history, identifiers |
//! | `sources` | a person's rows in each source |
//! | `truth` | whose each record is; who is decidable |
//! | `block` | people by the thousand, ready to be written |
//! | `generate` | all blocks, written in order |
//! | `score` | precision and recall of an assignment against the truth |

pub(crate) mod block;
mod calendar;
pub(crate) mod generate;
mod history;
mod identifiers;
mod lifecycle;
mod names;
pub(crate) mod noise;
mod person;
mod persona;
mod places;
pub(crate) mod plan;
mod projects;
mod random;
pub(crate) mod score;
pub(crate) mod source;
pub(crate) mod sources;
mod spelling;
pub(crate) mod tables;
pub(crate) mod truth;
#[cfg(test)]
mod world_tests;
