//! An operator's changes by hand; random lives with them are the resolver's tests.

use std::sync::Arc;

use tagma_core::{ErrorKind, LogIndex, OneId};

use super::*;
use crate::forest::ForestChange;
use crate::key::{HashKey, IdentifierHash, KeyFingerprint};
use crate::layer::{Layer, LayerBuilder, NewIdentifier};
use crate::map::IdentityMap;
use crate::resolve::Placement;

fn hash(value: u32) -> IdentifierHash {
    let key = HashKey::from_bytes(&[5; 32]).expect("a key");
    key.hash(1, &value.to_le_bytes())
}

fn person(ordinal: i64) -> OneId {
    OneId::from_i64((1 << 32) + ordinal).expect("a OneID")
}

fn push(map: &mut IdentityMap, layer: Layer) {
    let layer = Layer::decode(&layer.encode()).expect("round trip");
    map.push(map.index().next(), Arc::new(layer), 7)
        .expect("follows");
}

fn land(map: &mut IdentityMap, loser: OneId) {
    let mut layer = LayerBuilder::default();
    layer.change(ForestChange::Landed { loser });
    push(map, layer.finish().expect("a layer"));
}

/// Four people with one identifier each, of their number, at index 1.
fn four() -> IdentityMap {
    let mut map = IdentityMap::empty(KeyFingerprint([0; 16]));
    let mut placement = Placement::new(1);
    let mut layer = LayerBuilder::new(1, 0);
    for value in 0..4 {
        let origin = placement.create().expect("room");
        layer.create(origin);
        layer.attach(NewIdentifier {
            hash: hash(value),
            type_number: 1,
            origin,
        });
    }
    push(&mut map, layer.finish().expect("a layer"));
    map
}

#[test]
fn unmerge_gives_the_subtree_back_and_keeps_the_two_apart() {
    let mut map = four();
    for (a, b) in [(3, 2), (2, 1), (1, 0)] {
        let joined = merge(&map, person(a), person(b)).expect("two people");
        assert_eq!((joined.loser, joined.survivor), (person(a), person(b)));
        push(&mut map, joined.layer);
    }
    let pending = unmerge(&map, person(2)).expect_err("on its way");
    assert_eq!(pending.kind(), ErrorKind::Unavailable);
    land(&mut map, person(2));
    // Its survivor's merge has not landed either.
    let pending = unmerge(&map, person(2)).expect_err("on its way");
    assert!(matches!(pending, Error::Pending { loser, .. } if loser == person(1)));
    land(&mut map, person(1));
    let before = map.index();
    let parted = unmerge(&map, person(2)).expect("merged");
    assert_eq!((parted.survivor, parted.person), (person(1), person(0)));
    assert_eq!(parted.origins, [person(2), person(3)]);
    push(&mut map, parted.layer);

    let forest = map.forest();
    assert_eq!([2, 3].map(|p| forest.root(person(p))), [person(2); 2]);
    assert_eq!(forest.root(person(1)), person(0));
    assert_eq!(forest.alias_at(person(2), before), person(0));
    assert_eq!(map.identifiers_of(person(2)).expect("readable").len(), 2);
    assert_eq!(map.identifiers_of(person(0)).expect("readable").len(), 2);
    assert!(forest.separations().eq([(person(2), person(1))]));
    let again = unmerge(&map, person(2)).expect_err("apart");
    assert!(matches!(again, Error::NotMerged(_)));

    // By whatever OneID the two are named.
    let joined = merge(&map, person(3), person(0)).expect_err("apart");
    assert!(matches!(joined, Error::Separated(..)));
    let layer = lift(&map, person(0), person(3)).expect("separated");
    push(&mut map, layer);
    assert!(matches!(
        lift(&map, person(0), person(3)),
        Err(Error::NotSeparated(..))
    ));
    let joined = merge(&map, person(3), person(0)).expect("two people");
    assert_eq!((joined.loser, joined.survivor), (person(2), person(0)));
    push(&mut map, joined.layer);
    let same = merge(&map, person(3), person(1)).expect_err("one");
    assert!(matches!(same, Error::SamePerson(..)));
}

#[test]
fn unbind_hides_an_identifier_from_its_index_on() {
    let mut map = four();
    let merged = merge(&map, person(0), person(1)).expect("two people");
    push(&mut map, merged.layer);
    let unbound = unbind(&map, hash(1)).expect("known");
    assert_eq!(
        (unbound.person, unbound.identifier.origin),
        (person(0), person(1))
    );
    let layer = Arc::new(unbound.layer);
    map.stage(Arc::clone(&layer), 7).expect("follows");
    assert_eq!(map.lookup(hash(1)).expect("readable"), None);
    let again = unbind(&map, hash(1)).expect_err("unbound");
    assert_eq!(again.kind(), ErrorKind::NotFound);
    map.unstage(0);
    assert!(map.lookup(hash(1)).expect("readable").is_some());
    map.stage(layer, 7).expect("follows");
    map.commit(LogIndex(9), 7).expect("commits");

    let mut found = Vec::new();
    map.lookup_many(&[0, 1], |value| hash(*value), &mut found)
        .expect("readable");
    assert_eq!(
        found.iter().map(Option::is_some).collect::<Vec<_>>(),
        [true, false]
    );
    let at = |index| map.lookup_at(hash(1), LogIndex(index)).expect("readable");
    assert_eq!(at(8).map(|origin| origin.oneid), Some(person(1)));
    assert_eq!(at(9), None);
    let attached = map.identifiers_of(person(0)).expect("readable");
    assert_eq!(
        attached.iter().map(|id| id.hash).collect::<Vec<_>>(),
        [hash(0)]
    );

    // Attached anew, to somebody else and back: only the last word counts.
    for (value, owner) in [(1, 3), (1, 1)] {
        let mut layer = LayerBuilder::default();
        layer.attach(NewIdentifier {
            hash: hash(value),
            type_number: 1,
            origin: person(owner),
        });
        push(&mut map, layer.finish().expect("a layer"));
    }
    assert_eq!(map.identifiers_of(person(3)).expect("readable").len(), 1);
    assert_eq!(map.identifiers_of(person(0)).expect("readable").len(), 2);
}

#[test]
fn what_does_not_exist_cannot_be_changed() {
    let map = four();
    let kinds = [
        merge(&map, person(0), person(9)).map(|_| ()),
        unmerge(&map, person(9)).map(|_| ()),
        unmerge(&map, person(1)).map(|_| ()),
        unbind(&map, hash(9)).map(|_| ()),
        lift(&map, person(0), person(1)).map(|_| ()),
        release(&map, hash(1)).map(|_| ()),
    ]
    .map(|outcome| outcome.expect_err("refused").kind());
    let (unknown, conflict) = (ErrorKind::NotFound, ErrorKind::Conflict);
    assert_eq!(
        kinds,
        [unknown, unknown, conflict, unknown, conflict, conflict]
    );
}

#[test]
fn an_identifier_leaves_quarantine() {
    let mut map = four();
    let mut layer = LayerBuilder::default();
    let identifier = hash(1);
    layer.change(ForestChange::Quarantined { identifier });
    push(&mut map, layer.finish().expect("a layer"));
    let layer = release(&map, identifier).expect("in quarantine");
    push(&mut map, layer);
    assert_eq!(map.forest().quarantined().len(), 0);
}
