//! A purchases file of CDNOW's shape, for machines that cannot fetch the real one.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use anyhow::Result;

use crate::random::Random;

/// Customers of the generated file.
const CUSTOMERS: u32 = 20_000;

/// Writes the file: the same bytes on every machine.
pub(super) fn write(path: &Path) -> Result<()> {
    let mut text = String::from(" customer_id  date number_of_cds  dollar_value\r\n");
    let mut random = Random::new(0x7461_676d_6131_3937);
    for customer in 1..=CUSTOMERS {
        let purchases = 1 + random.below(4) * random.below(4);
        for _ in 0..purchases {
            let month = random.below(18);
            let (year, month) = (1997 + month / 12, 1 + month % 12);
            let date = year * 10_000 + month * 100 + 1 + random.below(28);
            let (cds, cents) = (1 + random.below(5), random.below(9_000));
            let (dollars, cents) = (cents / 100, cents % 100);
            write!(
                text,
                " {customer:05} {date}  {cds} {dollars:>4}.{cents:02}\r\n"
            )?;
        }
    }
    fs::create_dir_all(path.parent().unwrap_or(Path::new(".")))?;
    fs::write(path, text)?;
    Ok(())
}
