//! Rows of the tables that every cluster has: identifiers, merges, dead letters.
//!
//! Owns their columns. Evidence stands in each row: the source and the row of it that it came with.

use std::sync::Arc;

use arrow::{
    array::{ArrayRef, Int64Array, RecordBatch, StringArray, UInt64Array},
    error::ArrowError,
};
use tagma_core::OneId;

use super::{
    batch_rows::{Hidden, MergeRow},
    prepare::{DeadRow, KnownAs, PreparedWrite},
};

/// The source of what an operator did; such a row has no `source_row`.
const OPERATOR: &str = "operator";

/// Identifiers that a batch attaches: `type, value, source, source_row`.
#[derive(Debug, Default)]
pub(super) struct Identities {
    pub(super) hidden: Hidden,
    types: Vec<String>,
    values: Vec<String>,
    evidence: Evidence,
}

/// Merges that a batch decides: `loser, survivor, type, value, source, source_row`.
#[derive(Debug, Default)]
pub(super) struct Merges {
    hidden: Hidden,
    losers: Vec<i64>,
    survivors: Vec<i64>,
    types: Vec<String>,
    values: Vec<String>,
    evidence: Evidence,
}

/// Rows that went to no table: `table_name, reason, original, source, source_row`.
#[derive(Debug, Default)]
pub(super) struct DeadLetters {
    hidden: Hidden,
    tables: Vec<String>,
    reasons: Vec<String>,
    originals: Vec<String>,
    evidence: Evidence,
}

/// Where rows came from: `source, source_row`.
#[derive(Debug, Default)]
struct Evidence {
    sources: Vec<String>,
    rows: Vec<Option<u64>>,
}

impl Identities {
    /// An identifier that came with a row; its hidden columns are pushed apart.
    pub(super) fn push(
        &mut self,
        kind: String,
        known: &KnownAs,
        write: &PreparedWrite,
        row: usize,
    ) {
        self.types.push(kind);
        self.values.push(known.value.clone());
        self.evidence.push(write, write.source_rows[row]);
    }

    /// The one row that says of an identifier that it is not `person`'s any more.
    ///
    /// # Errors
    /// Those of Arrow.
    pub(super) fn unbound(
        (kind, value): (String, String),
        person: OneId,
        origin: OneId,
    ) -> Result<RecordBatch, ArrowError> {
        let mut rows = Self::default();
        rows.hidden.push(person, 0, origin);
        rows.types.push(kind);
        rows.values.push(value);
        rows.evidence.push_operator();
        rows.into_batch()
    }

    /// The rows.
    ///
    /// # Errors
    /// Those of Arrow.
    pub(super) fn into_batch(self) -> Result<RecordBatch, ArrowError> {
        let columns = vec![("type", text(self.types)), ("value", text(self.values))];
        self.hidden.before(&self.evidence.after(columns)?)
    }
}

impl Merges {
    /// A merge, as number `number` of the entry's rows.
    pub(super) fn push(&mut self, merge: &MergeRow<'_>, kind: String, number: i64) {
        self.hidden.push(merge.root, number, merge.survivor);
        self.losers.push(merge.loser.get());
        self.survivors.push(merge.survivor.get());
        self.types.push(kind);
        self.values.push(merge.known.value.clone());
        let source_row = merge.write.source_rows[merge.row];
        self.evidence.push(merge.write, source_row);
    }

    /// The one row of a merge by an operator.
    ///
    /// # Errors
    /// Those of Arrow.
    pub(super) fn by_operator(loser: OneId, survivor: OneId) -> Result<RecordBatch, ArrowError> {
        let mut rows = Self::default();
        rows.hidden.push(survivor, 0, survivor);
        rows.losers.push(loser.get());
        rows.survivors.push(survivor.get());
        rows.types.push(String::new());
        rows.values.push(String::new());
        rows.evidence.push_operator();
        rows.into_batch()
    }

    /// The rows.
    ///
    /// # Errors
    /// Those of Arrow.
    pub(super) fn into_batch(self) -> Result<RecordBatch, ArrowError> {
        let columns = vec![
            ("loser", Arc::new(Int64Array::from(self.losers)) as ArrayRef),
            ("survivor", Arc::new(Int64Array::from(self.survivors))),
            ("type", text(self.types)),
            ("value", text(self.values)),
        ];
        self.hidden.before(&self.evidence.after(columns)?)
    }
}

impl DeadLetters {
    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.tables.is_empty()
    }

    /// A row of a write, as number `number` of the entry's rows.
    pub(super) fn push(&mut self, write: &PreparedWrite, dead: DeadRow, number: i64) {
        self.hidden.push_nobody(number);
        self.tables.push(write.table.name.to_string());
        self.reasons.push(dead.reason);
        self.originals.push(dead.original);
        self.evidence.push(write, dead.source_row);
    }

    /// The rows.
    ///
    /// # Errors
    /// Those of Arrow.
    pub(super) fn into_batch(self) -> Result<RecordBatch, ArrowError> {
        let columns = vec![
            ("table_name", text(self.tables)),
            ("reason", text(self.reasons)),
            ("original", text(self.originals)),
        ];
        self.hidden.before(&self.evidence.after(columns)?)
    }
}

impl Evidence {
    fn push(&mut self, write: &PreparedWrite, source_row: u64) {
        self.sources.push(write.source.clone());
        self.rows.push(Some(source_row));
    }

    fn push_operator(&mut self) {
        self.sources.push(OPERATOR.to_owned());
        self.rows.push(None);
    }

    fn after(self, mut columns: Vec<(&str, ArrayRef)>) -> Result<RecordBatch, ArrowError> {
        columns.push(("source", text(self.sources)));
        columns.push(("source_row", Arc::new(UInt64Array::from(self.rows))));
        RecordBatch::try_from_iter_with_nullable(
            columns
                .into_iter()
                .map(|(name, column)| (name, column, true)),
        )
    }
}

fn text(values: Vec<String>) -> ArrayRef {
    Arc::new(StringArray::from(values))
}
