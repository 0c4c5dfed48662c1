//! The secret key and the keyed hashes that stand for identifiers everywhere but in raw data.
//!
//! Owns how (type, value) becomes 128 bits. Must not store a value or show the key.

mod hash_key;
mod identifier_hash;

pub use self::hash_key::{HashKey, InvalidKey, KeyFingerprint};
pub use self::identifier_hash::IdentifierHash;
