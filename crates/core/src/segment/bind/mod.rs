//! Tree → plan: names resolved, literals typed, saved segments expanded, sets simplified.
//!
//! A plan depends on nothing but the tree, what the [`Scope`] answers, `as_of` and the zone.

mod bound;
mod calendar;
mod error;
mod family;
mod fold;
mod list;
mod literal;
mod place;
mod predicate;
mod scope;
mod set;
mod simplify;
mod value;

pub use self::bound::{Bound, bind, bind_many};
pub use self::error::BindError;
pub use self::scope::{SavedSegment, Scope};

#[cfg(test)]
mod tests;
