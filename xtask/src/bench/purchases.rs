//! A narrow file: purchases in the shape of CDNOW's, four fields between blanks.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use anyhow::Result;

use crate::random::Random;

/// Purchases of a customer, on average.
const PURCHASES_EACH: u64 = 3;

/// Flags of `tagma load` for the file.
pub(super) const LOAD: &[&str] = &[
    "--table",
    "purchases",
    "--id",
    "customer_id",
    "--time",
    "date",
    "--delimiter",
    "whitespace",
    "--create",
];

/// Writes `rows` purchases; answers how many customers they have.
pub(super) fn write(path: &Path, rows: u64, seed: u64) -> Result<u64> {
    let mut out = BufWriter::with_capacity(1 << 20, File::create(path)?);
    out.write_all(b" customer_id  date number_of_cds  dollar_value\r\n")?;
    let customers = (rows / PURCHASES_EACH).max(1) as u32;
    let mut is_seen = vec![false; customers as usize];
    let mut random = Random::new(seed);
    for _ in 0..rows {
        let customer = random.below(customers);
        is_seen[customer as usize] = true;
        let month = random.below(18);
        let (year, month) = (1997 + month / 12, 1 + month % 12);
        let date = year * 10_000 + month * 100 + 1 + random.below(28);
        let (cds, cents) = (1 + random.below(5), random.below(9_000));
        let (customer, dollars, cents) = (customer + 1, cents / 100, cents % 100);
        write!(
            out,
            " {customer:08} {date}  {cds} {dollars:>4}.{cents:02}\r\n"
        )?;
    }
    out.flush()?;
    Ok(is_seen.into_iter().filter(|&seen| seen).count() as u64)
}
