//! Makes a snapshot from an O(1) clone of the catalog, aside from the consensus.

use std::io;

use openraft::storage::RaftSnapshotBuilder;
use tagma_core::catalog::Catalog;

use crate::raft::error::chain;
use crate::raft::log_store::{SnapshotHeader, SnapshotImage, Snapshots};
use crate::raft::types::{Snapshot, TypeConfig};

/// A view of the state at one position.
pub(crate) struct Builder {
    catalog: Catalog,
    header: SnapshotHeader,
    snapshots: Snapshots,
}

impl Builder {
    pub(super) fn new(catalog: Catalog, header: SnapshotHeader, snapshots: Snapshots) -> Self {
        Self {
            catalog,
            header,
            snapshots,
        }
    }
}

impl RaftSnapshotBuilder<TypeConfig> for Builder {
    type SnapshotData = SnapshotImage;

    async fn build_snapshot(&mut self) -> io::Result<Snapshot> {
        let (catalog, header) = (self.catalog.clone(), self.header.clone());
        let encoding =
            tokio::task::spawn_blocking(move || SnapshotImage::encode(&header, &catalog));
        let image = encoding
            .await?
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, chain(&error)))?;
        self.snapshots.keep(image.clone()).await?;
        tracing::info!(bytes = image.bytes().len(), "snapshot written");
        Ok(Snapshot {
            meta: image.meta().clone(),
            snapshot: image,
        })
    }
}
