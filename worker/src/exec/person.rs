//! Questions about one person.

use tagma_core::number::Decimal;
use tagma_core::time::{print_date, print_timestamp};
use tagma_core::{OneId, Value};
use tagma_engine::eval::Evaluator;

use super::error::Result;
use super::units::Target;

/// What is known of one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonAnswer {
    /// Whether the person is alive at the index.
    pub alive: bool,
    /// Per predicate of the plan.
    pub holds: Vec<bool>,
    /// Per tag slot: the value as text, `null` without one.
    pub values: Vec<String>,
}

/// Asks every predicate, and every tag, about one person.
///
/// # Errors
/// See [`super::Error`].
pub fn person(target: &Target, person: OneId) -> Result<PersonAnswer> {
    let view = target.view()?;
    let evaluator = Evaluator::new(view);
    let ordinal = person.ordinal();
    let predicates = &target.plan().predicates;
    let slots = target.plan().tags.len();
    let Some(answers) = evaluator.why(ordinal, predicates)? else {
        return Ok(PersonAnswer {
            alive: false,
            holds: vec![false; predicates.len()],
            values: vec![value_text(&Value::Null); slots],
        });
    };
    let mut values = Vec::with_capacity(slots);
    for slot in 0..slots {
        values.push(value_text(&evaluator.value(slot, ordinal)?));
    }
    Ok(PersonAnswer {
        alive: true,
        holds: answers.iter().map(|answer| answer.holds).collect(),
        values,
    })
}

/// A value as people read it.
fn value_text(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Int(value) => value.to_string(),
        Value::Decimal { unscaled, scale } => Decimal::new(*unscaled, *scale).map_or_else(
            |_| format!("{unscaled}e-{scale}"),
            |decimal| decimal.to_string(),
        ),
        Value::Text(text) => text.clone(),
        Value::Date(days) => print_date(*days),
        Value::Timestamp(micros) => print_timestamp(*micros),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_read_as_people_write_them() {
        let decimal = Value::Decimal {
            unscaled: -150,
            scale: 2,
        };
        let texts = [
            Value::Null,
            Value::Bool(true),
            decimal,
            Value::Date(0),
            Value::Timestamp(0),
        ];
        let texts: Vec<String> = texts.iter().map(value_text).collect();
        assert_eq!(
            texts,
            [
                "null",
                "true",
                "-1.50",
                "1970-01-01",
                "1970-01-01T00:00:00Z"
            ]
        );
    }
}
