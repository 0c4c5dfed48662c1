//! Merging sorted streams: two slices in memory, many fallible streams for a checkpoint.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::{Entry, Link};

/// Merges two sorted slices into one sorted vector; equal elements are all kept.
pub(crate) fn merge_sorted<T: Copy + Ord>(a: &[T], b: &[T]) -> Vec<T> {
    let mut merged = Vec::with_capacity(a.len() + b.len());
    let (mut i, mut j) = (0, 0);
    while i < a.len() && j < b.len() {
        if b[j] < a[i] {
            merged.push(b[j]);
            j += 1;
        } else {
            merged.push(a[i]);
            i += 1;
        }
    }
    merged.extend_from_slice(&a[i..]);
    merged.extend_from_slice(&b[j..]);
    merged
}

/// A sorted stream that may fail.
pub(crate) type Source<'a, T, E> = Box<dyn Iterator<Item = Result<T, E>> + 'a>;

/// Merge of streams of entries.
pub(crate) type MergeEntries<'a, E> = Merge<'a, Entry, E>;

/// Merge of streams of links.
pub(crate) type MergeLinks<'a, E> = Merge<'a, Link, E>;

/// Merges sorted streams; the first error ends it.
pub(crate) struct Merge<'a, T: Ord, E> {
    sources: Vec<Source<'a, T, E>>,
    heads: BinaryHeap<Reverse<(T, usize)>>,
    failed: Option<E>,
}

impl<'a, T: Copy + Ord, E> Merge<'a, T, E> {
    pub(crate) fn new(sources: Vec<Source<'a, T, E>>) -> Self {
        let mut merge = Self {
            heads: BinaryHeap::with_capacity(sources.len()),
            sources,
            failed: None,
        };
        for source in 0..merge.sources.len() {
            merge.pull(source);
        }
        merge
    }

    fn pull(&mut self, source: usize) {
        match self.sources[source].next() {
            Some(Ok(item)) => self.heads.push(Reverse((item, source))),
            Some(Err(error)) => self.failed = Some(error),
            None => {}
        }
    }
}

impl<T: Copy + Ord, E> Iterator for Merge<'_, T, E> {
    type Item = Result<T, E>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(error) = self.failed.take() {
            self.heads.clear();
            return Some(Err(error));
        }
        let mut head = self.heads.peek_mut()?;
        let Reverse((item, source)) = *head;
        match self.sources[source].next() {
            Some(Ok(next)) => *head = Reverse((next, source)),
            Some(Err(error)) => self.failed = Some(error),
            None => drop(std::collections::binary_heap::PeekMut::pop(head)),
        }
        Some(Ok(item))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(items: &'static [u32]) -> Source<'static, u32, &'static str> {
        Box::new(items.iter().copied().map(Ok))
    }

    #[test]
    fn many_streams_come_out_in_order_with_duplicates() {
        let sources = vec![source(&[1, 4, 4]), source(&[]), source(&[0, 4, 9])];
        let merged: Result<Vec<u32>, _> = Merge::new(sources).collect();
        assert_eq!(merged, Ok(vec![0, 1, 4, 4, 4, 9]));
        assert_eq!(merge_sorted(&[1, 4, 4], &[0, 4, 9]), [0, 1, 4, 4, 4, 9]);
    }

    #[test]
    fn an_error_ends_the_stream() {
        let broken: Source<'_, u32, &str> = Box::new([Ok(1), Err("broken"), Ok(2)].into_iter());
        let mut merge = Merge::new(vec![source(&[5, 6]), broken]);
        assert_eq!(merge.next(), Some(Ok(1)));
        assert_eq!(merge.next(), Some(Err("broken")));
        assert_eq!(merge.next(), None);
    }
}
