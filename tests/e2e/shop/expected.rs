//! What every answer has to be, computed from the orders without any of Tagma's code.

use std::collections::BTreeMap;

use super::orders::{ORDERS, email, orders, phone};

/// A person's orders taken together.
#[derive(Debug, Default, Clone)]
struct Customer {
    frequency: u64,
    cents: u64,
    city: &'static str,
}

/// An expression and whether a person is in it: frequency, total in hundredths, city.
type Question = (&'static str, fn(u64, u64, &str) -> bool);

/// Expressions that tests count.
pub(crate) const EXPRESSIONS: [Question; 7] = [
    ("TRUE", |_, _, _| true),
    ("total IS NOT NULL", |_, _, _| true),
    ("frequency BETWEEN 5 AND 7", |frequency, _, _| {
        (5..=7).contains(&frequency)
    }),
    ("NOT regular", |frequency, _, _| frequency < 5),
    ("segment('big')", |_, cents, _| cents >= 100_000),
    ("segment('big_regular')", |frequency, cents, _| {
        cents >= 100_000 && frequency >= 5
    }),
    (
        "city IN ('suzhou', 'nowhere') AND total < 1234.56",
        |_, cents, city| city == "suzhou" && cents < 123_456,
    ),
];

/// The customers after some files.
#[derive(Debug, Default, Clone)]
pub(crate) struct Expected {
    customers: BTreeMap<u64, Customer>,
}

impl Expected {
    /// After files 0 to `last`.
    pub(crate) fn after(last: u64) -> Self {
        Self::after_files_of(ORDERS, last)
    }

    /// After files 0 to `last` of `rows` orders each.
    pub(crate) fn after_files_of(rows: u64, last: u64) -> Self {
        let mut expected = Self::default();
        for order in (0..=last).flat_map(|file| orders(file, rows)) {
            let customer = expected.customers.entry(order.person).or_default();
            customer.frequency += 1;
            customer.cents += order.cents;
            customer.city = customer.city.max(order.city);
        }
        expected
    }

    /// How many people there are.
    pub(crate) fn people(&self) -> u64 {
        u64::try_from(self.customers.len()).unwrap_or(u64::MAX)
    }

    /// The counts of [`EXPRESSIONS`], in their order.
    pub(crate) fn counts(&self) -> Vec<(&'static str, u64)> {
        let count = |(expr, holds): &Question| {
            let all = self.customers.values();
            let those = all.filter(|one| holds(one.frequency, one.cents, one.city));
            (*expr, u64::try_from(those.count()).unwrap_or(u64::MAX))
        };
        EXPRESSIONS.iter().map(count).collect()
    }

    /// Everybody as `email,phone,frequency,total,regular`, sorted.
    pub(crate) fn rows(&self) -> Vec<String> {
        let row = |(person, one): (&u64, &Customer)| {
            let (email, phone) = (email(*person), phone(*person));
            let total = format!("{}.{:02}", one.cents / 100, one.cents % 100);
            format!(
                "{email},{phone},{},{total},{}",
                one.frequency,
                one.frequency >= 5
            )
        };
        let mut rows: Vec<String> = self.customers.iter().map(row).collect();
        rows.sort();
        rows
    }
}
