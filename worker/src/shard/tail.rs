//! Following the journal: one task per owned shard, from its applied index on, for ever.
//!
//! Owns the choice of the coordinator that is followed and what happens to entries that cannot be
//! applied. Must not skip one: a damaged entry is asked for again at every other coordinator, and
//! if it is damaged at all of them the shard stands still at the index before it.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use tagma_core::{ErrorKind, LogIndex};

use super::error::Error;
use super::handle::Shard;
use super::section::{self, Section};
use crate::agent::{Home, HomeError, TailEntry, TailFrom, TailMessage};

const PAUSE_FIRST: Duration = Duration::from_millis(20);
const PAUSE_MAX: Duration = Duration::from_secs(2);

/// Why following ended at one coordinator.
enum Ended {
    /// The line broke.
    Line(Option<HomeError>),
    /// An entry cannot be applied.
    Entry(LogIndex, Error),
}

/// Follows the journal until the shard is closed or stands still.
pub async fn follow(shard: Arc<Shard>, home: Arc<dyn Home>, cluster_id: String) {
    let coordinators = home.coordinators().max(1);
    let mut coordinator = usize::from(shard.id().get()) % coordinators;
    let mut pause = PAUSE_FIRST;
    // The entry that cannot be applied, and the coordinators that had nothing better.
    let mut damaged: Option<(LogIndex, BTreeSet<usize>)> = None;
    loop {
        let before = shard.state().applied;
        let ended = tokio::select! {
            () = shard.closed().cancelled() => return,
            ended = follow_one(&shard, &home, coordinator, &cluster_id) => ended,
        };
        match ended {
            Ended::Line(error) => {
                let reason = error.map_or_else(|| "it ended".to_owned(), |e| e.to_string());
                tracing::debug!(shard = %shard.id(), coordinator, reason, "journal line broke");
            }
            Ended::Entry(index, error) => {
                let known = damaged.take().filter(|(at, _)| *at == index);
                let mut asked = known.map_or_else(BTreeSet::new, |(_, asked)| asked);
                asked.insert(coordinator);
                if asked.len() >= coordinators {
                    report(&error);
                    return shard.stop(error);
                }
                damaged = Some((index, asked));
            }
        }
        coordinator = (coordinator + 1) % coordinators;
        pause = match shard.state().applied > before {
            true => PAUSE_FIRST,
            false => (pause * 2).min(PAUSE_MAX),
        };
        tokio::select! {
            () = shard.closed().cancelled() => return,
            () = tokio::time::sleep(pause) => {}
        }
    }
}

fn report(error: &Error) {
    let cause = std::error::Error::source(error).map(ToString::to_string);
    tracing::error!(%error, cause, "shard stands still");
}

async fn follow_one(
    shard: &Arc<Shard>,
    home: &Arc<dyn Home>,
    coordinator: usize,
    cluster_id: &str,
) -> Ended {
    let from = TailFrom {
        cluster_id: cluster_id.to_owned(),
        shard: shard.id(),
        epoch: shard.epoch(),
        after: shard.state().applied,
    };
    let mut stream = match home.tail(coordinator, from).await {
        Ok(stream) => stream,
        Err(error) => return ended(shard, error),
    };
    while let Some(message) = stream.next().await {
        match message {
            Ok(message) => {
                if let Err((index, error)) = take(shard, message).await {
                    return Ended::Entry(index, error);
                }
            }
            Err(error) => return ended(shard, error),
        }
    }
    Ended::Line(None)
}

/// A coordinator that cannot read the next entry is not a broken line.
fn ended(shard: &Shard, source: HomeError) -> Ended {
    if source.kind != ErrorKind::Corrupt {
        return Ended::Line(Some(source));
    }
    let (shard, index) = (shard.id(), shard.state().applied.next());
    let error = Error::Journal {
        shard,
        index,
        source,
    };
    Ended::Entry(index, error)
}

async fn take(shard: &Arc<Shard>, message: TailMessage) -> Result<(), (LogIndex, Error)> {
    for entry in message.entries {
        let index = entry.index;
        if index <= shard.state().applied {
            continue;
        }
        let section = decode(shard, entry).await.map_err(|error| (index, error))?;
        shard.apply(index, section).map_err(|source| {
            let shard = shard.id();
            (
                index,
                Error::Step {
                    shard,
                    index,
                    source,
                },
            )
        })?;
    }
    shard.advance(message.through);
    Ok(())
}

/// Decodes away from the threads that wait for IO; whatever bytes do to the decoder ends there.
async fn decode(shard: &Arc<Shard>, entry: TailEntry) -> Result<Section, Error> {
    let (id, index) = (shard.id(), entry.index);
    let work = move || section::decode(id, index, &entry.section, entry.crc32c);
    match tokio::task::spawn_blocking(work).await {
        Ok(decoded) => decoded.map_err(|source| Error::Entry {
            shard: id,
            index,
            source,
        }),
        Err(source) => Err(Error::Panicked { shard: id, source }),
    }
}
