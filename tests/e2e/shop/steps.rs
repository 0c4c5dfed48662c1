//! What is done with the shop. Every step may be repeated and is then already done.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;
use tagma_tests::harness::Client;

use super::definitions::{TABLES, TAGS};
use super::orders::{ORDERS, write_orders};

/// Orders in one file.
pub(crate) const ORDERS_ARE_LOADED: u64 = ORDERS;

/// Arguments of one command.
pub(crate) type Step = Vec<String>;

/// All commands that bring file number `file` in, in order; files go into `folder`.
pub(crate) fn steps(folder: &Path, file: u64) -> Result<Vec<Step>> {
    steps_of(ORDERS, folder, file)
}

/// As [`steps`], with so many orders in the file.
pub(crate) fn steps_of(rows: u64, folder: &Path, file: u64) -> Result<Vec<Step>> {
    let tables = write(folder, "tables.yaml", TABLES)?;
    let tags = write(folder, "tags.yaml", TAGS)?;
    let orders = write_orders(folder, file, rows)?
        .to_string_lossy()
        .into_owned();
    let step = |arguments: &[&str]| arguments.iter().map(|a| (*a).to_owned()).collect();
    Ok(vec![
        step(&["apply", "-f", &tables]),
        step(&["load", &orders, "--table", "orders"]),
        step(&["apply", "-f", &tags]),
        step(&["tag", "run"]),
    ])
}

/// Defines the table, loads file 0, defines and runs the tags.
pub(crate) fn define(client: &Client, folder: &Path) -> Result<()> {
    for step in steps(folder, 0)? {
        let arguments: Vec<&str> = step.iter().map(String::as_str).collect();
        client.ask(&arguments)?;
    }
    Ok(())
}

/// Loads a file: the report about it.
pub(crate) fn load(client: &Client, folder: &Path, file: u64) -> Result<Value> {
    let path = write_orders(folder, file, ORDERS)?;
    let loaded = client.ask(&["load", &path.to_string_lossy(), "--table", "orders"])?;
    let report = loaded["loads"].get(0).cloned();
    report.with_context(|| format!("no report in {loaded}"))
}

/// Runs all tags: the index from which their new versions are read.
pub(crate) fn run_tags(client: &Client) -> Result<u64> {
    let run = client.ask(&["tag", "run"])?;
    let index = run["index"].as_u64();
    index.with_context(|| format!("no index in {run}"))
}

fn write(folder: &Path, name: &str, text: &str) -> Result<String> {
    let path = folder.join(name);
    fs::write(&path, text)?;
    Ok(path.to_string_lossy().into_owned())
}
