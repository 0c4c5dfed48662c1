//! Layers: both directions, bytes that never change, bytes that may be anything.

use proptest::prelude::*;
use tagma_core::{ErrorKind, OneId};

use super::*;
use crate::forest::{Evidence, ForestChange};
use crate::key::IdentifierHash;

fn person(raw: i64) -> OneId {
    OneId::from_i64(raw).expect("a OneID")
}

fn identifier(first: u8, type_number: u16, origin: i64) -> NewIdentifier {
    let mut hash = [0x11; 16];
    hash[0] = first;
    NewIdentifier {
        hash: IdentifierHash(hash),
        type_number,
        origin: person(origin),
    }
}

fn sample() -> Layer {
    let mut builder = LayerBuilder::new(4, 6);
    builder.create(person((3 << 32) | 1));
    builder.create(person((4 << 32) | 1));
    builder.attach(identifier(0xc0, 2, (4 << 32) | 1));
    builder.attach(identifier(0x40, 1, (3 << 32) | 1));
    builder.attach(identifier(0x80, 2, (3 << 32) | 1));
    builder.change(ForestChange::Decided {
        loser: person((4 << 32) | 1),
        survivor: person((3 << 32) | 1),
        evidence: Evidence {
            loser: 0xc011,
            survivor: 0x4011,
        },
    });
    builder.change(ForestChange::Landed {
        loser: person((4 << 32) | 1),
    });
    builder.change(ForestChange::Cut {
        loser: person((4 << 32) | 1),
    });
    builder.change(ForestChange::Separated {
        loser: person((4 << 32) | 1),
        survivor: person((3 << 32) | 1),
    });
    builder.change(ForestChange::Lifted {
        loser: person((4 << 32) | 1),
        survivor: person((3 << 32) | 1),
    });
    let identifier = IdentifierHash([0x22; 16]);
    builder.change(ForestChange::Quarantined { identifier });
    builder.change(ForestChange::Released { identifier });
    builder.unbind(self::identifier(0x60, 3, (2 << 32) | 5));
    builder.finish().expect("a layer")
}

#[test]
fn both_directions_answer() {
    let layer = sample();
    assert_eq!(
        (layer.len(), layer.people().len(), layer.changes().len()),
        (4, 2, 7)
    );
    let unbound = identifier(0x60, 3, (2 << 32) | 5);
    assert!(layer.unbound().eq([unbound]));
    assert_eq!(layer.identifiers().count(), 3);
    assert_eq!(layer.lookup(unbound.hash), None);
    assert!(layer.identifiers_of(unbound.origin).is_empty());
    assert_eq!((layer.shard_count(), layer.first_creation()), (4, 6));
    let hash = identifier(0x80, 2, 1 << 32).hash;
    assert_eq!(layer.lookup(hash), Some(identifier(0x80, 2, (3 << 32) | 1)));
    assert_eq!(layer.lookup(IdentifierHash([0; 16])), None);
    let of_first = layer.identifiers_of(person((3 << 32) | 1));
    let origin = (3 << 32) | 1;
    assert_eq!(
        of_first,
        [identifier(0x40, 1, origin), identifier(0x80, 2, origin)]
    );
    assert!(layer.identifiers_of(person(1 << 32)).is_empty());
    assert!(Layer::default().is_empty() && !layer.is_empty());
}

#[test]
fn one_identifier_attached_twice_is_refused() {
    let mut builder = LayerBuilder::new(1, 0);
    builder.attach(identifier(1, 1, 1 << 32));
    builder.unbind(identifier(1, 1, (1 << 32) | 1));
    let error = builder.finish().expect_err("twice");
    assert_eq!(error.kind(), ErrorKind::Internal);
}

/// Added to, never edited: journal objects hold these bytes for ever.
#[test]
fn golden_bytes() {
    let golden = concat!(
        "5441474d4149444c", // TAGMAIDL
        "0200",             // version
        "0400",             // shards
        "04000000",         // sections
        "0600000000000000", // first creation number
        "0100000002000000", // people: 2
        "0100000003000000",
        "0100000004000000",
        "0200000003000000", // identifiers: 3
        "40111111111111111111111111111111",
        "0100",
        "0100000003000000",
        "80111111111111111111111111111111",
        "0200",
        "0100000003000000",
        "c0111111111111111111111111111111",
        "0200",
        "0100000004000000",
        "0300000007000000", // forest changes: 7
        "010000000000000001000000040000000100000003000000",
        "000000000000c0110000000000004011",
        "020000000000000001000000040000000000000000000000",
        "00000000000000000000000000000000",
        "030000000000000001000000040000000000000000000000",
        "00000000000000000000000000000000",
        "040000000000000001000000040000000100000003000000",
        "00000000000000000000000000000000",
        "050000000000000001000000040000000100000003000000",
        "00000000000000000000000000000000",
        "060000000000000022222222222222222222222222222222",
        "00000000000000000000000000000000",
        "070000000000000022222222222222222222222222222222",
        "00000000000000000000000000000000",
        "0400000001000000", // unbound: 1
        "60111111111111111111111111111111",
        "0300",
        "0500000002000000",
    );
    assert_eq!(hex::encode(sample().encode()), golden);
    let empty = "5441474d4149444c020000000000000000000000000000000000".to_owned();
    assert_eq!(hex::encode(Layer::default().encode()), empty[..48]);
    assert_eq!(
        Layer::decode(&Layer::default().encode()),
        Ok(Layer::default())
    );
    assert_eq!(LayerBuilder::new(4, 6).finish(), Ok(Layer::default()));
    let bytes = hex::decode(golden).expect("hex");
    assert_eq!(Layer::decode(&bytes), Ok(sample()));
}

#[test]
fn other_versions_and_unknown_sections_are_incompatible() {
    let mut bytes = sample().encode();
    for version in [1, 3] {
        bytes[8] = version;
        let error = Layer::decode(&bytes).expect_err("another version");
        assert_eq!(error.kind(), ErrorKind::Incompatible);
    }
    let mut bytes = Layer::default().encode();
    bytes[12] = 1;
    bytes.extend_from_slice(&[9, 0, 0, 0, 1, 0, 0, 0]);
    let error = Layer::decode(&bytes).expect_err("unknown");
    assert_eq!(
        error,
        Error::Version {
            version: 2,
            kind: 9
        }
    );
}

#[test]
fn every_truncation_is_an_error() {
    let bytes = sample().encode();
    for length in 0..bytes.len() {
        assert!(Layer::decode(&bytes[..length]).is_err(), "{length}");
    }
    assert!(Layer::decode(&[&bytes[..], &[0]].concat()).is_err());
}

proptest! {
    #[test]
    fn changed_bytes_never_panic_and_what_is_accepted_is_canonical(
        flips in prop::collection::vec((0usize..600, any::<u8>()), 1..6),
    ) {
        let mut bytes = sample().encode();
        for (at, value) in flips {
            let at = at % bytes.len();
            bytes[at] = value;
        }
        if let Ok(layer) = Layer::decode(&bytes) {
            prop_assert_eq!(layer.encode(), bytes);
        }
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = Layer::decode(&bytes);
        let _ = Layer::decode(&[&sample().encode()[..24], &bytes].concat());
    }

    #[test]
    fn layers_round_trip(
        people in prop::collection::vec(0i64..50, 0..20),
        hashes in prop::collection::btree_set(any::<[u8; 16]>(), 0..60),
    ) {
        let mut builder = LayerBuilder::new(9, 1_000);
        for ordinal in &people {
            builder.create(person((9 << 32) | ordinal));
        }
        for (number, hash) in hashes.iter().enumerate() {
            builder.attach(NewIdentifier {
                hash: IdentifierHash(*hash),
                type_number: number as u16,
                origin: person((1 << 32) | (number as i64 % 7)),
            });
        }
        let layer = builder.finish().expect("a layer");
        prop_assert_eq!(Layer::decode(&layer.encode()), Ok(layer));
    }
}
