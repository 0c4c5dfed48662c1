//! `TruthIndex`: whose an identifier or a record is, from the files below `truth/`.

use std::{
    hash::{DefaultHasher, Hasher},
    path::Path,
};

use csv::StringRecord;

use crate::failure::Failure;

/// Things by a hash of type and value: 16 bytes each. What several people have is left out.
#[derive(Debug)]
pub(crate) struct TruthIndex {
    things: Vec<(u64, u32)>,
}

impl TruthIndex {
    /// Reads `identifiers.csv` or `records.csv`: type, value, person come first.
    ///
    /// # Errors
    /// What cannot be read.
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let mut things = Vec::new();
        read_lines(path, |line, record| {
            let person = record.get(2).and_then(|person| person.parse().ok());
            let (Some(kind), Some(value), Some(person)) = (record.get(0), record.get(1), person)
            else {
                return Err(Failure::invalid(format!(
                    "`{}` line {line} is not of a generated truth",
                    path.display()
                )));
            };
            things.push((hash(kind, value), person));
            Ok(())
        })?;
        things.sort_unstable();
        things.dedup();
        let mut unique = Vec::with_capacity(things.len());
        for same in things.chunk_by(|a, b| a.0 == b.0) {
            if same.len() == 1 {
                unique.push(same[0]);
            }
        }
        Ok(Self { things: unique })
    }

    pub(crate) fn len(&self) -> usize {
        self.things.len()
    }

    /// The position of a thing that exactly one person has.
    pub(crate) fn find(&self, kind: &str, value: &str) -> Option<usize> {
        let hash = hash(kind, value);
        self.things
            .binary_search_by_key(&hash, |(hash, _)| *hash)
            .ok()
    }

    /// Whose each thing is, by position.
    pub(crate) fn people(&self) -> impl Iterator<Item = u32> + '_ {
        self.things.iter().map(|(_, person)| *person)
    }
}

/// Who is decidable, by person, from `people.csv`.
///
/// # Errors
/// What cannot be read.
pub(crate) fn read_decidable(path: &Path) -> Result<Vec<bool>, Failure> {
    let mut decidable = Vec::new();
    read_lines(path, |line, record| {
        let person = record.get(0).and_then(|person| person.parse().ok());
        if person != Some(decidable.len()) {
            let message = format!(
                "`{}` line {line}: people are numbered from 0",
                path.display()
            );
            return Err(Failure::invalid(message));
        }
        decidable.push(record.get(1) == Some("true"));
        Ok(())
    })?;
    Ok(decidable)
}

fn read_lines(
    path: &Path,
    mut take: impl FnMut(u64, &StringRecord) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let unreadable = |error: csv::Error| unreadable(path, &error);
    let mut reader = csv::Reader::from_path(path).map_err(unreadable)?;
    let mut record = StringRecord::new();
    while reader.read_record(&mut record).map_err(unreadable)? {
        take(reader.position().line() - 1, &record)?;
    }
    Ok(())
}

pub(super) fn unreadable(path: &Path, error: &csv::Error) -> Failure {
    match error.kind() {
        csv::ErrorKind::Io(error) => Failure::file("cannot read", path, error),
        _ => Failure::invalid(format!("cannot read `{}`: {error}", path.display())),
    }
}

/// 64 bits of SipHash, within one process only.
fn hash(kind: &str, value: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(kind.as_bytes());
    hasher.write_u8(0xff);
    hasher.write(value.as_bytes());
    hasher.finish()
}
