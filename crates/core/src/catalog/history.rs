//! A definition through time: what held at an index.

use imbl::Vector;
use serde::{Deserialize, Serialize};

use crate::id::LogIndex;

/// Values of one definition, each from an index on; `None` from a deletion on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(bound(
    serialize = "T: Serialize + Clone",
    deserialize = "T: Deserialize<'de> + Clone"
))]
pub struct History<T: Clone> {
    versions: Vector<(LogIndex, Option<T>)>,
}

impl<T: Clone> Default for History<T> {
    fn default() -> Self {
        Self {
            versions: Vector::new(),
        }
    }
}

impl<T: Clone> History<T> {
    /// Sets the value from `index` on; `index` must not be below the last one.
    pub fn set(&mut self, index: LogIndex, value: Option<T>) {
        self.versions.push_back((index, value));
    }

    /// What holds now.
    pub fn current(&self) -> Option<&T> {
        self.versions.last().and_then(|(_, value)| value.as_ref())
    }

    /// What held at `index`.
    pub fn at(&self, index: LogIndex) -> Option<&T> {
        let newest = self.versions.iter().rev().find(|(from, _)| *from <= index);
        newest.and_then(|(_, value)| value.as_ref())
    }

    /// Forgets what no index from `floor` on can read.
    pub fn forget_below(&mut self, floor: LogIndex) {
        while self.versions.get(1).is_some_and(|(from, _)| *from <= floor) {
            self.versions.pop_front();
        }
    }

    /// Every kept (index, value), oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (LogIndex, Option<&T>)> {
        self.versions
            .iter()
            .map(|(from, value)| (*from, value.as_ref()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_held_and_forgets_only_what_nobody_can_read() {
        let mut history = History::default();
        history.set(LogIndex(3), Some("a"));
        history.set(LogIndex(5), Some("b"));
        history.set(LogIndex(9), None);
        let read = |h: &History<&'static str>, i| h.at(LogIndex(i)).copied();
        assert_eq!(
            [2, 3, 4, 5, 8, 9].map(|i| read(&history, i)),
            [None, Some("a"), Some("a"), Some("b"), Some("b"), None]
        );
        history.forget_below(LogIndex(6));
        assert_eq!(
            [4, 6, 8, 9].map(|i| read(&history, i)),
            [None, Some("b"), Some("b"), None]
        );
    }
}
