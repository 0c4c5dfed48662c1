//! Tag runs over one shard.

use bytes::Bytes;
use tagma_core::catalog::{JobId, codec};
use tagma_core::job::TagJobSpec;
use tagma_core::{AsOf, ShardEpoch, ShardId};

use super::Service;
use super::admission::Address;
use super::error::{Error, Result};
use crate::exec::{self, JobOf, Pack};

/// A tag run over one shard.
#[derive(Debug, Clone)]
pub struct RunTags {
    /// Cluster, the job's index, deadline.
    pub address: Address,
    /// The shard.
    pub shard: (ShardId, ShardEpoch),
    /// The job.
    pub job: JobId,
    /// What `now()` means.
    pub as_of: AsOf,
    /// [`TagJobSpec`] as bytes of the core's codec.
    pub spec: Bytes,
    /// Per published tag of the spec its manifest object; empty: never published.
    pub tag_manifests: Vec<String>,
}

impl Service {
    /// Computes the tags of a job over one shard and stores their sections.
    ///
    /// # Errors
    /// See [`Error`]; nothing that was stored is named anywhere then.
    pub async fn run_tags(&self, run: RunTags) -> Result<Pack> {
        let spec: TagJobSpec = codec::decode(&run.spec, "tag job").map_err(exec::Error::from)?;
        if spec.published.len() != run.tag_manifests.len() {
            return Err(Error::Request(
                "there is not one manifest for each published tag",
            ));
        }
        let snapshot = self.admit(&run.address, run.shard).await?;
        let job = JobOf {
            job: run.job,
            epoch: run.shard.1,
            as_of: run.as_of,
            spec,
            manifests: run.tag_manifests,
        };
        Ok(exec::run_tags(&self.threads, &self.store, &self.tags, &snapshot, job).await?)
    }
}
