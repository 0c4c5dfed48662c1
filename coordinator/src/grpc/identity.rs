//! IdentityService.

use tagma_core::LogIndex;
use tagma_proto::pb::identity::v1::{
    Identifier, ResolveRequest, ResolveResponse, identity_service_server::IdentityService,
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
}
