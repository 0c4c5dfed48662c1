//! Merges between decision and landing, and rows that move.
//!
//! Owns the set of pending merges: a landing of anybody else is refused, so after a crash between
//! the two a landing is simply made again and taken once.

use imbl::OrdMap;

use super::super::{
    command::ChangePeople,
    outcome::{Outcome, Refusal},
    people_list::PeopleList,
    state::{Catalog, JournalRef},
};
use crate::{
    error::ErrorKind,
    id::{LogIndex, OneId},
};

type Pending = OrdMap<OneId, LogIndex>;

impl Catalog {
    pub(super) fn change_people(&mut self, index: LogIndex, change: &ChangePeople) -> Outcome {
        let staged = self.next_link(change.chain).and_then(|()| {
            let mut pending = self.pending_merges.clone();
            let mut portions = self.moved_portions.clone();
            for loser in change.landed.iter().chain(change.portions.iter()) {
                self.refuse_outdated(loser, change.read_at)?;
            }
            for loser in change.landed.iter() {
                pending.remove(&loser);
                portions.remove(&loser);
            }
            let stay = change
                .portions
                .iter()
                .filter(|loser| pending.contains_key(loser));
            portions.extend(stay.map(|loser| (loser, index)));
            let pending = with_decided(pending, index, &change.decided)?;
            Ok((pending, portions))
        });
        (self.pending_merges, self.moved_portions) = match staged {
            Ok(staged) => staged,
            Err(refusal) => return Outcome::Refused(refusal),
        };
        self.chain = change.chain;
        self.journal.insert(
            index,
            JournalRef {
                object: change.object.clone(),
                nonce: change.nonce,
                sections: change.sections.clone(),
                identity: change.identity,
                stamp: self.stamp,
            },
        );
        Outcome::Done
    }

    /// From when on the rows of a pending merge have been as they are, but for those that have
    /// arrived: its decision, or the last portion that has moved.
    pub fn pending_since(&self, loser: OneId) -> Option<LogIndex> {
        let decided = self.pending_merges.get(&loser)?;
        Some(*self.moved_portions.get(&loser).unwrap_or(decided))
    }

    /// Refuses rows of a pending merge that were read before others of them moved.
    fn refuse_outdated(&self, loser: OneId, read_at: LogIndex) -> Result<(), Refusal> {
        match self.pending_since(loser) {
            Some(since) if since <= read_at => Ok(()),
            Some(since) => Err(refusal(format!(
                "rows of {loser} were read at {read_at}, before some moved at {since}"
            ))),
            None => Err(refusal(format!("no merge of {loser} is pending"))),
        }
    }

    /// The pending merges with those that an entry decides.
    pub(super) fn with_decided(
        &self,
        index: LogIndex,
        decided: &PeopleList,
    ) -> Result<Pending, Refusal> {
        with_decided(self.pending_merges.clone(), index, decided)
    }
}

fn with_decided(
    mut pending: Pending,
    index: LogIndex,
    decided: &PeopleList,
) -> Result<Pending, Refusal> {
    for loser in decided.iter() {
        if pending.insert(loser, index).is_some() {
            return Err(refusal(format!("the merge of {loser} is pending already")));
        }
    }
    Ok(pending)
}

fn refusal(message: String) -> Refusal {
    Refusal {
        kind: ErrorKind::Conflict,
        message,
    }
}
