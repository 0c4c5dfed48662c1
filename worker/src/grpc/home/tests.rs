//! The line home over the wire, against coordinators in this process.

use std::sync::Arc;

use bytes::Bytes;
use futures::stream::BoxStream;
use tagma_core::catalog::{ManifestRef, ObjectRef};
use tagma_core::{ErrorKind, ShardId};
use tagma_proto::channel::{Routes, in_process_routes};
use tagma_proto::pb::catalog::v1::catalog_service_server::{CatalogService, CatalogServiceServer};
use tagma_proto::pb::cluster::v1::registry_service_server::{
    RegistryService, RegistryServiceServer,
};
use tagma_proto::pb::journal::v1::TailEntry as PbEntry;
use tagma_proto::pb::journal::v1::journal_service_server::{JournalService, JournalServiceServer};
use tagma_proto::{RemoteError, to_status};

use super::*;

/// A coordinator; one that does not lead takes no entries.
#[derive(Clone)]
struct Fake {
    leads: bool,
}

impl Fake {
    fn channel(leads: bool) -> GrpcChannel {
        let fake = Self { leads };
        let routes = Routes::new(RegistryServiceServer::new(fake.clone()))
            .add_service(JournalServiceServer::new(fake.clone()))
            .add_service(CatalogServiceServer::new(fake));
        in_process_routes(routes)
    }

    fn check(&self) -> Result<(), Status> {
        match self.leads {
            true => Ok(()),
            false => Err(refused(ErrorKind::NotLeader)),
        }
    }
}

fn refused(kind: ErrorKind) -> Status {
    to_status(&RemoteError {
        kind,
        message: format!("refused: {kind}"),
        leader_address: None,
        retry_after_ms: None,
    })
}

#[async_trait]
impl RegistryService for Fake {
    async fn register(
        &self,
        request: Request<pb::RegisterRequest>,
    ) -> Answer<pb::RegisterResponse> {
        self.check()?;
        assert_eq!(request.into_inner().name, "w");
        Ok(Response::new(pb::RegisterResponse {
            node: 7,
            cluster_id: "c".to_owned(),
        }))
    }

    async fn heartbeat(
        &self,
        request: Request<pb::HeartbeatRequest>,
    ) -> Answer<pb::HeartbeatResponse> {
        let beat = request.into_inner();
        let owned = beat.shards.iter().map(|shard| pb::OwnedShard {
            shard: shard.shard,
            epoch: shard.epoch + 1,
            manifest_key: String::new(),
            flushed_log_index: shard.applied_log_index,
        });
        Ok(Response::new(pb::HeartbeatResponse {
            owned: owned.collect(),
            applied_log_index: 9,
            oldest_kept_log_index: 3,
            leader_silence_ms: Some(250),
        }))
    }

    async fn commit_manifest(
        &self,
        request: Request<pb::CommitManifestRequest>,
    ) -> Answer<pb::CommitManifestResponse> {
        self.check()?;
        let commit = request.into_inner();
        match commit.base_key.is_empty() {
            true => Ok(Response::new(pb::CommitManifestResponse {
                log_index: commit.flushed_log_index + 1,
            })),
            false => Err(refused(ErrorKind::Conflict)),
        }
    }
}

#[async_trait]
impl JournalService for Fake {
    type TailStream = BoxStream<'static, Result<TailResponse, Status>>;

    async fn tail(&self, request: Request<TailRequest>) -> Answer<Self::TailStream> {
        let after = request.into_inner().after_log_index;
        let entry = PbEntry {
            log_index: after + 1,
            section: Bytes::from_static(b"abc"),
            crc32c: 5,
        };
        let first = TailResponse {
            entries: vec![entry],
            through_log_index: after + 2,
        };
        let messages = [Ok(first), Err(refused(ErrorKind::Unavailable))];
        Ok(Response::new(futures::stream::iter(messages).boxed()))
    }
}

#[async_trait]
impl CatalogService for Fake {
    async fn apply(&self, _: Request<catalog::ApplyRequest>) -> Answer<catalog::ApplyResponse> {
        Err(refused(ErrorKind::Invalid))
    }

    async fn list_tables(
        &self,
        _: Request<catalog::ListTablesRequest>,
    ) -> Answer<catalog::ListTablesResponse> {
        let table = catalog::Table {
            name: "orders".to_owned(),
            kind: "events".to_owned(),
            ..catalog::Table::default()
        };
        Ok(Response::new(catalog::ListTablesResponse {
            tables: vec![table],
        }))
    }

    async fn list_identifier_types(
        &self,
        _: Request<catalog::ListIdentifierTypesRequest>,
    ) -> Answer<catalog::ListIdentifierTypesResponse> {
        Err(refused(ErrorKind::Invalid))
    }

    async fn list_segments(
        &self,
        _: Request<catalog::ListSegmentsRequest>,
    ) -> Answer<catalog::ListSegmentsResponse> {
        Err(refused(ErrorKind::Invalid))
    }

    async fn delete_segment(
        &self,
        _: Request<catalog::DeleteSegmentRequest>,
    ) -> Answer<catalog::DeleteSegmentResponse> {
        Err(refused(ErrorKind::Invalid))
    }
}

fn shard() -> ShardId {
    ShardId::new(2).expect("a shard")
}

fn commit(base: Option<&str>) -> ManifestCommit {
    ManifestCommit {
        cluster_id: "c".to_owned(),
        shard: shard(),
        epoch: ShardEpoch(1),
        base: base.map(str::to_owned),
        manifest: ManifestRef {
            object: ObjectRef {
                key: "new".to_owned(),
                bytes: 1,
            },
            flushed: LogIndex(40),
        },
    }
}

#[tokio::test]
async fn the_next_coordinator_is_asked_where_one_does_not_lead() {
    let home = GrpcHome::new(vec![Fake::channel(false), Fake::channel(true)]);
    let registration = home.register("w", "http://x").await.expect("registered");
    assert_eq!(
        (registration.node, registration.cluster_id.as_str()),
        (NodeId(7), "c")
    );
    assert_eq!(home.commit_manifest(commit(None)).await, Ok(LogIndex(41)));
    let error = home
        .commit_manifest(commit(Some("old")))
        .await
        .expect_err("another base");
    assert_eq!(error.kind, ErrorKind::Conflict);
    let nobody = GrpcHome::new(vec![Fake::channel(false)]);
    let error = nobody
        .register("w", "http://x")
        .await
        .expect_err("nobody leads");
    assert_eq!(error.kind, ErrorKind::NotLeader);
}

#[tokio::test]
async fn heartbeats_tails_and_tables_come_back_in_domain_types() {
    let home: Arc<dyn Home> = Arc::new(GrpcHome::new(vec![Fake::channel(true)]));
    let progress = crate::agent::ShardProgress {
        shard: shard(),
        epoch: ShardEpoch(4),
        applied: LogIndex(8),
        hot_bytes: 1,
        stopped: None,
    };
    let beat = Beat {
        cluster_id: "c".to_owned(),
        node: NodeId(7),
        address: "http://x".to_owned(),
        shards: vec![progress],
    };
    let answer = home.heartbeat(0, beat).await.expect("answered");
    let owned = OwnedShard {
        shard: shard(),
        epoch: ShardEpoch(5),
        manifest: None,
        flushed: LogIndex(8),
    };
    assert_eq!(answer.owned, [owned]);
    assert_eq!(
        (answer.applied, answer.oldest_kept),
        (LogIndex(9), LogIndex(3))
    );
    assert_eq!(answer.leader_silence, Some(Duration::from_millis(250)));

    let from = TailFrom {
        cluster_id: "c".to_owned(),
        shard: shard(),
        epoch: ShardEpoch(5),
        after: LogIndex(8),
    };
    let mut tail = home.tail(0, from.clone()).await.expect("a tail");
    let first = tail.next().await.expect("a message").expect("news");
    assert_eq!(
        (first.entries[0].index, first.through),
        (LogIndex(9), LogIndex(10))
    );
    assert_eq!(first.entries[0].section, Bytes::from_static(b"abc"));
    let broken = tail
        .next()
        .await
        .expect("a message")
        .expect_err("the line breaks");
    assert_eq!(broken.kind, ErrorKind::Unavailable);
    assert!(
        home.tail(1, from).await.is_err(),
        "there is one coordinator only"
    );

    let tables = home.tables().await.expect("tables");
    assert_eq!(tables[0].name.as_str(), "orders");
}
