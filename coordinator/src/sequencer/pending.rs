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

/// Where the answer to a write goes.
pub(super) type Reply = oneshot::Sender<Result<Recorded>>;

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

    pub(super) fn push(&mut self, write: PreparedWrite, replies: Vec<Reply>) {
        self.bytes += write.bytes.saturating_mul(write.copies);
        self.rows += write.source_rows.len() + write.dead.len();
        self.writes.push(write);
        self.replies.push(replies);
    }
}

/// Where producers stand with everything that is staged.
#[derive(Debug, Default)]
pub(super) struct Sequences {
    staged: HashMap<ProducerId, (u64, u64)>,
}

/// What to do with a write.
#[derive(Debug)]
pub(super) enum Verdict {
    /// It is the next one.
    Take,
    /// It was taken: this was its outcome.
    Answered(Recorded),
    /// It is staged: its outcome is the staged one's.
    Staged,
    /// Its predecessors are not here: the answer, should they not come.
    Early(Error),
}

impl Sequences {
    /// Judges a write by the catalog and by what is staged; `Take` stages it.
    ///
    /// # Errors
    /// Conflict for a fenced epoch, NotFound for an unknown producer.
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
        let last = self.last(write.producer, producer);
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
            return Ok(Verdict::Early(Error::new(ErrorKind::Conflict, message)));
        }
        self.staged
            .insert(write.producer, (write.epoch, write.sequence));
        Ok(Verdict::Take)
    }

    /// The producer's last sequence, staged ones included.
    pub(super) fn last(&self, id: ProducerId, producer: &Producer) -> u64 {
        let staged = self.staged.get(&id);
        let staged = staged.filter(|(epoch, _)| *epoch == producer.epoch);
        let staged = staged.map_or(0, |(_, last)| *last);
        staged.max(producer.last_sequence)
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

#[cfg(test)]
mod tests {
    use super::{super::fixture::write, *};

    /// A catalog in which producer 1 has epoch 1 and has sent 1 and 2.
    fn catalog() -> Catalog {
        let outcome = |index| Recorded {
            index: tagma_core::LogIndex(index),
            rows: index,
            ..Recorded::default()
        };
        let producer = Producer {
            name: "stream".to_owned(),
            epoch: 1,
            last_sequence: 2,
            recorded: [(1, outcome(11)), (2, outcome(12))].into_iter().collect(),
            load: None,
            first_index: tagma_core::LogIndex(11),
            last_index: tagma_core::LogIndex(12),
            rows: 23,
            rejected: 0,
            created: 0,
        };
        let mut catalog = Catalog::default();
        catalog.producers.insert(ProducerId(1), producer);
        catalog
    }

    #[test]
    fn the_next_is_taken_once_and_what_is_ahead_of_it_is_early() {
        let (catalog, mut sequences) = (catalog(), Sequences::default());
        let mut judge = |sequence| {
            let verdict = sequences.judge(&write(1, sequence, 0), &catalog);
            match verdict.expect("a known producer") {
                Verdict::Take => "take".to_owned(),
                Verdict::Staged => "staged".to_owned(),
                Verdict::Answered(recorded) => format!("answered at {}", recorded.index.0),
                Verdict::Early(refusal) => {
                    assert_eq!(refusal.kind(), ErrorKind::Conflict);
                    refusal.to_string()
                }
            }
        };
        assert_eq!(judge(2), "answered at 12");
        let told = judge(5);
        assert!(told.contains("sent 5 where 3 is next"), "{told}");
        assert_eq!(
            [3, 3, 4, 5, 4].map(judge),
            ["take", "staged", "take", "take", "staged"]
        );
    }

    #[test]
    fn a_fenced_epoch_is_refused_whatever_its_sequence() {
        let mut catalog = catalog();
        let producer = catalog.producers.get_mut(&ProducerId(1));
        producer.expect("inserted").epoch = 2;
        for sequence in 1..6 {
            let refused = Sequences::default().judge(&write(1, sequence, 0), &catalog);
            assert_eq!(refused.expect_err("old").kind(), ErrorKind::Conflict);
        }
        let unknown = Sequences::default().judge(&write(7, 1, 0), &catalog);
        assert_eq!(unknown.expect_err("unknown").kind(), ErrorKind::NotFound);
    }
}
