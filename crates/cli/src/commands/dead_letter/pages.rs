//! Dead letters page by page, all at one index.

use tagma_proto::pb::ingest::v1::{ListDeadLettersRequest, StoredDeadLetter};

use super::Chosen;
use crate::{connection::Connection, failure::Failure};

/// Letters of a page: as many as a server gives at once.
const PAGE: u32 = 10_000;

/// The letters that somebody has chosen.
pub(super) struct Pages<'a> {
    connection: &'a Connection,
    request: ListDeadLettersRequest,
    done: bool,
}

impl<'a> Pages<'a> {
    pub(super) fn new(connection: &'a Connection, chosen: &Chosen) -> Self {
        let request = ListDeadLettersRequest {
            table: chosen
                .table
                .as_ref()
                .map(|table| table.to_lowercase())
                .unwrap_or_default(),
            source: chosen.source.clone().unwrap_or_default(),
            after: 0,
            page_size: PAGE,
            log_index: chosen.at,
        };
        Self {
            connection,
            request,
            done: false,
        }
    }

    /// The next letters, at most `limit`; `None` after the last ones.
    ///
    /// # Errors
    /// Those of the server.
    pub(super) async fn next(
        &mut self,
        limit: u32,
    ) -> Result<Option<Vec<StoredDeadLetter>>, Failure> {
        if self.done {
            return Ok(None);
        }
        self.request.page_size = limit.min(PAGE);
        let page = self
            .connection
            .list_dead_letters(self.request.clone())
            .await?;
        self.request.log_index = Some(page.log_index);
        self.request.after = page.next;
        self.done = page.next == 0;
        Ok(Some(page.letters))
    }

    /// Index that the letters are read at, once a page has come.
    pub(super) fn index(&self) -> u64 {
        self.request.log_index.unwrap_or_default()
    }
}
