//! The bytes of a snapshot, the same in the file and on the wire.
//!
//! | bytes | meaning |
//! | --- | --- |
//! | 0 … 7 | `TAGMARS1` |
//! | 8 … 11 | length h of the header, little endian |
//! | 12 … 12 + h | header: encoded [`SnapshotHeader`] |
//! | … n − 4 | the encoded catalog |
//! | last 4 | crc32c of all before, little endian |

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use tagma_core::LogIndex;
use tagma_core::catalog::{self, Catalog};

use crate::raft::codec::{self, LogIdForm, MembershipForm, seal, unseal};
use crate::raft::types::{SnapshotMeta, StoredMembership};

const MAGIC: [u8; 8] = *b"TAGMARS1";

/// What a snapshot stands for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SnapshotHeader {
    /// The cluster that it belongs to.
    pub(crate) cluster_id: String,
    last: Option<LogIdForm>,
    membership_at: Option<LogIdForm>,
    membership: MembershipForm,
    /// First entry of the term of the last entry.
    pub(crate) term_start: LogIndex,
}

impl SnapshotHeader {
    /// The header of a snapshot.
    pub(crate) fn new(cluster_id: &str, meta: &SnapshotMeta, term_start: LogIndex) -> Self {
        Self {
            cluster_id: cluster_id.into(),
            last: meta.last_log_id.map(Into::into),
            membership_at: meta.last_membership.log_id().map(Into::into),
            membership: meta.last_membership.membership().into(),
            term_start,
        }
    }

    /// openraft's view.
    pub(crate) fn meta(&self) -> codec::Result<SnapshotMeta> {
        let membership = self.membership.clone().into_membership()?;
        Ok(SnapshotMeta {
            last_log_id: self.last.map(Into::into),
            last_membership: StoredMembership::new(self.membership_at.map(Into::into), membership),
        })
    }
}

/// A verified snapshot.
#[derive(Debug, Clone)]
pub(crate) struct SnapshotImage {
    bytes: Bytes,
    header: SnapshotHeader,
    meta: SnapshotMeta,
    catalog_at: usize,
}

impl SnapshotImage {
    /// Encodes a catalog.
    pub(crate) fn encode(header: &SnapshotHeader, catalog: &Catalog) -> codec::Result<Self> {
        let head = catalog::codec::encode(header);
        let length = u32::try_from(head.len())
            .map_err(|_| codec::Error::damaged("a snapshot header of 4 GiB"))?;
        let mut bytes = MAGIC.to_vec();
        bytes.extend_from_slice(&length.to_le_bytes());
        bytes.extend_from_slice(&head);
        bytes.extend_from_slice(&catalog::codec::encode_catalog(catalog));
        Self::parse(seal(bytes).into())
    }

    /// Verifies bytes.
    ///
    /// # Errors
    /// Damaged, or of a newer format.
    pub(crate) fn parse(bytes: Bytes) -> codec::Result<Self> {
        let content = unseal(&bytes)?;
        let damaged = || codec::Error::damaged("it does not begin like a snapshot");
        let rest = content.strip_prefix(&MAGIC).ok_or_else(damaged)?;
        let (length, rest) = rest.split_first_chunk::<4>().ok_or_else(damaged)?;
        let length = usize::try_from(u32::from_le_bytes(*length)).map_err(|_| damaged())?;
        let head = rest.get(..length).ok_or_else(damaged)?;
        let header: SnapshotHeader = catalog::codec::decode(head, "snapshot header")?;
        let meta = header.meta()?;
        let catalog_at = content.len() - rest.len() + length;
        Ok(Self {
            bytes,
            header,
            meta,
            catalog_at,
        })
    }

    /// Decodes the catalog.
    pub(crate) fn catalog(&self) -> codec::Result<Catalog> {
        let content = &self.bytes[self.catalog_at..self.bytes.len() - 4];
        Ok(catalog::codec::decode_catalog(content)?)
    }

    /// All bytes, checksum included.
    pub(crate) fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// What it stands for.
    pub(crate) fn header(&self) -> &SnapshotHeader {
        &self.header
    }

    /// openraft's view of what it stands for.
    pub(crate) fn meta(&self) -> &SnapshotMeta {
        &self.meta
    }
}
