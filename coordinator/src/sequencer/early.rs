//! Writes that came before their predecessors: a producer may have several on their way, and they
//! overtake each other. Held for a moment, so that they need not be sent again.
//!
//! Owns the bounds of what is held. Must not judge: whose turn it is, the sequencer knows.

use std::{collections::BTreeMap, time::Duration};

use tagma_core::{catalog::ProducerId, limits::BATCH_BYTES};
use tokio::time::Instant;

use super::{pending::Reply, prepare::PreparedWrite};
use crate::error::Error;

/// How long a write waits for its predecessor, which is on its way or never comes.
const PATIENCE: Duration = Duration::from_secs(2);
/// Bytes that are held at most, of all producers.
const BYTES_MAX: usize = 8 * BATCH_BYTES;
/// Writes that are held at most.
const WRITES_MAX: usize = 256;

/// Producer, epoch, sequence.
type Key = (ProducerId, u64, u64);

/// Writes that wait for their predecessors.
#[derive(Debug, Default)]
pub(super) struct Early {
    held: BTreeMap<Key, Held>,
    bytes: usize,
}

/// A write whose turn has not come.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) write: PreparedWrite,
    /// Where the answer goes; a retry adds to it.
    pub(super) replies: Vec<Reply>,
    /// The answer, should its predecessor not come.
    pub(super) refusal: Error,
    until: Instant,
}

impl Early {
    /// Holds a write; gives it back at once where there is no room.
    pub(super) fn hold(
        &mut self,
        write: PreparedWrite,
        replies: Vec<Reply>,
        refusal: Error,
    ) -> Option<Held> {
        let key = (write.producer, write.epoch, write.sequence);
        if let Some(held) = self.held.get_mut(&key) {
            held.replies.extend(replies);
            return None;
        }
        let held = Held {
            until: Instant::now() + PATIENCE,
            write,
            replies,
            refusal,
        };
        if self.held.len() >= WRITES_MAX || self.bytes + held.write.bytes > BYTES_MAX {
            return Some(held);
        }
        self.bytes += held.write.bytes;
        self.held.insert(key, held);
        None
    }

    /// Takes out a write whose predecessor is there; `last` tells a producer's last sequence.
    pub(super) fn take_ready(&mut self, last: impl Fn(ProducerId) -> u64) -> Option<Held> {
        let mut keys = self.held.keys();
        let ready = *keys.find(|(producer, _, sequence)| *sequence <= last(*producer) + 1)?;
        self.take(ready)
    }

    /// Takes out a write that has waited long enough.
    pub(super) fn take_expired(&mut self, now: Instant) -> Option<Held> {
        let expired = self.held.iter().find(|(_, held)| held.until <= now);
        self.take(*expired?.0)
    }

    /// Takes out any write.
    pub(super) fn take_any(&mut self) -> Option<Held> {
        let first = *self.held.keys().next()?;
        self.take(first)
    }

    /// When the first one has waited long enough.
    pub(super) fn expires_at(&self) -> Option<Instant> {
        self.held.values().map(|held| held.until).min()
    }

    fn take(&mut self, key: Key) -> Option<Held> {
        let held = self.held.remove(&key)?;
        self.bytes -= held.write.bytes;
        Some(held)
    }
}

#[cfg(test)]
#[path = "early_tests.rs"]
mod tests;
