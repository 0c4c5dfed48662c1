//! Sorted tables of identifiers in memory: what layers and folded runs are made of.
//!
//! Owns the entry, its order, and the look-up in both directions. Must not know of files: they hold
//! the same entries in the same order, so that writing a checkpoint is one merge of streams.

mod entry;
mod merge;
mod sorted;

pub(crate) use self::entry::{Entry, INDEX_MAX, INDEX_PENDING, Link};
pub(crate) use self::merge::{MergeEntries, MergeLinks, merge_sorted};
pub(crate) use self::sorted::{Table, bucket_bits, bucket_of};
