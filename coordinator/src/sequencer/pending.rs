//! Writes that wait for a batch to close, and the exactly-once rule of producers.

use std::collections::HashMap;

use tagma_core::{
    ErrorKind,
    catalog::{Catalog, Producer, ProducerId, Recorded},
    limits::{BATCH_BYTES, BATCH_REQUESTS, ROWS_PER_ENTRY_MAX},
};
use tokio::sync::oneshot;

use super::prepare::PreparedWrite;
use crate::error::{Error, Result};

type Reply = oneshot::Sender<Result<Recorded>>;

/// Writes of the batch that is being collected.
#[derive(Debug, Default)]
pub(super) struct Pending {
    /// In order.
    pub(super) writes: Vec<PreparedWrite>,
    /// Where the answers go, in the same order; a retry of a staged write adds to its list.
    pub(super) replies: Vec<Vec<Reply>>,
    bytes: usize,
    rows: usize,
}

impl Pending {
    pub(super) fn is_empty(&self) -> bool {
        self.writes.is_empty()
    }

    /// Whether the batch must close now.
    pub(super) fn is_full(&self) -> bool {
        self.bytes >= BATCH_BYTES
            || self.writes.len() >= BATCH_REQUESTS
            || self.rows >= ROWS_PER_ENTRY_MAX as usize / 2
    }

    pub(super) fn push(&mut self, write: PreparedWrite, reply: Reply) {
        self.bytes += write.bytes;
        self.rows += write.ends.len() + write.dead.len();
        self.writes.push(write);
        self.replies.push(vec![reply]);
    }
}

/// Where producers stand with everything that is staged.
#[derive(Debug, Default)]
pub(super) struct Sequences {
    staged: HashMap<ProducerId, (u64, u64)>,
}

/// What to do with a write.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is the next one.
    Take,
    /// It was taken: this was its outcome.
    Answered(Recorded),
    /// It is staged: its outcome is the staged one's.
    Staged,
}

impl Sequences {
    /// Judges a write by the catalog and by what is staged; `Take` stages it.
    ///
    /// # Errors
    /// Conflict for a fenced epoch or a gap, NotFound for an unknown producer.
    pub(super) fn judge(&mut self, write: &PreparedWrite, catalog: &Catalog) -> Result<Verdict> {
        let Some(producer) = catalog.producers.get(&write.producer) else {
            let message = format!("producer {} is unknown: open it first", write.producer.0);
            return Err(Error::new(ErrorKind::NotFound, message));
        };
        if write.epoch != producer.epoch {
            let message = format!("producer `{}` was opened again elsewhere", producer.name);
            return Err(Error::new(ErrorKind::Conflict, message));
        }
        if write.sequence <= producer.last_sequence {
            return Ok(Verdict::Answered(recorded(producer, write.sequence)));
        }
        let staged = self
            .staged
            .get(&write.producer)
            .filter(|(epoch, _)| *epoch == write.epoch);
        let last = staged
            .map_or(0, |(_, last)| *last)
            .max(producer.last_sequence);
        if write.sequence <= last {
            return Ok(Verdict::Staged);
        }
        if write.sequence != last + 1 {
            let message = format!(
                "out of sequence: producer `{}` sent {} where {} is next",
                producer.name,
                write.sequence,
                last + 1
            );
            return Err(Error::new(ErrorKind::Conflict, message));
        }
        self.staged
            .insert(write.producer, (write.epoch, write.sequence));
        Ok(Verdict::Take)
    }
}

/// The outcome of a sequence that was taken; beyond memory, that it was.
fn recorded(producer: &Producer, sequence: u64) -> Recorded {
    let known = producer
        .recorded
        .iter()
        .find(|(taken, _)| *taken == sequence);
    known.map_or(
        Recorded {
            index: producer.last_index,
            ..Recorded::default()
        },
        |(_, r)| *r,
    )
}
