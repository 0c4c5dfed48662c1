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
    chunk::{Chunk, Chunks},
    source::Source,
};
use crate::{connection::Connection, failure::Failure, output::Progress};

/// Requests on their way at the same time.
pub(crate) const IN_FLIGHT: usize = 4;
/// Chunks read ahead of those.
const READ_AHEAD: usize = 2;

/// Sends what is not yet taken of an open load, then closes it.
///
/// # Errors
/// As for every call; what makes the file unfit.
pub(crate) async fn send(
    connection: &Connection,
    load: &Load,
    chunks: Box<dyn Chunks>,
    source: &Source,
    progress: Progress,
) -> Result<Load, Failure> {
    let (sender, mut read) = mpsc::channel(READ_AHEAD);
    let (taken, skip, bar) = (load.last_sequence, load.last_sequence, progress.clone());
    let reading = tokio::task::spawn_blocking(move || read_all(chunks, skip, &sender, &bar));
    let (is_taken, watched) = watch::channel(taken);
    let mut in_flight = FuturesOrdered::new();
    let mut sequence = taken;
    let mut is_read = false;
    loop {
        tokio::select! {
            Some(answer) = in_flight.next() => {
                let (number, rows) = answer?;
                // Nobody watches once the last request is answered.
                let _last = is_taken.send(number);
                progress.advance(rows);
            }
            chunk = read.recv(), if !is_read && in_flight.len() < IN_FLIGHT => match chunk {
                Some(chunk) => {
                    sequence += 1;
                    in_flight.push_back(write(connection, load, sequence, chunk, watched.clone()));
                }
                None => is_read = true,
            },
            else => break,
        }
    }
    reading
        .await
        .map_err(|error| Failure::internal("reading the file", error))??;
    progress.done();
    source.check_unchanged()?;
    let request = CloseLoadRequest {
        producer: load.producer,
        epoch: load.epoch,
        sequences: sequence,
    };
    let closed = connection.close_load(request).await?.load;
    closed.ok_or_else(|| Failure::internal("CloseLoad", "the answer holds no load"))
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

/// Sends one request until it is taken; answers its number and its rows.
async fn write(
    connection: &Connection,
    load: &Load,
    sequence: u64,
    chunk: Chunk,
    mut taken: watch::Receiver<u64>,
) -> Result<(u64, u64), RemoteError> {
    let rows = chunk.rows;
    let request = request(load, sequence, chunk);
    let is_next = |taken: &u64| *taken + 1 >= sequence;
    loop {
        let was_next = is_next(&taken.borrow());
        let error = match connection.write(request.clone()).await {
            Ok(_) => return Ok((sequence, rows)),
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
