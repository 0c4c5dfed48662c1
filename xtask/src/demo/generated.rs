//! A purchases file of CDNOW's shape, for machines that cannot fetch the real one.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use anyhow::Result;

/// Customers of the generated file.
const CUSTOMERS: u32 = 20_000;

/// Writes the file: the same bytes on every machine.
pub(super) fn write(path: &Path) -> Result<()> {
    let mut text = String::from(" customer_id  date number_of_cds  dollar_value\r\n");
    let mut random = Random(0x7461_676d_6131_3937);
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

/// SplitMix64 (Steele, Lea, Flood 2014).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u32) -> u32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % u64::from(bound)) as u32
    }
}
