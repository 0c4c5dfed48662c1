//! Numbers, dates and timestamps as spelled.

use crate::{
    number::Decimal,
    segment::{
        parse::{Ast, AstKind, Moment, Parsed, Problem},
        tree::Literal,
    },
    time::{TimestampText, parse_date, parse_timestamp},
};

/// The literal that a node spells, if it spells one.
pub(super) fn literal(ast: &Ast) -> Parsed<Option<Literal>> {
    let found = match &ast.kind {
        AstKind::Null => Literal::Null,
        AstKind::Bool(value) => Literal::Bool(*value),
        AstKind::Text(text) => Literal::Text(text.clone()),
        AstKind::Number(digits) => number(ast.at, digits, false)?,
        AstKind::Negative(inner) => match &inner.kind {
            AstKind::Number(digits) => number(ast.at, digits, true)?,
            _ => return Ok(None),
        },
        AstKind::Moment(moment, text) => self::moment(*moment, text)
            .map_err(|error| Problem::new(error.to_string()).at(ast.at))?,
        _ => return Ok(None),
    };
    Ok(Some(found))
}

fn number(at: usize, digits: &str, negative: bool) -> Parsed<Literal> {
    let refused = |what: String| Problem::new(what);
    let value: Decimal = digits.parse().map_err(|error| {
        let shown: String = digits.chars().take(40).collect();
        let problem = refused(format!("`{shown}`: {error}"));
        match digits.contains(['e', 'E']) {
            true => problem.hint("write the digits without an exponent").at(at),
            false => problem.at(at),
        }
    })?;
    let value = if negative { value.neg() } else { value };
    Ok(match digits.contains('.') {
        true => Literal::Decimal {
            unscaled: value.unscaled(),
            scale: value.scale(),
        },
        false => Literal::Int(value.unscaled()),
    })
}

fn moment(moment: Moment, text: &str) -> Result<Literal, crate::time::TimeError> {
    if moment == Moment::Date {
        return parse_date(text).map(Literal::Date);
    }
    parse_timestamp(text).map(|stamp| match stamp {
        TimestampText::Instant(micros) => Literal::Timestamp(micros),
        TimestampText::Local(micros) => Literal::LocalTimestamp(micros),
    })
}
