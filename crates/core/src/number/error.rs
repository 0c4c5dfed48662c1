//! Why a number could not be made.

use crate::error::ErrorKind;

/// Errors of exact arithmetic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    /// The exact result does not fit.
    #[error("the exact result has more than 38 digits")]
    Overflow,
    /// A scale outside 0 to 38.
    #[error("a decimal has 0 to 38 digits after the point, not {0}")]
    Scale(u32),
    /// The text is no number.
    #[error("not a number: an optional sign, digits, and at most one point are allowed")]
    Text,
    /// NaN or an infinity.
    #[error("NaN and infinities are not numbers here")]
    NotFinite,
}

impl NumberError {
    /// Always the input's fault.
    pub fn kind(&self) -> ErrorKind {
        ErrorKind::Invalid
    }
}
