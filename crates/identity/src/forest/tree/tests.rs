//! The forest against a list of edges searched by hand, and on damaged bytes.

use proptest::prelude::*;
use tagma_core::ErrorKind;

use super::*;

fn person(ordinal: i64) -> OneId {
    OneId::from_i64((1 << 32) + ordinal).expect("a OneID")
}

fn decided(loser: i64, survivor: i64) -> ForestChange {
    ForestChange::Decided {
        loser: person(loser),
        survivor: person(survivor),
        evidence: Evidence {
            loser: loser as u64,
            survivor: 7,
        },
    }
}

#[test]
fn roots_follow_chains_and_time() {
    let mut forest = Forest::new();
    let at = LogIndex;
    forest.apply(decided(2, 1), at(10)).expect("fits");
    forest.apply(decided(3, 2), at(11)).expect("fits");
    forest
        .apply(ForestChange::Landed { loser: person(3) }, at(14))
        .expect("fits");
    forest
        .apply(ForestChange::Cut { loser: person(2) }, at(20))
        .expect("fits");
    forest.apply(decided(2, 4), at(21)).expect("fits");
    let before = forest.clone();
    forest
        .apply(ForestChange::Landed { loser: person(2) }, at(30))
        .expect("fits");

    assert_eq!(forest.root(person(3)), person(4));
    let roots = [(9, 3), (11, 1), (19, 1), (20, 2), (21, 4)];
    for (index, root) in roots {
        assert_eq!(
            forest.root_at(person(3), at(index)),
            person(root),
            "{index}"
        );
    }
    assert_eq!(forest.alias_at(person(3), at(13)), person(3));
    assert_eq!(forest.alias_at(person(3), at(14)), person(2));
    assert_eq!(forest.alias_at(person(3), at(30)), person(4));
    assert_eq!(before.alias_at(person(3), at(30)), person(2));
    assert_eq!(forest.subtree(person(4)), [person(4), person(2), person(3)]);
    assert_eq!(forest.subtree(person(1)), [person(1)]);
    assert_eq!(forest.edges_of(person(2)).count(), 2);
    assert_eq!(Forest::decode(&forest.encode()), Ok(forest));
}

#[test]
fn what_is_no_forest_is_refused_and_changes_nothing() {
    let mut forest = Forest::new();
    forest.apply(decided(2, 1), LogIndex(5)).expect("fits");
    let before = forest.clone();
    let refused = [
        (decided(2, 3), 6, Error::AlreadyMerged(person(2))),
        (
            decided(1, 2),
            6,
            Error::Circle {
                loser: person(1),
                survivor: person(2),
            },
        ),
        (
            decided(7, 7),
            6,
            Error::Circle {
                loser: person(7),
                survivor: person(7),
            },
        ),
        (
            ForestChange::Landed { loser: person(1) },
            6,
            Error::NotMerged(person(1)),
        ),
        (
            ForestChange::Cut { loser: person(2) },
            4,
            Error::OutOfOrder {
                index: LogIndex(4),
                newest: LogIndex(5),
            },
        ),
    ];
    for (change, index, error) in refused {
        assert_eq!(forest.apply(change, LogIndex(index)), Err(error));
        assert_eq!(error.kind(), ErrorKind::Conflict);
        assert_eq!(forest, before);
    }
    forest
        .apply(ForestChange::Landed { loser: person(2) }, LogIndex(6))
        .expect("fits");
    let again = forest.apply(ForestChange::Landed { loser: person(2) }, LogIndex(7));
    assert_eq!(again, Err(Error::AlreadyLanded(person(2))));
}

#[test]
fn a_circle_in_bytes_is_damage() {
    let edge = |loser, survivor| Edge {
        loser: person(loser),
        survivor: person(survivor),
        decided: LogIndex(1),
        landed: None,
        cut: None,
        evidence: Evidence::default(),
    };
    let forest = |edges: [Edge; 2]| {
        let mut bytes = 2u64.to_le_bytes().to_vec();
        bytes.extend(edges.iter().flat_map(|edge| edge.to_bytes()));
        bytes.extend([0; 16]);
        bytes
    };
    let bytes = forest([edge(1, 2), edge(2, 1)]);
    assert_eq!(Forest::decode(&bytes), Err(Error::Damaged("a circle")));
    let bytes = forest([edge(2, 1), edge(1, 3)]);
    assert_eq!(
        Forest::decode(&bytes),
        Err(Error::Damaged("edges out of order"))
    );
    assert!(Forest::decode(&bytes[1..]).is_err());
    let fine = forest([edge(1, 3), edge(2, 1)]);
    assert!(Forest::decode(&fine).is_ok());
    assert!(Forest::decode(&[&fine[..], &[0]].concat()).is_err());
}

#[test]
fn bytes_of_an_edge_are_fixed() {
    let edge = Edge {
        loser: person(2),
        survivor: person(1),
        decided: LogIndex(10),
        landed: Some(LogIndex(0x01_0203_0405)),
        cut: None,
        evidence: Evidence {
            loser: 0x0102,
            survivor: 0x0304,
        },
    };
    let expected = "0200000001000000010000000100000\
                    00a000000000504030201ffffffffff00\
                    00000000000001020000000000000304";
    assert_eq!(hex::encode(edge.to_bytes()), expected);
    assert_eq!(Edge::from_bytes(&edge.to_bytes()), Some(edge));
}

#[test]
fn separations_and_quarantines_begin_once_and_end_once() {
    let mut forest = Forest::new();
    let (loser, survivor) = (person(2), person(1));
    let identifier = IdentifierHash([9; 16]);
    let again = Error::AlreadySeparated { loser, survivor };
    let steps = [
        (
            ForestChange::Separated { loser, survivor },
            ForestChange::Lifted { loser, survivor },
            again,
            Error::NotSeparated { loser, survivor },
        ),
        (
            ForestChange::Quarantined { identifier },
            ForestChange::Released { identifier },
            Error::Quarantine(identifier),
            Error::Quarantine(identifier),
        ),
    ];
    for (begin, end, begun, ended) in steps {
        assert_eq!(forest.apply(end, LogIndex(1)), Err(ended));
        assert_eq!(forest.apply(begin, LogIndex(2)), Ok(()));
        assert_eq!(forest.apply(begin, LogIndex(3)), Err(begun));
        assert_eq!(Forest::decode(&forest.encode()), Ok(forest.clone()));
        assert_eq!(ended.kind(), ErrorKind::Conflict);
    }
    assert!(forest.separations().eq([(loser, survivor)]));
    assert!(forest.is_quarantined(identifier) && forest.quarantined().len() == 1);
    let reversed = ForestChange::Separated {
        loser: survivor,
        survivor: loser,
    };
    assert!(forest.apply(reversed, LogIndex(4)).is_err());
    for (_, end, ..) in steps {
        assert_eq!(forest.apply(end, LogIndex(5)), Ok(()));
    }
    assert_eq!(forest, Forest::new());
}

proptest! {
    #[test]
    fn any_steps_agree_with_a_list_of_edges(
        steps in prop::collection::vec((0u8..3, 0i64..12, 0i64..12), 0..80),
    ) {
        let mut forest = Forest::new();
        let mut edges: Vec<Edge> = Vec::new();
        for (number, (kind, loser, survivor)) in steps.into_iter().enumerate() {
            let index = LogIndex(number as u64 + 1);
            let change = match kind {
                0 => decided(loser, survivor),
                1 => ForestChange::Landed { loser: person(loser) },
                _ => ForestChange::Cut { loser: person(loser) },
            };
            if forest.apply(change, index).is_ok() {
                record(&mut edges, change, index);
            }
        }
        let end = LogIndex(81);
        for ordinal in 0..12 {
            for index in (0..=81).map(LogIndex) {
                let expected = follow(&edges, person(ordinal), |edge| edge.holds_at(index));
                prop_assert_eq!(forest.root_at(person(ordinal), index), expected);
            }
            let root = forest.root(person(ordinal));
            prop_assert_eq!(root, forest.root_at(person(ordinal), end));
            prop_assert!(forest.subtree(root).contains(&person(ordinal)));
        }
        prop_assert_eq!(Forest::decode(&forest.encode()), Ok(forest));
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = Forest::decode(&bytes);
    }
}

fn record(edges: &mut Vec<Edge>, change: ForestChange, index: LogIndex) {
    let open = |edges: &mut Vec<Edge>, loser| {
        edges
            .iter()
            .position(|edge| edge.loser == loser && edge.cut.is_none())
            .expect("an accepted step has an open edge")
    };
    match change {
        ForestChange::Decided {
            loser,
            survivor,
            evidence,
        } => edges.push(Edge {
            loser,
            survivor,
            decided: index,
            landed: None,
            cut: None,
            evidence,
        }),
        ForestChange::Landed { loser } => {
            let at = open(edges, loser);
            edges[at].landed = Some(index);
        }
        ForestChange::Cut { loser } => {
            let at = open(edges, loser);
            edges[at].cut = Some(index);
        }
        other => panic!("no edge in {other:?}"),
    }
}

fn follow(edges: &[Edge], from: OneId, holds: impl Fn(&Edge) -> bool) -> OneId {
    let mut person = from;
    while let Some(edge) = edges
        .iter()
        .find(|edge| edge.loser == person && holds(edge))
    {
        person = edge.survivor;
    }
    person
}
