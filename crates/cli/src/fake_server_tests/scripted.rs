//! Fixed answers of the fake cluster.

use std::{pin::Pin, sync::Arc};

use arrow::ipc::reader::StreamReader;
use futures::{Stream, stream};
use tagma_core::ErrorKind;
use tagma_proto::{
    MESSAGE_BYTES_MAX,
    pb::{
        catalog::v1 as catalog, cluster::v1 as cluster, identity::v1 as identity,
        ingest::v1 as ingest, segment::v1 as segment, tag::v1 as tag,
    },
};
use tonic::{Request, Response, Status, transport::server::Router};

use super::{Fake, refused};

/// 1998-07-01T00:00:00Z.
pub(crate) const AS_OF: i64 = 899_251_200_000_000;

/// Messages of one stream, and whether it breaks after them.
#[derive(Clone, Default)]
pub(crate) struct MemberScript {
    pub(crate) messages: Vec<segment::MembersResponse>,
    pub(crate) breaks: bool,
}

pub(super) fn router(fake: Arc<Fake>) -> Router {
    let ingest = ingest::ingest_service_server::IngestServiceServer::from_arc(fake.clone());
    let members = segment::segment_service_server::SegmentServiceServer::from_arc(fake.clone());
    tonic::transport::Server::builder()
        .add_service(ingest.max_decoding_message_size(MESSAGE_BYTES_MAX))
        .add_service(members.max_encoding_message_size(MESSAGE_BYTES_MAX))
        .add_service(catalog::catalog_service_server::CatalogServiceServer::from_arc(fake.clone()))
        .add_service(cluster::cluster_service_server::ClusterServiceServer::from_arc(fake.clone()))
        .add_service(
            identity::identity_service_server::IdentityServiceServer::from_arc(fake.clone()),
        )
        .add_service(tag::tag_service_server::TagServiceServer::from_arc(fake))
}

/// Rows of the Arrow stream of a request.
pub(crate) fn rows(request: &ingest::WriteRequest) -> u64 {
    let reader = StreamReader::try_new(request.rows_ipc.as_ref(), None).expect("a stream");
    reader
        .map(|batch| batch.expect("a batch").num_rows() as u64)
        .sum()
}

/// Takes the documents that loading renders; anything else is one segment.
pub(super) fn declare(fake: &Fake, text: &str) -> Result<Vec<catalog::Change>, Status> {
    let mut changes = Vec::new();
    let mut types = fake.identifiers.lock().expect("not poisoned").clone();
    for document in text.split("---\n") {
        let (kind, name) = scalar(document.lines().next().unwrap_or_default());
        match kind.as_str() {
            "identifier" => {
                types.insert(name.clone());
            }
            "table" => {
                let table = table(&name, document);
                if let Some(missing) = table
                    .identifiers
                    .iter()
                    .find(|i| !types.contains(&i.r#type))
                {
                    let message = format!(
                        "table `{name}` maps column `{}` to identifier type `{}`, which is not \
                         declared: add an `identifier:` document",
                        missing.column, missing.r#type
                    );
                    return Err(refused(ErrorKind::Invalid, &message, None));
                }
                fake.tables.lock().expect("not poisoned").push(table);
            }
            _ => {}
        }
        changes.push(catalog::Change {
            document: kind,
            name,
            change: "added".to_owned(),
        });
    }
    *fake.identifiers.lock().expect("not poisoned") = types;
    Ok(changes)
}

fn scalar(line: &str) -> (String, String) {
    let (key, value) = line
        .split_once(": ")
        .unwrap_or((line.trim_end_matches(':'), ""));
    let clean = |text: &str| text.trim().trim_matches('"').to_owned();
    (clean(key), clean(value))
}

fn table(name: &str, document: &str) -> catalog::Table {
    let mut table = catalog::Table {
        name: name.to_owned(),
        ..catalog::Table::default()
    };
    let mut section = String::new();
    for line in document.lines().skip(1) {
        let (key, value) = scalar(line);
        match (line.starts_with(' '), section.as_str(), key.as_str()) {
            (true, "identifiers", _) => table.identifiers.push(catalog::IdentifierColumn {
                r#type: key,
                column: value,
            }),
            (true, _, _) => table.columns.push(catalog::Column {
                name: key,
                r#type: value,
                ..catalog::Column::default()
            }),
            (false, _, "kind") => table.kind = value,
            (false, _, "time") => table.time = value,
            (false, _, "event") => table.event = value,
            (false, _, "timezone") => table.timezone = value,
            (false, _, "version") => table.version = value,
            (false, _, "key") => {
                let names = value.trim_matches(['[', ']']).split(", ");
                table.key = names
                    .map(|name| name.trim_matches('"').to_owned())
                    .collect();
            }
            (false, _, _) => section = key,
        }
    }
    table
}

pub(super) fn segment() -> catalog::Segment {
    catalog::Segment {
        name: "loyal".to_owned(),
        expr: "frequency >= 5 AND NOT lapsed".to_owned(),
        display: [("en".to_owned(), "Loyal".to_owned())].into(),
        owner: "growth".to_owned(),
        ..catalog::Segment::default()
    }
}

fn version(number: u64) -> tag::Version {
    tag::Version {
        tag: "recency".to_owned(),
        version: number,
        log_index: 20 + number,
        source_log_index: 20,
        as_of_unix_us: AS_OF,
        rows: 4,
        population: 5,
        min: "1".to_owned(),
        max: "546".to_owned(),
        top: vec![tag::ValueCount {
            value: "7".to_owned(),
            count: 2,
        }],
        duration_ms: 12,
        rolled_back_to: if number == 3 { 1 } else { 0 },
    }
}

fn recency() -> tag::Tag {
    tag::Tag {
        name: "recency".to_owned(),
        kind: "int".to_owned(),
        level: "derived".to_owned(),
        category: "消费/RFM".to_owned(),
        owner: String::new(),
        display: [("zh".to_owned(), "最近消费".to_owned())].into(),
        description: String::new(),
        sql: "SELECT oneid, 1 AS value FROM purchases".to_owned(),
        newest: Some(version(2)),
    }
}

type Members = Pin<Box<dyn Stream<Item = Result<segment::MembersResponse, Status>> + Send>>;

#[tonic::async_trait]
impl segment::segment_service_server::SegmentService for Fake {
    type MembersStream = Members;

    async fn count(
        &self,
        request: Request<segment::CountRequest>,
    ) -> Result<Response<segment::CountResponse>, Status> {
        self.enter("count")?;
        let request = request.into_inner();
        let at = request.at.unwrap_or_default();
        let text = match &request.expression {
            Some(segment::count_request::Expression::Expr(text)) => text.as_str(),
            _ => "",
        };
        if text.contains("nonsense") {
            let message = "unknown tag `nonsense` at 1:1; did you mean `recency`?";
            return Err(refused(ErrorKind::Invalid, message, None));
        }
        let step = |expr: &str, count| segment::WaterfallStep {
            expr: expr.to_owned(),
            count,
        };
        let steps = vec![step("", 23_570), step("frequency >= 5", 3_925)];
        Ok(Response::new(segment::CountResponse {
            count: 3_048,
            population: 23_570,
            log_index: at.at_least.or(at.log_index).unwrap_or(42),
            as_of_unix_us: at.as_of_unix_us.unwrap_or(AS_OF),
            elapsed_us: 412,
            steps: if request.waterfall { steps } else { Vec::new() },
            warnings: Vec::new(),
        }))
    }

    async fn members(
        &self,
        request: Request<segment::MembersRequest>,
    ) -> Result<Response<Members>, Status> {
        self.enter("members")?;
        self.member_requests
            .lock()
            .expect("not poisoned")
            .push(request.into_inner());
        let mut scripts = self.members.lock().expect("not poisoned");
        let script = if scripts.is_empty() {
            MemberScript::default()
        } else {
            scripts.remove(0)
        };
        let mut items: Vec<Result<_, Status>> = script.messages.into_iter().map(Ok).collect();
        if script.breaks {
            items.push(Err(refused(
                ErrorKind::Unavailable,
                "a worker has died",
                None,
            )));
        }
        Ok(Response::new(Box::pin(stream::iter(items))))
    }

    async fn parse(
        &self,
        _: Request<segment::ParseRequest>,
    ) -> Result<Response<segment::ParseResponse>, Status> {
        Err(Status::unimplemented("no command parses"))
    }

    async fn print(
        &self,
        _: Request<segment::PrintRequest>,
    ) -> Result<Response<segment::PrintResponse>, Status> {
        Err(Status::unimplemented("no command prints"))
    }

    async fn contains(
        &self,
        _: Request<segment::ContainsRequest>,
    ) -> Result<Response<segment::ContainsResponse>, Status> {
        self.enter("contains")?;
        Ok(Response::new(segment::ContainsResponse {
            contains: true,
            oneid: 4_294_967_296,
            log_index: 42,
            as_of_unix_us: AS_OF,
        }))
    }

    async fn explain(
        &self,
        request: Request<segment::ExplainRequest>,
    ) -> Result<Response<segment::ExplainResponse>, Status> {
        self.enter("explain")?;
        let has_person = !request.into_inner().person.is_empty();
        let leaf = segment::LeafTruth {
            expr: "frequency >= 5".to_owned(),
            holds: true,
            values: vec![segment::TagValue {
                tag: "frequency".to_owned(),
                value: "6".to_owned(),
            }],
        };
        Ok(Response::new(segment::ExplainResponse {
            normalized: "frequency >= 5".to_owned(),
            contains: has_person,
            oneid: if has_person { 4_294_967_296 } else { 0 },
            leaves: if has_person { vec![leaf] } else { Vec::new() },
            log_index: 42,
            as_of_unix_us: AS_OF,
            tags: vec![segment::TagRead {
                tag: "frequency".to_owned(),
                version: 2,
            }],
        }))
    }
}

#[tonic::async_trait]
impl tag::tag_service_server::TagService for Fake {
    async fn run(&self, _: Request<tag::RunRequest>) -> Result<Response<tag::RunResponse>, Status> {
        self.enter("run")?;
        Ok(Response::new(tag::RunResponse {
            log_index: 22,
            versions: vec![version(2)],
        }))
    }

    async fn list(
        &self,
        _: Request<tag::ListRequest>,
    ) -> Result<Response<tag::ListResponse>, Status> {
        self.enter("list")?;
        let tags = vec![recency()];
        Ok(Response::new(tag::ListResponse { tags }))
    }

    async fn show(
        &self,
        _: Request<tag::ShowRequest>,
    ) -> Result<Response<tag::ShowResponse>, Status> {
        self.enter("show")?;
        Ok(Response::new(tag::ShowResponse {
            tag: Some(recency()),
            versions: vec![version(2), version(1)],
        }))
    }

    async fn rollback(
        &self,
        _: Request<tag::RollbackRequest>,
    ) -> Result<Response<tag::RollbackResponse>, Status> {
        self.enter("rollback")?;
        Ok(Response::new(tag::RollbackResponse {
            log_index: 23,
            version: Some(version(3)),
        }))
    }
}

#[tonic::async_trait]
impl identity::identity_service_server::IdentityService for Fake {
    async fn resolve(
        &self,
        _: Request<identity::ResolveRequest>,
    ) -> Result<Response<identity::ResolveResponse>, Status> {
        self.enter("resolve")?;
        Ok(Response::new(identity::ResolveResponse {
            oneid: 4_294_967_296,
            identifiers: vec![identity::Identifier {
                r#type: "phone".to_owned(),
                value: "+8613800138000".to_owned(),
            }],
            log_index: 42,
        }))
    }

    async fn explain(
        &self,
        _: Request<identity::ExplainRequest>,
    ) -> Result<Response<identity::ExplainResponse>, Status> {
        self.enter("explain_person")?;
        let evidence = || {
            Some(identity::Evidence {
                source: "a.csv".to_owned(),
                source_row: 3,
                log_index: 7,
                at_unix_us: Some(0),
            })
        };
        Ok(Response::new(identity::ExplainResponse {
            oneid: 4_294_967_296,
            identifiers: vec![identity::KnownIdentifier {
                r#type: "phone".to_owned(),
                value: "+8613800138000".to_owned(),
                origin_oneid: 4_294_967_297,
                evidence: evidence(),
            }],
            merges: vec![identity::Merge {
                loser_oneid: 4_294_967_297,
                survivor_oneid: 4_294_967_296,
                r#type: "phone".to_owned(),
                value: "+8613800138000".to_owned(),
                evidence: evidence(),
                landed_log_index: Some(8),
                undone_log_index: Some(9),
            }],
            log_index: 42,
        }))
    }

    async fn merge(
        &self,
        request: Request<identity::MergeRequest>,
    ) -> Result<Response<identity::MergeResponse>, Status> {
        self.enter("merge_people")?;
        let request = request.into_inner();
        assert_eq!(request.request_id.len(), 32);
        assert_eq!(
            (request.person.as_str(), request.other_person.as_str()),
            ("phone:1", "a:2")
        );
        Ok(Response::new(identity::MergeResponse {
            survivor_oneid: 4_294_967_296,
            loser_oneid: 4_294_967_297,
            log_index: 7,
            landed_log_index: 9,
        }))
    }

    async fn unmerge(
        &self,
        request: Request<identity::UnmergeRequest>,
    ) -> Result<Response<identity::UnmergeResponse>, Status> {
        self.enter("unmerge_person")?;
        assert_eq!(request.into_inner().request_id.len(), 32);
        Ok(Response::new(identity::UnmergeResponse {
            oneid: 4_294_967_297,
            holder_oneid: 4_294_967_296,
            log_index: 10,
            landed_log_index: 12,
        }))
    }

    async fn lift(
        &self,
        request: Request<identity::LiftRequest>,
    ) -> Result<Response<identity::LiftResponse>, Status> {
        self.enter("lift_separation")?;
        assert_eq!(request.into_inner().request_id.len(), 32);
        Ok(Response::new(identity::LiftResponse {
            oneid: 4_294_967_296,
            other_oneid: 4_294_967_297,
            log_index: 13,
        }))
    }

    async fn unbind(
        &self,
        request: Request<identity::UnbindRequest>,
    ) -> Result<Response<identity::UnbindResponse>, Status> {
        self.enter("unbind_identifier")?;
        assert_eq!(request.into_inner().request_id.len(), 32);
        Ok(Response::new(identity::UnbindResponse {
            oneid: 4_294_967_296,
            log_index: 14,
        }))
    }

    async fn release(
        &self,
        request: Request<identity::ReleaseRequest>,
    ) -> Result<Response<identity::ReleaseResponse>, Status> {
        self.enter("release_identifier")?;
        assert_eq!(request.into_inner().request_id.len(), 32);
        Ok(Response::new(identity::ReleaseResponse { log_index: 15 }))
    }
}

#[tonic::async_trait]
impl cluster::cluster_service_server::ClusterService for Fake {
    async fn status(
        &self,
        _: Request<cluster::StatusRequest>,
    ) -> Result<Response<cluster::StatusResponse>, Status> {
        self.enter("status")?;
        let node = |role: &str| cluster::Node {
            id: 1,
            role: role.to_owned(),
            address: "http://127.0.0.1:7700".to_owned(),
            alive: true,
            name: "a".to_owned(),
        };
        Ok(Response::new(cluster::StatusResponse {
            cluster_id: "c0ffee".to_owned(),
            applied_log_index: 42,
            served_log_index: 41,
            floor_log_index: 1,
            term: 3,
            leader: 1,
            leader_address: "http://127.0.0.1:7700".to_owned(),
            node: 1,
            nodes: vec![node("coordinator"), node("worker")],
            shards: vec![cluster::Shard {
                shard: 1,
                owner: 0,
                epoch: 2,
                applied_log_index: 41,
                flushed_log_index: 30,
                people: 5,
                stopped: String::new(),
            }],
            people_created: 5,
            pending_merges: 2,
            pending_unmerges: 1,
            identity_rules: Some(cluster::IdentityRules {
                merged: 1,
                ..cluster::IdentityRules::default()
            }),
            timezone: "Asia/Shanghai".to_owned(),
        }))
    }
}
