//! A failed fsync ends the process: shown by running this test binary as a child whose fsync
//! fails.

use std::fs::File;
use std::io;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use object_store::path::Path as ObjectPath;
use object_store::{ObjectStoreExt, PutPayload};

use super::DurableLocal;
use super::fsync::Fsync;

const ROOT: &str = "TAGMA_STORE_TEST_ROOT";
const FAILING: &str = "TAGMA_STORE_TEST_FAILING";
const SIGABRT: i32 = 6;

/// Fails for what its name says.
#[derive(Debug)]
struct Failing(String);

impl Failing {
    fn outcome(&self, what: &str) -> io::Result<()> {
        if self.0 == what {
            Err(io::Error::other("no such luck"))
        } else {
            Ok(())
        }
    }
}

impl Fsync for Failing {
    fn file(&self, _file: &File, _path: &Path) -> io::Result<()> {
        self.outcome("file")
    }

    fn directory(&self, _directory: &File, path: &Path) -> io::Result<()> {
        // Those of opening must succeed: only directories below the root are failed.
        if path.ends_with("folder") {
            self.outcome("directory")
        } else {
            Ok(())
        }
    }
}

/// Runs as the child of the test below; alone it has nothing to do.
#[test]
fn child_puts_one_object() {
    let (Ok(root), Ok(failing)) = (std::env::var(ROOT), std::env::var(FAILING)) else {
        return;
    };
    let fsync = Arc::new(Failing(failing));
    let store = DurableLocal::open_with(Path::new(&root), fsync).expect("opens");
    let runtime = tokio::runtime::Runtime::new().expect("runtime");
    let payload = PutPayload::from_static(b"content");
    runtime
        .block_on(store.put(&ObjectPath::from("folder/key"), payload))
        .expect("put");
}

#[test]
fn a_failed_fsync_ends_the_process() {
    let binary = std::env::current_exe().expect("this binary");
    for (failing, signal, exists) in [
        ("file", Some(SIGABRT), false),
        ("directory", Some(SIGABRT), true),
        ("", None, true),
    ] {
        let root = tempfile::TempDir::new().expect("temporary directory");
        let child = Command::new(&binary)
            .args(["--exact", "durable_local::die_tests::child_puts_one_object"])
            .env(ROOT, root.path())
            .env(FAILING, failing)
            .output()
            .expect("runs");
        assert_eq!(
            child.status.signal(),
            signal,
            "{failing}: {:?}",
            child.status
        );
        assert_eq!(root.path().join("folder/key").exists(), exists, "{failing}");
    }
}
