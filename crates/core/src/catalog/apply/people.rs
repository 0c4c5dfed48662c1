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
            for loser in change.landed.iter().chain(change.portions.iter()) {
                take_pending(&mut pending, loser, change.read_at)?;
            }
            pending.extend(change.portions.iter().map(|loser| (loser, index)));
            with_decided(pending, index, &change.decided)
        });
        self.pending_merges = match staged {
            Ok(pending) => pending,
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

/// Takes a merge out whose rows were read at `read_at`. One that is pending since later has lost
/// rows in between: what was read is out of date.
fn take_pending(pending: &mut Pending, loser: OneId, read_at: LogIndex) -> Result<(), Refusal> {
    match pending.remove(&loser) {
        Some(since) if since <= read_at => Ok(()),
        Some(since) => Err(refusal(format!(
            "rows of {loser} were read at {read_at}, before some moved at {since}"
        ))),
        None => Err(refusal(format!("no merge of {loser} is pending"))),
    }
}

fn refusal(message: String) -> Refusal {
    Refusal {
        kind: ErrorKind::Conflict,
        message,
    }
}
