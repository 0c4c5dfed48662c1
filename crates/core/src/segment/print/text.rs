//! The way in: a tree, or a value of it, on one line.

use std::fmt;

use super::{layout::Level, scalar::write_scalar, set::write_expr};
use crate::segment::tree::{Expr, Scalar};

/// The expression as text, on one line.
pub fn print(expr: &Expr) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = write_expr(&mut out, expr, Level::Or);
    out
}

/// The value as text, on one line.
pub fn print_scalar(scalar: &Scalar) -> String {
    let mut out = String::new();
    let _ = write_scalar(&mut out, scalar, Level::Or);
    out
}

impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&print(self))
    }
}

impl fmt::Display for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&print_scalar(self))
    }
}
