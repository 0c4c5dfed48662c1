//! Tree → text: the text that `parse` turns into the same tree.
//!
//! Depth must be within the limits (`Expr::check`), which every tree that can be built, compared
//! and dropped safely is.

mod layout;
mod literal;
mod name;
mod scalar;
mod set;
mod text;

pub use self::text::{print, print_scalar};
