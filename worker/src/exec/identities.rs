//! Identifiers of people, from the built-in table `identities`.
//!
//! Owns the reading of that table in OneID order: every section is sorted by OneID, so one pass
//! over each answers for people in ascending order. Segments cannot come here.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use arrow::array::{Array, RecordBatch};
use tagma_core::LogIndex;
use tagma_core::id::RowSeq;
use tagma_core::journal::IDENTITIES;
use tagma_sql::columns::{numbers, texts};
use tagma_sql::run::BlockReader;
use tagma_sql::tables::Departed;

use super::section_cursor::{Cursor, Section, Wanted};
use super::snapshot::Snapshot;
use super::stored_rows::Error;

/// Identifiers of people by OneID; for each person `(type, value)` by type, then latest first.
pub type Identifiers = BTreeMap<i64, Vec<(String, String)>>;

/// A row of the table: OneID, arrival, type, value.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Row {
    oneid: i64,
    seq: i64,
    kind: String,
    value: String,
    /// From this row on the identifier is not the person's: an operator has unbound it.
    is_unbound: bool,
}

/// Reads identifiers of people in ascending order.
pub struct IdentityReader {
    index: LogIndex,
    departed: Arc<Departed>,
    /// Rows in memory that are not given out yet, ascending by OneID.
    hot: std::iter::Peekable<std::vec::IntoIter<Row>>,
    sections: Vec<Cursor>,
}

impl IdentityReader {
    /// Opens the table at the snapshot's index, for people from `oneids.start` on and below its
    /// end.
    ///
    /// # Errors
    /// Corrupt, naming the object that is damaged; Unavailable where the store is.
    pub async fn open(
        snapshot: &Snapshot,
        blocks: &BlockReader,
        oneids: Range<i64>,
    ) -> Result<Self, Error> {
        let index = snapshot.index;
        let table = snapshot
            .state
            .tables
            .get(IDENTITIES)
            .cloned()
            .unwrap_or_default();
        let mut hot = Vec::new();
        for rows in table.hot.iter().filter(|hot| hot.index <= index) {
            for batch in &rows.batches {
                hot.extend(rows_of(batch, index, &snapshot.state.departed)?);
            }
        }
        hot.retain(|row| oneids.contains(&row.oneid));
        hot.sort_unstable_by_key(|row| (row.oneid, row.seq));
        let mut sections = Vec::new();
        for run in &table.runs {
            for (number, section) in run.sections.iter().enumerate() {
                let outside = section.oneid.max < oneids.start
                    || section.oneid.min >= oneids.end
                    || section.seq.min >= RowSeq::end_of(index).0;
                if !outside {
                    let section = Section::new(blocks.clone(), Arc::clone(run), number);
                    sections.push(Cursor::open(section, Wanted::Range(&oneids)).await?);
                }
            }
        }
        Ok(Self {
            index,
            departed: Arc::clone(&snapshot.state.departed),
            hot: hot.into_iter().peekable(),
            sections,
        })
    }

    /// Identifiers of the people up to `last` who were not passed before.
    ///
    /// # Errors
    /// As [`IdentityReader::open`].
    pub async fn through(&mut self, last: i64) -> Result<Identifiers, Error> {
        let mut rows = Vec::new();
        while let Some(row) = self.hot.next_if(|row| row.oneid <= last) {
            rows.push(row);
        }
        for section in &mut self.sections {
            for batch in section.through(last).await? {
                rows.extend(rows_of(&batch, self.index, &self.departed)?);
            }
        }
        rows.sort_unstable_by(|a, b| {
            (a.oneid, &a.kind)
                .cmp(&(b.oneid, &b.kind))
                .then(b.seq.cmp(&a.seq))
        });
        Ok(newest(rows))
    }
}

/// What people are known as by rows that come by person and type, latest first: the latest row of
/// each identifier says whether it is still theirs.
fn newest(rows: Vec<Row>) -> Identifiers {
    let mut told: BTreeMap<i64, Vec<Row>> = BTreeMap::new();
    for row in rows {
        let of_person = told.entry(row.oneid).or_default();
        let is_same = |known: &Row| (&known.kind, &known.value) == (&row.kind, &row.value);
        if !of_person.iter().any(is_same) {
            of_person.push(row);
        }
    }
    let people = told.into_iter().map(|(oneid, rows)| {
        let known = rows.into_iter().filter(|row| !row.is_unbound);
        (oneid, known.map(|row| (row.kind, row.value)).collect())
    });
    people.collect()
}

/// The rows of a batch that are visible at `index`.
fn rows_of(batch: &RecordBatch, index: LogIndex, departed: &Departed) -> Result<Vec<Row>, Error> {
    let batch = &departed.staying(batch.clone(), index)?;
    let (oneid, seq) = (numbers(batch, "oneid")?, numbers(batch, "_seq")?);
    let from = numbers(batch, "_from")?;
    let (kind, value) = (texts(batch, "type")?, texts(batch, "value")?);
    let told_by = batch.column_by_name("source_row");
    let end = RowSeq::end_of(index).0;
    let visible = |row: &usize| {
        let from_later = from.is_valid(*row) && from.value(*row) > index.0.cast_signed();
        seq.value(*row) < end && !from_later
    };
    let rows = (0..batch.num_rows()).filter(visible).map(|row| Row {
        oneid: oneid.value(row),
        seq: seq.value(row),
        kind: kind.value(row).to_owned(),
        value: value.value(row).to_owned(),
        is_unbound: told_by.is_some_and(|told_by| told_by.is_null(row)),
    });
    Ok(rows.collect())
}
