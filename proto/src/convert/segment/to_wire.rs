//! Tree → wire.

use tagma_core::segment::{Expr, Scalar};

use super::{
    enums::{arithmetic_to, compare_to, unit_to},
    literal::{interval_to, literal_to},
};
use crate::pb::segment::v1::{
    self as pb, Function, LogicOperator, SetOperator, expression, scalar::Kind,
};

/// The message of a tree; depth must be within the limits, as every tree that was checked is.
pub fn expr_to_wire(expr: &Expr) -> pb::Expression {
    let combined = |operator: SetOperator, operands: &[Expr]| pb::Expression {
        kind: Some(expression::Kind::Operator(operator.into())),
        operands: operands.iter().map(expr_to_wire).collect(),
    };
    let single = |kind| pb::Expression {
        kind: Some(kind),
        operands: Vec::new(),
    };
    match expr {
        Expr::All => combined(SetOperator::All, &[]),
        Expr::Nothing => combined(SetOperator::Nothing, &[]),
        Expr::And(items) => combined(SetOperator::And, items),
        Expr::Or(items) => combined(SetOperator::Or, items),
        Expr::Not(inner) => combined(SetOperator::Not, std::slice::from_ref(inner)),
        Expr::Segment(name) => single(expression::Kind::Segment(name.to_string())),
        Expr::Leaf(value) => single(expression::Kind::Leaf(scalar_to(value))),
    }
}

fn scalar_to(value: &Scalar) -> pb::Scalar {
    let (kind, operands) = parts(value);
    pb::Scalar {
        kind: Some(kind),
        operands: operands.into_iter().map(scalar_to).collect(),
    }
}

/// The operator of a value, and its operands in written order.
fn parts(value: &Scalar) -> (Kind, Vec<&Scalar>) {
    match value {
        Scalar::Tag(name) => (Kind::Tag(name.to_string()), vec![]),
        Scalar::Literal(literal) => (Kind::Literal(literal_to(literal)), vec![]),
        Scalar::Compare { op, left, right } => (Kind::Compare(compare_to(*op)), vec![left, right]),
        Scalar::Arithmetic { op, left, right } => {
            (Kind::Arithmetic(arithmetic_to(*op)), vec![left, right])
        }
        Scalar::In {
            value,
            list,
            negated,
        } => {
            let literals = list.iter().map(literal_to).collect();
            let negated = *negated;
            (Kind::InList(pb::InList { literals, negated }), vec![value])
        }
        Scalar::Between {
            value,
            low,
            high,
            negated,
        } => {
            let negated = *negated;
            (
                Kind::Between(pb::Between { negated }),
                vec![value, low, high],
            )
        }
        Scalar::Like {
            value,
            pattern,
            negated,
        } => {
            let (pattern, negated) = (pattern.clone(), *negated);
            (Kind::Like(pb::Like { pattern, negated }), vec![value])
        }
        Scalar::IsNull { value, negated } => {
            let negated = *negated;
            (Kind::IsNull(pb::IsNull { negated }), vec![value])
        }
        Scalar::Shift { value, by } => (Kind::Shift(interval_to(*by)), vec![value]),
        Scalar::DateTrunc { unit, value } => (Kind::DateTrunc(unit_to(*unit)), vec![value]),
        Scalar::Prefix { value, start } => (Kind::Prefix(start.clone()), vec![value]),
        Scalar::Contains { value, part } => (Kind::Contains(part.clone()), vec![value]),
        Scalar::And(items) => (logic(LogicOperator::And), items.iter().collect()),
        Scalar::Or(items) => (logic(LogicOperator::Or), items.iter().collect()),
        Scalar::Not(inner) => (logic(LogicOperator::Not), vec![inner]),
        Scalar::Now
        | Scalar::Today
        | Scalar::Lower(_)
        | Scalar::DaysBetween { .. }
        | Scalar::Coalesce(_)
        | Scalar::Case { .. } => function_parts(value),
    }
}

/// The same for functions without constants of their own.
fn function_parts(value: &Scalar) -> (Kind, Vec<&Scalar>) {
    let (function, operands): (Function, Vec<&Scalar>) = match value {
        Scalar::Now => (Function::Now, vec![]),
        Scalar::Today => (Function::Today, vec![]),
        Scalar::Lower(text) => (Function::Lower, vec![text]),
        Scalar::DaysBetween { from, to } => (Function::DaysBetween, vec![from, to]),
        Scalar::Coalesce(items) => (Function::Coalesce, items.iter().collect()),
        Scalar::Case {
            branches,
            otherwise,
        } => {
            let pairs = branches.iter().flat_map(|(when, then)| [when, then]);
            (Function::Case, pairs.chain(otherwise.as_deref()).collect())
        }
        _ => (Function::Unspecified, vec![]),
    };
    (Kind::Function(function.into()), operands)
}

fn logic(operator: LogicOperator) -> Kind {
    Kind::Logic(operator.into())
}
