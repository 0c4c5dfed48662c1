//! What tests of the map share: one person, and maps that know it.

use std::sync::Arc;

use tagma_core::{LogIndex, OneId};
use tagma_identity::{HashKey, IdentifierHash, Layer, LayerBuilder, NewIdentifier};

use super::Directory;

/// The key of all maps.
pub(super) fn key() -> HashKey {
    HashKey::from_bytes(&[5; 32]).expect("a key")
}

/// The hash of a value.
pub(super) fn hash(value: u8) -> IdentifierHash {
    key().hash(1, &[value])
}

/// The first person of all, known as 7.
pub(super) fn layer() -> Layer {
    let person = OneId::try_from(1_i64 << 32).expect("a OneID");
    let mut layer = LayerBuilder::new(2, 0);
    layer.create(person);
    layer.attach(NewIdentifier {
        hash: hash(7),
        origin: person,
        type_number: 1,
    });
    layer.finish().expect("a layer")
}

/// The map of a node that has followed everything up to `index`, which created that person.
pub(super) fn follower(index: LogIndex) -> Arc<Directory> {
    let directory = Directory::new(key(), None);
    let pushed = directory.push(index, Arc::new(layer()), 0);
    pushed.expect("it follows");
    directory.advance(index).expect("it follows");
    Arc::new(directory)
}
