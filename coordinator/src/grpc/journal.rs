//! JournalService: what workers follow.

use futures::{StreamExt, stream::BoxStream};
use tagma_core::LogIndex;
use tagma_proto::pb::journal::v1::{
    TailEntry, TailRequest, TailResponse, journal_service_server::JournalService,
};
use tonic::{Request, Response, Status};

use super::convert::{invalid, shard_id, status};
use crate::{journal::tail, service::Context};

pub(super) struct Journal {
    context: Context,
}

impl Journal {
    pub(super) fn new(context: Context) -> Self {
        Self { context }
    }
}

#[tonic::async_trait]
impl JournalService for Journal {
    type TailStream = BoxStream<'static, Result<TailResponse, Status>>;

    async fn tail(
        &self,
        request: Request<TailRequest>,
    ) -> Result<Response<Self::TailStream>, Status> {
        let request = request.into_inner();
        let cluster = self.context.cluster().map_err(status)?;
        if cluster.cluster_id != request.cluster_id {
            return Err(invalid(format!("this is cluster {}", cluster.cluster_id)));
        }
        let (raft, journal) = (self.context.raft.clone(), self.context.journal.clone());
        let shard = shard_id(request.shard)?;
        let parts = tail(raft, journal, shard, LogIndex(request.after_log_index));
        let parts = parts.map(|part| {
            let part = part.map_err(status)?;
            let entries = part
                .entries
                .into_iter()
                .map(|(index, section, crc32c)| TailEntry {
                    log_index: index.0,
                    section,
                    crc32c,
                });
            Ok(TailResponse {
                entries: entries.collect(),
                through_log_index: part.through.0,
            })
        });
        Ok(Response::new(parts.boxed()))
    }
}
