//! What a caller should do about an error: the one classification that every crate shares.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Kind of an error, named after what the caller should do.
///
/// Every public error of the workspace has `kind()`; the mapping to gRPC and HTTP codes stands
/// once, in the proto crate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum ErrorKind {
    /// The request is wrong: change it before sending it again.
    Invalid,
    /// The named thing does not exist (or not at this index).
    NotFound,
    /// The thing to create exists with other content.
    AlreadyExists,
    /// The state has moved since it was read: read again, then retry.
    Conflict,
    /// Another node leads: retry there.
    NotLeader,
    /// Not now: retry with back-off.
    Unavailable,
    /// The outcome is unknown: retry only what is idempotent.
    Timeout,
    /// A limit is reached: slow down, retry after the hint.
    Exhausted,
    /// The index asked for is no longer readable: ask for a newer one.
    Expired,
    /// Versions do not fit together: upgrade one side.
    Incompatible,
    /// Stored bytes are damaged: an operator must act.
    Corrupt,
    /// A bug in Tagma: report it.
    Internal,
}

impl ErrorKind {
    /// All kinds, in declaration order.
    pub const ALL: [Self; 12] = [
        Self::Invalid,
        Self::NotFound,
        Self::AlreadyExists,
        Self::Conflict,
        Self::NotLeader,
        Self::Unavailable,
        Self::Timeout,
        Self::Exhausted,
        Self::Expired,
        Self::Incompatible,
        Self::Corrupt,
        Self::Internal,
    ];

    /// The stable name used in JSON, metrics and gRPC error details.
    pub fn name(self) -> &'static str {
        match self {
            Self::Invalid => "invalid",
            Self::NotFound => "not_found",
            Self::AlreadyExists => "already_exists",
            Self::Conflict => "conflict",
            Self::NotLeader => "not_leader",
            Self::Unavailable => "unavailable",
            Self::Timeout => "timeout",
            Self::Exhausted => "exhausted",
            Self::Expired => "expired",
            Self::Incompatible => "incompatible",
            Self::Corrupt => "corrupt",
            Self::Internal => "internal",
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
