//! Random records and random words of operators over 1, 3 and 8 shards, with processes killed in
//! between; some words are still on their way when the next step is taken.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::thread::{self, JoinHandle};

use anyhow::{Context, Result, anyhow, ensure};
use rand::rngs::StdRng;
use rand::seq::IteratorRandom;
use rand::{Rng, SeedableRng};
use serde_json::Value;
use tagma_tests::harness::{Client, Cluster, Flags, Refused, wait_until};

use super::oracle::{Act, Id, Oracle};
use super::rows::{Row, Worker};
use crate::known_orders::tables;

const STEPS: u32 = 200;

/// Values of each type.
const VALUES: u8 = 14;

const TYPES: [&str; 3] = ["phone", "card", "mail"];

type Outcome = Result<std::result::Result<Value, Refused>>;

/// A cluster and what it should hold.
struct Life {
    cluster: Cluster,
    random: StdRng,
    oracle: Oracle,
    /// A command whose rows may still move.
    flying: Option<JoinHandle<Outcome>>,
    /// Who had which row at some moment since the last settled point.
    since: Vec<BTreeMap<i64, i64>>,
    settled: Vec<Settled>,
    next_row: i64,
    files: u32,
}

/// An index at which everything had landed.
struct Settled {
    index: u64,
    holders: BTreeMap<i64, i64>,
    living: usize,
    /// Who may have a row between the point before and this one.
    between: BTreeMap<i64, BTreeSet<i64>>,
}

#[test]
fn every_row_has_one_living_holder_at_every_index() -> Result<()> {
    let given = std::env::var("TAGMA_SEED").ok();
    let seed = given.and_then(|text| text.parse().ok());
    let seed: u64 = seed.unwrap_or_else(rand::random);
    let test = "every_row_has_one_living_holder_at_every_index";
    let command = format!("TAGMA_SEED={seed} cargo test -p tagma-tests --test e2e -- {test}");
    println!("repeat with: {command}");
    let lives = [1, 3, 8].map(|shards| thread::spawn(move || live(shards, seed)));
    // All have to end, also after an error, so that no process outlives the test.
    let ended = lives.map(JoinHandle::join);
    for life in ended {
        let life = life.map_err(|_| anyhow!("a thread panicked"))?;
        life.with_context(|| format!("repeat with: {command}"))?;
    }
    Ok(())
}

fn live(shards: u16, seed: u64) -> Result<()> {
    let number = shards.to_string();
    let flags = Flags {
        coordinator: &["--shards", &number, "--checkpoint-identifiers", "5"],
        worker: &["--flush-rows", "5", "--compact-runs", "2"],
    };
    let mut life = Life {
        cluster: Cluster::start_with(1, 1, flags)?,
        random: StdRng::seed_from_u64(seed ^ u64::from(shards)),
        oracle: Oracle::new(shards),
        flying: None,
        since: Vec::new(),
        settled: Vec::new(),
        next_row: 0,
        files: 0,
    };
    let path = life.file("yaml", &tables(&TYPES.map(|name| (name, ""))))?;
    life.client().ask(&["apply", "-f", &path])?;
    let outcome = (0..STEPS).try_for_each(|step| {
        let done = life.step();
        done.with_context(|| format!("step {step} over {shards} shards"))
    });
    let outcome = outcome
        .and_then(|()| life.settle())
        .and_then(|()| life.check_all())
        .with_context(|| format!("{shards} shards"));
    outcome.map_err(|error| life.cluster.failure(&error))
}

impl Life {
    fn client(&self) -> &Client {
        self.cluster.client()
    }

    fn file(&mut self, extension: &str, text: &str) -> Result<String> {
        self.files += 1;
        let name = format!("{}.{extension}", self.files);
        let path = self.cluster.folder().join(name);
        fs::write(&path, text)?;
        Ok(path.to_string_lossy().into_owned())
    }

    fn step(&mut self) -> Result<()> {
        match self.random.random_range(0..100) {
            0..50 => self.load()?,
            50..97 => return self.act(),
            _ => {
                self.settle()?;
                self.kill()?;
            }
        }
        self.settle()
    }

    fn id(&mut self) -> Id {
        let kind = self.random.random_range(0..3);
        (kind, self.random.random_range(0..VALUES))
    }

    fn load(&mut self) -> Result<()> {
        let mut text = "phone,card,mail,amount\n".to_owned();
        for _ in 0..self.random.random_range(1..6) {
            let mut ids = vec![self.id()];
            let second = self.id();
            if second.0 != ids[0].0 {
                ids.push(second);
                ids.sort_unstable();
            }
            let cell = |kind: u8| {
                let id = ids.iter().find(|id| id.0 == kind);
                id.map_or(String::new(), |id| value(*id))
            };
            let cells = [0, 1, 2].map(cell).join(",");
            text.push_str(&format!("{cells},{}\n", self.next_row));
            self.oracle.record(self.next_row, &ids);
            self.next_row += 1;
        }
        let path = self.file("csv", &text)?;
        let loaded = self.client().ask(&["load", &path, "--table", "orders"])?;
        ensure!(loaded["loads"][0]["rejected"] == 0, "{loaded}");
        self.since.push(self.oracle.holders());
        Ok(())
    }

    /// An operator's word: refused where it should be, else carried out, perhaps only so far that
    /// it is decided.
    fn act(&mut self) -> Result<()> {
        let Some(act) = self.chosen() else {
            return Ok(());
        };
        let arguments = arguments(act);
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        if let Err(kind) = self.oracle.act(act) {
            self.settle()?;
            let refused = self.client().refused(&arguments)?;
            ensure!(refused.kind == kind, "{act:?}: {refused:?}");
            return Ok(());
        }
        self.since.push(self.oracle.holders());
        let moves = matches!(act, Act::Merge(..) | Act::Unmerge(_));
        if moves && self.flying.is_none() && self.random.random_bool(0.6) {
            return self.let_fly(act);
        }
        self.client().ask(&arguments)?;
        self.settle()
    }

    fn chosen(&mut self) -> Option<Act> {
        let (oracle, random) = (&self.oracle, &mut self.random);
        Some(match random.random_range(0..10) {
            0..3 => Act::Merge(self.id(), self.id()),
            3..7 => {
                let merged = oracle.into.keys().copied();
                let anybody = oracle.people.iter().copied();
                let all: Vec<i64> = merged.chain(anybody.take(3)).collect();
                Act::Unmerge(all.into_iter().choose(random)?)
            }
            7..9 => {
                let apart = oracle.separations.iter().copied().choose(random);
                let some = oracle.people.first().copied()?;
                let (a, b) = apart.unwrap_or((some, some));
                Act::Lift(a, b)
            }
            _ => Act::Unbind(self.id()),
        })
    }

    /// Gives the command, and waits until it is decided only.
    fn let_fly(&mut self, act: Act) -> Result<()> {
        let client = self.client().clone();
        let flying = thread::spawn(move || {
            let arguments = arguments(act);
            let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
            client.attempt(&arguments)
        });
        let client = self.client().clone();
        wait_until("it is decided", || {
            let status = client.status()?;
            let pending = [&status["pending_merges"], &status["pending_unmerges"]];
            let is_open = pending.iter().any(|pending| **pending != 0);
            Ok((is_open || flying.is_finished())
                .then_some(())
                .ok_or(status.to_string()))
        })?;
        self.flying = Some(flying);
        Ok(())
    }

    /// Waits until everything has landed, and looks at every row.
    fn settle(&mut self) -> Result<()> {
        if let Some(flying) = self.flying.take() {
            let outcome = flying.join().map_err(|_| anyhow!("a thread panicked"))?;
            outcome?.map_err(|refused| anyhow!("{refused:?}"))?;
        }
        let count = self.client().ask(&["count", "TRUE"])?;
        let index = count["index"].as_u64().context("no index")?;
        let living = self.oracle.living();
        ensure!(count["count"] == living, "{living} live: {count}");
        let holders = self.oracle.holders();
        let worker = Worker::of(&self.client().status()?)?;
        let rows = worker.rows(index, &self.oracle.people)?;
        check(&rows, &holders, &self.oracle)?;
        let mut between: BTreeMap<i64, BTreeSet<i64>> = BTreeMap::new();
        let before = self.settled.last().map(|settled| settled.holders.clone());
        for state in before.into_iter().chain(self.since.drain(..)) {
            for (row, holder) in state {
                between.entry(row).or_default().insert(holder);
            }
        }
        self.settled.push(Settled {
            index,
            holders,
            living,
            between,
        });
        Ok(())
    }

    fn kill(&mut self) -> Result<()> {
        match self.random.random_bool(0.5) {
            true => {
                self.cluster.kill_coordinator(1)?;
                self.cluster.restart_coordinator(1)?;
            }
            false => {
                self.cluster.kill_worker(1)?;
                self.cluster.restart_worker(1)?;
            }
        }
        self.cluster.wait_ready()
    }

    /// Every readable index once more, after everything.
    fn check_all(&self) -> Result<()> {
        let status = self.client().status()?;
        ensure!(
            status["identity_rules"]["barred"] == self.oracle.barred,
            "{} barred: {status}",
            self.oracle.barred
        );
        let worker = Worker::of(&status)?;
        let last = self.settled.last().context("nothing was done")?.index;
        let arrived = worker.rows(last, &self.oracle.people)?;
        let floor = status["floor_index"].as_u64().context("no floor")?;
        let mut points = self.settled.iter().peekable();
        let mut before = BTreeMap::new();
        for index in floor.max(1)..=last {
            while points.next_if(|point| point.index < index).is_some() {}
            let point = points.peek().context("a settled point")?;
            let rows = worker.rows(index, &self.oracle.people)?;
            if rows == before && point.index != index {
                continue;
            }
            self.check_at(&worker, (index, &rows), &arrived, point)
                .with_context(|| format!("at {index}"))?;
            before = rows;
        }
        Ok(())
    }

    fn check_at(
        &self,
        worker: &Worker,
        (index, rows): (u64, &BTreeMap<i64, Row>),
        arrived: &BTreeMap<i64, Row>,
        point: &Settled,
    ) -> Result<()> {
        let expected = arrived.iter().filter(|(_, row)| row.arrived <= index);
        let expected: Vec<i64> = expected.map(|(number, _)| *number).collect();
        ensure!(rows.keys().eq(&expected), "{rows:?} are not {expected:?}");
        let alive = worker.alive(index, &self.oracle.people)?;
        for (number, row) in rows {
            ensure!(alive.contains(&row.holder), "row {number}: {row:?} is dead");
            ensure!(
                row.origin == arrived[number].origin,
                "row {number}: {row:?}"
            );
            let may_have = point.between.get(number);
            let may_have = may_have.is_some_and(|people| people.contains(&row.holder));
            ensure!(may_have, "row {number}: {row:?}");
        }
        if index == point.index {
            check(rows, &point.holders, &self.oracle)?;
            ensure!(alive.len() == point.living, "{} live", alive.len());
        }
        Ok(())
    }
}

/// Each row with its holder, and with what it came in under.
fn check(rows: &BTreeMap<i64, Row>, holders: &BTreeMap<i64, i64>, oracle: &Oracle) -> Result<()> {
    let found: BTreeMap<i64, i64> = rows.iter().map(|(n, row)| (*n, row.holder)).collect();
    ensure!(found == *holders, "{found:?} instead of {holders:?}");
    for (number, row) in rows {
        let origin = oracle.rows.get(number);
        ensure!(origin == Some(&row.origin), "row {number}: {row:?}");
    }
    Ok(())
}

fn value(id: Id) -> String {
    format!("{}{}", TYPES[usize::from(id.0)], id.1)
}

fn named(id: Id) -> String {
    format!("{}:{}", TYPES[usize::from(id.0)], value(id))
}

fn arguments(act: Act) -> Vec<String> {
    let person = |person: i64| format!("oneid:{person}");
    let (verb, names) = match act {
        Act::Merge(a, b) => ("merge", vec![named(a), named(b)]),
        Act::Unmerge(loser) => ("unmerge", vec![person(loser)]),
        Act::Lift(a, b) => ("lift", vec![person(a), person(b)]),
        Act::Unbind(id) => ("unbind", vec![named(id)]),
    };
    let own = ["identity".to_owned(), verb.to_owned()];
    own.into_iter().chain(names).collect()
}
