//! Checks a definition without data.

use std::sync::Arc;

use tagma_core::schema::{Name, TableSchema, TagKind};
use tagma_core::{AsOf, LogIndex, ShardId};

use super::error::Error;
use super::job::TagSpec;
use super::no_people::NoPeople;
use super::plan::plan;
use crate::analyse::TagQuery;
use crate::session::{SessionSpec, SqlRuntime};
use crate::tables::TableAt;

/// Plans the tag's SQL over empty `tables` and `people` with `tags`: what `validate` and `plan`
/// say about a definition. Stack as for [`super::run_tag`].
///
/// # Errors
/// Those of [`super::run_tag`] that do not depend on rows.
pub async fn check_tag(
    runtime: &SqlRuntime,
    spec: &TagSpec,
    tables: &[TableSchema],
    tags: Vec<(Name, TagKind)>,
) -> Result<TagQuery, Error> {
    let empty = |schema: &TableSchema| TableAt {
        schema: Arc::new(schema.clone()),
        zone: spec.zone,
        index: LogIndex::ZERO,
        hot: Vec::new(),
        runs: Vec::new(),
        departed: Arc::default(),
    };
    let session = SessionSpec {
        shard: ShardId::new(1).expect("1 is a shard number"),
        as_of: AsOf(0),
        zone: spec.zone,
        tables: tables.iter().map(empty).collect(),
        people: Arc::new(NoPeople { tags }),
    };
    Ok(plan(runtime, spec, session).await?.query)
}
