//! Which rule objects to what a record's identifiers would do together.
//!
//! Looks only; what is done about it is [`super::settle`]'s.

use tagma_core::OneId;

use super::batch::Batch;
use super::candidates::Candidates;
use super::{DropReason, Error, RecordIdentifier};
use crate::map::Dated;

/// What a rule says against a record.
pub(super) enum Objection {
    /// The weakest identifier goes.
    Weakest(DropReason),
    /// Identifiers of this person go: another one is kept apart from it.
    Person(OneId),
    /// This identifier goes, for ever.
    Quarantine(usize),
}

impl Batch<'_> {
    /// The first rule that objects.
    pub(super) fn objection(&self, candidates: &Candidates) -> Result<Option<Objection>, Error> {
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

    /// Who of them was created first.
    pub(super) fn oldest(&self, people: &[OneId]) -> Option<OneId> {
        let people = people.iter().copied();
        people.min_by_key(|person| self.created_at(*person))
    }
}
