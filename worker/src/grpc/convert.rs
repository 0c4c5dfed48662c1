//! Wire types → domain types of the service, and errors → statuses.

use std::time::Instant;

use tagma_core::{ErrorKind, LogIndex, OneId, ShardEpoch, ShardId};
use tagma_proto::pb::shard::v1 as pb;
use tagma_proto::{RemoteError, to_status};
use tonic::Status;

use crate::exec::Leaver;
use crate::service::{self, Address, Read};

/// The status of an error, its causes told in one line.
pub(super) fn status(error: &service::Error) -> Status {
    let mut message = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(source) = cause {
        message = format!("{message}: {source}");
        cause = source.source();
    }
    to_status(&RemoteError {
        kind: error.kind(),
        message,
        leader_address: None,
        retry_after_ms: None,
    })
}

pub(super) fn invalid(message: impl Into<String>) -> Status {
    to_status(&RemoteError {
        kind: ErrorKind::Invalid,
        message: message.into(),
        leader_address: None,
        retry_after_ms: None,
    })
}

/// The cluster and the index that every request names.
pub(super) fn address((cluster_id, log_index): (String, u64), deadline: Instant) -> Address {
    Address {
        cluster_id,
        index: LogIndex(log_index),
        deadline,
    }
}

pub(super) fn read(read: Option<pb::ShardRead>, deadline: Instant) -> Result<Read, Status> {
    let read = read.ok_or_else(|| invalid("`read` is missing"))?;
    let shards = read
        .shards
        .into_iter()
        .map(|shard| shard_epoch(Some(shard)));
    Ok(Read {
        address: address((read.cluster_id, read.log_index), deadline),
        shards: shards.collect::<Result<_, _>>()?,
        plan: read.plan,
        tag_manifests: read.tag_manifests,
    })
}

pub(super) fn shard_epoch(shard: Option<pb::ShardEpoch>) -> Result<(ShardId, ShardEpoch), Status> {
    let shard = shard.ok_or_else(|| invalid("`shard` is missing"))?;
    Ok((
        shard_id(shard.shard).map_err(invalid)?,
        ShardEpoch(shard.epoch),
    ))
}

pub(super) fn shard_id(number: u32) -> Result<ShardId, String> {
    let shard = u16::try_from(number).ok().and_then(ShardId::new);
    shard.ok_or_else(|| format!("shard number {number} is outside 1 to 32767"))
}

pub(super) fn one_id(raw: i64) -> Result<OneId, Status> {
    OneId::from_i64(raw).ok_or_else(|| invalid(format!("{raw} is not a OneID")))
}

pub(super) fn leaver(leaver: pb::Leaver) -> Result<Leaver, Status> {
    Ok(Leaver {
        person: one_id(leaver.oneid)?,
        origins: leaver
            .origins
            .into_iter()
            .map(one_id)
            .collect::<Result<_, _>>()?,
    })
}
