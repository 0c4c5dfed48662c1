//! SegmentService.

use std::time::Instant;

use futures::{StreamExt, stream::BoxStream};
use tagma_core::OneId;
use tagma_proto::pb::segment::v1::{
    ContainsRequest, ContainsResponse, CountRequest, CountResponse, ExplainRequest,
    ExplainResponse, LeafTruth, MembersRequest, MembersResponse, TagRead, TagValue, WaterfallStep,
    segment_service_server::SegmentService,
};
use tonic::{Request, Response, Status};

use super::convert::{invalid, read_request, status};
use crate::service::{self, MembersQuery};

pub(super) struct Segments {
    service: service::SegmentService,
}

impl Segments {
    pub(super) fn new(service: service::SegmentService) -> Self {
        Self { service }
    }
}

#[tonic::async_trait]
impl SegmentService for Segments {
    async fn count(
        &self,
        request: Request<CountRequest>,
    ) -> Result<Response<CountResponse>, Status> {
        let started = Instant::now();
        let request = request.into_inner();
        let read = read_request(request.at);
        let counted = self
            .service
            .count(&request.expr, &read, request.waterfall)
            .await
            .map_err(status)?;
        let steps = counted.steps.into_iter().map(|step| WaterfallStep {
            expr: step.expr.unwrap_or_default(),
            count: step.count,
        });
        Ok(Response::new(CountResponse {
            count: counted.count,
            population: counted.population,
            log_index: counted.index.0,
            as_of_unix_us: counted.as_of.0,
            elapsed_us: u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX),
            steps: steps.collect(),
            warnings: counted.warnings,
        }))
    }

    type MembersStream = BoxStream<'static, Result<MembersResponse, Status>>;

    async fn members(
        &self,
        request: Request<MembersRequest>,
    ) -> Result<Response<Self::MembersStream>, Status> {
        let request = request.into_inner();
        let after = match request.after_oneid {
            0 => None,
            raw => Some(OneId::try_from(raw).map_err(invalid)?),
        };
        let query = MembersQuery {
            expr: request.expr,
            read: read_request(request.at),
            with: request.with,
            identifiers: request.identifiers,
            after,
        };
        let found = self.service.members(&query).await.map_err(status)?;
        let (index, as_of, count) = (found.index, found.as_of, found.count);
        let head = MembersResponse {
            members_ipc: bytes::Bytes::new(),
            log_index: index.0,
            as_of_unix_us: as_of.0,
            count,
        };
        let parts = found.parts.map(move |part| {
            let members_ipc = part.map_err(status)?;
            Ok(MembersResponse {
                members_ipc,
                log_index: index.0,
                as_of_unix_us: as_of.0,
                count,
            })
        });
        Ok(Response::new(
            futures::stream::iter([Ok(head)]).chain(parts).boxed(),
        ))
    }

    async fn contains(
        &self,
        request: Request<ContainsRequest>,
    ) -> Result<Response<ContainsResponse>, Status> {
        let request = request.into_inner();
        let read = read_request(request.at);
        let (contains, oneid, index, as_of) = self
            .service
            .contains(&request.expr, &request.person, &read)
            .await
            .map_err(status)?;
        Ok(Response::new(ContainsResponse {
            contains,
            oneid: oneid.get(),
            log_index: index.0,
            as_of_unix_us: as_of.0,
        }))
    }

    async fn explain(
        &self,
        request: Request<ExplainRequest>,
    ) -> Result<Response<ExplainResponse>, Status> {
        let request = request.into_inner();
        let read = read_request(request.at);
        let person = (!request.person.is_empty()).then_some(request.person.as_str());
        let explained = self
            .service
            .explain(&request.expr, person, &read)
            .await
            .map_err(status)?;
        let leaves = explained.leaves.into_iter().map(|leaf| LeafTruth {
            expr: leaf.expr,
            holds: leaf.holds,
            values: leaf
                .values
                .into_iter()
                .map(|(tag, value)| TagValue { tag, value })
                .collect(),
        });
        let tags = explained
            .tags
            .into_iter()
            .map(|(tag, version)| TagRead { tag, version });
        Ok(Response::new(ExplainResponse {
            normalized: explained.normalized,
            contains: explained.person.is_some_and(|(_, contains)| contains),
            oneid: explained.person.map_or(0, |(oneid, _)| oneid.get()),
            leaves: leaves.collect(),
            log_index: explained.index.0,
            as_of_unix_us: explained.as_of.0,
            tags: tags.collect(),
        }))
    }
}
