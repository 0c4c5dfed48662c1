//! What is readable, and what may be forgotten.

use super::super::{
    outcome::Outcome,
    state::{Catalog, Pin},
};
use crate::{error::ErrorKind, id::LogIndex};

impl Catalog {
    pub(super) fn advance_floor(&mut self, to: LogIndex) -> Outcome {
        if to > self.applied || to < self.floor {
            let message = format!("the floor is at {}, not to be moved to {to}", self.floor);
            return Outcome::refused(ErrorKind::Invalid, message);
        }
        self.floor = to;
        let kept = self.oldest_kept();
        self.forget_stamps(kept);
        let names: Vec<_> = self.tags.keys().cloned().collect();
        for name in names {
            if let Some(tag) = self.tags.get_mut(&name) {
                tag.forget(kept);
            }
        }
        let expired: Vec<u64> = self
            .pins
            .iter()
            .filter(|(_, p)| p.expires_at < self.stamp)
            .map(|(id, _)| *id)
            .collect();
        for id in expired {
            self.pins.remove(&id);
        }
        Outcome::Done
    }

    /// Keeps the newest stamp at or below `kept`: it is the commit time of `kept`.
    fn forget_stamps(&mut self, kept: LogIndex) {
        while self
            .stamps
            .keys()
            .nth(1)
            .is_some_and(|second| *second <= kept)
        {
            self.stamps = self.stamps.without_min().1;
        }
    }

    pub(super) fn pin(&mut self, index: LogIndex, owner: &str, expires_at: i64) -> Outcome {
        if index < self.floor || index > self.applied {
            let message = format!(
                "index {index} is outside [{}, {}]",
                self.floor, self.applied
            );
            return Outcome::refused(ErrorKind::Expired, message);
        }
        let id = self.applied.0;
        self.pins.insert(
            id,
            Pin {
                index,
                owner: owner.to_owned(),
                expires_at,
            },
        );
        Outcome::Pinned(id)
    }

    pub(super) fn unpin(&mut self, pin: u64) -> Outcome {
        match self.pins.remove(&pin) {
            Some(_) => Outcome::Done,
            None => Outcome::refused(ErrorKind::NotFound, format!("there is no pin {pin}")),
        }
    }

    /// Forgets journal references that no follower needs: below every shard's flushed index and
    /// the identity checkpoint.
    pub(super) fn trim_journal(&mut self) {
        let flushed = |a: &super::super::Assignment| {
            a.manifest.as_ref().map_or(LogIndex::ZERO, |m| m.flushed)
        };
        let shards = self.shards.values().map(flushed).min().unwrap_or_default();
        let identity = self.checkpoint.as_ref().map_or(LogIndex::ZERO, |c| c.index);
        let needed_after = shards.min(identity);
        self.trimmed = self.trimmed.max(needed_after);
        while self
            .journal
            .get_min()
            .is_some_and(|(index, _)| *index <= needed_after)
        {
            self.journal = self.journal.without_min().1;
        }
    }

    /// The oldest index that is readable or pinned.
    pub fn oldest_kept(&self) -> LogIndex {
        let pins = self.pins.values().map(|p| p.index);
        let jobs = self.jobs.values().map(|j| j.index);
        pins.chain(jobs)
            .min()
            .map_or(self.floor, |oldest| oldest.min(self.floor))
    }
}
