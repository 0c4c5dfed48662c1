//! SegmentService.

use std::time::Instant;

use futures::{StreamExt, stream::BoxStream};
use tagma_core::{
    OneId,
    segment::{ParseError, print},
};
use tagma_proto::{
    convert::segment::expr_to_wire,
    pb::segment::v1::{
        ContainsRequest, ContainsResponse, CountRequest, CountResponse, ExplainRequest,
        ExplainResponse, LeafTruth, MembersRequest, MembersResponse, ParseRequest, ParseResponse,
        PrintRequest, PrintResponse, SyntaxError, TagRead, TagValue, WaterfallStep, parse_response,
        segment_service_server::SegmentService,
    },
};
use tonic::{Request, Response, Status};

use super::{
    convert::{invalid, read_request, status},
    expression::{tree_from, written},
};
use crate::service::{self, MembersQuery, Written, read_text};

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
            .count(written(request.expression)?, &read, request.waterfall)
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
            expr: written(request.expression)?,
            read: read_request(request.at),
            with: request.with,
            identifiers: request.identifiers,
            after,
        };
        let found = self.service.members(query).await.map_err(status)?;
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
            .contains(written(request.expression)?, &request.person, &read)
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
            .explain(written(request.expression)?, person, &read)
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
    async fn parse(
        &self,
        request: Request<ParseRequest>,
    ) -> Result<Response<ParseResponse>, Status> {
        let (outcome, normalized) = match read_text(&request.into_inner().expr) {
            Ok(expr) => {
                let tree = parse_response::Outcome::Tree(expr_to_wire(&expr));
                (tree, print(&expr))
            }
            Err(error) => {
                let error = parse_response::Outcome::Error(syntax_error(&error));
                (error, String::new())
            }
        };
        Ok(Response::new(ParseResponse {
            outcome: Some(outcome),
            normalized,
        }))
    }

    async fn print(
        &self,
        request: Request<PrintRequest>,
    ) -> Result<Response<PrintResponse>, Status> {
        let tree = request.into_inner().tree;
        let tree = tree.ok_or_else(|| invalid("there is no expression: set `tree`"))?;
        let expr = Written::Tree(tree_from(tree)?).read().map_err(status)?;
        let expr = print(&expr);
        Ok(Response::new(PrintResponse { expr }))
    }
}

fn syntax_error(error: &ParseError) -> SyntaxError {
    SyntaxError {
        message: error.to_string(),
        problem: error.problem.clone(),
        hint: error.hint.clone().unwrap_or_default(),
        line: error.position.line,
        column: error.position.column,
        offset_bytes: u32::try_from(error.position.offset).unwrap_or(u32::MAX),
        near: error.near.clone(),
    }
}
