//! One run over one shard.

use std::sync::Arc;
use std::time::Duration;

use datafusion::physical_plan::execute_stream;
use futures::TryStreamExt;
use tagma_core::schema::{Name, TagKind};
use tagma_core::time::Zone;
use tagma_core::{AsOf, OneId, ShardId, Value};

use super::deadline::Deadline;
use super::error::Error;
use super::plan::plan;
use super::rows::Rows;
use crate::analyse::TagQuery;
use crate::session::{SessionSpec, SqlRuntime};
use crate::tables::{PeopleSource, TableAt};

/// What is computed.
#[derive(Debug, Clone)]
pub struct TagSpec {
    /// The tag.
    pub name: Name,
    /// What its values are.
    pub kind: TagKind,
    /// `SELECT oneid, … AS value`.
    pub sql: String,
    /// The calendar of the SQL.
    pub zone: Zone,
    /// How long it may take.
    pub timeout: Option<Duration>,
}

/// What it is computed over: a shard at one index.
#[derive(Debug, Clone)]
pub struct ShardAt {
    /// The shard.
    pub shard: ShardId,
    /// What `now()` means.
    pub as_of: AsOf,
    /// Its tables, all at the same index.
    pub tables: Vec<TableAt>,
    /// Its people at that index.
    pub people: Arc<dyn PeopleSource>,
}

/// Takes the values, in the order of their people; an error ends the run.
pub type Sink<'a> =
    dyn FnMut(OneId, Value) -> Result<(), Box<dyn std::error::Error + Send + Sync>> + Send + 'a;

/// What a run did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunReport {
    /// What it read.
    pub query: TagQuery,
    /// Values that the sink took, one a person.
    pub values: u64,
    /// Rows without a value.
    pub nulls: u64,
    /// Rows of people who do not live at the index: left out.
    pub not_alive: u64,
}

/// Computes the tag over the people of the shard. Dropping the future cancels the run.
///
/// Planning takes a blocking thread of the calling tokio runtime, which must give its threads at
/// least 16 MiB of stack.
///
/// # Errors
/// [`Error`]; what the sink took until then is to be dropped.
pub async fn run_tag(
    runtime: &SqlRuntime,
    spec: &TagSpec,
    shard: &ShardAt,
    sink: &mut Sink<'_>,
) -> Result<RunReport, Error> {
    let deadline = Deadline::new(spec);
    let session = SessionSpec {
        shard: shard.shard,
        as_of: shard.as_of,
        zone: spec.zone,
        tables: shard.tables.clone(),
        people: Arc::clone(&shard.people),
    };
    let planned = deadline.within(plan(runtime, spec, session)).await??;
    let failed = |source| Error::Execute {
        tag: spec.name.clone(),
        source,
    };
    let mut stream = execute_stream(planned.plan, planned.context).map_err(failed)?;
    let mut rows = Rows::new(spec, shard, planned.query);
    while let Some(batch) = deadline.within(stream.try_next()).await?.map_err(failed)? {
        rows.take(&batch, sink)?;
    }
    rows.finish()
}
