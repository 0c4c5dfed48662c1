//! Payloads of the calls between coordinators.

use serde::{Deserialize, Serialize};

use super::{LogIdForm, VoteForm};

/// A candidate and its log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct VoteRequestForm {
    /// The candidate.
    pub(crate) vote: VoteForm,
    /// End of its log.
    pub(crate) last: Option<LogIdForm>,
    /// Whether the leader gave up in its favour.
    #[serde(default)]
    pub(crate) transfer: bool,
}

/// The answer to a candidate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct VoteReplyForm {
    /// The receiver's vote.
    pub(crate) vote: VoteForm,
    /// Whether it is the candidate's.
    pub(crate) granted: bool,
    /// End of the receiver's log.
    pub(crate) last: Option<LogIdForm>,
}

/// What goes with entries; they travel beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AppendForm {
    /// The leader.
    pub(crate) vote: VoteForm,
    /// The entry before the first.
    pub(crate) previous: Option<LogIdForm>,
    /// What is committed.
    pub(crate) committed: Option<LogIdForm>,
}

/// The answer to entries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum AppendReplyForm {
    /// All stored.
    Stored,
    /// Stored up to here.
    StoredTo(Option<LogIdForm>),
    /// The entry before the first is another one here.
    Conflict,
    /// Another leader is newer.
    NewerVote(VoteForm),
}

/// A leader that gives up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TransferForm {
    /// The leader.
    pub(crate) from: VoteForm,
    /// Its successor.
    pub(crate) to: u64,
    /// End of its log.
    pub(crate) last: Option<LogIdForm>,
}

#[cfg(test)]
mod tests {
    use tagma_core::catalog::codec::{decode, encode};

    use super::*;
    use crate::raft::types::{Vote, log_id};

    #[test]
    fn payloads_are_pinned_by_golden_bytes() {
        let vote = VoteForm::from(Vote::new(3, 7));
        let last = Some(LogIdForm::from(log_id(2, 9)));
        let request = VoteRequestForm {
            vote,
            last,
            transfer: true,
        };
        let append = AppendForm {
            vote,
            previous: last,
            committed: None,
        };
        let found = [
            encode(&request),
            encode(&VoteReplyForm {
                vote,
                granted: true,
                last: None,
            }),
            encode(&append),
            encode(&AppendReplyForm::StoredTo(last)),
            encode(&TransferForm {
                from: vote,
                to: 8,
                last,
            }),
        ];
        assert_eq!(found.map(hex::encode), GOLDEN);
        assert_eq!(
            decode::<VoteRequestForm>(&encode(&request), "form").expect("whole"),
            request
        );
        assert_eq!(
            decode::<AppendForm>(&encode(&append), "form").expect("whole"),
            append
        );
    }

    const GOLDEN: [&str; 5] = [
        "0183a4766f746583a47465726d03a46e6f646507a9636f6d6d6974746564c2a46c61737482a47465\
         726d02a5696e64657809a87472616e73666572c3",
        "0183a4766f746583a47465726d03a46e6f646507a9636f6d6d6974746564c2a76772616e746564c3\
         a46c617374c0",
        "0183a4766f746583a47465726d03a46e6f646507a9636f6d6d6974746564c2a870726576696f7573\
         82a47465726d02a5696e64657809a9636f6d6d6974746564c0",
        "0181a853746f726564546f82a47465726d02a5696e64657809",
        "0183a466726f6d83a47465726d03a46e6f646507a9636f6d6d6974746564c2a2746f08a46c617374\
         82a47465726d02a5696e64657809",
    ];
}
