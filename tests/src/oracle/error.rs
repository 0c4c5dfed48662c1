//! Why the oracle has no answer: the expression is an error by its meaning.

use tagma_core::{OneId, schema::Name};

/// An expression, or its value for some person, is an error.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OracleError {
    /// No such tag.
    #[error("no tag `{0}`")]
    UnknownTag(Name),
    /// No such saved segment at the index.
    #[error("no segment `{0}` at this index")]
    UnknownSegment(Name),
    /// A saved segment that reads itself.
    #[error("segment `{0}` reads itself")]
    Cycle(Name),
    /// Not alive at the index.
    #[error("{0} is not in the population")]
    NotInPopulation(OneId),
    /// Operands of two families, or an operator that the family does not have.
    #[error("types do not fit: {0}")]
    Mismatch(String),
    /// A text that is not a value of the type that it meets.
    #[error("`{text}` is not a {wanted}")]
    BadLiteral {
        /// The text.
        text: String,
        /// The type.
        wanted: &'static str,
    },
    /// A number of more than 38 digits.
    #[error("more than 38 digits")]
    Overflow,
    /// An instant or a day outside years 1 to 9999.
    #[error("outside years 1 to 9999")]
    OutOfTime,
}
