//! Values and leaves: everything three-valued.

use super::{call::call, literal::literal};
use crate::{
    limits::SEGMENT_NODES_MAX,
    schema::Name,
    segment::{
        parse::{Ast, AstKind, Chain, Parsed, Problem, negate},
        tree::{ArithmeticOp, CompareOp, Literal, Scalar},
    },
};

/// The value of a syntax tree.
pub(super) fn scalar(ast: &Ast) -> Parsed<Scalar> {
    if let Some(literal) = literal(ast)? {
        return Ok(Scalar::Literal(literal));
    }
    match &ast.kind {
        AstKind::Name(name) => Name::new(name)
            .map(Scalar::Tag)
            .map_err(|error| Problem::new(error.to_string()).at(ast.at)),
        AstKind::Chain(chain, items) => {
            let items = items.iter().map(scalar).collect::<Parsed<Vec<_>>>()?;
            Ok(match chain {
                Chain::And => Scalar::And(items),
                Chain::Or => Scalar::Or(items),
            })
        }
        AstKind::Not(inner) => Ok(Scalar::Not(boxed(inner)?)),
        AstKind::Negative(inner) => Ok(Scalar::Arithmetic {
            op: ArithmeticOp::Sub,
            left: Box::new(Scalar::Literal(Literal::Int(0))),
            right: boxed(inner)?,
        }),
        AstKind::Arithmetic(op, left, right) => arithmetic(*op, left, right),
        AstKind::Compare(op, left, right) => compare(*op, scalar(left)?, scalar(right)?, right.at),
        AstKind::In(value, list, negated) => Ok(Scalar::In {
            value: boxed(value)?,
            list: list.iter().map(listed).collect::<Parsed<Vec<_>>>()?,
            negated: *negated,
        }),
        AstKind::Between(parts, negated) => {
            let [value, low, high] = &**parts;
            Ok(Scalar::Between {
                value: boxed(value)?,
                low: boxed(low)?,
                high: boxed(high)?,
                negated: *negated,
            })
        }
        AstKind::Like(value, pattern, negated) => like(value, pattern, *negated),
        AstKind::IsNull(value, negated) => Ok(Scalar::IsNull {
            value: boxed(value)?,
            negated: *negated,
        }),
        AstKind::Call(name, arguments) => call(ast.at, name, arguments),
        AstKind::Case {
            operand,
            branches,
            otherwise,
        } => case(ast.at, operand.as_deref(), branches, otherwise.as_deref()),
        AstKind::Interval(_) => Err(Problem::new("an interval stands alone")
            .hint("add it to a date or timestamp: now() - INTERVAL '30 days'")
            .at(ast.at)),
        // Literals were answered above.
        _ => Err(Problem::new("this is no value").at(ast.at)),
    }
}

fn boxed(ast: &Ast) -> Parsed<Box<Scalar>> {
    scalar(ast).map(Box::new)
}

fn arithmetic(op: ArithmeticOp, left: &Ast, right: &Ast) -> Parsed<Scalar> {
    let (value, interval) = match (op, &left.kind, &right.kind) {
        (ArithmeticOp::Add, AstKind::Interval(by), _) => (right, *by),
        (ArithmeticOp::Add, _, AstKind::Interval(by)) => (left, *by),
        (ArithmeticOp::Sub, _, AstKind::Interval(by)) => {
            let turned = negate(*by);
            let too_long = || Problem::new("the interval is too long").at(right.at);
            (left, turned.ok_or_else(too_long)?)
        }
        _ => {
            return Ok(Scalar::Arithmetic {
                op,
                left: boxed(left)?,
                right: boxed(right)?,
            });
        }
    };
    Ok(Scalar::Shift {
        value: boxed(value)?,
        by: interval,
    })
}

fn compare(op: CompareOp, left: Scalar, right: Scalar, at: usize) -> Parsed<Scalar> {
    let null = Scalar::Literal(Literal::Null);
    if left == null || right == null {
        let problem = Problem::new("a comparison with NULL is never true");
        let hint = "write `x IS NULL` or `x IS NOT NULL`";
        return Err(problem.hint(hint).at(at));
    }
    Ok(Scalar::Compare {
        op,
        left: Box::new(left),
        right: Box::new(right),
    })
}

fn listed(item: &Ast) -> Parsed<Literal> {
    literal(item)?.ok_or_else(|| {
        Problem::new("IN takes literals only")
            .hint("compare with `=` and join with OR")
            .at(item.at)
    })
}

fn like(value: &Ast, pattern: &Ast, negated: bool) -> Parsed<Scalar> {
    let AstKind::Text(text) = &pattern.kind else {
        let problem = Problem::new("LIKE takes a pattern in single quotes");
        return Err(problem.hint("write x LIKE 'start%'").at(pattern.at));
    };
    Ok(Scalar::Like {
        value: boxed(value)?,
        pattern: text.clone(),
        negated,
    })
}

/// `CASE x WHEN a …` is the searched form with `x = a` in every branch.
fn case(
    at: usize,
    operand: Option<&Ast>,
    branches: &[(Ast, Ast)],
    otherwise: Option<&Ast>,
) -> Parsed<Scalar> {
    let operand = operand.map(scalar).transpose()?;
    let copies = operand
        .as_ref()
        .map_or(0, |operand| operand.measure().nodes);
    if copies.saturating_mul(branches.len()) > SEGMENT_NODES_MAX {
        let problem = Problem::new(format!(
            "with its operand in every branch the CASE has more than {SEGMENT_NODES_MAX} nodes"
        ));
        return Err(problem.hint("make the operand a tag of its own").at(at));
    }
    let mut lowered = Vec::with_capacity(branches.len());
    for (condition, value) in branches {
        let mut test = scalar(condition)?;
        if let Some(operand) = &operand {
            test = compare(CompareOp::Eq, operand.clone(), test, condition.at)?;
        }
        lowered.push((test, scalar(value)?));
    }
    Ok(Scalar::Case {
        branches: lowered,
        otherwise: otherwise.map(boxed).transpose()?,
    })
}
