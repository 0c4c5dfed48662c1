//! Dates and timestamps: steps, truncation, days between, local midnights.

use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike};
use tagma_core::{
    OneId, Value,
    segment::{DateUnit, Interval, Scalar},
};

use super::{Evaluator, calendar, scalar::Column, types::Type};
use crate::oracle::OracleError;

impl Evaluator<'_> {
    /// The local day of an instant.
    pub(super) fn local_day(&self, micros: i64) -> Result<i32, OracleError> {
        let local = calendar::to_local(micros, self.zone)?;
        Ok(calendar::date_to_day(local.date()))
    }

    /// The instant of a day's local midnight.
    pub(super) fn midnight(&self, day: i32) -> Result<i64, OracleError> {
        let date = calendar::day_to_date(day).ok_or(OracleError::OutOfTime)?;
        calendar::to_instant(date.and_time(NaiveTime::MIN), self.zone)
    }

    /// `value ± INTERVAL`: a date stays one, unless the step has a part below a day.
    pub(super) fn shift(
        &self,
        value: &Scalar,
        by: Interval,
        people: &[OneId],
    ) -> Result<Column, OracleError> {
        let found = self.type_of(value)?;
        let found = if by.micros == 0 {
            found
        } else {
            found.meet(Type::Timestamp)?
        };
        let shift = |value| match value {
            Value::Date(day) => {
                let date = calendar::day_to_date(day).ok_or(OracleError::OutOfTime)?;
                let stepped = calendar::step(date.and_time(NaiveTime::MIN), by)?;
                Ok(Value::Date(calendar::checked_day(stepped.date())?))
            }
            Value::Timestamp(micros) => Ok(Value::Timestamp(self.shift_instant(micros, by)?)),
            other => Ok(other),
        };
        self.column(value, found, people)?
            .into_iter()
            .map(shift)
            .collect()
    }

    fn shift_instant(&self, micros: i64, by: Interval) -> Result<i64, OracleError> {
        let mut instant = micros;
        if by.months != 0 || by.days != 0 {
            let local = calendar::step(calendar::to_local(micros, self.zone)?, by)?;
            instant = calendar::to_instant(local, self.zone)?;
        }
        let instant = instant
            .checked_add(by.micros)
            .ok_or(OracleError::OutOfTime)?;
        calendar::checked_instant(instant)
    }

    pub(super) fn date_trunc(
        &self,
        unit: DateUnit,
        value: &Scalar,
        people: &[OneId],
    ) -> Result<Column, OracleError> {
        let found = self.type_of(value)?;
        let truncate = |value| match value {
            Value::Date(day) => {
                let date = calendar::day_to_date(day).ok_or(OracleError::OutOfTime)?;
                let start = start_of(unit, date.and_time(NaiveTime::MIN));
                Ok(Value::Date(calendar::checked_day(start.date())?))
            }
            Value::Timestamp(micros) => {
                let local = calendar::to_local(micros, self.zone)?;
                let start = match since_unit(unit, local) {
                    Some(since) => calendar::checked_instant(micros - since)?,
                    None => calendar::to_instant(start_of(unit, local), self.zone)?,
                };
                Ok(Value::Timestamp(start))
            }
            other => Ok(other),
        };
        self.column(value, found, people)?
            .into_iter()
            .map(truncate)
            .collect()
    }

    /// Local calendar days, `to - from`.
    pub(super) fn days_between(
        &self,
        from: &Scalar,
        to: &Scalar,
        people: &[OneId],
    ) -> Result<Column, OracleError> {
        let columns = [self.moments(from, people)?, self.moments(to, people)?];
        let [from, to] = columns.map(Vec::into_iter);
        let days = |(from, to): (Value, Value)| {
            if from.is_null() || to.is_null() {
                return Ok(Value::Null);
            }
            let days = i128::from(self.day_of(&to)?) - i128::from(self.day_of(&from)?);
            Ok(Value::Int(days))
        };
        from.zip(to).map(days).collect()
    }

    /// Dates or timestamps, as they are.
    fn moments(&self, value: &Scalar, people: &[OneId]) -> Result<Column, OracleError> {
        let found = self.type_of(value)?;
        found.meet(Type::Timestamp)?;
        self.column(value, found, people)
    }

    fn day_of(&self, moment: &Value) -> Result<i32, OracleError> {
        match moment {
            Value::Date(day) => Ok(*day),
            Value::Timestamp(micros) => self.local_day(*micros),
            other => Err(OracleError::Mismatch(format!("the day of {other:?}"))),
        }
    }
}

/// The start of the unit that holds a local time.
fn start_of(unit: DateUnit, local: NaiveDateTime) -> NaiveDateTime {
    let date = local.date();
    let first = |month| NaiveDate::from_ymd_opt(date.year(), month, 1).unwrap_or(date);
    let midnight = NaiveTime::MIN;
    match unit {
        DateUnit::Year => first(1).and_time(midnight),
        DateUnit::Quarter => first(date.month0() / 3 * 3 + 1).and_time(midnight),
        DateUnit::Month => first(date.month()).and_time(midnight),
        DateUnit::Week => {
            let since_monday = i64::from(date.weekday().num_days_from_monday());
            (date - TimeDelta::days(since_monday)).and_time(midnight)
        }
        DateUnit::Day | DateUnit::Hour | DateUnit::Minute => date.and_time(midnight),
    }
}

/// Microseconds since the start of an hour or minute. They are counted back from the instant: an
/// hour that clocks show twice has two starts.
fn since_unit(unit: DateUnit, local: NaiveDateTime) -> Option<i64> {
    let seconds = match unit {
        DateUnit::Hour => local.minute() * 60 + local.second(),
        DateUnit::Minute => local.second(),
        _ => return None,
    };
    Some(i64::from(seconds) * 1_000_000 + i64::from(local.nanosecond() / 1_000))
}
