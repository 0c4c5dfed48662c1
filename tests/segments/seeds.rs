//! Seeds of a run of these tests, and how to repeat it.

use tagma_tests::findings;

pub(crate) use tagma_tests::findings::{Named, Run, runs};

/// The command that asks the same questions again.
pub(crate) fn command(test: &str, seed: u64) -> String {
    findings::command("segments", test, seed)
}
