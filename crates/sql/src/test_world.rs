//! A small shard in memory for the tests of this crate.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, Date32Array, Decimal128Array, Float64Array, Int64Array, RecordBatch, StringArray,
    TimestampMicrosecondArray,
};
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};
use tagma_core::id::RowSeq;
use tagma_core::schema::{Column, ColumnType, Name, TableKind, TableSchema, TagKind};
use tagma_core::time::Zone;
use tagma_core::{AsOf, LogIndex, OneId, Ordinal, ShardId, Value};

use crate::run::{EncodedRun, RunMeta, RunOptions, encode_run};
use crate::session::{SqlRuntime, SqlRuntimeOptions};
use crate::tables::{PeopleError, PeopleSource, TableAt, TagReader, tag_array};
use crate::tag_run::{Error, RunReport, ShardAt, TagSpec, run_tag};

pub(crate) const DAY: i64 = 86_400_000_000;
/// 2026-03-01T00:00:00Z.
pub(crate) const MARCH: i64 = 20_513 * DAY;

pub(crate) fn name(text: &str) -> Name {
    Name::new(text).expect("a name")
}

pub(crate) fn zone(text: &str) -> Zone {
    tagma_core::time::zone(text).expect("a zone")
}

pub(crate) fn shard() -> ShardId {
    ShardId::new(3).expect("a shard")
}

pub(crate) fn person(ordinal: Ordinal) -> OneId {
    OneId::new(shard(), ordinal)
}

/// A row of the test tables.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Row {
    pub(crate) ordinal: Ordinal,
    pub(crate) index: u64,
    pub(crate) row: u32,
    pub(crate) from: Option<u64>,
    pub(crate) event: Option<&'static str>,
    pub(crate) at: Option<i64>,
    pub(crate) amount: Option<i128>,
    pub(crate) qty: Option<i64>,
    pub(crate) price: Option<f64>,
    pub(crate) day: Option<i32>,
}

pub(crate) fn row(ordinal: Ordinal, index: u64, event: &'static str) -> Row {
    Row {
        ordinal,
        index,
        row: 0,
        from: None,
        event: Some(event),
        at: Some(MARCH),
        amount: None,
        qty: None,
        price: None,
        day: None,
    }
}

/// `kind` with the columns of [`Row`], time `at`, event `event` in events tables.
pub(crate) fn table(table_name: &str, kind: TableKind) -> TableSchema {
    let column = |n: &str, column_type| Column {
        name: name(n),
        column_type,
    };
    TableSchema {
        name: name(table_name),
        kind,
        columns: vec![
            column("kind", ColumnType::Text),
            column("at", ColumnType::Timestamp),
            column(
                "amount",
                ColumnType::Decimal {
                    precision: 12,
                    scale: 2,
                },
            ),
            column("qty", ColumnType::Int),
            column("price", ColumnType::Float),
            column("day", ColumnType::Date),
        ],
        time: Some(name("at")),
        event: (kind == TableKind::Events).then(|| name("kind")),
        timezone: None,
        identifiers: Vec::new(),
        keep_ids: false,
        key: Vec::new(),
        version: None,
    }
}

pub(crate) fn batch(schema: &TableSchema, rows: &[Row]) -> RecordBatch {
    let ints = |f: &dyn Fn(&Row) -> Option<i64>| -> ArrayRef {
        Arc::new(rows.iter().map(f).collect::<Int64Array>())
    };
    let seq = |r: &Row| RowSeq::new(LogIndex(r.index), r.row).expect("inside").0;
    let amounts: Decimal128Array = rows.iter().map(|r| r.amount).collect();
    let columns: Vec<ArrayRef> = vec![
        ints(&|r| Some(person(r.ordinal).get())),
        ints(&|r| Some(seq(r))),
        ints(&|r| r.from.map(u64::cast_signed)),
        ints(&|_| None),
        Arc::new(rows.iter().map(|r| r.event).collect::<StringArray>()),
        Arc::new(
            rows.iter()
                .map(|r| r.at)
                .collect::<TimestampMicrosecondArray>()
                .with_timezone("UTC"),
        ),
        Arc::new(amounts.with_precision_and_scale(12, 2).expect("fits")),
        ints(&|r| r.qty),
        Arc::new(rows.iter().map(|r| r.price).collect::<Float64Array>()),
        Arc::new(rows.iter().map(|r| r.day).collect::<Date32Array>()),
    ];
    RecordBatch::try_new(crate::stored_schema(schema), columns).expect("rows of the table")
}

/// People and tags in maps.
#[derive(Debug, Clone, Default)]
pub(crate) struct FakePeople {
    pub(crate) alive: std::collections::BTreeSet<Ordinal>,
    /// Kind, and the values of the published version if there is one.
    pub(crate) tags: BTreeMap<Name, (TagKind, Option<BTreeMap<Ordinal, Value>>)>,
}

#[derive(Debug)]
struct FakeTag(TagKind, BTreeMap<Ordinal, Value>);

impl TagReader for FakeTag {
    fn read(&self, ordinals: &[Ordinal]) -> Result<ArrayRef, PeopleError> {
        let value = |o| self.1.get(o).cloned().unwrap_or(Value::Null);
        tag_array(self.0, &ordinals.iter().map(value).collect::<Vec<_>>())
    }
}

impl PeopleSource for FakePeople {
    fn alive(
        &self,
        from: Ordinal,
        limit: usize,
        out: &mut Vec<Ordinal>,
    ) -> Result<(), PeopleError> {
        out.extend(self.alive.range(from..).take(limit));
        Ok(())
    }

    fn is_alive(&self, ordinal: Ordinal) -> Result<bool, PeopleError> {
        Ok(self.alive.contains(&ordinal))
    }

    fn tags(&self) -> Vec<(Name, TagKind)> {
        self.tags
            .iter()
            .map(|(name, (kind, _))| (name.clone(), *kind))
            .collect()
    }

    fn tag(&self, name: &str) -> Result<Option<Arc<dyn TagReader>>, PeopleError> {
        let tag = self.tags.get(name).and_then(|(kind, values)| {
            let values = values.clone()?;
            Some(Arc::new(FakeTag(*kind, values)) as Arc<dyn TagReader>)
        });
        Ok(tag)
    }
}

/// A shard and what runs SQL over it.
pub(crate) struct World {
    pub(crate) store: Arc<InMemory>,
    pub(crate) runtime: SqlRuntime,
    pub(crate) tables: Vec<TableAt>,
    pub(crate) people: FakePeople,
    pub(crate) as_of: i64,
    pub(crate) zone: Zone,
    _spill: tempfile::TempDir,
}

impl World {
    /// No tables, people 0 to 9, now is 2026-03-01T12:00Z.
    pub(crate) fn new() -> Self {
        let store = Arc::new(InMemory::new());
        let spill = tempfile::tempdir().expect("a folder");
        let options = SqlRuntimeOptions {
            memory_bytes: 64 << 20,
            spill_dir: spill.path().to_path_buf(),
            spill_bytes: 64 << 20,
            cached_blocks: 4,
        };
        let inner = Arc::clone(&store) as Arc<dyn ObjectStore>;
        Self {
            runtime: SqlRuntime::new(&options, inner).expect("a runtime"),
            store,
            tables: Vec::new(),
            people: FakePeople {
                alive: (0..10).collect(),
                tags: BTreeMap::new(),
            },
            as_of: MARCH + DAY / 2,
            zone: Zone::UTC,
            _spill: spill,
        }
    }

    /// Adds a table with hot rows and one run per element of `runs`, read at `index`.
    pub(crate) fn add(&mut self, schema: TableSchema, index: u64, hot: &[Row], runs: &[&[Row]]) {
        let metas = runs.iter().enumerate().map(|(number, rows)| {
            let key = format!("{}-{number}", schema.name);
            let run = encode_run(&schema, &[batch(&schema, rows)], &options(&key, 4));
            Arc::new(self.put(run.expect("encodes")))
        });
        let metas = metas.collect();
        let halves = hot.split_at(hot.len() / 2);
        self.tables.push(TableAt {
            hot: vec![batch(&schema, halves.0), batch(&schema, halves.1)],
            schema: Arc::new(schema),
            zone: Zone::UTC,
            index: LogIndex(index),
            runs: metas,
            departed: Arc::default(),
        });
    }

    pub(crate) fn put(&self, run: EncodedRun) -> RunMeta {
        let path = Path::from(run.meta.key.as_str());
        block_on(self.store.put(&path, run.bytes.into())).expect("memory takes it");
        run.meta
    }

    pub(crate) fn events(rows: &[Row]) -> Self {
        let mut world = Self::new();
        world.add(table("events", TableKind::Events), 1_000, rows, &[]);
        world
    }

    pub(crate) fn spec(&self, kind: TagKind, sql: &str) -> TagSpec {
        TagSpec {
            name: name("tested"),
            kind,
            sql: sql.into(),
            zone: self.zone,
            timeout: None,
        }
    }

    pub(crate) fn shard_at(&self) -> ShardAt {
        ShardAt {
            shard: shard(),
            as_of: AsOf(self.as_of),
            tables: self.tables.clone(),
            people: Arc::new(self.people.clone()),
        }
    }

    /// Runs `sql` as a tag.
    pub(crate) fn run(
        &self,
        kind: TagKind,
        sql: &str,
    ) -> Result<(Vec<(Ordinal, Value)>, RunReport), Error> {
        let mut values = Vec::new();
        let mut sink = |person: OneId, value| {
            values.push((person.ordinal(), value));
            Ok(())
        };
        let (spec, shard) = (self.spec(kind, sql), self.shard_at());
        let report = block_on(run_tag(&self.runtime, &spec, &shard, &mut sink))?;
        Ok((values, report))
    }

    /// The values of `sql` as an int tag.
    pub(crate) fn ints(&self, sql: &str) -> Vec<(Ordinal, i64)> {
        let (values, _) = self
            .run(TagKind::Int, sql)
            .unwrap_or_else(|e| panic!("{sql}: {}", chain(&e)));
        let int = |value| match value {
            Value::Int(i) => i64::try_from(i).expect("an int"),
            other => panic!("{other:?}"),
        };
        values.into_iter().map(|(o, v)| (o, int(v))).collect()
    }

    /// The error of `sql` as an int tag, with its sources.
    pub(crate) fn error(&self, sql: &str) -> String {
        match self.run(TagKind::Int, sql) {
            Ok(values) => panic!("{sql} gave {values:?}"),
            Err(error) => chain(&error),
        }
    }
}

/// An error and its sources.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(source) = next {
        text = format!("{text}: {source}");
        next = source.source();
    }
    text
}

pub(crate) fn options(key: &str, section_rows: usize) -> RunOptions {
    RunOptions {
        key: key.into(),
        level: 0,
        partition: None,
        section_rows,
    }
}

/// Runs a future on a runtime whose threads have the stack that planning needs.
pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .thread_stack_size(16 << 20)
        .enable_all()
        .build();
    runtime.expect("a runtime").block_on(future)
}
