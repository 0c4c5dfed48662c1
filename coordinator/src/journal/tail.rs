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
/// error of an object that cannot be read, once everything before it has been given.
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
            match self.journal.section(entry, section).await {
                Ok(read) => part.entries.push((*index, read, section.crc32c)),
                Err(error) if index.0 == after.0 + 1 => {
                    let is_trimmed = self.raft.catalog().trimmed >= *index;
                    return Err(unreadable(*index, is_trimmed, &error));
                }
                Err(_) => {
                    // What comes before it goes out first; the next part starts with it.
                    part.through = LogIndex(index.0 - 1);
                    break;
                }
            }
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

/// The error of an entry's object; an object that is gone before its time is damage, too.
fn unreadable(index: LogIndex, is_trimmed: bool, error: &Error) -> Error {
    let kind = match error.kind() {
        ErrorKind::NotFound if is_trimmed => ErrorKind::Expired,
        ErrorKind::NotFound => ErrorKind::Corrupt,
        kind => kind,
    };
    Error::new(kind, format!("journal entry {index}: {error}"))
}

#[cfg(test)]
mod tests {
    use futures::StreamExt;
    use tagma_core::ErrorKind;
    use tagma_store::Store;

    use super::*;
    use crate::testing::Alone;

    #[tokio::test]
    async fn entries_before_a_damaged_one_are_given_before_its_error() {
        let node = Alone::start().await;
        let objects = node.folder.path().join("objects");
        let store = Store::open_local(&objects).expect("a store");
        let shard = ShardId::new(1).expect("a shard");
        let mut entries = Vec::new();
        for text in ["first", "second", "third"] {
            let sections = [(shard, text.as_bytes().to_vec())];
            entries.push(node.commit_batch(&store, &sections, &[]).await);
        }
        let (damaged, key) = &entries[2];
        let path = objects.join(key);
        let mut bytes = std::fs::read(&path).expect("the object");
        let place = bytes.windows(5).position(|part| part == b"third");
        bytes[place.expect("its rows")] ^= 1;
        std::fs::write(&path, bytes).expect("damaged");

        let journal = Arc::new(JournalCache::new(store));
        let stream = tail(node.raft.clone(), journal, shard, LogIndex::ZERO);
        let mut stream = std::pin::pin!(stream);
        let part = stream.next().await.expect("a part").expect("readable");
        let read: Vec<_> = part.entries.iter().map(|e| (e.0, &e.1[..])).collect();
        let whole: [(LogIndex, &[u8]); 2] = [(entries[0].0, b"first"), (entries[1].0, b"second")];
        assert_eq!(read, whole);
        assert_eq!(part.through, LogIndex(damaged.0 - 1));
        let error = stream.next().await.expect("an end").expect_err("damaged");
        assert_eq!(error.kind(), ErrorKind::Corrupt, "{error}");
        assert!(
            error.to_string().contains(&format!("entry {damaged}")),
            "{error}"
        );
        assert!(stream.next().await.is_none());
    }
}
