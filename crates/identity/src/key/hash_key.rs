//! `HashKey`: the 32 secret bytes, and their public fingerprint.

use std::fmt;

use serde::{Deserialize, Serialize};
use tagma_core::ErrorKind;

use super::IdentifierHash;

/// Context of the fingerprint's derivation: a domain of its own, apart from identifiers.
const FINGERPRINT_CONTEXT: &str = "tagma identity hash key fingerprint v1";

/// Longest value that is hashed from the stack; longer ones go through the streaming hasher.
const STACK_VALUE_BYTES: usize = 254;

/// The secret of a cluster: without it nobody can tell which value a hash stands for.
///
/// Lives in a file outside data, log and backups; `Debug` shows the fingerprint only.
#[derive(Clone, PartialEq, Eq)]
pub struct HashKey([u8; 32]);

/// Sixteen public bytes that name a [`HashKey`]: in the catalog and in every map file.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct KeyFingerprint(pub [u8; 16]);

/// Why bytes are not a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidKey {
    /// A key has 32 bytes.
    #[error("a hash key has 32 bytes, this has {0}")]
    Length(usize),
    /// All bytes are zero: an empty file padded, never a drawn key.
    #[error("the hash key is all zero")]
    Zero,
}

impl InvalidKey {
    /// Always [`ErrorKind::Invalid`]: give the key of this cluster.
    pub fn kind(self) -> ErrorKind {
        ErrorKind::Invalid
    }
}

impl HashKey {
    /// Takes 32 secret bytes.
    ///
    /// # Errors
    /// [`InvalidKey`] for another length or all zero.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, InvalidKey> {
        let key: [u8; 32] = bytes
            .try_into()
            .map_err(|_| InvalidKey::Length(bytes.len()))?;
        if key == [0; 32] {
            return Err(InvalidKey::Zero);
        }
        Ok(Self(key))
    }

    /// The secret, for the key file.
    pub(crate) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// What may be shown and stored beside data.
    pub fn fingerprint(&self) -> KeyFingerprint {
        let derived = blake3::derive_key(FINGERPRINT_CONTEXT, &self.0);
        let mut first = [0; 16];
        first.copy_from_slice(&derived[..16]);
        KeyFingerprint(first)
    }

    /// The hash of a normalised value of identifier type `type_number`.
    pub fn hash(&self, type_number: u16, normalized: &[u8]) -> IdentifierHash {
        let number = type_number.to_le_bytes();
        let digest = if normalized.len() <= STACK_VALUE_BYTES {
            let mut input = [0u8; STACK_VALUE_BYTES + 2];
            input[..2].copy_from_slice(&number);
            input[2..2 + normalized.len()].copy_from_slice(normalized);
            blake3::keyed_hash(&self.0, &input[..2 + normalized.len()])
        } else {
            let mut hasher = blake3::Hasher::new_keyed(&self.0);
            hasher.update(&number).update(normalized);
            hasher.finalize()
        };
        let mut first = [0; 16];
        first.copy_from_slice(&digest.as_bytes()[..16]);
        IdentifierHash(first)
    }
}

impl fmt::Debug for HashKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HashKey(fingerprint {})", self.fingerprint())
    }
}

impl fmt::Debug for KeyFingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Display for KeyFingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl TryFrom<String> for KeyFingerprint {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let mut bytes = [0; 16];
        hex::decode_to_slice(&text, &mut bytes)
            .map_err(|_| format!("`{text}` is not a key fingerprint: 32 hexadecimal digits"))?;
        Ok(Self(bytes))
    }
}

impl From<KeyFingerprint> for String {
    fn from(fingerprint: KeyFingerprint) -> Self {
        fingerprint.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> HashKey {
        HashKey::from_bytes(&[7; 32]).expect("32 bytes")
    }

    #[test]
    fn hash_is_keyed_blake3_of_type_and_value_at_any_length() {
        for length in [0, 1, 61, 62, 63, 254, 255, 5_000] {
            let value = vec![b'x'; length];
            let mut input = vec![2, 1];
            input.extend_from_slice(&value);
            let expected = blake3::keyed_hash(&[7; 32], &input);
            assert_eq!(key().hash(0x0102, &value).0, expected.as_bytes()[..16]);
        }
        assert_ne!(key().hash(1, b"a"), key().hash(2, b"a"));
    }

    #[test]
    fn bad_keys_are_refused_and_the_secret_is_never_shown() {
        assert_eq!(HashKey::from_bytes(&[1; 31]), Err(InvalidKey::Length(31)));
        assert_eq!(HashKey::from_bytes(&[0; 32]), Err(InvalidKey::Zero));
        let shown = format!("{:?}", key());
        assert!(!shown.contains("0707") && shown.contains(&key().fingerprint().to_string()));
        let other = HashKey::from_bytes(&[8; 32]).expect("32 bytes");
        assert_ne!(other.fingerprint(), key().fingerprint());
    }

    #[test]
    fn fingerprints_round_trip_as_text() {
        let fingerprint = key().fingerprint();
        assert_eq!(
            KeyFingerprint::try_from(fingerprint.to_string()),
            Ok(fingerprint)
        );
        assert!(KeyFingerprint::try_from("zz".to_owned()).is_err());
    }
}
