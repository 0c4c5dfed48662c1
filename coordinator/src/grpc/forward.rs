//! Commands that only the leader can take are passed on, so that clients may ask any node.

use std::collections::HashMap;

use parking_lot::Mutex;
use tagma_proto::channel::{GrpcChannel, connect};
use tonic::{Request, Status};

use super::convert::status;
use crate::{
    error::Error,
    service::{Leader, LeaderService},
};

/// Metadata that marks a request as passed on once: it is not passed on again.
const FORWARDED: &str = "tagma-forwarded";

/// Channels to other coordinators.
pub(super) struct Forwarder {
    leader: LeaderService,
    channels: Mutex<HashMap<String, GrpcChannel>>,
}

impl Forwarder {
    pub(super) fn new(leader: LeaderService) -> Self {
        Self {
            leader,
            channels: Mutex::default(),
        }
    }

    /// Where to pass a request on; `None`: it is this node's.
    ///
    /// # Errors
    /// NotLeader where nobody is known to lead, or the request has been passed on already.
    #[allow(clippy::result_large_err, reason = "tonic's own error type")]
    pub(super) fn target<T>(&self, request: &Request<T>) -> Result<Option<GrpcChannel>, Status> {
        match self.leader.leader() {
            Leader::Here => Ok(None),
            Leader::At(address) if request.metadata().get(FORWARDED).is_none() => {
                self.channel(&address).map(Some)
            }
            Leader::At(address) => Err(status(Error::not_leader(Some(address)))),
            Leader::Unknown => Err(status(Error::not_leader(None))),
        }
    }

    #[allow(clippy::result_large_err, reason = "tonic's own error type")]
    fn channel(&self, address: &str) -> Result<GrpcChannel, Status> {
        let mut channels = self.channels.lock();
        if let Some(channel) = channels.get(address) {
            return Ok(channel.clone());
        }
        let channel = connect(address)
            .map_err(|error| Status::internal(format!("leader address {address}: {error}")))?;
        channels.insert(address.to_owned(), channel.clone());
        Ok(channel)
    }
}

/// The same request, marked as passed on.
pub(super) fn forwarded<T>(request: Request<T>) -> Request<T> {
    let (mut metadata, extensions, message) = request.into_parts();
    metadata.insert(FORWARDED, tonic::metadata::MetadataValue::from_static("1"));
    Request::from_parts(metadata, extensions, message)
}
