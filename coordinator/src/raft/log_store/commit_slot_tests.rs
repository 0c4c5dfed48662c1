//! The first bytes of the log file: every flipped bit, and crashes between two phases.

use std::fs;

use tempfile::TempDir;

use super::LogStore;
use super::commit_slots::HEADER_LENGTH;
use super::damage_tests::{Said, flip, names, said, written};
use super::reopen_tests::entries;
use crate::raft::error::{Result, chain};
use crate::raft::types::Vote;
use tagma_core::ErrorKind;

/// Bit 0 of the byte that says which commit slot counts.
const PRIMARY_BIT: usize = 9 * 8;

async fn said_by(content: &[u8]) -> Result<Said> {
    let folder = TempDir::new().expect("temporary folder");
    fs::write(folder.path().join("log.redb"), content).expect("writes");
    said(folder.path()).await
}

async fn every_bit_of_the_header(closed: bool) {
    let folder = TempDir::new().expect("temporary folder");
    let content = written(folder.path(), closed).await;
    let expected = said_by(&content).await.expect("whole");
    for bit in 0..HEADER_LENGTH * 8 {
        match said_by(&flip(&content, bit)).await {
            Ok(now) => assert_eq!(now, expected, "bit {bit} changed the log silently"),
            Err(error) => {
                assert!(names(&error, "log.redb"), "bit {bit}: {}", chain(&error));
                let damaged = [ErrorKind::Corrupt, ErrorKind::Incompatible];
                assert!(damaged.contains(&error.kind()), "bit {bit}: {error:?}");
            }
        }
    }
}

#[tokio::test]
async fn every_bit_of_the_header_of_a_closed_log_is_found_or_harmless() {
    every_bit_of_the_header(true).await;
}

#[tokio::test]
async fn every_bit_of_the_header_of_a_log_after_a_crash_is_found_or_harmless() {
    every_bit_of_the_header(false).await;
}

#[tokio::test]
async fn a_wrongly_marked_commit_slot_loses_nothing() {
    for closed in [true, false] {
        let folder = TempDir::new().expect("temporary folder");
        let content = written(folder.path(), closed).await;
        let expected = said_by(&content).await.expect("whole");
        let now = said_by(&flip(&content, PRIMARY_BIT)).await;
        assert_eq!(now.expect("opens"), expected, "closed: {closed}");
    }
}

/// The file before and after one more commit, without a proper end, and of the same length.
async fn around_a_commit() -> (Vec<u8>, Vec<u8>) {
    let folder = TempDir::new().expect("temporary folder");
    let log = LogStore::open(folder.path(), "cluster", 1).expect("opens");
    log.append(entries(0..20)).await.expect("appends");
    log.append(entries(20..40)).await.expect("appends");
    let file = folder.path().join("log.redb");
    let before = fs::read(&file).expect("reads");
    log.save_vote(Vote::new_committed(9, 1))
        .await
        .expect("saves");
    let after = fs::read(&file).expect("reads");
    assert_eq!(before.len(), after.len());
    (before, after)
}

#[tokio::test]
async fn a_crash_between_the_phases_leaves_a_whole_commit() {
    let (before, after) = around_a_commit().await;
    let (old, new) = (said_by(&before).await, said_by(&after).await);
    let (old, new) = (old.expect("whole"), new.expect("whole"));
    assert_ne!(old, new);
    // The first phase is complete: all pages and the slot are there, the slot is not yet marked.
    let first_phase = said_by(&flip(&after, PRIMARY_BIT)).await;
    assert_eq!(first_phase.expect("opens"), new);
    // Of the first phase nothing but the slot has reached the disk.
    let mut torn = before.clone();
    torn[..HEADER_LENGTH].copy_from_slice(&after[..HEADER_LENGTH]);
    assert_eq!(
        said_by(&flip(&torn, PRIMARY_BIT)).await.expect("opens"),
        old
    );
    // And of the slot only a half.
    torn[9] = before[9];
    let changed: Vec<usize> = (64..HEADER_LENGTH)
        .filter(|at| before[*at] != after[*at])
        .collect();
    for at in &changed[changed.len() / 2..] {
        torn[*at] = before[*at];
    }
    assert_eq!(said_by(&torn).await.expect("opens"), old);
}

#[tokio::test]
async fn a_log_that_is_open_is_not_touched() {
    let folder = TempDir::new().expect("temporary folder");
    let log = LogStore::open(folder.path(), "cluster", 1).expect("opens");
    log.append(entries(0..20)).await.expect("appends");
    let file = folder.path().join("log.redb");
    let content = fs::read(&file).expect("reads");
    let marked_wrong = flip(&content, PRIMARY_BIT);
    fs::write(&file, &marked_wrong).expect("writes");
    super::commit_slots::settle(&file).expect("leaves it");
    assert_eq!(fs::read(&file).expect("reads"), marked_wrong);
    drop(log);
}
