//! Which clauses and table references are allowed.

use sqlparser::ast::{Ident, ObjectName, ObjectNamePart, Query, Select, SetExpr, TableFactor};

use super::error::{Error, place_of, refused};

const PLAIN: &str = "write a plain SELECT";

/// The clauses of a query around its body.
pub(super) fn check_query(query: &Query) -> Result<(), Error> {
    let clauses = [
        (query.fetch.is_some(), "FETCH"),
        (!query.locks.is_empty(), "FOR UPDATE"),
        (query.for_clause.is_some(), "FOR XML or JSON"),
        (query.settings.is_some(), "SETTINGS"),
        (query.format_clause.is_some(), "FORMAT"),
        (!query.pipe_operators.is_empty(), "`|>`"),
    ];
    refuse_any(&clauses, query)?;
    if let Some(with) = &query.with
        && with.recursive
    {
        return Err(refused("WITH RECURSIVE", with.with_token.0.span, PLAIN));
    }
    check_body(&query.body)
}

fn check_body(body: &SetExpr) -> Result<(), Error> {
    match body {
        SetExpr::Select(_) | SetExpr::Query(_) | SetExpr::Values(_) => Ok(()),
        SetExpr::SetOperation { left, right, .. } => {
            check_body(left)?;
            check_body(right)
        }
        SetExpr::Insert(_) | SetExpr::Update(_) | SetExpr::Delete(_) | SetExpr::Merge(_) => {
            Err(refused(
                "a statement that changes rows",
                place_of(body),
                "only SELECT reads",
            ))
        }
        SetExpr::Table(_) => Err(refused("TABLE", place_of(body), "write SELECT * FROM")),
    }
}

/// The clauses of a SELECT.
pub(super) fn check_select(select: &Select) -> Result<(), Error> {
    let clauses = [
        (!select.optimizer_hints.is_empty(), "a hint"),
        (select.select_modifiers.is_some(), "a modifier of SELECT"),
        (select.top.is_some(), "TOP"),
        (select.exclude.is_some(), "EXCLUDE"),
        (select.into.is_some(), "INTO"),
        (!select.lateral_views.is_empty(), "LATERAL VIEW"),
        (select.prewhere.is_some(), "PREWHERE"),
        (!select.connect_by.is_empty(), "CONNECT BY"),
        (!select.cluster_by.is_empty(), "CLUSTER BY"),
        (!select.distribute_by.is_empty(), "DISTRIBUTE BY"),
        (!select.sort_by.is_empty(), "SORT BY"),
        (select.value_table_mode.is_some(), "AS VALUE or STRUCT"),
    ];
    refuse_any(&clauses, select)
}

fn refuse_any(clauses: &[(bool, &str)], node: &impl sqlparser::ast::Spanned) -> Result<(), Error> {
    match clauses.iter().find(|(present, _)| *present) {
        Some((_, what)) => Err(refused(*what, place_of(node), PLAIN)),
        None => Ok(()),
    }
}

/// A table reference: a plain name, a subquery, or a join of those.
pub(super) fn check_table(table: &TableFactor) -> Result<(), Error> {
    match table {
        TableFactor::Table {
            name,
            args: None,
            with_hints,
            version: None,
            with_ordinality: false,
            partitions,
            json_path: None,
            sample: None,
            index_hints,
            ..
        } if with_hints.is_empty() && partitions.is_empty() && index_hints.is_empty() => {
            check_name(name, table)
        }
        TableFactor::Derived {
            lateral: false,
            sample: None,
            ..
        }
        | TableFactor::NestedJoin { .. } => Ok(()),
        TableFactor::Table {
            name,
            args: Some(_),
            ..
        } => Err(refused(
            format!("the table function `{name}`"),
            place_of(table),
            "read a table by its name",
        )),
        _ => Err(refused(
            "this form of a table reference",
            place_of(table),
            "read a table by its name, or a subquery in parentheses",
        )),
    }
}

fn check_name(name: &ObjectName, table: &TableFactor) -> Result<(), Error> {
    let [
        ObjectNamePart::Identifier(Ident {
            value, quote_style, ..
        }),
    ] = name.0.as_slice()
    else {
        return Err(refused(
            format!("`{name}`"),
            place_of(table),
            "tables have a single name, without a catalog or schema",
        ));
    };
    let file_like = *quote_style == Some('\'') || value.contains(['/', '\\', '.', ':']);
    if file_like {
        return Err(refused(
            format!("reading `{value}`"),
            place_of(table),
            "SQL reads tables, not files or addresses",
        ));
    }
    Ok(())
}
