//! `IdentifierHash`: 128 bits that stand for one (type, value).

use std::fmt;

/// First 16 bytes of keyed BLAKE3 over (type number u16 LE ‖ normalised bytes).
///
/// Order is that of the bytes. Uniform, so its top bits choose partitions and buckets. Two values
/// share a hash with probability n² / 2¹²⁹: 10⁻²⁰ at a billion identifiers.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IdentifierHash(pub [u8; 16]);

impl IdentifierHash {
    /// The first eight bytes as a number whose order is the hash's.
    pub(crate) fn high(self) -> u64 {
        let [a, b, c, d, e, f, g, h, ..] = self.0;
        u64::from_be_bytes([a, b, c, d, e, f, g, h])
    }

    /// The last eight bytes as a number.
    pub(crate) fn low(self) -> u64 {
        let [.., a, b, c, d, e, f, g, h] = self.0;
        u64::from_be_bytes([a, b, c, d, e, f, g, h])
    }

    /// The inverse of `high` and `low`.
    pub(crate) fn from_parts(high: u64, low: u64) -> Self {
        Self(((u128::from(high) << 64) | u128::from(low)).to_be_bytes())
    }
}

impl fmt::Debug for IdentifierHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Display for IdentifierHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_keep_order_and_round_trip() {
        let mut bytes = [0u8; 16];
        bytes[0] = 0x80;
        bytes[15] = 7;
        let hash = IdentifierHash(bytes);
        assert_eq!((hash.high(), hash.low()), (1 << 63, 7));
        assert_eq!(IdentifierHash::from_parts(hash.high(), hash.low()), hash);
        assert!(IdentifierHash::from_parts(1, 0) > IdentifierHash::from_parts(0, u64::MAX));
        assert_eq!(hash.to_string(), "80000000000000000000000000000007");
    }
}
