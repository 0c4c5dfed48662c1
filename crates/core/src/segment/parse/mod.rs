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
mod text;
mod token;

pub(super) use self::ast::{Ast, AstKind, Chain, Moment};
pub use self::error::ParseError;
pub(super) use self::error::{Parsed, Placed, Problem};
pub(super) use self::interval::negate;
pub use self::text::parse;
pub(super) use self::token::tokens;
