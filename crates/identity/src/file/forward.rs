//! Forward files: entries in hash order and a bucket directory; one file per hash prefix.
//!
//! Body: entries of 32 bytes, zeros to the end of the page, then u32 positions of the buckets.

use std::path::Path;

use tagma_core::LogIndex;

use super::footer::{Footer, Kind, PAGE_BYTES};
use super::pages::Pages;
use super::writer::Writer;
use super::{CheckpointFile, Error};
use crate::key::KeyFingerprint;
use crate::table::{Entry, bucket_bits, bucket_of};

/// Buckets are counted at this resolution while the number of entries is not known yet.
const COUNTED_BITS: u32 = 18;

/// Entries decoded at a time when a file is read from end to end.
const PAGE_ENTRIES: usize = PAGE_BYTES / Entry::BYTES;

/// One partition of a checkpoint.
#[derive(Debug)]
pub(super) struct Forward {
    pages: Pages,
    entries: usize,
    directory_at: usize,
}

/// The bits of a hash below those that choose the partition.
#[inline]
fn below_partition(high: u64, partition_bits: u32) -> u64 {
    high << partition_bits
}

impl Forward {
    pub(super) fn open(pages: Pages) -> Result<Self, Error> {
        let footer = pages.footer();
        let entries = usize::try_from(footer.records).ok();
        let directory_at = entries
            .and_then(|entries| entries.checked_mul(Entry::BYTES))
            .and_then(|bytes| bytes.checked_next_multiple_of(PAGE_BYTES));
        let directory_bytes = 1usize
            .checked_shl(footer.bucket_bits)
            .filter(|_| footer.bucket_bits <= COUNTED_BITS)
            .map(|buckets| (buckets + 1) * 4);
        match (entries, directory_at, directory_bytes) {
            (Some(entries), Some(at), Some(bytes))
                if at.checked_add(bytes) == Some(pages.body_bytes()) =>
            {
                Ok(Self {
                    pages,
                    entries,
                    directory_at: at,
                })
            }
            _ => Err(pages.corrupt("its counts do not fit its size")),
        }
    }

    pub(super) fn pages(&self) -> &Pages {
        &self.pages
    }

    /// Bytes of the entries in the bucket of a hash of this partition.
    #[inline]
    pub(super) fn bucket(&self, high: u64) -> Result<&[[u8; Entry::BYTES]], Error> {
        let footer = self.pages.footer();
        let below = below_partition(high, footer.partition_bits);
        let bucket = bucket_of(below, footer.bucket_bits);
        let bounds = self.pages.read(self.directory_at + bucket * 4, 8)?;
        let (words, _) = bounds.as_chunks::<4>();
        let (from, to) = match words {
            [from, to] => (u32::from_le_bytes(*from), u32::from_le_bytes(*to)),
            _ => (0, 0),
        };
        if from > to || to as usize > self.entries {
            return Err(self.pages.corrupt("a bucket beyond its entries"));
        }
        let length = (to - from) as usize * Entry::BYTES;
        let bytes = self.pages.read(from as usize * Entry::BYTES, length)?;
        Ok(bytes.as_chunks().0)
    }

    fn decode(&self, bytes: &[u8; Entry::BYTES]) -> Result<Entry, Error> {
        Entry::from_bytes(bytes).ok_or_else(|| self.pages.corrupt("an entry without a OneID"))
    }

    /// The newest entry of a hash with an index at or below `at`, in the hash's bucket.
    #[inline]
    pub(super) fn find_in(
        &self,
        bucket: &[[u8; Entry::BYTES]],
        wanted: &[u8; 16],
        at: u64,
    ) -> Result<Option<Entry>, Error> {
        for bytes in bucket {
            if bytes[..16] == *wanted {
                let entry = self.decode(bytes)?;
                if entry.index() <= at {
                    return Ok(Some(entry));
                }
            }
        }
        Ok(None)
    }

    /// All entries whose hash starts with `prefix`.
    pub(super) fn with_prefix(&self, prefix: u64) -> Result<Vec<Entry>, Error> {
        let same = self.bucket(prefix)?.iter();
        same.filter(|bytes| bytes[..8] == prefix.to_be_bytes())
            .map(|bytes| self.decode(bytes))
            .collect()
    }

    /// All entries in hash order.
    pub(super) fn entries(&self) -> impl Iterator<Item = Result<Entry, Error>> + '_ {
        let starts = (0..self.entries).step_by(PAGE_ENTRIES);
        starts.flat_map(move |start| {
            let count = PAGE_ENTRIES.min(self.entries - start);
            let page = self.pages.read(start * Entry::BYTES, count * Entry::BYTES);
            let (bytes, failed) = match page {
                Ok(bytes) => (bytes, None),
                Err(error) => (&[][..], Some(Err(error))),
            };
            let (entries, _) = bytes.as_chunks::<{ Entry::BYTES }>();
            let decoded = entries.iter().map(|bytes| self.decode(bytes));
            failed.into_iter().chain(decoded)
        })
    }
}

/// Writes the forward files of a checkpoint from one stream in hash order.
pub(super) struct ForwardWriter<'a> {
    dir: &'a Path,
    index: LogIndex,
    fingerprint: KeyFingerprint,
    partition_bits: u32,
    finished: Vec<CheckpointFile>,
    current: Partition,
}

/// The file that is being written.
struct Partition {
    writer: Writer,
    records: u64,
    /// Entries before each bucket once summed up, bucket by bucket until then.
    counts: Vec<u32>,
}

impl Partition {
    fn create(dir: &Path, index: LogIndex, number: usize) -> Result<Self, Error> {
        let name = format!("identity-{:010x}-forward-{number:05}.tgm", index.0);
        Ok(Self {
            writer: Writer::create(dir, name)?,
            records: 0,
            counts: vec![0; (1 << COUNTED_BITS) + 1],
        })
    }

    /// Writes the directory at the resolution that fits the number of entries.
    fn write_directory(&mut self) -> Result<u32, Error> {
        let bits = bucket_bits(self.records as usize).min(COUNTED_BITS);
        self.writer.pad_page()?;
        let mut before = 0u32;
        for (number, count) in self.counts.iter().enumerate() {
            before += count;
            if number % (1 << (COUNTED_BITS - bits)) == 0 {
                self.writer.write(&before.to_le_bytes())?;
            }
        }
        Ok(bits)
    }
}

impl<'a> ForwardWriter<'a> {
    pub(super) fn new(
        dir: &'a Path,
        index: LogIndex,
        fingerprint: KeyFingerprint,
        partition_bits: u32,
    ) -> Result<Self, Error> {
        Ok(Self {
            dir,
            index,
            fingerprint,
            partition_bits,
            finished: Vec::new(),
            current: Partition::create(dir, index, 0)?,
        })
    }

    /// Adds the next entry; a partition holds at most 2³² − 1.
    #[inline]
    pub(super) fn push(&mut self, entry: &Entry) -> Result<(), Error> {
        let number = bucket_of(entry.high, self.partition_bits);
        while self.finished.len() < number {
            let next = Partition::create(self.dir, self.index, self.finished.len() + 1)?;
            let done = std::mem::replace(&mut self.current, next);
            self.seal(done)?;
        }
        let below = below_partition(entry.high, self.partition_bits);
        // One place on, so that the sum up to a bucket counts the entries before it.
        self.current.counts[bucket_of(below, COUNTED_BITS) + 1] += 1;
        self.current.records += 1;
        self.current.writer.write(&entry.to_bytes())
    }

    /// The files of all partitions, empty ones included.
    pub(super) fn finish(mut self) -> Result<Vec<CheckpointFile>, Error> {
        for number in self.finished.len() + 1..1 << self.partition_bits {
            let next = Partition::create(self.dir, self.index, number)?;
            let done = std::mem::replace(&mut self.current, next);
            self.seal(done)?;
        }
        let (partition_bits, index) = (self.partition_bits, self.index);
        let number = self.finished.len();
        let last = seal(
            self.current,
            number,
            partition_bits,
            index,
            self.fingerprint,
        )?;
        self.finished.push(last);
        Ok(self.finished)
    }

    fn seal(&mut self, partition: Partition) -> Result<(), Error> {
        let number = self.finished.len();
        let (bits, index) = (self.partition_bits, self.index);
        let file = seal(partition, number, bits, index, self.fingerprint)?;
        self.finished.push(file);
        Ok(())
    }
}

fn seal(
    mut partition: Partition,
    number: usize,
    partition_bits: u32,
    index: LogIndex,
    fingerprint: KeyFingerprint,
) -> Result<CheckpointFile, Error> {
    let bucket_bits = partition.write_directory()?;
    partition.writer.finish(Footer {
        kind: Kind::Forward,
        partition: number as u32,
        partition_bits,
        bucket_bits,
        index,
        fingerprint,
        records: partition.records,
        first: 0,
        last: 0,
    })
}
