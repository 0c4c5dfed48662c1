//! Sending a file's chunks: several in flight, taken in order.
//!
//! Requests that overtake each other on the way are refused by the one that comes too early; it
//! waits until its predecessor is taken, and is then sent again.

use futures::{StreamExt, stream::FuturesOrdered};
use tagma_core::ErrorKind;
use tagma_proto::{
    RemoteError,
    pb::ingest::v1::{CloseLoadRequest, Load, WriteRequest},
};
use tokio::sync::{mpsc, watch};

use super::{
    Session,
    chunk::{Chunk, Chunks},
    source::Source,
};
use crate::{
    connection::Connection,
    failure::Failure,
    output::{Progress, thousands},
};

/// Requests on their way at the same time.
pub(crate) const IN_FLIGHT: usize = 4;
/// Chunks read ahead of those.
const READ_AHEAD: usize = 2;
/// Wrong rows that are shown.
const SHOWN_MAX: usize = 5;

/// A row that goes to the dead letters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wrong {
    pub(crate) row: u64,
    pub(crate) reason: String,
}

/// What is sent.
pub(crate) struct Sending<'a> {
    pub(crate) session: &'a Session<'a>,
    pub(crate) source: &'a Source,
    /// Rows of the file.
    pub(crate) rows: u64,
    pub(crate) progress: Progress,
}

/// How far it has come.
#[derive(Default)]
struct State {
    /// Last sequence that was given to a chunk.
    sequence: u64,
    /// The last row that was taken.
    row: u64,
    /// Whether all chunks were read.
    is_read: bool,
    wrong: Vec<Wrong>,
}

/// A chunk that was taken.
struct Taken {
    sequence: u64,
    rows: u64,
    last_row: u64,
}

impl Sending<'_> {
    /// Sends what is not yet taken of an open load, then closes it; answers the first wrong rows,
    /// too.
    ///
    /// # Errors
    /// As for every call; what makes the file unfit; [`Failure::Interrupted`] where the session was
    /// stopped: what was on its way is taken, and the same load goes on behind it.
    pub(crate) async fn send(
        self,
        load: &Load,
        chunks: Box<dyn Chunks>,
    ) -> Result<(Load, Vec<Wrong>), Failure> {
        let (sender, read) = mpsc::channel(READ_AHEAD);
        let (skip, bar) = (load.last_sequence, self.progress.clone());
        let reading = tokio::task::spawn_blocking(move || read_all(chunks, skip, &sender, &bar));
        let state = self.send_all(load, read).await?;
        if !state.is_read {
            return Err(self.interrupted(state.row));
        }
        reading
            .await
            .map_err(|error| Failure::internal("reading the file", error))??;
        self.progress.done();
        self.source.check_unchanged()?;
        let request = CloseLoadRequest {
            producer: load.producer,
            epoch: load.epoch,
            sequences: state.sequence,
        };
        let closed = self.session.connection.close_load(request).await?.load;
        let closed =
            closed.ok_or_else(|| Failure::internal("CloseLoad", "the answer holds no load"))?;
        Ok((closed, state.wrong))
    }

    async fn send_all(
        &self,
        load: &Load,
        mut read: mpsc::Receiver<Chunk>,
    ) -> Result<State, Failure> {
        let connection = self.session.connection;
        let (is_taken, watched) = watch::channel(load.last_sequence);
        let mut in_flight = FuturesOrdered::new();
        let mut state = State {
            sequence: load.last_sequence,
            ..State::default()
        };
        let stop = self.session.stop.cancelled();
        tokio::pin!(stop);
        let mut is_stopped = false;
        loop {
            let takes_more = !state.is_read && !is_stopped && in_flight.len() < IN_FLIGHT;
            if in_flight.is_empty() && !takes_more {
                return Ok(state);
            }
            tokio::select! {
                biased;
                () = &mut stop, if !is_stopped => is_stopped = true,
                Some(answer) = in_flight.next() => {
                    let Taken { sequence, rows, last_row } = answer?;
                    // Nobody watches once the last request is answered.
                    let _last = is_taken.send(sequence);
                    state.row = last_row;
                    self.progress.advance(rows);
                }
                chunk = read.recv(), if takes_more => match chunk {
                    Some(chunk) => {
                        state.take(&chunk);
                        let watched = watched.clone();
                        let sending = write(connection, load, state.sequence, chunk, watched);
                        in_flight.push_back(sending);
                    }
                    None => state.is_read = true,
                },
            }
        }
    }

    fn interrupted(&self, row: u64) -> Failure {
        let at = match row {
            0 => "before any further row".to_owned(),
            row => format!("after row {} of {}", thousands(row), thousands(self.rows)),
        };
        Failure::Interrupted(format!(
            "`{}`: interrupted {at}; run the same command again to go on there",
            self.source.path.display()
        ))
    }
}

impl State {
    fn take(&mut self, chunk: &Chunk) {
        self.sequence += 1;
        let room = SHOWN_MAX.saturating_sub(self.wrong.len());
        self.wrong
            .extend(chunk.rejected.iter().take(room).map(|letter| Wrong {
                row: letter.source_row,
                reason: letter.reason.clone(),
            }));
    }
}

/// Reads until the end, or until nobody takes chunks any more.
fn read_all(
    mut chunks: Box<dyn Chunks>,
    skip: u64,
    sender: &mpsc::Sender<Chunk>,
    progress: &Progress,
) -> Result<(), Failure> {
    progress.advance(chunks.skip(skip)?);
    while let Some(chunk) = chunks.next()? {
        if sender.blocking_send(chunk).is_err() {
            return Ok(());
        }
    }
    Ok(())
}

/// Sends one request until it is taken.
async fn write(
    connection: &Connection,
    load: &Load,
    sequence: u64,
    chunk: Chunk,
    mut taken: watch::Receiver<u64>,
) -> Result<Taken, RemoteError> {
    let done = Taken {
        sequence,
        rows: chunk.rows,
        last_row: chunk.first_row + chunk.rows - 1,
    };
    let request = request(load, sequence, chunk);
    let is_next = |taken: &u64| *taken + 1 >= sequence;
    loop {
        let was_next = is_next(&taken.borrow());
        let error = match connection.write(request.clone()).await {
            Ok(_) => return Ok(done),
            Err(error) => error,
        };
        let came_early = error.kind == ErrorKind::Conflict && !was_next;
        if !came_early || taken.wait_for(is_next).await.is_err() {
            return Err(error);
        }
    }
}

fn request(load: &Load, sequence: u64, chunk: Chunk) -> WriteRequest {
    WriteRequest {
        producer: load.producer,
        epoch: load.epoch,
        sequence,
        table: load.table.clone(),
        rows_ipc: chunk.rows_ipc.into(),
        first_row: chunk.first_row,
        source_rows: chunk.source_rows,
        rejected: chunk.rejected,
    }
}
