//! The way in: limits before, between and after the stages.

use super::{
    error::{ParseError, Parsed, Problem},
    grammar::Grammar,
    token::tokens,
};
use crate::{
    limits::SEGMENT_TEXT_BYTES_MAX,
    segment::{lower::lower, tree::Expr},
};

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
    let ast = Grammar::new(tokens(text)?, text.len()).whole()?;
    let expr = lower(&ast)?.normalize();
    match expr.check() {
        Ok(_) => Ok(expr),
        Err(error) => Err(Problem::new(error.to_string()).at(0)),
    }
}
