//! People: which records are the same person, and how that is kept.
//!
//! Owns identifier rules ([`mod@normalize`]), keyed hashes ([`key`]), what one batch adds
//! ([`layer`]), the map from identifier to origin OneID with its files ([`map`],
//! [`file`](mod@file)), the forest of merges ([`forest`]), the decision who a record is
//! ([`resolve`]) and what an operator changes about people ([`operate`]). Must not touch the
//! network, read a clock or be `async`; raw identifier values never leave [`mod@normalize`].
//!
//! The way of a record: text → [`TypeRule`] → [`HashKey`] → [`Resolver`] → [`Layer`] →
//! [`IdentityMap`] → [`write_checkpoint`].

mod codec;
pub mod file;
pub mod forest;
pub mod key;
pub mod layer;
pub mod map;
pub mod normalize;
pub mod operate;
pub mod resolve;
mod table;

pub use self::file::{
    Checkpoint, CheckpointFile, CheckpointFiles, create_key_file, load_key_file, read_map_file,
    receive_file, remove_others, verify_files, write_checkpoint,
};
pub use self::forest::{Edge, Evidence, Forest, ForestChange};
pub use self::key::{HashKey, IdentifierHash, KeyFingerprint};
pub use self::layer::{Layer, LayerBuilder, NewIdentifier};
pub use self::map::{Attached, IdentityMap, Origin, utc_day};
pub use self::normalize::{NORMALIZE_VERSION, Normalized, TypeRule, normalize};
pub use self::resolve::{
    CreationOrder, DropReason, Dropped, Merge, Placement, RecordIdentifier, Records, Rejection,
    Resolution, Resolved, Resolver, RuleCounts, Rules,
};
