//! How use-cases reach the sequencer.

use tagma_core::{
    ErrorKind, LogIndex,
    catalog::{ApplyDocuments, Change, PeopleChanged, Recorded, RequestId},
};
use tokio::sync::{
    mpsc::{self, error::TrySendError},
    oneshot,
};

use super::{
    landing::Leaving,
    operate::{ChangeReply, PeopleChange},
    prepare::PreparedWrite,
};
use crate::error::{Error, Result};

/// Requests that may wait; more are refused with a hint to come back.
pub(super) const QUEUE_REQUESTS: usize = 256;

/// Wait before a request that found the queue full is sent again, ms.
const FULL_RETRY_MS: u64 = 100;

/// A request and where its answer goes.
#[derive(Debug)]
pub(super) enum Request {
    /// Rows.
    Write(Box<PreparedWrite>, oneshot::Sender<Result<Recorded>>),
    /// Definitions; `chain` is filled in by the sequencer.
    Define(
        Box<ApplyDocuments>,
        RequestId,
        oneshot::Sender<Result<Defined>>,
    ),
    /// Merges whose rows have been collected.
    Land(Box<Leaving>, oneshot::Sender<Result<LogIndex>>),
    /// An operator's word about people.
    Change(Box<PeopleChange>, RequestId, ChangeReply),
}

/// Index of the entry, and what became of each document.
pub(crate) type Defined = (LogIndex, Vec<Change>);

/// A cheap handle.
#[derive(Debug, Clone)]
pub(crate) struct SequencerHandle {
    queue: mpsc::Sender<Request>,
}

impl SequencerHandle {
    pub(super) fn new(queue: mpsc::Sender<Request>) -> Self {
        Self { queue }
    }

    /// Takes rows; answers when they are durable and committed.
    ///
    /// # Errors
    /// NotLeader, Conflict (sequence, epoch), Unavailable (definite), Timeout (unknown), Exhausted.
    pub(crate) async fn write(&self, write: PreparedWrite) -> Result<Recorded> {
        let (reply, answer) = oneshot::channel();
        self.send(Request::Write(Box::new(write), reply))?;
        answer.await.map_err(|_| unknown())?
    }

    /// Takes definitions; answers when they are committed.
    ///
    /// # Errors
    /// As [`SequencerHandle::write`], and the catalog's refusals.
    pub(crate) async fn define(
        &self,
        documents: ApplyDocuments,
        request: RequestId,
    ) -> Result<Defined> {
        let (reply, answer) = oneshot::channel();
        self.send(Request::Define(Box::new(documents), request, reply))?;
        answer.await.map_err(|_| unknown())?
    }

    /// Changes people by an operator's word; answers when that is committed. The same request again
    /// is answered with its first outcome.
    ///
    /// # Errors
    /// As [`SequencerHandle::write`]; NotFound, Conflict where it cannot be; Unavailable where rows
    /// of an earlier merge are still on their way.
    pub(crate) async fn change(
        &self,
        change: PeopleChange,
        request: RequestId,
    ) -> Result<PeopleChanged> {
        let (reply, answer) = oneshot::channel();
        self.send(Request::Change(Box::new(change), request, reply))?;
        answer.await.map_err(|_| unknown())?
    }

    /// Lets merges land; answers with the index of the entry that moved the rows.
    ///
    /// # Errors
    /// As [`SequencerHandle::write`]; Conflict where one of the merges is not pending.
    pub(crate) async fn land(&self, leaving: Leaving) -> Result<LogIndex> {
        let (reply, answer) = oneshot::channel();
        self.send(Request::Land(Box::new(leaving), reply))?;
        answer.await.map_err(|_| unknown())?
    }

    fn send(&self, request: Request) -> Result<()> {
        self.queue.try_send(request).map_err(|error| match error {
            TrySendError::Full(_) => full(),
            TrySendError::Closed(_) => stopped(),
        })
    }
}

impl Request {
    /// Answers with an error.
    pub(super) fn fail(self, error: Error) {
        match self {
            Self::Write(_, reply) => drop(reply.send(Err(error))),
            Self::Define(_, _, reply) => drop(reply.send(Err(error))),
            Self::Land(_, reply) => drop(reply.send(Err(error))),
            Self::Change(_, _, reply) => drop(reply.send(Err(error))),
        }
    }
}

/// The sequencer went away with the request: it may have been committed.
fn unknown() -> Error {
    Error::new(
        ErrorKind::Timeout,
        "it is not known whether this was committed: send it again",
    )
}

fn full() -> Error {
    let message = format!("{QUEUE_REQUESTS} requests wait already: send it again in a moment");
    Error::new(ErrorKind::Exhausted, message).retry_after_ms(FULL_RETRY_MS)
}

fn stopped() -> Error {
    Error::new(
        ErrorKind::Unavailable,
        "the sequencer has stopped: try again",
    )
}
