//! Named points at which tests kill the process, and their set-up from the environment.
//!
//! Owns the list of names and the way to die (`SIGKILL`, so that nothing is flushed or unwound).
//! Without the feature `failpoints`, which only test builds turn on, [`crash_point`] is nothing.

#[cfg(all(test, feature = "failpoints"))]
mod kill_tests;
mod setup;

pub use setup::{Error, VARIABLE, init_crash_points};

/// Every crash point. A name says the way through the system and the step that it stands at.
pub const CRASH_POINTS: &[&str] = &[
    // A put to a local directory, `durable_local`.
    "put.before_stage",    // nothing written yet
    "put.after_stage",     // payload written to its stage, not fsynced
    "put.after_fsync",     // stage fsynced, not at its destination
    "put.after_link",      // at its destination, the directory not fsynced
    "put.after_dir_fsync", // durable, not answered
    // A data batch at the leader.
    "commit.before_put",     // batch resolved, its object not put
    "commit.after_put",      // object durable, not referenced
    "commit.before_propose", // its turn in the order has come
    "commit.after_propose",  // the log has taken the entry
    "commit.before_ack",     // applied, the client not told
    // One entry on its way into a coordinator's state.
    "apply.before",         // committed, not applied
    "apply.after_catalog",  // the catalog has it
    "apply.after_identity", // the identity map has it
    "apply.before_report",  // the new applied index is not reported
    "apply.after_report",   // reported
    // A shard writing its memory to runs.
    "flush.before_encode", // rows frozen, nothing encoded
    "flush.after_encode",  // encoded in memory
    "flush.after_put",     // runs durable, no manifest names them
    "flush.before_commit", // manifest durable, not proposed
    "flush.after_commit",  // committed, memory not released
    // A shard merging its runs.
    "compaction.before_read",   // inputs chosen
    "compaction.after_merge",   // merged in memory
    "compaction.after_put",     // output durable, no manifest names it
    "compaction.before_commit", // manifest durable, not proposed
    "compaction.after_commit",  // committed, inputs not released
    // A tag run becoming a version.
    "publish.before_pack",    // values computed
    "publish.after_pack",     // packs durable
    "publish.after_manifest", // the manifest of all shards durable
    "publish.before_propose", // not proposed
    "publish.after_propose",  // proposed, the job not closed
    // The identity map writing its layers to files.
    "checkpoint.before_write",  // layers chosen
    "checkpoint.after_file",    // map files durable
    "checkpoint.after_put",     // checkpoint object durable
    "checkpoint.before_commit", // not proposed
    "checkpoint.after_commit",  // committed, layers not folded
    // The leader deleting objects that nothing names.
    "clean.before_delete", // chosen, still there
    "clean.after_delete",  // gone
];

/// Kills the process if the point `name`, one of [`CRASH_POINTS`], is set to `return`; takes any
/// other action of the `fail` crate (sleep, pause, …) as it is.
///
/// Blocks as those actions do, which is what a test asks for.
#[inline]
pub fn crash_point(name: &'static str) {
    debug_assert!(
        CRASH_POINTS.contains(&name),
        "crash point {name} is not declared"
    );
    #[cfg(feature = "failpoints")]
    fail::fail_point!(name, |_| -> () { kill() });
}

/// Ends the process as `kill -9` does, without running anything more of it.
#[cfg(feature = "failpoints")]
fn kill() -> ! {
    let pid = std::process::id().to_string();
    let sent = std::process::Command::new("kill")
        .args(["-9", &pid])
        .status();
    if !sent.is_ok_and(|status| status.success()) {
        std::process::abort();
    }
    loop {
        std::thread::park();
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_way_has_five_points_and_each_name_is_used_once() {
        let names: BTreeSet<_> = CRASH_POINTS.iter().collect();
        assert_eq!(names.len(), CRASH_POINTS.len());
        for way in [
            "put",
            "commit",
            "apply",
            "flush",
            "compaction",
            "publish",
            "checkpoint",
        ] {
            let of_way = |name: &&&str| name.split('.').next() == Some(way);
            assert_eq!(CRASH_POINTS.iter().filter(of_way).count(), 5, "{way}");
        }
    }

    #[test]
    fn a_point_that_is_not_set_does_nothing() {
        crash_point("checkpoint.after_file");
    }

    #[test]
    #[cfg(debug_assertions)]
    #[should_panic(expected = "crash point put.nowhere is not declared")]
    fn a_name_that_is_not_declared_is_a_bug() {
        crash_point("put.nowhere");
    }
}
