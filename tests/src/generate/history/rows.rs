//! Rows of a history, and whom they speak of.

use rand::{Rng, rngs::StdRng};
use tagma_core::Value;

use super::table::Table;

/// Microseconds of 2023-01-01.
const START: i64 = 1_672_531_200_000_000;

/// Microseconds in which events happen: four years.
const SPAN: i64 = 4 * 365 * 86_400_000_000;

/// Which identifiers a row carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KnownBy {
    /// Its customer number.
    Crm,
    /// Its email address.
    Email,
    /// Both, which makes the address known where it was not.
    Both,
    /// Nothing that identifies anybody: the row belongs to the dead letters.
    Nobody,
}

/// A row.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Number of the person.
    pub person: u32,
    /// How the row tells.
    pub known_by: KnownBy,
    /// When, UTC microseconds.
    pub at: i64,
    /// A value per column of the table.
    pub values: Vec<Value>,
}

impl Row {
    /// The customer number that the row carries.
    pub fn crm(&self) -> Option<String> {
        match self.known_by {
            KnownBy::Crm | KnownBy::Both => Some(crm(self.person)),
            KnownBy::Email => None,
            KnownBy::Nobody => Some("unknown".to_owned()),
        }
    }

    /// The email address that the row carries, spelled as it happens to be.
    pub fn email(&self) -> Option<String> {
        match self.known_by {
            KnownBy::Crm | KnownBy::Nobody => None,
            KnownBy::Email => Some(email(self.person).to_uppercase()),
            KnownBy::Both => Some(email(self.person)),
        }
    }
}

/// The customer number of a person.
fn crm(person: u32) -> String {
    format!("c{person}")
}

/// The email address of a person in lower case.
fn email(person: u32) -> String {
    format!("p{person}@example.com")
}

/// Who is there, and whose address is known.
#[derive(Debug, Default)]
pub(super) struct Crowd {
    has_address: Vec<bool>,
}

impl Crowd {
    /// Rows of one write: some of people who are new, `new` of them at most, in order of number.
    pub(super) fn rows(
        &mut self,
        table: &Table,
        count: u32,
        new: u32,
        rng: &mut StdRng,
    ) -> Vec<Row> {
        let mut left = new;
        let mut rows = Vec::new();
        for place in 0..count {
            let is_new = left > 0 && (self.has_address.is_empty() || rng.random_ratio(left, count));
            let must = left >= count - place;
            left -= u32::from(is_new || must);
            rows.push(self.row(table, is_new || must, rng));
        }
        rows
    }

    fn row(&mut self, table: &Table, is_new: bool, rng: &mut StdRng) -> Row {
        let (person, known_by) = if is_new {
            self.create(rng)
        } else {
            self.choose(rng)
        };
        let draw = |column: &super::Column, rng: &mut StdRng| match rng.random_bool(column.presence)
        {
            true => column.source.draw(rng),
            false => Value::Null,
        };
        // Few instants, so that some rows of a person are of the same one.
        let at = START + rng.random_range(0..SPAN / 3_600_000_000) * 3_600_000_000;
        let at = if rng.random_bool(0.3) { START } else { at };
        let values = table.columns.iter().map(|column| draw(column, rng));
        Row {
            person,
            known_by,
            at,
            values: values.collect(),
        }
    }

    fn create(&mut self, rng: &mut StdRng) -> (u32, KnownBy) {
        let person = u32::try_from(self.has_address.len()).expect("few people");
        let known_by = if rng.random_bool(0.6) {
            KnownBy::Both
        } else {
            KnownBy::Crm
        };
        self.has_address.push(known_by == KnownBy::Both);
        (person, known_by)
    }

    fn choose(&mut self, rng: &mut StdRng) -> (u32, KnownBy) {
        let place = rng.random_range(0..self.has_address.len());
        let known = self.has_address[place];
        let known_by = match rng.random_range(0..10) {
            0 => KnownBy::Nobody,
            1..=3 => KnownBy::Both,
            4..=6 if known => KnownBy::Email,
            _ => KnownBy::Crm,
        };
        self.has_address[place] |= known_by == KnownBy::Both;
        (u32::try_from(place).expect("few people"), known_by)
    }
}
