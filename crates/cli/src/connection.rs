//! The line to a cluster: the only file that names the gRPC library.
//!
//! Owns channels, the choice of endpoint, following the leader, retries until the request
//! time-out. Must not know what a command is for.

use std::{
    collections::BTreeMap,
    error::Error as _,
    future::Future,
    io,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tagma_core::ErrorKind;
use tagma_proto::{
    MESSAGE_BYTES_MAX, RemoteError, from_status,
    pb::{
        catalog::v1::{self as catalog, catalog_service_client::CatalogServiceClient},
        cluster::v1::{self as cluster, cluster_service_client::ClusterServiceClient},
        identity::v1::{self as identity, identity_service_client::IdentityServiceClient},
        ingest::v1::{
            self as ingest, dead_letter_service_client::DeadLetterServiceClient,
            ingest_service_client::IngestServiceClient,
        },
        segment::v1::{self as segment, segment_service_client::SegmentServiceClient},
        tag::v1::{self as tag, tag_service_client::TagServiceClient},
    },
};
use tokio::time::{Instant, sleep_until, timeout, timeout_at};
use tonic::{
    Code, Request, Response, Status, Streaming,
    transport::{Channel, Endpoint},
};

use crate::failure::Failure;

/// How long one call may take, retries included, unless told otherwise.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);
/// How long a tag run may take, unless told otherwise.
const RUN_TIMEOUT: Duration = Duration::from_secs(24 * 60 * 60);
/// How long nobody may answer before the first answer: a server that is not there will not come.
const FIRST_CONTACT: Duration = Duration::from_secs(3);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const KEEP_ALIVE: Duration = Duration::from_secs(10);
const PAUSE_MIN: Duration = Duration::from_millis(20);
const PAUSE_MAX: Duration = Duration::from_secs(1);
/// Hints followed at once; a longer chain waits between them, as leaders may be changing.
const HINTS_AT_ONCE: u32 = 3;
const STREAM_WINDOW_BYTES: u32 = 4 * 1024 * 1024;
const CONNECTION_WINDOW_BYTES: u32 = 16 * 1024 * 1024;

/// Whether a call whose outcome is unknown may be sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Repeat {
    Freely,
    Never,
}

/// What an error of a call leads to.
#[derive(Debug, PartialEq, Eq)]
enum Reaction {
    /// Ask this one, now.
    Redirect(String),
    /// Ask the next one, after the pause where there is a hint.
    Again(Option<Duration>),
    GiveUp,
}

/// A lazily opened line to one or more coordinators of one cluster.
pub struct Connection {
    endpoints: Vec<String>,
    request_timeout: Option<Duration>,
    line: Mutex<Line>,
    answered: AtomicBool,
}

struct Line {
    channels: BTreeMap<String, Channel>,
    current: String,
}

/// Members as they come in.
pub struct MemberStream {
    messages: Streaming<segment::MembersResponse>,
    patience: Duration,
}

/// One call: takes the request to the client's method, on whichever channel is right.
macro_rules! call {
    ($self:ident, $repeat:ident, $client:ident.$method:ident($request:ident)) => {
        $self
            .call($request, Repeat::$repeat, |channel, request| async move {
                let client = $client::new(channel)
                    .max_decoding_message_size(MESSAGE_BYTES_MAX)
                    .max_encoding_message_size(MESSAGE_BYTES_MAX);
                { client }.$method(request).await
            })
            .await
    };
}

/// A public method per call that is answered by one message and may be repeated.
macro_rules! calls {
    ($(
        $(#[$doc:meta])*
        $name:ident: $client:ident.$method:ident($request:ty) -> $response:ty;
    )*) => {
        impl Connection {
            $(
                $(#[$doc])*
                ///
                /// # Errors
                /// What the coordinator says, `Unavailable` where none answers.
                pub async fn $name(&self, request: $request) -> Result<$response, RemoteError> {
                    call!(self, Freely, $client.$method(request))
                }
            )*
        }
    };
}

calls! {
    /// Takes YAML documents, all or none; repeated under its `request_id`.
    apply: CatalogServiceClient.apply(catalog::ApplyRequest) -> catalog::ApplyResponse;
    /// Lists tables.
    list_tables: CatalogServiceClient.list_tables(catalog::ListTablesRequest)
        -> catalog::ListTablesResponse;
    /// Lists identifier types.
    list_identifier_types:
        CatalogServiceClient.list_identifier_types(catalog::ListIdentifierTypesRequest)
        -> catalog::ListIdentifierTypesResponse;
    /// Lists saved segments.
    list_segments: CatalogServiceClient.list_segments(catalog::ListSegmentsRequest)
        -> catalog::ListSegmentsResponse;
    /// Removes a saved segment; repeated under its `request_id`.
    delete_segment: CatalogServiceClient.delete_segment(catalog::DeleteSegmentRequest)
        -> catalog::DeleteSegmentResponse;
    /// The state of nodes and shards.
    status: ClusterServiceClient.status(cluster::StatusRequest) -> cluster::StatusResponse;
    /// The person behind an identifier.
    resolve: IdentityServiceClient.resolve(identity::ResolveRequest) -> identity::ResolveResponse;
    /// Why somebody is one person.
    explain_person: IdentityServiceClient.explain(identity::ExplainRequest)
        -> identity::ExplainResponse;
    /// Makes two people one; repeated under its `request_id`.
    merge_people: IdentityServiceClient.merge(identity::MergeRequest) -> identity::MergeResponse;
    /// Undoes a merge; repeated under its `request_id`.
    unmerge_person: IdentityServiceClient.unmerge(identity::UnmergeRequest)
        -> identity::UnmergeResponse;
    /// Lifts a separation; repeated under its `request_id`.
    lift_separation: IdentityServiceClient.lift(identity::LiftRequest) -> identity::LiftResponse;
    /// Takes an identifier from its person; repeated under its `request_id`.
    unbind_identifier: IdentityServiceClient.unbind(identity::UnbindRequest)
        -> identity::UnbindResponse;
    /// Lets an identifier out of quarantine; repeated under its `request_id`.
    release_identifier: IdentityServiceClient.release(identity::ReleaseRequest)
        -> identity::ReleaseResponse;
    /// Announces a file.
    open_load: IngestServiceClient.open_load(ingest::OpenLoadRequest) -> ingest::OpenLoadResponse;
    /// Sends rows; repeated under their sequence.
    write: IngestServiceClient.write(ingest::WriteRequest) -> ingest::WriteResponse;
    /// Marks a load as complete.
    close_load: IngestServiceClient.close_load(ingest::CloseLoadRequest)
        -> ingest::CloseLoadResponse;
    /// Lists loads, newest first.
    list_loads: IngestServiceClient.list_loads(ingest::ListLoadsRequest)
        -> ingest::ListLoadsResponse;
    /// A page of rows that went to no table.
    list_dead_letters: DeadLetterServiceClient.list_dead_letters(ingest::ListDeadLettersRequest)
        -> ingest::ListDeadLettersResponse;
    /// How many people.
    count: SegmentServiceClient.count(segment::CountRequest) -> segment::CountResponse;
    /// Whether one person is in.
    contains: SegmentServiceClient.contains(segment::ContainsRequest) -> segment::ContainsResponse;
    /// Every leaf for one person.
    explain: SegmentServiceClient.explain(segment::ExplainRequest) -> segment::ExplainResponse;
    /// Lists tags with their newest version.
    list_tags: TagServiceClient.list(tag::ListRequest) -> tag::ListResponse;
    /// One tag with its versions.
    show_tag: TagServiceClient.show(tag::ShowRequest) -> tag::ShowResponse;
    /// Brings an older version back; repeated under its `request_id`.
    rollback_tag: TagServiceClient.rollback(tag::RollbackRequest) -> tag::RollbackResponse;
}

impl Connection {
    /// A line to one of `endpoints`, comma-separated URLs; nothing is opened yet. Each call may
    /// take `request_timeout`, retries included ([`REQUEST_TIMEOUT`] where it is absent).
    ///
    /// # Errors
    /// [`Failure::Usage`] for what is no address.
    pub fn new(endpoints: &str, request_timeout: Option<Duration>) -> Result<Self, Failure> {
        let trimmed = endpoints
            .split(',')
            .map(str::trim)
            .filter(|e| !e.is_empty());
        let endpoints: Vec<String> = trimmed.map(with_scheme).collect();
        let Some(first) = endpoints.first().cloned() else {
            return Err(Failure::Usage("--endpoint is empty".to_owned()));
        };
        for endpoint in &endpoints {
            endpoint_of(endpoint).map_err(|error| Failure::Usage(error.message))?;
        }
        let line = Line {
            channels: BTreeMap::new(),
            current: first,
        };
        Ok(Self {
            endpoints,
            request_timeout,
            line: Mutex::new(line),
            answered: AtomicBool::new(false),
        })
    }

    /// Computes and publishes tags. Never repeated by itself: a second call is a second run.
    ///
    /// # Errors
    /// What the coordinator says; `Timeout` and `Unavailable` mean that the run may go on.
    pub async fn run_tags(
        &self,
        request: tag::RunRequest,
    ) -> Result<tag::RunResponse, RemoteError> {
        call!(self, Never, TagServiceClient.run(request))
    }

    /// Opens a stream of members. It is as slow as its reader: only silence times out.
    ///
    /// # Errors
    /// As for every call.
    pub async fn members(
        &self,
        request: segment::MembersRequest,
    ) -> Result<MemberStream, RemoteError> {
        let patience = self.request_timeout.unwrap_or(REQUEST_TIMEOUT);
        let messages = self
            .call(request, Repeat::Freely, |channel, mut request| async move {
                // The stream itself may take longer than its beginning.
                request.metadata_mut().remove("grpc-timeout");
                let client = SegmentServiceClient::new(channel);
                let mut client = client.max_decoding_message_size(MESSAGE_BYTES_MAX);
                client.members(request).await
            })
            .await?;
        Ok(MemberStream { messages, patience })
    }

    /// Returns once plain reads run at `log_index` or later.
    ///
    /// # Errors
    /// As for every call.
    pub async fn wait_served(&self, log_index: u64) -> Result<(), RemoteError> {
        let at = segment::ReadAt {
            at_least: Some(log_index),
            ..segment::ReadAt::default()
        };
        let request = segment::CountRequest {
            expression: Some("TRUE".to_owned().into()),
            at: Some(at),
            waterfall: false,
        };
        self.count(request).await.map(|_| ())
    }

    async fn call<Q, R, F>(
        &self,
        request: Q,
        repeat: Repeat,
        rpc: impl Fn(Channel, Request<Q>) -> F,
    ) -> Result<R, RemoteError>
    where
        Q: Clone,
        F: Future<Output = Result<Response<R>, Status>>,
    {
        let limit = self.limit(repeat);
        let (start, deadline) = (Instant::now(), Instant::now() + limit);
        let mut pauses = Pauses::default();
        loop {
            let target = self.target();
            let mut message = Request::new(request.clone());
            message.set_timeout(deadline - Instant::now());
            let answer = timeout_at(deadline, rpc(self.channel(&target)?, message)).await;
            let mut repeat = repeat;
            let error = match answer {
                Ok(Ok(response)) => {
                    self.answered.store(true, Ordering::Relaxed);
                    return Ok(response.into_inner());
                }
                Ok(Err(status)) => {
                    if was_refused(&status) {
                        repeat = Repeat::Freely;
                    }
                    self.understood(&target, &status)
                }
                Err(_) => silence(&target, limit),
            };
            let pause = match reaction(&error, repeat) {
                Reaction::GiveUp => return Err(error),
                Reaction::Redirect(address) => {
                    self.turn_to(with_scheme(&address));
                    pauses.after_hint()
                }
                Reaction::Again(hint) => {
                    self.turn_to(self.after(&target));
                    pauses.next(hint)
                }
            };
            let again = Instant::now() + pause;
            if again >= deadline || (!self.has_answered() && again >= start + FIRST_CONTACT) {
                return Err(error);
            }
            sleep_until(again).await;
        }
    }

    fn limit(&self, repeat: Repeat) -> Duration {
        let usual = match repeat {
            Repeat::Freely => REQUEST_TIMEOUT,
            Repeat::Never => RUN_TIMEOUT,
        };
        self.request_timeout.unwrap_or(usual)
    }

    fn has_answered(&self) -> bool {
        self.answered.load(Ordering::Relaxed)
    }

    fn target(&self) -> String {
        self.line().current.clone()
    }

    fn turn_to(&self, target: String) {
        self.line().current = target;
    }

    /// The configured endpoint after `target`; the first one after a followed hint.
    fn after(&self, target: &str) -> String {
        let position = self.endpoints.iter().position(|known| known == target);
        let next = position.map_or(0, |position| (position + 1) % self.endpoints.len());
        self.endpoints[next].clone()
    }

    fn channel(&self, target: &str) -> Result<Channel, RemoteError> {
        let mut line = self.line();
        if let Some(channel) = line.channels.get(target) {
            return Ok(channel.clone());
        }
        let channel = endpoint_of(target)?.connect_lazy();
        line.channels.insert(target.to_owned(), channel.clone());
        Ok(channel)
    }

    fn line(&self) -> std::sync::MutexGuard<'_, Line> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The error behind a status, with trouble on the way told apart from answers.
    fn understood(&self, target: &str, status: &Status) -> RemoteError {
        if !is_transport_trouble(status) {
            self.answered.store(true, Ordering::Relaxed);
            return from_status(status);
        }
        let hint = if self.has_answered() {
            ""
        } else {
            "; is Tagma running there? Start it with `tagma up`, or name it with --endpoint"
        };
        let reason = root_cause(status);
        RemoteError {
            kind: ErrorKind::Unavailable,
            message: format!("cannot reach {target}: {reason}{hint}"),
            leader_address: None,
            retry_after_ms: None,
        }
    }
}

impl MemberStream {
    /// The next message; `None` after the last one.
    ///
    /// # Errors
    /// `Unavailable` where the line broke: the members so far are good.
    pub async fn next(&mut self) -> Result<Option<segment::MembersResponse>, RemoteError> {
        match timeout(self.patience, self.messages.message()).await {
            Ok(Ok(message)) => Ok(message),
            Ok(Err(status)) if is_transport_trouble(&status) => Err(RemoteError {
                kind: ErrorKind::Unavailable,
                message: format!("the stream of members broke: {}", root_cause(&status)),
                leader_address: None,
                retry_after_ms: None,
            }),
            Ok(Err(status)) => Err(from_status(&status)),
            Err(_) => Err(silence("the stream of members", self.patience)),
        }
    }
}

/// How long to wait before the next attempt: longer each time.
#[derive(Default)]
struct Pauses {
    taken: u32,
    hints: u32,
}

impl Pauses {
    fn next(&mut self, hint: Option<Duration>) -> Duration {
        let grown = PAUSE_MIN.saturating_mul(1 << self.taken.min(10));
        self.taken += 1;
        hint.unwrap_or(grown).min(PAUSE_MAX)
    }

    fn after_hint(&mut self) -> Duration {
        self.hints += 1;
        if self.hints <= HINTS_AT_ONCE {
            return Duration::ZERO;
        }
        self.next(None)
    }
}

fn reaction(error: &RemoteError, repeat: Repeat) -> Reaction {
    let hint = error.retry_after_ms.map(Duration::from_millis);
    match (error.kind, &error.leader_address) {
        (ErrorKind::NotLeader, Some(address)) => Reaction::Redirect(address.clone()),
        // Nothing was done there, so that every call may be sent again.
        (ErrorKind::NotLeader, None) => Reaction::Again(hint),
        _ if repeat == Repeat::Never => Reaction::GiveUp,
        (ErrorKind::Unavailable | ErrorKind::Timeout, _) => Reaction::Again(hint),
        (ErrorKind::Exhausted, _) if hint.is_some() => Reaction::Again(hint),
        _ => Reaction::GiveUp,
    }
}

/// Whether the status was made on this side because the line broke, rather than sent by a server.
fn is_transport_trouble(status: &Status) -> bool {
    let code = matches!(
        status.code(),
        Code::Unavailable | Code::Unknown | Code::Internal
    );
    code && (status.source().is_some() || status.message().starts_with("Service was not ready"))
}

/// Whether nobody listened there, so that nothing was sent.
fn was_refused(status: &Status) -> bool {
    let mut cause = status.source();
    while let Some(error) = cause {
        let refused = |error: &io::Error| error.kind() == io::ErrorKind::ConnectionRefused;
        if error.downcast_ref().is_some_and(refused) {
            return true;
        }
        cause = error.source();
    }
    false
}

fn root_cause(status: &Status) -> String {
    let mut cause: &dyn std::error::Error = status;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    match cause.downcast_ref::<Status>() {
        Some(status) => status.message().to_owned(),
        None => cause.to_string(),
    }
}

fn silence(target: &str, limit: Duration) -> RemoteError {
    RemoteError {
        kind: ErrorKind::Timeout,
        message: format!(
            "no answer from {target} within {limit:?}: allow more with --request-timeout"
        ),
        leader_address: None,
        retry_after_ms: None,
    }
}

fn with_scheme(endpoint: &str) -> String {
    if endpoint.contains("://") {
        return endpoint.trim_end_matches('/').to_owned();
    }
    format!("http://{endpoint}")
}

fn endpoint_of(target: &str) -> Result<Endpoint, RemoteError> {
    let wrong = |why: String| RemoteError {
        kind: ErrorKind::Invalid,
        message: format!("`{target}` is no endpoint: {why}; write http://HOST:PORT"),
        leader_address: None,
        retry_after_ms: None,
    };
    if !target.starts_with("http://") {
        return Err(wrong("only http is spoken".to_owned()));
    }
    let endpoint = Endpoint::from_shared(target.to_owned()).map_err(|e| wrong(e.to_string()))?;
    if endpoint.uri().host().is_none_or(str::is_empty) {
        return Err(wrong("it names no host".to_owned()));
    }
    Ok(endpoint
        .connect_timeout(CONNECT_TIMEOUT)
        .http2_keep_alive_interval(KEEP_ALIVE)
        .keep_alive_timeout(KEEP_ALIVE)
        .initial_stream_window_size(STREAM_WINDOW_BYTES)
        .initial_connection_window_size(CONNECTION_WINDOW_BYTES))
}

#[cfg(test)]
#[path = "connection_tests.rs"]
mod tests;
