//! What the builder refuses.

use tagma_core::{ErrorKind, Value, ValueType, schema::TagKind};

use super::super::{Error, SectionBuilder};

const DECIMAL: TagKind = TagKind::Decimal {
    precision: 4,
    scale: 2,
};

fn push(kind: TagKind, values: Vec<(u32, Value)>) -> Result<(), Error> {
    let mut builder = SectionBuilder::new(kind, 10);
    values
        .into_iter()
        .try_for_each(|(ordinal, value)| builder.push(ordinal, value))
}

#[test]
fn two_values_of_one_person_are_refused_by_name() {
    let error = push(TagKind::Int, vec![(3, Value::Int(1)), (3, Value::Int(1))]);
    assert_eq!(error, Err(Error::DuplicateValue { ordinal: 3 }));
    assert_eq!(error.map_err(|error| error.kind()), Err(ErrorKind::Invalid));
    let null = push(TagKind::Int, vec![(3, Value::Int(1)), (3, Value::Null)]);
    assert_eq!(null, Ok(()), "NULL is no value");
}

#[test]
fn ordinals_ascend_within_the_population() {
    let error = push(TagKind::Int, vec![(3, Value::Int(1)), (2, Value::Int(1))]);
    assert_eq!(
        error,
        Err(Error::OutOfOrder {
            ordinal: 2,
            after: 3
        })
    );
    let error = push(TagKind::Int, vec![(10, Value::Int(1))]);
    assert_eq!(
        error,
        Err(Error::OutsidePopulation {
            ordinal: 10,
            population: 10
        })
    );
}

#[test]
fn values_are_of_the_tags_kind() {
    let text = || Value::Text("x".to_owned());
    for (kind, value) in [
        (TagKind::Int, text()),
        (TagKind::Category, Value::Int(1)),
        (TagKind::Date, Value::Timestamp(1)),
        (TagKind::Bool, Value::Int(1)),
    ] {
        let found = value.value_type();
        let error = push(kind, vec![(0, value)]);
        assert_eq!(
            error,
            Err(Error::WrongType {
                ordinal: 0,
                kind,
                found
            })
        );
    }
    assert_eq!(text().value_type(), ValueType::Text);
}

#[test]
fn numbers_fit_or_are_refused() {
    let decimal = |unscaled, scale| Value::Decimal { unscaled, scale };
    for value in [
        decimal(9_999, 2),
        decimal(-9_999, 2),
        decimal(12_340, 3),
        Value::Int(99),
    ] {
        assert_eq!(push(DECIMAL, vec![(0, value.clone())]), Ok(()), "{value:?}");
    }
    for value in [
        decimal(10_000, 2),
        decimal(12_345, 3),
        Value::Int(100),
        decimal(i128::MAX, 0),
    ] {
        let error = Error::DoesNotFit {
            ordinal: 0,
            kind: DECIMAL,
        };
        assert_eq!(
            push(DECIMAL, vec![(0, value.clone())]),
            Err(error),
            "{value:?}"
        );
    }
    let beyond = Value::Int(i128::from(i64::MAX) + 1);
    let error = Error::DoesNotFit {
        ordinal: 0,
        kind: TagKind::Int,
    };
    assert_eq!(push(TagKind::Int, vec![(0, beyond)]), Err(error));
}
