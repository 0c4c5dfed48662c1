//! The people who are asked about: attributes of each as a function of (seed, number), so that
//! every count can be computed without Tagma.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use anyhow::Result;

use crate::random::Random;

/// Cities, the first ones larger.
const CITIES: u32 = 300;

/// Flags of `tagma load` for the file.
pub(super) const LOAD: &[&str] = &[
    "--table",
    "customers",
    "--kind",
    "attributes",
    "--id",
    "crm_id",
    "--create",
];

/// A tag: its name, which is also the column's, and its kind.
pub(super) const TAGS: [(&str, &str); 6] = [
    ("vip", "bool"),
    ("app", "bool"),
    ("churned", "bool"),
    ("city", "category"),
    ("age", "int"),
    ("spend", "decimal(12,2)"),
];

/// One person.
pub(super) struct Customer {
    /// One of two.
    pub(super) app: bool,
    /// One of ten.
    pub(super) vip: bool,
    /// One of fifty.
    pub(super) churned: bool,
    /// Absent for one of twenty.
    pub(super) city: Option<u32>,
    /// Absent for one of ten.
    pub(super) age: Option<u32>,
    /// Hundredths.
    pub(super) spend: u32,
}

impl Customer {
    /// Person `number` of `seed`.
    pub(super) fn new(seed: u64, number: u64) -> Self {
        let mut random = Random::of_item(seed, number);
        let (first, second) = (random.below(CITIES), random.below(CITIES));
        Self {
            app: random.percent(50),
            vip: random.percent(10),
            churned: random.percent(2),
            city: (!random.percent(5)).then_some(first.min(second)),
            age: (!random.percent(10)).then(|| 16 + random.below(30) + random.below(40)),
            spend: random.below(1_000) * random.below(1_000),
        }
    }
}

/// Name of a city.
pub(super) fn city(number: u32) -> String {
    format!("city_{number:03}")
}

/// Writes the `people` of `seed` as CSV.
pub(super) fn write(path: &Path, people: u64, seed: u64) -> Result<()> {
    let mut out = BufWriter::with_capacity(1 << 20, File::create(path)?);
    writeln!(out, "crm_id,vip,app,churned,city,age,spend")?;
    for number in 1..=people {
        let customer = Customer::new(seed, number);
        let (yuan, cents) = (customer.spend / 100, customer.spend % 100);
        let (city, age) = (
            customer.city.map(city),
            customer.age.map(|age| age.to_string()),
        );
        writeln!(
            out,
            "C{number:09},{},{},{},{},{},{yuan}.{cents:02}",
            customer.vip,
            customer.app,
            customer.churned,
            city.unwrap_or_default(),
            age.unwrap_or_default(),
        )?;
    }
    out.flush()?;
    Ok(())
}

/// Writes the definitions of the tags.
pub(super) fn write_tags(path: &Path) -> Result<()> {
    let documents = TAGS.map(|(name, kind)| {
        format!("tag: {name}\nkind: {kind}\nsql: SELECT oneid, {name} AS value FROM customers\n")
    });
    std::fs::write(path, documents.join("---\n"))?;
    Ok(())
}
