//! Is a query person-local: may each shard answer it alone for its own people?
//!
//! Works on DataFusion's plan before optimisation, where what was written can still be seen.
//! Proves, never guesses: what it does not know is refused. Must not change plans.

mod error;
mod keys;
mod lists;
mod local;
mod query;
mod subqueries;

pub use self::error::Error;
pub use self::query::TagQuery;
pub(crate) use self::query::{check_written, describe};
