//! Batches: chain, producers, ordinals, journal.

use super::super::{
    command::{Batch, BatchRequest, CreatedPeople},
    outcome::{Outcome, Refusal},
    state::{Catalog, JournalRef, PeopleCounters, Producer, Recorded, RowCount},
};
use crate::{error::ErrorKind, id::LogIndex, limits::BATCH_REQUESTS};

/// Outcomes that a producer keeps for late retries.
const RECORDED_MAX: usize = BATCH_REQUESTS;

impl Catalog {
    pub(super) fn take_batch(&mut self, index: LogIndex, batch: &Batch) -> Outcome {
        let staged = self.next_link(batch.chain).and_then(|()| {
            let people = self.people.with_created(&batch.created)?;
            let producers = self.with_requests(index, &batch.requests)?;
            let pending = self.with_decided(index, &batch.decided)?;
            Ok((people, producers, pending))
        });
        let (people, producers, pending) = match staged {
            Ok(staged) => staged,
            Err(refusal) => return Outcome::Refused(refusal),
        };
        // Before the producers count the rows, too.
        self.count_rows(batch);
        self.people = people;
        self.producers = producers;
        self.pending_merges = pending;
        self.rules.add(&batch.rules);
        self.chain = batch.chain;
        self.journal.insert(
            index,
            JournalRef {
                object: batch.object.clone(),
                nonce: batch.nonce,
                sections: batch.sections.clone(),
                identity: batch.identity,
                stamp: self.stamp,
            },
        );
        Outcome::Batch(batch.requests.iter().map(|r| recorded(index, r)).collect())
    }

    fn count_rows(&mut self, batch: &Batch) {
        for came in &batch.tables {
            let known = self.rows_of(&came.table);
            let count = RowCount {
                rows: known.rows + came.rows,
                bytes: known.bytes + came.bytes,
            };
            self.table_rows.insert(came.table.clone(), count);
        }
    }

    /// Refuses anything but the chain's next number.
    pub(super) fn next_link(&self, chain: u64) -> Result<(), Refusal> {
        if chain == self.chain + 1 {
            return Ok(());
        }
        let message = format!("chain number {chain} where {} is next", self.chain + 1);
        Err(Refusal {
            kind: ErrorKind::Conflict,
            message,
        })
    }

    fn with_requests(
        &self,
        index: LogIndex,
        requests: &[BatchRequest],
    ) -> Result<imbl::OrdMap<super::super::ProducerId, Producer>, Refusal> {
        let mut producers = self.producers.clone();
        for request in requests {
            let Some(producer) = producers.get_mut(&request.producer) else {
                let message = format!("producer {} is unknown", request.producer.0);
                return Err(Refusal {
                    kind: ErrorKind::NotFound,
                    message,
                });
            };
            producer.take(index, request)?;
        }
        Ok(producers)
    }
}

impl Producer {
    fn take(&mut self, index: LogIndex, request: &BatchRequest) -> Result<(), Refusal> {
        let refuse = |message| {
            Err(Refusal {
                kind: ErrorKind::Conflict,
                message,
            })
        };
        if request.epoch != self.epoch {
            return refuse(format!("producer {} has a newer epoch", self.name));
        }
        if request.sequence != self.last_sequence + 1 {
            return refuse(format!(
                "sequence {} of producer {} where {} is next",
                request.sequence,
                self.name,
                self.last_sequence + 1
            ));
        }
        self.last_sequence = request.sequence;
        self.recorded
            .push_back((request.sequence, recorded(index, request)));
        if self.recorded.len() > RECORDED_MAX {
            self.recorded.pop_front();
        }
        if self.first_index == LogIndex::ZERO {
            self.first_index = index;
        }
        self.last_index = index;
        self.rows += request.rows;
        self.rejected += request.rejected;
        self.created += request.created;
        Ok(())
    }
}

impl PeopleCounters {
    fn with_created(&self, created: &[CreatedPeople]) -> Result<Self, Refusal> {
        let mut next = self.clone();
        for people in created {
            let slot = next
                .next_ordinal
                .get_mut(usize::from(people.shard.get()) - 1);
            let end = people.first.checked_add(people.count);
            match (slot, end) {
                (Some(slot), Some(end)) if *slot == people.first => *slot = end,
                _ => {
                    let message = format!(
                        "people {} + {} do not continue shard {}",
                        people.first, people.count, people.shard
                    );
                    return Err(Refusal {
                        kind: ErrorKind::Conflict,
                        message,
                    });
                }
            }
            next.created += u64::from(people.count);
        }
        Ok(next)
    }
}

fn recorded(index: LogIndex, request: &BatchRequest) -> Recorded {
    Recorded {
        index,
        rows: request.rows,
        rejected: request.rejected,
        created: request.created,
    }
}
