//! Measurements: generated data, a cluster of the real binary, the real commands against it.
//!
//! Every answer is compared with the generator's own figure before its time counts. Figures with a
//! target are judged; the others say where the time goes.

mod customers;
pub(crate) mod identity;
pub(crate) mod load;
mod machine;
mod orders;
mod parquet;
mod purchases;
mod report;
pub(crate) mod segment;
mod subject;

pub(crate) use self::report::Report;
pub(crate) use self::subject::Subject;

/// How much is measured.
pub(crate) struct Scale {
    /// Rows of each loaded file.
    pub(crate) rows: u64,
    /// People who are asked about.
    pub(crate) people: u64,
    /// Loads of each file.
    pub(crate) runs: u32,
    /// Timed calls of each question.
    pub(crate) calls: u32,
    /// What the data is a function of.
    pub(crate) seed: u64,
}
