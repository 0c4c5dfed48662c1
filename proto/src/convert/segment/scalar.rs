//! Wire → tree: values.

use tagma_core::segment::Scalar;

use super::{
    enums::{arithmetic_from, compare_from, refused, unit_from},
    error::Result,
    from_wire::{name_from, wrong_count},
    literal::{interval_from, literal_from},
    place::Place,
};
use crate::pb::segment::v1::{self as pb, Function, LogicOperator, scalar::Kind};

/// The value of a message that is within the limits.
pub(super) fn scalar_from(value: pb::Scalar, place: Place<'_>) -> Result<Scalar> {
    let operands = value.operands.into_iter().enumerate();
    let operands =
        operands.map(|(index, one)| scalar_from(one, Place::Item(&place, "operands", index)));
    let operands = Operands {
        all: operands.collect::<Result<Vec<Scalar>>>()?,
        place,
    };
    match value.kind {
        None => Err(place.says_nothing("kind")),
        Some(kind @ (Kind::Tag(_) | Kind::Literal(_))) => single(kind, operands),
        Some(Kind::Function(number)) => function(number, operands),
        Some(Kind::Logic(number)) => logic(number, operands),
        Some(Kind::InList(list)) => in_list(list, operands),
        Some(kind @ (Kind::Prefix(_) | Kind::Contains(_) | Kind::DateTrunc(_))) => {
            call(kind, operands)
        }
        Some(
            kind @ (Kind::Compare(_)
            | Kind::Arithmetic(_)
            | Kind::Between(_)
            | Kind::Like(_)
            | Kind::IsNull(_)
            | Kind::Shift(_)),
        ) => operation(kind, operands),
    }
}

/// The converted operands of a value, and where it stands.
struct Operands<'a> {
    all: Vec<Scalar>,
    place: Place<'a>,
}

impl Operands<'_> {
    /// Exactly as many operands as there are names.
    fn exactly<const N: usize>(self, what: &str, names: [&str; N]) -> Result<[Box<Scalar>; N]> {
        let found = self.all.len();
        let boxed: Vec<Box<Scalar>> = self.all.into_iter().map(Box::new).collect();
        boxed
            .try_into()
            .map_err(|_| wrong_count(self.place, what, &names, found))
    }
}

fn single(kind: Kind, operands: Operands<'_>) -> Result<Scalar> {
    let place = operands.place;
    let value = match kind {
        Kind::Tag(name) => Scalar::Tag(name_from(&name, place)?),
        Kind::Literal(literal) => {
            Scalar::Literal(literal_from(literal, Place::Field(&place, "literal"))?)
        }
        _ => return Err(place.says_nothing("kind")),
    };
    let [] = operands.exactly("a tag or a literal", [])?;
    Ok(value)
}

/// Operators with one message or number of their own.
fn operation(kind: Kind, operands: Operands<'_>) -> Result<Scalar> {
    let place = operands.place;
    Ok(match kind {
        Kind::Compare(number) => {
            let op = compare_from(number, "compare", place)?;
            let [left, right] = operands.exactly("a comparison", ["left", "right"])?;
            Scalar::Compare { op, left, right }
        }
        Kind::Arithmetic(number) => {
            let op = arithmetic_from(number, "arithmetic", place)?;
            let [left, right] = operands.exactly("arithmetic", ["left", "right"])?;
            Scalar::Arithmetic { op, left, right }
        }
        Kind::Between(pb::Between { negated }) => {
            let [value, low, high] = operands.exactly("BETWEEN", ["value", "low", "high"])?;
            Scalar::Between {
                value,
                low,
                high,
                negated,
            }
        }
        Kind::Like(pb::Like { pattern, negated }) => {
            let [value] = operands.exactly("LIKE", ["value"])?;
            Scalar::Like {
                value,
                pattern,
                negated,
            }
        }
        Kind::IsNull(pb::IsNull { negated }) => {
            let [value] = operands.exactly("IS NULL", ["value"])?;
            Scalar::IsNull { value, negated }
        }
        Kind::Shift(by) => {
            let [value] = operands.exactly("a step", ["value"])?;
            let by = interval_from(by);
            Scalar::Shift { value, by }
        }
        _ => return Err(place.says_nothing("kind")),
    })
}

/// Functions with a constant.
fn call(kind: Kind, operands: Operands<'_>) -> Result<Scalar> {
    let place = operands.place;
    Ok(match kind {
        Kind::Prefix(start) => {
            let [value] = operands.exactly("prefix", ["value"])?;
            Scalar::Prefix { value, start }
        }
        Kind::Contains(part) => {
            let [value] = operands.exactly("contains", ["value"])?;
            Scalar::Contains { value, part }
        }
        Kind::DateTrunc(number) => {
            let unit = unit_from(number, "date_trunc", place)?;
            let [value] = operands.exactly("date_trunc", ["value"])?;
            Scalar::DateTrunc { unit, value }
        }
        _ => return Err(place.says_nothing("kind")),
    })
}

fn in_list(list: pb::InList, operands: Operands<'_>) -> Result<Scalar> {
    let parent = Place::Field(&operands.place, "in_list");
    let literals = list.literals.into_iter().enumerate();
    let literals =
        literals.map(|(index, one)| literal_from(one, Place::Item(&parent, "literals", index)));
    let list_of = literals.collect::<Result<Vec<_>>>()?;
    let [value] = operands.exactly("IN", ["value"])?;
    Ok(Scalar::In {
        value,
        list: list_of,
        negated: list.negated,
    })
}

fn logic(number: i32, operands: Operands<'_>) -> Result<Scalar> {
    match LogicOperator::try_from(number) {
        Ok(LogicOperator::And) => Ok(Scalar::And(operands.all)),
        Ok(LogicOperator::Or) => Ok(Scalar::Or(operands.all)),
        Ok(LogicOperator::Not) => {
            let [inner] = operands.exactly("NOT", ["condition"])?;
            Ok(Scalar::Not(inner))
        }
        Ok(LogicOperator::Unspecified) | Err(_) => Err(refused(number, "logic", operands.place)),
    }
}

fn function(number: i32, operands: Operands<'_>) -> Result<Scalar> {
    Ok(match Function::try_from(number) {
        Ok(Function::Now) => {
            let [] = operands.exactly("now", [])?;
            Scalar::Now
        }
        Ok(Function::Today) => {
            let [] = operands.exactly("today", [])?;
            Scalar::Today
        }
        Ok(Function::Lower) => {
            let [text] = operands.exactly("lower", ["text"])?;
            Scalar::Lower(text)
        }
        Ok(Function::DaysBetween) => {
            let [from, to] = operands.exactly("days_between", ["from", "to"])?;
            Scalar::DaysBetween { from, to }
        }
        Ok(Function::Coalesce) => Scalar::Coalesce(operands.all),
        Ok(Function::Case) => case(operands.all),
        Ok(Function::Unspecified) | Err(_) => {
            return Err(refused(number, "function", operands.place));
        }
    })
}

/// Conditions and values in turn; an odd last one is that of ELSE.
fn case(operands: Vec<Scalar>) -> Scalar {
    let mut branches = Vec::with_capacity(operands.len() / 2);
    let mut rest = operands.into_iter();
    let otherwise = loop {
        match (rest.next(), rest.next()) {
            (Some(condition), Some(value)) => branches.push((condition, value)),
            (last, _) => break last,
        }
    };
    Scalar::Case {
        branches,
        otherwise: otherwise.map(Box::new),
    }
}
