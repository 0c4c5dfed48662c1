//! Killed in the middle of anything, Tagma loses nothing and takes nothing twice.
//!
//! Each way through the system has a data directory of its own, which lives through the crashes
//! at all its points; each crash happens while new files of orders come in. Afterwards the same
//! commands are given again, and every answer is compared with the one expected after an
//! uninterrupted run. What a shard or a coordinator does by itself (flush, merge, checkpoint)
//! has limits so small that two files bring it about.

use std::ops::Range;
use std::os::unix::process::ExitStatusExt;
use std::thread::{self, JoinHandle};

use anyhow::{Context, Result, anyhow, bail, ensure};
use serde_json::Value;
use tagma_store::CRASH_POINTS;
use tagma_tests::harness::{Server, has_crash_points, wait_until};

use crate::shop::{Expected, Step, check, steps};

/// How a crash point ends a process.
const SIGKILL: i32 = 9;

/// Files that come in around a crash in something that happens by itself.
const FILES: u64 = 2;

/// Limits that every file exceeds, and two flushes the one of merging.
const SMALL: [&str; 12] = [
    "--flush-rows",
    "100",
    "--flush-interval",
    "100ms",
    "--compact-runs",
    "1",
    "--checkpoint-identifiers",
    "1",
    "--checkpoint-interval",
    "50ms",
    "--snapshot-entries",
    "10",
];

/// A way through the system, by what the names of its crash points begin with.
#[derive(Debug, Clone, Copy)]
enum Way {
    /// Commands lead through it: how many passes to try to let pass before the crash.
    Commanded(&'static str, &'static [u64]),
    /// It happens by itself some time after commands, in a server with small limits.
    ByItself(&'static str),
}

const WAYS: [Way; 7] = [
    Way::Commanded("put", &[3, 0]),
    Way::Commanded("commit", &[0]),
    Way::Commanded("apply", &[7, 2, 0]),
    Way::Commanded("publish", &[2, 0]),
    Way::ByItself("flush"),
    Way::ByItself("compaction"),
    Way::ByItself("checkpoint"),
];

/// Where a crash fell, and after how many passes.
type Fired = (&'static str, u64);

#[test]
fn a_crash_at_any_point_changes_no_answer() -> Result<()> {
    if !has_crash_points()? {
        println!("skipped: needs the binary with feature failpoints");
        return Ok(());
    }
    let ways = WAYS.map(|way| thread::spawn(move || through(way)));
    // All have to end, also after an error, so that no server outlives the test.
    let ended = ways.map(JoinHandle::join);
    let mut all = Vec::new();
    for way in ended {
        all.extend(way.map_err(|_| anyhow!("a thread panicked"))??);
    }
    for (point, passes) in &all {
        println!("{point}: killed it after {passes} passes");
    }
    let fired: Vec<_> = all.iter().map(|(point, _)| *point).collect();
    // Those of cleaning up come later than anybody waits here: `clean.rs` passes them.
    let here = CRASH_POINTS
        .iter()
        .filter(|name| !name.starts_with("clean."));
    for point in here {
        let times = fired.iter().filter(|name| *name == point).count();
        ensure!(times == 1, "{point} killed {times} servers: {all:?}");
    }
    for way in WAYS {
        let of_way = fired.iter().filter(|name| is_of(way, name)).count();
        ensure!(of_way >= 5, "only {of_way} points of {way:?}");
    }
    Ok(())
}

fn is_of(way: Way, point: &str) -> bool {
    let (Way::Commanded(name, _) | Way::ByItself(name)) = way;
    point.split('.').next() == Some(name)
}

/// All points of a way over one data directory.
fn through(way: Way) -> Result<Vec<Fired>> {
    let mut server = match way {
        Way::Commanded(..) => Server::start()?,
        Way::ByItself(_) => Server::start_with(&SMALL)?,
    };
    server.process().stop()?;
    let (mut fired, mut file) = (Vec::new(), 0);
    for point in CRASH_POINTS.iter().filter(|name| is_of(way, name)) {
        let passes = match way {
            Way::Commanded(_, candidates) => commanded(&mut server, (point, candidates), &mut file),
            Way::ByItself(_) => by_itself(&mut server, point, &mut file),
        };
        fired.push((*point, passes.with_context(|| *point)?));
    }
    Ok(fired)
}

/// Brings a file in for each of the candidates until one led to a crash: that one.
fn commanded(
    server: &mut Server,
    (point, candidates): (&str, &[u64]),
    file: &mut u64,
) -> Result<u64> {
    for passes in candidates {
        let files = *file..*file + 1;
        *file += 1;
        server.relaunch(Some(&setting(point, *passes)))?;
        if server.ready_or_ended()? {
            bring(server, files.clone())?;
        }
        // The client can notice a crash before the system has ended the process.
        let status = server.process().end()?;
        let crashed = status.signal() == Some(SIGKILL);
        ensure!(crashed || status.success(), "it ended with {status}");
        recover(server, files)?;
        server.process().stop()?;
        if crashed {
            return Ok(*passes);
        }
    }
    bail!("it was not passed")
}

/// Brings files in until the server dies by itself.
fn by_itself(server: &mut Server, point: &str, file: &mut u64) -> Result<u64> {
    let files = *file..*file + FILES;
    *file += FILES;
    server.relaunch(Some(&setting(point, 0)))?;
    if server.ready_or_ended()? {
        bring(server, files.clone())?;
    }
    let status = server.process().wait()?;
    ensure!(status.signal() == Some(SIGKILL), "it ended with {status}");
    recover(server, files)?;
    server.process().stop()?;
    Ok(0)
}

fn setting(point: &str, passes: u64) -> String {
    match passes {
        0 => format!("{point}=1*return"),
        _ => format!("{point}={passes}*off->1*return"),
    }
}

/// Brings files in for as long as the server lives; each is flushed before the next, where that
/// does not take its usual time.
fn bring(server: &mut Server, files: Range<u64>) -> Result<()> {
    let several = files.end - files.start > 1;
    for file in files {
        let steps = steps(server.folder(), file)?;
        let loaded = try_all(server, &steps)?;
        match loaded {
            Some(index) if several => flushed_or_ended(server, index)?,
            _ => {}
        }
    }
    Ok(())
}

/// Gives the commands as long as the server lives: the index of the load, if it was answered.
fn try_all(server: &mut Server, steps: &[Step]) -> Result<Option<u64>> {
    let client = server.client().clone();
    let mut loaded = None;
    for step in steps {
        let arguments: Vec<&str> = step.iter().map(String::as_str).collect();
        let process = server.process();
        let answer = client.try_ask(&arguments, || Ok(process.ended()?.is_some()))?;
        let index = answer.and_then(|answer| answer["loads"][0]["index"].as_u64());
        loaded = loaded.or(index);
    }
    Ok(loaded)
}

/// Waits until every shard has flushed up to an index, or the server is dead.
fn flushed_or_ended(server: &mut Server, index: u64) -> Result<()> {
    let client = server.client().with_timeout("1s");
    wait_until("rows are flushed", || {
        if server.process().ended()?.is_some() {
            return Ok(Ok(()));
        }
        let status = client.status();
        let status = status.map_err(|error| error.to_string());
        Ok(status.and_then(|status| match is_flushed(&status, index) {
            true => Ok(()),
            false => Err(status.to_string()),
        }))
    })
}

fn is_flushed(status: &Value, index: u64) -> bool {
    let shards = status["shards"].as_array();
    let reached = |shard: &Value| shard["flushed_index"].as_u64() >= Some(index);
    shards.is_some_and(|shards| shards.iter().all(reached))
}

/// Starts it again, gives all commands again, compares everything after all files so far.
fn recover(server: &mut Server, files: Range<u64>) -> Result<()> {
    server.restart()?;
    let client = server.client();
    for file in files.clone() {
        for step in steps(server.folder(), file)? {
            let arguments: Vec<&str> = step.iter().map(String::as_str).collect();
            client.ask(&arguments)?;
        }
    }
    check(client, server.folder(), &Expected::after(files.end - 1))
}
