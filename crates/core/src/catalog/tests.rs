//! The catalog's promises, one by one: a log for them to be tried on.

mod batches;
mod bytes;
mod definitions;
mod people;
mod retention;
mod runs;
mod shards;

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
