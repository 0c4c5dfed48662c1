//! Flipped bits in the files: the error names the file, or nothing has changed.

use std::fs;
use std::path::{Path, PathBuf};

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use tagma_core::catalog::Catalog;
use tagma_core::{ErrorKind, LogIndex, Term};
use tempfile::TempDir;

use super::reopen_tests::entries;
use super::{LogStore, SnapshotHeader, SnapshotImage, Snapshots};
use crate::raft::error::{Error, Result, chain};
use crate::raft::types::{RaftEntry, SnapshotMeta, Vote, log_id};

const FLIPS: usize = 150;

/// Everything that a log says.
pub(super) type Said = (Option<Vote>, (Option<u64>, Option<u64>), Vec<RaftEntry>);

pub(super) async fn said(folder: &Path) -> Result<Said> {
    let log = LogStore::open(folder, "cluster", 1)?;
    log.verify().await?;
    let (purged, last) = log.ends();
    let ends = (purged.map(|id| id.index), last.map(|id| id.index));
    Ok((log.vote(), ends, log.read(0..u64::MAX, usize::MAX).await?))
}

/// A log that was closed, or, if not `closed`, the file of one still open.
pub(super) async fn written(folder: &Path, closed: bool) -> Vec<u8> {
    let log = LogStore::open(folder, "cluster", 1).expect("opens");
    log.save_vote(Vote::new_committed(2, 1))
        .await
        .expect("saves");
    for start in (0..200).step_by(20) {
        log.append(entries(start..start + 20))
            .await
            .expect("appends");
    }
    log.purge(log_id(2, 39)).await.expect("purges");
    let file = folder.join("log.redb");
    if closed {
        drop(log);
        return fs::read(file).expect("reads");
    }
    fs::read(file).expect("reads")
}

fn seed() -> u64 {
    let given = std::env::var("TAGMA_SEED")
        .ok()
        .and_then(|seed| seed.parse().ok());
    given.unwrap_or_else(|| rand::rng().random())
}

/// Positions to flip: everything that may matter in a file of mostly zeros.
fn bits(rng: &mut StdRng, content: &[u8]) -> Vec<usize> {
    let used: Vec<usize> = (0..content.len()).filter(|at| content[*at] != 0).collect();
    let mut bits: Vec<usize> = (0..FLIPS / 3)
        .map(|_| rng.random_range(0..512 * 8))
        .collect();
    bits.extend(
        (0..FLIPS).map(|_| used[rng.random_range(0..used.len())] * 8 + rng.random_range(0..8)),
    );
    bits.extend((0..FLIPS / 3).map(|_| rng.random_range(0..content.len() * 8)));
    bits
}

pub(super) fn flip(content: &[u8], bit: usize) -> Vec<u8> {
    let mut damaged = content.to_vec();
    damaged[bit / 8] ^= 1 << (bit % 8);
    damaged
}

pub(super) fn names(error: &Error, file: &str) -> bool {
    chain(error).contains(file)
}

async fn flips_in_the_log(closed: bool) {
    let seed = seed();
    println!("TAGMA_SEED={seed} reproduces this run");
    let mut rng = StdRng::seed_from_u64(seed);
    let folder = TempDir::new().expect("temporary folder");
    let content = written(folder.path(), closed).await;
    let whole = TempDir::new().expect("temporary folder");
    fs::write(whole.path().join("log.redb"), &content).expect("writes");
    let expected = said(whole.path()).await.expect("whole");
    let mut found = 0;
    let bits = bits(&mut rng, &content);
    for bit in &bits {
        let damaged = TempDir::new().expect("temporary folder");
        fs::write(damaged.path().join("log.redb"), flip(&content, *bit)).expect("writes");
        match said(damaged.path()).await {
            Ok(now) => assert_eq!(now, expected, "bit {bit} changed the log silently"),
            Err(error) => {
                assert!(names(&error, "log.redb"), "bit {bit}: {}", chain(&error));
                let damaged = [ErrorKind::Corrupt, ErrorKind::Incompatible];
                assert!(damaged.contains(&error.kind()), "bit {bit}: {error:?}");
                found += 1;
            }
        }
    }
    println!("{} flips, {found} found, the others harmless", bits.len());
    assert!(found > 0);
}

#[tokio::test]
async fn a_flipped_bit_in_a_closed_log_is_found_or_harmless() {
    flips_in_the_log(true).await;
}

#[tokio::test]
async fn a_flipped_bit_in_a_log_after_a_crash_is_found_or_harmless() {
    flips_in_the_log(false).await;
}

#[tokio::test]
async fn a_flipped_bit_in_a_snapshot_is_found() {
    let folder = TempDir::new().expect("temporary folder");
    let path = snapshot(folder.path()).await;
    let content = fs::read(&path).expect("reads");
    for bit in 0..content.len() * 8 {
        fs::write(&path, flip(&content, bit)).expect("writes");
        let snapshots = Snapshots::open(folder.path(), "cluster").expect("opens");
        let error = snapshots.newest().await.expect_err("found");
        assert!(names(&error, "0007-"), "bit {bit}: {}", chain(&error));
        assert_eq!(error.kind(), ErrorKind::Corrupt);
    }
}

/// A snapshot at entry 7 of term 3.
async fn snapshot(folder: &Path) -> PathBuf {
    let snapshots = Snapshots::open(folder, "cluster").expect("opens");
    let meta = SnapshotMeta {
        last_log_id: Some(log_id(3, 7)),
        ..SnapshotMeta::default()
    };
    let header = SnapshotHeader::new("cluster", &meta, LogIndex(5));
    let mut catalog = Catalog::default();
    catalog.pass(LogIndex(7), Term(3));
    let image = SnapshotImage::encode(&header, &catalog).expect("encodes");
    snapshots.keep(image).await.expect("keeps");
    let kept = snapshots.newest().await.expect("reads").expect("there");
    assert_eq!(kept.catalog().expect("decodes"), catalog);
    assert_eq!(
        (kept.meta(), kept.header().term_start),
        (&meta, LogIndex(5))
    );
    let mut files = fs::read_dir(folder).expect("lists");
    files.next().expect("a file").expect("lists").path()
}

#[tokio::test]
async fn a_newer_snapshot_replaces_the_older_one() {
    let folder = TempDir::new().expect("temporary folder");
    snapshot(folder.path()).await;
    let snapshots = Snapshots::open(folder.path(), "cluster").expect("opens");
    let meta = SnapshotMeta {
        last_log_id: Some(log_id(3, 10)),
        ..SnapshotMeta::default()
    };
    let header = SnapshotHeader::new("cluster", &meta, LogIndex(5));
    let image = SnapshotImage::encode(&header, &Catalog::default()).expect("encodes");
    fs::write(folder.path().join("left-over.staged"), b"half").expect("writes");
    Snapshots::open(folder.path(), "cluster")
        .expect("cleans")
        .keep(image)
        .await
        .expect("keeps");
    let newest = snapshots.newest().await.expect("reads").expect("there");
    assert_eq!(newest.meta().last_log_id, Some(log_id(3, 10)));
    assert_eq!(fs::read_dir(folder.path()).expect("lists").count(), 1);
    let error = Snapshots::open(folder.path(), "other")
        .expect("opens")
        .newest()
        .await;
    assert_eq!(error.expect_err("foreign").kind(), ErrorKind::Invalid);
}
