//! What a tag's query is found to be.

use std::collections::BTreeSet;

use arrow::datatypes::{DataType, TimeUnit};
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::logical_expr::LogicalPlan;
use tagma_core::schema::TagKind;

use super::error::{Error, not_local};
use super::lists::{check_lists, check_times};
use super::local::rows_of;
use crate::arrow_types::ONEID;
use crate::session::{Family, family};
use crate::tables::PEOPLE;

/// The column that holds a tag's values.
const VALUE: &str = "value";

const COMPUTED: &str = "`oneid` in the result must be the column of a table, unchanged";

/// A query that computes a tag, person by person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagQuery {
    /// Tables that it reads, `people` excepted.
    pub reads_tables: BTreeSet<String>,
    /// Tags that it reads.
    pub reads_tags: BTreeSet<String>,
    /// The type of its values before they become the tag's.
    pub value_type: DataType,
}

/// Checks the plan as it was written: columns, locality, lists.
///
/// # Errors
/// [`Error`] with the reason; nothing else is planned then.
pub(crate) fn check_written(plan: &LogicalPlan) -> Result<(), Error> {
    let names: Vec<&str> = plan
        .schema()
        .fields()
        .iter()
        .map(|f| f.name().as_str())
        .collect();
    let fits = names.len() == 2 && names.contains(&ONEID) && names.contains(&VALUE);
    if !fits {
        return Err(Error::Columns {
            found: format!("`{}`", names.join("`, `")),
        });
    }
    check_lists(plan)?;
    let rows = rows_of(plan, None)?;
    let oneid = names.iter().position(|name| *name == ONEID);
    if !oneid.is_some_and(|n| rows.oneids.contains(&n)) {
        return Err(not_local(COMPUTED));
    }
    Ok(())
}

/// Describes the optimised plan and checks the type of its values.
///
/// # Errors
/// `Type` where values of that type cannot be the tag's.
pub(crate) fn describe(plan: &LogicalPlan, kind: TagKind) -> Result<TagQuery, Error> {
    let value = plan.schema().fields().iter().find(|f| f.name() == VALUE);
    let value_type = value.map_or(DataType::Null, |f| f.data_type().clone());
    check_type(kind, &value_type)?;
    check_times(plan)?;
    let mut reads_tables = BTreeSet::new();
    let mut reads_tags = BTreeSet::new();
    let walked = plan.apply_with_subqueries(|node| {
        if let LogicalPlan::TableScan(scan) = node {
            if scan.table_name.table() == PEOPLE {
                let columns = scan
                    .projected_schema
                    .fields()
                    .iter()
                    .map(|f| f.name().clone());
                reads_tags.extend(columns.filter(|name| name != ONEID));
            } else {
                reads_tables.insert(scan.table_name.table().to_string());
            }
        }
        Ok(TreeNodeRecursion::Continue)
    });
    walked.map_err(|e| not_local(&e.to_string()))?;
    Ok(TagQuery {
        reads_tables,
        reads_tags,
        value_type,
    })
}

fn check_type(kind: TagKind, found: &DataType) -> Result<(), Error> {
    let family = family(found);
    let fits = match kind {
        _ if family == Family::Null => true,
        TagKind::Bool => family == Family::Bool,
        TagKind::Category => family == Family::Text,
        TagKind::Int => {
            family == Family::Number && !matches!(found, DataType::Decimal128(_, s) if *s != 0)
        }
        TagKind::Decimal { .. } => family == Family::Number,
        TagKind::Date => family == Family::Date,
        TagKind::Timestamp => matches!(found, DataType::Timestamp(TimeUnit::Microsecond, _)),
    };
    if fits {
        return Ok(());
    }
    Err(Error::Type {
        found: found.to_string(),
        kind,
        instead: instead(kind),
    })
}

fn instead(kind: TagKind) -> String {
    match kind {
        TagKind::Bool => "write a condition".into(),
        TagKind::Category => "CAST(… AS TEXT)".into(),
        TagKind::Int => "CAST(… AS BIGINT)".into(),
        TagKind::Decimal { precision, scale } => {
            format!("CAST(… AS DECIMAL({precision}, {scale}))")
        }
        TagKind::Date => "CAST(… AS DATE)".into(),
        TagKind::Timestamp => "CAST(… AS TIMESTAMP)".into(),
    }
}
