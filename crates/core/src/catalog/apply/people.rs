//! Merges and unmerges between decision and landing, and rows that move.
//!
//! Owns the sets of pending merges and unmerges: a landing of anybody else is refused, so after a
//! crash between the two a landing is simply made again and taken once.

use imbl::OrdMap;

use super::super::{
    command::{ChangePeople, PeopleOperation},
    outcome::{Outcome, PeopleChanged, Refusal},
    people_list::PeopleList,
    state::{Catalog, JournalRef, PendingUnmerge},
};
use crate::{
    error::ErrorKind,
    id::{LogIndex, OneId},
};

type Merges = OrdMap<OneId, LogIndex>;
type Unmerges = OrdMap<OneId, PendingUnmerge>;

impl Catalog {
    pub(super) fn change_people(&mut self, index: LogIndex, change: &ChangePeople) -> Outcome {
        let staged = self.next_link(change.chain).and_then(|()| {
            let (merges, portions) = self.with_landed(index, change)?;
            let unmerges = self.with_returned(change)?;
            let unmerges = with_operation(&merges, unmerges, index, change.operation.as_ref())?;
            Ok((merges, portions, unmerges))
        });
        (
            self.pending_merges,
            self.moved_portions,
            self.pending_unmerges,
        ) = match staged {
            Ok(pending) => pending,
            Err(refusal) => return Outcome::Refused(refusal),
        };
        if change.moves_rows() {
            self.rows_moved = index;
        }
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
        let operation = change.operation.as_ref();
        operation.map_or(Outcome::Done, |operation| told(index, operation))
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
    ) -> Result<Merges, Refusal> {
        with_decided(self.pending_merges.clone(), index, decided)
    }

    /// The pending merges, and when portions of theirs have moved, after those that land.
    fn with_landed(
        &self,
        index: LogIndex,
        change: &ChangePeople,
    ) -> Result<(Merges, Merges), Refusal> {
        let mut pending = self.pending_merges.clone();
        let mut portions = self.moved_portions.clone();
        for loser in change.landed.iter().chain(change.portions.iter()) {
            self.refuse_outdated(loser, change.read_at)?;
        }
        for loser in change.landed.iter() {
            pending.remove(&loser);
            portions.remove(&loser);
        }
        for loser in change.portions.iter() {
            if pending.contains_key(&loser) {
                portions.insert(loser, index);
            }
        }
        Ok((with_decided(pending, index, &change.decided)?, portions))
    }

    /// The pending unmerges without those whose rows are all back. Rows that were read before
    /// others moved are refused: the holder may have got some of the same origins since.
    fn with_returned(&self, change: &ChangePeople) -> Result<Unmerges, Refusal> {
        let mut pending = self.pending_unmerges.clone();
        let back = change.returned.iter().map(|person| (person, true));
        let in_part = change.returned_in_part.iter().map(|person| (person, false));
        for (person, is_all) in back.chain(in_part) {
            let unmerge = pending.get(&person);
            let unmerge =
                unmerge.ok_or_else(|| refusal(format!("no unmerge of {person} is pending")))?;
            let since = unmerge.decided.max(self.rows_moved);
            if change.read_at < since {
                let read_at = change.read_at;
                let message = format!("rows of {person} were read at {read_at}, before {since}");
                return Err(refusal(message));
            }
            if is_all {
                pending.remove(&person);
            }
        }
        Ok(pending)
    }
}

fn with_decided(
    mut pending: Merges,
    index: LogIndex,
    decided: &PeopleList,
) -> Result<Merges, Refusal> {
    for loser in decided.iter() {
        if pending.insert(loser, index).is_some() {
            return Err(refusal(format!("the merge of {loser} is pending already")));
        }
    }
    Ok(pending)
}

/// The pending unmerges with the one that an operator decides.
fn with_operation(
    merges: &Merges,
    mut unmerges: Unmerges,
    decided: LogIndex,
    operation: Option<&PeopleOperation>,
) -> Result<Unmerges, Refusal> {
    if let Some(PeopleOperation::Unmerge {
        loser,
        holder,
        origins,
    }) = operation
    {
        if merges.contains_key(loser) || unmerges.contains_key(loser) {
            return Err(refusal(format!("rows of {loser} are on their way")));
        }
        let unmerge = PendingUnmerge {
            holder: *holder,
            decided,
            origins: origins.clone(),
        };
        unmerges.insert(*loser, unmerge);
    }
    Ok(unmerges)
}

fn told(index: LogIndex, operation: &PeopleOperation) -> Outcome {
    let (person, other) = match *operation {
        PeopleOperation::Merge { loser, survivor } => (Some(survivor), Some(loser)),
        PeopleOperation::Unmerge { loser, holder, .. } => (Some(loser), Some(holder)),
        PeopleOperation::Lift { first, second } => (Some(first), Some(second)),
        PeopleOperation::Unbind { person } => (Some(person), None),
        PeopleOperation::Release => (None, None),
    };
    Outcome::People(PeopleChanged {
        index,
        person,
        other,
    })
}

fn refusal(message: String) -> Refusal {
    Refusal {
        kind: ErrorKind::Conflict,
        message,
    }
}
