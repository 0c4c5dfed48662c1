//! Tree → text: the text that `parse` turns into the same tree.
//!
//! Depth must be within the limits (`Expr::check`), which every tree that can be built, compared
//! and dropped safely is.

mod literal;
mod name;
mod scalar;

use std::fmt::{self, Write};

use self::{literal::write_text, scalar::write_scalar};
use super::tree::{Expr, Scalar};

/// How tightly an expression holds together; a looser one in a tighter place gets parentheses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Or,
    And,
    Not,
    Predicate,
    Sum,
    Product,
    Primary,
}

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

fn write_expr(out: &mut String, expr: &Expr, place: Level) -> fmt::Result {
    match expr {
        Expr::All => out.write_str("TRUE"),
        Expr::Nothing => out.write_str("FALSE"),
        Expr::And(items) if items.is_empty() => out.write_str("TRUE"),
        Expr::Or(items) if items.is_empty() => out.write_str("FALSE"),
        Expr::And(items) => wrapped(out, place > Level::And, |out| {
            joined(out, items, " AND ", |out, item| {
                write_expr(out, item, Level::Not)
            })
        }),
        Expr::Or(items) => wrapped(out, place > Level::Or, |out| {
            joined(out, items, " OR ", |out, item| {
                write_expr(out, item, Level::And)
            })
        }),
        Expr::Not(inner) => wrapped(out, place > Level::Not, |out| {
            out.write_str("NOT ")?;
            write_expr(out, inner, Level::Not)
        }),
        Expr::Segment(name) => {
            out.write_str("segment(")?;
            write_text(out, name.as_str())?;
            out.write_str(")")
        }
        Expr::Leaf(scalar) => write_scalar(out, scalar, place),
    }
}

fn wrapped(
    out: &mut String,
    parentheses: bool,
    inner: impl FnOnce(&mut String) -> fmt::Result,
) -> fmt::Result {
    if !parentheses {
        return inner(out);
    }
    out.write_char('(')?;
    inner(out)?;
    out.write_char(')')
}

fn joined<T>(
    out: &mut String,
    items: &[T],
    between: &str,
    mut write: impl FnMut(&mut String, &T) -> fmt::Result,
) -> fmt::Result {
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.write_str(between)?;
        }
        write(out, item)?;
    }
    Ok(())
}
