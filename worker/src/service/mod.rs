//! What a worker answers, in domain types: checks who may be answered, then computes.
//!
//! Owns the checks. Knows no wire type.

mod admission;
mod error;
mod jobs;
mod questions;

use std::sync::{Arc, OnceLock};

use tagma_store::Store;

pub use self::admission::Address;
pub use self::error::{Error, Result};
pub use self::jobs::RunTags;
pub use self::questions::{IdentifiersAnswer, Read};
use crate::agent::{Contact, Owned};
use crate::exec::{Pool, SqlThreads};
use crate::tags::Tags;

/// Answers for the shards of this worker.
pub struct Service {
    /// Name of the cluster, once it is known.
    pub cluster_id: Arc<OnceLock<String>>,
    /// When a live leader was last heard of.
    pub contact: Arc<Contact>,
    /// The shards.
    pub owned: Arc<Owned>,
    /// Tag versions.
    pub tags: Arc<Tags>,
    /// Where packs go.
    pub store: Store,
    /// Threads that evaluate.
    pub pool: Arc<Pool>,
    /// Threads that run SQL.
    pub threads: Arc<SqlThreads>,
}
