//! The CDNOW figures computed a second time, from the file alone and without a line of Tagma.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result};

/// 1998-07-01, the day that the example speaks of, counted like [`days`].
const AS_OF: i64 = days(1998, 7, 1);

/// One customer of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Customer {
    /// Day of the first purchase, days since 1970-01-01.
    pub(crate) first: i64,
    /// Day of the last purchase.
    pub(crate) last: i64,
    /// Purchases.
    pub(crate) frequency: u64,
    /// Cents.
    pub(crate) cents: i64,
    /// CDs.
    pub(crate) cds: i64,
}

impl Customer {
    /// Days from the last purchase to 1998-07-01.
    pub(crate) fn recency(&self) -> i64 {
        AS_OF - self.last
    }

    fn lapsed(&self) -> bool {
        self.recency() > 180
    }

    fn is_high(&self) -> bool {
        self.cents >= 20_000
    }

    fn is_mid(&self) -> bool {
        self.cents >= 5_000 && !self.is_high()
    }

    /// The segments of `segments.yaml` in plain words.
    pub(crate) fn is_in(&self, segment: &str) -> bool {
        match segment {
            "high_value" => self.is_high(),
            "sleeping_high_value" => self.is_high() && self.last < AS_OF - 180,
            "loyal" => self.frequency >= 5 && !self.lapsed(),
            "one_time_buyers" => self.frequency == 1 && self.cds <= 2,
            "win_back" => {
                (181..=365).contains(&self.recency()) && (self.is_mid() || self.is_high())
            }
            _ => false,
        }
    }
}

/// The file: rows in all, and every customer by number as written.
pub(crate) struct Cdnow {
    /// Rows after the heading.
    pub(crate) rows: u64,
    /// By customer number.
    pub(crate) customers: BTreeMap<String, Customer>,
}

/// Reads the file.
pub(crate) fn read(path: &Path) -> Result<Cdnow> {
    let text =
        std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut cdnow = Cdnow {
        rows: 0,
        customers: BTreeMap::new(),
    };
    for (line, row) in text.lines().enumerate().skip(1) {
        let fields: Vec<&str> = row.split_ascii_whitespace().collect();
        add(&mut cdnow, &fields).with_context(|| format!("line {}: `{row}`", line + 1))?;
    }
    Ok(cdnow)
}

fn add(cdnow: &mut Cdnow, fields: &[&str]) -> Result<()> {
    let [customer, date, cds, dollars] = fields else {
        anyhow::bail!("four fields were expected");
    };
    let date: i64 = date.parse()?;
    let day = days(date / 10_000, date / 100 % 100, date % 100);
    let cents: i64 = dollars.replace('.', "").parse()?;
    let cds: i64 = cds.parse()?;
    let fresh = Customer {
        first: day,
        last: day,
        frequency: 0,
        cents: 0,
        cds: 0,
    };
    let known = cdnow
        .customers
        .entry((*customer).to_owned())
        .or_insert(fresh);
    known.first = known.first.min(day);
    known.last = known.last.max(day);
    known.frequency += 1;
    known.cents += cents;
    known.cds += cds;
    cdnow.rows += 1;
    Ok(())
}

/// Days from 1970-01-01 to a day of the Gregorian calendar (Hinnant, "chrono-compatible low-level
/// date algorithms", `days_from_civil`).
pub(crate) const fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year - era * 400;
    let of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_of_the_calendar() {
        assert_eq!(days(1970, 1, 1), 0);
        assert_eq!(days(2000, 2, 29), 11_016);
        assert_eq!(days(1997, 1, 1), 9_862);
        assert_eq!(AS_OF - days(1997, 1, 1), 546);
    }

    #[test]
    fn rows_add_up_per_customer() {
        let mut cdnow = Cdnow {
            rows: 0,
            customers: BTreeMap::new(),
        };
        add(&mut cdnow, &["00002", "19970112", "1", "12.00"]).expect("a row");
        add(&mut cdnow, &["00002", "19970112", "5", "77.00"]).expect("a row");
        assert!(add(&mut cdnow, &["00002", "19970112", "5"]).is_err());
        let customer = &cdnow.customers["00002"];
        assert_eq!(
            (customer.frequency, customer.cents, customer.cds),
            (2, 8_900, 6)
        );
        assert_eq!(cdnow.rows, 2);
    }
}
