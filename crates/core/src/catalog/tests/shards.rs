//! Shards: where they live, and whose manifest counts.

use super::*;

#[test]
fn a_manifest_is_taken_under_the_current_epoch_and_base_only() {
    let mut log = Log::new();
    for worker in ["a", "b"] {
        log.apply(Command::RegisterWorker {
            name: worker.into(),
            address: "x".into(),
        });
    }
    let assign = |owner, epoch| Command::AssignShards {
        owners: vec![(shard(1), NodeId(owner), ShardEpoch(epoch))],
    };
    log.apply(assign(1, 0));
    let commit = |epoch, base: Option<&str>, key: &str, flushed| {
        Command::CommitManifest(CommitManifest {
            shard: shard(1),
            epoch: ShardEpoch(epoch),
            base: base.map(str::to_owned),
            manifest: ManifestRef {
                object: object(key),
                flushed: LogIndex(flushed),
            },
        })
    };
    assert_eq!(log.apply(commit(1, None, "m1", 2)), Outcome::Done);
    log.apply(assign(2, 1));
    log.apply(assign(1, 0));
    assert_eq!(log.catalog.shards[&shard(1)].owner, Some(NodeId(2)));
    assert_eq!(
        refusal(log.apply(commit(1, Some("m1"), "m2", 3))),
        ErrorKind::Conflict
    );
    assert_eq!(
        refusal(log.apply(commit(2, None, "m2", 3))),
        ErrorKind::Conflict
    );
    assert_eq!(
        refusal(log.apply(commit(2, Some("m1"), "m2", 1))),
        ErrorKind::Invalid
    );
    assert_eq!(
        refusal(log.apply(commit(2, Some("m1"), "m2", 99))),
        ErrorKind::Invalid
    );
    assert_eq!(log.apply(commit(2, Some("m1"), "m2", 4)), Outcome::Done);
}

#[test]
fn shards_are_balanced_and_stay_where_their_owner_lives() {
    let mut log = Log::new();
    for worker in ["a", "b"] {
        log.apply(Command::RegisterWorker {
            name: worker.into(),
            address: "x".into(),
        });
    }
    let live = |ids: &[u64]| ids.iter().map(|id| NodeId(*id)).collect();
    let all = place(&log.catalog, &live(&[1]));
    assert_eq!(all.len(), 2);
    log.apply(Command::AssignShards { owners: all });
    let moved = place(&log.catalog, &live(&[1, 2]));
    assert_eq!(moved, [(shard(2), NodeId(2), ShardEpoch(1))]);
    log.apply(Command::AssignShards { owners: moved });
    assert!(place(&log.catalog, &live(&[1, 2])).is_empty());
    assert_eq!(
        place(&log.catalog, &live(&[2])),
        [(shard(1), NodeId(2), ShardEpoch(1))]
    );
    assert!(place(&log.catalog, &live(&[])).is_empty());
}
