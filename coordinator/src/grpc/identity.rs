//! IdentityService.

use tagma_core::{LogIndex, OneId};
use tagma_proto::{
    channel::GrpcChannel,
    pb::identity::v1::{
        self as pb, ExplainRequest, ExplainResponse, Identifier, ResolveRequest, ResolveResponse,
        identity_service_client::IdentityServiceClient, identity_service_server::IdentityService,
    },
};
use tonic::{Request, Response, Status};

use super::{
    convert::{request_id, status},
    forward::{Forwarder, forwarded},
};
use crate::service::{self, Operation, PersonName, Settled};

pub(super) struct Identity {
    service: service::IdentityService,
    segments: service::SegmentService,
    forwarder: Forwarder,
}

impl Identity {
    pub(super) fn new(
        service: service::IdentityService,
        segments: service::SegmentService,
        forwarder: Forwarder,
    ) -> Self {
        Self {
            service,
            segments,
            forwarder,
        }
    }

    async fn operate(&self, operation: Operation, request: String) -> Result<Settled, Status> {
        let settled = self.service.operate(operation, request_id(request));
        settled.await.map_err(status)
    }
}

fn client(channel: GrpcChannel) -> IdentityServiceClient<GrpcChannel> {
    IdentityServiceClient::new(channel)
}

#[allow(clippy::result_large_err, reason = "tonic's own error type")]
fn person(name: &str) -> Result<PersonName, Status> {
    PersonName::parse(name).map_err(status)
}

/// 0 where nobody is meant.
fn number(person: Option<OneId>) -> i64 {
    person.map_or(0, OneId::get)
}

#[tonic::async_trait]
impl IdentityService for Identity {
    async fn resolve(
        &self,
        request: Request<ResolveRequest>,
    ) -> Result<Response<ResolveResponse>, Status> {
        let request = request.into_inner();
        let name = PersonName::parse(&request.person).map_err(status)?;
        let at = request.log_index.map(LogIndex);
        let index = self.segments.read_index(at).await.map_err(status)?;
        let found = self.service.resolve(&name, index).await.map_err(status)?;
        let identifiers = found
            .identifiers
            .into_iter()
            .map(|(r#type, value)| Identifier { r#type, value })
            .collect();
        Ok(Response::new(ResolveResponse {
            oneid: found.oneid.get(),
            identifiers,
            log_index: found.index.0,
        }))
    }
    async fn explain(
        &self,
        request: Request<ExplainRequest>,
    ) -> Result<Response<ExplainResponse>, Status> {
        let request = request.into_inner();
        let name = PersonName::parse(&request.person).map_err(status)?;
        let at = request.log_index.map(LogIndex);
        let index = self.segments.read_index(at).await.map_err(status)?;
        let found = self.service.explain(&name, index).await.map_err(status)?;
        Ok(Response::new(ExplainResponse {
            oneid: found.oneid.get(),
            identifiers: found.identifiers.into_iter().map(identifier).collect(),
            merges: found.merges.into_iter().map(merge).collect(),
            log_index: found.index.0,
        }))
    }

    async fn merge(
        &self,
        request: Request<pb::MergeRequest>,
    ) -> Result<Response<pb::MergeResponse>, Status> {
        if let Some(leader) = self.forwarder.target(&request)? {
            return client(leader).merge(forwarded(request)).await;
        }
        let request = request.into_inner();
        let merge = Operation::Merge(person(&request.person)?, person(&request.other_person)?);
        let Settled { changed, landed } = self.operate(merge, request.request_id).await?;
        Ok(Response::new(pb::MergeResponse {
            survivor_oneid: number(changed.person),
            loser_oneid: number(changed.other),
            log_index: changed.index.0,
            landed_log_index: landed.0,
        }))
    }

    async fn unmerge(
        &self,
        request: Request<pb::UnmergeRequest>,
    ) -> Result<Response<pb::UnmergeResponse>, Status> {
        if let Some(leader) = self.forwarder.target(&request)? {
            return client(leader).unmerge(forwarded(request)).await;
        }
        let request = request.into_inner();
        let unmerge = Operation::Unmerge(person(&request.person)?);
        let Settled { changed, landed } = self.operate(unmerge, request.request_id).await?;
        Ok(Response::new(pb::UnmergeResponse {
            oneid: number(changed.person),
            holder_oneid: number(changed.other),
            log_index: changed.index.0,
            landed_log_index: landed.0,
        }))
    }

    async fn lift(
        &self,
        request: Request<pb::LiftRequest>,
    ) -> Result<Response<pb::LiftResponse>, Status> {
        if let Some(leader) = self.forwarder.target(&request)? {
            return client(leader).lift(forwarded(request)).await;
        }
        let request = request.into_inner();
        let lift = Operation::Lift(person(&request.person)?, person(&request.other_person)?);
        let Settled { changed, .. } = self.operate(lift, request.request_id).await?;
        Ok(Response::new(pb::LiftResponse {
            oneid: number(changed.person),
            other_oneid: number(changed.other),
            log_index: changed.index.0,
        }))
    }

    async fn unbind(
        &self,
        request: Request<pb::UnbindRequest>,
    ) -> Result<Response<pb::UnbindResponse>, Status> {
        if let Some(leader) = self.forwarder.target(&request)? {
            return client(leader).unbind(forwarded(request)).await;
        }
        let request = request.into_inner();
        let unbind = Operation::Unbind(person(&request.identifier)?);
        let Settled { changed, .. } = self.operate(unbind, request.request_id).await?;
        Ok(Response::new(pb::UnbindResponse {
            oneid: number(changed.person),
            log_index: changed.index.0,
        }))
    }

    async fn release(
        &self,
        request: Request<pb::ReleaseRequest>,
    ) -> Result<Response<pb::ReleaseResponse>, Status> {
        if let Some(leader) = self.forwarder.target(&request)? {
            return client(leader).release(forwarded(request)).await;
        }
        let request = request.into_inner();
        let release = Operation::Release(person(&request.identifier)?);
        let Settled { changed, .. } = self.operate(release, request.request_id).await?;
        Ok(Response::new(pb::ReleaseResponse {
            log_index: changed.index.0,
        }))
    }
}

fn identifier(known: service::KnownIdentifier) -> pb::KnownIdentifier {
    pb::KnownIdentifier {
        r#type: known.kind,
        value: known.value,
        origin_oneid: known.origin,
        evidence: Some(evidence(known.evidence)),
    }
}

fn merge(merge: service::KnownMerge) -> pb::Merge {
    pb::Merge {
        loser_oneid: merge.loser,
        survivor_oneid: merge.survivor,
        r#type: merge.kind,
        value: merge.value,
        evidence: Some(evidence(merge.evidence)),
        landed_log_index: merge.landed.map(|index| index.0),
        undone_log_index: merge.undone.map(|index| index.0),
    }
}

fn evidence(evidence: service::Evidence) -> pb::Evidence {
    pb::Evidence {
        source: evidence.source,
        source_row: evidence.source_row,
        log_index: evidence.index.0,
        at_unix_us: evidence.at.map(|at| at.0),
    }
}
