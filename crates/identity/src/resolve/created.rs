//! `Created`: identifiers that earlier records of the same batch attached.

use std::collections::HashMap;

use tagma_core::OneId;

use crate::key::IdentifierHash;
use crate::layer::NewIdentifier;

/// An open-addressing set of positions in a list; hashes are uniform, so they are their own hash.
#[derive(Debug, Default)]
pub(super) struct Created {
    /// Position in `identifiers` plus 1; 0 is free. A power of two, at most half full.
    slots: Vec<u32>,
    identifiers: Vec<NewIdentifier>,
    /// Positions of those whose type is limited, by origin.
    limited: HashMap<OneId, Vec<u32>>,
}

impl Created {
    /// Empties it and makes room for `most` identifiers.
    pub(super) fn reset(&mut self, most: usize) {
        let wanted = (most * 2).next_power_of_two().max(16);
        self.slots.clear();
        self.slots.resize(wanted, 0);
        self.identifiers.clear();
        self.limited.clear();
    }

    #[inline]
    pub(super) fn origin(&self, hash: IdentifierHash) -> Option<OneId> {
        let slot = self.slots[self.slot_of(hash)];
        let position = slot.checked_sub(1)?;
        Some(self.identifiers[position as usize].origin)
    }

    /// Adds an identifier; one that is there stays as it is. At most as many as were asked for.
    #[inline]
    pub(super) fn insert(&mut self, identifier: NewIdentifier, is_limited: bool) {
        let slot = self.slot_of(identifier.hash);
        if self.slots[slot] != 0 {
            return;
        }
        if is_limited {
            let position = self.identifiers.len() as u32;
            let positions = self.limited.entry(identifier.origin).or_default();
            positions.push(position);
        }
        self.identifiers.push(identifier);
        self.slots[slot] = self.identifiers.len() as u32;
    }

    pub(super) fn identifiers(&self) -> &[NewIdentifier] {
        &self.identifiers
    }

    /// What the batch attached to one origin, of limited types.
    pub(super) fn limited_of(&self, origin: OneId) -> impl Iterator<Item = &NewIdentifier> {
        let positions = self.limited.get(&origin).map_or(&[][..], Vec::as_slice);
        positions.iter().map(|at| &self.identifiers[*at as usize])
    }

    /// The slot of a hash, or the free one where it would go; half of the slots are free.
    #[inline]
    fn slot_of(&self, hash: IdentifierHash) -> usize {
        let mask = self.slots.len() - 1;
        let mut slot = hash.low() as usize & mask;
        loop {
            match self.slots[slot] {
                0 => return slot,
                taken if self.identifiers[taken as usize - 1].hash == hash => return slot,
                _ => slot = (slot + 1) & mask,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_to_its_limit_with_colliding_hashes_it_still_answers() {
        let mut created = Created::default();
        created.reset(100);
        let identifier = |n: u8| {
            let mut hash = [0; 16];
            hash[0] = n;
            NewIdentifier {
                hash: IdentifierHash(hash),
                type_number: 1,
                origin: OneId::from_i64((1 << 32) + i64::from(n)).expect("a OneID"),
            }
        };
        for n in 0..100 {
            assert_eq!(created.origin(identifier(n).hash), None);
            created.insert(identifier(n), n % 2 == 0);
            created.insert(identifier(n), n % 2 == 0);
        }
        for n in 0..100 {
            let origin = identifier(n).origin;
            assert_eq!(created.origin(identifier(n).hash), Some(origin));
            let limited = usize::from(n % 2 == 0);
            assert_eq!(created.limited_of(origin).count(), limited);
        }
        assert_eq!(created.identifiers().len(), 100);
        created.reset(1);
        assert_eq!(created.origin(identifier(3).hash), None);
        assert_eq!(created.limited_of(identifier(2).origin).count(), 0);
    }
}
