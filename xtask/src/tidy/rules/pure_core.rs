//! Core and engine are functions of their input: no clock, no randomness, no IO, no async, and
//! no collection whose order is chance.

use super::fence::{Fence, Holds};
use crate::tidy::finding::Finding;
use crate::tidy::source::SourceFile;

pub(crate) const RULE: &str = "pure-core";

const FENCE: Fence = Fence {
    subject: "core and engine",
    banned: &[
        "tokio",
        "tonic",
        "futures",
        "rand",
        "getrandom",
        "std::time::SystemTime",
        "std::time::Instant",
        "chrono::Utc::now",
        "chrono::Local",
        "std::fs",
        "std::net",
        "std::env",
        "std::process",
        "std::collections::HashMap",
        "std::collections::HashSet",
        "hashbrown",
    ],
    holds: Holds::Within(&["crates/core/src/", "crates/engine/src/"]),
    instead: "are pure; take time, randomness and bytes as arguments, and use BTree collections",
};

pub(crate) fn check(file: &SourceFile) -> Vec<Finding> {
    FENCE.check(RULE, file)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::rules::snippet::lines;

    const IMPURE: &[&str] = &[
        "use std::collections::{BTreeMap, HashMap};",
        "use std::time::{Duration, Instant};",
        "fn a() { std::fs::read(b); }",
        "use tokio::sync::Mutex;",
        "use chrono::Utc; fn a() { Utc::now(); }",
        "fn a() { rand::random(); }",
    ];

    #[test]
    fn core_and_engine_are_pure() {
        for text in IMPURE {
            assert_eq!(lines(check, "crates/core/src/x.rs", text), [1], "{text}");
            assert_eq!(
                lines(check, "crates/engine/src/x/y.rs", text),
                [1],
                "{text}"
            );
            assert_eq!(lines(check, "worker/src/x.rs", text), [0; 0], "{text}");
        }
    }

    #[test]
    fn durations_trees_and_tests_are_fine() {
        let text = "use std::time::Duration;\nuse std::collections::BTreeMap;\n\
            #[cfg(test)]\nmod tests { use rand::Rng; }\n";
        assert_eq!(lines(check, "crates/core/src/x.rs", text), [0; 0]);
    }
}
