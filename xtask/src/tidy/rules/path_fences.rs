//! Who may name what: consensus, the wire, writing files, threads.

use super::fence::{Fence, Holds};
use crate::tidy::finding::Finding;
use crate::tidy::source::SourceFile;

pub(crate) const RULE: &str = "path-fence";

const FENCES: &[Fence] = &[
    Fence {
        subject: "consensus",
        banned: &["openraft"],
        holds: Holds::Outside(&["coordinator/src/raft/"]),
        instead: "stays in coordinator/src/raft/; go through what that module offers",
    },
    Fence {
        subject: "the wire",
        banned: &["tonic"],
        holds: Holds::Outside(&[
            "proto/",
            "*/grpc/",
            "coordinator/src/raft/network/",
            "crates/cli/src/connection.rs",
            "tests/",
        ]),
        instead: "stays in proto/, grpc/, raft/network/ and the CLI's connection.rs; \
                  pass domain types",
    },
    Fence {
        subject: "writing files",
        banned: &[
            "std::fs::write",
            "std::fs::copy",
            "std::fs::rename",
            "std::fs::hard_link",
            "std::fs::create_dir",
            "std::fs::create_dir_all",
            "std::fs::remove_file",
            "std::fs::remove_dir",
            "std::fs::remove_dir_all",
            "std::fs::set_permissions",
            "std::fs::DirBuilder",
            "std::fs::OpenOptions",
            "std::fs::File::create",
            "std::fs::File::create_new",
            "std::fs::File::options",
            "std::os::unix::fs::symlink",
            "tokio::fs",
        ],
        holds: Holds::Outside(&[
            "crates/store/",
            "proto/build.rs",
            "coordinator/src/raft/log_store/",
            "crates/identity/src/file/",
            "crates/cli/src/output/",
            "tests/",
            "xtask/",
        ]),
        instead: "is left to tagma-store, the log store, identity's files and the CLI's output, \
                  which make it durable",
    },
    Fence {
        subject: "threads and file mapping",
        banned: &["std::thread", "memmap2", "rayon"],
        holds: Holds::Outside(&["worker/", "crates/identity/", "tests/", "xtask/"]),
        instead: "stay in the worker and in identity; take bytes and ranges, or use a task",
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

    #[track_caller]
    fn assert_fenced(text: &str, inside: &[&str], outside: &[&str]) {
        for path in inside {
            assert_eq!(lines(check, path, text), [0; 0], "{path}");
        }
        for path in outside {
            assert_eq!(lines(check, path, text), [1], "{path}");
        }
    }

    #[test]
    fn consensus_stays_in_its_folder() {
        let inside = [
            "coordinator/src/raft/node.rs",
            "coordinator/src/raft/network/client.rs",
        ];
        let outside = ["coordinator/src/server.rs", "worker/src/x.rs"];
        assert_fenced("use openraft::Raft;", &inside, &outside);
    }

    #[test]
    fn the_wire_stays_at_the_edges() {
        let inside = [
            "proto/src/status.rs",
            "worker/src/grpc/x.rs",
            "coordinator/src/raft/network/client.rs",
            "crates/cli/src/connection.rs",
            "tests/src/cluster.rs",
        ];
        let outside = [
            "coordinator/src/raft/node.rs",
            "crates/cli/src/commands/count.rs",
        ];
        assert_fenced("fn a(_: tonic::Status) {}", &inside, &outside);
        assert_fenced("use tonic_health::server;", &inside, &outside);
    }

    #[test]
    fn files_are_written_where_it_is_durable() {
        let inside = [
            "crates/store/src/local.rs",
            "coordinator/src/raft/log_store/open.rs",
            "crates/identity/src/file/writer.rs",
            "crates/cli/src/output/csv.rs",
            "tests/src/cluster.rs",
            "xtask/src/cargo.rs",
        ];
        let outside = ["worker/src/shard/x.rs", "crates/identity/src/layer.rs"];
        for text in [
            "use std::fs; fn a() { fs::write(b, c); }",
            "use std::fs::File; fn a() { File::create(b); }",
            "fn a() { std::fs::create_dir_all(b); }",
            "use std::fs::OpenOptions;",
            "use tokio::fs;",
        ] {
            assert_fenced(text, &inside, &outside);
        }
    }

    #[test]
    fn files_are_read_anywhere() {
        let text = "use std::fs::{self, File}; fn a() { fs::read(b); File::open(c); }";
        assert_fenced(text, &["worker/src/x.rs", "coordinator/src/x.rs"], &[]);
    }

    #[test]
    fn threads_stay_in_worker_and_identity() {
        let inside = ["worker/src/pool.rs", "crates/identity/src/x.rs"];
        assert_fenced(
            "fn a() { std::thread::spawn(b); }",
            &inside,
            &["crates/engine/src/x.rs"],
        );
        assert_fenced("use memmap2::Mmap;", &inside, &["coordinator/src/x.rs"]);
    }

    #[test]
    fn tests_are_free() {
        let text = "#[cfg(test)]\nmod tests { use std::thread; use tonic::Status; }\n";
        assert_eq!(lines(check, "crates/sql/src/x.rs", text), [0; 0]);
    }
}
