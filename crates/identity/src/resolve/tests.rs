//! The resolver against a plain list of records, however they are cut into batches.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;
use tagma_core::{ErrorKind, LogIndex, OneId};

use super::*;
use crate::forest::ForestChange;
use crate::key::{HashKey, KeyFingerprint};
use crate::layer::LayerBuilder;
use crate::map::IdentityMap;

fn key() -> HashKey {
    HashKey::from_bytes(&[5; 32]).expect("a key")
}

/// Value `value` of a type whose priority is its number.
fn identifier(type_number: u16, value: u32) -> RecordIdentifier {
    RecordIdentifier {
        type_number,
        priority: type_number,
        hash: key().hash(type_number, &value.to_le_bytes()),
    }
}

fn records(of: &[&[(u16, u32)]]) -> Records {
    let mut records = Records::new();
    for record in of {
        records.push(
            record
                .iter()
                .map(|(number, value)| identifier(*number, *value)),
        );
    }
    records
}

fn empty() -> IdentityMap {
    IdentityMap::empty(KeyFingerprint([0; 16]))
}

fn person(shard: i64, ordinal: i64) -> OneId {
    OneId::from_i64((shard << 32) | ordinal).expect("a OneID")
}

#[test]
fn records_create_attach_and_refuse_within_one_batch() {
    let (map, mut placement) = (empty(), Placement::new(2));
    let batch = records(&[
        &[(1, 10), (2, 20)],
        &[(3, 30)],
        &[(2, 20), (3, 31)],
        &[(1, 10), (3, 30), (3, 99)],
        &[],
        &[(3, 99)],
        &[(3, 31)],
    ]);
    let resolved = Resolver::new()
        .resolve(&map, &mut placement, &batch)
        .expect("resolves");
    let (first, second, third) = (person(1, 0), person(2, 0), person(1, 1));
    let rejection = Rejection::WouldMerge {
        first,
        second,
        people: 2,
    };
    let existing = Resolution::Existing {
        oneid: first,
        origin: first,
    };
    assert_eq!(
        resolved.resolutions,
        [
            Resolution::Created { oneid: first },
            Resolution::Created { oneid: second },
            existing,
            Resolution::Rejected(rejection),
            Resolution::Rejected(Rejection::NoIdentifier),
            Resolution::Created { oneid: third },
            existing,
        ]
    );
    assert_eq!(rejection.reason(), "would_merge");
    assert_eq!(Rejection::NoIdentifier.reason(), "no_identifier");
    assert_eq!(resolved.layer.people(), [first, second, third]);
    assert_eq!(resolved.layer.len(), 5);
    assert_eq!(placement.creation_count, 3);
}

#[test]
fn origins_stay_and_rows_go_to_the_root() {
    let mut map = empty();
    let mut placement = Placement::new(1);
    let mut resolver = Resolver::new();
    let batch = records(&[&[(2, 1)], &[(1, 2)]]);
    let resolved = resolver
        .resolve(&map, &mut placement, &batch)
        .expect("resolves");
    map.push(LogIndex(1), Arc::new(resolved.layer))
        .expect("follows");
    let (older, younger) = (person(1, 0), person(1, 1));
    let mut merge = LayerBuilder::new(1, 2);
    merge.change(ForestChange::Decided {
        loser: younger,
        survivor: older,
    });
    let merge = merge.finish().expect("a layer");
    map.push(LogIndex(2), Arc::new(merge)).expect("follows");

    // Both identifiers mean one person now; the stronger one (priority 1) gives the origin.
    let batch = records(&[&[(2, 1), (1, 2), (3, 7)], &[(3, 7)], &[(2, 1)]]);
    let resolved = resolver
        .resolve(&map, &mut placement, &batch)
        .expect("resolves");
    let row = |origin| Resolution::Existing {
        oneid: older,
        origin,
    };
    assert_eq!(
        resolved.resolutions,
        [row(younger), row(younger), row(older)]
    );
    let attached = resolved
        .layer
        .lookup(identifier(3, 7).hash)
        .expect("attached");
    assert_eq!(attached.origin, younger);
}

#[test]
fn the_order_within_a_record_and_equal_priorities_never_show() {
    let (map, mut resolver) = (empty(), Resolver::new());
    let known = [&[(1, 1)][..], &[(2, 2)], &[(3, 3)]];
    let same_priority = |numbers: [(u16, u32); 3]| {
        numbers.map(|(number, value)| RecordIdentifier {
            priority: 4,
            ..identifier(number, value)
        })
    };
    let mut outcomes = Vec::new();
    for order in [
        [(1, 1), (2, 2), (3, 3)],
        [(3, 3), (2, 2), (1, 1)],
        [(2, 2), (3, 3), (1, 1)],
    ] {
        let mut batch = records(&known);
        batch.push(same_priority(order));
        let mut placement = Placement::new(1);
        let resolved = resolver
            .resolve(&map, &mut placement, &batch)
            .expect("resolves");
        outcomes.push(resolved.resolutions[3]);
    }
    let expected = Resolution::Rejected(Rejection::WouldMerge {
        first: person(1, 0),
        second: person(1, 1),
        people: 3,
    });
    assert_eq!(outcomes, [expected; 3]);
}

#[test]
fn a_full_shard_fails_the_batch_and_moves_nothing() {
    let mut placement = Placement::new(1);
    placement.next_ordinal[0] = u32::MAX - 1;
    let before = placement.clone();
    let batch = records(&[&[(1, 1)], &[(1, 2)]]);
    let error = Resolver::new()
        .resolve(&empty(), &mut placement, &batch)
        .expect_err("full");
    assert_eq!(error.kind(), ErrorKind::Exhausted);
    assert_eq!(placement, before);
}

#[test]
fn one_identifier_twice_in_a_record_is_one() {
    let mut placement = Placement::new(1);
    let batch = records(&[&[(1, 1), (1, 1)], &[(1, 1)]]);
    let resolved = Resolver::new()
        .resolve(&empty(), &mut placement, &batch)
        .expect("resolves");
    assert_eq!(
        (resolved.layer.len(), resolved.layer.people().len()),
        (1, 1)
    );
}

/// What the rules say, from a list: person number per record, or the people it would join.
#[derive(Debug, PartialEq, Eq)]
enum Expected {
    Person(usize),
    Several(usize),
    Nobody,
}

fn oracle(all: &[Vec<(u16, u32)>]) -> Vec<Expected> {
    let mut owner: BTreeMap<(u16, u32), usize> = BTreeMap::new();
    let mut people = 0;
    let mut answers = Vec::new();
    for record in all {
        let mut named: Vec<usize> = record
            .iter()
            .filter_map(|id| owner.get(id).copied())
            .collect();
        named.sort_unstable();
        named.dedup();
        let person = match (record.is_empty(), named.as_slice()) {
            (true, _) => {
                answers.push(Expected::Nobody);
                continue;
            }
            (_, []) => {
                people += 1;
                people - 1
            }
            (_, [one]) => *one,
            (_, several) => {
                answers.push(Expected::Several(several.len()));
                continue;
            }
        };
        for id in record {
            owner.entry(*id).or_insert(person);
        }
        answers.push(Expected::Person(person));
    }
    answers
}

/// Resolves `all` in batches of the given sizes (the last one repeats), staging up to three.
fn run(all: &[Vec<(u16, u32)>], sizes: &[usize], shards: u16) -> (Vec<Resolution>, IdentityMap) {
    let (mut map, mut resolver) = (empty(), Resolver::new());
    let mut placement = Placement::new(shards);
    let mut answers = Vec::new();
    let (mut rest, mut index, mut sizes) = (all, 0, sizes.iter().copied().cycle());
    while !rest.is_empty() {
        let (now, later) = rest.split_at(sizes.next().unwrap_or(1).clamp(1, rest.len()));
        rest = later;
        let mut batch = Records::new();
        for record in now {
            batch.push(
                record
                    .iter()
                    .map(|(number, value)| identifier(*number, *value)),
            );
        }
        let resolved = resolver
            .resolve(&map, &mut placement, &batch)
            .expect("resolves");
        answers.extend(resolved.resolutions);
        map.stage(Arc::new(resolved.layer)).expect("follows");
        while map.staged() > 3 || (rest.is_empty() && map.staged() > 0) {
            index += 2;
            map.commit(LogIndex(index)).expect("commits");
        }
        assert_eq!(map.placement(shards).expect("a placement"), placement);
    }
    (answers, map)
}

proptest! {
    #[test]
    fn any_batch_sizes_give_the_same_people(
        all in prop::collection::vec(
            prop::collection::btree_set((1u16..4, 0u32..30), 0..4), 1..120),
        sizes in prop::collection::vec(1usize..20, 1..6),
        shards in 1u16..9,
    ) {
        let all: Vec<Vec<(u16, u32)>> =
            all.into_iter().map(|record| record.into_iter().collect()).collect();
        let (whole, whole_map) = run(&all, &[usize::MAX], shards);
        let (single, single_map) = run(&all, &[1], shards);
        let (cut, _) = run(&all, &sizes, shards);
        prop_assert_eq!(&whole, &single);
        prop_assert_eq!(&whole, &cut);
        prop_assert_eq!(whole_map.len(), single_map.len());

        for (resolution, expected) in whole.iter().zip(oracle(&all)) {
            let order = whole_map.creation_order();
            let found = match resolution {
                Resolution::Rejected(Rejection::NoIdentifier) => Expected::Nobody,
                Resolution::Rejected(Rejection::WouldMerge { people, .. }) => {
                    Expected::Several(*people as usize)
                }
                other => {
                    let person = other.oneid().expect("a person");
                    Expected::Person(order.number_of(person).expect("created") as usize)
                }
            };
            prop_assert_eq!(found, expected);
        }
    }
}
