//! A wide file: what a shop's order system exports, twelve columns, two identifiers.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use anyhow::Result;

use super::parquet::{Column, Rows, Table};
use crate::demo::independent::days;
use crate::random::Random;

/// Orders of a person, on average.
const ORDERS_EACH: u64 = 4;

const EVENTS: [&str; 5] = ["view", "cart", "pay", "pay", "refund"];
const CITIES: [&str; 8] = [
    "上海", "北京", "深圳", "广州", "杭州", "成都", "武汉", "西安",
];
const CATEGORIES: [&str; 6] = ["skincare", "makeup", "food", "toys", "books", "shoes"];
const CHANNELS: [&str; 4] = ["app", "mini_program", "web", "store"];

/// Flags of `tagma load` for the file.
pub(super) const LOAD: &[&str] = &[
    "--table",
    "orders",
    "--id",
    "phone=mobile",
    "--id",
    "wechat_openid=openid",
    "--time",
    "paid_at",
    "--event",
    "event",
    "--create",
];

/// The same columns for Parquet.
const TABLE: Table = Table {
    name: "orders",
    columns: &[
        ("order_no", Column::Text),
        ("mobile", Column::Text),
        ("openid", Column::Text),
        ("paid_at", Column::Timestamp),
        ("event", Column::Text),
        ("sku", Column::Text),
        ("category", Column::Text),
        ("quantity", Column::Int),
        ("amount", Column::Cents),
        ("city", Column::Text),
        ("channel", Column::Text),
        ("coupon", Column::Bool),
    ],
};

/// One row.
struct Order {
    number: u64,
    person: u32,
    has_openid: bool,
    /// Year, month, day, hour, minute, second.
    paid_at: [u32; 6],
    event: &'static str,
    sku: u32,
    category: &'static str,
    quantity: u32,
    cents: u32,
    /// Absent in one row of twenty.
    city: Option<&'static str>,
    channel: &'static str,
    coupon: bool,
}

/// Writes `rows` orders as CSV; answers how many people they have.
pub(super) fn write_csv(path: &Path, rows: u64, seed: u64) -> Result<u64> {
    let mut out = BufWriter::with_capacity(1 << 20, File::create(path)?);
    let names: Vec<&str> = TABLE.columns.iter().map(|(name, _)| *name).collect();
    writeln!(out, "{}", names.join(","))?;
    let mut is_seen = vec![false; people(rows) as usize];
    for order in orders(rows, seed) {
        is_seen[order.person as usize] = true;
        order.write_csv(&mut out)?;
    }
    out.flush()?;
    Ok(is_seen.into_iter().filter(|&seen| seen).count() as u64)
}

/// Writes the same orders as Parquet.
pub(super) fn write_parquet(path: &Path, rows: u64, seed: u64) -> Result<()> {
    let mut out = Rows::create(path, &TABLE)?;
    for order in orders(rows, seed) {
        order.append(&mut out);
        out.end_row()?;
    }
    out.finish()
}

fn people(rows: u64) -> u32 {
    (rows / ORDERS_EACH).max(1) as u32
}

fn orders(rows: u64, seed: u64) -> impl Iterator<Item = Order> {
    let people = people(rows);
    let mut random = Random::new(seed);
    (0..rows).map(move |row| Order::next(&mut random, row, people))
}

impl Order {
    fn next(random: &mut Random, row: u64, people: u32) -> Self {
        let mut one_of = |names: &[&'static str]| names[random.below(names.len() as u32) as usize];
        let (event, category) = (one_of(&EVENTS), one_of(&CATEGORIES));
        let (city, channel) = (one_of(&CITIES), one_of(&CHANNELS));
        Self {
            number: 20_240_000_000_000 + row,
            person: random.below(people),
            has_openid: random.percent(60),
            paid_at: [
                2024 + random.below(2),
                1 + random.below(12),
                1 + random.below(28),
                random.below(24),
                random.below(60),
                random.below(60),
            ],
            event,
            sku: random.below(50_000),
            category,
            quantity: 1 + random.below(5),
            cents: random.below(200_000),
            city: (!random.percent(5)).then_some(city),
            channel,
            coupon: random.percent(30),
        }
    }

    fn mobile(&self) -> String {
        format!("139{:08}", self.person)
    }

    fn openid(&self) -> Option<String> {
        // Looks random, and is one to one with the person.
        let shuffled = u64::from(self.person).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.has_openid.then(|| format!("oX{shuffled:016x}"))
    }

    fn micros(&self) -> i64 {
        let [year, month, day, hour, minute, second] = self.paid_at.map(i64::from);
        let seconds = days(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second;
        seconds * 1_000_000
    }

    fn write_csv(&self, out: &mut impl Write) -> Result<()> {
        let [year, month, day, hour, minute, second] = self.paid_at;
        write!(
            out,
            "{},{},{}",
            self.number,
            self.mobile(),
            self.openid().unwrap_or_default()
        )?;
        write!(
            out,
            ",{year}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}"
        )?;
        let (yuan, cents) = (self.cents / 100, self.cents % 100);
        writeln!(
            out,
            ",{},SKU{:05},{},{},{yuan}.{cents:02},{},{},{}",
            self.event,
            self.sku,
            self.category,
            self.quantity,
            self.city.unwrap_or_default(),
            self.channel,
            self.coupon
        )?;
        Ok(())
    }

    /// In the order of [`TABLE`].
    fn append(&self, row: &mut Rows) {
        row.text(Some(&self.number.to_string()));
        row.text(Some(&self.mobile()));
        row.text(self.openid().as_deref());
        row.int(self.micros());
        row.text(Some(self.event));
        row.text(Some(&format!("SKU{:05}", self.sku)));
        row.text(Some(self.category));
        row.int(i64::from(self.quantity));
        row.int(i64::from(self.cents));
        row.text(self.city);
        row.text(Some(self.channel));
        row.bool(self.coupon);
    }
}
