//! A cache bounded by the weight of what it holds; what was used longest ago leaves first.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;

use parking_lot::Mutex;

struct Held<V> {
    value: V,
    weight: usize,
    age: u64,
}

struct Inner<K, V> {
    by_key: HashMap<K, Held<V>>,
    by_age: BTreeMap<u64, K>,
    weight: usize,
    clock: u64,
}

/// Values by key, together at most `limit` heavy.
pub(super) struct Lru<K, V> {
    limit: usize,
    inner: Mutex<Inner<K, V>>,
}

impl<K: Clone + Eq + Hash, V: Clone> Lru<K, V> {
    pub(super) fn new(limit: usize) -> Self {
        let inner = Inner {
            by_key: HashMap::new(),
            by_age: BTreeMap::new(),
            weight: 0,
            clock: 0,
        };
        Self {
            limit,
            inner: Mutex::new(inner),
        }
    }

    pub(super) fn get(&self, key: &K) -> Option<V> {
        let inner = &mut *self.inner.lock();
        let held = inner.by_key.get_mut(key)?;
        inner.clock += 1;
        if let Some(key) = inner.by_age.remove(&held.age) {
            inner.by_age.insert(inner.clock, key);
        }
        held.age = inner.clock;
        Some(held.value.clone())
    }

    /// Holds `value` from now on; what alone is heavier than the limit is not held.
    pub(super) fn insert(&self, key: K, value: V, weight: usize) {
        let inner = &mut *self.inner.lock();
        inner.remove(&key);
        if weight > self.limit {
            return;
        }
        inner.clock += 1;
        inner.weight += weight;
        let age = inner.clock;
        inner.by_age.insert(age, key.clone());
        inner.by_key.insert(key, Held { value, weight, age });
        while inner.weight > self.limit {
            let Some((_, oldest)) = inner.by_age.first_key_value() else {
                return;
            };
            let oldest = oldest.clone();
            inner.remove(&oldest);
        }
    }

    pub(super) fn weight(&self) -> usize {
        self.inner.lock().weight
    }
}

impl<K: Clone + Eq + Hash, V> Inner<K, V> {
    fn remove(&mut self, key: &K) {
        if let Some(held) = self.by_key.remove(key) {
            self.by_age.remove(&held.age);
            self.weight -= held.weight;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weight_is_bounded_and_the_longest_unused_leaves_first() {
        let cache = Lru::new(10);
        cache.insert('a', 1, 4);
        cache.insert('b', 2, 4);
        assert_eq!(cache.get(&'a'), Some(1));
        cache.insert('c', 3, 4);
        assert_eq!(
            (cache.get(&'a'), cache.get(&'b'), cache.get(&'c')),
            (Some(1), None, Some(3))
        );
        cache.insert('a', 9, 2);
        assert_eq!((cache.weight(), cache.get(&'a')), (6, Some(9)));
        cache.insert('d', 4, 11);
        assert_eq!((cache.get(&'d'), cache.weight()), (None, 6));
        cache.insert('d', 4, 10);
        assert_eq!((cache.get(&'a'), cache.get(&'d')), (None, Some(4)));
    }
}
