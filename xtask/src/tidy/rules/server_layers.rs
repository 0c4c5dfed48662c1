//! Inside a server: main → server → {grpc, http, tasks} → service → {raft | shard | store} → core.
//! `grpc/` never reaches past `service/`, and `service/` never sees a wire type.

use super::fence::{Fence, Holds};
use crate::tidy::finding::Finding;
use crate::tidy::source::SourceFile;

pub(crate) const RULE: &str = "server-layer";

const FENCES: &[Fence] = &[
    Fence {
        subject: "grpc/",
        banned: &[
            "crate::raft",
            "crate::shard",
            "crate::store",
            "openraft",
            "redb",
            "tagma_store",
            "tagma_sql",
            "tagma_identity",
            "tagma_engine",
        ],
        holds: Holds::Within(&["coordinator/src/grpc/", "worker/src/grpc/"]),
        instead: "translates and calls service/; put the work there",
    },
    Fence {
        subject: "service/",
        banned: &["tonic", "tagma_proto::pb"],
        holds: Holds::Within(&["coordinator/src/service/", "worker/src/service/"]),
        instead: "speaks domain types; translate in grpc/",
    },
];

pub(crate) fn check(file: &SourceFile) -> Vec<Finding> {
    FENCES
        .iter()
        .flat_map(|fence| fence.check(RULE, file))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::rules::snippet::lines;

    #[test]
    fn grpc_does_not_reach_past_service() {
        for text in ["use crate::raft::Node;", "use super::super::shard::Shard;"] {
            assert_eq!(
                lines(check, "coordinator/src/grpc/x.rs", text),
                [1],
                "{text}"
            );
            assert_eq!(lines(check, "worker/src/grpc/x.rs", text), [1], "{text}");
            assert_eq!(
                lines(check, "worker/src/service/x.rs", text),
                [0; 0],
                "{text}"
            );
        }
        let text = "use crate::service::Count;\nuse tagma_proto::pb;\n";
        assert_eq!(lines(check, "worker/src/grpc/x.rs", text), [0; 0]);
    }

    #[test]
    fn service_sees_no_wire_type() {
        for text in [
            "use tonic::Status;",
            "use tagma_proto::{convert, pb};",
            "use tagma_proto::*;",
        ] {
            assert_eq!(
                lines(check, "coordinator/src/service/x.rs", text),
                [1],
                "{text}"
            );
            assert_eq!(
                lines(check, "coordinator/src/grpc/x.rs", text),
                [0; 0],
                "{text}"
            );
        }
        let text = "use tagma_proto::convert;\nuse crate::raft::Node;\n";
        assert_eq!(lines(check, "worker/src/service/x.rs", text), [0; 0]);
    }
}
