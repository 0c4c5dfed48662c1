//! Rows of tables with a key, rows of nobody, and writes that meet a table that becomes wider.

use std::sync::Arc;

use arrow::{
    array::{ArrayRef, Int64Array, RecordBatch, StringArray},
    ipc::writer::StreamWriter,
};
use tagma_core::{
    ErrorKind, LogIndex,
    catalog::{Catalog, RowCount},
    limits::REFERENCE_BYTES_MAX,
    schema::{ColumnType, Name},
};

use super::desk::Desk;
use crate::{
    error::Result,
    sequencer::{Preparer, RawWrite, prepare::PreparedWrite},
};

const LINES: &str = "table: lines
kind: keyed
key: [order_id, line]
identifiers: {phone: phone}
columns: {order_id: text, line: int, amount: int}
";

const STORES: &str = "table: stores
kind: reference
key: [id]
columns: {id: text, amount: int}
";

fn text(values: &[Option<&str>]) -> ArrayRef {
    Arc::new(StringArray::from(values.to_vec()))
}

fn ints(values: &[Option<i64>]) -> ArrayRef {
    Arc::new(Int64Array::from(values.to_vec()))
}

fn raw(desk: &Desk, table: &str, sequence: u64, columns: Vec<(&str, ArrayRef)>) -> RawWrite {
    let columns = columns
        .into_iter()
        .map(|(name, column)| (name, column, true));
    let rows = RecordBatch::try_from_iter_with_nullable(columns).expect("rows");
    let mut stream = StreamWriter::try_new(Vec::new(), &rows.schema()).expect("a stream");
    stream.write(&rows).expect("written");
    RawWrite {
        producer: desk.producer.0,
        epoch: desk.producer.1,
        sequence,
        table: table.to_owned(),
        rows_ipc: stream.into_inner().expect("finished").into(),
        first_row: 1,
        source_rows: Vec::new(),
        rejected: Vec::new(),
    }
}

fn prepare(desk: &Desk, catalog: &Catalog, raw: RawWrite) -> Result<PreparedWrite> {
    Preparer::new(catalog, desk.directory.key()).prepare(raw)
}

fn lines(desk: &Desk, sequence: u64) -> RawWrite {
    let columns = vec![
        (
            "phone",
            text(&[Some("100"), Some("100"), Some("200"), None]),
        ),
        ("order_id", text(&[Some("a"), None, Some("b"), Some("c")])),
        ("line", ints(&[Some(1), Some(1), None, Some(1)])),
        ("amount", ints(&[Some(5), Some(6), Some(7), Some(8)])),
    ];
    raw(desk, "lines", sequence, columns)
}

fn stores(desk: &Desk, sequence: u64) -> RawWrite {
    let columns = vec![
        ("id", text(&[Some("s1"), Some("s2"), None])),
        ("amount", ints(&[Some(1), None, Some(3)])),
    ];
    raw(desk, "stores", sequence, columns)
}

#[tokio::test]
async fn a_row_whose_key_is_empty_is_a_dead_letter() {
    let desk = Desk::open().await;
    desk.define(LINES).await.expect("defined");
    let catalog = desk.node.raft.catalog();
    let write = prepare(&desk, &catalog, lines(&desk, 1)).expect("prepared");
    let letters = write.dead.iter();
    let letters: Vec<(u64, &str)> = letters.map(|l| (l.source_row, l.reason.as_str())).collect();
    assert_eq!(
        letters,
        [
            (2, "column `order_id` is empty, and it is part of the key"),
            (3, "column `line` is empty, and it is part of the key"),
            (4, "no identifier: every identifier column is empty"),
        ]
    );
    let recorded = desk.handle.write(write).await.expect("taken");
    assert_eq!((recorded.rows, recorded.rejected), (1, 3));
    assert_eq!(recorded.created, 1);
    desk.close().await;
}

#[tokio::test]
async fn rows_of_nobody_come_to_every_shard_and_are_counted_once() {
    let desk = Desk::open().await;
    desk.define(STORES).await.expect("defined");
    let catalog = desk.node.raft.catalog();
    let write = prepare(&desk, &catalog, stores(&desk, 1)).expect("prepared");
    // In one batch with rows of people, so that neither takes the other's identifiers.
    let visits = desk.prepare(2, &["100", "200", "100"]);
    let bytes = write.bytes as u64;
    let (stored, visited) = tokio::join!(desk.handle.write(write), desk.handle.write(visits));
    let (stored, visited) = (stored.expect("taken"), visited.expect("taken"));
    assert_eq!((stored.rows, stored.rejected, stored.created), (2, 1, 0));
    assert_eq!((visited.rows, visited.created), (3, 2));
    let catalog = desk.node.raft.catalog();
    let sections = &catalog.journal[&stored.index].sections;
    assert_eq!(sections.len(), 2, "one of each shard");
    let count = catalog.rows_of(&Name::new("stores").expect("a name"));
    assert_eq!(count, RowCount { rows: 2, bytes });
    let visits = catalog.rows_of(&Name::new("visits").expect("a name"));
    assert_eq!(visits.rows, 3);
    desk.close().await;
}

#[tokio::test]
async fn a_reference_table_that_is_full_says_so_and_answers_what_it_has_taken() {
    let desk = Desk::open().await;
    desk.define(STORES).await.expect("defined");
    let catalog = desk.node.raft.catalog();
    let write = prepare(&desk, &catalog, stores(&desk, 1)).expect("prepared");
    desk.handle.write(write).await.expect("taken");
    let mut full = desk.node.raft.catalog().as_ref().clone();
    let count = RowCount {
        rows: 9,
        bytes: REFERENCE_BYTES_MAX,
    };
    let stores_name = Name::new("stores").expect("a name");
    full.table_rows.insert(stores_name, count);
    let error = prepare(&desk, &full, stores(&desk, 2)).expect_err("full");
    assert_eq!(error.kind(), ErrorKind::Exhausted);
    let told = error.to_string();
    assert!(
        told.contains("reference table `stores` would have"),
        "{told}"
    );
    assert!(told.contains("make it a keyed table"), "{told}");
    prepare(&desk, &full, stores(&desk, 1)).expect("a retry gets its first answer");
    desk.close().await;
}

#[tokio::test]
async fn a_write_that_was_prepared_before_its_table_became_wider_counts() {
    let desk = Desk::open().await;
    desk.define(LINES).await.expect("defined");
    let catalog = desk.node.raft.catalog();
    let narrow = catalog.applied;
    let early = prepare(&desk, &catalog, lines(&desk, 1)).expect("prepared");
    let wider = LINES.replace("amount: int", "amount: 'decimal(21,2)', city: text");
    desk.define(&wider).await.expect("wider");
    let recorded = desk.handle.write(early).await.expect("taken");
    assert_eq!((recorded.rows, recorded.rejected), (1, 3));
    let catalog = desk.node.raft.catalog();
    let amount_at = |index: LogIndex| {
        let table = catalog.table_at("lines", index).expect("declared");
        let amount = table.column("amount").expect("a column").column_type;
        (amount, table.column("city").is_some())
    };
    let decimal = ColumnType::Decimal {
        precision: 21,
        scale: 2,
    };
    assert_eq!(amount_at(narrow), (ColumnType::Int, false));
    assert_eq!(amount_at(catalog.applied), (decimal, true));
    // A client that does not know it yet sends ints; they are stored as decimals.
    let late = prepare(&desk, &catalog, lines(&desk, 2)).expect("prepared");
    let stored = late.columns.schema();
    let field = stored.field_with_name("amount").expect("stored");
    assert_eq!(field.data_type().to_string(), "Decimal128(21, 2)");
    assert_eq!(desk.handle.write(late).await.expect("taken").rows, 1);
    desk.close().await;
}

#[tokio::test]
async fn what_a_table_cannot_become_is_refused_and_nothing_changes() {
    let desk = Desk::open().await;
    desk.define(LINES).await.expect("defined");
    let before = desk.node.raft.catalog();
    for (from, to, expected) in [
        (
            "kind: keyed",
            "kind: keyed\nversion: amount",
            "`version` is none, not `amount`",
        ),
        ("amount: int", "amount: float", "cannot become float"),
        (", amount: int", "", "which the document leaves out"),
        (
            "[order_id, line]",
            "[order_id]",
            "`key` is [order_id, line], not [order_id]",
        ),
        (
            "{phone: phone}",
            "{phone: mobile}",
            "`identifiers` is {phone: phone}",
        ),
    ] {
        let error = desk.define(&LINES.replace(from, to)).await;
        let error = error.expect_err(expected);
        assert_eq!(error.kind(), ErrorKind::Conflict);
        assert!(error.to_string().contains(expected), "{error}");
    }
    assert_eq!(desk.node.raft.catalog().tables, before.tables);
    desk.define(LINES).await.expect("the same again");
    assert_eq!(desk.node.raft.catalog().tables, before.tables);
    desk.close().await;
}
