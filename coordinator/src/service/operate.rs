//! What an operator changes about people: asked of the sequencer, and waited for until rows have
//! moved.

use std::time::Duration;

use tagma_core::{
    ErrorKind, LogIndex, OneId,
    catalog::{Catalog, PeopleChanged, RequestId},
};
use tokio::time::{Instant, timeout_at};

use super::{IdentityService, PersonName};
use crate::{
    error::{Error, Result},
    sequencer::{Named, NamedIdentifier, PeopleChange},
};

/// Time for rows to move, those of an earlier merge included. Who asks may have less patience.
const MOVING_PATIENCE: Duration = Duration::from_secs(60);

/// An operator's word, as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Operation {
    /// Two people become one.
    Merge(PersonName, PersonName),
    /// A merge is undone.
    Unmerge(PersonName),
    /// A separation ends.
    Lift(PersonName, PersonName),
    /// An identifier becomes nobody's.
    Unbind(PersonName),
    /// An identifier leaves quarantine.
    Release(PersonName),
}

/// A change of people whose rows have moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Settled {
    /// Whom it was about, and the index of the decision.
    pub(crate) changed: PeopleChanged,
    /// From this index on all rows are where they belong.
    pub(crate) landed: LogIndex,
}

impl IdentityService {
    /// Carries out an operator's word; returns once rows that have to move have moved.
    ///
    /// # Errors
    /// NotFound, Conflict and Invalid where it cannot be; Unavailable where rows take too long:
    /// the same request again waits for them.
    pub(crate) async fn operate(
        &self,
        operation: Operation,
        request: Option<RequestId>,
    ) -> Result<Settled> {
        let context = self.context();
        context.leads().await;
        let request = request
            .unwrap_or_else(|| RequestId(format!("people-{}", tagma_store::Nonce::random())));
        let deadline = Instant::now() + MOVING_PATIENCE;
        let is_unmerge = matches!(operation, Operation::Unmerge(_));
        let change = self.change(&operation)?;
        let changed = loop {
            let mut applied = context.raft.applied();
            applied.borrow_and_update();
            let outcome = context
                .sequencer
                .change(change.clone(), request.clone())
                .await;
            match outcome {
                // Rows are on their way: whatever they wait for is applied first.
                Err(error) if is_unmerge && error.kind() == ErrorKind::Unavailable => {
                    let moved = timeout_at(deadline, applied.changed()).await;
                    if !matches!(moved, Ok(Ok(()))) {
                        return Err(error);
                    }
                }
                outcome => break outcome?,
            }
        };
        let landed = self.moved(changed, &operation, deadline).await?;
        Ok(Settled { changed, landed })
    }

    /// The operation with its names looked up as far as that needs no place in the log.
    fn change(&self, operation: &Operation) -> Result<PeopleChange> {
        Ok(match operation {
            Operation::Merge(a, b) => PeopleChange::Merge(self.named(a)?, self.named(b)?),
            Operation::Unmerge(person) => PeopleChange::Unmerge(self.named(person)?),
            Operation::Lift(a, b) => PeopleChange::Lift(self.named(a)?, self.named(b)?),
            Operation::Unbind(name) => PeopleChange::Unbind(self.written(name)?),
            Operation::Release(name) => PeopleChange::Release(self.written(name)?),
        })
    }

    fn named(&self, name: &PersonName) -> Result<Named> {
        match name {
            PersonName::OneId(oneid) => Ok(Named::OneId(*oneid)),
            PersonName::Identifier(..) => self.written(name).map(Named::Identifier),
        }
    }

    fn written(&self, name: &PersonName) -> Result<NamedIdentifier> {
        match name {
            PersonName::Identifier(kind, raw) => self.identifier(kind, raw),
            PersonName::OneId(oneid) => {
                let message = format!("oneid:{oneid} is a person: name an identifier, type:value");
                Err(Error::new(ErrorKind::Invalid, message))
            }
        }
    }

    /// Waits until no row that the change moves is on its way.
    async fn moved(
        &self,
        changed: PeopleChanged,
        operation: &Operation,
        deadline: Instant,
    ) -> Result<LogIndex> {
        let (person, is_pending): (_, fn(&Catalog, OneId) -> bool) = match operation {
            Operation::Merge(..) => (changed.other, |catalog, loser| {
                catalog.pending_merges.contains_key(&loser)
            }),
            Operation::Unmerge(_) => (changed.person, |catalog, person| {
                catalog.pending_unmerges.contains_key(&person)
            }),
            _ => (None, |_, _| false),
        };
        let Some(person) = person else {
            return Ok(changed.index);
        };
        let context = self.context();
        let mut applied = context.raft.applied();
        let landed = applied.wait_for(|_| !is_pending(&context.catalog(), person));
        match timeout_at(deadline, landed).await {
            Ok(Ok(_)) => Ok(context.catalog().applied),
            _ => {
                let message = format!(
                    "it is decided at index {}, but rows have not moved yet: see `tagma cluster \
                     status`",
                    changed.index
                );
                Err(Error::new(ErrorKind::Unavailable, message))
            }
        }
    }
}
