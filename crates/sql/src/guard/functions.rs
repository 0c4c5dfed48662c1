//! Which functions may be called, and how.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use sqlparser::ast::{
    Function, FunctionArg, FunctionArgExpr, FunctionArgumentClause, FunctionArguments, Ident,
    ObjectNamePart,
};
use tagma_core::segment::nearest;

use super::error::{Error, Place, place_of, refused};
use crate::session::{aggregate_names, scalar_names, window_names};

struct Names {
    all: BTreeSet<String>,
    aggregates: BTreeSet<String>,
    windows: BTreeSet<String>,
}

/// A table of constants.
static NAMES: LazyLock<Names> = LazyLock::new(|| {
    let aggregates: BTreeSet<String> = aggregate_names().into_iter().collect();
    let windows: BTreeSet<String> = window_names().into_iter().collect();
    let mut all: BTreeSet<String> = scalar_names().into_iter().collect();
    all.extend(aggregates.iter().cloned());
    all.extend(windows.iter().cloned());
    Names {
        all,
        aggregates,
        windows,
    }
});

/// Aggregates whose result depends on the order of rows.
const ORDERED: [&str; 2] = ["first_value", "last_value"];

/// A call: known name, plain arguments.
pub(super) fn check(function: &Function) -> Result<(), Error> {
    let place = place_of(&function.name);
    let [ObjectNamePart::Identifier(Ident { value, .. })] = function.name.0.as_slice() else {
        return Err(unknown(&function.name.to_string(), place));
    };
    let name = value.to_lowercase();
    if !NAMES.all.contains(&name) {
        return Err(unknown(&name, place));
    }
    check_form(function, &name, place)?;
    check_arguments(function, place)?;
    check_use(function, &name, place)
}

fn check_form(function: &Function, name: &str, place: Place) -> Result<(), Error> {
    let forms = [
        (function.uses_odbc_syntax, "{fn …}"),
        (
            !matches!(function.parameters, FunctionArguments::None),
            "a second list of arguments",
        ),
        (!function.within_group.is_empty(), "WITHIN GROUP"),
    ];
    match forms.iter().find(|(present, _)| *present) {
        Some((_, what)) => {
            let what = format!("{what} with `{name}`");
            Err(refused(what, place, "write name(arguments)"))
        }
        None => Ok(()),
    }
}

fn check_arguments(function: &Function, place: Place) -> Result<(), Error> {
    let list = match &function.args {
        FunctionArguments::None => return Ok(()),
        FunctionArguments::Subquery(_) => {
            return Err(refused(
                "a subquery as argument",
                place,
                "put it in parentheses",
            ));
        }
        FunctionArguments::List(list) => list,
    };
    for arg in &list.args {
        let FunctionArg::Unnamed(FunctionArgExpr::Expr(_) | FunctionArgExpr::Wildcard) = arg else {
            return Err(refused(
                format!("the argument `{arg}`"),
                place,
                "write plain arguments",
            ));
        };
    }
    for clause in &list.clauses {
        match clause {
            FunctionArgumentClause::OrderBy(_)
            | FunctionArgumentClause::IgnoreOrRespectNulls(_) => {}
            other => {
                return Err(refused(
                    format!("`{other}`"),
                    place,
                    "only ORDER BY stands there",
                ));
            }
        }
    }
    Ok(())
}

fn check_use(function: &Function, name: &str, place: Place) -> Result<(), Error> {
    let windowed = function.over.is_some();
    let is_aggregate = NAMES.aggregates.contains(name);
    if windowed && !is_aggregate && !NAMES.windows.contains(name) {
        return Err(refused(
            format!("OVER with `{name}`"),
            place,
            "it is no window function",
        ));
    }
    if !windowed && !is_aggregate && NAMES.windows.contains(name) {
        return Err(refused(
            format!("`{name}` without OVER"),
            place,
            "add OVER (PARTITION BY oneid …)",
        ));
    }
    if !windowed && ORDERED.contains(&name) && !has_order(function) {
        let what = format!("`{name}` without ORDER BY");
        return Err(refused(
            what,
            place,
            "which row comes first must be said: add ORDER BY",
        ));
    }
    Ok(())
}

fn has_order(function: &Function) -> bool {
    let FunctionArguments::List(list) = &function.args else {
        return false;
    };
    list.clauses
        .iter()
        .any(|c| matches!(c, FunctionArgumentClause::OrderBy(_)))
}

fn unknown(name: &str, place: Place) -> Error {
    let hint = match name {
        "approx_distinct" => ": approximate functions are refused, write count(DISTINCT x)".into(),
        _ if name.starts_with("approx_") || name.contains("percentile") || name == "median" => {
            ": rank the rows of a person with row_number() OVER (PARTITION BY oneid ORDER BY x) \
             and take one"
                .into()
        }
        "random" | "rand" | "uuid" => ": tags are a function of their input".into(),
        _ => match nearest(name, NAMES.all.iter().map(String::as_str)) {
            Some(near) => format!("; did you mean `{near}`?"),
            None => String::new(),
        },
    };
    Error::UnknownFunction {
        name: name.to_string(),
        place,
        hint,
    }
}
