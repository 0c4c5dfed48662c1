//! `DeadLetterService` over gRPC.

use tagma_core::LogIndex;
use tagma_proto::pb::ingest::v1::{
    ListDeadLettersRequest, ListDeadLettersResponse, StoredDeadLetter,
    dead_letter_service_server::DeadLetterService,
};
use tonic::{Request, Response, Status, async_trait};

use super::convert::status;
use crate::{
    query::Letters,
    service::{self, DeadLetter, SegmentService},
};

/// The service on the wire.
pub(super) struct DeadLetters {
    service: service::DeadLetterService,
    segments: SegmentService,
}

impl DeadLetters {
    pub(super) fn new(service: service::DeadLetterService, segments: SegmentService) -> Self {
        Self { service, segments }
    }
}

#[async_trait]
impl DeadLetterService for DeadLetters {
    async fn list_dead_letters(
        &self,
        request: Request<ListDeadLettersRequest>,
    ) -> Result<Response<ListDeadLettersResponse>, Status> {
        let request = request.into_inner();
        let at = request.log_index.map(LogIndex);
        let index = self.segments.read_index(at).await.map_err(status)?;
        let wanted = Letters {
            table: request.table,
            source: request.source,
            after: request.after,
            limit: request.page_size as usize,
        };
        let page = self.service.list(wanted, index).await.map_err(status)?;
        Ok(Response::new(ListDeadLettersResponse {
            letters: page.letters.into_iter().map(letter).collect(),
            log_index: index.0,
            next: page.next.map_or(0, |next| next.0),
        }))
    }
}

fn letter(letter: DeadLetter) -> StoredDeadLetter {
    StoredDeadLetter {
        letter: letter.letter.0,
        table: letter.table,
        source: letter.source,
        source_row: letter.source_row,
        reason: letter.reason,
        original: letter.original,
        log_index: letter.letter.index().0,
        at_unix_us: letter.at.map(|at| at.0),
    }
}
