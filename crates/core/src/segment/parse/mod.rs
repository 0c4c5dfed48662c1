//! Segment text → tree.
//!
//! The text is cut into tokens by sqlparser (Generic dialect), so that words, quotes and comments
//! are those of the SQL that tags are written in. The grammar over the tokens is our own: a
//! general SQL parser tries alternatives, which is exponential in the nesting of hostile text, and
//! builds chains as deep trees. Here nothing is tried twice, nesting is counted before it is
//! entered, and chains are lists.

mod ast;
mod error;
mod grammar;
mod interval;
mod predicate;
mod primary;
mod token;

use super::{lower::lower, tree::Expr};
use crate::limits::SEGMENT_TEXT_BYTES_MAX;

pub(super) use self::ast::{Ast, AstKind, Chain, Moment};
pub use self::error::ParseError;
pub(super) use self::error::{Parsed, Placed, Problem};
pub(super) use self::interval::negate;
pub(super) use self::token::tokens;

/// Reads a segment expression. The tree is normalised and within the limits.
///
/// # Errors
/// [`ParseError`] with the place in the text, and what to do.
pub fn parse(text: &str) -> Result<Expr, ParseError> {
    let placed = match parse_placed(text) {
        Ok(expr) => return Ok(expr),
        Err(placed) => *placed,
    };
    Err(ParseError::new(text, placed.offset, placed.problem))
}

fn parse_placed(text: &str) -> Parsed<Expr> {
    if text.len() > SEGMENT_TEXT_BYTES_MAX {
        let problem = format!(
            "the text has {} bytes, the limit is {SEGMENT_TEXT_BYTES_MAX}",
            text.len()
        );
        return Err(Problem::new(problem)
            .hint("save parts of it as segments")
            .at(0));
    }
    let ast = grammar::Grammar::new(tokens(text)?, text.len()).whole()?;
    let expr = lower(&ast)?.normalize();
    match expr.check() {
        Ok(_) => Ok(expr),
        Err(error) => Err(Problem::new(error.to_string()).at(0)),
    }
}
