//! All services of a coordinator on one router.

use tagma_proto::{
    DESCRIPTORS, MESSAGE_BYTES_MAX, SEGMENT_MESSAGE_BYTES_MAX,
    pb::{
        catalog::v1::catalog_service_server::CatalogServiceServer,
        cluster::v1::{
            cluster_service_server::ClusterServiceServer,
            registry_service_server::RegistryServiceServer,
        },
        identity::v1::identity_service_server::IdentityServiceServer,
        ingest::v1::{
            dead_letter_service_server::DeadLetterServiceServer,
            ingest_service_server::IngestServiceServer,
        },
        journal::v1::journal_service_server::JournalServiceServer,
        segment::v1::segment_service_server::SegmentServiceServer,
        tag::v1::tag_service_server::TagServiceServer,
    },
};
use tonic::service::Routes;

use super::{
    catalog::Catalog, cluster::Cluster, dead_letter::DeadLetters, forward::Forwarder,
    identity::Identity, ingest::Ingest, journal::Journal, registry::Registry, segment::Segments,
    tag::Tags,
};
use crate::service::{self, Context};

/// Every service but Raft's, health and reflection included.
pub(crate) fn routes(context: &Context) -> Routes {
    let forwarder = || Forwarder::new(service::LeaderService::new(context.raft.clone()));
    let segments = service::SegmentService::new(context.clone());
    let identity = service::IdentityService::new(context.clone());
    let ingest = Ingest::new(service::IngestService::new(context.clone()), forwarder());
    let ingest = IngestServiceServer::new(ingest)
        .max_decoding_message_size(MESSAGE_BYTES_MAX)
        .max_encoding_message_size(MESSAGE_BYTES_MAX);
    let letters = service::DeadLetterService::new(context.clone());
    let letters = DeadLetters::new(letters, segments.clone());
    let letters =
        DeadLetterServiceServer::new(letters).max_encoding_message_size(MESSAGE_BYTES_MAX);
    let catalog = Catalog::new(service::CatalogService::new(context.clone()), forwarder());
    let tags = Tags::new(service::TagService::new(context.clone()), forwarder());
    let registry = Registry::new(service::RegistryService::new(context.clone()), forwarder());
    let journal = JournalServiceServer::new(Journal::new(context.clone()))
        .max_encoding_message_size(MESSAGE_BYTES_MAX);
    let cluster = Cluster::new(service::ClusterService::new(context.clone()), forwarder());
    let routes = Routes::new(ingest)
        .add_service(letters)
        .add_service(
            CatalogServiceServer::new(catalog).max_decoding_message_size(MESSAGE_BYTES_MAX),
        )
        .add_service(TagServiceServer::new(tags))
        .add_service(
            SegmentServiceServer::new(Segments::new(segments.clone()))
                .max_decoding_message_size(SEGMENT_MESSAGE_BYTES_MAX),
        )
        .add_service(IdentityServiceServer::new(Identity::new(
            identity,
            segments,
            forwarder(),
        )))
        .add_service(ClusterServiceServer::new(cluster))
        .add_service(RegistryServiceServer::new(registry))
        .add_service(journal);
    with_reflection(routes)
}

fn with_reflection(routes: Routes) -> Routes {
    let described = || {
        tonic_reflection::server::Builder::configure()
            .register_encoded_file_descriptor_set(DESCRIPTORS)
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
    };
    let why = "the descriptor set was made by the build";
    // Python's client still asks for the older protocol.
    let older = described().build_v1alpha().expect(why);
    routes
        .add_service(described().build_v1().expect(why))
        .add_service(older)
}
