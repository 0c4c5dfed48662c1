//! What a section holds, in figures: for the manifest of a tag version and its tests.

use tagma_core::Value;

/// Most frequent values that are reported.
pub const TOP_VALUES_MAX: usize = 100;

/// Figures of one section.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SectionStats {
    /// People with a value.
    pub rows: u64,
    /// Smallest value, of numbers, dates and timestamps.
    pub min: Option<Value>,
    /// Greatest value, of numbers, dates and timestamps.
    pub max: Option<Value>,
    /// Number of different values; exact, known for category and bool only.
    pub distinct: Option<u64>,
    /// Most frequent values of category and bool with their people, at most 100: by people,
    /// most first, then by value.
    pub top: Vec<(Value, u64)>,
    /// Sum of int and decimal, in units of the last digit.
    pub sum: Option<i128>,
}

/// Sorts and cuts to the most frequent.
pub(super) fn top(mut values: Vec<(Value, u64)>) -> Vec<(Value, u64)> {
    values.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    values.truncate(TOP_VALUES_MAX);
    values
}
