//! From text to a query of the allowed forms.

use sqlparser::ast::{Query, Statement};
use sqlparser::dialect::GenericDialect;
use sqlparser::parser::Parser;

use super::error::{self, Error};
use super::{allowed, rewrite, tokens};

/// Levels of the parser's own recursion: a parenthesis takes a few of them.
const PARSER_DEPTH: usize = 512;

/// Reads `sql` as one query of the allowed forms, rewritten for planning.
///
/// Call it on a thread with at least 16 MiB of stack.
///
/// # Errors
/// [`Error`] says what is not allowed, where, and what to write instead.
pub(crate) fn read_query(sql: &str) -> Result<Box<Query>, Error> {
    let tokens = tokens::tokens(sql)?;
    let mut parser = Parser::new(&GenericDialect {})
        .with_recursion_limit(PARSER_DEPTH)
        .with_tokens_with_locations(tokens);
    let mut statements = parser.parse_statements().map_err(error::syntax)?;
    let statement = statements.pop().filter(|_| statements.is_empty());
    let mut query = match statement {
        Some(Statement::Query(query)) => query,
        Some(other) => return Err(error::not_a_query(&other)),
        None => return Err(Error::NotOneQuery),
    };
    rewrite::rewrite(&mut query)?;
    allowed::check(&query)?;
    Ok(query)
}
