//! The durable object store of Tagma: where bytes are when an acknowledgement says "durable".
//!
//! Owns:
//! - [`DurableLocal`], an `object_store::ObjectStore` over a directory whose puts, copies and
//!   deletes survive a power cut once they have returned;
//! - [`Store`], the handle that coordinators and workers use: create-only puts whose outcome is
//!   decided by a nonce, verified section reads, the probe that refuses unfit stores;
//! - [`object`], the one frame around every stored object, in which each byte is covered by a
//!   checksum, and [`record`], its form for objects with one section;
//! - [`crash`], the named points at which tests kill the process.
//!
//! Must not know what an object means: keys, section ids and section contents belong to the
//! callers. Knows nothing of Raft, SQL or the network, and never overwrites an object: framed
//! objects are created once and deleted once.

pub mod crash;
mod durable_local;
mod error;
pub mod object;
pub mod record;
mod store;

pub use crash::{CRASH_POINTS, crash_point, init_crash_points};
pub use durable_local::DurableLocal;
pub use error::{Error, Result};
pub use object::{Nonce, ObjectBuilder, ObjectKind, ObjectReader, SectionRef, verify_section};
pub use record::{decode_single, encode_single};
pub use store::{Created, Store};
