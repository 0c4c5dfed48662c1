//! Forms that DataFusion would plan with another meaning, or too deeply, in equal forms.

use std::mem::replace;
use std::ops::ControlFlow;

use sqlparser::ast::{
    BinaryOperator, Expr, Query, UnaryOperator, Value, ValueWithSpan, Visit, VisitMut, Visitor,
    VisitorMut,
};
use tagma_core::limits::SEGMENT_NODES_MAX;

use super::error::{Error, place_of};

/// Levels of expressions, chains of AND and OR balanced.
const DEPTH_MAX: usize = 256;

/// Balances chains of AND and OR; turns `x BETWEEN a AND b` into `x >= a AND x <= b` and `-x`
/// into `0 - x`.
pub(super) fn rewrite(query: &mut Query) -> Result<(), Error> {
    let mut rewriter = Rewriter {
        depth: 0,
        copied: 0,
    };
    match query.visit(&mut rewriter) {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(error) => Err(error),
    }
}

struct Rewriter {
    depth: usize,
    /// Nodes that exist twice now.
    copied: usize,
}

impl VisitorMut for Rewriter {
    type Break = Error;

    fn pre_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<Error> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return ControlFlow::Break(Error::TooDeep {
                max: DEPTH_MAX,
                place: Default::default(),
            });
        }
        balance(expr);
        ControlFlow::Continue(())
    }

    fn post_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<Error> {
        self.depth -= 1;
        match expr {
            Expr::Between { .. } => self.between(expr),
            Expr::UnaryOp {
                op: UnaryOperator::Minus,
                expr: operand,
            } => {
                if !matches!(**operand, Expr::Value(_) | Expr::Interval(_)) {
                    let operand = replace(&mut **operand, null());
                    let zero = Expr::Value(Value::Number("0".into(), false).into());
                    *expr = nested(binary(zero, BinaryOperator::Minus, operand));
                }
                ControlFlow::Continue(())
            }
            _ => ControlFlow::Continue(()),
        }
    }
}

impl Rewriter {
    fn between(&mut self, between: &mut Expr) -> ControlFlow<Error> {
        let place = place_of(between);
        let Expr::Between {
            expr,
            negated,
            low,
            high,
        } = replace(between, null())
        else {
            return ControlFlow::Continue(());
        };
        let mut nodes = Nodes(0);
        let _ = expr.visit(&mut nodes);
        self.copied += nodes.0;
        if self.copied > SEGMENT_NODES_MAX {
            return ControlFlow::Break(Error::TooDeep {
                max: DEPTH_MAX,
                place,
            });
        }
        let above = binary((*expr).clone(), BinaryOperator::GtEq, *low);
        let below = binary(*expr, BinaryOperator::LtEq, *high);
        let both = nested(binary(above, BinaryOperator::And, below));
        *between = match negated {
            true => nested(Expr::UnaryOp {
                op: UnaryOperator::Not,
                expr: Box::new(both),
            }),
            false => both,
        };
        ControlFlow::Continue(())
    }
}

struct Nodes(usize);

impl Visitor for Nodes {
    type Break = ();

    fn pre_visit_expr(&mut self, _: &Expr) -> ControlFlow<()> {
        self.0 += 1;
        ControlFlow::Continue(())
    }
}

/// A chain `a OR b OR c …`, which the parser nests to the left, as a balanced tree. Done again
/// for a part of such a tree it changes nothing.
fn balance(expr: &mut Expr) {
    let Expr::BinaryOp { op, .. } = expr else {
        return;
    };
    if !matches!(op, BinaryOperator::And | BinaryOperator::Or) {
        return;
    }
    let op = op.clone();
    let mut operands = Vec::new();
    let mut open = vec![replace(expr, null())];
    while let Some(next) = open.pop() {
        match next {
            Expr::BinaryOp {
                left,
                op: same,
                right,
            } if same == op => open.extend([*right, *left]),
            other => operands.push(other),
        }
    }
    *expr = tree(operands, &op);
}

fn tree(mut operands: Vec<Expr>, op: &BinaryOperator) -> Expr {
    if operands.len() > 1 {
        let right = operands.split_off(operands.len() / 2);
        return binary(tree(operands, op), op.clone(), tree(right, op));
    }
    operands.pop().unwrap_or_else(null)
}

fn binary(left: Expr, op: BinaryOperator, right: Expr) -> Expr {
    Expr::BinaryOp {
        left: Box::new(left),
        op,
        right: Box::new(right),
    }
}

fn nested(expr: Expr) -> Expr {
    Expr::Nested(Box::new(expr))
}

fn null() -> Expr {
    Expr::Value(ValueWithSpan::from(Value::Null))
}
