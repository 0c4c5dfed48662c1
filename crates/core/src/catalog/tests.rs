//! The catalog's promises, one by one, and the bytes of what is stored.

use super::*;
use crate::{
    error::ErrorKind,
    id::{LogIndex, NodeId, OneId, ShardEpoch, ShardId, TagVersion, Term},
    schema::{
        IdentifierType, Name, Normalizer, OnMissing, TableKind, TableSchema, TagDefinition,
        TagKind, TagLevel,
    },
    segment::{Expr, SegmentDefinition},
};

/// A log that is applied as it is written.
struct Log {
    catalog: Catalog,
    index: u64,
}

impl Log {
    fn new() -> Self {
        let mut log = Self {
            catalog: Catalog::default(),
            index: 0,
        };
        let create = CreateCluster {
            cluster_id: "c".into(),
            shard_count: 2,
            key_fingerprint: "f".into(),
            zone: "UTC".into(),
        };
        assert_eq!(log.apply(Command::CreateCluster(create)), Outcome::Done);
        log
    }

    fn apply(&mut self, command: Command) -> Outcome {
        self.index += 1;
        let stamp = 1_000 * self.index.cast_signed();
        let entry = Entry {
            stamp,
            request: None,
            command,
        };
        self.catalog.apply(LogIndex(self.index), Term(1), &entry)
    }
}

fn name(text: &str) -> Name {
    Name::new(text).expect("a name")
}

fn shard(number: u16) -> ShardId {
    ShardId::new(number).expect("a shard")
}

fn object(key: &str) -> ObjectRef {
    ObjectRef {
        key: key.into(),
        bytes: 1,
    }
}

fn tag(text: &str) -> TagDefinition {
    TagDefinition {
        name: name(text),
        kind: TagKind::Int,
        sql: "SELECT oneid, 1 AS value FROM t GROUP BY oneid".into(),
        level: TagLevel::Base,
        category: None,
        owner: None,
        display: Default::default(),
        description: None,
        timezone: None,
        on_missing: OnMissing::Empty,
        history: 2,
    }
}

fn segment(text: &str, expr: Expr) -> SegmentDefinition {
    SegmentDefinition {
        name: name(text),
        text: String::new(),
        expr,
        display: Default::default(),
        owner: None,
        description: None,
        timezone: None,
    }
}

fn batch(chain: u64, first: u32, requests: Vec<BatchRequest>) -> Command {
    Command::Batch(Box::new(Batch {
        chain,
        object: object("journal/1"),
        nonce: [7; 16],
        sections: vec![(
            shard(1),
            SectionRef {
                offset: 64,
                length: 8,
                crc32c: 9,
            },
        )],
        identity: None,
        decided: PeopleList::default(),
        rules: RuleCounts::default(),
        created: vec![CreatedPeople {
            shard: shard(1),
            first,
            count: 3,
        }],
        requests,
        tables: Vec::new(),
    }))
}

fn refusal(outcome: Outcome) -> ErrorKind {
    match outcome {
        Outcome::Refused(refusal) => refusal.kind,
        other => panic!("{other:?} is no refusal"),
    }
}

#[test]
fn a_batch_is_taken_in_chain_order_with_dense_people_and_consecutive_sequences() {
    let mut log = Log::new();
    let opened = log.apply(Command::OpenProducer { name: "p".into() });
    let Outcome::Producer {
        id,
        epoch,
        last_sequence: 0,
    } = opened
    else {
        panic!("{opened:?}")
    };
    let request = |sequence| BatchRequest {
        producer: id,
        epoch,
        sequence,
        rows: 5,
        rejected: 1,
        created: 3,
    };
    assert_eq!(refusal(log.apply(batch(2, 0, vec![]))), ErrorKind::Conflict);
    assert_eq!(refusal(log.apply(batch(1, 1, vec![]))), ErrorKind::Conflict);
    assert_eq!(
        refusal(log.apply(batch(1, 0, vec![request(2)]))),
        ErrorKind::Conflict
    );
    assert_eq!(log.catalog.people.created, 0);
    let taken = log.apply(batch(1, 0, vec![request(1), request(2)]));
    assert!(matches!(taken, Outcome::Batch(recorded) if recorded.len() == 2));
    assert_eq!(refusal(log.apply(batch(1, 3, vec![]))), ErrorKind::Conflict);
    assert_eq!(
        refusal(log.apply(batch(2, 3, vec![request(2)]))),
        ErrorKind::Conflict
    );
    let producer = &log.catalog.producers[&id];
    assert_eq!((producer.rows, producer.last_sequence), (10, 2));
    assert_eq!(log.catalog.people.next_ordinal[0], 3);
    assert!(matches!(
        log.apply(Command::OpenProducer { name: "p".into() }),
        Outcome::Producer {
            epoch: 2,
            last_sequence: 2,
            ..
        }
    ));
    assert_eq!(
        refusal(log.apply(batch(2, 3, vec![request(3)]))),
        ErrorKind::Conflict
    );
}

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
fn a_run_is_published_once_on_all_shards_or_not_at_all() {
    let mut log = Log::new();
    let documents = ApplyDocuments {
        chain: 1,
        tags: vec![tag("t")],
        ..Default::default()
    };
    log.apply(Command::Apply(Box::new(documents)));
    let open = |log: &mut Log| match log.apply(Command::OpenJob {
        tags: vec![name("t")],
        as_of: 7,
    }) {
        Outcome::Job(job) => job,
        other => panic!("{other:?}"),
    };
    let publish = |job| {
        let tags = vec![PublishedTag {
            name: name("t"),
            rows: 1,
        }];
        Command::PublishTags(PublishTags {
            job,
            manifest: object("tag/1"),
            tags,
        })
    };
    let job = open(&mut log);
    assert_eq!(log.catalog.oldest_kept(), LogIndex(0));
    let published = log.apply(publish(job));
    assert_eq!(
        published,
        Outcome::Published(vec![(name("t"), TagVersion(1))])
    );
    assert_eq!(refusal(log.apply(publish(job))), ErrorKind::Conflict);
    let failed = open(&mut log);
    log.apply(Command::FailJob {
        job: failed,
        reason: "no".into(),
    });
    assert_eq!(refusal(log.apply(publish(failed))), ErrorKind::Conflict);
    let again = open(&mut log);
    log.apply(publish(again));
    let at = log.catalog.version_at("t", LogIndex(log.index - 1));
    assert_eq!(at.map(|published| published.version), Some(TagVersion(1)));
    let back = Command::RollbackTag {
        name: name("t"),
        version: TagVersion(1),
    };
    let rolled = log.apply(back);
    assert_eq!(rolled, Outcome::Published(vec![(name("t"), TagVersion(3))]));
}

#[test]
fn a_cycle_of_segments_is_refused_and_named_and_nothing_is_kept() {
    let mut log = Log::new();
    let apply = |chain, segments| {
        Command::Apply(Box::new(ApplyDocuments {
            chain,
            segments,
            ..Default::default()
        }))
    };
    let to = |text: &str| Expr::Not(Box::new(Expr::Segment(name(text))));
    let outcome = log.apply(apply(1, vec![segment("a", to("b")), segment("b", to("a"))]));
    let Outcome::Refused(refused) = outcome else {
        panic!("{outcome:?}")
    };
    assert!(refused.message.contains("a → b → a"), "{}", refused.message);
    assert!(log.catalog.segments.is_empty() && log.catalog.chain == 0);
    log.apply(apply(
        1,
        vec![segment("a", Expr::All), segment("b", to("a"))],
    ));
    let delete = Command::DeleteSegment { name: name("a") };
    assert_eq!(refusal(log.apply(delete)), ErrorKind::Conflict);
}

#[test]
fn a_load_is_the_same_load_again_and_fences_its_older_self() {
    let mut log = Log::new();
    let open = || {
        Command::OpenLoad(OpenLoad {
            table: name("t"),
            mapping: "m".into(),
            content: "c".into(),
            file: "f".into(),
            bytes: 9,
        })
    };
    let state = |outcome| match outcome {
        Outcome::Load(state) => state,
        other => panic!("{other:?}"),
    };
    let first = state(log.apply(open()));
    let second = state(log.apply(open()));
    assert_eq!(
        (first.producer, first.epoch + 1),
        (second.producer, second.epoch)
    );
    let close = |epoch| Command::CloseLoad {
        producer: first.producer,
        epoch,
        sequences: 0,
    };
    assert_eq!(refusal(log.apply(close(first.epoch))), ErrorKind::Conflict);
    assert!(state(log.apply(close(second.epoch))).finished);
    let third = state(log.apply(open()));
    assert!(third.finished && third.epoch == second.epoch);
}

#[test]
fn a_repeated_request_is_answered_with_its_first_outcome() {
    let mut log = Log::new();
    let command = Command::OpenProducer { name: "p".into() };
    let entry = Entry {
        stamp: 5,
        request: Some(RequestId("r".into())),
        command,
    };
    let first = log.catalog.apply(LogIndex(2), Term(1), &entry);
    let again = log.catalog.apply(LogIndex(3), Term(2), &entry);
    assert_eq!(first, again);
    assert_eq!(log.catalog.stamp, 1_000, "stamps never go back");
}

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

#[test]
fn identifier_types_get_numbers_for_ever_and_cannot_be_hashed_anew() {
    let mut log = Log::new();
    let declared = |text: &str, normalize| IdentifierType {
        number: 0,
        name: name(text),
        normalize,
        normalize_version: 1,
        region: None,
        priority: 1,
        blocked: vec![],
        blocked_patterns: Vec::new(),
        limit: None,
        unique: false,
        quarantine: 50,
    };
    let apply = |chain, identifiers| {
        Command::Apply(Box::new(ApplyDocuments {
            chain,
            identifiers,
            ..Default::default()
        }))
    };
    let trim = Normalizer::Trim;
    log.apply(apply(1, vec![declared("a", trim), declared("b", trim)]));
    log.apply(apply(2, vec![declared("b", trim)]));
    assert_eq!(log.catalog.identifiers[&name("b")].number, 2);
    let lower = apply(3, vec![declared("b", Normalizer::Lower)]);
    assert_eq!(refusal(log.apply(lower)), ErrorKind::Conflict);
}

#[test]
fn identifier_types_that_exist_are_kept_where_that_is_asked_for() {
    let mut log = Log::new();
    let declared = |text: &str, normalize, priority| IdentifierType {
        number: 0,
        name: name(text),
        normalize,
        normalize_version: 1,
        region: None,
        priority,
        blocked: vec![format!("blocked-{priority}")],
        blocked_patterns: Vec::new(),
        limit: None,
        unique: false,
        quarantine: 50,
    };
    let apply = |chain, keep_identifiers, identifiers| {
        Command::Apply(Box::new(ApplyDocuments {
            chain,
            identifiers,
            keep_identifiers,
            ..Default::default()
        }))
    };
    log.apply(apply(1, true, vec![declared("a", Normalizer::Lower, 7)]));
    let before = log.catalog.identifiers[&name("a")].clone();
    let again = vec![
        declared("a", Normalizer::Trim, 1),
        declared("b", Normalizer::Trim, 2),
    ];
    let Outcome::Applied(changes) = log.apply(apply(2, true, again)) else {
        panic!("refused");
    };
    let changes: Vec<ChangeKind> = changes.iter().map(|change| change.change).collect();
    assert_eq!(changes, [ChangeKind::Unchanged, ChangeKind::Added]);
    assert_eq!(log.catalog.identifiers[&name("a")], before);
    log.apply(apply(3, false, vec![declared("a", Normalizer::Lower, 1)]));
    assert_eq!(log.catalog.identifiers[&name("a")].priority, 1);
}

#[test]
fn what_a_run_has_published_is_told_by_its_job() {
    let mut log = Log::new();
    let documents = ApplyDocuments {
        chain: 1,
        tags: vec![tag("t")],
        ..Default::default()
    };
    log.apply(Command::Apply(Box::new(documents)));
    let open = Command::OpenJob {
        tags: vec![name("t")],
        as_of: 7,
    };
    let Outcome::Job(job) = log.apply(open.clone()) else {
        panic!("refused");
    };
    assert!(log.catalog.published_by(job).is_empty());
    let tags = vec![PublishedTag {
        name: name("t"),
        rows: 1,
    }];
    log.apply(Command::PublishTags(PublishTags {
        job,
        manifest: object("tag/1"),
        tags,
    }));
    // Its values come back as another version, which no run has published.
    log.apply(Command::RollbackTag {
        name: name("t"),
        version: TagVersion(1),
    });
    let versions = log.catalog.published_by(job);
    assert_eq!(versions.len(), 1);
    assert_eq!((versions[0].version, versions[0].rows), (TagVersion(1), 1));
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

#[test]
fn rows_of_loads_from_before_tables_were_counted_are_not_forgotten() {
    let mut log = Log::new();
    let load = OpenLoad {
        table: name("t"),
        mapping: "m".into(),
        content: "c".into(),
        file: "f.csv".into(),
        bytes: 40,
    };
    let Outcome::Load(load) = log.apply(Command::OpenLoad(load)) else {
        panic!("no load");
    };
    let request = |sequence| BatchRequest {
        producer: load.producer,
        epoch: load.epoch,
        sequence,
        rows: 5,
        rejected: 0,
        created: 3,
    };
    log.apply(batch(1, 0, vec![request(1)]));
    assert_eq!(
        log.catalog.rows_of(&name("t")),
        RowCount { rows: 5, bytes: 40 }
    );
    let mut counted = batch(2, 3, vec![request(2)]);
    if let Command::Batch(batch) = &mut counted {
        batch.tables = vec![TableRows {
            table: name("t"),
            rows: 5,
            bytes: 7,
        }];
    }
    log.apply(counted);
    assert_eq!(
        log.catalog.rows_of(&name("t")),
        RowCount {
            rows: 10,
            bytes: 47
        }
    );
    assert_eq!(log.catalog.rows_of(&name("u")), RowCount::default());
}

#[test]
fn tables_of_tagmas_own_cannot_be_declared() {
    let mut log = Log::new();
    for own in ["people", "identities", "dead_letters"] {
        let table = TableSchema {
            name: name(own),
            kind: TableKind::Events,
            columns: vec![],
            time: None,
            event: None,
            timezone: None,
            identifiers: vec![],
            keep_ids: false,
            key: Vec::new(),
            version: None,
        };
        let documents = ApplyDocuments {
            chain: 1,
            tables: vec![table],
            ..Default::default()
        };
        let outcome = log.apply(Command::Apply(Box::new(documents)));
        assert_eq!(refusal(outcome), ErrorKind::Invalid, "{own}");
    }
}

#[test]
fn catalogs_and_entries_survive_their_bytes() {
    let mut log = Log::new();
    log.apply(Command::OpenProducer { name: "p".into() });
    log.apply(batch(1, 0, vec![]));
    let bytes = codec::encode_catalog(&log.catalog);
    assert_eq!(
        codec::decode_catalog(&bytes).expect("just written"),
        log.catalog
    );
    for cut in 0..bytes.len() {
        assert!(
            codec::decode_catalog(&bytes[..cut]).is_err(),
            "cut at {cut}"
        );
    }
}

#[test]
fn golden_bytes_of_an_entry() {
    let command = Command::OpenProducer { name: "p".into() };
    let entry = Entry {
        stamp: 7,
        request: None,
        command,
    };
    let golden: &[u8] = b"\x01\x83\xa5stamp\x07\xa7request\xc0\xa7command\
        \x81\xacOpenProducer\x81\xa4name\xa1p";
    assert_eq!(codec::encode_entry(&entry), golden);
    assert_eq!(codec::decode_entry(golden).expect("for ever"), entry);
}

#[test]
fn a_merge_lands_once_and_only_while_it_is_pending() {
    let mut log = Log::new();
    let person = |ordinal| OneId::new(shard(1), ordinal);
    let list = |ordinals: &[u32]| PeopleList::new(ordinals.iter().map(|o| person(*o)));
    let change = |chain, decided: &[u32], landed: &[u32]| {
        Command::ChangePeople(Box::new(ChangePeople {
            chain,
            object: object("journal/2"),
            nonce: [8; 16],
            sections: Vec::new(),
            identity: None,
            decided: list(decided),
            landed: list(landed),
            portions: PeopleList::default(),
            read_at: LogIndex(1_000),
            returned: PeopleList::default(),
            returned_in_part: PeopleList::default(),
            operation: None,
        }))
    };
    assert_eq!(log.apply(change(1, &[1, 2], &[])), Outcome::Done);
    let decided_at = LogIndex(log.index);
    assert_eq!(log.catalog.pending_merges.len(), 2);
    assert_eq!(
        log.catalog.pending_merges.get(&person(1)),
        Some(&decided_at)
    );
    // Decided twice, landed without a decision: nothing of either entry counts.
    assert_eq!(
        refusal(log.apply(change(2, &[2], &[]))),
        ErrorKind::Conflict
    );
    let half = log.apply(change(2, &[], &[1, 3]));
    assert_eq!(refusal(half), ErrorKind::Conflict);
    assert_eq!(log.catalog.pending_merges.len(), 2);
    assert_eq!(log.apply(change(2, &[], &[1])), Outcome::Done);
    assert_eq!(
        refusal(log.apply(change(3, &[], &[1]))),
        ErrorKind::Conflict
    );
    assert_eq!(log.apply(change(3, &[], &[2])), Outcome::Done);
    assert!(log.catalog.pending_merges.is_empty());
    assert_eq!(log.catalog.journal.len(), 3);
}

#[test]
fn rows_that_were_read_before_a_portion_moved_are_refused() {
    let mut log = Log::new();
    let person = OneId::new(shard(1), 1);
    let change = |chain, [decided, portions, landed]: [bool; 3], read_at| {
        let list = |is_in: bool| PeopleList::new(is_in.then_some(person));
        Command::ChangePeople(Box::new(ChangePeople {
            chain,
            object: object("journal/3"),
            nonce: [9; 16],
            sections: Vec::new(),
            identity: None,
            decided: list(decided),
            landed: list(landed),
            portions: list(portions),
            read_at: LogIndex(read_at),
            returned: PeopleList::default(),
            returned_in_part: PeopleList::default(),
            operation: None,
        }))
    };
    let (decided, portion, landed) = (
        [true, false, false],
        [false, true, false],
        [false, false, true],
    );
    assert_eq!(log.apply(change(1, decided, 0)), Outcome::Done);
    let decided_at = log.index;
    assert_eq!(
        refusal(log.apply(change(2, portion, decided_at - 1))),
        ErrorKind::Conflict
    );
    assert_eq!(log.apply(change(2, portion, decided_at)), Outcome::Done);
    let moved_at = log.index;
    assert_eq!(
        log.catalog.pending_merges.get(&person),
        Some(&LogIndex(decided_at)),
        "who waits for the merge waits on"
    );
    assert_eq!(log.catalog.pending_since(person), Some(LogIndex(moved_at)));
    for stale in [portion, landed] {
        assert_eq!(
            refusal(log.apply(change(3, stale, moved_at - 1))),
            ErrorKind::Conflict
        );
    }
    assert_eq!(log.apply(change(3, portion, moved_at)), Outcome::Done);
    let last = log.index;
    assert_eq!(log.apply(change(4, landed, last)), Outcome::Done);
    assert!(log.catalog.pending_merges.is_empty());
    assert!(log.catalog.moved_portions.is_empty());
}

/// An unmerge of `loser` from `holder`, and entries that bring its rows back.
struct Unmerge {
    log: Log,
    chain: u64,
    loser: OneId,
    holder: OneId,
}

impl Unmerge {
    fn new() -> Self {
        Self {
            log: Log::new(),
            chain: 0,
            loser: OneId::new(shard(1), 5),
            holder: OneId::new(shard(2), 0),
        }
    }

    fn entry(&mut self, change: impl FnOnce(&Self, &mut ChangePeople)) -> Outcome {
        let mut entry = ChangePeople {
            chain: self.chain + 1,
            object: object("journal/4"),
            nonce: [4; 16],
            sections: Vec::new(),
            identity: None,
            decided: PeopleList::default(),
            landed: PeopleList::default(),
            portions: PeopleList::default(),
            read_at: LogIndex::ZERO,
            returned: PeopleList::default(),
            returned_in_part: PeopleList::default(),
            operation: None,
        };
        change(self, &mut entry);
        let outcome = self.log.apply(Command::ChangePeople(Box::new(entry)));
        self.chain += u64::from(!outcome.is_refusal());
        outcome
    }

    fn decide(&mut self) -> Outcome {
        self.entry(|this, entry| {
            entry.operation = Some(PeopleOperation::Unmerge {
                loser: this.loser,
                holder: this.holder,
                origins: PeopleList::new([this.loser]),
            });
        })
    }

    fn bring_back(&mut self, is_all: bool, read_at: u64) -> Outcome {
        self.entry(|this, entry| {
            let people = PeopleList::new([this.loser]);
            match is_all {
                true => entry.returned = people,
                false => entry.returned_in_part = people,
            }
            entry.read_at = LogIndex(read_at);
        })
    }
}

#[test]
fn rows_come_back_only_while_the_unmerge_is_pending_and_nothing_has_moved_since_they_were_read() {
    let mut unmerge = Unmerge::new();
    assert_eq!(
        refusal(unmerge.bring_back(true, 1_000)),
        ErrorKind::Conflict
    );
    let told = unmerge.decide();
    let decided = unmerge.log.index;
    let expected = PeopleChanged {
        index: LogIndex(decided),
        person: Some(unmerge.loser),
        other: Some(unmerge.holder),
    };
    assert_eq!(told, Outcome::People(expected));
    assert_eq!(refusal(unmerge.decide()), ErrorKind::Conflict);
    let pending = &unmerge.log.catalog.pending_unmerges[&unmerge.loser];
    assert_eq!(
        (pending.holder, pending.decided.0),
        (unmerge.holder, decided)
    );
    assert_eq!(
        refusal(unmerge.bring_back(true, decided - 1)),
        ErrorKind::Conflict
    );
    assert_eq!(unmerge.bring_back(false, decided), Outcome::Done);
    let moved = unmerge.log.index;
    assert_eq!(unmerge.log.catalog.rows_moved, LogIndex(moved));
    assert!(!unmerge.log.catalog.pending_unmerges.is_empty());
    // Read before the portion moved.
    assert_eq!(
        refusal(unmerge.bring_back(true, moved - 1)),
        ErrorKind::Conflict
    );
    assert_eq!(unmerge.bring_back(true, moved), Outcome::Done);
    assert!(unmerge.log.catalog.pending_unmerges.is_empty());
    assert_eq!(
        refusal(unmerge.bring_back(true, moved + 9)),
        ErrorKind::Conflict
    );
    let bytes = codec::encode_catalog(&unmerge.log.catalog);
    let read = codec::decode_catalog(&bytes).expect("just written");
    assert_eq!(read, unmerge.log.catalog);
}

#[test]
fn a_merge_whose_rows_are_on_their_way_is_not_undone() {
    let mut unmerge = Unmerge::new();
    let merged = unmerge.entry(|this, entry| {
        entry.decided = PeopleList::new([this.loser]);
        entry.operation = Some(PeopleOperation::Merge {
            loser: this.loser,
            survivor: this.holder,
        });
    });
    let decided = unmerge.log.index;
    let expected = PeopleChanged {
        index: LogIndex(decided),
        person: Some(unmerge.holder),
        other: Some(unmerge.loser),
    };
    assert_eq!(merged, Outcome::People(expected));
    assert_eq!(refusal(unmerge.decide()), ErrorKind::Conflict);
    let landed = unmerge.entry(|this, entry| {
        entry.landed = PeopleList::new([this.loser]);
        entry.read_at = LogIndex(decided);
    });
    assert_eq!(landed, Outcome::Done);
    assert!(!unmerge.decide().is_refusal());
}
