//! The values of one chunk, ready to be asked by position or scanned by a kernel.

use super::codes::Codes;
use crate::chunk::Container;

/// The values of one chunk, as raw Int64: bool as 0 and 1, category as the number of its text,
/// the others as themselves.
#[derive(Debug, Clone, Copy)]
pub struct Column<'a> {
    /// Who has a value.
    pub presence: Container<'a>,
    /// The values.
    pub data: ColumnData<'a>,
}

/// How the values of a chunk lie.
#[derive(Debug, Clone, Copy)]
pub enum ColumnData<'a> {
    /// Nobody has one.
    Empty,
    /// Who has `true`.
    Bool(Container<'a>),
    /// A code for every ordinal of the chunk; without meaning where there is no value.
    Dense(Codes<'a>),
    /// A code for every value, in the order of the presence array.
    Sparse(Codes<'a>),
}

impl Column<'_> {
    /// Nobody has a value.
    pub const EMPTY: Self = Self {
        presence: Container::EMPTY,
        data: ColumnData::Empty,
    };

    /// The raw value at a position.
    pub fn raw(&self, position: u16) -> Option<i64> {
        match &self.data {
            ColumnData::Empty => None,
            ColumnData::Sparse(codes) => self.presence.rank(position).map(|rank| codes.raw(rank)),
            _ if !self.presence.contains(position) => None,
            ColumnData::Bool(truth) => Some(i64::from(truth.contains(position))),
            ColumnData::Dense(codes) => Some(codes.raw(usize::from(position))),
        }
    }
}
