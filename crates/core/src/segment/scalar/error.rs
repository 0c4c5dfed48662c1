//! Why a value could not be computed.

use crate::{error::ErrorKind, number::NumberError, time::TimeError};

/// Errors of evaluation. Each names the operation with the values that it met.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EvalError {
    /// A number does not fit.
    #[error("`{operation}` cannot be computed exactly")]
    Number {
        /// The operation with its values.
        operation: String,
        /// Why.
        #[source]
        source: NumberError,
    },
    /// A time does not fit.
    #[error("`{operation}` cannot be computed")]
    Time {
        /// The operation with its values.
        operation: String,
        /// Why.
        #[source]
        source: TimeError,
    },
    /// The plan is not one that the binder makes.
    #[error("the plan is malformed: unexpected {0}")]
    Malformed(&'static str),
}

impl EvalError {
    /// What the caller should do.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Number { .. } | Self::Time { .. } => ErrorKind::Invalid,
            Self::Malformed(_) => ErrorKind::Internal,
        }
    }
}
