//! `INTERVAL '1 month 3 days'`, `INTERVAL '30' DAY`, `INTERVAL 30 DAY`.

use sqlparser::tokenizer::Token;

use super::{
    error::{Parsed, Problem},
    grammar::Grammar,
};
use crate::segment::{nearest, tree::Interval};

/// (name, months, days, microseconds) of one unit.
const UNITS: [(&str, i32, i32, i64); 10] = [
    ("year", 12, 0, 0),
    ("quarter", 3, 0, 0),
    ("month", 1, 0, 0),
    ("week", 0, 7, 0),
    ("day", 0, 1, 0),
    ("hour", 0, 0, 3_600_000_000),
    ("minute", 0, 0, 60_000_000),
    ("second", 0, 0, 1_000_000),
    ("millisecond", 0, 0, 1_000),
    ("microsecond", 0, 0, 1),
];

impl Grammar {
    /// What follows the word INTERVAL.
    pub(super) fn interval(&mut self, at: usize) -> Parsed<Interval> {
        let negative = self.take(&Token::Minus);
        let (amount, quoted) = match self.peek() {
            Some(Token::SingleQuotedString(text)) => (text.clone(), true),
            Some(Token::Number(digits, false)) => (digits.clone(), false),
            _ => return Err(self.unexpected("`'30 days'` or a number and its unit")),
        };
        self.skip();
        let unit = self.word().filter(|word| find_unit(word).is_some());
        let text = match unit {
            Some(unit) => {
                self.skip();
                format!("{amount} {unit}")
            }
            None if quoted => amount,
            None => return Err(self.unexpected("a unit (DAY, MONTH, HOUR, …)")),
        };
        let interval = read(&text).map_err(|problem| problem.at(at))?;
        if negative {
            return negate(interval).ok_or_else(|| too_long().at(at));
        }
        Ok(interval)
    }
}

/// The interval the other way round; `None` where a part has no opposite.
pub(in crate::segment) fn negate(interval: Interval) -> Option<Interval> {
    Some(Interval {
        months: interval.months.checked_neg()?,
        days: interval.days.checked_neg()?,
        micros: interval.micros.checked_neg()?,
    })
}

fn too_long() -> Problem {
    Problem::new("the interval is too long")
}

fn find_unit(word: &str) -> Option<(i32, i32, i64)> {
    let word = word.to_ascii_lowercase();
    let singular = word.strip_suffix('s').unwrap_or(&word);
    let found = UNITS.iter().find(|(name, ..)| *name == singular);
    found.map(|(_, months, days, micros)| (*months, *days, *micros))
}

/// Pairs of a whole number and a unit.
fn read(text: &str) -> Result<Interval, Problem> {
    let mut words = text.split_whitespace();
    let mut total = Interval::default();
    let mut any = false;
    while let Some(amount) = words.next() {
        let amount: i64 = amount.parse().map_err(|_| {
            Problem::new(format!("`{}` is no whole number of units", short(amount)))
                .hint("write pairs such as '1 month 3 days' or '90 minutes'")
        })?;
        let unit = words
            .next()
            .ok_or_else(|| Problem::new("the interval lacks a unit").hint("write '30 days'"))?;
        let unit = find_unit(unit).ok_or_else(|| unknown_unit(unit))?;
        total = add(total, amount, unit).ok_or_else(too_long)?;
        any = true;
    }
    if any {
        return Ok(total);
    }
    Err(Problem::new("the interval is empty").hint("write '30 days'"))
}

fn add(total: Interval, amount: i64, unit: (i32, i32, i64)) -> Option<Interval> {
    let narrow = |unit: i32| i32::try_from(amount.checked_mul(i64::from(unit))?).ok();
    Some(Interval {
        months: total.months.checked_add(narrow(unit.0)?)?,
        days: total.days.checked_add(narrow(unit.1)?)?,
        micros: total.micros.checked_add(amount.checked_mul(unit.2)?)?,
    })
}

fn unknown_unit(unit: &str) -> Problem {
    let problem = Problem::new(format!("`{}` is no unit of time", short(unit)));
    match nearest(unit, UNITS.iter().map(|(name, ..)| *name)) {
        Some(name) => problem.hint(format!("did you mean `{name}`?")),
        None => problem.hint("units are year, quarter, month, week, day, hour, minute, second"),
    }
}

fn short(text: &str) -> String {
    text.chars().take(40).collect()
}
