//! A cluster that answers from a script: what commands send and show is tested against it.
//!
//! Ingestion is no script: it takes sequences in order and refuses others, as the catalog does.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{self, Write},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

use tagma_core::ErrorKind;
use tagma_proto::{
    RemoteError,
    pb::{catalog::v1 as catalog, ingest::v1 as ingest},
    to_status,
};
use tokio::net::TcpListener;
use tokio_stream::wrappers::TcpListenerStream;
use tokio_util::sync::CancellationToken;
use tonic::{Request, Response, Status};

mod scripted;

/// What the fake cluster has seen and holds.
#[derive(Default)]
pub(crate) struct Fake {
    /// Answers of this many calls: "not now".
    pub(crate) refusals: AtomicU64,
    /// Where the leader is, if not here.
    pub(crate) leader: Mutex<Option<String>>,
    /// Calls that came in, in order, by method.
    pub(crate) calls: Mutex<Vec<&'static str>>,
    pub(crate) applied: Mutex<Vec<String>>,
    pub(crate) tables: Mutex<Vec<catalog::Table>>,
    pub(crate) identifiers: Mutex<BTreeSet<String>>,
    pub(crate) loads: Mutex<BTreeMap<String, FakeLoad>>,
    /// Sequences of all requests with rows, taken or not.
    pub(crate) sent: Mutex<Vec<u64>>,
    /// Cancelled as soon as so many requests with rows were taken.
    pub(crate) stop: Mutex<Option<(usize, CancellationToken)>>,
    /// Messages of the member stream, each ended by an error or not.
    pub(crate) members: Mutex<Vec<scripted::MemberScript>>,
    pub(crate) member_requests: Mutex<Vec<tagma_proto::pb::segment::v1::MembersRequest>>,
}

pub(crate) use scripted::MemberScript;

/// A load, and the requests that were taken.
#[derive(Default, Clone)]
pub(crate) struct FakeLoad {
    pub(crate) load: ingest::Load,
    pub(crate) taken: Vec<ingest::WriteRequest>,
}

/// A running fake cluster.
pub(crate) struct Server {
    pub(crate) fake: Arc<Fake>,
    pub(crate) endpoint: String,
}

impl Server {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("bound");
        let fake = Arc::new(Fake::default());
        let router = scripted::router(fake.clone());
        tokio::spawn(router.serve_with_incoming(TcpListenerStream::new(listener)));
        Self {
            fake,
            endpoint: format!("http://{address}"),
        }
    }

    /// Runs `tagma ARGUMENTS` against this server: exit code, standard output, standard error.
    pub(crate) async fn tagma(&self, arguments: &[&str]) -> (u8, String, String) {
        let fixed = [
            "tagma",
            "--endpoint",
            self.endpoint.as_str(),
            "--request-timeout",
            "5s",
        ];
        let arguments = fixed.iter().chain(arguments).map(|a| (*a).into());
        let (data, rest) = (Sink::default(), Sink::default());
        let code = crate::run_on(arguments, Box::new(data.clone()), Box::new(rest.clone())).await;
        (code, data.text(), rest.text())
    }
}

/// A stream that is kept.
#[derive(Clone, Default)]
pub(crate) struct Sink(Arc<Mutex<Vec<u8>>>);

impl Sink {
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.0.lock().expect("not poisoned").clone()).expect("UTF-8")
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0
            .lock()
            .expect("not poisoned")
            .extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

pub(crate) fn refused(kind: ErrorKind, message: &str, leader: Option<String>) -> Status {
    to_status(&RemoteError {
        kind,
        message: message.to_owned(),
        leader_address: leader,
        retry_after_ms: None,
    })
}

impl Fake {
    fn enter(&self, method: &'static str) -> Result<(), Status> {
        self.calls.lock().expect("not poisoned").push(method);
        if let Some(leader) = self.leader.lock().expect("not poisoned").clone() {
            return Err(refused(
                ErrorKind::NotLeader,
                "another node leads",
                Some(leader),
            ));
        }
        let left = self.refusals.load(Ordering::SeqCst);
        if left > 0 {
            self.refusals.store(left - 1, Ordering::SeqCst);
            return Err(refused(ErrorKind::Unavailable, "not now", None));
        }
        Ok(())
    }

    pub(crate) fn called(&self, method: &str) -> usize {
        let calls = self.calls.lock().expect("not poisoned");
        calls.iter().filter(|call| **call == method).count()
    }
}

#[tonic::async_trait]
impl ingest::ingest_service_server::IngestService for Fake {
    async fn open_load(
        &self,
        request: Request<ingest::OpenLoadRequest>,
    ) -> Result<Response<ingest::OpenLoadResponse>, Status> {
        self.enter("open_load")?;
        let request = request.into_inner();
        let mut loads = self.loads.lock().expect("not poisoned");
        let number = loads.len() as u64 + 1;
        let key = format!("{}:{}:{}", request.table, request.mapping, request.content);
        let known = loads.entry(key).or_insert_with(|| FakeLoad {
            load: ingest::Load {
                producer: number,
                table: request.table,
                file: request.file,
                file_bytes: request.file_bytes,
                ..ingest::Load::default()
            },
            taken: Vec::new(),
        });
        known.load.epoch += 1;
        let load = Some(known.load.clone());
        Ok(Response::new(ingest::OpenLoadResponse { load }))
    }

    async fn open_producer(
        &self,
        _: Request<ingest::OpenProducerRequest>,
    ) -> Result<Response<ingest::OpenProducerResponse>, Status> {
        Err(Status::unimplemented("not scripted"))
    }

    async fn write(
        &self,
        request: Request<ingest::WriteRequest>,
    ) -> Result<Response<ingest::WriteResponse>, Status> {
        self.enter("write")?;
        let request = request.into_inner();
        let mut sent = self.sent.lock().expect("not poisoned");
        sent.push(request.sequence);
        drop(sent);
        let mut loads = self.loads.lock().expect("not poisoned");
        let known = loads
            .values_mut()
            .find(|known| known.load.producer == request.producer);
        let known = known.ok_or_else(|| refused(ErrorKind::NotFound, "no such load", None))?;
        if request.epoch != known.load.epoch || request.sequence > known.load.last_sequence + 1 {
            return Err(refused(ErrorKind::Conflict, "out of sequence", None));
        }
        if request.sequence == known.load.last_sequence + 1 {
            let good = scripted::rows(&request);
            known.load.last_sequence = request.sequence;
            known.load.last_log_index = 10 + request.sequence;
            known.load.first_log_index = 11;
            known.load.rows += good;
            known.load.created += good;
            known.load.rejected += request.rejected.len() as u64;
            known.taken.push(request);
            let stop = self.stop.lock().expect("not poisoned");
            if let Some((after, token)) = stop.as_ref()
                && known.taken.len() >= *after
            {
                token.cancel();
            }
        }
        Ok(Response::new(ingest::WriteResponse::default()))
    }

    async fn close_load(
        &self,
        request: Request<ingest::CloseLoadRequest>,
    ) -> Result<Response<ingest::CloseLoadResponse>, Status> {
        self.enter("close_load")?;
        let request = request.into_inner();
        let mut loads = self.loads.lock().expect("not poisoned");
        let known = loads
            .values_mut()
            .find(|known| known.load.producer == request.producer);
        let known = known.ok_or_else(|| refused(ErrorKind::NotFound, "no such load", None))?;
        if known.load.last_sequence != request.sequences {
            return Err(refused(ErrorKind::Conflict, "not all were taken", None));
        }
        known.load.finished = true;
        let load = Some(known.load.clone());
        Ok(Response::new(ingest::CloseLoadResponse { load }))
    }

    async fn list_loads(
        &self,
        _: Request<ingest::ListLoadsRequest>,
    ) -> Result<Response<ingest::ListLoadsResponse>, Status> {
        self.enter("list_loads")?;
        let loads = self.loads.lock().expect("not poisoned");
        let loads = loads.values().map(|known| known.load.clone()).collect();
        Ok(Response::new(ingest::ListLoadsResponse { loads }))
    }
}

#[tonic::async_trait]
impl catalog::catalog_service_server::CatalogService for Fake {
    async fn apply(
        &self,
        request: Request<catalog::ApplyRequest>,
    ) -> Result<Response<catalog::ApplyResponse>, Status> {
        self.enter("apply")?;
        let request = request.into_inner();
        assert_eq!(request.request_id.len(), 32);
        let mut changes = Vec::new();
        for file in request.files {
            changes.append(&mut scripted::declare(self, &file.text)?);
            self.applied.lock().expect("not poisoned").push(file.text);
        }
        Ok(Response::new(catalog::ApplyResponse {
            log_index: 7,
            changes,
        }))
    }

    async fn list_tables(
        &self,
        _: Request<catalog::ListTablesRequest>,
    ) -> Result<Response<catalog::ListTablesResponse>, Status> {
        self.enter("list_tables")?;
        let tables = self.tables.lock().expect("not poisoned").clone();
        Ok(Response::new(catalog::ListTablesResponse { tables }))
    }

    async fn list_identifier_types(
        &self,
        _: Request<catalog::ListIdentifierTypesRequest>,
    ) -> Result<Response<catalog::ListIdentifierTypesResponse>, Status> {
        self.enter("list_identifier_types")?;
        let types = self.identifiers.lock().expect("not poisoned").clone();
        let types = (1..)
            .zip(types)
            .map(|(priority, name)| catalog::IdentifierType {
                name,
                normalize: "phone".to_owned(),
                region: "CN".to_owned(),
                priority,
                blocked: vec!["0".to_owned()],
            });
        Ok(Response::new(catalog::ListIdentifierTypesResponse {
            types: types.collect(),
        }))
    }

    async fn list_segments(
        &self,
        _: Request<catalog::ListSegmentsRequest>,
    ) -> Result<Response<catalog::ListSegmentsResponse>, Status> {
        self.enter("list_segments")?;
        let segments = vec![scripted::segment()];
        Ok(Response::new(catalog::ListSegmentsResponse { segments }))
    }

    async fn delete_segment(
        &self,
        _: Request<catalog::DeleteSegmentRequest>,
    ) -> Result<Response<catalog::DeleteSegmentResponse>, Status> {
        self.enter("delete_segment")?;
        Ok(Response::new(catalog::DeleteSegmentResponse {
            log_index: 8,
        }))
    }
}
