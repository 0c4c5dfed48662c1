//! A worker as a whole, with a coordinator in memory: what it answers, before and after flushes and
//! restarts, and whom it refuses.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use arrow::array::{Array, AsArray};
use arrow::datatypes::Int64Type;
use arrow::ipc::reader::StreamReader;
use bytes::Bytes;
use futures::TryStreamExt;
use tagma_core::catalog::{JobId, codec};
use tagma_core::job::{PackSection, ShardPlan, TagJobSpec, TagManifest, TagManifestEntry};
use tagma_core::schema::{OnMissing, TagDefinition, TagKind, TagLevel};
use tagma_core::segment::{CompareOp, Node, NodeKind, Predicate, TagSlot};
use tagma_core::{AsOf, ErrorKind, LogIndex, OneId, ShardEpoch, TagVersion, Value, ValueType};
use tagma_proto::channel::in_process;
use tagma_proto::from_status;
use tagma_proto::pb::shard::v1 as pb;
use tagma_proto::pb::shard::v1::shard_service_client::ShardServiceClient;
use tagma_store::{Nonce, ObjectKind, Store, encode_single};

use crate::exec::{MembersOf, Pack};
use crate::server::{Worker, WorkerHandle};
use crate::service::{Address, Error, Read, RunTags};
use crate::settings::Settings;
use crate::shard_service;
use crate::testing::{CLUSTER, FakeHome, Order, entry, name, orders, shard_id};

struct World {
    home: Arc<FakeHome>,
    store: Store,
    directory: tempfile::TempDir,
}

/// (ordinal, time, event, amount) of a history in two entries; person 3 orders nothing.
const FIRST: [Order; 4] = [
    (0, 10, "pay", 5),
    (1, 20, "pay", 7),
    (0, 30, "refund", -2),
    (2, 40, "pay", 100),
];
const SECOND: [Order; 2] = [(1, 50, "pay", 1), (4, 60, "gift", 9)];

impl World {
    fn new() -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let store = Store::open_local(&directory.path().join("objects")).expect("a store");
        let home = FakeHome::new();
        home.give(shard_id(1), 1);
        let phones = [(0, "phone", "100"), (1, "phone", "101"), (0, "mail", "a@b")];
        home.append(shard_id(1), entry(shard_id(1), 10, (0, 4), &FIRST, &phones));
        let late = [(0, "phone", "110"), (4, "phone", "104")];
        home.append(shard_id(1), entry(shard_id(1), 20, (4, 1), &SECOND, &late));
        Self {
            home,
            store,
            directory,
        }
    }

    fn settings(&self) -> Settings {
        let mut settings = Settings::new(
            "w",
            "http://127.0.0.1:1",
            self.directory.path().join("spill"),
        );
        settings.heartbeat = Duration::from_millis(5);
        settings.exec_threads = 2;
        settings.sql_threads = 1;
        settings
    }

    fn start(&self, settings: Settings) -> WorkerHandle {
        let home = Arc::clone(&self.home);
        home.forget_beats();
        Worker::start(settings, self.store.clone(), home).expect("starts")
    }

    async fn started(&self) -> WorkerHandle {
        let worker = self.start(self.settings());
        self.home.served(shard_id(1), 1, 20).await;
        worker
    }

    /// Publishes a pack as a coordinator does; the manifest's key.
    async fn publish(&self, pack: &Pack, kinds: &[TagKind]) -> String {
        let tags = pack
            .result
            .tags
            .iter()
            .zip(kinds)
            .map(|(tag, kind)| TagManifestEntry {
                name: tag.name.clone(),
                kind: *kind,
                stats: tag.stats.clone(),
                population: pack.result.population,
                duration_ms: 1,
                shards: vec![PackSection {
                    shard: shard_id(1),
                    pack: pack.key.clone(),
                    section: tag.section,
                }],
            });
        let manifest = TagManifest {
            tags: tags.collect(),
        };
        let nonce = Nonce::random();
        let content = codec::encode(&manifest);
        let object = encode_single(ObjectKind::TagManifest, nonce, &content);
        let key = format!("tag/manifest-{nonce}");
        self.store
            .create(&key, object, nonce)
            .await
            .expect("stored");
        key
    }
}

fn address(index: u64) -> Address {
    Address {
        cluster_id: CLUSTER.to_owned(),
        index: LogIndex(index),
        deadline: Instant::now() + Duration::from_secs(30),
    }
}

fn tag(text: &str, kind: TagKind, sql: &str) -> TagDefinition {
    TagDefinition {
        name: name(text),
        kind,
        sql: sql.to_owned(),
        level: TagLevel::Derived,
        category: None,
        owner: None,
        display: BTreeMap::new(),
        description: None,
        timezone: None,
        on_missing: OnMissing::Empty,
        history: 1,
    }
}

const TOTAL: &str = "SELECT oneid, CAST(sum(amount) AS BIGINT) AS value FROM orders GROUP BY oneid";
const LAST: &str = "SELECT oneid, max(what) AS value FROM orders GROUP BY oneid";

fn spec(tags: Vec<TagDefinition>, published: Vec<TagSlot>) -> TagJobSpec {
    TagJobSpec {
        tags,
        tables: vec![orders()],
        published,
        zone: "UTC".to_owned(),
    }
}

fn slot(text: &str, kind: TagKind) -> TagSlot {
    TagSlot {
        name: name(text),
        kind,
        version: Some(TagVersion(1)),
    }
}

fn run(index: u64, spec: &TagJobSpec, tag_manifests: Vec<String>) -> RunTags {
    RunTags {
        address: address(index),
        shard: (shard_id(1), ShardEpoch(1)),
        job: JobId(index),
        as_of: AsOf(1_000),
        spec: Bytes::from(codec::encode(spec)),
        tag_manifests,
    }
}

fn leaf(slot: usize, value_type: ValueType, op: CompareOp, value: Value) -> Predicate {
    let node = |kind, value_type| Box::new(Node { value_type, kind });
    let right = value.value_type();
    Predicate::Leaf(Node {
        value_type: ValueType::Bool,
        kind: NodeKind::Compare {
            op,
            left: node(NodeKind::Tag(slot), value_type),
            right: node(NodeKind::Literal(value), right),
        },
    })
}

fn at_least(total: i128) -> Predicate {
    leaf(0, ValueType::Int, CompareOp::GtEq, Value::Int(total))
}

fn last_is(text: &str) -> Predicate {
    leaf(
        1,
        ValueType::Text,
        CompareOp::Eq,
        Value::Text(text.to_owned()),
    )
}

fn read(index: u64, predicates: Vec<Predicate>, manifest: &str) -> Read {
    let plan = ShardPlan {
        predicates,
        tags: vec![slot("total", TagKind::Int), slot("last", TagKind::Category)],
        as_of: AsOf(1_000),
    };
    Read {
        address: address(index),
        shards: vec![(shard_id(1), ShardEpoch(1))],
        plan: Bytes::from(codec::encode(&plan)),
        tag_manifests: vec![manifest.to_owned(); 2],
    }
}

/// Runs both tags at an index and publishes them.
async fn published(world: &World, worker: &WorkerHandle, index: u64) -> String {
    let tags = vec![
        tag("total", TagKind::Int, TOTAL),
        tag("last", TagKind::Category, LAST),
    ];
    let run = run(index, &spec(tags, Vec::new()), Vec::new());
    let pack = worker.service().run_tags(run).await.expect("runs");
    world
        .publish(&pack, &[TagKind::Int, TagKind::Category])
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn limits_that_never_rest_are_refused() {
    let world = World::new();
    let mut settings = world.settings();
    settings.upkeep.rows = 0;
    let home = Arc::clone(&world.home);
    let refused = Worker::start(settings, world.store.clone(), home).err();
    let error = refused.expect("refused");
    assert_eq!(error.kind(), ErrorKind::Invalid);
    let expected = "the worker cannot be set to 0 rows to flush at";
    assert_eq!(error.to_string(), expected);
}

#[tokio::test]
async fn tags_are_computed_at_the_index_asked_for() {
    let world = World::new();
    let worker = world.started().await;
    let tags = vec![
        tag("total", TagKind::Int, TOTAL),
        tag("last", TagKind::Category, LAST),
    ];
    let spec = spec(tags, Vec::new());
    let pack = worker
        .service()
        .run_tags(run(10, &spec, Vec::new()))
        .await
        .expect("runs");
    let [total, last] = pack.result.tags.as_slice() else {
        panic!("two tags");
    };
    assert_eq!(pack.result.population, 4);
    assert_eq!(total.stats.rows, 3);
    let bounds = (total.stats.min.clone(), total.stats.max.clone());
    assert_eq!(bounds, (Some(Value::Int(3)), Some(Value::Int(100))));
    let pay = (Value::Text("pay".to_owned()), 2);
    assert_eq!(last.stats.top, [pay, (Value::Text("refund".to_owned()), 1)]);

    let later = worker
        .service()
        .run_tags(run(20, &spec, Vec::new()))
        .await
        .expect("runs");
    assert_eq!(
        (later.result.population, later.result.tags[0].stats.rows),
        (5, 4)
    );
    let mut wrong = spec;
    wrong.tags[0].sql = "SELECT oneid, amount AS value FROM orders".to_owned();
    let error = worker.service().run_tags(run(20, &wrong, Vec::new())).await;
    assert_eq!(error.expect_err("two values").kind(), ErrorKind::Invalid);
    worker.shutdown().await;
}

#[tokio::test]
async fn a_tag_may_read_people_and_their_published_tags() {
    let world = World::new();
    let worker = world.started().await;
    let manifest = published(&world, &worker, 20).await;
    let sql = "SELECT oneid, total > 6 AS value FROM people";
    let slots = vec![slot("total", TagKind::Int), slot("last", TagKind::Category)];
    let spec = spec(vec![tag("big", TagKind::Bool, sql)], slots);
    let run = run(20, &spec, vec![manifest, "gone".to_owned()]);
    let pack = worker
        .service()
        .run_tags(run)
        .await
        .expect("reads only what it names");
    let stats = &pack.result.tags[0].stats;
    assert_eq!(stats.rows, 4);
    assert_eq!(stats.top, [(Value::Bool(true), 3), (Value::Bool(false), 1)]);
    worker.shutdown().await;
}

#[tokio::test]
async fn counts_are_cumulative_and_name_unknown_values() {
    let world = World::new();
    let worker = world.started().await;
    let manifest = published(&world, &worker, 20).await;
    let service = worker.service();
    let steps = vec![Predicate::All, at_least(4), last_is("pay"), last_is("bye")];
    let counts = service
        .count(read(20, steps, &manifest))
        .await
        .expect("counts");
    assert_eq!((counts.population, counts.counts), (5, vec![5, 3, 2, 0]));
    assert_eq!(
        counts.warnings,
        ["nobody has the value 'bye' in tag `last`"]
    );
    let one = vec![Predicate::And(vec![at_least(4), last_is("pay")])];
    let counts = service
        .count(read(20, one.clone(), &manifest))
        .await
        .expect("counts");
    assert_eq!((counts.counts, counts.warnings), (vec![2], vec![]));
    let before = service
        .count(read(10, vec![Predicate::All], &manifest))
        .await
        .expect("counts");
    assert_eq!((before.population, before.counts), (4, vec![4]));
    let none = service
        .count(read(9, vec![Predicate::All], &manifest))
        .await
        .expect("counts");
    assert_eq!((none.population, none.counts), (0, vec![0]));
    let unpublished = service.count(read(20, one, "")).await.expect("counts");
    assert_eq!(unpublished.counts, [0]);
    worker.shutdown().await;
}

type Member = (i64, Option<i64>, Vec<String>);

async fn members(worker: &WorkerHandle, manifest: &str, after: Option<OneId>) -> Vec<Member> {
    let of = MembersOf {
        slots: vec![0],
        identifiers: vec!["phone".to_owned()],
        after,
    };
    let stream = worker
        .service()
        .members(read(20, vec![at_least(3)], manifest), of)
        .await;
    let streams: Vec<Bytes> = stream
        .expect("streams")
        .try_collect()
        .await
        .expect("batches");
    let mut people = Vec::new();
    for stream in streams {
        for batch in StreamReader::try_new(stream.as_ref(), None).expect("a stream") {
            let batch = batch.expect("a batch");
            let oneids = batch["oneid"].as_primitive::<Int64Type>();
            let totals = batch["total"].as_primitive::<Int64Type>();
            let phones = batch["phone"].as_list::<i32>();
            for row in 0..batch.num_rows() {
                let list = phones.value(row);
                let list = list
                    .as_string::<i32>()
                    .iter()
                    .flatten()
                    .map(str::to_owned)
                    .collect();
                let total = totals.is_valid(row).then(|| totals.value(row));
                people.push((oneids.value(row), total, list));
            }
        }
    }
    people
}

#[tokio::test]
async fn answers_are_the_same_before_and_after_flush_and_restart() {
    let world = World::new();
    let worker = world.started().await;
    let manifest = published(&world, &worker, 20).await;
    let id = |ordinal| OneId::new(shard_id(1), ordinal);
    let person = |ordinal, total, phones: &[&str]| {
        let phones = phones.iter().map(|phone| (*phone).to_owned()).collect();
        (id(ordinal).get(), Some(total), phones)
    };
    let expected = [
        person(0, 3, &["110", "100"]),
        person(1, 8, &["101"]),
        person(2, 100, &[]),
        person(4, 9, &["104"]),
    ];
    assert_eq!(members(&worker, &manifest, None).await, expected);
    assert_eq!(
        members(&worker, &manifest, Some(id(1))).await,
        expected[2..]
    );
    worker.shutdown().await;

    let mut settings = world.settings();
    settings.upkeep.rows = 1;
    let worker = world.start(settings);
    world.home.flushed(shard_id(1), 20).await;
    world.home.served(shard_id(1), 1, 20).await;
    assert_eq!(members(&worker, &manifest, None).await, expected);
    worker.shutdown().await;

    let worker = world.started().await;
    assert_eq!(members(&worker, &manifest, None).await, expected);
    let again = published(&world, &worker, 10).await;
    let counts = worker
        .service()
        .count(read(20, vec![at_least(4)], &again))
        .await;
    assert_eq!(
        counts.expect("counts").counts,
        [2],
        "from runs, as of index 10"
    );
    let asked = (shard_id(1), ShardEpoch(1));
    let found = worker
        .service()
        .identifiers(address(20), asked, id(0))
        .await
        .expect("found");
    let texts: Vec<_> = found
        .identifiers
        .iter()
        .map(|(t, v)| format!("{t}:{v}"))
        .collect();
    assert_eq!(texts, ["mail:a@b", "phone:110", "phone:100"]);
    let earlier = worker
        .service()
        .identifiers(address(10), asked, id(0))
        .await
        .expect("found");
    assert_eq!(earlier.identifiers.len(), 2);
    let unborn = worker
        .service()
        .identifiers(address(10), asked, id(4))
        .await
        .expect("found");
    assert_eq!((unborn.alive, unborn.identifiers.len()), (false, 0));
    worker.shutdown().await;
}

#[tokio::test]
async fn one_person_is_answered_leaf_by_leaf_over_the_wire() {
    let world = World::new();
    let worker = world.started().await;
    let manifest = published(&world, &worker, 20).await;
    let mut client = ShardServiceClient::new(in_process(shard_service(&worker)));
    let asked = read(20, vec![at_least(4), last_is("pay")], &manifest);
    let request = |ordinal, epoch| pb::PersonRequest {
        read: Some(pb::ShardRead {
            cluster_id: CLUSTER.to_owned(),
            log_index: 20,
            shards: vec![pb::ShardEpoch { shard: 1, epoch }],
            plan: asked.plan.clone(),
            tag_manifests: asked.tag_manifests.clone(),
        }),
        oneid: OneId::new(shard_id(1), ordinal).get(),
    };
    let answer = client
        .person(request(4, 1))
        .await
        .expect("answers")
        .into_inner();
    assert_eq!((answer.alive, answer.holds), (true, vec![true, false]));
    assert_eq!(answer.values, ["9", "gift"]);
    let nothing = client
        .person(request(3, 1))
        .await
        .expect("answers")
        .into_inner();
    assert_eq!((nothing.alive, nothing.holds), (true, vec![false, false]));
    assert_eq!(nothing.values, ["null", "null"]);
    let unborn = client
        .person(request(9, 1))
        .await
        .expect("answers")
        .into_inner();
    assert!(!unborn.alive);
    let stale = client
        .person(request(4, 7))
        .await
        .expect_err("another epoch");
    assert_eq!(from_status(&stale).kind, ErrorKind::Conflict);
    worker.shutdown().await;
}

async fn refusal(worker: &WorkerHandle, read: Read) -> Error {
    worker.service().count(read).await.expect_err("refused")
}

#[tokio::test]
async fn who_may_not_be_answered_is_told_why() {
    let world = World::new();
    let worker = world.started().await;
    let ask = |index| read(index, vec![Predicate::All], "");
    let mut foreign = ask(20);
    foreign.address.cluster_id = "other".to_owned();
    assert_eq!(refusal(&worker, foreign).await.kind(), ErrorKind::Invalid);
    let mut elsewhere = ask(20);
    elsewhere.shards = vec![(shard_id(2), ShardEpoch(1))];
    assert_eq!(
        refusal(&worker, elsewhere).await.kind(),
        ErrorKind::NotFound
    );
    let mut ahead = ask(1_000_000);
    ahead.address.deadline = Instant::now();
    assert_eq!(refusal(&worker, ahead).await.kind(), ErrorKind::Unavailable);
    let mut garbage = ask(20);
    garbage.plan = Bytes::from_static(b"\x01\xff");
    assert_eq!(refusal(&worker, garbage).await.kind(), ErrorKind::Invalid);

    world.home.keep_from(15);
    world.home.give(shard_id(1), 2);
    world.home.served(shard_id(1), 2, 20).await;
    assert_eq!(refusal(&worker, ask(20)).await.kind(), ErrorKind::Conflict);
    let mut newer = ask(20);
    newer.shards = vec![(shard_id(1), ShardEpoch(2))];
    assert_eq!(
        worker
            .service()
            .count(newer.clone())
            .await
            .expect("counts")
            .counts,
        [5]
    );
    world.home.take_away(shard_id(1));
    let gone = |beat: &Vec<crate::agent::ShardProgress>| beat.is_empty();
    world.home.beats().wait_for(gone).await.expect("beats");
    assert_eq!(refusal(&worker, newer).await.kind(), ErrorKind::NotFound);
    worker.shutdown().await;
}

#[tokio::test]
async fn indexes_below_the_oldest_kept_expire() {
    let world = World::new();
    let worker = world.started().await;
    let ask = |index| read(index, vec![Predicate::All], "");
    assert_eq!(
        worker
            .service()
            .count(ask(10))
            .await
            .expect("counts")
            .counts,
        [4]
    );
    world.home.keep_from(15);
    let crate::agent::Slot::Open(shard) = worker.service().owned.slot(shard_id(1)).expect("owned")
    else {
        panic!("it is open");
    };
    shard.raise_floor(LogIndex(15));
    assert_eq!(refusal(&worker, ask(14)).await.kind(), ErrorKind::Expired);
    assert_eq!(
        worker
            .service()
            .count(ask(15))
            .await
            .expect("counts")
            .counts,
        [4]
    );
    worker.shutdown().await;
}

#[tokio::test]
async fn a_worker_out_of_contact_answers_nothing() {
    let world = World::new();
    let mut settings = world.settings();
    settings.contact_limit = Duration::ZERO;
    let worker = world.start(settings);
    world.home.served(shard_id(1), 1, 20).await;
    let error = refusal(&worker, read(20, vec![Predicate::All], "")).await;
    assert!(matches!(error, Error::OutOfContact));
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    worker.shutdown().await;
}

#[tokio::test]
async fn a_shard_stands_still_before_an_unreadable_entry_and_says_so() {
    let world = World::new();
    world.home.damage(20);
    let worker = world.start(world.settings());
    let mut beats = world.home.beats();
    let stopped = |beat: &Vec<crate::agent::ShardProgress>| {
        beat.iter().any(|progress| progress.stopped.is_some())
    };
    let beat = beats.wait_for(stopped).await.expect("beats").clone();
    assert_eq!(beat[0].applied, LogIndex(19), "everything before it");
    let reason = beat[0].stopped.clone().expect("a reason");
    assert!(reason.contains("journal entry 20"), "{reason}");
    let ask = |index| read(index, vec![Predicate::All], "");
    let counted = worker.service().count(ask(19)).await.expect("counts");
    assert_eq!(counted.counts, [4], "what is below can be read");
    let error = refusal(&worker, ask(20)).await;
    assert_eq!(error.kind(), ErrorKind::Corrupt, "{error}");
    worker.shutdown().await;
}

#[tokio::test]
async fn a_damaged_pack_is_named_and_never_counted() {
    let world = World::new();
    let worker = world.started().await;
    let manifest = published(&world, &worker, 20).await;
    worker.shutdown().await;
    let packs = world.store.list("tag/20").await.expect("listed");
    let path = world.directory.path().join("objects").join(&packs[0].0);
    let mut bytes = std::fs::read(&path).expect("the pack");
    bytes[4_096 + 100] ^= 1;
    std::fs::write(&path, bytes).expect("damaged");
    let worker = world.started().await;
    let error = refusal(&worker, read(20, vec![at_least(4)], &manifest)).await;
    assert_eq!(error.kind(), ErrorKind::Corrupt);
    worker.shutdown().await;
}
