//! Wire → tree: sets, and the way in.

use tagma_core::{schema::Name, segment::Expr};

use super::{
    enums::refused,
    error::{Result, WireTreeError},
    place::Place,
    scalar::scalar_from,
    size,
};
use crate::pb::segment::v1::{self as pb, SetOperator, expression::Kind};

/// The tree of a message, as it was built: not normalised.
///
/// Nodes and levels are checked first, without recursion; constants last. Nothing is looked up.
///
/// # Errors
/// [`WireTreeError`], with the place in the message where that helps.
pub fn expr_from_wire(tree: pb::Expression) -> Result<Expr> {
    size::check(&tree)?;
    let expr = set_from(tree, Place::Root)?;
    expr.check().map_err(WireTreeError::Tree)?;
    Ok(expr)
}

/// The name of a tag or saved segment.
pub(super) fn name_from(text: &str, place: Place<'_>) -> Result<Name> {
    Name::new(text).map_err(|error| place.wrong(error.to_string()))
}

/// The error that there are too few or too many operands.
pub(super) fn wrong_count(
    place: Place<'_>,
    what: &str,
    expected: &[&str],
    found: usize,
) -> WireTreeError {
    let takes = match expected {
        [] => "no operands".to_owned(),
        [one] => format!("one operand ({one})"),
        all => format!("{} operands ({})", all.len(), all.join(", ")),
    };
    place.wrong(format!("{what} takes {takes}, not {found}"))
}

fn set_from(set: pb::Expression, place: Place<'_>) -> Result<Expr> {
    let operands = set.operands.into_iter().enumerate();
    let operands =
        operands.map(|(index, set)| set_from(set, Place::Item(&place, "operands", index)));
    let operands = operands.collect::<Result<Vec<Expr>>>()?;
    match set.kind {
        None => Err(place.says_nothing("kind")),
        Some(Kind::Operator(number)) => combined(number, operands, place),
        Some(Kind::Segment(name)) => {
            alone(&operands, "a saved segment", place)?;
            Ok(Expr::Segment(name_from(&name, place)?))
        }
        Some(Kind::Leaf(value)) => {
            alone(&operands, "a leaf", place)?;
            Ok(Expr::Leaf(scalar_from(
                value,
                Place::Field(&place, "leaf"),
            )?))
        }
    }
}

fn combined(number: i32, mut operands: Vec<Expr>, place: Place<'_>) -> Result<Expr> {
    match SetOperator::try_from(number) {
        Ok(SetOperator::All) => alone(&operands, "ALL", place).map(|()| Expr::All),
        Ok(SetOperator::Nothing) => alone(&operands, "NOTHING", place).map(|()| Expr::Nothing),
        Ok(SetOperator::And) => Ok(Expr::And(operands)),
        Ok(SetOperator::Or) => Ok(Expr::Or(operands)),
        Ok(SetOperator::Not) => match (operands.pop(), operands.len()) {
            (Some(inner), 0) => Ok(Expr::Not(Box::new(inner))),
            (inner, rest) => {
                let found = rest + usize::from(inner.is_some());
                Err(wrong_count(place, "NOT", &["set"], found))
            }
        },
        Ok(SetOperator::Unspecified) | Err(_) => Err(refused(number, "operator", place)),
    }
}

fn alone(operands: &[Expr], what: &str, place: Place<'_>) -> Result<()> {
    match operands.len() {
        0 => Ok(()),
        found => Err(wrong_count(place, what, &[], found)),
    }
}
