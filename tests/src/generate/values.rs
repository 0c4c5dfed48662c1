//! Where the values of a random tag come from: skewed, sparse, extreme.

use chrono::NaiveDate;
use rand::{Rng, rngs::StdRng, seq::IndexedRandom};
use tagma_core::{Value, schema::TagKind};

/// Microseconds of a day.
const DAY: i64 = 86_400_000_000;

/// Texts that trip programs: quotes, wildcards, case, other scripts, nothing at all.
const TEXTS: [&str; 20] = [
    "上海",
    "杭州",
    "北京",
    "上海市",
    "Shanghai",
    "shanghai",
    "SHANGHAI",
    "100%",
    "a_b",
    "a\\b",
    "it's",
    "",
    " ",
    "ß",
    "ÉCOLE",
    "école",
    "İstanbul",
    "😀 ok",
    "NULL",
    "Σίσυφος",
];

/// A distribution of values of one kind.
#[derive(Debug, Clone)]
pub(super) struct Source {
    pub(super) kind: TagKind,
    /// Far outliers among the values: ends of Int64, of the calendar.
    extreme: bool,
    texts: Vec<String>,
}

impl Source {
    pub(super) fn new(kind: TagKind, extreme: bool, rng: &mut StdRng) -> Self {
        let count = if extreme {
            300
        } else {
            rng.random_range(2..=20)
        };
        let named = (0..count).map(|at: usize| match TEXTS.get(at) {
            Some(text) => (*text).to_owned(),
            None => format!("值{at} v{at}"),
        });
        let texts = named.collect();
        Self {
            kind,
            extreme,
            texts,
        }
    }

    pub(super) fn draw(&self, rng: &mut StdRng) -> Value {
        match self.kind {
            TagKind::Bool => Value::Bool(rng.random_bool(0.3)),
            TagKind::Category => {
                let place: f64 = rng.random();
                let at = (place.powi(3) * self.texts.len() as f64) as usize;
                Value::Text(self.texts[at.min(self.texts.len() - 1)].clone())
            }
            TagKind::Int => Value::Int(i128::from(self.int(rng))),
            TagKind::Decimal { precision, scale } => Value::Decimal {
                unscaled: i128::from(self.unscaled(precision, rng)),
                scale,
            },
            TagKind::Date => Value::Date(self.day(rng)),
            TagKind::Timestamp => Value::Timestamp(self.instant(rng)),
        }
    }

    fn int(&self, rng: &mut StdRng) -> i64 {
        if self.extreme && rng.random_bool(0.1) {
            let ends = [i64::MIN, i64::MIN + 1, -1, 0, 1, i64::MAX - 1, i64::MAX];
            return *ends.choose(rng).unwrap_or(&0);
        }
        if self.extreme && rng.random_bool(0.2) {
            return rng.random();
        }
        let size: f64 = rng.random();
        (size * size * 130.0) as i64 - 30
    }

    fn unscaled(&self, precision: u8, rng: &mut StdRng) -> i64 {
        let end = 10i64.pow(u32::from(precision)) - 1;
        if self.extreme && rng.random_bool(0.1) {
            return *[end, -end, 0].choose(rng).unwrap_or(&0);
        }
        let digits = rng.random_range(1..=u32::from(precision.min(9)));
        let most = 10i64.pow(digits) - 1;
        rng.random_range(-most / 4..=most)
    }

    fn day(&self, rng: &mut StdRng) -> i32 {
        if self.extreme && rng.random_bool(0.2) {
            let ends = [day(1, 1, 1), day(9999, 12, 31), day(1900, 2, 28), -1, 0];
            return *ends.choose(rng).unwrap_or(&0);
        }
        if self.extreme && rng.random_bool(0.2) {
            return rng.random_range(day(1, 1, 1)..=day(9999, 12, 31));
        }
        rng.random_range(day(2022, 1, 1)..=day(2026, 12, 31))
    }

    fn instant(&self, rng: &mut StdRng) -> i64 {
        let start = i64::from(self.day(rng)) * DAY;
        let within = match rng.random_range(0..4) {
            0 => 0,
            1 => rng.random_range(0..24) * 3_600_000_000,
            2 => rng.random_range(0..86_400) * 1_000_000,
            _ => rng.random_range(0..DAY),
        };
        start + within
    }
}

/// Days since 1970-01-01; the dates asked for exist.
pub(super) fn day(year: i32, month: u32, day: u32) -> i32 {
    let epoch = NaiveDate::from_ymd_opt(1970, 1, 1);
    let date = NaiveDate::from_ymd_opt(year, month, day);
    let days = date
        .zip(epoch)
        .map(|(date, epoch)| date.signed_duration_since(epoch).num_days());
    days.and_then(|days| i32::try_from(days).ok())
        .expect("a date of the calendar")
}
