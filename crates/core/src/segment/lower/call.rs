//! Function calls.

use super::scalar::scalar;
use crate::{
    schema::Name,
    segment::{
        nearest,
        parse::{Ast, AstKind, Parsed, Problem},
        reserved::FUNCTIONS,
        tree::{DateUnit, Scalar},
    },
};

const UNITS: [(&str, DateUnit); 7] = [
    ("year", DateUnit::Year),
    ("quarter", DateUnit::Quarter),
    ("month", DateUnit::Month),
    ("week", DateUnit::Week),
    ("day", DateUnit::Day),
    ("hour", DateUnit::Hour),
    ("minute", DateUnit::Minute),
];

/// How a unit is written in text.
pub(in crate::segment) fn unit_name(unit: DateUnit) -> &'static str {
    let found = UNITS.iter().find(|(_, known)| *known == unit);
    found.map_or("day", |(name, _)| name)
}

/// The name in `segment('name')`.
pub(super) fn saved_segment(at: usize, arguments: &[Ast]) -> Parsed<Name> {
    let [argument] = take(at, "segment('name')", arguments)?;
    let text = text("segment('name')", argument)?;
    Name::new(text).map_err(|error| Problem::new(error.to_string()).at(argument.at))
}

/// A call of a function that answers a value.
pub(super) fn call(at: usize, name: &str, arguments: &[Ast]) -> Parsed<Scalar> {
    match name {
        "now" => {
            let [] = take(at, "now()", arguments)?;
            Ok(Scalar::Now)
        }
        "today" => {
            let [] = take(at, "today()", arguments)?;
            Ok(Scalar::Today)
        }
        "lower" => {
            let [value] = take(at, "lower(text)", arguments)?;
            Ok(Scalar::Lower(boxed(value)?))
        }
        "days_between" => {
            let [from, to] = take(at, "days_between(from, to)", arguments)?;
            Ok(Scalar::DaysBetween {
                from: boxed(from)?,
                to: boxed(to)?,
            })
        }
        "date_trunc" => date_trunc(at, arguments),
        "prefix" => {
            let [value, start] = take(at, "prefix(text, 'start')", arguments)?;
            Ok(Scalar::Prefix {
                value: boxed(value)?,
                start: text("prefix(text, 'start')", start)?.to_owned(),
            })
        }
        "contains" => {
            let [value, part] = take(at, "contains(text, 'part')", arguments)?;
            Ok(Scalar::Contains {
                value: boxed(value)?,
                part: text("contains(text, 'part')", part)?.to_owned(),
            })
        }
        "coalesce" if arguments.is_empty() => Err(wrong_count(at, "coalesce(a, b, …)", 0)),
        "coalesce" => {
            let values = arguments.iter().map(scalar).collect::<Parsed<Vec<_>>>()?;
            Ok(Scalar::Coalesce(values))
        }
        "segment" => {
            let problem = Problem::new("segment() is a set of people, not a value");
            let hint = "join it to other conditions with AND, OR and NOT only";
            Err(problem.hint(hint).at(at))
        }
        _ => Err(unknown(at, name)),
    }
}

fn date_trunc(at: usize, arguments: &[Ast]) -> Parsed<Scalar> {
    let form = "date_trunc('unit', time)";
    let [unit, value] = take(at, form, arguments)?;
    let wanted = text(form, unit)?.to_lowercase();
    let Some((_, found)) = UNITS.iter().find(|(name, _)| *name == wanted) else {
        let shown: String = wanted.chars().take(40).collect();
        let problem = Problem::new(format!("`{shown}` is no unit of date_trunc"));
        let names = UNITS.map(|(name, _)| name);
        let hint = match nearest(&wanted, names) {
            Some(name) => format!("did you mean '{name}'?"),
            None => format!("units are {}", names.join(", ")),
        };
        return Err(problem.hint(hint).at(unit.at));
    };
    Ok(Scalar::DateTrunc {
        unit: *found,
        value: boxed(value)?,
    })
}

fn unknown(at: usize, name: &str) -> Box<crate::segment::parse::Placed> {
    let shown: String = name.chars().take(40).collect();
    let problem = Problem::new(format!("there is no function `{shown}`"));
    match nearest(name, FUNCTIONS) {
        Some(near) => problem.hint(format!("did you mean `{near}`?")).at(at),
        None => problem
            .hint(format!("functions are {}", FUNCTIONS.join(", ")))
            .at(at),
    }
}

fn take<'a, const N: usize>(at: usize, form: &str, arguments: &'a [Ast]) -> Parsed<&'a [Ast; N]> {
    <&[Ast; N]>::try_from(arguments).map_err(|_| wrong_count(at, form, arguments.len()))
}

fn wrong_count(at: usize, form: &str, given: usize) -> Box<crate::segment::parse::Placed> {
    Problem::new(format!("wrong number of arguments: {given}"))
        .hint(format!("write {form}"))
        .at(at)
}

fn text<'a>(form: &str, argument: &'a Ast) -> Parsed<&'a str> {
    match &argument.kind {
        AstKind::Text(text) => Ok(text),
        _ => Err(Problem::new("text in single quotes belongs here")
            .hint(format!("write {form}"))
            .at(argument.at)),
    }
}

fn boxed(ast: &Ast) -> Parsed<Box<Scalar>> {
    scalar(ast).map(Box::new)
}
