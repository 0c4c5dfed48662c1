//! What a restart finds.

use openraft::EntryPayload;
use tagma_core::ErrorKind;
use tempfile::TempDir;

use super::LogStore;
use crate::raft::error::Result;
use crate::raft::types::{EntryBytes, RaftEntry, Vote, log_id};

/// Entries `range` of term 2 with contents that tell them apart.
pub(super) fn entries(range: std::ops::Range<u64>) -> Vec<RaftEntry> {
    let entry = |index| RaftEntry {
        log_id: log_id(2, index),
        payload: EntryPayload::Normal(EntryBytes::from_slice(format!("entry {index}").as_bytes())),
    };
    range.map(entry).collect()
}

fn open(folder: &TempDir) -> Result<LogStore> {
    LogStore::open(folder.path(), "cluster", 1)
}

#[tokio::test]
async fn vote_log_committed_and_ends_come_back() -> Result<()> {
    let folder = TempDir::new().expect("temporary folder");
    let log = open(&folder)?;
    log.save_vote(Vote::new_committed(2, 1)).await?;
    log.append(entries(0..40)).await?;
    log.truncate(Some(log_id(2, 29))).await?;
    log.append(entries(30..35)).await?;
    log.purge(log_id(2, 9)).await?;
    log.note_committed(Some(log_id(2, 33)));
    log.flush().await?;
    drop(log);

    let log = open(&folder)?;
    assert_eq!(log.vote(), Some(Vote::new_committed(2, 1)));
    assert_eq!(log.committed(), Some(log_id(2, 33)));
    assert_eq!(log.ends(), (Some(log_id(2, 9)), Some(log_id(2, 34))));
    assert_eq!(log.read(0..u64::MAX, usize::MAX).await?, entries(10..35));
    log.verify().await
}

#[tokio::test]
async fn what_was_written_is_there_without_a_proper_end() -> Result<()> {
    let folder = TempDir::new().expect("temporary folder");
    let log = open(&folder)?;
    log.append(entries(0..40)).await?;
    let copy = TempDir::new().expect("temporary folder");
    let file = "log.redb";
    std::fs::copy(folder.path().join(file), copy.path().join(file)).expect("copies");
    let found = open(&copy)?;
    assert_eq!(found.read(0..u64::MAX, usize::MAX).await?, entries(0..40));
    drop(log);
    Ok(())
}

#[tokio::test]
async fn entries_are_read_until_they_are_large_enough() -> Result<()> {
    let folder = TempDir::new().expect("temporary folder");
    let log = open(&folder)?;
    log.append(entries(0..40)).await?;
    assert_eq!(log.read(5..40, 0).await?.len(), 1);
    let some = log.read(5..40, 100).await?;
    assert!(some.len() > 1 && some.len() < 35, "{}", some.len());
    assert_eq!(some, entries(5..5 + some.len() as u64));
    Ok(())
}

#[tokio::test]
async fn another_nodes_or_clusters_log_is_refused() -> Result<()> {
    let folder = TempDir::new().expect("temporary folder");
    drop(open(&folder)?);
    for (cluster, node) in [("cluster", 2), ("other", 1)] {
        let error = LogStore::open(folder.path(), cluster, node)
            .err()
            .expect("refused");
        assert_eq!(error.kind(), ErrorKind::Invalid);
        assert!(
            error
                .to_string()
                .contains("log.redb belongs to node 1 of cluster"),
            "{error}"
        );
    }
    drop(open(&folder)?);
    Ok(())
}

#[tokio::test]
async fn a_hole_is_never_written() -> Result<()> {
    let folder = TempDir::new().expect("temporary folder");
    let log = open(&folder)?;
    log.append(entries(0..3)).await?;
    assert!(log.append(entries(4..5)).await.is_err());
    assert_eq!(log.read(0..u64::MAX, usize::MAX).await?, entries(0..3));
    Ok(())
}
