//! Creating, attaching, refusing: batches by hand.

use tagma_core::{ErrorKind, LogIndex};

use super::*;
use crate::forest::{Evidence, ForestChange};
use crate::layer::LayerBuilder;

#[test]
fn records_create_attach_and_refuse_within_one_batch() {
    let (map, mut placement) = (empty(), Placement::new(2));
    let batch = records(&[
        &[(1, 10), (2, 20)],
        &[(3, 30)],
        &[(2, 20), (3, 31)],
        &[],
        &[(3, 99)],
        &[(3, 31)],
    ]);
    let rules = Rules::default();
    let resolved = Resolver::new()
        .resolve(&map, &mut placement, &rules, 0, &batch)
        .expect("resolves");
    let (first, second, third) = (person(1, 0), person(2, 0), person(1, 1));
    let existing = Resolution::Existing {
        oneid: first,
        origin: first,
    };
    let created = |oneid| Resolution::Created {
        oneid,
        origin: oneid,
    };
    assert_eq!(
        resolved.resolutions,
        [
            created(first),
            created(second),
            existing,
            Resolution::Rejected(Rejection::NoIdentifier),
            created(third),
            existing,
        ]
    );
    let reasons = [Rejection::NoIdentifier, Rejection::Quarantined];
    let names = ["no_identifier", "quarantined"];
    assert_eq!(reasons.map(|why| why.reason()), names);
    assert_eq!(resolved.layer.people(), [first, second, third]);
    assert_eq!(resolved.layer.len(), 5);
    assert_eq!(placement.creation_count, 3);
}

#[test]
fn origins_stay_and_rows_go_to_the_root() {
    let mut map = empty();
    resolve(&mut map, &Rules::default(), 0, &[&[(2, 1)], &[(1, 2)]]);
    let (older, younger) = (person(1, 0), person(1, 1));
    let mut merge = LayerBuilder::new(1, 2);
    merge.change(ForestChange::Decided {
        loser: younger,
        survivor: older,
        evidence: Evidence::default(),
    });
    let merge = merge.finish().expect("a layer");
    map.push(LogIndex(2), Arc::new(merge), 0).expect("follows");

    // Both identifiers mean one person now; the stronger one (priority 1) gives the origin.
    let of: [&[Id]; 3] = [&[(2, 1), (1, 2), (3, 7)], &[(3, 7)], &[(2, 1)]];
    let resolved = resolve(&mut map, &Rules::default(), 0, &of);
    let row = |origin| Resolution::Existing {
        oneid: older,
        origin,
    };
    assert_eq!(
        resolved.resolutions,
        [row(younger), row(younger), row(older)]
    );
    let attached = resolved.layer.lookup(identifier((3, 7)).hash);
    assert_eq!(attached.map(|id| id.origin), Some(younger));
}

#[test]
fn the_order_within_a_record_and_equal_priorities_never_show() {
    let (map, mut resolver) = (empty(), Resolver::new());
    let known: [&[Id]; 3] = [&[(1, 1)], &[(2, 2)], &[(3, 3)]];
    let same_priority = |ids: [Id; 3]| {
        ids.map(|id| RecordIdentifier {
            priority: 4,
            ..identifier(id)
        })
    };
    let rules = Rules::default();
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
            .resolve(&map, &mut placement, &rules, 0, &batch)
            .expect("resolves");
        outcomes.push((resolved.resolutions[3], resolved.layer.changes().to_vec()));
    }
    assert_eq!(outcomes[0], outcomes[1]);
    assert_eq!(outcomes[0], outcomes[2]);
}

#[test]
fn a_full_shard_fails_the_batch_and_moves_nothing() {
    let mut placement = Placement::new(1);
    placement.next_ordinal[0] = u32::MAX - 1;
    let before = placement.clone();
    let batch = records(&[&[(1, 1)], &[(1, 2)]]);
    let error = Resolver::new()
        .resolve(&empty(), &mut placement, &Rules::default(), 0, &batch)
        .expect_err("full");
    assert_eq!(error.kind(), ErrorKind::Exhausted);
    assert_eq!(placement, before);
}

#[test]
fn one_identifier_twice_in_a_record_is_one() {
    let mut unique = declared(1);
    unique.unique = true;
    for rules in [Rules::default(), Rules::new(&[unique])] {
        let mut map = empty();
        let of: [&[Id]; 2] = [&[(1, 1), (1, 1)], &[(1, 1)]];
        let resolved = resolve(&mut map, &rules, 0, &of);
        assert_eq!((map.len(), map.creation_count()), (1, 1));
        assert!(resolved.dropped.is_empty());
    }
}
