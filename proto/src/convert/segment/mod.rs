//! The segment tree on the wire (`expression.proto`) ↔ [`tagma_core::segment::Expr`].
//!
//! On the wire operands stand beside their operator, so that one level of a tree is one message
//! within another: the deepest legal tree stays below the nesting that protobuf libraries allow.

mod enums;
mod error;
mod from_wire;
mod given;
mod literal;
mod place;
mod scalar;
mod size;
#[cfg(test)]
mod tests;
mod to_wire;

pub use self::error::WireTreeError;
pub use self::from_wire::expr_from_wire;
pub use self::to_wire::expr_to_wire;
