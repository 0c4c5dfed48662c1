//! A shard's part of the journal as a stream without end.

use std::{ops::Bound, sync::Arc};

use bytes::Bytes;
use futures::{Stream, stream};
use tagma_core::{ErrorKind, LogIndex, ShardId, catalog::SectionRef};
use tokio::sync::watch;

use super::JournalCache;
use crate::{
    error::{Error, Result},
    raft::RaftNode,
};

/// Entries that one message brings at most.
const ENTRIES_PER_PART: usize = 64;

/// Bytes after which a message is sent.
const BYTES_PER_PART: u64 = 8 * 1024 * 1024;

/// The next entries of a shard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TailPart {
    /// (index, section, its checksum), ascending.
    pub(crate) entries: Vec<(LogIndex, Bytes, u32)>,
    /// There is nothing else for the shard up to here.
    pub(crate) through: LogIndex,
}

struct Tail {
    raft: RaftNode,
    journal: Arc<JournalCache>,
    applied: watch::Receiver<LogIndex>,
    shard: ShardId,
    after: LogIndex,
}

/// Everything for `shard` after an index, then what follows. Ends when the node stops, or with the
/// error of an object that cannot be read.
pub(crate) fn tail(
    raft: RaftNode,
    journal: Arc<JournalCache>,
    shard: ShardId,
    after: LogIndex,
) -> impl Stream<Item = Result<TailPart>> + Send {
    let applied = raft.applied();
    let tail = Tail {
        raft,
        journal,
        applied,
        shard,
        after,
    };
    stream::unfold(Some(tail), |tail| async move {
        let mut tail = tail?;
        match tail.next().await {
            Ok(Some(part)) => Some((Ok(part), Some(tail))),
            Ok(None) => None,
            Err(error) => Some((Err(error), None)),
        }
    })
}

impl Tail {
    async fn next(&mut self) -> Result<Option<TailPart>> {
        let after = self.after;
        if self.applied.wait_for(|at| *at > after).await.is_err() {
            return Ok(None);
        }
        let catalog = self.raft.catalog();
        let flushed = catalog.flushed(self.shard);
        if after < flushed {
            // What lies between may be forgotten already: the manifest has it.
            let message = format!("shard {} is flushed to {flushed}: open it anew", self.shard);
            return Err(Error::new(ErrorKind::Expired, message));
        }
        let mut part = TailPart {
            entries: Vec::new(),
            through: catalog.applied,
        };
        let mut bytes = 0;
        for (index, entry) in catalog
            .journal
            .range((Bound::Excluded(after), Bound::Unbounded))
        {
            let Some(section) = section_of(&entry.sections, self.shard) else {
                continue;
            };
            let is_full =
                part.entries.len() == ENTRIES_PER_PART || bytes + section.length > BYTES_PER_PART;
            if let Some((last, ..)) = part.entries.last().filter(|_| is_full) {
                part.through = *last;
                break;
            }
            bytes += section.length;
            let section_bytes = self.journal.section(entry, section).await?;
            part.entries.push((*index, section_bytes, section.crc32c));
        }
        self.after = part.through;
        Ok(Some(part))
    }
}

fn section_of(sections: &[(ShardId, SectionRef)], shard: ShardId) -> Option<&SectionRef> {
    let found = sections
        .binary_search_by_key(&shard, |(shard, _)| *shard)
        .ok()?;
    Some(&sections[found].1)
}
