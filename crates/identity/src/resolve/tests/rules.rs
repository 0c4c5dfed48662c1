//! Merges, limits, windows, guards, quarantine: one example of each, by hand.

use super::*;
use crate::forest::{Evidence, ForestChange};

fn dropped(record: u32, identifier: u32, why: DropReason) -> Dropped {
    Dropped {
        record,
        identifier,
        why,
    }
}

#[test]
fn the_person_created_first_survives_and_people_of_the_batch_land_at_once() {
    let mut map = empty();
    let rules = Rules::default();
    resolve(&mut map, &rules, 0, &[&[(1, 0)], &[(1, 1)]]);
    let of: [&[Id]; 4] = [
        &[(1, 2), (2, 2)],
        &[(2, 2), (1, 1), (3, 9)],
        &[(2, 2)],
        &[(3, 9), (1, 0)],
    ];
    let resolved = resolve(&mut map, &rules, 0, &of);
    let [zero, one, two] = [0, 1, 2].map(|ordinal| person(1, ordinal));
    let merge = |loser, survivor, record, identifier, landed| Merge {
        loser,
        survivor,
        record,
        identifier,
        landed,
    };
    assert_eq!(
        resolved.merges,
        [merge(two, one, 1, 2, true), merge(one, zero, 3, 6, false)]
    );
    // The strongest identifier of the record that meant each.
    let evidence = |by, to| Evidence::of(identifier(by).hash, identifier(to).hash);
    let decided = |loser, survivor, evidence| ForestChange::Decided {
        loser,
        survivor,
        evidence,
    };
    assert_eq!(
        resolved.layer.changes(),
        [
            decided(two, one, evidence((2, 2), (1, 1))),
            ForestChange::Landed { loser: two },
            decided(one, zero, evidence((3, 9), (1, 0))),
        ]
    );
    assert_eq!(resolved.counts.merged, 2);
    // Rows go to who the person is at the end of the batch, under what they came in as.
    let existing = |origin| Resolution::Existing {
        oneid: zero,
        origin,
    };
    let created = Resolution::Created {
        oneid: zero,
        origin: two,
    };
    assert_eq!(
        resolved.resolutions,
        [created, existing(one), existing(two), existing(zero)]
    );
    let edge = map.forest().open_edge(two).expect("merged");
    assert_eq!(edge.landed, Some(edge.decided));
    let edge = map.forest().open_edge(one).expect("merged");
    assert_eq!(edge.landed, None);
}

#[test]
fn a_limit_drops_the_weakest_identifier_until_the_person_fits() {
    let mut map = empty();
    let rules = Rules::new(&[limited(2, 2, LimitWindow::Ever), declared(3)]);
    let of: [&[Id]; 5] = [
        &[(1, 0), (2, 0), (2, 1)],
        &[(1, 1), (2, 2)],
        // Would have three of type 2: the merge does not happen, nor does the third attach.
        &[(1, 0), (2, 2)],
        &[(1, 0), (2, 3), (3, 3)],
        &[(2, 0), (2, 1), (2, 2), (2, 3)],
    ];
    let resolved = resolve(&mut map, &rules, 0, &of);
    let limit = DropReason::Limit { type_number: 2 };
    let named: Vec<(u32, DropReason)> = resolved
        .dropped
        .iter()
        .map(|dropped| (dropped.record, dropped.why))
        .collect();
    // Record 3 loses type 3 first: it is the weakest.
    assert_eq!(&named[..3], [(2, limit), (3, limit), (3, limit)]);
    assert_eq!(resolved.dropped[0], dropped(2, 6, limit));
    assert_eq!(resolved.counts.limit, named.len() as u64);
    assert_eq!(who(&map, (3, 3)), None);
    assert_eq!(who(&map, (2, 2)), Some(1));
    assert!(named.len() > 3);
}

#[test]
fn windows_count_the_days_before() {
    let mut map = empty();
    let rules = Rules::new(&[limited(2, 1, LimitWindow::Days(7))]);
    resolve(&mut map, &rules, 100, &[&[(1, 0), (2, 0)]]);
    let resolved = resolve(&mut map, &rules, 106, &[&[(1, 0), (2, 1)]]);
    assert_eq!(resolved.counts.limit, 1);
    let resolved = resolve(&mut map, &rules, 107, &[&[(1, 0), (2, 2)]]);
    assert_eq!((resolved.counts.limit, who(&map, (2, 2))), (0, Some(0)));
    assert_eq!(who(&map, (2, 1)), None);
}

#[test]
fn a_staged_attachment_counts_on_its_own_day() {
    let mut map = empty();
    let rules = Rules::new(&[limited(2, 1, LimitWindow::Days(1))]);
    let mut placement = Placement::new(1);
    let mut step = |map: &mut IdentityMap, day, id| {
        let batch = records(&[&[(1, 0), id]]);
        let resolved = Resolver::new()
            .resolve(map, &mut placement, &rules, day, &batch)
            .expect("resolves");
        map.stage(Arc::new(resolved.layer), day).expect("follows");
        resolved.counts.limit
    };
    assert_eq!(step(&mut map, 5, (2, 0)), 0);
    assert_eq!(step(&mut map, 5, (2, 1)), 1);
    assert_eq!(step(&mut map, 6, (2, 2)), 0);
    assert_eq!(step(&mut map, 6, (2, 3)), 1);
}

#[test]
fn unique_types_keep_people_apart_under_their_own_name() {
    let mut map = empty();
    let mut unique = declared(1);
    unique.unique = true;
    let rules = Rules::new(&[unique]);
    let of: [&[Id]; 4] = [
        &[(1, 0), (2, 0)],
        &[(1, 1)],
        &[(1, 1), (2, 0)],
        &[(1, 2), (2, 0), (1, 3)],
    ];
    let resolved = resolve(&mut map, &rules, 0, &of);
    assert!(resolved.merges.is_empty());
    assert_eq!(resolved.counts.unique, 3);
    let unique = DropReason::Unique { type_number: 1 };
    assert_eq!(resolved.dropped[0], dropped(2, 4, unique));
    assert_eq!(unique.name(), "unique");
    // The last record ends as somebody new: its strongest identifier alone.
    let origin = person(1, 2);
    let oneid = origin;
    assert_eq!(
        resolved.resolutions[3],
        Resolution::Created { oneid, origin }
    );
}

#[test]
fn no_merge_makes_a_person_of_more_than_fifty() {
    let mut map = empty();
    let rules = Rules::default();
    let people: Vec<[Id; 1]> = (0..60).map(|value| [(1, value)]).collect();
    let people: Vec<&[Id]> = people.iter().map(|record| &record[..]).collect();
    resolve(&mut map, &rules, 0, &people);
    // Each by an identifier of its own, so that none is used too often.
    let chain: Vec<[Id; 2]> = (1..60).map(|value| [(1, value - 1), (1, value)]).collect();
    let chain: Vec<&[Id]> = chain.iter().map(|record| &record[..]).collect();
    let resolved = resolve(&mut map, &rules, 0, &chain);
    assert_eq!((resolved.counts.merged, resolved.counts.guard), (58, 1));
    assert_eq!(map.forest().subtree(person(1, 0)).len(), 50);
    assert_eq!(map.forest().subtree(person(1, 50)).len(), 10);
}

#[test]
fn an_identifier_that_links_too_many_is_left_out_from_then_on() {
    let mut map = empty();
    let mut shared = declared(2);
    shared.quarantine = 2;
    let rules = Rules::new(&[shared]);
    let own: [&[Id]; 5] = [&[(1, 0)], &[(1, 1)], &[(1, 2)], &[(1, 3)], &[(2, 0)]];
    resolve(&mut map, &rules, 0, &own);
    let of: [&[Id]; 6] = [
        &[(1, 3), (2, 0)],
        &[(1, 1), (2, 0)],
        &[(1, 2), (2, 0)],
        &[(1, 0), (2, 0), (3, 5)],
        &[(2, 0), (3, 6)],
        &[(2, 0)],
    ];
    let resolved = resolve(&mut map, &rules, 0, &of);
    assert_eq!(
        (resolved.counts.merged, resolved.counts.quarantined),
        (2, 4)
    );
    let quarantined = ForestChange::Quarantined {
        identifier: identifier((2, 0)).hash,
    };
    assert_eq!(resolved.layer.changes().last(), Some(&quarantined));
    assert_eq!(resolved.dropped[0], dropped(2, 5, DropReason::Quarantined));
    assert_eq!((who(&map, (1, 2)), who(&map, (3, 5))), (Some(2), Some(0)));
    assert_eq!(who(&map, (3, 6)), Some(5));
    let rejected = Resolution::Rejected(Rejection::Quarantined);
    assert_eq!(resolved.resolutions[5], rejected);
}

#[test]
fn people_who_are_kept_apart_stay_so_and_the_record_goes_to_the_survivor() {
    let mut map = empty();
    let rules = Rules::default();
    resolve(&mut map, &rules, 0, &[&[(1, 0)], &[(1, 1)], &[(1, 2)]]);
    let mut apart = crate::layer::LayerBuilder::new(1, 3);
    apart.change(ForestChange::Separated {
        loser: person(1, 0),
        survivor: person(1, 1),
    });
    let apart = Arc::new(apart.finish().expect("a layer"));
    map.push(map.index().next(), apart, 0).expect("follows");
    let of: [&[Id]; 3] = [
        &[(1, 0), (1, 1), (2, 7)],
        // The third person joins the separated one, and is then kept apart with it.
        &[(1, 2), (1, 0)],
        &[(1, 2), (1, 1)],
    ];
    let resolved = resolve(&mut map, &rules, 0, &of);
    assert_eq!((resolved.counts.merged, resolved.counts.barred), (1, 2));
    assert_eq!(resolved.dropped[0], dropped(0, 0, DropReason::Barred));
    assert_eq!(resolved.dropped[1], dropped(2, 5, DropReason::Barred));
    assert_eq!((who(&map, (2, 7)), who(&map, (1, 2))), (Some(1), Some(0)));
}
