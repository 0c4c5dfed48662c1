//! Tags of a history: what they are computed from.

use tagma_core::schema::{Name, TagKind};

use super::{aggregate::Aggregate, table::Table};

/// A tag's definition at some time.
#[derive(Debug, Clone)]
pub(super) struct TagPlan {
    pub(super) name: Name,
    pub(super) kind: TagKind,
    pub(super) from: From,
}

/// What its values are made of.
#[derive(Debug, Clone)]
pub(super) enum From {
    /// Rows of a table.
    Rows {
        /// Position of the table.
        table: usize,
        /// Position of the column.
        column: usize,
        /// How they become one value.
        aggregate: Aggregate,
    },
    /// The last published value of another tag.
    Tag(Name),
}

impl TagPlan {
    pub(super) fn sql(&self, tables: &[Table]) -> String {
        match &self.from {
            From::Rows {
                table,
                column,
                aggregate,
            } => {
                let table = &tables[*table];
                aggregate.sql(table.name, &table.columns[*column].name)
            }
            From::Tag(name) => format!("SELECT oneid, \"{name}\" AS value FROM people"),
        }
    }
}
