//! `Candidates`: the identifiers of a record that have not been left out, strongest first.

use tagma_core::OneId;

use super::RecordIdentifier;

/// An identifier of the record that has not been left out.
#[derive(Debug, Clone, Copy)]
pub(super) struct Candidate {
    pub(super) identifier: RecordIdentifier,
    /// Position within the record.
    pub(super) at: u32,
    pub(super) known: Option<Known>,
}

/// Whom an identifier means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) origin: OneId,
    pub(super) person: OneId,
}

/// The record's identifiers, strongest first, and the people that they mean.
pub(super) struct Candidates {
    pub(super) list: Vec<Candidate>,
    /// Strongest first; never empty where an identifier is known.
    pub(super) people: Vec<OneId>,
}

impl Candidates {
    /// Finds whom the identifiers mean.
    pub(super) fn find_people(&mut self) {
        self.people.clear();
        for known in self.list.iter().filter_map(|candidate| candidate.known) {
            if !self.people.contains(&known.person) {
                self.people.push(known.person);
            }
        }
    }

    /// Position in the list of the strongest identifier of a person.
    pub(super) fn strongest_of(&self, person: OneId) -> Option<usize> {
        let means = |candidate: &Candidate| candidate.known.is_some_and(|k| k.person == person);
        self.list.iter().position(means)
    }

    /// Whether they mean several people.
    pub(super) fn joins(&self) -> bool {
        self.people.len() > 1
    }

    /// Those that nobody has, strongest first.
    pub(super) fn new_identifiers(&self) -> impl Iterator<Item = &RecordIdentifier> {
        let new = self.list.iter().filter(|one| one.known.is_none());
        new.map(|one| &one.identifier)
    }
}
