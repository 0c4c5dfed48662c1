//! IdentityService.

use tagma_core::LogIndex;
use tagma_proto::pb::identity::v1::{
    self as pb, ExplainRequest, ExplainResponse, Identifier, ResolveRequest, ResolveResponse,
    identity_service_server::IdentityService,
};
use tonic::{Request, Response, Status};

use super::convert::status;
use crate::service::{self, PersonName};

pub(super) struct Identity {
    service: service::IdentityService,
    segments: service::SegmentService,
}

impl Identity {
    pub(super) fn new(
        service: service::IdentityService,
        segments: service::SegmentService,
    ) -> Self {
        Self { service, segments }
    }
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
