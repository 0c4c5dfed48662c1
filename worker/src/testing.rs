//! What tests of the worker share: journal sections by hand, and a coordinator in memory.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use arrow::array::{
    ArrayRef, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray, UInt64Array,
};
use arrow::ipc::writer::StreamWriter;
use async_trait::async_trait;
use bytes::Bytes;
use futures::StreamExt;
use parking_lot::Mutex;
use tagma_core::catalog::{CreatedPeople, ManifestRef};
use tagma_core::journal::{IDENTITIES, SectionParts, encode_section};
use tagma_core::schema::{Column, ColumnType, Name, TableKind, TableSchema};
use tagma_core::{ErrorKind, LogIndex, NodeId, OneId, ShardEpoch, ShardId};
use tokio::sync::watch;

use crate::agent::{
    Beat, BeatAnswer, Home, HomeError, ManifestCommit, OwnedShard, Registration, ShardProgress,
    TailEntry, TailFrom, TailMessage, TailStream,
};

pub(crate) const CLUSTER: &str = "test-cluster";

pub(crate) fn shard_id(number: u16) -> ShardId {
    ShardId::new(number).expect("a shard number")
}

pub(crate) fn name(text: &str) -> Name {
    Name::new(text).expect("a name")
}

/// `orders`: events with a time, an event name and an amount.
pub(crate) fn orders() -> TableSchema {
    let column = |text, column_type| Column {
        name: name(text),
        column_type,
    };
    TableSchema {
        name: name("orders"),
        kind: TableKind::Events,
        columns: vec![
            column("paid_at", ColumnType::Timestamp),
            column("what", ColumnType::Text),
            column("amount", ColumnType::Int),
        ],
        time: Some(name("paid_at")),
        event: Some(name("what")),
        timezone: None,
        identifiers: Vec::new(),
        keep_ids: false,
        key: Vec::new(),
        version: None,
    }
}

/// [`orders`] with wider amounts and one more column.
pub(crate) fn wide_orders() -> TableSchema {
    let mut wide = orders();
    wide.columns[2].column_type = ColumnType::Decimal {
        precision: 21,
        scale: 2,
    };
    wide.columns.push(Column {
        name: name("city"),
        column_type: ColumnType::Text,
    });
    wide
}

/// An order: ordinal of the person, time, event, amount.
pub(crate) type Order = (u32, i64, &'static str, i64);

/// A column of OneIDs.
pub(crate) fn ids(shard: ShardId, ordinals: impl Iterator<Item = u32>) -> ArrayRef {
    Arc::new(Int64Array::from_iter_values(
        ordinals.map(|ordinal| OneId::new(shard, ordinal).get()),
    ))
}

/// The stream of rows with these columns; their numbers in the entry start at `first_row`.
pub(crate) fn stream(first_row: i64, mut columns: Vec<(&str, ArrayRef)>) -> Vec<u8> {
    let rows = columns[0].1.len();
    let numbers = first_row..first_row + rows as i64;
    columns.push(("_row", Arc::new(Int64Array::from_iter_values(numbers))));
    columns.push(("_origin", Arc::new(Int64Array::from(vec![None; rows]))));
    let batch = RecordBatch::try_from_iter(columns).expect("a batch");
    let mut writer = StreamWriter::try_new(Vec::new(), &batch.schema()).expect("a writer");
    writer.write(&batch).expect("written");
    writer.into_inner().expect("finished")
}

/// The stream of orders whose rows in the entry start at `first_row`.
pub(crate) fn order_stream(shard: ShardId, first_row: i64, orders: &[Order]) -> Vec<u8> {
    let times = orders.iter().map(|order| order.1);
    let times = TimestampMicrosecondArray::from_iter_values(times).with_timezone("UTC");
    let events = StringArray::from_iter_values(orders.iter().map(|order| order.2));
    let amounts = Int64Array::from_iter_values(orders.iter().map(|order| order.3));
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("oneid", ids(shard, orders.iter().map(|order| order.0))),
        ("paid_at", Arc::new(times)),
        ("what", Arc::new(events)),
        ("amount", Arc::new(amounts)),
    ];
    stream(first_row, columns)
}

/// The stream of identifiers: ordinal, type, value.
pub(crate) fn identity_stream(shard: ShardId, first_row: i64, of: &[(u32, &str, &str)]) -> Vec<u8> {
    let types = StringArray::from_iter_values(of.iter().map(|id| id.1));
    let values = StringArray::from_iter_values(of.iter().map(|id| id.2));
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("oneid", ids(shard, of.iter().map(|id| id.0))),
        ("type", Arc::new(types)),
        ("value", Arc::new(values)),
    ];
    stream(first_row, columns)
}

/// The stream of dead letters: number of the row in its file.
pub(crate) fn dead_letter_stream(first_row: i64, source_rows: &[u64]) -> Vec<u8> {
    let texts = || -> ArrayRef {
        Arc::new(StringArray::from_iter_values(
            source_rows.iter().map(ToString::to_string),
        ))
    };
    let nobody = Int64Array::from(vec![0; source_rows.len()]);
    let numbers = UInt64Array::from(source_rows.to_vec());
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("oneid", Arc::new(nobody)),
        ("table_name", texts()),
        ("source", texts()),
        ("reason", texts()),
        ("original", texts()),
        ("source_row", Arc::new(numbers)),
    ];
    stream(first_row, columns)
}

/// An entry that creates `count` people and brings rows.
pub(crate) fn entry(
    shard: ShardId,
    index: u64,
    (first, count): (u32, u32),
    orders: &[Order],
    identities: &[(u32, &str, &str)],
) -> TailEntry {
    let created = (count > 0).then_some(CreatedPeople {
        shard,
        first,
        count,
    });
    let mut tables = Vec::new();
    if !identities.is_empty() {
        tables.push((name(IDENTITIES), identity_stream(shard, 0, identities)));
    }
    if !orders.is_empty() {
        let first_row = identities.len() as i64;
        tables.push((name("orders"), order_stream(shard, first_row, orders)));
    }
    let section = Bytes::from(encode_section(&SectionParts {
        created,
        tables,
        ..SectionParts::default()
    }));
    TailEntry {
        index: LogIndex(index),
        crc32c: crc32c::crc32c(&section),
        section,
    }
}

/// What the coordinator in memory knows.
#[derive(Debug, Default)]
struct Known {
    owned: BTreeMap<ShardId, OwnedShard>,
    /// The declared table, where it is not [`orders`].
    declared: Option<TableSchema>,
    journal: BTreeMap<ShardId, Vec<TailEntry>>,
    through: LogIndex,
    oldest_kept: LogIndex,
    /// Answers to give to the next commits instead of the truth; `true`: after taking it.
    lies: Vec<(bool, ErrorKind)>,
    /// The answer to tell after the next lie, instead of the newest.
    stale: Option<Arc<BeatAnswer>>,
    /// The first entry that no coordinator can read.
    unreadable: Option<LogIndex>,
}

/// A coordinator in memory: takes manifests by compare-and-set, keeps a journal.
pub(crate) struct FakeHome {
    known: Arc<Mutex<Known>>,
    /// What the newest heartbeat would be told; sent on whenever something changes.
    pub(crate) answers: watch::Sender<Arc<BeatAnswer>>,
    beats: watch::Sender<Vec<ShardProgress>>,
}

fn failed(kind: ErrorKind) -> HomeError {
    HomeError {
        kind,
        message: kind.name().to_owned(),
    }
}

impl FakeHome {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self {
            known: Arc::default(),
            answers: watch::channel(Arc::default()).0,
            beats: watch::channel(Vec::new()).0,
        })
    }

    pub(crate) fn give(&self, shard: ShardId, epoch: u64) {
        self.change(|known| {
            let owned = known.owned.entry(shard).or_insert(OwnedShard {
                shard,
                epoch: ShardEpoch(0),
                manifest: None,
                flushed: LogIndex::ZERO,
            });
            owned.epoch = ShardEpoch(epoch);
        });
    }

    /// The one table that is declared from here on.
    pub(crate) fn declare(&self, table: TableSchema) {
        self.known.lock().declared = Some(table);
    }

    pub(crate) fn take_away(&self, shard: ShardId) {
        self.change(|known| {
            known.owned.remove(&shard);
        });
    }

    pub(crate) fn append(&self, shard: ShardId, entry: TailEntry) {
        self.change(|known| {
            known.through = known.through.max(entry.index);
            known.journal.entry(shard).or_default().push(entry);
        });
    }

    pub(crate) fn keep_from(&self, oldest: u64) {
        self.change(|known| known.oldest_kept = LogIndex(oldest));
    }

    /// The next commit gets this answer; taken all the same where `taken`.
    pub(crate) fn lie(&self, taken: bool, kind: ErrorKind) {
        self.known.lock().lies.push((taken, kind));
    }

    /// After the next lie this answer is told instead of the newest.
    pub(crate) fn tell_after_next_lie(&self, answer: Arc<BeatAnswer>) {
        self.known.lock().stale = Some(answer);
    }

    /// From this entry on the journal cannot be read.
    pub(crate) fn damage(&self, index: u64) {
        self.change(|known| known.unreadable = Some(LogIndex(index)));
    }

    pub(crate) fn manifest(&self, shard: ShardId) -> Option<String> {
        self.known.lock().owned.get(&shard)?.manifest.clone()
    }

    /// Waits until a heartbeat tells that the shard is served under an epoch and has applied an
    /// index.
    pub(crate) async fn served(&self, shard: ShardId, epoch: u64, index: u64) {
        let far = |beat: &Vec<ShardProgress>| {
            beat.iter().any(|progress| {
                progress.shard == shard
                    && progress.epoch == ShardEpoch(epoch)
                    && progress.applied >= LogIndex(index)
            })
        };
        self.beats.subscribe().wait_for(far).await.expect("beats");
    }

    /// Forgets what earlier workers told.
    pub(crate) fn forget_beats(&self) {
        self.beats.send_replace(Vec::new());
    }

    /// What heartbeats tell.
    pub(crate) fn beats(&self) -> watch::Receiver<Vec<ShardProgress>> {
        self.beats.subscribe()
    }

    /// Waits until everything up to an index is flushed.
    pub(crate) async fn flushed(&self, shard: ShardId, index: u64) {
        let done = |answer: &Arc<BeatAnswer>| {
            let owned = answer.owned.iter().find(|owned| owned.shard == shard);
            owned.is_some_and(|owned| owned.flushed >= LogIndex(index))
        };
        self.answers
            .subscribe()
            .wait_for(done)
            .await
            .expect("answers");
    }

    fn change(&self, change: impl FnOnce(&mut Known)) {
        let mut known = self.known.lock();
        change(&mut known);
        known.through = known.through.next();
        let answer = BeatAnswer {
            owned: known.owned.values().cloned().collect(),
            applied: known.through,
            oldest_kept: known.oldest_kept,
            leader_silence: Some(Duration::ZERO),
        };
        drop(known);
        self.answers.send_replace(Arc::new(answer));
    }

    fn take(&self, commit: &ManifestCommit) -> Result<LogIndex, HomeError> {
        let mut taken = Err(failed(ErrorKind::NotFound));
        self.change(|known| {
            let Some(owned) = known.owned.get_mut(&commit.shard) else {
                return;
            };
            if owned.epoch != commit.epoch || owned.manifest != commit.base {
                taken = Err(failed(ErrorKind::Conflict));
                return;
            }
            let ManifestRef { object, flushed } = &commit.manifest;
            owned.manifest = Some(object.key.clone());
            owned.flushed = *flushed;
            taken = Ok(known.through.next());
        });
        taken
    }
}

fn message(known: &Known, shard: ShardId, after: LogIndex) -> Result<TailMessage, HomeError> {
    let readable = known
        .unreadable
        .map_or(known.through, |at| LogIndex(at.0 - 1));
    if readable <= after && readable < known.through {
        return Err(failed(ErrorKind::Corrupt));
    }
    let through = known.through.min(readable);
    let journal = known.journal.get(&shard).into_iter().flatten();
    let entries = journal.filter(|entry| entry.index > after && entry.index <= through);
    Ok(TailMessage {
        entries: entries.cloned().collect(),
        through,
    })
}

#[async_trait]
impl Home for FakeHome {
    fn coordinators(&self) -> usize {
        1
    }

    async fn register(&self, _name: &str, _address: &str) -> Result<Registration, HomeError> {
        Ok(Registration {
            node: NodeId(1),
            cluster_id: CLUSTER.to_owned(),
        })
    }

    async fn heartbeat(&self, _coordinator: usize, beat: Beat) -> Result<BeatAnswer, HomeError> {
        self.beats.send_replace(beat.shards);
        Ok(BeatAnswer {
            leader_silence: Some(Duration::ZERO),
            ..self.answers.borrow().as_ref().clone()
        })
    }

    async fn commit_manifest(&self, commit: ManifestCommit) -> Result<LogIndex, HomeError> {
        let lie = self.known.lock().lies.pop();
        match lie {
            None => self.take(&commit),
            Some((taken, kind)) => {
                if taken {
                    self.take(&commit)?;
                }
                // The next heartbeat comes.
                let stale = self.known.lock().stale.take();
                match stale {
                    Some(stale) => drop(self.answers.send_replace(stale)),
                    None => self.change(|_| ()),
                }
                Err(failed(kind))
            }
        }
    }

    async fn tail(&self, _coordinator: usize, from: TailFrom) -> Result<TailStream, HomeError> {
        let (known, news) = (Arc::clone(&self.known), self.answers.subscribe());
        let start = Some((known, news, from.after, true));
        let stream = futures::stream::unfold(start, move |at| async move {
            let (known, mut news, after, first) = at?;
            let is_held_up = known.lock().unreadable.is_some();
            if !first && !is_held_up {
                news.changed().await.ok()?;
            }
            news.borrow_and_update();
            let message = message(&known.lock(), from.shard, after);
            let next = message.as_ref().ok().map(|message| message.through);
            let next = next.map(|through| (known, news, through, false));
            Some((message, next))
        });
        Ok(stream.boxed())
    }

    async fn tables(&self) -> Result<Vec<TableSchema>, HomeError> {
        let declared = self.known.lock().declared.clone();
        Ok(vec![declared.unwrap_or_else(orders)])
    }
}
