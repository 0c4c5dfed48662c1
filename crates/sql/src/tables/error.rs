//! What a source of people may fail with.

use tagma_core::ErrorKind;

/// Why people or their tags could not be read.
#[derive(Debug, Clone, thiserror::Error)]
#[error("people could not be read: {reason}")]
pub struct PeopleError {
    /// What the caller should do.
    pub kind: ErrorKind,
    /// What happened, naming the object where one is damaged.
    pub reason: String,
}

impl PeopleError {
    /// What the caller should do.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }
}
