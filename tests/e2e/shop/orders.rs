//! The orders: files numbered from 0, each with people of its own and people of all before.
//!
//! The first order of a person in a file names both identifiers, later ones one or the other.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;

/// Orders in one file, unless a test asks for more.
pub(super) const ORDERS: u64 = 2_000;

const CITIES: [&str; 3] = ["hangzhou", "shanghai", "suzhou"];

/// One order.
#[derive(Debug, Clone, Copy)]
pub(super) struct Order {
    /// Number of the person.
    pub(super) person: u64,
    /// In hundredths.
    pub(super) cents: u64,
    /// Where.
    pub(super) city: &'static str,
}

/// People in files 0 to `file`.
pub(super) fn people(file: u64) -> u64 {
    400 + 40 * file
}

/// The orders of a file, in its order; up to 44,640, which is what a month has minutes for.
pub(super) fn orders(file: u64, rows: u64) -> impl Iterator<Item = Order> {
    (0..rows).map(move |row| Order {
        person: (row * 37 + file * 11) % people(file),
        cents: (row * 131 + file * 977) % 50_000 + 1,
        city: CITIES[usize::try_from((row / 3) % 3).unwrap_or(0)],
    })
}

/// The email address of a person.
pub(super) fn email(person: u64) -> String {
    format!("p{person}@example.com")
}

/// The phone number of a person.
pub(super) fn phone(person: u64) -> String {
    format!("139{person:08}")
}

/// Writes a file of so many orders into a folder.
pub(super) fn write_orders(folder: &Path, file: u64, rows: u64) -> Result<PathBuf> {
    let mut text = "email,phone,paid_at,amount,city\n".to_owned();
    let mut seen = BTreeSet::new();
    for (row, order) in orders(file, rows).enumerate() {
        let Order {
            person,
            cents,
            city,
        } = order;
        let is_first = seen.insert(person);
        let email = if is_first || row % 2 == 0 {
            email(person)
        } else {
            String::new()
        };
        let phone = if is_first || row % 2 == 1 {
            phone(person)
        } else {
            String::new()
        };
        let (hour, minute) = (row / 60 % 24, row % 60);
        let day = row / 1_440 + 1;
        write!(
            text,
            "{email},{phone},2026-01-{day:02}T{hour:02}:{minute:02}:00Z,"
        )?;
        writeln!(text, "{}.{:02},{city}", cents / 100, cents % 100)?;
    }
    let path = folder.join(format!("orders-{file}.csv"));
    fs::write(&path, text)?;
    Ok(path)
}
