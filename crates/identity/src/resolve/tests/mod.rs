//! The resolver: examples by hand, and long random lives against an oracle of plain collections.

mod examples;
mod oracle;
mod order;
mod random;
mod rules;
mod world;

use std::sync::Arc;

use tagma_core::OneId;
use tagma_core::schema::{IdentifierType, LimitWindow, Name, Normalizer, PersonLimit};

use super::*;
use crate::key::{HashKey, KeyFingerprint};
use crate::map::IdentityMap;

/// Type number and value.
type Id = (u16, u32);

fn key() -> HashKey {
    HashKey::from_bytes(&[5; 32]).expect("a key")
}

/// Value `value` of a type whose priority is its number.
fn identifier((type_number, value): Id) -> RecordIdentifier {
    RecordIdentifier {
        type_number,
        priority: type_number,
        hash: key().hash(type_number, &value.to_le_bytes()),
    }
}

fn records(of: &[&[Id]]) -> Records {
    let mut records = Records::new();
    for record in of {
        records.push(record.iter().map(|id| identifier(*id)));
    }
    records
}

fn empty() -> IdentityMap {
    IdentityMap::empty(KeyFingerprint([0; 16]))
}

fn person(shard: i64, ordinal: i64) -> OneId {
    OneId::from_i64((shard << 32) | ordinal).expect("a OneID")
}

/// A type without limits.
fn declared(number: u16) -> IdentifierType {
    IdentifierType {
        number,
        name: Name::new(&format!("type{number}")).expect("a name"),
        normalize: Normalizer::Trim,
        normalize_version: 1,
        region: None,
        priority: number,
        blocked: Vec::new(),
        blocked_patterns: Vec::new(),
        limit: None,
        unique: false,
        quarantine: 50,
    }
}

fn limited(number: u16, per_person: u32, window: LimitWindow) -> IdentifierType {
    IdentifierType {
        limit: Some(PersonLimit { per_person, window }),
        ..declared(number)
    }
}

/// Resolves on one shard and commits.
fn resolve(map: &mut IdentityMap, rules: &Rules, day: i32, of: &[&[Id]]) -> Resolved {
    let mut placement = map.placement(1).expect("a placement");
    let resolved = Resolver::new()
        .resolve(map, &mut placement, rules, day, &records(of))
        .expect("resolves");
    map.stage(Arc::new(resolved.layer.clone()), day)
        .expect("follows");
    map.commit(map.index().next(), day).expect("commits");
    resolved
}

/// The person of an identifier, as its ordinal on one shard.
fn who(map: &IdentityMap, id: Id) -> Option<u32> {
    let origin = map.lookup(identifier(id).hash).expect("readable");
    origin.map(|origin| map.forest().root(origin.oneid).ordinal())
}
