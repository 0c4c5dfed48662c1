//! `people`: one row a living person, published tags as columns.
//!
//! Owns the traits by which a worker lends its engine: nothing here knows chunks or bitmaps.

use std::fmt;
use std::sync::Arc;

use arrow::array::ArrayRef;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use async_trait::async_trait;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::Result;
use datafusion::logical_expr::{Expr, TableType};
use datafusion::physical_plan::ExecutionPlan;
use tagma_core::schema::{Name, TagKind};
use tagma_core::time::Zone;
use tagma_core::{Ordinal, ShardId};

use super::error::PeopleError;
use super::people_exec::PeopleExec;
use crate::arrow_types::{ONEID, tag_data_type};

/// Name of the table.
pub const PEOPLE: &str = "people";

/// The people of a shard at an index.
pub trait PeopleSource: fmt::Debug + Send + Sync {
    /// Appends to `out` the first `limit` living ordinals that are ≥ `from`, ascending; fewer
    /// only where there are no more.
    ///
    /// # Errors
    /// Where the list of the living cannot be read.
    fn alive(&self, from: Ordinal, limit: usize, out: &mut Vec<Ordinal>)
    -> Result<(), PeopleError>;

    /// Whether `ordinal` lives.
    ///
    /// # Errors
    /// Where the list of the living cannot be read.
    fn is_alive(&self, ordinal: Ordinal) -> Result<bool, PeopleError>;

    /// The declared tags, in the order of their columns.
    fn tags(&self) -> Vec<(Name, TagKind)>;

    /// The newest version of tag `name` published at or before the index; `None`: there is none,
    /// so every value is null.
    ///
    /// # Errors
    /// Where the version cannot be read.
    fn tag(&self, name: &str) -> Result<Option<Arc<dyn TagReader>>, PeopleError>;
}

/// Values of one tag version.
pub trait TagReader: fmt::Debug + Send + Sync {
    /// The values of `ordinals` (ascending), null where one has none: see [`super::tag_array()`].
    ///
    /// # Errors
    /// Where the version is damaged.
    fn read(&self, ordinals: &[Ordinal]) -> Result<ArrayRef, PeopleError>;
}

/// The table `people` of a shard.
#[derive(Debug)]
pub struct PeopleTable {
    shard: ShardId,
    source: Arc<dyn PeopleSource>,
    schema: SchemaRef,
    zone: Zone,
}

impl PeopleTable {
    /// The people of `shard` as `source` has them; timestamps are labelled `zone`.
    pub fn new(shard: ShardId, source: Arc<dyn PeopleSource>, zone: Zone) -> Self {
        let mut fields = vec![Field::new(ONEID, DataType::Int64, false)];
        for (name, kind) in source.tags() {
            fields.push(Field::new(
                name.as_str(),
                tag_data_type(kind, zone.name()),
                true,
            ));
        }
        Self {
            shard,
            source,
            schema: Arc::new(Schema::new(fields)),
            zone,
        }
    }
}

#[async_trait]
impl TableProvider for PeopleTable {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    async fn scan(
        &self,
        _state: &dyn Session,
        projection: Option<&Vec<usize>>,
        _filters: &[Expr],
        _limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let schema = match projection {
            Some(columns) => Arc::new(self.schema.project(columns)?),
            None => Arc::clone(&self.schema),
        };
        let exec = PeopleExec::new(self.shard, Arc::clone(&self.source), schema, self.zone);
        Ok(Arc::new(exec))
    }
}
