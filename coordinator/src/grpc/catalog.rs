//! CatalogService.

use tagma_core::{
    catalog::ChangeKind,
    schema::{Name, Normalizer},
};
use tagma_proto::{
    MESSAGE_BYTES_MAX,
    channel::GrpcChannel,
    convert::segment::expr_to_wire,
    pb::catalog::v1::{
        ApplyRequest, ApplyResponse, Change, Column, DeleteSegmentRequest, DeleteSegmentResponse,
        IdentifierColumn, IdentifierType, ListIdentifierTypesRequest, ListIdentifierTypesResponse,
        ListSegmentsRequest, ListSegmentsResponse, ListTablesRequest, ListTablesResponse, Segment,
        SegmentDocument, Table, catalog_service_client::CatalogServiceClient,
        catalog_service_server::CatalogService,
    },
};
use tonic::{Request, Response, Status};

use super::{
    convert::{request_id, status},
    expression::written,
    forward::{Forwarder, forwarded},
};
use crate::service::{self, DeclaredTable, SegmentDraft};

pub(super) struct Catalog {
    service: service::CatalogService,
    forwarder: Forwarder,
}

impl Catalog {
    pub(super) fn new(service: service::CatalogService, forwarder: Forwarder) -> Self {
        Self { service, forwarder }
    }
}

fn client(channel: GrpcChannel) -> CatalogServiceClient<GrpcChannel> {
    CatalogServiceClient::new(channel).max_encoding_message_size(MESSAGE_BYTES_MAX)
}

#[tonic::async_trait]
impl CatalogService for Catalog {
    async fn apply(
        &self,
        request: Request<ApplyRequest>,
    ) -> Result<Response<ApplyResponse>, Status> {
        if let Some(leader) = self.forwarder.target(&request)? {
            return client(leader).apply(forwarded(request)).await;
        }
        let request = request.into_inner();
        let files: Vec<(String, String)> = request
            .files
            .into_iter()
            .map(|file| (file.name, file.text))
            .collect();
        let id = request_id(request.request_id);
        let keep = request.keep_identifier_types;
        let segments = request.segments.into_iter().map(draft);
        let segments = segments.collect::<Result<Vec<_>, Status>>()?;
        let applied = self.service.apply(&files, segments, keep, id).await;
        let (index, changes) = applied.map_err(status)?;
        let changes = changes.into_iter().map(|change| Change {
            document: change.document,
            name: change.name.to_string(),
            change: change_name(change.change).to_owned(),
        });
        Ok(Response::new(ApplyResponse {
            log_index: index.0,
            changes: changes.collect(),
        }))
    }

    async fn list_tables(
        &self,
        _request: Request<ListTablesRequest>,
    ) -> Result<Response<ListTablesResponse>, Status> {
        let tables = self.service.tables().map_err(status)?;
        let tables = tables.iter().map(table).collect();
        Ok(Response::new(ListTablesResponse { tables }))
    }

    async fn list_identifier_types(
        &self,
        _request: Request<ListIdentifierTypesRequest>,
    ) -> Result<Response<ListIdentifierTypesResponse>, Status> {
        let types = self.service.identifier_types().map_err(status)?;
        let types = types.into_iter().map(|declared| IdentifierType {
            name: declared.name.to_string(),
            normalize: normalizer(declared.normalize).to_owned(),
            region: declared.region.unwrap_or_default(),
            priority: declared.priority.into(),
            blocked: declared.blocked,
        });
        Ok(Response::new(ListIdentifierTypesResponse {
            types: types.collect(),
        }))
    }

    async fn list_segments(
        &self,
        _request: Request<ListSegmentsRequest>,
    ) -> Result<Response<ListSegmentsResponse>, Status> {
        let segments = self.service.segments().map_err(status)?;
        let segments = segments.into_iter().map(|segment| Segment {
            name: segment.name.to_string(),
            expr: segment.text,
            display: segment.display.into_iter().collect(),
            owner: segment.owner.unwrap_or_default(),
            description: segment.description.unwrap_or_default(),
            tree: Some(expr_to_wire(&segment.expr)),
            timezone: segment.timezone.unwrap_or_default(),
        });
        Ok(Response::new(ListSegmentsResponse {
            segments: segments.collect(),
        }))
    }

    async fn delete_segment(
        &self,
        request: Request<DeleteSegmentRequest>,
    ) -> Result<Response<DeleteSegmentResponse>, Status> {
        if let Some(leader) = self.forwarder.target(&request)? {
            return client(leader).delete_segment(forwarded(request)).await;
        }
        let request = request.into_inner();
        let id = request_id(request.request_id);
        let index = self
            .service
            .delete_segment(&request.name, id)
            .await
            .map_err(status)?;
        Ok(Response::new(DeleteSegmentResponse { log_index: index.0 }))
    }
}

#[allow(clippy::result_large_err, reason = "tonic's own error type")]
fn draft(document: SegmentDocument) -> Result<SegmentDraft, Status> {
    let said = |text: String| (!text.is_empty()).then_some(text);
    Ok(SegmentDraft {
        expression: written(document.expression)?,
        name: document.name,
        display: document.display.into_iter().collect(),
        owner: said(document.owner),
        description: said(document.description),
        timezone: said(document.timezone),
    })
}

fn change_name(change: ChangeKind) -> &'static str {
    match change {
        ChangeKind::Added => "added",
        ChangeKind::Changed => "changed",
        ChangeKind::Unchanged => "unchanged",
    }
}

fn normalizer(normalizer: Normalizer) -> &'static str {
    match normalizer {
        Normalizer::None => "none",
        Normalizer::Trim => "trim",
        Normalizer::Lower => "lower",
        Normalizer::Upper => "upper",
        Normalizer::Email => "email",
        Normalizer::Phone => "phone",
    }
}

fn table(declared: &DeclaredTable) -> Table {
    let table = &declared.schema;
    let columns = table.columns.iter().map(|column| {
        let first = declared.first_types.get(&column.name);
        let first = first.filter(|first| **first != column.column_type);
        Column {
            name: column.name.to_string(),
            r#type: column.column_type.to_string(),
            first_type: first.map(ToString::to_string).unwrap_or_default(),
        }
    });
    let identifiers = table
        .identifiers
        .iter()
        .map(|(name, column)| IdentifierColumn {
            r#type: name.to_string(),
            column: column.to_string(),
        });
    let text = |name: &Option<Name>| name.as_ref().map(ToString::to_string).unwrap_or_default();
    Table {
        name: table.name.to_string(),
        kind: table.kind.name().to_owned(),
        columns: columns.collect(),
        time: text(&table.time),
        event: text(&table.event),
        identifiers: identifiers.collect(),
        timezone: table.timezone.clone().unwrap_or_default(),
        key: table.key.iter().map(ToString::to_string).collect(),
        version: text(&table.version),
        rows: declared.rows,
    }
}
