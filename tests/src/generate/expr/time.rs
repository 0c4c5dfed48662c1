//! Draws dates and timestamps: tags, now, today, steps, starts of units.

use rand::Rng;
use tagma_core::segment::{DateUnit, Interval, Scalar};

use super::{super::coverage::unit_name, Generator, value::Sort};

#[derive(Clone, Copy)]
enum Form {
    Tag,
    Clock,
    Shift,
    Trunc,
    Case,
    Coalesce,
}

const UNITS: [DateUnit; 7] = [
    DateUnit::Year,
    DateUnit::Quarter,
    DateUnit::Month,
    DateUnit::Week,
    DateUnit::Day,
    DateUnit::Hour,
    DateUnit::Minute,
];

impl Generator<'_> {
    pub(super) fn date(&mut self, depth: usize) -> Scalar {
        match self.form(Sort::Date, depth) {
            Form::Tag => self.tag(Sort::Date),
            Form::Clock => Scalar::Today,
            Form::Shift => {
                let value = Box::new(self.date(depth - 1));
                let by = self.interval(false);
                Scalar::Shift { value, by }
            }
            Form::Trunc => {
                let value = Box::new(self.date(depth - 1));
                let unit = self.unit(&UNITS[..5]);
                Scalar::DateTrunc { unit, value }
            }
            Form::Case => self.case(Sort::Date, depth),
            Form::Coalesce => self.coalesce(Sort::Date, depth),
        }
    }

    pub(super) fn timestamp(&mut self, depth: usize) -> Scalar {
        match self.form(Sort::Timestamp, depth) {
            Form::Tag => self.tag(Sort::Timestamp),
            Form::Clock => Scalar::Now,
            Form::Shift => self.shifted_timestamp(depth - 1),
            Form::Trunc => {
                let value = Box::new(self.timestamp(depth - 1));
                let unit = self.unit(&UNITS);
                Scalar::DateTrunc { unit, value }
            }
            Form::Case => self.case(Sort::Timestamp, depth),
            Form::Coalesce => self.coalesce(Sort::Timestamp, depth),
        }
    }

    /// A step from a timestamp; a step of hours makes a date one.
    fn shifted_timestamp(&mut self, depth: usize) -> Scalar {
        if self.rng.random_bool(0.2) {
            let value = Box::new(self.date(depth));
            let by = self.interval(true);
            return Scalar::Shift { value, by };
        }
        let value = Box::new(self.timestamp(depth));
        let exact = self.rng.random_bool(0.5);
        let by = self.interval(exact);
        Scalar::Shift { value, by }
    }

    fn form(&mut self, sort: Sort, depth: usize) -> Form {
        let clock = if sort == Sort::Date { "today" } else { "now" };
        if depth == 0 || self.rng.random_bool(0.1) {
            let tag = if sort == Sort::Date {
                "tag date"
            } else {
                "tag timestamp"
            };
            return self.choose(&[(tag, Form::Tag), (tag, Form::Tag), (clock, Form::Clock)]);
        }
        let units = if sort == Sort::Date {
            &UNITS[..5]
        } else {
            &UNITS[..]
        };
        let rarest = units.iter().map(|unit| unit_name(*unit));
        let rarest = rarest
            .min_by_key(|unit| self.coverage.count(unit))
            .unwrap_or("");
        let choices = [
            (rarest, Form::Trunc),
            ("shift months", Form::Shift),
            ("shift days", Form::Shift),
            ("case", Form::Case),
            ("coalesce", Form::Coalesce),
        ];
        self.choose(&choices)
    }

    fn unit(&mut self, units: &[DateUnit]) -> DateUnit {
        let units: Vec<_> = units.iter().map(|unit| (unit_name(*unit), *unit)).collect();
        self.choose(&units)
    }

    /// A step forward or back; `exact` steps have a part below a day.
    fn interval(&mut self, exact: bool) -> Interval {
        let sign = if self.rng.random_bool(0.5) { 1 } else { -1 };
        let mut by = Interval::default();
        let both = self.rng.random_bool(0.1);
        if both || !exact && self.rng.random_bool(0.5) {
            by.months = sign * self.pick(&[1, 2, 3, 6, 11, 12, 24, 48]);
        }
        if both || !exact && by.months == 0 {
            by.days = sign * self.pick(&[1, 2, 7, 28, 30, 90, 365, 1_000]);
        }
        if exact {
            let micros = self.pick(&[1, 1_000_000, 60_000_000, 3_600_000_000, 86_399_999_999]);
            by.micros = i64::from(sign) * micros;
        }
        by
    }
}
