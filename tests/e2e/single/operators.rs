//! What an operator says about people holds: merged, parted, kept apart and merged again, with
//! every row counted once, whatever ends the process in between.

use std::fs;

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use tagma_tests::harness::{Client, Server, has_crash_points, wait_until};

use crate::known_orders::{TAGS, tables};

struct World {
    server: Server,
    files: u32,
}

impl World {
    fn start() -> Result<Self> {
        let server = Server::start_with(&["--shards", "3", "--flush-rows", "2"])?;
        let mut world = Self { server, files: 0 };
        world.apply(&tables(&[("phone", ""), ("card", "quarantine: 1\n")]))?;
        world.apply(TAGS)?;
        Ok(world)
    }

    fn client(&self) -> &Client {
        self.server.client()
    }

    fn apply(&mut self, text: &str) -> Result<Value> {
        let path = self.file("yaml", text)?;
        self.client().ask(&["apply", "-f", &path])
    }

    /// Rows `phone,card,amount`.
    fn load(&mut self, rows: &[&str]) -> Result<Value> {
        let text = format!("phone,card,amount\n{}\n", rows.join("\n"));
        let path = self.file("csv", &text)?;
        self.client().ask(&["load", &path, "--table", "orders"])
    }

    fn file(&mut self, extension: &str, text: &str) -> Result<String> {
        self.files += 1;
        let name = format!("{}.{extension}", self.files);
        let path = self.server.folder().join(name);
        fs::write(&path, text)?;
        Ok(path.to_string_lossy().into_owned())
    }

    fn identity(&self, arguments: &[&str]) -> Result<Value> {
        let arguments: Vec<&str> = ["identity"].into_iter().chain(arguments.to_vec()).collect();
        self.client().ask(&arguments)
    }

    fn oneid(&self, name: &str) -> Result<i64> {
        let resolved = self.identity(&["resolve", name])?;
        resolved["oneid"].as_i64().context("no OneID")
    }

    /// What a person is known as, and how many orders of which sum it has now.
    fn expect(&self, name: &str, known: &[&str], orders: (u64, u64)) -> Result<()> {
        let resolved = self.identity(&["resolve", name])?;
        let identifiers = resolved["identifiers"].as_array().context("no list")?;
        let identifiers = identifiers.iter().map(|id| {
            let text = |key: &str| id[key].as_str().unwrap_or_default().to_owned();
            format!("{}:{}", text("type"), text("value"))
        });
        let identifiers: Vec<String> = identifiers.collect();
        ensure!(identifiers == known, "{name}: {identifiers:?}");
        self.client().ask(&["tag", "run"])?;
        let (count, total) = orders;
        let expr = format!("orders = {count} AND total = {total}");
        let is_so = self.client().ask(&["contains", &expr, "--person", name])?;
        let why = || self.client().ask(&["explain", &expr, "--person", name]);
        ensure!(is_so["contains"] == true, "{name}: {}", why()?);
        Ok(())
    }

    fn people(&self, expected: u64) -> Result<()> {
        let people = self.client().count("TRUE")?;
        ensure!(people == expected, "{people} people instead of {expected}");
        let status = self.client().status()?;
        let pending = [&status["pending_merges"], &status["pending_unmerges"]];
        ensure!(pending.iter().all(|pending| **pending == 0), "{status}");
        Ok(())
    }

    fn settled(&self) -> Result<()> {
        let client = self.client();
        wait_until("everything has landed", || {
            let status = client.status()?;
            let is_open = |name: &str| status[name] != 0;
            let open = is_open("pending_merges") || is_open("pending_unmerges");
            // What has landed is read from the index on that is served.
            let behind = status["served_index"].as_u64() < status["applied_index"].as_u64();
            Ok(match open || behind {
                true => Err(status.to_string()),
                false => Ok(()),
            })
        })
    }
}

fn index(answer: &Value) -> Result<u64> {
    answer["index"].as_u64().context("no index")
}

#[test]
fn people_are_merged_parted_and_merged_again() -> Result<()> {
    let mut world = World::start()?;
    world.load(&["p1,,10"])?;
    world.load(&[",c1,100"])?;
    world.people(2)?;
    let (survivor, loser) = (world.oneid("phone:p1")?, world.oneid("card:c1")?);
    world.load(&["p1,c1,1"])?;
    world.people(1)?;
    world.load(&[",c1,5"])?;
    world.expect("card:c1", &["card:c1", "phone:p1"], (4, 116))?;
    let merged_at = index(&world.client().ask(&["count", "TRUE"])?)?;

    let parted = world.identity(&["unmerge", "card:c1"])?;
    ensure!(
        parted["oneid"] == loser && parted["holder"] == survivor,
        "{parted}"
    );
    world.people(2)?;
    world.expect("phone:p1", &["phone:p1"], (2, 11))?;
    world.expect("card:c1", &["card:c1"], (2, 105))?;
    ensure!(world.oneid("card:c1")? == loser);
    let why = world.identity(&["explain", "phone:p1"])?;
    ensure!(why["merges"][0]["loser"] == loser, "{why}");
    ensure!(why["merges"][0]["undone_index"] == parted["index"], "{why}");
    let again = world
        .client()
        .refused(&["identity", "unmerge", "card:c1"])?;
    ensure!(again.kind == "conflict", "{again:?}");

    // Kept apart: by a record, and by an operator who has not lifted that.
    world.load(&["p1,c1,2"])?;
    world.people(2)?;
    ensure!(world.client().status()?["identity_rules"]["barred"] == 1);
    world.expect("phone:p1", &["phone:p1"], (3, 13))?;
    let merge = ["identity", "merge", "phone:p1", "card:c1"];
    ensure!(world.client().refused(&merge)?.kind == "conflict");
    world.identity(&["lift", "card:c1", "phone:p1"])?;
    let again = world
        .client()
        .refused(&["identity", "lift", "card:c1", "phone:p1"])?;
    ensure!(again.kind == "conflict", "{again:?}");
    world.load(&["p1,c1,3"])?;
    world.people(1)?;
    world.expect("card:c1", &["card:c1", "phone:p1"], (6, 121))?;

    for stop in [false, true] {
        match stop {
            true => world.server.process().stop()?,
            false => world.server.process().kill()?,
        }
        world.server.restart()?;
        world.people(1)?;
        world.expect("card:c1", &["card:c1", "phone:p1"], (6, 121))?;
        ensure!(world.client().count_at("TRUE", merged_at)? == 1);
        ensure!(world.client().count_at("TRUE", index(&parted)?)? == 2);
    }
    Ok(())
}

#[test]
fn identifiers_are_unbound_attached_anew_and_joined_by_hand() -> Result<()> {
    let mut world = World::start()?;
    world.load(&["p1,c1,10"])?;
    let first = world.oneid("phone:p1")?;
    let before = index(&world.client().ask(&["count", "TRUE"])?)?;
    let unbound = world.identity(&["unbind", "card:c1"])?;
    ensure!(unbound["oneid"] == first, "{unbound}");
    world.expect("phone:p1", &["phone:p1"], (1, 10))?;
    let gone = world
        .client()
        .refused(&["identity", "resolve", "card:c1"])?;
    ensure!(gone.kind == "not_found", "{gone:?}");
    let again = world.client().refused(&["identity", "unbind", "card:c1"])?;
    ensure!(again.kind == "not_found", "{again:?}");
    let then = world.identity(&["resolve", "card:c1", "--at", &before.to_string()])?;
    ensure!(
        then["oneid"] == first && then["identifiers"].as_array().map(Vec::len) == Some(2),
        "{then}"
    );

    world.load(&[",c1,7"])?;
    let second = world.oneid("card:c1")?;
    ensure!(second != first);
    world.people(2)?;
    world.expect("card:c1", &["card:c1"], (1, 7))?;
    let merged = world.identity(&["merge", &format!("oneid:{second}"), "phone:p1"])?;
    ensure!(
        merged["survivor"] == first && merged["loser"] == second,
        "{merged}"
    );
    world.people(1)?;
    for name in ["phone:p1", "card:c1", &format!("oneid:{second}")] {
        world.expect(name, &["card:c1", "phone:p1"], (2, 17))?;
    }
    let why = world.identity(&["explain", "card:c1"])?;
    ensure!(why["merges"][0]["source"] == "operator", "{why}");
    ensure!(why["merges"][0]["landed_index"].is_u64(), "{why}");
    let same = world
        .client()
        .refused(&["identity", "merge", "phone:p1", "card:c1"])?;
    ensure!(same.kind == "conflict", "{same:?}");
    let unknown = world
        .client()
        .refused(&["identity", "merge", "phone:p1", "card:c9"])?;
    ensure!(unknown.kind == "not_found", "{unknown:?}");

    // Unbound, and attached to the same person again: once in the list, as long as it is there.
    world.identity(&["unbind", "card:c1"])?;
    world.expect("phone:p1", &["phone:p1"], (2, 17))?;
    world.load(&["p1,c1,1"])?;
    world.expect("phone:p1", &["card:c1", "phone:p1"], (3, 18))?;
    // Parted, the second person has no identifier, and the row that came in under it.
    world.identity(&["unmerge", &format!("oneid:{second}")])?;
    world.people(2)?;
    world.expect(&format!("oneid:{second}"), &[], (1, 7))?;
    world.expect("card:c1", &["card:c1", "phone:p1"], (2, 11))?;
    Ok(())
}

#[test]
fn an_identifier_leaves_quarantine() -> Result<()> {
    let mut world = World::start()?;
    let not_in = world
        .client()
        .refused(&["identity", "release", "card:c1"])?;
    ensure!(not_in.kind == "conflict", "{not_in:?}");
    // The till decides one merge; the next one sends it away.
    for row in ["p1,,1", "p2,,1", ",c1,1", "p1,c1,1", "p2,c1,1"] {
        world.load(&[row])?;
    }
    let rules = &world.client().status()?["identity_rules"];
    ensure!(rules["merged"] == 1 && rules["quarantined"] == 1, "{rules}");
    let dead = world.load(&[",c1,8"])?;
    ensure!(dead["loads"][0]["rejected"] == 1, "{dead}");
    world.identity(&["release", "card:c1"])?;
    let taken = world.load(&[",c1,2"])?;
    ensure!(taken["loads"][0]["rejected"] == 0, "{taken}");
    world.expect("card:c1", &["card:c1", "phone:p1"], (4, 5))?;
    Ok(())
}

#[test]
fn killed_between_decision_and_landing_rows_move_all_the_same() -> Result<()> {
    if !has_crash_points()? {
        println!("skipped: needs the binary with feature failpoints");
        return Ok(());
    }
    let mut world = World::start()?;
    world.load(&["p1,,10"])?;
    world.load(&[",c1,100"])?;
    let points = ["commit.before_put", "commit.before_propose"];
    for point in points {
        // The decision passes, the landing does not.
        let setting = format!("{point}=1*off->1*return");
        for verb in [
            &["identity", "merge", "phone:p1", "card:c1"][..],
            &["identity", "unmerge", "card:c1"],
        ] {
            world.server.process().stop()?;
            world.server.relaunch(Some(&setting))?;
            world.server.wait_ready()?;
            let refused = world.client().with_timeout("4s").refused(verb)?;
            ensure!(refused.passes(), "{refused:?}");
            world.server.process().end()?;
            world.server.restart()?;
            world.settled()?;
            match verb[1] {
                "merge" => {
                    world.people(1)?;
                    world.expect("card:c1", &["card:c1", "phone:p1"], (2, 110))?;
                }
                _ => {
                    world.people(2)?;
                    world.expect("card:c1", &["card:c1"], (1, 100))?;
                    world.expect("phone:p1", &["phone:p1"], (1, 10))?;
                    world.identity(&["lift", "phone:p1", "card:c1"])?;
                }
            }
        }
    }
    Ok(())
}
