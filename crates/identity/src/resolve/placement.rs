//! `Placement`: which OneID the next person gets.

use tagma_core::{OneId, ShardId};

use super::Error;

/// Where the next person goes: round robin by creation count, ordinals dense in each shard.
///
/// Staged with the layers: a dropped batch drops its placement, and its OneIDs are given again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placement {
    /// Shards of the cluster, from 1.
    pub shard_count: u16,
    /// People created so far.
    pub creation_count: u64,
    /// Next ordinal of each shard, shard 1 first; `u32::MAX` means that it is full.
    pub next_ordinal: Vec<u32>,
}

impl Placement {
    /// Nobody created, `shard_count` shards.
    pub fn new(shard_count: u16) -> Self {
        Self {
            shard_count,
            creation_count: 0,
            next_ordinal: vec![0; usize::from(shard_count)],
        }
    }

    /// The next person.
    ///
    /// # Errors
    /// [`Error::OrdinalsExhausted`] where its shard is full, [`Error::Placement`] where the fields
    /// do not fit together.
    pub fn create(&mut self) -> Result<OneId, Error> {
        let malformed = Error::Placement {
            shard_count: self.shard_count,
            ordinals: self.next_ordinal.len(),
        };
        if self.shard_count == 0 || self.next_ordinal.len() != usize::from(self.shard_count) {
            return Err(malformed);
        }
        let slot = (self.creation_count % u64::from(self.shard_count)) as usize;
        let shard = ShardId::new(slot as u16 + 1).ok_or(malformed)?;
        let ordinal = self.next_ordinal[slot];
        if ordinal == u32::MAX {
            return Err(Error::OrdinalsExhausted(shard));
        }
        self.next_ordinal[slot] = ordinal + 1;
        self.creation_count += 1;
        Ok(OneId::new(shard, ordinal))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_go_round_robin_with_dense_ordinals() {
        let mut placement = Placement::new(3);
        let people: Vec<(u16, u32)> = (0..7)
            .map(|_| placement.create().expect("room"))
            .map(|person| (person.shard().get(), person.ordinal()))
            .collect();
        assert_eq!(
            people,
            [(1, 0), (2, 0), (3, 0), (1, 1), (2, 1), (3, 1), (1, 2)]
        );
        assert_eq!(placement.next_ordinal, [3, 2, 2]);
    }

    #[test]
    fn a_full_shard_and_a_malformed_placement_are_errors() {
        let mut placement = Placement::new(1);
        placement.next_ordinal[0] = u32::MAX;
        let error = placement.create().expect_err("full");
        assert_eq!(error.kind(), tagma_core::ErrorKind::Exhausted);
        assert!(Placement::new(0).create().is_err());
        placement.next_ordinal.push(0);
        assert!(matches!(placement.create(), Err(Error::Placement { .. })));
    }
}
