//! The error of every use-case: what to do, in whose words, and whom to ask instead.

use tagma_core::{ErrorKind, catalog::Refusal};

/// Result of a use-case.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a use-case was not carried out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    kind: ErrorKind,
    message: String,
    leader: Option<String>,
    retry_after_ms: Option<u64>,
}

impl Error {
    /// An error of a kind, in words for people.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            leader: None,
            retry_after_ms: None,
        }
    }

    /// Wraps another layer's error: its kind, its words and its causes' words.
    pub fn wrap(kind: ErrorKind, source: &dyn std::error::Error) -> Self {
        let mut message = source.to_string();
        let mut cause = source.source();
        while let Some(inner) = cause {
            message.push_str(": ");
            message.push_str(&inner.to_string());
            cause = inner.source();
        }
        Self::new(kind, message)
    }

    /// Another node leads.
    pub fn not_leader(leader: Option<String>) -> Self {
        let message = match &leader {
            Some(address) => format!("this node does not lead: ask {address}"),
            None => "no leader is known yet: try again".to_owned(),
        };
        Self {
            leader,
            ..Self::new(ErrorKind::NotLeader, message)
        }
    }

    /// Adds how long to wait before a retry.
    #[must_use]
    pub fn retry_after_ms(mut self, ms: u64) -> Self {
        self.retry_after_ms = Some(ms);
        self
    }

    /// What the caller should do.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// Address of the leader, for `NotLeader`.
    pub fn leader(&self) -> Option<&str> {
        self.leader.as_deref()
    }

    /// Milliseconds to wait before a retry.
    pub fn retry_after(&self) -> Option<u64> {
        self.retry_after_ms
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::new(refusal.kind, refusal.message)
    }
}

impl From<tagma_store::Error> for Error {
    fn from(error: tagma_store::Error) -> Self {
        Self::wrap(error.kind(), &error)
    }
}
