//! Layer → bytes: the identity section of a journal object. The table is in
//! `docs/formats/identity-map.md`.

use super::{Layer, NewIdentifier};
use crate::forest::CHANGE_BYTES;

/// First bytes of an identity section.
pub(super) const MAGIC: [u8; 8] = *b"TAGMAIDL";

/// Version of the format.
pub(super) const VERSION: u16 = 2;

/// Bytes before the first section.
pub(super) const HEADER_BYTES: usize = 24;

/// Bytes before the records of a section.
pub(super) const SECTION_HEADER_BYTES: usize = 8;

/// Section kinds, in the order in which they stand; one without records is left out.
pub(super) const PEOPLE: u16 = 1;
pub(super) const IDENTIFIERS: u16 = 2;
pub(super) const FOREST: u16 = 3;
pub(super) const UNBOUND: u16 = 4;

/// Bytes of a record of each kind.
pub(super) const PERSON_BYTES: usize = 8;
pub(super) const IDENTIFIER_BYTES: usize = 26;

impl Layer {
    /// The layer as bytes; equal layers give equal bytes.
    pub fn encode(&self) -> Vec<u8> {
        let records = self.people.len() * PERSON_BYTES
            + self.len() * IDENTIFIER_BYTES
            + self.changes.len() * CHANGE_BYTES;
        let mut bytes = Vec::with_capacity(HEADER_BYTES + 4 * SECTION_HEADER_BYTES + records);
        let unbound = self.unbound().count();
        let counts = [
            (PEOPLE, self.people.len()),
            (IDENTIFIERS, self.len() - unbound),
            (FOREST, self.changes.len()),
            (UNBOUND, unbound),
        ];
        let sections = counts.iter().filter(|(_, count)| *count > 0).count();
        bytes.extend_from_slice(&MAGIC);
        bytes.extend_from_slice(&VERSION.to_le_bytes());
        bytes.extend_from_slice(&self.shard_count.to_le_bytes());
        bytes.extend_from_slice(&(sections as u32).to_le_bytes());
        bytes.extend_from_slice(&self.first_creation.to_le_bytes());
        for (kind, count) in counts.into_iter().filter(|(_, count)| *count > 0) {
            bytes.extend_from_slice(&kind.to_le_bytes());
            bytes.extend_from_slice(&[0; 2]);
            // The builder refuses more records than a u32 counts.
            bytes.extend_from_slice(&(count as u32).to_le_bytes());
            self.encode_records(kind, &mut bytes);
        }
        bytes
    }

    fn encode_records(&self, kind: u16, bytes: &mut Vec<u8>) {
        match kind {
            PEOPLE => {
                for person in &self.people {
                    bytes.extend_from_slice(&person.get().to_le_bytes());
                }
            }
            IDENTIFIERS => self
                .identifiers()
                .for_each(|identifier| encode_identifier(&identifier, bytes)),
            UNBOUND => self
                .unbound()
                .for_each(|identifier| encode_identifier(&identifier, bytes)),
            _ => {
                for change in &self.changes {
                    bytes.extend_from_slice(&change.to_bytes());
                }
            }
        }
    }
}

fn encode_identifier(identifier: &NewIdentifier, bytes: &mut Vec<u8>) {
    bytes.extend_from_slice(&identifier.hash.0);
    bytes.extend_from_slice(&identifier.type_number.to_le_bytes());
    bytes.extend_from_slice(&identifier.origin.get().to_le_bytes());
}
