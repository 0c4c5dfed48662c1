//! `CreationOrder`: which person was created when, without a record per person.
//!
//! People are placed round robin by creation count, so the order follows from the counts at which
//! the number of shards changed: a few numbers for any number of people. Merges ask it who of two
//! people is older.

use std::sync::Arc;

use tagma_core::{OneId, ShardId};

use super::{Error, Placement};
use crate::codec::{Reader, Short};

/// A stretch of creations over one number of shards.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Epoch {
    /// Creation number of its first person.
    from: u64,
    shard_count: u16,
    /// Next ordinal of each shard when it began.
    first_ordinals: Arc<[u32]>,
}

/// Creation numbers of all people, from 0.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CreationOrder {
    epochs: Vec<Epoch>,
    count: u64,
}

impl CreationOrder {
    /// Nobody created.
    pub fn new() -> Self {
        Self::default()
    }

    /// People created so far.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The creation number of a person; `None` where nobody has this OneID.
    pub fn number_of(&self, person: OneId) -> Option<u64> {
        let mut end = self.count;
        for epoch in self.epochs.iter().rev() {
            if let Some(number) = epoch.number_of(person).filter(|number| *number < end) {
                return Some(number);
            }
            end = epoch.from;
        }
        None
    }

    /// The person with a creation number; `None` at or beyond the count.
    pub fn person(&self, number: u64) -> Option<OneId> {
        let later = self.epochs.iter().rev().find(|epoch| epoch.from <= number);
        later
            .filter(|_| number < self.count)
            .and_then(|epoch| epoch.person(number))
    }

    /// Where the next person goes among `shard_count` shards.
    ///
    /// # Errors
    /// [`Error::Placement`] where `shard_count` is 0 or less than before.
    pub fn placement(&self, shard_count: u16) -> Result<Placement, Error> {
        let mut next_ordinal = match self.epochs.last() {
            Some(epoch) => epoch.next_ordinals(self.count),
            None => Vec::new(),
        };
        let ordinals = next_ordinal.len();
        if shard_count == 0 || ordinals > usize::from(shard_count) {
            return Err(Error::Placement {
                shard_count,
                ordinals,
            });
        }
        next_ordinal.resize(usize::from(shard_count), 0);
        Ok(Placement {
            shard_count,
            creation_count: self.count,
            next_ordinal,
        })
    }

    /// The same order with everybody who can follow among `shard_count` shards: gives a number to
    /// people whose batch is still being resolved.
    pub(super) fn open_ended(&self, shard_count: u16) -> Result<Self, Error> {
        let placement = self.placement(shard_count)?;
        let mut order = self.clone();
        order.begin_epoch(&placement);
        order.count = u64::MAX;
        Ok(order)
    }

    /// Begins a new stretch where the number of shards has grown.
    fn begin_epoch(&mut self, placement: &Placement) {
        let shard_count = placement.shard_count;
        if self.epochs.last().map(|epoch| epoch.shard_count) != Some(shard_count) {
            self.epochs.push(Epoch {
                from: self.count,
                shard_count,
                first_ordinals: placement.next_ordinal.clone().into(),
            });
        }
    }

    /// Adds the people of a batch, which must be those that round robin gives.
    ///
    /// # Errors
    /// [`Error::CreationOrder`] for any other person, [`Error::Placement`] as above; then nothing
    /// has changed.
    pub fn extend(&mut self, shard_count: u16, people: &[OneId]) -> Result<(), Error> {
        if people.is_empty() {
            return Ok(());
        }
        let before = self.placement(shard_count)?;
        let mut placement = before.clone();
        for person in people {
            if placement.create()? != *person {
                return Err(Error::CreationOrder {
                    creation_count: self.count,
                });
            }
        }
        self.begin_epoch(&before);
        self.count = placement.creation_count;
        Ok(())
    }

    /// Count u64, epochs u32, zero u32; per epoch: from u64, shards u16, six zeros, one u32 each.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        bytes.extend_from_slice(&self.count.to_le_bytes());
        bytes.extend_from_slice(&(self.epochs.len() as u32).to_le_bytes());
        bytes.extend_from_slice(&[0; 4]);
        for epoch in &self.epochs {
            bytes.extend_from_slice(&epoch.from.to_le_bytes());
            bytes.extend_from_slice(&epoch.shard_count.to_le_bytes());
            bytes.extend_from_slice(&[0; 6]);
            for ordinal in epoch.first_ordinals.iter() {
                bytes.extend_from_slice(&ordinal.to_le_bytes());
            }
        }
        bytes
    }

    /// The inverse of `encode`; `None` where the numbers do not fit together.
    pub(crate) fn decode(reader: &mut Reader<'_>) -> Result<Option<Self>, Short> {
        let count = reader.u64()?;
        let epoch_count = reader.u32()?;
        reader.u32()?;
        let mut order = Self::new();
        for _ in 0..epoch_count {
            let from = reader.u64()?;
            let shard_count = reader.u16()?;
            reader.bytes(6)?;
            let bytes = reader.bytes(usize::from(shard_count) * 4)?;
            let (words, _) = bytes.as_chunks::<4>();
            order.count = from;
            let continues = order
                .placement(shard_count)
                .is_ok_and(|placement| placement.next_ordinal.iter().copied().eq(ordinals(words)));
            let later = order.epochs.last().is_none_or(|epoch| epoch.from < from);
            if !continues || !later || (order.epochs.is_empty() && from != 0) {
                return Ok(None);
            }
            order.epochs.push(Epoch {
                from,
                shard_count,
                first_ordinals: ordinals(words).collect(),
            });
        }
        let fits = match order.epochs.last() {
            Some(epoch) => epoch.from < count,
            None => count == 0,
        };
        order.count = count;
        Ok(fits.then_some(order))
    }
}

fn ordinals(words: &[[u8; 4]]) -> impl Iterator<Item = u32> + '_ {
    words.iter().map(|word| u32::from_le_bytes(*word))
}

impl Epoch {
    fn person(&self, number: u64) -> Option<OneId> {
        let shards = u64::from(self.shard_count);
        let slot = number % shards;
        let before = self.placed_in(slot, number);
        let first = u64::from(*self.first_ordinals.get(slot as usize)?);
        let ordinal = u32::try_from(first.checked_add(before)?).ok()?;
        Some(OneId::new(ShardId::new(slot as u16 + 1)?, ordinal))
    }

    fn number_of(&self, person: OneId) -> Option<u64> {
        let slot = u64::from(person.shard().get() - 1);
        let first = *self.first_ordinals.get(slot as usize)?;
        let place = u64::from(person.ordinal().checked_sub(first)?);
        let shards = u64::from(self.shard_count);
        let start = self
            .from
            .checked_add((slot + shards - self.from % shards) % shards)?;
        start.checked_add(place.checked_mul(shards)?)
    }

    /// People of this epoch with a number below `end` in one shard.
    fn placed_in(&self, slot: u64, end: u64) -> u64 {
        let shards = u64::from(self.shard_count);
        let below = |number: u64| number / shards + u64::from(number % shards > slot);
        below(end).saturating_sub(below(self.from))
    }

    fn next_ordinals(&self, end: u64) -> Vec<u32> {
        let next = |(slot, first): (usize, &u32)| {
            let placed = self.placed_in(slot as u64, end);
            u32::try_from(u64::from(*first).saturating_add(placed)).unwrap_or(u32::MAX)
        };
        self.first_ordinals.iter().enumerate().map(next).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn numbers_follow_from_counts_alone(
            batches in prop::collection::vec((0u16..3, 0usize..20), 1..12),
        ) {
            let mut order = CreationOrder::new();
            let mut simulated = Placement::new(1);
            let mut everyone = Vec::new();
            for (more_shards, people) in batches {
                simulated.shard_count += more_shards;
                simulated.next_ordinal.resize(usize::from(simulated.shard_count), 0);
                let placement = order.placement(simulated.shard_count).expect("grows");
                prop_assert_eq!(&placement, &simulated);
                let created: Vec<OneId> =
                    (0..people).map(|_| simulated.create().expect("room")).collect();
                order.extend(simulated.shard_count, &created).expect("they follow");
                everyone.extend(created);
            }
            prop_assert_eq!(order.count(), everyone.len() as u64);
            for (number, person) in everyone.iter().enumerate() {
                prop_assert_eq!(order.number_of(*person), Some(number as u64));
                prop_assert_eq!(order.person(number as u64), Some(*person));
            }
            prop_assert_eq!(order.person(order.count()), None);
            let next = simulated.clone().create().expect("room");
            prop_assert_eq!(order.number_of(next), None);
            let open = order.open_ended(simulated.shard_count).expect("the same shards");
            prop_assert_eq!(open.number_of(next), Some(order.count()));
            for (number, person) in everyone.iter().enumerate() {
                prop_assert_eq!(open.number_of(*person), Some(number as u64));
            }
            let bytes = order.encode();
            let decoded = CreationOrder::decode(&mut Reader::new(&bytes)).expect("whole");
            prop_assert_eq!(decoded, Some(order));
        }

        #[test]
        fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..120)) {
            if let Ok(Some(order)) = CreationOrder::decode(&mut Reader::new(&bytes)) {
                let _ = (order.person(0), order.placement(u16::MAX));
            }
        }
    }

    #[test]
    fn other_people_and_fewer_shards_are_refused() {
        let mut order = CreationOrder::new();
        let mut placement = Placement::new(2);
        let people: Vec<OneId> = (0..3).map(|_| placement.create().expect("room")).collect();
        assert!(order.extend(2, &people[1..]).is_err());
        assert_eq!(order.count(), 0);
        order.extend(2, &people).expect("they follow");
        assert!(order.extend(2, &people[..1]).is_err());
        assert!(matches!(order.placement(1), Err(Error::Placement { .. })));
        assert_eq!(order.count(), 3);
    }
}
