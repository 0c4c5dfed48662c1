//! One journal object: a section per shard, and the identity layer.
//!
//! | section id | content |
//! | --- | --- |
//! | 1 … 32767 | the shard's rows, `tagma_core::journal` |
//! | 2^32 | the identity layer, `tagma_identity::Layer` |

use bytes::Bytes;
use tagma_core::{
    ShardId, Term,
    catalog::{ObjectRef, SectionRef},
};
use tagma_store::{Nonce, ObjectBuilder, ObjectKind};

const IDENTITY_SECTION: u64 = 1 << 32;

/// An encoded journal object, ready to be put.
#[derive(Debug, Clone)]
pub(crate) struct JournalObject {
    /// Its bytes.
    pub(crate) bytes: Bytes,
    /// What the entry says of it.
    pub(crate) layout: ObjectLayout,
}

/// What an entry says of its object.
#[derive(Debug, Clone)]
pub(crate) struct ObjectLayout {
    /// Key and size.
    pub(crate) object: ObjectRef,
    /// Nonce in the header.
    pub(crate) nonce: Nonce,
    /// Ascending by shard.
    pub(crate) sections: Vec<(ShardId, SectionRef)>,
    /// The identity layer.
    pub(crate) identity: Option<SectionRef>,
}

impl JournalObject {
    /// Lays out a batch's sections; `identity` is left out where it is empty.
    pub(crate) fn encode(
        term: Term,
        chain: u64,
        shards: &[(ShardId, Vec<u8>)],
        identity: &[u8],
    ) -> Self {
        let nonce = Nonce::random();
        let mut builder = ObjectBuilder::new(ObjectKind::Journal, nonce);
        let sections = shards
            .iter()
            .map(|(shard, bytes)| (*shard, place(&mut builder, shard.get().into(), bytes)))
            .collect();
        let identity =
            (!identity.is_empty()).then(|| place(&mut builder, IDENTITY_SECTION, identity));
        let bytes = builder.finish();
        let key = format!("journal/{:016}/{chain:020}-{nonce}", term.0);
        let object = ObjectRef {
            key,
            bytes: bytes.len() as u64,
        };
        Self {
            bytes,
            layout: ObjectLayout {
                object,
                nonce,
                sections,
                identity,
            },
        }
    }
}

fn place(builder: &mut ObjectBuilder, id: u64, bytes: &[u8]) -> SectionRef {
    let placed = builder.section(id, bytes);
    SectionRef {
        offset: placed.offset,
        length: placed.length,
        crc32c: placed.crc,
    }
}
