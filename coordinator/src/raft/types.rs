//! The types that openraft is instantiated with, and short names for its generic types.
//!
//! Owns the choice of standard Raft terms: at most one leader per term, so that a term alone names
//! a leadership (object keys and bound proposals rely on it).

use std::fmt;
use std::sync::Arc;

use openraft::type_config::alias;
use openraft::vote::leader_id_std;
use serde::{Deserialize, Serialize};
use tagma_core::catalog::{Entry, Outcome, codec};

use super::state_machine::StateMachine;

openraft::declare_raft_types!(
    /// Types of Tagma's Raft.
    pub(crate) TypeConfig:
        D = EntryBytes,
        R = Reply,
        NodeId = u64,
        Node = Peer,
        LeaderId = leader_id_std::LeaderId<u64, u64>,
        AsyncRuntime = openraft_rt_tokio::TokioRuntime,
);

/// The running consensus.
pub(crate) type Raft = openraft::Raft<TypeConfig, StateMachine>;
/// Term and index of an entry.
pub(crate) type LogId = alias::LogIdOf<TypeConfig>;
/// Whom this node voted for, and whether a quorum did too.
pub(crate) type Vote = alias::VoteOf<TypeConfig>;
/// A log entry as openraft sees it.
pub(crate) type RaftEntry = alias::EntryOf<TypeConfig>;
/// What a log entry holds.
pub(crate) type Payload = alias::PayloadOf<TypeConfig>;
/// Voters and learners with their addresses.
pub(crate) type Membership = openraft::Membership<u64, Peer>;
/// A membership and the entry that it came with.
pub(crate) type StoredMembership = alias::StoredMembershipOf<TypeConfig>;
/// What a snapshot stands for.
pub(crate) type SnapshotMeta = alias::SnapshotMetaOf<TypeConfig>;
/// A snapshot and what it stands for.
pub(crate) type Snapshot = alias::SmSnapshotOf<TypeConfig, StateMachine>;

/// The identity of an entry.
pub(crate) fn log_id(term: u64, index: u64) -> LogId {
    LogId::new_term_index(term, index)
}

/// A command of the catalog as it lies in the log: encoded once, by the proposer.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct EntryBytes(Arc<[u8]>);

impl EntryBytes {
    /// Encodes an entry.
    pub(crate) fn encode(entry: &Entry) -> Self {
        Self(codec::encode_entry(entry).into())
    }

    /// Takes bytes that were encoded elsewhere.
    pub(crate) fn from_slice(bytes: &[u8]) -> Self {
        Self(bytes.into())
    }

    /// The bytes.
    pub(crate) fn as_slice(&self) -> &[u8] {
        &self.0
    }

    /// Decodes the entry.
    pub(crate) fn decode(&self) -> Result<Entry, codec::Error> {
        codec::decode_entry(&self.0)
    }
}

impl fmt::Debug for EntryBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.0.len())
    }
}

impl fmt::Display for EntryBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// What applying an entry led to; `None` for entries that say nothing to the catalog.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Reply(pub(crate) Option<Outcome>);

/// Where a node is reached.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Peer {
    /// `host:port`, optionally with a scheme.
    pub(crate) address: String,
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.address)
    }
}
