//! A brute-force model of what segments mean, in plain Rust collections.
//!
//! Written from the meaning of the language alone: it is given people, published values and
//! expression *trees*, and answers sets. It must not use the parser, the binder, the exact numbers
//! or the calendar of `tagma-core`, nor anything of the engine: of core it takes plain data types.
//!
//! ```text
//! World::new(zone) → add_person, kill, add_tag, publish, save_segment
//!                  → population, value, evaluate, audit, waterfall, why
//! ```

mod error;
mod eval;
mod explain;
#[cfg(test)]
mod tests;
mod world;

pub use self::error::OracleError;
pub use self::eval::scalar_parts;
pub use self::explain::{LeafWhy, WaterfallStep};
pub use self::world::{Person, SegmentDefinition, Tag, World};
