//! The worker as the coordinators see it: it announces itself, tells how far it is, learns what
//! to own.
//!
//! Owns ownership: which shards are open here and under which epoch. Speaks to coordinators only
//! through [`Home`].

mod home;

pub use self::home::{
    Beat, BeatAnswer, Home, HomeError, ManifestCommit, OwnedShard, Registration, ShardProgress,
    TailEntry, TailFrom, TailMessage, TailStream,
};
