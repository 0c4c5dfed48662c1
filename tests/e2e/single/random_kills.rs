//! Killed at any instant under load, Tagma loses nothing and takes nothing twice.
//!
//! One client brings files in, giving each command until it is done; another watches the
//! answers; meanwhile the server is killed again and again, at instants that a seed draws. Its
//! limits are so small that flushes, merges, checkpoints and snapshots never rest. In the end
//! every answer is compared with the one expected after an uninterrupted run.
//!
//! Tried on a known bug, a manifest that says it holds what arrived while its runs were encoded:
//! caught in both of two runs, as orders that are gone.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, ensure};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde_json::Value;
use tagma_tests::harness::{Client, Server};

use crate::shop::{Expected, check, steps_of};

/// How often the server is killed.
const KILLS: usize = 20;

/// How long a server lives at most, from its start or from its first answer.
const LIFE: Duration = Duration::from_millis(1_200);

/// One in this many is killed on its way to its first answer.
const EARLY: u32 = 4;

/// Orders in a file: three requests of a load.
const ROWS: u64 = 40_000;

/// Pause of the watcher, who should not take the time of the others.
const PAUSE: Duration = Duration::from_millis(100);

/// Old answers that are asked for again in the end.
const ASKED_AGAIN: usize = 20;

const SMALL: [&str; 12] = [
    "--flush-rows",
    "2000",
    "--flush-interval",
    "100ms",
    "--compact-runs",
    "2",
    "--checkpoint-identifiers",
    "20",
    "--checkpoint-interval",
    "50ms",
    "--snapshot-entries",
    "20",
];

/// People who are in one tag and not in another of the same run: nobody, as a run is published
/// whole or not at all.
const HALF: &str = "(frequency IS NULL AND total IS NOT NULL) \
    OR (total IS NULL AND regular IS NOT NULL) \
    OR (regular IS NULL AND city IS NOT NULL) \
    OR (city IS NULL AND frequency IS NOT NULL)";

/// What both clients know.
struct Shop {
    client: Client,
    folder: PathBuf,
    /// People after the newest acknowledged load.
    people: AtomicU64,
    over: AtomicBool,
}

/// A count as it was answered: index, people.
type Seen = (u64, u64);

#[test]
fn twenty_kills_at_random_instants_change_no_answer() -> Result<()> {
    let given = std::env::var("TAGMA_SEED").ok();
    let seed = given.and_then(|text| text.parse().ok());
    let seed: u64 = seed.unwrap_or_else(rand::random);
    let test = "twenty_kills_at_random_instants_change_no_answer";
    let command = format!("TAGMA_SEED={seed} cargo test -p tagma-tests --test e2e -- {test}");
    println!("repeat with: {command}");
    let mut server = Server::start_with(&SMALL)?;
    let outcome = live_through(&mut server, seed);
    outcome.map_err(|error| {
        let what = format!("{error:#}\nrepeat with: {command}\n");
        server.process().failure(&what)
    })
}

fn live_through(server: &mut Server, seed: u64) -> Result<()> {
    let shop = Shop {
        client: server.client().clone(),
        folder: server.folder().to_owned(),
        people: AtomicU64::new(0),
        over: AtomicBool::new(false),
    };
    shop.bring(0)?;
    let (killed, last, seen) = thread::scope(|scope| {
        let bringing = scope.spawn(|| shop.bring_all());
        let watching = scope.spawn(|| shop.watch());
        let killed = kill_again_and_again(server, StdRng::seed_from_u64(seed));
        shop.over.store(true, Ordering::SeqCst);
        (killed, bringing.join(), watching.join())
    });
    killed?;
    let panicked = |_| anyhow!("a client panicked");
    let (last, seen) = (last.map_err(panicked)??, seen.map_err(panicked)??);

    let expected = Expected::after_files_of(ROWS, last);
    for _ in 0..2 {
        check(&shop.client, &shop.folder, &expected)?;
        loads_are_whole(&shop.client.ask(&["load", "list"])?, last + 1)?;
        for (index, people) in seen.iter().step_by(seen.len() / ASKED_AGAIN + 1) {
            let counted = shop.client.count_at("TRUE", *index)?;
            ensure!(counted == *people, "{counted}, not {people} at {index}");
        }
        server.process().stop()?;
        server.restart()?;
    }
    Ok(())
}

/// Kills the server and starts it again; in the end it answers.
fn kill_again_and_again(server: &mut Server, mut random: StdRng) -> Result<()> {
    for _ in 0..KILLS {
        let early = random.random_ratio(1, EARLY);
        let life = LIFE.mul_f64(random.random());
        if !early {
            server.wait_ready()?;
        }
        pass(life);
        server.process().check_running()?;
        server.process().kill()?;
        server.relaunch(None)?;
    }
    server.wait_ready()
}

fn pass(time: Duration) {
    let end = Instant::now() + time;
    while let Some(left) = end.checked_duration_since(Instant::now()) {
        thread::park_timeout(left);
    }
}

impl Shop {
    /// Brings files in until it is over: the last one.
    fn bring_all(&self) -> Result<u64> {
        let mut file = 0;
        while !self.over.load(Ordering::SeqCst) {
            file += 1;
            self.bring(file)?;
        }
        Ok(file)
    }

    fn bring(&self, file: u64) -> Result<()> {
        for step in steps_of(ROWS, &self.folder, file)? {
            let arguments: Vec<&str> = step.iter().map(String::as_str).collect();
            self.client.until_done(&arguments)?;
            if arguments.first() == Some(&"load") {
                let people = Expected::after_files_of(ROWS, file).people();
                self.people.store(people, Ordering::SeqCst);
            }
        }
        Ok(())
    }

    /// Asks until it is over: what was answered.
    fn watch(&self) -> Result<Vec<Seen>> {
        let client = self.client.with_timeout("1s");
        let mut seen = Vec::new();
        let mut newest = 0;
        while !self.over.load(Ordering::SeqCst) {
            let at_least = self.people.load(Ordering::SeqCst);
            if let Some((index, people)) = count(&client, "TRUE")? {
                ensure!(index >= newest, "index {index} after {newest}");
                ensure!(people >= at_least, "{people} people, {at_least} acked");
                newest = index;
                seen.push((index, people));
            }
            if let Some((index, people)) = count(&client, HALF)? {
                ensure!(people == 0, "{people} people have half a run at {index}");
            }
            pass(PAUSE);
        }
        Ok(seen)
    }
}

/// A count, unless nobody answers.
fn count(client: &Client, expr: &str) -> Result<Option<Seen>> {
    let answer = match client.attempt(&["count", expr])? {
        Ok(answer) => answer,
        Err(refused) if refused.passes() => return Ok(None),
        Err(refused) => return Err(anyhow!("count {expr}: {refused:?}")),
    };
    let number = |name: &str| answer[name].as_u64();
    let seen = number("index").zip(number("count"));
    seen.map(Some)
        .with_context(|| format!("no count in {answer}"))
}

/// Every file was taken once and whole.
fn loads_are_whole(list: &Value, files: u64) -> Result<()> {
    let loads = list["loads"].as_array().context("no loads")?;
    ensure!(loads.len() as u64 == files, "{} loads", loads.len());
    for load in loads {
        ensure!(load["rows"] == ROWS && load["rejected"] == 0, "{load}");
        ensure!(load["finished"] == true, "{load}");
    }
    Ok(())
}
