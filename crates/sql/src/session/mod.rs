//! The one place where a DataFusion session is built.
//!
//! Owns what SQL may use (functions, types, operators) and what they mean where DataFusion means
//! something else than Tagma. Must not know tag runs; nobody else builds a `SessionContext`.
//!
//! Traps of DataFusion that are handled here:
//! - `file://` is registered by default, and a runtime has one registry of stores for all: each
//!   session has a registry of its own with the verified store in it and nothing else
//!   (`stores`);
//! - every `SQLOptions` flag defaults to *allowed*: statements, DDL and DML are switched off, and
//!   [`crate::guard`] has refused them before;
//! - literals with a point are Float64 by default: read as decimals here;
//! - Int64 `+ - *` and sums wrap, `/` by zero fails the query, `avg` goes through floats:
//!   replaced by `functions` over `tagma_core::number`, through `operators`;
//! - DATE against TIMESTAMP goes through nanoseconds at UTC's midnight and fails on year 9999: a
//!   date becomes its local midnight in microseconds; timestamps carry the zone of the tag as
//!   their label, which is what calendar functions, text and casts go by;
//! - functions that depend on a clock, chance or the machine are not registered.

mod build;
mod classify;
mod functions;
mod operators;
mod runtime;
mod stores;
mod types;
mod variables;

pub(crate) use self::build::{SessionSpec, build_session};
pub(crate) use self::classify::kind_of;
pub use self::functions::{aggregate_names, scalar_names, window_names};
pub(crate) use self::operators::{Family, family};
pub use self::runtime::{SqlRuntime, SqlRuntimeOptions};
