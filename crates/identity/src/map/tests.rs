//! The map against plain lists: every index, both directions, staging, roll-back, checkpoints.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;
use tagma_core::{ErrorKind, LogIndex, OneId};

use super::*;
use crate::file::{Checkpoint, write_checkpoint};
use crate::forest::{Evidence, ForestChange};
use crate::key::{HashKey, IdentifierHash, KeyFingerprint};
use crate::layer::{Layer, LayerBuilder, NewIdentifier};
use crate::resolve::Placement;

const FINGERPRINT: KeyFingerprint = KeyFingerprint([3; 16]);

fn hash(value: u32) -> IdentifierHash {
    let key = HashKey::from_bytes(&[5; 32]).expect("a key");
    key.hash(1, &value.to_le_bytes())
}

/// A layer that creates one person with each of `values`.
fn layer(placement: &mut Placement, values: &[u32]) -> Arc<Layer> {
    let mut builder = LayerBuilder::new(placement.shard_count, placement.creation_count);
    for value in values {
        let origin = placement.create().expect("room");
        builder.create(origin);
        builder.attach(NewIdentifier {
            hash: hash(*value),
            type_number: 1,
            origin,
        });
    }
    Arc::new(builder.finish().expect("a layer"))
}

fn oneid(map: &IdentityMap, value: u32) -> Option<OneId> {
    let origin = map.lookup(hash(value)).expect("readable");
    origin.map(|origin| origin.oneid)
}

#[test]
fn staged_layers_are_seen_committed_and_dropped() {
    let mut map = IdentityMap::empty(FINGERPRINT);
    let mut placement = Placement::new(3);
    map.stage(layer(&mut placement, &[1]), 0).expect("follows");
    let after_first = placement.clone();
    map.stage(layer(&mut placement, &[2, 3]), 0)
        .expect("follows");
    map.stage(layer(&mut placement, &[4]), 0).expect("follows");
    assert_eq!((map.len(), map.creation_count(), map.staged()), (4, 4, 3));
    assert!(oneid(&map, 4).is_some());
    assert_eq!(map.lookup_at(hash(1), LogIndex(0)).expect("readable"), None);
    let attached = map
        .identifiers_of(oneid(&map, 1).expect("known"))
        .expect("readable");
    assert_eq!(attached[0].index, None);
    let with_all = map.clone();

    map.commit(LogIndex(7), 0).expect("commits");
    map.unstage(0);
    assert_eq!((map.len(), map.creation_count(), map.staged()), (1, 1, 0));
    assert_eq!(map.placement(3).expect("a placement"), after_first);
    assert_eq!(oneid(&map, 2), None);
    assert!(
        map.lookup_at(hash(1), LogIndex(7))
            .expect("readable")
            .is_some()
    );
    assert_eq!(map.lookup_at(hash(1), LogIndex(6)).expect("readable"), None);
    assert_eq!((with_all.len(), with_all.index()), (4, LogIndex::ZERO));
    assert!(oneid(&with_all, 4).is_some());

    // The dropped OneIDs are given again.
    let mut placement = after_first;
    map.push(LogIndex(9), layer(&mut placement, &[8]), 0)
        .expect("follows");
    assert_eq!(oneid(&map, 8), oneid(&with_all, 2));
}

#[test]
fn what_does_not_follow_is_refused_and_changes_nothing() {
    let mut map = IdentityMap::empty(FINGERPRINT);
    let mut placement = Placement::new(2);
    let first = layer(&mut placement, &[1]);
    let second = layer(&mut placement, &[2]);
    let error = map.stage(Arc::clone(&second), 0).expect_err("a gap");
    assert!(matches!(error, Error::Order(_)));
    assert_eq!(
        map.commit(LogIndex(1), 0).expect_err("none").kind(),
        ErrorKind::Conflict
    );
    map.push(LogIndex(5), Arc::clone(&first), 0)
        .expect("follows");
    let error = map
        .push(LogIndex(5), Arc::clone(&second), 0)
        .expect_err("old");
    assert!(matches!(error, Error::OutOfOrder { .. }));
    assert!(map.push(LogIndex(6), first, 0).is_err());
    assert!(map.push(LogIndex(1 << 40), Arc::clone(&second), 0).is_err());
    assert_eq!((map.len(), map.index()), (1, LogIndex(5)));
    map.stage(Arc::clone(&second), 0).expect("follows");
    let error = map.push(LogIndex(6), second, 0).expect_err("staged");
    assert!(matches!(error, Error::Staged { staged: 1 }));
    let error = map.lookup_at(hash(1), LogIndex(6)).expect_err("later");
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    map.advance(LogIndex(6)).expect("moves on");
    map.advance(LogIndex(2)).expect("does nothing");
    assert!(
        map.lookup_at(hash(1), LogIndex(6))
            .expect("readable")
            .is_some()
    );
}

#[test]
fn merges_are_staged_committed_and_dropped_like_identifiers() {
    let mut map = IdentityMap::empty(FINGERPRINT);
    let mut placement = Placement::new(1);
    map.push(LogIndex(1), layer(&mut placement, &[1, 2, 3]), 0)
        .expect("follows");
    let people = [1, 2, 3].map(|value| oneid(&map, value).expect("known"));
    let merge = |loser: usize, survivor: usize| {
        let mut builder = LayerBuilder::new(1, 3);
        builder.change(ForestChange::Decided {
            loser: people[loser],
            survivor: people[survivor],
            evidence: Evidence::default(),
        });
        Arc::new(builder.finish().expect("a layer"))
    };
    map.stage(merge(1, 0), 0).expect("follows");
    map.stage(merge(2, 1), 0).expect("follows");
    assert_eq!(map.forest().root(people[2]), people[0]);
    assert!(map.stage(merge(0, 2), 0).is_err());
    map.commit(LogIndex(40), 0).expect("commits");
    assert_eq!(map.forest().root(people[2]), people[0]);
    map.unstage(0);
    assert_eq!(map.forest().root(people[2]), people[2]);
    assert_eq!(map.forest().root_at(people[1], LogIndex(39)), people[1]);
    assert_eq!(map.forest().root_at(people[1], LogIndex(40)), people[0]);
    let attached = map.identifiers_of(people[0]).expect("readable");
    let origins: Vec<OneId> = attached.iter().map(|id| id.origin).collect();
    assert_eq!(origins.len(), 2);
    assert!(origins.contains(&people[0]) && origins.contains(&people[1]));
}

#[test]
fn an_identifier_that_moves_is_its_newest_owners() {
    let mut map = IdentityMap::empty(FINGERPRINT);
    let mut placement = Placement::new(1);
    map.push(LogIndex(3), layer(&mut placement, &[1, 2]), 0)
        .expect("follows");
    let (first, second) = (
        oneid(&map, 1).expect("known"),
        oneid(&map, 2).expect("known"),
    );
    let mut builder = LayerBuilder::new(1, 2);
    builder.attach(NewIdentifier {
        hash: hash(1),
        type_number: 1,
        origin: second,
    });
    map.push(LogIndex(4), Arc::new(builder.finish().expect("a layer")), 0)
        .expect("follows");
    let owner = |index| {
        let origin = map.lookup_at(hash(1), LogIndex(index)).expect("readable");
        origin.map(|origin| origin.oneid)
    };
    assert_eq!(
        [owner(2), owner(3), owner(4)],
        [None, Some(first), Some(second)]
    );
    assert!(map.identifiers_of(first).expect("readable").is_empty());
    assert_eq!(map.identifiers_of(second).expect("readable").len(), 2);
}

/// One step of a map's life.
#[derive(Debug, Clone)]
enum Step {
    Push(Vec<u32>),
    StageAndDrop(Vec<u32>),
    Checkpoint,
    CheckpointLate,
    Reopen,
}

fn step() -> impl Strategy<Value = Step> {
    let values = || prop::collection::vec(any::<u32>(), 0..12);
    prop_oneof![
        6 => values().prop_map(Step::Push),
        1 => values().prop_map(Step::StageAndDrop),
        1 => Just(Step::Checkpoint),
        1 => Just(Step::CheckpointLate),
        1 => Just(Step::Reopen),
    ]
}

struct Life {
    map: IdentityMap,
    placement: Placement,
    /// Value → (index, owner), from a list.
    expected: BTreeMap<u32, (u64, OneId)>,
    dir: tempfile::TempDir,
}

impl Life {
    fn new_values(&self, values: &[u32]) -> Vec<u32> {
        let mut new: Vec<u32> = values.to_vec();
        new.sort_unstable();
        new.dedup();
        new.retain(|value| !self.expected.contains_key(value));
        new
    }

    fn push(&mut self, values: &[u32]) {
        let new = self.new_values(values);
        let layer = layer(&mut self.placement, &new);
        let index = self.map.index().0 + 3;
        for (value, person) in new.iter().zip(layer.people()) {
            self.expected.insert(*value, (index, *person));
        }
        let layer = Layer::decode(&layer.encode()).expect("round trip");
        self.map
            .push(LogIndex(index), Arc::new(layer), 0)
            .expect("follows");
    }

    fn checkpoint(&self) -> Arc<Checkpoint> {
        let files = write_checkpoint(self.dir.path(), &self.map).expect("written");
        let opened = Checkpoint::open(self.dir.path(), &files, FINGERPRINT).expect("opens");
        opened.verify().expect("whole");
        Arc::new(opened)
    }

    fn step(&mut self, step: Step) {
        match step {
            Step::Push(values) => self.push(&values),
            Step::StageAndDrop(values) => {
                let mut placement = self.placement.clone();
                let layer = layer(&mut placement, &self.new_values(&values));
                self.map.stage(layer, 0).expect("follows");
                self.map.unstage(0);
            }
            Step::Checkpoint => {
                self.map = self.map.rebased(self.checkpoint()).expect("fits");
                assert_eq!(self.map.len_in_memory(), 0);
            }
            Step::CheckpointLate => {
                let checkpoint = self.checkpoint();
                self.push(&[1, 2, 3]);
                self.push(&[4, 5, 6, 7]);
                self.map = self.map.rebased(checkpoint).expect("fits");
            }
            Step::Reopen => self.map = IdentityMap::from_checkpoint(self.checkpoint()),
        }
    }

    fn check(&self, probes: &[u32]) {
        assert_eq!(self.map.len(), self.expected.len() as u64);
        assert_eq!(self.map.creation_count(), self.placement.creation_count);
        assert_eq!(self.map.placement(3).expect("a placement"), self.placement);
        for (value, (index, person)) in &self.expected {
            assert_eq!(oneid(&self.map, *value), Some(*person));
            let at = |index| {
                self.map
                    .lookup_at(hash(*value), LogIndex(index))
                    .expect("readable")
            };
            assert_eq!(at(*index).map(|origin| origin.oneid), Some(*person));
            assert_eq!(at(index - 1), None);
            let attached = self.map.identifiers_of(*person).expect("readable");
            assert_eq!(attached.len(), 1);
            assert_eq!(attached[0].hash, hash(*value));
            assert_eq!(attached[0].index, Some(LogIndex(*index)));
        }
        let all: Vec<u32> = self.expected.keys().chain(probes).copied().collect();
        let mut found = Vec::new();
        self.map
            .lookup_many(&all, |value| hash(*value), &mut found)
            .expect("readable");
        for (value, found) in all.iter().zip(found) {
            assert_eq!(found.map(|origin| origin.oneid), oneid(&self.map, *value));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_life_answers_like_a_list(
        steps in prop::collection::vec(step(), 1..30),
        probes in prop::collection::vec(any::<u32>(), 0..20),
    ) {
        let mut life = Life {
            map: IdentityMap::empty(FINGERPRINT),
            placement: Placement::new(3),
            expected: BTreeMap::new(),
            dir: tempfile::tempdir().expect("a directory"),
        };
        for step in steps {
            life.step(step);
        }
        life.check(&probes);
    }
}

#[test]
fn a_checkpoint_that_does_not_fit_is_refused() {
    let dir = tempfile::tempdir().expect("a directory");
    let mut map = IdentityMap::empty(FINGERPRINT);
    let mut placement = Placement::new(1);
    map.push(LogIndex(4), layer(&mut placement, &[1]), 0)
        .expect("follows");
    let open = |map: &IdentityMap| {
        let files = write_checkpoint(dir.path(), map).expect("written");
        Arc::new(Checkpoint::open(dir.path(), &files, FINGERPRINT).expect("opens"))
    };
    let old = open(&map);
    let behind = map.clone();
    map.push(LogIndex(5), layer(&mut placement, &[2]), 0)
        .expect("follows");
    let new = open(&map);
    assert!(matches!(
        behind.rebased(Arc::clone(&new)),
        Err(Error::Checkpoint { .. })
    ));
    let rebased = map.rebased(new).expect("fits");
    assert!(matches!(
        rebased.rebased(old),
        Err(Error::Checkpoint { .. })
    ));
}
