//! The CDNOW example, stage by stage, each with its figures and their check.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, bail, ensure};

use super::client::{Client, number};
use super::independent::{self, Cdnow, Customer};
use super::server::Server;
use crate::cargo::Workspace;

const AS_OF: &str = "1998-07-01T00:00:00Z";
const FILE: &str = "data/CDNOW_master.txt";
const GENERATED: &str = "data/generated.txt";
const SEGMENTS: [&str; 5] = [
    "high_value",
    "sleeping_high_value",
    "loyal",
    "one_time_buyers",
    "win_back",
];

/// Runs the example over an empty `folder`; serves it afterwards if `serves`.
pub(crate) fn run(workspace: &Workspace, folder: &Path, serves: bool) -> Result<()> {
    let example = workspace.root().join("docs/examples/cdnow");
    let file = fetch(&example)?;
    let truth = independent::read(&example.join(file))?;
    let program = workspace.target().join("debug/tagma");
    let mut server = Server::start(&program, folder)?;
    let started = Instant::now();
    server.wait_until(|endpoint| {
        Client::new(&program, endpoint, &example)
            .ask_quietly(&["cluster", "status", "--request-timeout", "2s"])
            .is_ok()
    })?;
    println!(
        "==> one process is up at {} ({:.1?})",
        server.endpoint(),
        started.elapsed()
    );
    let client = Client::new(&program, server.endpoint(), &example);
    load(&client, file, &truth)?;
    compute_tags(&client, &truth)?;
    count_segments(&client, &truth)?;
    compare_people(&client, &truth, &folder.join("people.csv"))?;
    load_again(&client, file)?;
    println!("\nEverything is equal to the independent computation.");
    if serves {
        let endpoint = server.endpoint();
        println!("Serving at {endpoint} until Ctrl-C. Try, in another terminal:");
        println!(
            "  {} count \"frequency >= 3\" --endpoint {endpoint}",
            program.display()
        );
        return server.wait();
    }
    server.stop()
}

/// The real file, or a generated one where there is no way to fetch it.
fn fetch(example: &Path) -> Result<&'static str> {
    println!("==> data: sh docs/examples/cdnow/fetch.sh");
    let status = Command::new("sh")
        .arg("fetch.sh")
        .current_dir(example)
        .status();
    if status.is_ok_and(|status| status.success()) {
        return Ok(FILE);
    }
    println!("  the real file could not be fetched (it needs python3 with pip and a network):");
    println!("  a generated file of the same shape is used instead");
    super::generated::write(&example.join(GENERATED))?;
    Ok(GENERATED)
}

fn load(client: &Client, file: &str, truth: &Cdnow) -> Result<()> {
    println!("\n==> load");
    let answer = client.ask(&load_command(file))?;
    let rows = number(&answer, &["loads", "0", "rows"])?;
    let created = number(&answer, &["loads", "0", "created"])?;
    let rejected = number(&answer, &["loads", "0", "rejected"])?;
    println!("  {rows} rows, {created} people, {rejected} dead letters");
    let people = truth.customers.len() as u64;
    check("rows", rows, truth.rows)?;
    check("people", created, people)?;
    check("dead letters", rejected, 0)
}

fn load_again(client: &Client, file: &str) -> Result<()> {
    println!("\n==> load again");
    let before = number(&client.ask_quietly(&["count", "TRUE"])?, &["count"])?;
    let answer = client.ask(&load_command(file))?;
    let load = &answer["loads"][0];
    let index = number(load, &["index"])?;
    ensure!(
        load["already_loaded"] == true,
        "the same file was loaded twice: {answer}"
    );
    println!("  nothing changed: loaded at index {index}");
    let after = number(&client.ask_quietly(&["count", "TRUE"])?, &["count"])?;
    check("people", after, before)
}

fn load_command(file: &str) -> [&str; 11] {
    [
        "load",
        file,
        "--table",
        "purchases",
        "--id",
        "customer_id",
        "--time",
        "date",
        "--delimiter",
        "whitespace",
        "--create",
    ]
}

fn compute_tags(client: &Client, truth: &Cdnow) -> Result<()> {
    println!("\n==> tags");
    client.ask(&["apply", "-f", "tags.yaml", "-f", "segments.yaml"])?;
    let started = Instant::now();
    let answer = client.ask(&["tag", "run", "--as-of", AS_OF])?;
    let versions = answer["versions"].as_array().context("no versions")?;
    println!(
        "  {} tags published in one entry, {:.1?}",
        versions.len(),
        started.elapsed()
    );
    for version in versions {
        let rows = number(version, &["rows"])?;
        println!(
            "  {:<16} {rows:>7} people",
            version["tag"].as_str().unwrap_or("?")
        );
        check("people with a value", rows, truth.customers.len() as u64)?;
    }
    Ok(())
}

fn count_segments(client: &Client, truth: &Cdnow) -> Result<()> {
    println!("\n==> segments");
    for segment in SEGMENTS {
        let expr = format!("segment('{segment}')");
        let answer = client.ask(&["count", &expr, "--as-of", AS_OF])?;
        let count = number(&answer, &["count"])?;
        let expected = truth
            .customers
            .values()
            .filter(|c| c.is_in(segment))
            .count() as u64;
        let elapsed = answer["elapsed_ms"].as_f64().unwrap_or_default();
        println!("  {count:>7} people, {elapsed:.2} ms in the server; independently {expected}");
        check(segment, count, expected)?;
    }
    Ok(())
}

/// Recency, frequency, monetary, first and last purchase and CDs of every single customer.
fn compare_people(client: &Client, truth: &Cdnow, out: &PathBuf) -> Result<()> {
    println!("\n==> every person");
    let with = "recency,frequency,monetary,cds";
    let path = out.to_str().context("the folder's name is not UTF-8")?;
    client.ask(&[
        "members",
        "TRUE",
        "--out",
        path,
        "--with",
        with,
        "--identifiers",
        "customer_id",
    ])?;
    let text = fs::read_to_string(out)?;
    let mut lines = text.lines();
    let heading = lines.next().unwrap_or_default();
    ensure!(
        heading == "oneid,recency,frequency,monetary,cds,customer_id",
        "unexpected heading `{heading}`"
    );
    let mut equal = 0;
    for line in lines {
        let fields: Vec<&str> = line.split(',').collect();
        let known = fields
            .get(5)
            .and_then(|customer| truth.customers.get(*customer));
        let known = known.with_context(|| format!("nobody in the file is `{line}`"))?;
        ensure!(
            fields[1..5] == shown(known),
            "`{line}` should be {:?}",
            shown(known)
        );
        equal += 1;
    }
    println!("  recency, frequency, monetary and CDs of {equal} people are equal");
    check("people compared", equal, truth.customers.len() as u64)
}

fn shown(customer: &Customer) -> [String; 4] {
    [
        customer.recency().to_string(),
        customer.frequency.to_string(),
        format!("{}.{:02}", customer.cents / 100, customer.cents % 100),
        customer.cds.to_string(),
    ]
}

fn check(what: &str, found: u64, expected: u64) -> Result<()> {
    if found != expected {
        bail!("{what}: {found}, but the independent computation says {expected}");
    }
    Ok(())
}
