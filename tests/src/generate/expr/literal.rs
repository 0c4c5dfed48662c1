//! Draws literals from the values that people have, in every spelling.

use chrono::{DateTime, Datelike, TimeZone};
use rand::Rng;
use tagma_core::{
    Value,
    segment::{Literal, Scalar},
};

use super::{Generator, value::Sort};

#[derive(Clone, Copy)]
enum Spelling {
    Text,
    Date,
    Instant,
    Local,
}

impl Generator<'_> {
    /// The value of `scalar` for some person; NULL where nobody of a few has one.
    pub(super) fn sample(&mut self, scalar: &Scalar) -> Value {
        for _ in 0..12 {
            if self.samples.is_empty() {
                break;
            }
            let samples = self.samples.clone();
            let person = self.pick(&samples);
            let (index, as_of, zone) = (self.index, self.as_of, self.zone);
            match self.world.scalar(scalar, person, index, as_of, zone) {
                Ok(Value::Null) | Err(_) => {}
                Ok(value) => return value,
            }
        }
        Value::Null
    }

    /// A literal near a value of `scalar`, spelled in any way that the comparison reads.
    pub(super) fn literal_like(&mut self, scalar: &Scalar, sort: Sort) -> Literal {
        match self.sample(scalar) {
            Value::Date(day) if self.rng.random_bool(0.4) => self.spelled_day(day),
            Value::Timestamp(at) => self.spelled_instant(at),
            other => self.plain(other, sort),
        }
    }

    /// A literal near a value of `scalar` that has its type by itself.
    pub(super) fn typed_literal_like(&mut self, scalar: &Scalar, sort: Sort) -> Literal {
        let value = self.sample(scalar);
        self.plain(value, sort)
    }

    /// A small number for arithmetic.
    pub(super) fn factor(&mut self) -> Literal {
        let number = self.rng.random_range(-20..=200);
        let forms = [("literal int", true), ("literal decimal", false)];
        if self.choose(&forms) {
            return Literal::Int(number);
        }
        let scale = self.rng.random_range(1..=4);
        let unscaled = number * 37;
        Literal::Decimal { unscaled, scale }
    }

    fn plain(&mut self, value: Value, sort: Sort) -> Literal {
        match value {
            Value::Bool(truth) => Literal::Bool(truth),
            Value::Int(number) => self.near(number, 0),
            Value::Decimal { unscaled, scale } => self.near(unscaled, scale),
            Value::Text(text) => Literal::Text(text),
            Value::Date(day) => Literal::Date(day),
            Value::Timestamp(at) => Literal::Timestamp(at),
            Value::Null => match sort {
                Sort::Bool => Literal::Bool(true),
                Sort::Number => Literal::Int(7),
                Sort::Text => Literal::Text("x".to_owned()),
                Sort::Date => Literal::Date(self.as_of_day()),
                Sort::Timestamp => Literal::Timestamp(self.as_of.0),
            },
        }
    }

    /// The number itself, or its neighbour, or with more or fewer digits after the point.
    fn near(&mut self, unscaled: i128, scale: u8) -> Literal {
        let unscaled = match self.rng.random_range(0..8) {
            0 => unscaled.saturating_add(1),
            1 => unscaled.saturating_sub(1),
            _ => unscaled,
        };
        let whole = unscaled / 10i128.pow(u32::from(scale));
        if scale == 0 || self.rng.random_bool(0.2) {
            let tenth = whole
                .checked_mul(10)
                .filter(|tenth| tenth.abs() < 10i128.pow(38));
            let forms = [("literal int", true), ("literal decimal", false)];
            return match tenth {
                Some(unscaled) if !self.choose(&forms) => {
                    let unscaled = unscaled + 5 * self.rng.random_range(0..=1);
                    Literal::Decimal { unscaled, scale: 1 }
                }
                _ => Literal::Int(whole),
            };
        }
        Literal::Decimal { unscaled, scale }
    }

    fn as_of_day(&self) -> i32 {
        i32::try_from(self.as_of.0.div_euclid(86_400_000_000)).unwrap_or(0)
    }

    fn spelled_day(&mut self, day: i32) -> Literal {
        let forms = [("literal text", true), ("literal date", false)];
        let at = DateTime::from_timestamp(i64::from(day) * 86_400, 0);
        match at {
            Some(at) if self.choose(&forms) => {
                let (year, month, day) = (at.year(), at.month(), at.day());
                Literal::Text(format!("{year:04}-{month:02}-{day:02}"))
            }
            _ => Literal::Date(day),
        }
    }

    fn spelled_instant(&mut self, micros: i64) -> Literal {
        let spellings = [
            ("literal text", Spelling::Text),
            ("literal date", Spelling::Date),
            ("literal timestamp", Spelling::Instant),
            ("literal local timestamp", Spelling::Local),
        ];
        let spelling = self.choose(&spellings);
        let Some(utc) = DateTime::from_timestamp_micros(micros) else {
            return Literal::Timestamp(micros);
        };
        let local = self.zone.from_utc_datetime(&utc.naive_utc()).naive_local();
        if !(1..=9999).contains(&local.year()) {
            return Literal::Timestamp(micros);
        }
        let local_micros = local.and_utc().timestamp_micros();
        match spelling {
            Spelling::Text => {
                let year = local.year();
                Literal::Text(format!("{year:04}-{}", local.format("%m-%d %H:%M:%S%.6f")))
            }
            Spelling::Date => match i32::try_from(local_micros.div_euclid(86_400_000_000)) {
                Ok(day) => Literal::Date(day),
                Err(_) => Literal::Timestamp(micros),
            },
            Spelling::Instant => Literal::Timestamp(micros),
            Spelling::Local => Literal::LocalTimestamp(local_micros),
        }
    }
}
