//! People whom several sources know by different identifiers become one, and no row is lost.

use std::fs;
use std::path::Path;

use anyhow::{Result, ensure};
use serde_json::Value;
use tagma_tests::harness::{Client, Server};

use crate::known_orders::{TAGS, tables};

/// People known by phone alone, then by card alone, then by both.
const PEOPLE: u64 = 900;

#[test]
fn merged_people_are_counted_once_with_all_their_rows() -> Result<()> {
    let mut server = Server::start_with(&["--shards", "3", "--flush-rows", "200"])?;
    let (client, folder) = (server.client().clone(), server.folder().to_owned());
    apply(
        &client,
        &folder,
        "tables",
        &tables(&[("phone", ""), ("card", "")]),
    )?;
    let all = || 0..PEOPLE;
    load(
        &client,
        &folder,
        "phones",
        all().map(|n| format!("p{n},,{n}")),
    )?;
    load(
        &client,
        &folder,
        "cards",
        all().map(|n| format!(",c{n},1000")),
    )?;
    ensure!(client.count("TRUE")? == 2 * PEOPLE);
    apply(&client, &folder, "tags", TAGS)?;
    client.ask(&["tag", "run"])?;
    let before = client.ask(&["count", "orders = 1"])?;
    ensure!(before["count"] == 2 * PEOPLE, "{before}");

    // Two thirds of the people turn out to be one with the holder of a card.
    let both = all().filter(|n| n % 3 != 0);
    load(
        &client,
        &folder,
        "both",
        both.map(|n| format!("p{n},c{n},1")),
    )?;
    let merged = PEOPLE - PEOPLE / 3;
    let status = client.status()?;
    ensure!(status["pending_merges"] == 0, "{status}");
    ensure!(status["identity_rules"]["merged"] == merged, "{status}");
    check(&client, merged)?;
    // Created and merged by rows of one batch: never two people at any index.
    let rows = (2_000..2_100).flat_map(|n| {
        [
            format!("p{n},,1"),
            format!(",c{n},1000"),
            format!("p{n},c{n},1"),
        ]
    });
    load(&client, &folder, "at-once", rows)?;
    let merged = merged + 100;
    check(&client, merged)?;
    let why = client.ask(&["identity", "explain", "card:c2000"])?;
    ensure!(
        why["identifiers"].as_array().map_or(0, Vec::len) == 2,
        "{why}"
    );
    ensure!(why["merges"][0]["value"] == "c2000", "{why}");
    ensure!(why["merges"][0]["source_row"] == 3, "{why}");
    server.process().stop()?;
    server.restart()?;
    check(&client, merged)?;
    server.process().kill()?;
    server.restart()?;
    check(&client, merged)?;
    // As it was.
    let index = before["index"].as_u64().unwrap_or(0);
    ensure!(client.count_at("orders = 1", index)? == 2 * PEOPLE);
    Ok(())
}

fn check(client: &Client, merged: u64) -> Result<()> {
    let alone = 2 * (PEOPLE / 3);
    ensure!(client.count("TRUE")? == merged + alone);
    let run = client.ask(&["tag", "run"])?;
    ensure!(run["index"].is_u64(), "{run}");
    ensure!(client.count("orders = 3")? == merged);
    ensure!(client.count("orders = 1")? == alone);
    ensure!(client.count("total >= 1001 AND orders = 3")? == merged);
    for n in [1, 2, 4, 500] {
        let by_phone = client.ask(&["identity", "resolve", &format!("phone:p{n}")])?;
        let by_card = client.ask(&["identity", "resolve", &format!("card:c{n}")])?;
        let is_one = n % 3 != 0;
        ensure!(
            (by_phone["oneid"] == by_card["oneid"]) == is_one,
            "{by_phone} {by_card}"
        );
        let identifiers = by_phone["identifiers"].as_array().map_or(0, Vec::len);
        ensure!(identifiers == 1 + usize::from(is_one), "{by_phone}");
    }
    Ok(())
}

fn apply(client: &Client, folder: &Path, name: &str, text: &str) -> Result<Value> {
    let path = folder.join(format!("{name}.yaml"));
    fs::write(&path, text)?;
    client.ask(&["apply", "-f", &path.to_string_lossy()])
}

fn load(
    client: &Client,
    folder: &Path,
    name: &str,
    rows: impl Iterator<Item = String>,
) -> Result<Value> {
    let path = folder.join(format!("{name}.csv"));
    let rows: Vec<String> = rows.collect();
    fs::write(&path, format!("phone,card,amount\n{}\n", rows.join("\n")))?;
    client.ask(&["load", &path.to_string_lossy(), "--table", "orders"])
}
