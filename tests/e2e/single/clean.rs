//! What a crash has left in the object store goes, and a crash meanwhile changes no answer.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;

use anyhow::{Result, ensure};
use tagma_tests::harness::{Server, has_crash_points};

use crate::shop::{Expected, Step, check, define, steps};

/// How a crash point ends a process.
const SIGKILL: i32 = 9;

#[test]
fn what_a_crash_has_left_behind_is_deleted() -> Result<()> {
    if !has_crash_points()? {
        println!("skipped: needs the binary with feature failpoints");
        return Ok(());
    }
    let flags = ["--clean-interval", "20ms", "--clean-window", "1ms"];
    let mut server = Server::start_with(&flags)?;
    define(server.client(), server.folder())?;
    server.process().stop()?;
    let named = journal(&server.data())?;

    // The object is durable, and nothing will ever name it.
    let load = steps(server.folder(), 1)?;
    crash(&mut server, "commit.after_put", &load)?;
    let left = journal(&server.data())?;
    let lost: Vec<&String> = left.difference(&named).collect();
    ensure!(lost.len() == 1, "{lost:?} of {left:?}");
    for point in ["clean.before_delete", "clean.after_delete"] {
        ensure!(
            journal(&server.data())? == left,
            "{point}: it is there still"
        );
        crash(&mut server, point, &[])?;
    }
    ensure!(journal(&server.data())? == named, "it is gone, alone");

    server.restart()?;
    check(server.client(), server.folder(), &Expected::after(0))?;
    for step in load {
        let arguments: Vec<&str> = step.iter().map(String::as_str).collect();
        server.client().ask(&arguments)?;
    }
    check(server.client(), server.folder(), &Expected::after(1))
}

/// Starts it with a crash at `point`, and gives the commands until it ends.
fn crash(server: &mut Server, point: &str, steps: &[Step]) -> Result<()> {
    server.relaunch(Some(&format!("{point}=1*return")))?;
    if server.ready_or_ended()? {
        let client = server.client().clone();
        for step in steps {
            let arguments: Vec<&str> = step.iter().map(String::as_str).collect();
            let process = server.process();
            client.try_ask(&arguments, || Ok(process.ended()?.is_some()))?;
        }
    }
    let status = server.process().wait()?;
    ensure!(status.signal() == Some(SIGKILL), "{point}: {status}");
    Ok(())
}

/// Names of all journal objects of a server that does not run.
fn journal(data: &Path) -> Result<BTreeSet<String>> {
    let mut found = BTreeSet::new();
    let mut folders = vec![data.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.components().any(|part| part.as_os_str() == "journal") {
                found.insert(path.display().to_string());
            }
        }
    }
    Ok(found)
}
