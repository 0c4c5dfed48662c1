//! The worker as the coordinators see it: it announces itself, tells how far it is, learns what
//! to own.
//!
//! Owns ownership: which shards are open here and under which epoch. Speaks to coordinators only
//! through [`Home`].

mod contact;
mod heartbeat;
mod home;
mod owned;
mod register;

pub use self::contact::Contact;
pub use self::heartbeat::Heartbeats;
pub use self::home::{
    Beat, BeatAnswer, Home, HomeError, ManifestCommit, OwnedShard, Registration, ShardProgress,
    TailEntry, TailFrom, TailMessage, TailStream,
};
pub use self::owned::{Owned, Slot};
pub use self::register::register;
