//! The segment language: one tree with three faces (text, proto, console cards), and its bound form.
//!
//! Text ⇄ [`Expr`] (`parse`, `print`) → [`Plan`] (`bind`: names resolved, literals typed, nested
//! segments expanded, simplified) → evaluated by the engine chunk by chunk, or for one person by
//! [`scalar`]. What every operator means stands in `docs/segments.md`.

mod definition;
mod plan;
mod tree;

pub use self::definition::SegmentDefinition;
pub use self::plan::{Node, NodeKind, Plan, Predicate, TagSlot};
pub use self::tree::{ArithmeticOp, CompareOp, DateUnit, Expr, Interval, Literal, Scalar};
