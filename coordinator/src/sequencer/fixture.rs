//! A prepared write without rows, for tests of the order of writes.

use std::sync::Arc;

use arrow::{array::RecordBatch, datatypes::Schema};
use tagma_core::{
    catalog::ProducerId,
    schema::{Name, TableKind, TableSchema},
};

use super::prepare::{PreparedWrite, RawWrite};

/// A write under epoch 1 that counts as `bytes`.
pub(super) fn write(producer: u64, sequence: u64, bytes: usize) -> PreparedWrite {
    let table = TableSchema {
        name: Name::new("t").expect("a name"),
        kind: TableKind::Events,
        columns: Vec::new(),
        time: None,
        event: None,
        timezone: None,
        identifiers: Vec::new(),
        keep_ids: false,
        key: Vec::new(),
        version: None,
    };
    let raw = RawWrite {
        producer: ProducerId(producer),
        epoch: 1,
        sequence,
        table: "t".to_owned(),
        rows_ipc: bytes::Bytes::new(),
        first_row: 0,
        source_rows: Vec::new(),
        rejected: Vec::new(),
    };
    PreparedWrite {
        producer: ProducerId(producer),
        epoch: 1,
        sequence,
        source: String::new(),
        table: Arc::new(table),
        columns: RecordBatch::new_empty(Arc::new(Schema::empty())),
        source_rows: Vec::new(),
        identifiers: Vec::new(),
        ends: Vec::new(),
        dead: Vec::new(),
        bytes,
        copies: 1,
        raw: Arc::new(raw),
        types: imbl::OrdMap::new(),
    }
}
