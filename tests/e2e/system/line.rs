//! A line to a server: the calls of its API, each waited for.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::future::Future;
use std::io::Cursor;

use anyhow::{Context, Result, anyhow, ensure};
use arrow::array::RecordBatch;
use arrow::ipc::reader::StreamReader;
use futures::future::join_all;
use tagma_core::ErrorKind;
use tagma_proto::channel::{GrpcChannel, connect};
use tagma_proto::from_status;
use tagma_proto::pb::catalog::v1::{
    ApplyRequest, DeleteSegmentRequest, SourceFile, catalog_service_client::CatalogServiceClient,
};
use tagma_proto::pb::cluster::v1::{
    StatusRequest, StatusResponse, cluster_service_client::ClusterServiceClient,
};
use tagma_proto::pb::ingest::v1::{
    OpenProducerRequest, OpenProducerResponse, WriteRequest, WriteResponse,
    ingest_service_client::IngestServiceClient,
};
use tagma_proto::pb::segment::v1::{
    ContainsRequest, ContainsResponse, CountRequest, CountResponse, ExplainRequest,
    ExplainResponse, MembersRequest, MembersResponse, segment_service_client::SegmentServiceClient,
};
use tagma_proto::pb::tag::v1::{RollbackRequest, RunRequest, tag_service_client::TagServiceClient};
use tokio::runtime::{Builder, Runtime};
use tonic::{Response, Status};

/// Calls over one connection; each returns when it is answered.
pub(super) struct Line {
    runtime: Runtime,
    channel: GrpcChannel,
}

/// Members with what was asked for about each.
pub(super) struct Members {
    /// What every message repeats.
    pub(super) head: MembersResponse,
    /// Columns `oneid`, tags, identifiers.
    pub(super) batches: Vec<RecordBatch>,
}

impl Line {
    /// A line to `endpoint`, which is reached with the first call.
    pub(super) fn open(endpoint: &str) -> Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let channel = {
            let _entered = runtime.enter();
            connect(endpoint)?
        };
        Ok(Self { runtime, channel })
    }

    /// Takes documents: the index of the entry.
    pub(super) fn apply(&self, text: &str) -> Result<u64> {
        let file = SourceFile {
            name: "history.yaml".to_owned(),
            text: text.to_owned(),
        };
        let request = ApplyRequest {
            files: vec![file],
            request_id: String::new(),
            keep_identifier_types: false,
            segments: Vec::new(),
        };
        let mut client = CatalogServiceClient::new(self.channel.clone());
        let applied = self.wait(client.apply(request));
        Ok(applied.with_context(|| text.to_owned())?.log_index)
    }

    /// Deletes a segment: the index of the entry.
    pub(super) fn delete_segment(&self, name: &str) -> Result<u64> {
        let request = DeleteSegmentRequest {
            name: name.to_owned(),
            request_id: String::new(),
        };
        let mut client = CatalogServiceClient::new(self.channel.clone());
        Ok(self.wait(client.delete_segment(request))?.log_index)
    }

    /// Announces a producer.
    pub(super) fn open_producer(&self, name: &str) -> Result<OpenProducerResponse> {
        let name = name.to_owned();
        let mut client = IngestServiceClient::new(self.channel.clone());
        self.wait(client.open_producer(OpenProducerRequest { name }))
    }

    /// Sends all writes at once: their acknowledgements. One that overtakes its predecessor on the
    /// way is refused, and sent again.
    pub(super) fn write(&self, writes: &[WriteRequest]) -> Result<Vec<WriteResponse>> {
        let send = |write: &WriteRequest| {
            let mut client = IngestServiceClient::new(self.channel.clone());
            let write = write.clone();
            async move { client.write(write).await }
        };
        let mut taken = BTreeMap::new();
        // In every round the first that is left has no predecessor.
        for _ in writes {
            let left = writes.iter().filter(|w| !taken.contains_key(&w.sequence));
            let left: Vec<&WriteRequest> = left.collect();
            let answers = self
                .runtime
                .block_on(join_all(left.iter().map(|write| send(write))));
            for (write, given) in left.iter().zip(answers) {
                match given {
                    Err(status) if from_status(&status).kind == ErrorKind::Conflict => {}
                    given => {
                        taken.insert(write.sequence, answer(given)?);
                    }
                }
            }
        }
        ensure!(taken.len() == writes.len(), "only {taken:?} were taken");
        Ok(taken.into_values().collect())
    }

    /// Computes tags: the index of their publication.
    pub(super) fn run(&self, names: Vec<String>, as_of: i64) -> Result<u64> {
        let request = RunRequest {
            names,
            as_of_unix_us: Some(as_of),
        };
        let mut client = TagServiceClient::new(self.channel.clone());
        Ok(self.wait(client.run(request))?.log_index)
    }

    /// Brings the version before the newest back: the index of the entry.
    pub(super) fn roll_back(&self, name: &str) -> Result<u64> {
        let request = RollbackRequest {
            name: name.to_owned(),
            version: 0,
            request_id: String::new(),
        };
        let mut client = TagServiceClient::new(self.channel.clone());
        Ok(self.wait(client.rollback(request))?.log_index)
    }

    /// How many.
    pub(super) fn count(&self, request: CountRequest) -> Result<CountResponse> {
        let mut client = SegmentServiceClient::new(self.channel.clone());
        self.wait(client.count(request))
    }

    /// Whether one person is in.
    pub(super) fn contains(&self, request: ContainsRequest) -> Result<ContainsResponse> {
        let mut client = SegmentServiceClient::new(self.channel.clone());
        self.wait(client.contains(request))
    }

    /// Every leaf for one person.
    pub(super) fn explain(&self, request: ExplainRequest) -> Result<ExplainResponse> {
        let mut client = SegmentServiceClient::new(self.channel.clone());
        self.wait(client.explain(request))
    }

    /// Who.
    pub(super) fn members(&self, request: MembersRequest) -> Result<Members> {
        let mut client = SegmentServiceClient::new(self.channel.clone());
        let messages = self.runtime.block_on(async {
            let mut stream = client.members(request).await?.into_inner();
            let mut messages = Vec::new();
            while let Some(message) = stream.message().await? {
                messages.push(message);
            }
            Ok(Response::new(messages))
        });
        let messages = answer(messages)?;
        let head = messages.first().cloned().context("no message")?;
        let mut batches = Vec::new();
        for message in &messages {
            let same = (message.log_index, message.as_of_unix_us, message.count);
            let first = (head.log_index, head.as_of_unix_us, head.count);
            ensure!(
                same == first,
                "messages of one answer differ: {same:?}, {first:?}"
            );
            if !message.members_ipc.is_empty() {
                let reader = StreamReader::try_new(Cursor::new(&message.members_ipc), None)?;
                batches.extend(reader.collect::<Result<Vec<_>, _>>()?);
            }
        }
        Ok(Members { head, batches })
    }

    /// The state of the cluster.
    pub(super) fn status(&self) -> Result<StatusResponse> {
        let mut client = ClusterServiceClient::new(self.channel.clone());
        self.wait(client.status(StatusRequest {}))
    }

    fn wait<T: Debug>(&self, call: impl Future<Output = Result<Response<T>, Status>>) -> Result<T> {
        answer(self.runtime.block_on(call))
    }
}

fn answer<T>(answer: Result<Response<T>, Status>) -> Result<T> {
    match answer {
        Ok(answer) => Ok(answer.into_inner()),
        Err(status) => Err(anyhow!("{:?}: {}", status.code(), status.message())),
    }
}
