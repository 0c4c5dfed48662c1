//! Sets of raw values as sorted, disjoint, closed intervals of Int64.

/// Closed intervals, ascending, with a gap between any two.
pub(super) type Ranges<'a> = &'a [(i64, i64)];

/// A set of Int64: intervals ascending, with a gap between any two.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct IntervalSet(Vec<(i64, i64)>);

impl IntervalSet {
    /// The empty set.
    pub(super) fn empty() -> Self {
        Self::default()
    }

    /// The whole numbers of `low..=high`, which may lie outside Int64.
    pub(super) fn range(low: i128, high: i128) -> Self {
        let low = low.max(i128::from(i64::MIN));
        let high = high.min(i128::from(i64::MAX));
        if low > high {
            return Self::empty();
        }
        Self(vec![(low as i64, high as i64)])
    }

    /// The union of ranges in any order.
    pub(super) fn from_ranges(mut ranges: Vec<(i64, i64)>) -> Self {
        ranges.sort_unstable();
        let mut joined: Vec<(i64, i64)> = Vec::with_capacity(ranges.len());
        for (low, high) in ranges {
            match joined.last_mut() {
                Some(last) if last.1 == i64::MAX || low <= last.1 + 1 => last.1 = last.1.max(high),
                _ => joined.push((low, high)),
            }
        }
        Self(joined)
    }

    /// The set of `values`, in any order.
    pub(super) fn from_values(values: impl IntoIterator<Item = i64>) -> Self {
        Self::from_ranges(values.into_iter().map(|value| (value, value)).collect())
    }

    /// The intervals.
    pub(super) fn ranges(&self) -> Ranges<'_> {
        &self.0
    }

    pub(super) fn union(&self, other: &Self) -> Self {
        Self::from_ranges([&self.0[..], &other.0[..]].concat())
    }

    pub(super) fn complement(&self) -> Self {
        let mut gaps = Vec::with_capacity(self.0.len() + 1);
        let mut next = Some(i64::MIN);
        for (low, high) in &self.0 {
            if let Some(start) = next.filter(|start| start < low) {
                gaps.push((start, low - 1));
            }
            next = high.checked_add(1);
        }
        gaps.extend(next.map(|start| (start, i64::MAX)));
        Self(gaps)
    }

    pub(super) fn intersection(&self, other: &Self) -> Self {
        self.complement().union(&other.complement()).complement()
    }

    /// The intervals that meet `min..=max`, not cut to it.
    pub(super) fn meeting(&self, min: i64, max: i64) -> Ranges<'_> {
        let first = self.0.partition_point(|(_, high)| *high < min);
        let end = self.0.partition_point(|(low, _)| *low <= max);
        self.0.get(first..end).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_are_those_of_sets_at_the_edges_too() {
        let (min, max) = (i64::MIN, i64::MAX);
        let set = IntervalSet::from_ranges(vec![(5, 9), (min, -3), (10, 10), (max, max)]);
        assert_eq!(set.ranges(), [(min, -3), (5, 10), (max, max)]);
        assert_eq!(set.complement().ranges(), [(-2, 4), (11, max - 1)]);
        assert_eq!(set.complement().complement(), set);
        assert_eq!(IntervalSet::empty().complement().ranges(), [(min, max)]);
        let other = IntervalSet::from_values([4, 5, 6, 11]);
        assert_eq!(set.intersection(&other).ranges(), [(5, 6)]);
        assert_eq!(set.union(&other).ranges(), [(min, -3), (4, 11), (max, max)]);
        assert_eq!(set.meeting(-2, 4), []);
        assert_eq!(set.meeting(10, max), [(5, 10), (max, max)]);
    }

    #[test]
    fn ranges_outside_int64_are_cut() {
        let huge = i128::from(i64::MAX) * 5;
        assert_eq!(
            IntervalSet::range(-huge, huge).ranges(),
            [(i64::MIN, i64::MAX)]
        );
        assert_eq!(IntervalSet::range(huge, huge + 1), IntervalSet::empty());
        assert_eq!(IntervalSet::range(3, 2), IntervalSet::empty());
    }
}
