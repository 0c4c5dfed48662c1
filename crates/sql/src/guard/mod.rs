//! What text is allowed to become a query: checked before anything recursive runs.
//!
//! Owns the limits of size and nesting, the list of allowed forms (everything that is not listed
//! is refused) and the rewriting of forms that DataFusion would plan with another meaning. Must
//! not know tables or types: that is planning's and [`crate::analyse`]'s.
//!
//! Traps of DataFusion that are handled here: a chain of 20,000 ORs overflows the stack (chains
//! of AND and OR are balanced, the depth is bounded); unary minus wraps (`-x` becomes `0 - x`);
//! BETWEEN does not pass through the planner of operators (it becomes two comparisons).

mod allowed;
mod error;
mod expressions;
mod functions;
mod queries;
mod rewrite;
#[cfg(test)]
mod tests;
mod tokens;

use sqlparser::ast::{Query, Statement};
use sqlparser::dialect::GenericDialect;
use sqlparser::parser::Parser;

pub use self::error::{Error, Place};

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
