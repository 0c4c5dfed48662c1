//! Values as text.

use std::fmt::{self, Write};

use super::{
    layout::{Level, joined, wrapped},
    literal::{write_literal, write_shift, write_text},
    name::write_name,
};
use crate::segment::{
    lower::unit_name,
    tree::{ArithmeticOp, CompareOp, Scalar},
};

pub(super) fn write_scalar(out: &mut String, scalar: &Scalar, place: Level) -> fmt::Result {
    wrapped(out, place > level(scalar), |out| write_bare(out, scalar))
}

fn level(scalar: &Scalar) -> Level {
    match scalar {
        Scalar::Or(items) if !items.is_empty() => Level::Or,
        Scalar::And(items) if !items.is_empty() => Level::And,
        Scalar::Not(_) => Level::Not,
        Scalar::Compare { .. }
        | Scalar::In { .. }
        | Scalar::Between { .. }
        | Scalar::Like { .. }
        | Scalar::IsNull { .. } => Level::Predicate,
        Scalar::Shift { .. } => Level::Sum,
        Scalar::Arithmetic { op, .. } => arithmetic_level(*op),
        _ => Level::Primary,
    }
}

fn arithmetic_level(op: ArithmeticOp) -> Level {
    match op {
        ArithmeticOp::Add | ArithmeticOp::Sub => Level::Sum,
        ArithmeticOp::Mul | ArithmeticOp::Div => Level::Product,
    }
}

fn write_bare(out: &mut String, scalar: &Scalar) -> fmt::Result {
    match scalar {
        Scalar::Tag(name) => write_name(out, name),
        Scalar::Literal(literal) => write_literal(out, literal),
        Scalar::Now => out.write_str("now()"),
        Scalar::Today => out.write_str("today()"),
        Scalar::Compare { op, left, right } => {
            write_scalar(out, left, Level::Sum)?;
            write!(out, " {} ", compare_sign(*op))?;
            write_scalar(out, right, Level::Sum)
        }
        Scalar::In {
            value,
            list,
            negated,
        } => {
            write_scalar(out, value, Level::Sum)?;
            write!(out, " {}IN (", not(*negated))?;
            joined(out, list, ", ", write_literal)?;
            out.write_char(')')
        }
        Scalar::Between {
            value,
            low,
            high,
            negated,
        } => {
            write_scalar(out, value, Level::Sum)?;
            write!(out, " {}BETWEEN ", not(*negated))?;
            write_scalar(out, low, Level::Sum)?;
            out.write_str(" AND ")?;
            write_scalar(out, high, Level::Sum)
        }
        Scalar::Like {
            value,
            pattern,
            negated,
        } => {
            write_scalar(out, value, Level::Sum)?;
            write!(out, " {}LIKE ", not(*negated))?;
            write_text(out, pattern)
        }
        Scalar::IsNull { value, negated } => {
            write_scalar(out, value, Level::Sum)?;
            write!(out, " IS {}NULL", not(*negated))
        }
        Scalar::And(_) | Scalar::Or(_) | Scalar::Not(_) => write_logic(out, scalar),
        Scalar::Arithmetic { op, left, right } => write_arithmetic(out, *op, left, right),
        Scalar::Shift { value, by } => {
            write_scalar(out, value, Level::Sum)?;
            write_shift(out, *by)
        }
        Scalar::Case { .. } => write_case(out, scalar),
        _ => write_call(out, scalar),
    }
}

fn write_logic(out: &mut String, scalar: &Scalar) -> fmt::Result {
    match scalar {
        Scalar::And(items) if items.is_empty() => out.write_str("TRUE"),
        Scalar::Or(items) if items.is_empty() => out.write_str("FALSE"),
        Scalar::And(items) => joined(out, items, " AND ", |out, item| {
            write_scalar(out, item, Level::Not)
        }),
        Scalar::Or(items) => joined(out, items, " OR ", |out, item| {
            write_scalar(out, item, Level::And)
        }),
        Scalar::Not(inner) => {
            out.write_str("NOT ")?;
            write_scalar(out, inner, Level::Not)
        }
        _ => Ok(()),
    }
}

/// Left operands may be of the same level, right ones must be tighter: chains lean left.
fn write_arithmetic(
    out: &mut String,
    op: ArithmeticOp,
    left: &Scalar,
    right: &Scalar,
) -> fmt::Result {
    let (sign, tighter) = match op {
        ArithmeticOp::Add => ("+", Level::Product),
        ArithmeticOp::Sub => ("-", Level::Product),
        ArithmeticOp::Mul => ("*", Level::Primary),
        ArithmeticOp::Div => ("/", Level::Primary),
    };
    write_scalar(out, left, arithmetic_level(op))?;
    write!(out, " {sign} ")?;
    write_scalar(out, right, tighter)
}

fn write_call(out: &mut String, scalar: &Scalar) -> fmt::Result {
    match scalar {
        Scalar::DateTrunc { unit, value } => {
            write!(out, "date_trunc('{}', ", unit_name(*unit))?;
            write_scalar(out, value, Level::Or)?;
        }
        Scalar::DaysBetween { from, to } => {
            out.write_str("days_between(")?;
            write_scalar(out, from, Level::Or)?;
            out.write_str(", ")?;
            write_scalar(out, to, Level::Or)?;
        }
        Scalar::Lower(value) => {
            out.write_str("lower(")?;
            write_scalar(out, value, Level::Or)?;
        }
        Scalar::Prefix { value, start } => {
            out.write_str("prefix(")?;
            write_scalar(out, value, Level::Or)?;
            out.write_str(", ")?;
            write_text(out, start)?;
        }
        Scalar::Contains { value, part } => {
            out.write_str("contains(")?;
            write_scalar(out, value, Level::Or)?;
            out.write_str(", ")?;
            write_text(out, part)?;
        }
        Scalar::Coalesce(items) => {
            out.write_str("coalesce(")?;
            joined(out, items, ", ", |out, item| {
                write_scalar(out, item, Level::Or)
            })?;
        }
        _ => return Ok(()),
    }
    out.write_char(')')
}

fn write_case(out: &mut String, scalar: &Scalar) -> fmt::Result {
    let Scalar::Case {
        branches,
        otherwise,
    } = scalar
    else {
        return Ok(());
    };
    out.write_str("CASE")?;
    for (condition, value) in branches {
        out.write_str(" WHEN ")?;
        write_scalar(out, condition, Level::Or)?;
        out.write_str(" THEN ")?;
        write_scalar(out, value, Level::Or)?;
    }
    if let Some(value) = otherwise {
        out.write_str(" ELSE ")?;
        write_scalar(out, value, Level::Or)?;
    }
    out.write_str(" END")
}

fn compare_sign(op: CompareOp) -> &'static str {
    match op {
        CompareOp::Eq => "=",
        CompareOp::NotEq => "<>",
        CompareOp::Lt => "<",
        CompareOp::LtEq => "<=",
        CompareOp::Gt => ">",
        CompareOp::GtEq => ">=",
    }
}

fn not(negated: bool) -> &'static str {
    if negated { "NOT " } else { "" }
}
