//! Crash points kill: shown by running this test binary as a child with each `put` point set.

use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Output};

use object_store::ObjectStoreExt;
use object_store::path::Path;
use tempfile::TempDir;

use super::{VARIABLE, init_crash_points};
use crate::DurableLocal;

const ROOT: &str = "TAGMA_STORE_TEST_ROOT";
const SIGKILL: i32 = 9;

/// Runs as the child of the tests below; alone it has nothing to do.
#[test]
fn child_puts_three_objects() {
    let Ok(root) = std::env::var(ROOT) else {
        return;
    };
    init_crash_points().expect("crash points");
    let runtime = tokio::runtime::Runtime::new().expect("runtime");
    runtime.block_on(async {
        let store = DurableLocal::open(root.as_ref()).expect("opens");
        for key in ["a/0", "a/1", "a/2"] {
            store.put(&Path::from(key), key.into()).await.expect("put");
        }
    });
}

fn child(root: &TempDir, setting: &str) -> Output {
    Command::new(std::env::current_exe().expect("this binary"))
        .args(["--exact", "crash::kill_tests::child_puts_three_objects"])
        .env(ROOT, root.path())
        .env(VARIABLE, setting)
        .output()
        .expect("runs")
}

#[test]
fn each_point_of_a_put_kills_and_what_was_answered_stays() {
    for (point, last_is_there) in [
        ("put.before_stage", false),
        ("put.after_stage", false),
        ("put.after_fsync", false),
        ("put.after_link", true),
        ("put.after_dir_fsync", true),
    ] {
        let root = TempDir::new().expect("temporary directory");
        let killed = child(&root, &format!("{point}=2*off->1*return"));
        assert_eq!(killed.status.signal(), Some(SIGKILL), "{point}: {killed:?}");
        for (key, expected) in [("a/0", true), ("a/1", true), ("a/2", last_is_there)] {
            let content = std::fs::read_to_string(root.path().join(key)).ok();
            assert_eq!(content, expected.then(|| key.to_owned()), "{point}");
        }
        let store = DurableLocal::open(root.path()).expect("opens after the kill");
        let staging = root.path().join(".staging");
        let folders = std::fs::read_dir(&staging).expect("staging folder").count();
        assert_eq!(folders, 2, "{point}: its own folder and the opening lock");
        drop(store);
    }
}

#[test]
fn a_wrong_setting_is_refused() {
    let root = TempDir::new().expect("temporary directory");
    let refused = child(&root, "put.nowhere=return");
    assert!(!refused.status.success());
    let output = String::from_utf8_lossy(&refused.stdout);
    assert!(output.contains("UnknownPoint"), "{output}");
    assert!(!root.path().join("a/0").exists());
}
