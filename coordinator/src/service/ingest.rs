//! Rows in: loads, producers, writes.

use std::time::Duration;

use tagma_core::{
    ErrorKind, LogIndex,
    catalog::{Command, LoadState, OpenLoad, Outcome, ProducerId, Recorded},
    schema::Name,
};

use super::{Context, propose_accepted};
use crate::{
    error::{Error, Result},
    sequencer::{Preparer, RawWrite},
};

/// Time for merges to land once all rows of a load are in.
const SETTLING_PATIENCE: Duration = Duration::from_secs(60);

/// Exactly-once ingestion.
#[derive(Clone)]
pub(crate) struct IngestService {
    context: Context,
}

/// A load as the catalog has it: its state, table, file and size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Load {
    pub(crate) state: LoadState,
    pub(crate) table: Name,
    pub(crate) file: String,
    pub(crate) bytes: u64,
    /// From this index on every merge that a finished load decided has landed; 0: not waited for.
    pub(crate) settled: LogIndex,
}

impl IngestService {
    pub(crate) fn new(context: Context) -> Self {
        Self { context }
    }

    /// Announces a file.
    ///
    /// # Errors
    /// NotFound for an unknown table, and those of proposing.
    pub(crate) async fn open_load(&self, open: OpenLoad) -> Result<Load> {
        self.context.leads().await;
        let catalog = self.context.catalog();
        if catalog
            .table_at(open.table.as_str(), catalog.applied)
            .is_none()
        {
            let message = format!("there is no table `{}`: load with --create", open.table);
            return Err(Error::new(ErrorKind::NotFound, message));
        }
        let applied = propose_accepted(&self.context.raft, Command::OpenLoad(open), None).await?;
        let load = self.load(applied.outcome)?;
        match load.state.finished {
            true => self.settled(load).await,
            false => Ok(load),
        }
    }

    /// Announces a producer; answers its number, epoch and last sequence.
    ///
    /// # Errors
    /// Those of proposing.
    pub(crate) async fn open_producer(&self, name: String) -> Result<(ProducerId, u64, u64)> {
        let command = Command::OpenProducer { name };
        let applied = propose_accepted(&self.context.raft, command, None).await?;
        match applied.outcome {
            Outcome::Producer {
                id,
                epoch,
                last_sequence,
            } => Ok((id, epoch, last_sequence)),
            _ => Err(Error::new(
                ErrorKind::Internal,
                "odd outcome of opening a producer",
            )),
        }
    }

    /// Takes a producer's next rows.
    ///
    /// # Errors
    /// Invalid rows, and those of the sequencer.
    pub(crate) async fn write(&self, raw: RawWrite) -> Result<Recorded> {
        self.context.leads().await;
        let context = self.context.clone();
        let prepared = tokio::task::spawn_blocking(move || {
            let catalog = context.catalog();
            Preparer::new(&catalog, context.directory.key()).prepare(raw)
        })
        .await
        .map_err(|error| Error::wrap(ErrorKind::Internal, &error))??;
        self.context.sequencer.write(prepared).await
    }

    /// Marks a load as complete.
    ///
    /// # Errors
    /// Conflict where requests are missing, and those of proposing.
    pub(crate) async fn close_load(
        &self,
        producer: ProducerId,
        epoch: u64,
        sequences: u64,
    ) -> Result<Load> {
        let command = Command::CloseLoad {
            producer,
            epoch,
            sequences,
        };
        let applied = propose_accepted(&self.context.raft, command, None).await?;
        self.settled(self.load(applied.outcome)?).await
    }

    /// A finished load once every merge that its rows decided has landed.
    ///
    /// # Errors
    /// Unavailable where that takes too long: the rows are in all the same.
    async fn settled(&self, mut load: Load) -> Result<Load> {
        let through = load.state.last_index;
        let mut applied = self.context.raft.applied();
        let landed = async {
            loop {
                applied.borrow_and_update();
                let catalog = self.context.catalog();
                let mut pending = catalog.pending_merges.values();
                if !pending.any(|decided| *decided <= through) {
                    return Some(catalog.applied);
                }
                applied.changed().await.ok()?;
            }
        };
        let landed = tokio::time::timeout(SETTLING_PATIENCE, landed).await;
        load.settled = landed.ok().flatten().ok_or_else(|| {
            let message = "all rows are in, but merges of people have not landed yet: see \
                           `tagma cluster status`, and load again to wait for them";
            Error::new(ErrorKind::Unavailable, message)
        })?;
        Ok(load)
    }

    /// All loads, newest first.
    ///
    /// # Errors
    /// Unavailable where no leader is heard of.
    pub(crate) fn list_loads(&self) -> Result<Vec<Load>> {
        self.context.in_touch()?;
        let catalog = self.context.catalog();
        let loads = catalog.producers.iter().rev().filter_map(|(id, producer)| {
            let info = producer.load.as_ref()?;
            Some(Load {
                state: producer.load_state(*id),
                table: info.table.clone(),
                file: info.file.clone(),
                bytes: info.bytes,
                settled: LogIndex::ZERO,
            })
        });
        Ok(loads.collect())
    }

    fn load(&self, outcome: Outcome) -> Result<Load> {
        let Outcome::Load(state) = outcome else {
            return Err(Error::new(ErrorKind::Internal, "odd outcome of a load"));
        };
        let catalog = self.context.catalog();
        let info = catalog
            .producers
            .get(&state.producer)
            .and_then(|p| p.load.clone());
        let info = info.ok_or_else(|| Error::new(ErrorKind::Internal, "a load has vanished"))?;
        Ok(Load {
            state,
            table: info.table,
            file: info.file,
            bytes: info.bytes,
            settled: LogIndex::ZERO,
        })
    }
}
