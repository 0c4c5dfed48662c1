//! `PeopleList`: many OneIDs in an entry, two or three bytes each.
//!
//! Owns the encoding alone: ascending OneIDs as LEB128 differences, the first one from 0.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::id::OneId;

/// Ascending, distinct OneIDs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PeopleList(Vec<OneId>);

impl PeopleList {
    /// The list of `people`, in any order.
    pub fn new(people: impl IntoIterator<Item = OneId>) -> Self {
        let mut people: Vec<OneId> = people.into_iter().collect();
        people.sort_unstable();
        people.dedup();
        Self(people)
    }

    /// Ascending.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = OneId> + '_ {
        self.0.iter().copied()
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether nobody is in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.0.len() * 3);
        let mut last = 0;
        for person in &self.0 {
            let mut rest = person.get().cast_unsigned() - last;
            last = person.get().cast_unsigned();
            while rest >= 0x80 {
                bytes.push((rest & 0x7f) as u8 | 0x80);
                rest >>= 7;
            }
            bytes.push(rest as u8);
        }
        bytes
    }

    /// `None` for bytes that no list is encoded as.
    fn decode(bytes: &[u8]) -> Option<Self> {
        let mut people = Vec::new();
        let (mut last, mut rest, mut shift) = (0u64, 0u64, 0);
        for byte in bytes {
            let part = u64::from(byte & 0x7f);
            if shift > 56 {
                return None;
            }
            rest |= part << shift;
            shift += 7;
            if byte & 0x80 == 0 {
                last = last.checked_add(rest).filter(|_| rest > 0)?;
                people.push(OneId::from_i64(i64::try_from(last).ok()?)?);
                (rest, shift) = (0, 0);
            }
        }
        (shift == 0).then_some(Self(people))
    }
}

impl Serialize for PeopleList {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.encode())
    }
}

impl<'de> Deserialize<'de> for PeopleList {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Bytes;
        impl de::Visitor<'_> for Bytes {
            type Value = PeopleList;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a list of people")
            }
            fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<PeopleList, E> {
                PeopleList::decode(bytes).ok_or_else(|| E::custom("not a list of people"))
            }
        }
        deserializer.deserialize_bytes(Bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{catalog::codec, id::ShardId};

    #[test]
    fn lists_round_trip_in_few_bytes() {
        let person = |n: u32| {
            let shard = ShardId::new((n % 4) as u16 + 1).expect("a shard");
            OneId::new(shard, n * 7)
        };
        let list = PeopleList::new((0..1_000).rev().map(person));
        assert_eq!(list.len(), 1_000);
        let bytes = codec::encode(&list);
        assert!(bytes.len() < 1_100, "{} bytes", bytes.len());
        let read: PeopleList = codec::decode(&bytes, "list").expect("just encoded");
        assert_eq!(read, list);
        assert!(read.iter().is_sorted());
        let empty: PeopleList =
            codec::decode(&codec::encode(&PeopleList::default()), "list").expect("just encoded");
        assert!(empty.is_empty());
    }

    #[test]
    fn damage_is_an_error_or_another_list() {
        let shard = ShardId::new(2).expect("a shard");
        let list = PeopleList::new((0..50).map(|n| OneId::new(shard, n * n)));
        let bytes = codec::encode(&list);
        for bit in 0..bytes.len() * 8 {
            let mut damaged = bytes.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            let _ = codec::decode::<PeopleList>(&damaged, "list");
        }
        for cut in 0..bytes.len() {
            let _ = codec::decode::<PeopleList>(&bytes[..cut], "list");
        }
    }
}
