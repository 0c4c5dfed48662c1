//! The rules on one record: which of its identifiers count, whom they join, whom they attach to.
//!
//! The record's identifiers stand in order of strength. As long as some rule objects to what they
//! would do together, identifiers are left out, as a rule the weakest one, and the rest is tried
//! again. One identifier alone never violates a rule, so a record always ends somewhere.

use tagma_core::OneId;

use super::batch::Batch;
use super::candidates::{Candidate, Candidates, Known};
use super::objection::Objection;
use super::{DropReason, Error, Merge, RecordIdentifier, Rejection, Resolution};
use crate::forest::{Evidence, ForestChange};

impl Batch<'_> {
    /// Decides a record by the rules.
    pub(super) fn settle(&mut self, record: &[RecordIdentifier]) -> Result<Resolution, Error> {
        let mut candidates = self.candidates(record);
        self.leave_out_quarantined(&mut candidates);
        loop {
            candidates.find_people();
            if candidates.list.is_empty() {
                return Ok(Resolution::Rejected(Rejection::Quarantined));
            }
            match self.objection(&candidates)? {
                None => return self.accept(&candidates),
                Some(objection) => self.give_way(objection, &mut candidates)?,
            }
        }
    }

    fn candidates(&self, record: &[RecordIdentifier]) -> Candidates {
        let known = |origin: OneId| Known {
            origin,
            person: self.forest.root(origin),
        };
        let identifiers = record.iter().zip(&self.origins).enumerate();
        let mut list: Vec<Candidate> = identifiers
            .map(|(at, (identifier, origin))| Candidate {
                identifier: *identifier,
                at: at as u32,
                known: origin.map(known),
            })
            .collect();
        list.sort_by_key(|candidate| candidate.identifier.rank());
        list.dedup_by_key(|candidate| candidate.identifier.hash);
        Candidates {
            list,
            people: Vec::new(),
        }
    }

    fn leave_out_quarantined(&mut self, candidates: &mut Candidates) {
        let mut kept = Vec::with_capacity(candidates.list.len());
        for candidate in candidates.list.drain(..) {
            match self.forest.is_quarantined(candidate.identifier.hash) {
                true => self.note_dropped(candidate.at, DropReason::Quarantined),
                false => kept.push(candidate),
            }
        }
        candidates.list = kept;
    }

    fn give_way(&mut self, objection: Objection, candidates: &mut Candidates) -> Result<(), Error> {
        match objection {
            Objection::Weakest(reason) => {
                if let Some(weakest) = candidates.list.pop() {
                    self.note_dropped(weakest.at, reason);
                }
            }
            Objection::Person(person) => {
                self.counts.barred += 1;
                let means = |one: &Candidate| one.known.is_some_and(|k| k.person == person);
                for candidate in candidates.list.iter().filter(|one| means(one)) {
                    self.note_dropped(candidate.at, DropReason::Barred);
                }
                candidates.list.retain(|one| !means(one));
            }
            Objection::Quarantine(at) => {
                let candidate = candidates.list.remove(at);
                let identifier = candidate.identifier.hash;
                self.change(ForestChange::Quarantined { identifier })?;
                self.note_dropped(candidate.at, DropReason::Quarantined);
            }
        }
        Ok(())
    }

    /// Carries out what no rule objects to.
    fn accept(&mut self, candidates: &Candidates) -> Result<Resolution, Error> {
        let known = candidates.list.iter().find_map(|candidate| candidate.known);
        let resolution = match (known, self.oldest(&candidates.people)) {
            (Some(known), Some(survivor)) => {
                self.merge(candidates, survivor)?;
                Resolution::Existing {
                    oneid: survivor,
                    origin: known.origin,
                }
            }
            _ => {
                let origin = self.create()?;
                Resolution::Created {
                    oneid: origin,
                    origin,
                }
            }
        };
        if let Resolution::Existing { origin, .. } | Resolution::Created { origin, .. } = resolution
        {
            for identifier in candidates.new_identifiers() {
                self.attach(identifier, origin);
            }
        }
        Ok(resolution)
    }

    /// Merges everybody that the record names into `survivor`, older people first.
    fn merge(&mut self, candidates: &Candidates, survivor: OneId) -> Result<(), Error> {
        let mut losers = candidates.people.clone();
        losers.retain(|person| *person != survivor);
        losers.sort_by_key(|person| self.created_at(*person));
        for loser in losers {
            let strongest = |person| {
                let at = candidates.strongest_of(person)?;
                Some(candidates.list[at])
            };
            let (Some(by), Some(to)) = (strongest(loser), strongest(survivor)) else {
                continue;
            };
            self.change(ForestChange::Decided {
                loser,
                survivor,
                evidence: Evidence::of(by.identifier.hash, to.identifier.hash),
            })?;
            let landed = self.is_new(loser);
            if landed {
                self.change(ForestChange::Landed { loser })?;
            }
            if self.separated.contains(&loser) {
                self.separated.insert(survivor);
            }
            self.counts.merged += 1;
            self.merges.push(Merge {
                loser,
                survivor,
                record: self.place.record,
                identifier: self.place.start + by.at,
                landed,
            });
        }
        Ok(())
    }

    /// Changes the forest, here and in the layer.
    fn change(&mut self, change: ForestChange) -> Result<(), Error> {
        self.forest.apply(change, self.index)?;
        self.layer.change(change);
        Ok(())
    }
}
