//! A finished set of people of one shard: what an evaluation hands out.

use std::io;

use roaring::RoaringBitmap;
use tagma_core::ErrorKind;

use crate::chunk::{ChunkSet, join, split};

/// Ordinals of one shard.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct OrdinalSet(RoaringBitmap);

/// Bytes are not a Roaring bitmap in the portable format.
#[derive(Debug, thiserror::Error)]
#[error("not a Roaring bitmap in the portable format")]
pub struct InvalidSet(#[source] io::Error);

impl InvalidSet {
    /// What the caller should do.
    pub fn kind(&self) -> ErrorKind {
        ErrorKind::Corrupt
    }
}

impl OrdinalSet {
    /// The empty set.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the people of a chunk. Cheapest in ascending order of chunks.
    pub(crate) fn insert_chunk(&mut self, chunk: u32, set: &ChunkSet) {
        match set.prefix() {
            Some(0) => {}
            Some(len) => {
                self.0
                    .insert_range(join(chunk, 0)..=join(chunk, (len - 1) as u16));
            }
            None => {
                let bytes: Vec<u8> = set.word_values().flat_map(u64::to_le_bytes).collect();
                self.0 |= RoaringBitmap::from_lsb0_bytes(join(chunk, 0), &bytes);
            }
        }
    }

    /// Number of people.
    pub fn len(&self) -> u64 {
        self.0.len()
    }

    /// Whether nobody is in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a person is in it.
    pub fn contains(&self, ordinal: u32) -> bool {
        self.0.contains(ordinal)
    }

    /// Ordinals, ascending.
    pub fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        self.0.iter()
    }

    /// Ordinals from `start` on, ascending: where a cursor goes on.
    pub fn iter_from(&self, start: u32) -> impl Iterator<Item = u32> + '_ {
        self.0.range(start..)
    }

    /// Makes `into` the positions of its people in one chunk, ascending.
    pub fn positions(&self, chunk: u32, into: &mut Vec<u16>) {
        into.clear();
        let range = join(chunk, 0)..=join(chunk, u16::MAX);
        into.extend(self.0.range(range).map(|ordinal| split(ordinal).1));
    }

    /// `self ∩ other`.
    pub fn and(&mut self, other: &Self) {
        self.0 &= &other.0;
    }

    /// `self ∪ other`.
    pub fn or(&mut self, other: &Self) {
        self.0 |= &other.0;
    }

    /// The set in the portable Roaring format.
    pub fn serialize(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.0.serialized_size());
        self.0
            .serialize_into(&mut bytes)
            .expect("a vector takes every write");
        bytes
    }

    /// Reads the portable Roaring format, checking all of it.
    ///
    /// # Errors
    /// [`InvalidSet`], also where bytes are left over.
    pub fn deserialize(mut bytes: &[u8]) -> Result<Self, InvalidSet> {
        let bitmap = RoaringBitmap::deserialize_from(&mut bytes).map_err(InvalidSet)?;
        if bytes.is_empty() {
            return Ok(Self(bitmap));
        }
        let left_over = io::Error::new(io::ErrorKind::InvalidData, "bytes left over");
        Err(InvalidSet(left_over))
    }
}

impl FromIterator<u32> for OrdinalSet {
    fn from_iter<I: IntoIterator<Item = u32>>(ordinals: I) -> Self {
        Self(ordinals.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_survives_bytes_and_keeps_its_order() {
        let set: OrdinalSet = [7, 1, 65_535, 65_536, u32::MAX].into_iter().collect();
        let bytes = set.serialize();
        let back = OrdinalSet::deserialize(&bytes).expect("own bytes");
        assert_eq!(back, set);
        let ordinals: Vec<_> = back.iter().collect();
        assert_eq!(ordinals, [1, 7, 65_535, 65_536, u32::MAX]);
        assert_eq!(back.iter_from(8).next(), Some(65_535));
        let mut positions = vec![3];
        back.positions(0, &mut positions);
        assert_eq!(positions, [1, 7, 65_535]);
        back.positions(1, &mut positions);
        assert_eq!(positions, [0]);
        assert!(back.contains(7) && !back.contains(8) && back.len() == 5);
    }

    #[test]
    fn damaged_bytes_are_an_error() {
        let set: OrdinalSet = (0..10_000).step_by(3).collect();
        let bytes = set.serialize();
        for len in 0..bytes.len().min(300) {
            assert!(OrdinalSet::deserialize(&bytes[..len]).is_err(), "{len}");
        }
        let mut longer = bytes.clone();
        longer.push(0);
        let error = OrdinalSet::deserialize(&longer).expect_err("left over");
        assert_eq!(error.kind(), ErrorKind::Corrupt);
    }

    #[test]
    fn and_or_are_those_of_sets() {
        let (a, b): (OrdinalSet, OrdinalSet) = ((0..10).collect(), (5..15).collect());
        let (mut both, mut either) = (a.clone(), a.clone());
        both.and(&b);
        either.or(&b);
        assert!(both.iter().eq(5..10) && either.iter().eq(0..15));
    }
}
