//! openraft's own suite over our log store and state machine.

use std::sync::Arc;

use openraft::StorageError;
use openraft::testing::log::{StoreBuilder, Suite};
use tempfile::TempDir;

use super::{LogStore, Snapshots};
use crate::raft::state_machine::{Published, StateMachine};
use crate::raft::types::TypeConfig;

struct InFreshFolder;

impl StoreBuilder<TypeConfig, LogStore, StateMachine, TempDir> for InFreshFolder {
    async fn build(&self) -> Result<(TempDir, LogStore, StateMachine), StorageError<TypeConfig>> {
        let folder = TempDir::new().expect("temporary folder");
        let log = LogStore::open(&folder.path().join("log"), "suite", 1).expect("opens");
        let snapshots = Snapshots::open(&folder.path().join("snapshots"), "suite").expect("opens");
        let machine = StateMachine::new(snapshots, Arc::new(Published::new()));
        Ok((folder, log, machine))
    }
}

#[tokio::test]
async fn the_log_store_suite_passes() {
    Suite::test_all(InFreshFolder).await.expect("every case");
}
