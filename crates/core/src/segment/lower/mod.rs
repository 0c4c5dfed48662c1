//! Syntax → tree: decides which connective is a set operation and which is three-valued logic.
//!
//! AND, OR, NOT, TRUE, FALSE and `segment()` above leaves are sets; below a leaf the same words are
//! SQL's three-valued operators, and `segment()` is an error. Depth is bounded by the syntax.

mod call;
mod literal;
mod scalar;
mod set;

pub(super) use self::call::unit_name;
pub(super) use self::set::lower;
