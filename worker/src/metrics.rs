//! Names of the worker's metrics, and their recording.
//!
//! Base units: seconds, bytes. Nobody else in this crate names a metric.

use std::time::Duration;

use tagma_core::ErrorKind;

/// Answered requests, by `method` and `outcome` (`ok` or the error's kind).
pub const REQUESTS: &str = "tagma_worker_requests_total";
/// Time to answer, by `method`.
pub const REQUEST_SECONDS: &str = "tagma_worker_request_seconds";
/// Time of a flush.
pub const FLUSH_SECONDS: &str = "tagma_worker_flush_seconds";
/// Time of a merge of runs.
pub const COMPACTION_SECONDS: &str = "tagma_worker_compaction_seconds";
/// Flushes and merges that failed, by `kind`.
pub const UPKEEP_FAILURES: &str = "tagma_worker_upkeep_failures_total";
/// Bytes of tag sections in memory.
pub const TAG_CACHE_BYTES: &str = "tagma_worker_tag_cache_bytes";
/// Tag sections loaded from the store.
pub const TAG_LOADS: &str = "tagma_worker_tag_loads_total";
/// Shards that are open.
pub const SHARDS_OPEN: &str = "tagma_worker_shards_open";
/// Shards among them that stand still at a damaged entry.
pub const SHARDS_STOPPED: &str = "tagma_worker_shards_stopped";

pub(crate) fn answered(method: &'static str, outcome: Option<ErrorKind>, took: Duration) {
    let outcome = outcome.map_or("ok", ErrorKind::name);
    metrics::counter!(REQUESTS, "method" => method, "outcome" => outcome).increment(1);
    metrics::histogram!(REQUEST_SECONDS, "method" => method).record(took.as_secs_f64());
}

pub(crate) fn flushed(took: Duration) {
    metrics::histogram!(FLUSH_SECONDS).record(took.as_secs_f64());
}

pub(crate) fn compacted(took: Duration) {
    metrics::histogram!(COMPACTION_SECONDS).record(took.as_secs_f64());
}

pub(crate) fn upkeep_failed(kind: ErrorKind) {
    metrics::counter!(UPKEEP_FAILURES, "kind" => kind.name()).increment(1);
}

pub(crate) fn tag_loaded(cached_bytes: usize) {
    metrics::counter!(TAG_LOADS).increment(1);
    metrics::gauge!(TAG_CACHE_BYTES).set(cached_bytes as f64);
}

pub(crate) fn shards(open: usize, stopped: usize) {
    metrics::gauge!(SHARDS_OPEN).set(open as f64);
    metrics::gauge!(SHARDS_STOPPED).set(stopped as f64);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_whose_they_are_and_end_in_their_unit() {
        let names = [
            (REQUESTS, "_total"),
            (REQUEST_SECONDS, "_seconds"),
            (FLUSH_SECONDS, "_seconds"),
            (COMPACTION_SECONDS, "_seconds"),
            (UPKEEP_FAILURES, "_total"),
            (TAG_CACHE_BYTES, "_bytes"),
            (TAG_LOADS, "_total"),
            (SHARDS_OPEN, "_open"),
            (SHARDS_STOPPED, "_stopped"),
        ];
        for (name, end) in names {
            assert!(
                name.starts_with("tagma_worker_") && name.ends_with(end),
                "{name}"
            );
        }
    }
}
