//! The one record beside the log entries: whose log it is, the vote, and where the log ends.
//!
//! Ends and entries change in one transaction, so that a log that lost entries is noticed.

use serde::{Deserialize, Serialize};
use tagma_core::catalog;

use crate::raft::codec::{self, LogIdForm, VoteForm, seal, unseal};
use crate::raft::types::{LogId, Vote};

/// The record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Record {
    cluster_id: String,
    node_id: u64,
    vote: Option<VoteForm>,
    committed: Option<LogIdForm>,
    purged: Option<LogIdForm>,
    last: Option<LogIdForm>,
    /// Index of the first entry present, or to come.
    first: u64,
}

impl Record {
    /// The record of an empty log.
    pub(super) fn new(cluster_id: &str, node_id: u64) -> Self {
        Self {
            cluster_id: cluster_id.into(),
            node_id,
            vote: None,
            committed: None,
            purged: None,
            last: None,
            first: 0,
        }
    }

    /// Sealed bytes.
    pub(super) fn encode(&self) -> Vec<u8> {
        seal(catalog::codec::encode(self))
    }

    /// Reads sealed bytes.
    pub(super) fn decode(sealed: &[u8]) -> codec::Result<Self> {
        Ok(catalog::codec::decode(unseal(sealed)?, "log record")?)
    }

    /// Whose log this is, for messages.
    pub(super) fn owner(&self) -> String {
        format!("node {} of cluster {}", self.node_id, self.cluster_id)
    }

    /// The last vote.
    pub(super) fn vote(&self) -> Option<Vote> {
        self.vote.map(Into::into)
    }

    /// The last entry known to be committed.
    pub(super) fn committed(&self) -> Option<LogId> {
        self.committed.map(Into::into)
    }

    /// The last entry removed from the front.
    pub(super) fn purged(&self) -> Option<LogId> {
        self.purged.map(Into::into)
    }

    /// The last entry; the last removed one where the log is empty.
    pub(super) fn last(&self) -> Option<LogId> {
        self.last.map(Into::into)
    }

    /// Indexes of the entries present.
    pub(super) fn present(&self) -> std::ops::Range<u64> {
        self.first..next(self.last()).max(self.first)
    }

    pub(super) fn set_vote(&mut self, vote: Vote) {
        self.vote = Some(vote.into());
    }

    pub(super) fn set_committed(&mut self, committed: Option<LogId>) {
        self.committed = committed.map(Into::into);
    }

    pub(super) fn set_purged(&mut self, purged: LogId) {
        self.purged = Some(purged.into());
        self.last = self.last().max(Some(purged)).map(Into::into);
        self.first = purged.index + 1;
    }

    /// Adds one entry. The very first one may have any index.
    ///
    /// # Errors
    /// The index that should have come instead.
    pub(super) fn push(&mut self, id: LogId) -> Result<(), u64> {
        match self.last() {
            None => self.first = id.index,
            Some(last) if id.index == last.index + 1 => {}
            Some(last) => return Err(last.index + 1),
        }
        self.last = Some(id.into());
        Ok(())
    }

    /// Ends the log at `last`, or empties it; a log that ends before stays as it is.
    pub(super) fn truncate(&mut self, last: Option<LogId>) {
        let last = last.or(self.purged());
        if self.last() > last {
            self.last = last.map(Into::into);
        }
    }
}

/// The index after an entry.
pub(super) fn next(id: Option<LogId>) -> u64 {
    id.map_or(0, |id| id.index + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raft::types::log_id;

    #[test]
    fn the_record_is_pinned_by_golden_bytes() {
        let mut record = Record::new("c", 7);
        record.set_vote(Vote::new_committed(3, 7));
        record.set_committed(Some(log_id(2, 9)));
        record.set_purged(log_id(1, 5));
        let bytes = record.encode();
        assert_eq!(hex::encode(&bytes), GOLDEN);
        assert_eq!(Record::decode(&bytes).expect("whole"), record);
    }

    const GOLDEN: &str = concat!(
        "0187aa636c75737465725f6964a163a76e6f64655f696407a4766f746583a47465726d03",
        "a46e6f646507a9636f6d6d6974746564c3a9636f6d6d697474656482a47465726d02a569",
        "6e64657809a670757267656482a47465726d01a5696e64657805a46c61737482a4746572",
        "6d01a5696e64657805a5666972737406111e0c87",
    );
}
