//! Conversions that several services need.

use tagma_core::{AsOf, ErrorKind, LogIndex, ShardId, catalog::RequestId};
use tagma_proto::{RemoteError, pb, to_status};
use tonic::Status;

use crate::{
    error::Error,
    service::{PublishedVersion, ReadRequest},
};

/// The gRPC status of a use-case's error.
pub(super) fn status(error: Error) -> Status {
    if matches!(error.kind(), ErrorKind::Internal | ErrorKind::Corrupt) {
        tracing::error!(%error, kind = error.kind().name(), "request failed");
    }
    to_status(&RemoteError {
        kind: error.kind(),
        message: error.to_string(),
        leader_address: error.leader().map(str::to_owned),
        retry_after_ms: error.retry_after(),
    })
}

/// A use-case's error from a gRPC status.
pub(super) fn error(status: &Status) -> Error {
    let remote = tagma_proto::from_status(status);
    if remote.kind == ErrorKind::NotLeader {
        return Error::not_leader(remote.leader_address);
    }
    Error::new(remote.kind, remote.message)
}

/// A request that does not say what it must.
pub(super) fn invalid(message: impl Into<String>) -> Status {
    status(Error::new(ErrorKind::Invalid, message))
}

/// A request id; empty: none.
pub(super) fn request_id(text: String) -> Option<RequestId> {
    (!text.is_empty()).then_some(RequestId(text))
}

/// A shard's number.
pub(super) fn shard_id(number: u32) -> Result<ShardId, Status> {
    let shard = u16::try_from(number).ok().and_then(ShardId::new);
    shard.ok_or_else(|| invalid(format!("{number} is not the number of a shard")))
}

/// When to read; absent: now.
pub(super) fn read_request(at: Option<pb::segment::v1::ReadAt>) -> ReadRequest {
    let at = at.unwrap_or_default();
    ReadRequest {
        index: at.log_index.map(LogIndex),
        as_of: at.as_of_unix_us.map(AsOf),
        at_least: at.at_least.map(LogIndex),
        zone: (!at.timezone.is_empty()).then_some(at.timezone),
        linearizable: at.linearizable,
    }
}

/// A published version on the wire.
pub(super) fn version(version: PublishedVersion) -> pb::tag::v1::Version {
    let shown = |value: Option<&tagma_core::Value>| {
        value.map(tagma_core::Value::to_text).unwrap_or_default()
    };
    let top = version
        .stats
        .top
        .iter()
        .map(|(value, count)| pb::tag::v1::ValueCount {
            value: shown(Some(value)),
            count: *count,
        });
    pb::tag::v1::Version {
        population: version.population,
        min: shown(version.stats.min.as_ref()),
        max: shown(version.stats.max.as_ref()),
        top: top.collect(),
        duration_ms: version.duration_ms,
        ..published(&version.published)
    }
}

/// What the catalog alone knows of a version.
pub(super) fn published(published: &tagma_core::catalog::Published) -> pb::tag::v1::Version {
    pb::tag::v1::Version {
        tag: published.definition.name.to_string(),
        version: published.version.0,
        log_index: published.index.0,
        source_log_index: published.source_index.0,
        as_of_unix_us: published.as_of.0,
        rows: published.rows,
        rolled_back_to: published.rolled_back_to.map_or(0, |version| version.0),
        ..Default::default()
    }
}
