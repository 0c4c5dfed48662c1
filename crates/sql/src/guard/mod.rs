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
mod read;
mod rewrite;
#[cfg(test)]
mod tests;
mod tokens;

pub use self::error::{Error, Place};
pub(crate) use self::read::read_query;
