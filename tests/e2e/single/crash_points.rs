//! Killed in the middle of anything, Tagma loses nothing and takes nothing twice.
//!
//! Each way through the system has a data directory of its own, which lives through the crashes
//! at all its points; each crash happens while a new file of orders comes in. Afterwards the same
//! commands are given again, and every answer is compared with the one expected after an
//! uninterrupted run. Points of flushing are reached by the age of rows, in a directory each.
//! Not here: compaction and identity checkpoints, which take more rows than a test should load.

use std::os::unix::process::ExitStatusExt;
use std::thread::{self, JoinHandle};

use anyhow::{Context, Result, anyhow, ensure};
use tagma_store::CRASH_POINTS;
use tagma_tests::harness::{Server, has_crash_points};

use crate::shop::{Expected, Step, check, steps};

/// How a crash point ends a process.
const SIGKILL: i32 = 9;

/// A point, and how many passes to try to let pass before the crash.
type Visit = (&'static str, &'static [u64]);

/// Where a crash fell.
type Fired = (&'static str, Option<u64>);

#[test]
fn a_crash_at_any_point_changes_no_answer() -> Result<()> {
    if !has_crash_points()? {
        println!("skipped: needs the binary with feature failpoints");
        return Ok(());
    }
    let mut ways = vec![
        thread::spawn(|| one_directory(&points("put.", &[9, 3, 0]))),
        thread::spawn(|| one_directory(&points("commit.", &[0]))),
        thread::spawn(|| one_directory(&points("apply.", &[7, 2, 0]))),
        thread::spawn(|| one_directory(&points("publish.", &[2, 0]))),
    ];
    for point in points("flush.", &[0]) {
        ways.push(thread::spawn(move || by_age(point.0)));
    }
    // All have to end, also after an error, so that no server outlives the test.
    let ended: Vec<_> = ways.into_iter().map(JoinHandle::join).collect();
    let mut all = Vec::new();
    for way in ended {
        all.extend(way.map_err(|_| anyhow!("a thread panicked"))??);
    }
    for (point, passes) in &all {
        match passes {
            Some(passes) => println!("{point}: killed it after {passes} passes"),
            None => println!("{point}: not passed"),
        }
    }
    let fired = all.iter().filter(|(_, passes)| passes.is_some()).count();
    ensure!(fired >= 20, "only {fired} points killed anything: {all:?}");
    Ok(())
}

/// The points of a way, all with the same passes.
fn points(way: &str, passes: &'static [u64]) -> Vec<Visit> {
    let those = CRASH_POINTS.iter().filter(|name| name.starts_with(way));
    those.map(|name| (*name, passes)).collect()
}

/// All points of a way over one data directory.
fn one_directory(visits: &[Visit]) -> Result<Vec<Fired>> {
    let mut server = Server::start()?;
    server.process().stop()?;
    let (mut fired, mut file) = (Vec::new(), 0);
    for (point, candidates) in visits {
        let mut at = None;
        for passes in *candidates {
            let crashed = crash(&mut server, point, *passes, file);
            file += 1;
            if crashed.with_context(|| format!("{point} after {passes} passes"))? {
                at = Some(*passes);
                break;
            }
        }
        fired.push((*point, at));
    }
    Ok(fired)
}

/// Brings `file` in with a crash at `point`, then again without: whether there was a crash. The
/// server is stopped before and after.
fn crash(server: &mut Server, point: &str, passes: u64, file: u64) -> Result<bool> {
    let steps = steps(server.folder(), file)?;
    server.relaunch(Some(&setting(point, passes)))?;
    let lives = server.ready_or_ended()?;
    if lives {
        try_all(server, &steps)?;
    }
    // The client can notice a crash before the system has ended the process.
    let status = server.process().end()?;
    let crashed = status.signal() == Some(SIGKILL);
    ensure!(crashed || status.success(), "it ended with {status}");
    recover(server, &steps, file)?;
    server.process().stop()?;
    Ok(crashed)
}

/// A crash while rows are flushed because of their age.
fn by_age(point: &'static str) -> Result<Vec<Fired>> {
    let mut server = Server::launch(Some(&setting(point, 0)))?;
    let steps = steps(server.folder(), 0)?;
    if server.ready_or_ended()? {
        try_all(&mut server, &steps)?;
    }
    server.process().wait().with_context(|| point)?;
    recover(&mut server, &steps, 0).with_context(|| point)?;
    Ok(vec![(point, Some(0))])
}

fn setting(point: &str, passes: u64) -> String {
    match passes {
        0 => format!("{point}=1*return"),
        _ => format!("{point}={passes}*off->1*return"),
    }
}

/// Gives the commands as long as the server lives.
fn try_all(server: &mut Server, steps: &[Step]) -> Result<()> {
    let client = server.client().clone();
    for step in steps {
        let arguments: Vec<&str> = step.iter().map(String::as_str).collect();
        let process = server.process();
        client.try_ask(&arguments, || Ok(process.ended()?.is_some()))?;
    }
    Ok(())
}

/// Starts it again, gives all commands again, compares everything after files 0 to `file`.
fn recover(server: &mut Server, steps: &[Step], file: u64) -> Result<()> {
    server.restart()?;
    let client = server.client();
    for step in steps {
        let arguments: Vec<&str> = step.iter().map(String::as_str).collect();
        client.ask(&arguments)?;
    }
    check(client, server.folder(), &Expected::after(file))
}
