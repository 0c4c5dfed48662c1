//! What is kept for whom: journal, versions, commit times.

use super::*;

#[test]
fn the_journal_is_kept_until_every_shard_and_the_identity_map_have_it() {
    let mut log = Log::new();
    log.apply(Command::RegisterWorker {
        name: "a".into(),
        address: "x".into(),
    });
    let owners = vec![
        (shard(1), NodeId(1), ShardEpoch(0)),
        (shard(2), NodeId(1), ShardEpoch(0)),
    ];
    log.apply(Command::AssignShards { owners });
    log.apply(batch(1, 0, vec![]));
    let flushed = LogIndex(log.index);
    for number in [1, 2] {
        assert_eq!(log.catalog.journal.len(), 1);
        let manifest = ManifestRef {
            object: object("m"),
            flushed,
        };
        log.apply(Command::CommitManifest(CommitManifest {
            shard: shard(number),
            epoch: ShardEpoch(1),
            base: None,
            manifest,
        }));
    }
    assert_eq!(log.catalog.journal.len(), 1);
    let checkpoint = CheckpointRef {
        object: object("i"),
        index: flushed,
    };
    assert_eq!(
        log.apply(Command::CommitCheckpoint { checkpoint }),
        Outcome::Done
    );
    assert!(log.catalog.journal.is_empty());
    assert_eq!(log.catalog.trimmed, flushed);
}

#[test]
fn a_version_that_a_pin_reads_outlives_newer_ones_and_the_floor() {
    let mut log = Log::new();
    let one = TagDefinition {
        history: 1,
        ..tag("t")
    };
    let documents = ApplyDocuments {
        chain: 1,
        tags: vec![one],
        ..Default::default()
    };
    log.apply(Command::Apply(Box::new(documents)));
    let run = |log: &mut Log| {
        log.apply(Command::OpenJob {
            tags: vec![name("t")],
            as_of: 7,
        });
        let tags = vec![PublishedTag {
            name: name("t"),
            rows: 1,
        }];
        let job = JobId(log.index);
        log.apply(Command::PublishTags(PublishTags {
            job,
            manifest: object("m"),
            tags,
        }));
    };
    run(&mut log);
    let pinned = LogIndex(log.index);
    log.apply(Command::Pin {
        index: pinned,
        owner: "me".into(),
        expires_at: i64::MAX,
    });
    run(&mut log);
    log.apply(Command::AdvanceFloor {
        to: LogIndex(log.index),
    });
    run(&mut log);
    assert!(log.catalog.is_readable(pinned));
    let read = log
        .catalog
        .version_at("t", pinned)
        .map(|published| published.version);
    assert_eq!(read, Some(TagVersion(1)));
    assert_eq!(
        log.catalog.commit_time(pinned).map(|at| at.0),
        Some(1_000 * pinned.0 as i64)
    );
}

#[test]
fn the_floor_keeps_its_own_commit_time() {
    let mut log = Log::new();
    for _ in 0..5 {
        log.apply(Command::Barrier);
    }
    let floor = LogIndex(log.index - 2);
    log.apply(Command::AdvanceFloor { to: floor });
    assert_eq!(
        log.catalog.commit_time(floor).map(|at| at.0),
        Some(1_000 * floor.0 as i64)
    );
    assert_eq!(log.catalog.commit_time(LogIndex(1)), None);
}
