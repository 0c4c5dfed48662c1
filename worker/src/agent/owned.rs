//! The shards that are open here, and those that are being opened.
//!
//! Owns the comparison of what a coordinator says with what is there. A shard under another epoch
//! is another shard: it is closed at once, and opened again if it is still this worker's.

use std::collections::BTreeMap;
use std::sync::Arc;

use parking_lot::Mutex;
use tagma_core::{LogIndex, ShardEpoch, ShardId};
use tokio_util::sync::CancellationToken;

use super::home::{BeatAnswer, OwnedShard, ShardProgress};
use crate::shard::{Shard, Status};

/// A shard in the hands of this worker.
#[derive(Debug, Clone)]
pub enum Slot {
    /// Its manifest is being loaded.
    Opening {
        /// The epoch under which it is owned.
        epoch: ShardEpoch,
        /// Index up to which the manifest that is loaded goes.
        flushed: LogIndex,
        /// Cancelled when it is owned no longer.
        closed: CancellationToken,
    },
    /// It answers.
    Open(Arc<Shard>),
}

impl Slot {
    fn epoch(&self) -> ShardEpoch {
        match self {
            Self::Opening { epoch, .. } => *epoch,
            Self::Open(shard) => shard.epoch(),
        }
    }

    /// Whether this is still the shard as it is given.
    fn is(&self, given: &OwnedShard) -> bool {
        let behind = match self {
            // What lies between the two may be gone from the store.
            Self::Opening { flushed, .. } => given.flushed > *flushed,
            Self::Open(shard) => shard.is_behind(given.manifest.as_deref(), given.flushed),
        };
        self.epoch() == given.epoch && !behind
    }

    fn close(&self) {
        match self {
            Self::Opening { closed, .. } => closed.cancel(),
            Self::Open(shard) => shard.closed().cancel(),
        }
    }
}

/// The shards in the hands of this worker.
#[derive(Debug, Default)]
pub struct Owned {
    slots: Mutex<BTreeMap<ShardId, Slot>>,
}

impl Owned {
    /// The shard's slot, if it is this worker's.
    pub fn slot(&self, shard: ShardId) -> Option<Slot> {
        self.slots.lock().get(&shard).cloned()
    }

    /// How far the open shards are, ascending. A shard that stands still is reported as it is:
    /// nothing beyond its index can be read.
    pub fn progress(&self) -> Vec<ShardProgress> {
        let slots = self.slots.lock();
        let open = slots.values().filter_map(|slot| match slot {
            Slot::Open(shard) => Some(shard),
            Slot::Opening { .. } => None,
        });
        open.map(|shard| {
            let state = shard.state();
            ShardProgress {
                shard: shard.id(),
                epoch: shard.epoch(),
                applied: state.applied,
                hot_bytes: state.hot_bytes() as u64,
                stopped: shard.status().reason(),
            }
        })
        .collect()
    }

    /// Closes what `answer` does not give to this worker as it is here; the shards to open,
    /// each with the token that ends the attempt.
    pub fn follow(&self, answer: &BeatAnswer) -> Vec<(OwnedShard, CancellationToken)> {
        let mut slots = self.slots.lock();
        let given: BTreeMap<ShardId, &OwnedShard> = answer
            .owned
            .iter()
            .map(|owned| (owned.shard, owned))
            .collect();
        slots.retain(|shard, slot| {
            let kept = given.get(shard).is_some_and(|owned| slot.is(owned));
            if !kept {
                slot.close();
            }
            kept
        });
        let mut new = Vec::new();
        for (shard, owned) in given {
            slots.entry(shard).or_insert_with(|| {
                let closed = CancellationToken::new();
                new.push((owned.clone(), closed.clone()));
                Slot::Opening {
                    epoch: owned.epoch,
                    flushed: owned.flushed,
                    closed,
                }
            });
        }
        new
    }

    /// Puts an opened shard in its slot; `false` if it was lost in the meantime.
    pub fn opened(&self, shard: &Arc<Shard>) -> bool {
        let mut slots = self.slots.lock();
        match slots.get_mut(&shard.id()) {
            Some(slot @ Slot::Opening { .. }) if slot.epoch() == shard.epoch() => {
                *slot = Slot::Open(Arc::clone(shard));
                true
            }
            _ => false,
        }
    }

    /// Closes a shard under an epoch; the next answer that gives it opens it again.
    pub fn close(&self, shard: ShardId, epoch: ShardEpoch) {
        let mut slots = self.slots.lock();
        if slots.get(&shard).is_some_and(|slot| slot.epoch() == epoch)
            && let Some(slot) = slots.remove(&shard)
        {
            slot.close();
        }
    }

    /// Closes everything.
    pub fn close_all(&self) {
        for slot in std::mem::take(&mut *self.slots.lock()).values() {
            slot.close();
        }
    }

    /// Tells all open shards the oldest index that must stay readable.
    pub fn raise_floors(&self, oldest: LogIndex) {
        let open: Vec<Arc<Shard>> = {
            let slots = self.slots.lock();
            let open = slots.values().filter_map(|slot| match slot {
                Slot::Open(shard) => Some(Arc::clone(shard)),
                Slot::Opening { .. } => None,
            });
            open.collect()
        };
        open.iter().for_each(|shard| shard.raise_floor(oldest));
    }

    /// Number of open shards, and of those among them that stand still.
    pub fn counts(&self) -> (usize, usize) {
        let slots = self.slots.lock();
        let mut counts = (0, 0);
        for slot in slots.values() {
            if let Slot::Open(shard) = slot {
                counts.0 += 1;
                counts.1 += usize::from(matches!(shard.status(), Status::Stopped(_)));
            }
        }
        counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shard::ShardState;

    fn answer(owned: &[(u16, u64)]) -> BeatAnswer {
        let owned = owned.iter().map(|(shard, epoch)| OwnedShard {
            shard: ShardId::new(*shard).expect("a shard"),
            epoch: ShardEpoch(*epoch),
            manifest: None,
            flushed: LogIndex::ZERO,
        });
        BeatAnswer {
            owned: owned.collect(),
            ..BeatAnswer::default()
        }
    }

    fn shard(number: u16, epoch: u64) -> Arc<Shard> {
        let number = ShardId::new(number).expect("a shard");
        Arc::new(Shard::new(number, ShardEpoch(epoch), ShardState::default()))
    }

    #[test]
    fn a_shard_is_closed_when_it_is_gone_or_its_epoch_moves() {
        let owned = Owned::default();
        assert_eq!(owned.follow(&answer(&[(1, 1), (2, 1)])).len(), 2);
        assert!(owned.follow(&answer(&[(1, 1), (2, 1)])).is_empty());
        let (one, two) = (shard(1, 1), shard(2, 1));
        assert!(owned.opened(&one) && owned.opened(&two));
        assert!(!owned.opened(&one), "it is open already");

        let new = owned.follow(&answer(&[(1, 2)]));
        assert_eq!(new.len(), 1);
        assert_eq!(new[0].0.epoch, ShardEpoch(2));
        assert!(one.closed().is_cancelled() && two.closed().is_cancelled());
        assert!(owned.slot(two.id()).is_none());
        assert!(!owned.opened(&shard(1, 1)), "the old epoch is not put back");
        assert!(owned.opened(&shard(1, 2)));
        assert_eq!(owned.progress().len(), 1);

        owned.close(one.id(), ShardEpoch(1));
        assert!(
            owned.slot(one.id()).is_some(),
            "another epoch is left alone"
        );
        owned.close(one.id(), ShardEpoch(2));
        assert_eq!(owned.follow(&answer(&[(1, 2)])).len(), 1);
        assert!(owned.follow(&answer(&[])).is_empty());
    }

    #[test]
    fn a_shard_that_is_being_opened_goes_on_from_a_newer_manifest() {
        let owned = Owned::default();
        let mut given = answer(&[(1, 1)]);
        let first = owned.follow(&given);
        assert!(owned.follow(&given).is_empty(), "it is being opened");
        given.owned[0].manifest = Some("newer".to_owned());
        given.owned[0].flushed = LogIndex(7);
        let second = owned.follow(&given);
        assert_eq!(second.len(), 1);
        assert_eq!(second[0].0.manifest.as_deref(), Some("newer"));
        assert!(first[0].1.is_cancelled() && !second[0].1.is_cancelled());
    }

    #[test]
    fn a_shard_behind_its_manifest_is_opened_anew() {
        let owned = Owned::default();
        let mut given = answer(&[(1, 1)]);
        owned.follow(&given);
        let shard = shard(1, 1);
        assert!(owned.opened(&shard));
        shard.advance(LogIndex(9));
        shard.propose("own");
        given.owned[0].flushed = LogIndex(7);
        given.owned[0].manifest = Some("own".to_owned());
        assert!(
            owned.follow(&given).is_empty(),
            "its own commit, not yet known to have passed"
        );
        given.owned[0].manifest = Some("foreign".to_owned());
        assert_eq!(owned.follow(&given).len(), 1);
        assert!(shard.closed().is_cancelled());
    }
}
