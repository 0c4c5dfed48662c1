//! OneID: the number of a person, packed so that its order is (shard, ordinal).

use std::{fmt, num::NonZeroU16, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::limits::SHARDS_MAX;

/// Position of a person within its shard: dense from 0, never reused; a bitmap position.
pub type Ordinal = u32;

/// Number of a shard, 1 to 32,767.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u16", into = "u16")]
pub struct ShardId(NonZeroU16);

impl ShardId {
    /// `None` outside 1 to 32,767.
    pub fn new(number: u16) -> Option<Self> {
        if number > SHARDS_MAX {
            return None;
        }
        NonZeroU16::new(number).map(Self)
    }

    /// The number, 1 to 32,767.
    pub fn get(self) -> u16 {
        self.0.get()
    }

    /// All shards of a cluster with `count` shards, in order.
    pub fn all(count: u16) -> impl Iterator<Item = Self> {
        (1..=count.min(SHARDS_MAX)).filter_map(Self::new)
    }
}

impl TryFrom<u16> for ShardId {
    type Error = String;

    fn try_from(number: u16) -> Result<Self, String> {
        Self::new(number).ok_or_else(|| format!("shard number {number} is outside 1 to 32767"))
    }
}

impl From<ShardId> for u16 {
    fn from(shard: ShardId) -> Self {
        shard.get()
    }
}

impl fmt::Display for ShardId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A person: `shard << 32 | ordinal` as a positive Int64. 0 never occurs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct OneId(i64);

impl OneId {
    /// Packs a shard and an ordinal.
    pub fn new(shard: ShardId, ordinal: Ordinal) -> Self {
        Self(i64::from(shard.get()) << 32 | i64::from(ordinal))
    }

    /// `None` where `raw` names no shard.
    pub fn from_i64(raw: i64) -> Option<Self> {
        let shard = u16::try_from(raw >> 32).ok().and_then(ShardId::new)?;
        Some(Self::new(shard, (raw & 0xffff_ffff) as u32))
    }

    /// The packed number.
    pub fn get(self) -> i64 {
        self.0
    }

    /// The shard that holds the person.
    pub fn shard(self) -> ShardId {
        let number = NonZeroU16::new((self.0 >> 32) as u16).expect("built from a shard");
        ShardId(number)
    }

    /// The person's position in its shard.
    pub fn ordinal(self) -> Ordinal {
        (self.0 & 0xffff_ffff) as u32
    }
}

impl TryFrom<i64> for OneId {
    type Error = String;

    fn try_from(raw: i64) -> Result<Self, String> {
        Self::from_i64(raw).ok_or_else(|| format!("{raw} is not a OneID"))
    }
}

impl From<OneId> for i64 {
    fn from(id: OneId) -> Self {
        id.0
    }
}

impl fmt::Display for OneId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for OneId {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let raw: i64 = text
            .parse()
            .map_err(|_| format!("`{text}` is not a OneID"))?;
        Self::try_from(raw)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_is_shard_then_ordinal_and_the_number_is_positive() {
        let shard = |n| ShardId::new(n).expect("inside");
        let a = OneId::new(shard(1), u32::MAX);
        let b = OneId::new(shard(2), 0);
        let c = OneId::new(shard(32_767), u32::MAX);
        assert!(a < b && b < c && a.get() > 0);
        for id in [a, b, c] {
            assert_eq!(OneId::from_i64(id.get()), Some(id));
            assert_eq!(OneId::new(id.shard(), id.ordinal()), id);
        }
        for bad in [0, -1, i64::MAX, u32::MAX.into()] {
            assert_eq!(OneId::from_i64(bad), None, "{bad}");
        }
    }
}
