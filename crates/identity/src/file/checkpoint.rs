//! `Checkpoint`: the files of one checkpoint, opened.

use std::path::Path;

use tagma_core::OneId;

use super::files::is_map_file;
use super::footer::Kind;
use super::forward::Forward;
use super::pages::Pages;
use super::reverse::Reverse;
use super::{CheckpointFiles, Error, state};
use crate::forest::Forest;
use crate::key::{IdentifierHash, KeyFingerprint};
use crate::map::Days;
use crate::resolve::CreationOrder;
use crate::table::{Entry, Link, bucket_of};

/// An immutable identity map on disk, mapped into memory.
///
/// Opening reads footers, page tables and the state file; entries are verified page by page when
/// they are first touched, so it takes the same time at any size of cache.
#[derive(Debug)]
pub struct Checkpoint {
    files: CheckpointFiles,
    partition_bits: u32,
    forward: Vec<Forward>,
    reverse: Vec<Reverse>,
    order: CreationOrder,
    forest: Forest,
    days: Days,
    state_bytes: usize,
}

impl Checkpoint {
    /// Opens the files in `dir`, which must be those of `files` and of the key `expected`.
    ///
    /// # Errors
    /// [`Error`], naming the file.
    pub fn open(
        dir: &Path,
        files: &CheckpointFiles,
        expected: KeyFingerprint,
    ) -> Result<Self, Error> {
        if files.fingerprint != expected {
            return Err(Error::OtherKey {
                found: files.fingerprint,
                expected,
            });
        }
        let (mut forward, mut reverse, mut state) = (Vec::new(), Vec::new(), None);
        for file in &files.files {
            if !is_map_file(&file.name) {
                return Err(Error::corrupt(&file.name, "not the name of a map file"));
            }
            let pages = Pages::open(dir, &file.name, file.bytes)?;
            let footer = *pages.footer();
            let next = match footer.kind {
                Kind::Forward => forward.len(),
                Kind::Reverse => reverse.len(),
                Kind::State => usize::from(state.is_some()),
            };
            let fits = footer.index == files.index && footer.fingerprint == files.fingerprint;
            if !fits || footer.partition as usize != next {
                return Err(pages.corrupt("it belongs to another checkpoint or place"));
            }
            match footer.kind {
                Kind::Forward => forward.push(Forward::open(pages)?),
                Kind::Reverse => reverse.push(Reverse::open(pages)?),
                Kind::State => state = Some(pages),
            }
        }
        let incomplete = || Error::corrupt("the list of files", "a file of it is missing");
        let state = state.ok_or_else(incomplete)?;
        let partition_bits = check_complete(files, &forward, &reverse).ok_or_else(incomplete)?;
        let (order, forest, days) = state::read(&state)?;
        if order.count() != files.creation_count {
            return Err(state.corrupt("it counts other people than the list of files"));
        }
        Ok(Self {
            files: files.clone(),
            partition_bits,
            forward,
            reverse,
            order,
            forest,
            days,
            state_bytes: state.body_bytes(),
        })
    }

    /// What it consists of.
    pub fn files(&self) -> &CheckpointFiles {
        &self.files
    }

    /// Who was created when.
    pub fn creation_order(&self) -> &CreationOrder {
        &self.order
    }

    /// Merges up to its index.
    pub fn forest(&self) -> &Forest {
        &self.forest
    }

    /// On which day each index was committed.
    pub(crate) fn days(&self) -> &Days {
        &self.days
    }

    /// Bytes on the heap.
    pub fn memory_bytes(&self) -> usize {
        let forward = self.forward.iter().map(Forward::pages);
        let pages = forward.chain(self.reverse.iter().map(Reverse::pages));
        pages.map(Pages::memory_bytes).sum::<usize>() + self.state_bytes
    }

    /// Reads every page of every file: finds damage before a look-up does.
    ///
    /// # Errors
    /// [`Error::Corrupt`] naming the file.
    pub fn verify(&self) -> Result<(), Error> {
        let forward = self.forward.iter().map(Forward::pages);
        for pages in forward.chain(self.reverse.iter().map(Reverse::pages)) {
            pages.read(0, pages.body_bytes())?;
        }
        Ok(())
    }

    /// The newest entry of a hash with an index at or below `at`.
    pub(crate) fn find(&self, high: u64, low: u64, at: u64) -> Result<Option<Entry>, Error> {
        self.find_in(self.bucket(high)?, high, low, at)
    }

    /// Encoded entries of the bucket that a hash falls into.
    #[inline]
    pub(crate) fn bucket(&self, high: u64) -> Result<&[[u8; Entry::BYTES]], Error> {
        match self.forward.get(bucket_of(high, self.partition_bits)) {
            Some(file) => file.bucket(high),
            None => Ok(&[]),
        }
    }

    /// [`Checkpoint::find`] within the bucket of the hash.
    #[inline]
    pub(crate) fn find_in(
        &self,
        bucket: &[[u8; Entry::BYTES]],
        high: u64,
        low: u64,
        at: u64,
    ) -> Result<Option<Entry>, Error> {
        let wanted = IdentifierHash::from_parts(high, low).0;
        match self.forward.get(bucket_of(high, self.partition_bits)) {
            Some(file) => file.find_in(bucket, &wanted, at),
            None => Ok(None),
        }
    }

    /// Adds all entries of one origin to `entries`.
    pub(crate) fn entries_of(&self, origin: OneId, entries: &mut Vec<Entry>) -> Result<(), Error> {
        for file in self.reverse.iter().filter(|file| file.may_hold(origin)) {
            let mut prefixes = file.prefixes_of(origin)?;
            prefixes.dedup();
            for prefix in prefixes {
                let partition = bucket_of(prefix, self.partition_bits);
                let found = match self.forward.get(partition) {
                    Some(forward) => forward.with_prefix(prefix)?,
                    None => Vec::new(),
                };
                let before = entries.len();
                entries.extend(found.into_iter().filter(|entry| entry.origin == origin));
                if entries.len() == before {
                    return Err(file
                        .pages()
                        .corrupt("a link to an identifier that is not there"));
                }
            }
        }
        Ok(())
    }

    /// All entries in hash order: partitions are ranges of it.
    pub(crate) fn entries(&self) -> impl Iterator<Item = Result<Entry, Error>> + '_ {
        self.forward.iter().flat_map(Forward::entries)
    }

    /// All links in OneID order.
    pub(crate) fn links(&self) -> impl Iterator<Item = Result<Link, Error>> + '_ {
        self.reverse.iter().flat_map(Reverse::links)
    }
}

/// The partition bits if every partition and every identifier is there, in both directions.
fn check_complete(
    files: &CheckpointFiles,
    forward: &[Forward],
    reverse: &[Reverse],
) -> Option<u32> {
    let count = |pages: &Pages| pages.footer().records;
    let entries: u64 = forward.iter().map(|file| count(file.pages())).sum();
    let links: u64 = reverse.iter().map(|file| count(file.pages())).sum();
    let bits = forward.first()?.pages().footer().partition_bits;
    let complete = 1usize.checked_shl(bits) == Some(forward.len())
        && forward
            .iter()
            .all(|file| file.pages().footer().partition_bits == bits);
    (complete && entries == files.identifiers && links == files.identifiers).then_some(bits)
}
