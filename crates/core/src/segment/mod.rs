//! The segment language: one tree with three faces (text, proto, console), and its bound form.
//!
//! Text ⇄ [`Expr`] ([`parse`], [`print()`]) → [`Plan`] ([`bind`]: names resolved, literals typed,
//! nested segments expanded, simplified) → evaluated by the engine chunk by chunk, or for one
//! person by [`scalar`]. What every operator means stands in `docs/segments.md`.

mod admit;
mod bind;
mod conjuncts;
mod definition;
mod like;
mod lower;
mod measure;
mod nearest;
mod normalize;
mod parse;
mod plan;
mod position;
mod print;
mod reserved;
pub mod scalar;
mod tree;
mod warning;

pub use self::bind::{BindError, Bound, SavedSegment, Scope, bind, bind_many};
pub use self::conjuncts::{conjuncts, leaves};
pub use self::definition::SegmentDefinition;
pub use self::like::LikePattern;
pub use self::measure::{Measure, TreeError};
pub use self::nearest::nearest;
pub use self::parse::{ParseError, parse};
pub use self::plan::{Node, NodeKind, Plan, Predicate, TagSlot};
pub use self::position::Position;
pub use self::print::{print, print_scalar};
pub use self::tree::{ArithmeticOp, CompareOp, DateUnit, Expr, Interval, Literal, Scalar};
pub use self::warning::Warning;

#[cfg(test)]
mod tests;
