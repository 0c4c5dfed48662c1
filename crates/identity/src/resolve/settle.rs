//! The rules on one record: which of its identifiers count, whom they join, whom they attach to.
//!
//! The record's identifiers stand in order of strength. As long as some rule objects to what they
//! would do together, identifiers are left out, as a rule the weakest one, and the rest is tried
//! again. One identifier alone never violates a rule, so a record always ends somewhere.

use tagma_core::OneId;

use super::batch::Batch;
use super::{DropReason, Error, Merge, RecordIdentifier, Rejection, Resolution};
use crate::forest::{Evidence, ForestChange};
use crate::map::Dated;

/// An identifier of the record that has not been left out.
#[derive(Debug, Clone, Copy)]
struct Candidate {
    identifier: RecordIdentifier,
    /// Position within the record.
    at: u32,
    known: Option<Known>,
}

/// Whom an identifier means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Known {
    origin: OneId,
    person: OneId,
}

/// The record's identifiers, strongest first, and the people that they mean.
struct Candidates {
    list: Vec<Candidate>,
    /// Strongest first; never empty where an identifier is known.
    people: Vec<OneId>,
}

/// What a rule says against a record.
enum Objection {
    /// The weakest identifier goes.
    Weakest(DropReason),
    /// Identifiers of this person go: another one is kept apart from it.
    Person(OneId),
    /// This identifier goes, for ever.
    Quarantine(usize),
}

impl Candidates {
    fn find_people(&mut self) {
        self.people.clear();
        for known in self.list.iter().filter_map(|candidate| candidate.known) {
            if !self.people.contains(&known.person) {
                self.people.push(known.person);
            }
        }
    }

    /// Position in the list of the strongest identifier of a person.
    fn strongest_of(&self, person: OneId) -> Option<usize> {
        let means = |candidate: &Candidate| candidate.known.is_some_and(|k| k.person == person);
        self.list.iter().position(means)
    }

    fn joins(&self) -> bool {
        self.people.len() > 1
    }

    fn new_identifiers(&self) -> impl Iterator<Item = &RecordIdentifier> {
        let new = self.list.iter().filter(|one| one.known.is_none());
        new.map(|one| &one.identifier)
    }
}

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
            if candidates.joins() && self.rules.forbids_merges() {
                return Ok(Resolution::Rejected(Rejection::WouldMerge {
                    first: candidates.people[0],
                    second: candidates.people[1],
                    people: candidates.people.len() as u32,
                }));
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

    /// The first rule that objects.
    fn objection(&self, candidates: &Candidates) -> Result<Option<Objection>, Error> {
        let joins = candidates.joins();
        if joins && let Some(person) = self.kept_apart(&candidates.people) {
            return Ok(Some(Objection::Person(person)));
        }
        let origins = match joins {
            true => self.origins_of(&candidates.people),
            false => 0,
        };
        if origins > self.rules.people_per_merge() {
            return Ok(Some(Objection::Weakest(DropReason::Guard)));
        }
        if let Some(reason) = self.violated_limit(candidates)? {
            return Ok(Some(Objection::Weakest(reason)));
        }
        let overused = joins.then(|| self.overused(candidates, origins)).flatten();
        Ok(overused.map(Objection::Quarantine))
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

    /// Of two people who are kept apart, the one that stands back: who was merged away once.
    fn kept_apart(&self, people: &[OneId]) -> Option<OneId> {
        if !people.iter().any(|person| self.separated.contains(person)) {
            return None;
        }
        let named = |(loser, survivor): &(OneId, OneId)| {
            let (loser, survivor) = (self.forest.root(*loser), self.forest.root(*survivor));
            loser != survivor && people.contains(&loser) && people.contains(&survivor)
        };
        // Of several, the one of the oldest people: OneIDs depend on the number of shards.
        let age = |(loser, survivor): &(OneId, OneId)| {
            (self.created_at(*loser), self.created_at(*survivor))
        };
        let pairs = self.forest.separations().filter(named);
        let first = pairs.min_by_key(age);
        first.map(|(loser, _)| self.forest.root(loser))
    }

    fn origins_of(&self, people: &[OneId]) -> usize {
        let trees = people.iter().map(|person| self.forest.subtree(*person));
        trees.map(|tree| tree.len()).sum()
    }

    /// The limit or uniqueness that the person who would result violates.
    ///
    /// A merge is checked for every type; a record of one person for the types of which it brings
    /// new values.
    fn violated_limit(&self, candidates: &Candidates) -> Result<Option<DropReason>, Error> {
        if !self.has_limits {
            return Ok(None);
        }
        let new = candidates.new_identifiers();
        let limited = new.filter(|identifier| self.rules.is_limited(identifier.type_number));
        let mut counted: Vec<Dated> = limited
            .map(|identifier| Dated {
                hash: identifier.hash,
                type_number: identifier.type_number,
                day: self.day,
            })
            .collect();
        if counted.is_empty() && !candidates.joins() {
            return Ok(None);
        }
        let grows = |type_number| {
            let mut new = candidates.new_identifiers();
            candidates.joins() || new.any(|identifier| identifier.type_number == type_number)
        };
        for person in &candidates.people {
            self.count_values(*person, grows, &mut counted)?;
        }
        counted.sort_unstable_by_key(|value| value.type_number);
        let mut types = counted.chunk_by(|a, b| a.type_number == b.type_number);
        Ok(types.find_map(|values| self.violated_by(values)))
    }

    /// What a person has of limited types.
    fn count_values(
        &self,
        person: OneId,
        grows: impl Fn(u16) -> bool,
        counted: &mut Vec<Dated>,
    ) -> Result<(), Error> {
        let wanted = |type_number| self.rules.is_limited(type_number) && grows(type_number);
        for origin in self.forest.subtree(person) {
            if !self.is_new(origin) {
                self.map.dated_of(origin, wanted, counted)?;
            }
            let new = self.created.limited_of(origin);
            let new = new.filter(|identifier| wanted(identifier.type_number));
            counted.extend(new.map(|identifier| Dated {
                hash: identifier.hash,
                type_number: identifier.type_number,
                day: self.day,
            }));
        }
        Ok(())
    }

    /// Which rule the values of one type violate.
    fn violated_by(&self, values: &[Dated]) -> Option<DropReason> {
        let type_number = values.first()?.type_number;
        if self.rules.is_unique(type_number) && values.len() > 1 {
            return Some(DropReason::Unique { type_number });
        }
        let days = values.iter().map(|value| value.day);
        let exceeds = self.rules.exceeds(type_number, self.day, days);
        exceeds.then_some(DropReason::Limit { type_number })
    }

    /// Position of the weakest identifier that would link more people than its type allows, where
    /// the person who would result consists of `origins` people.
    fn overused(&self, candidates: &Candidates, origins: usize) -> Option<usize> {
        let survivor = self.oldest(&candidates.people)?;
        let losers = candidates.people.len() - 1;
        let decides = candidates.people.iter().filter_map(|person| {
            let links = if *person == survivor { losers } else { 1 };
            Some((candidates.strongest_of(*person)?, links))
        });
        let overused = decides.filter(|(at, links)| {
            let identifier = candidates.list[*at].identifier;
            let allowed = self.rules.quarantine(identifier.type_number);
            // Every merge has an edge, and there is one edge less than people.
            origins > allowed + 1
                && self.linked_by(&identifier, &candidates.people) + links > allowed
        });
        overused.map(|(at, _)| at).max()
    }

    /// Merges below these people that an identifier has decided.
    fn linked_by(&self, identifier: &RecordIdentifier, people: &[OneId]) -> usize {
        let everybody = people
            .iter()
            .flat_map(|person| self.forest.subtree(*person));
        let edges = everybody.filter_map(|origin| self.forest.open_edge(origin));
        edges
            .filter(|edge| edge.evidence.names(identifier.hash))
            .count()
    }

    fn oldest(&self, people: &[OneId]) -> Option<OneId> {
        let people = people.iter().copied();
        people.min_by_key(|person| self.created_at(*person))
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
