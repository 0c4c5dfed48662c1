//! TagService.

use tagma_core::{AsOf, TagVersion, schema::TagLevel};
use tagma_proto::{
    channel::GrpcChannel,
    pb::tag::v1::{
        ListRequest, ListResponse, RollbackRequest, RollbackResponse, RunRequest, RunResponse,
        ShowRequest, ShowResponse, Tag, tag_service_client::TagServiceClient,
        tag_service_server::TagService,
    },
};
use tonic::{Request, Response, Status};

use super::{
    convert::{published, request_id, status, version},
    forward::{Forwarder, forwarded},
};
use crate::service;

pub(super) struct Tags {
    service: service::TagService,
    forwarder: Forwarder,
}

impl Tags {
    pub(super) fn new(service: service::TagService, forwarder: Forwarder) -> Self {
        Self { service, forwarder }
    }
}

fn client(channel: GrpcChannel) -> TagServiceClient<GrpcChannel> {
    TagServiceClient::new(channel)
}

#[tonic::async_trait]
impl TagService for Tags {
    async fn run(&self, request: Request<RunRequest>) -> Result<Response<RunResponse>, Status> {
        if let Some(leader) = self.forwarder.target(&request)? {
            return client(leader).run(forwarded(request)).await;
        }
        let request = request.into_inner();
        let as_of = request.as_of_unix_us.map(AsOf);
        let service = self.service.clone();
        // A run outlives the call that asked for it: a client that goes away stops nothing.
        let run = tokio::spawn(async move { service.run(&request.names, as_of).await });
        let (index, versions) = run
            .await
            .map_err(|error| Status::internal(error.to_string()))?
            .map_err(status)?;
        let versions = versions.into_iter().map(version).collect();
        Ok(Response::new(RunResponse {
            log_index: index.0,
            versions,
        }))
    }

    async fn list(&self, _request: Request<ListRequest>) -> Result<Response<ListResponse>, Status> {
        let listed = self.service.list().map_err(status)?;
        let tags = listed.into_iter().map(|(definition, newest)| Tag {
            newest: newest.as_ref().map(published),
            ..tag(&definition)
        });
        Ok(Response::new(ListResponse {
            tags: tags.collect(),
        }))
    }

    async fn show(&self, request: Request<ShowRequest>) -> Result<Response<ShowResponse>, Status> {
        let name = request.into_inner().name;
        let (definition, versions) = self.service.show(&name).await.map_err(status)?;
        let versions: Vec<_> = versions.into_iter().map(version).collect();
        let tag = Tag {
            newest: versions.first().cloned(),
            ..tag(&definition)
        };
        Ok(Response::new(ShowResponse {
            tag: Some(tag),
            versions,
        }))
    }

    async fn rollback(
        &self,
        request: Request<RollbackRequest>,
    ) -> Result<Response<RollbackResponse>, Status> {
        if let Some(leader) = self.forwarder.target(&request)? {
            return client(leader).rollback(forwarded(request)).await;
        }
        let request = request.into_inner();
        let wanted = (request.version > 0).then_some(TagVersion(request.version));
        let id = request_id(request.request_id);
        let (index, newest) = self
            .service
            .rollback(&request.name, wanted, id)
            .await
            .map_err(status)?;
        Ok(Response::new(RollbackResponse {
            log_index: index.0,
            version: Some(version(newest)),
        }))
    }
}

fn tag(definition: &tagma_core::schema::TagDefinition) -> Tag {
    let level = match definition.level {
        TagLevel::Base => "base",
        TagLevel::Derived => "derived",
        TagLevel::Business => "business",
    };
    Tag {
        name: definition.name.to_string(),
        kind: definition.kind.to_string(),
        level: level.to_owned(),
        category: definition.category.clone().unwrap_or_default(),
        owner: definition.owner.clone().unwrap_or_default(),
        display: definition.display.clone().into_iter().collect(),
        description: definition.description.clone().unwrap_or_default(),
        sql: definition.sql.clone(),
        newest: None,
    }
}
