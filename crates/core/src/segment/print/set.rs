//! Sets as text.

use std::fmt::{self, Write};

use super::{
    layout::{Level, joined, wrapped},
    literal::write_text,
    scalar::write_scalar,
};
use crate::segment::tree::Expr;

pub(super) fn write_expr(out: &mut String, expr: &Expr, place: Level) -> fmt::Result {
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
