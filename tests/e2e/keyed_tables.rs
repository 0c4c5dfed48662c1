//! Keyed and reference tables from files to tags, and tables that gain columns between two loads.

use std::fs;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use tagma_tests::harness::Server;

const STORES: [&str; 7] = [
    "--table",
    "stores",
    "--kind",
    "reference",
    "--create",
    "--key",
    "id",
];

const TAG: &str = "tag: spent
kind: int
sql: |
  SELECT o.oneid, CAST(sum(o.amount) AS BIGINT) AS value
  FROM orders o JOIN stores s ON s.id = o.store
  WHERE o.status = 'paid' AND s.city = 'Wuhan' GROUP BY o.oneid
";

/// Limits that every file exceeds, and two flushes the one of merging.
const SMALL: [&str; 6] = [
    "--flush-rows",
    "1",
    "--flush-interval",
    "50ms",
    "--compact-runs",
    "1",
];

#[test]
fn corrections_references_and_new_columns_count_from_where_they_came() -> Result<()> {
    let mut server = Server::start_with(&SMALL)?;
    let first = first_loads(&server)?;
    run(&server)?;
    ensure!(
        spent(&server, "a", 300)? && spent(&server, "b", 50)?,
        "before"
    );

    let corrected = corrections(&server)?;
    run(&server)?;
    ensure!(
        spent(&server, "a", 120)? && !spent(&server, "b", 50)?,
        "corrected"
    );
    ensure!(spent(&server, "c", 7)?, "a shop has moved to Wuhan");
    ensure!(first < corrected);

    evolve(&server)?;
    refusals(&server)?;
    tables(&server)?;
    server.restart()?;
    run(&server)?;
    ensure!(
        spent(&server, "a", 121)? && spent(&server, "c", 7)?,
        "after a restart"
    );
    again(&server)
}

fn first_loads(server: &Server) -> Result<u64> {
    write(
        server,
        "stores.csv",
        "id,city,rank\ns1,Wuhan,1\ns2,Beijing,1\ns3,Beijing,1\n",
    )?;
    let stores = load(server, "stores.csv", &STORES)?;
    ensure!(stores["rows"] == 3 && stores["created"] == 0, "{stores}");
    let orders = "phone,order_id,line,store,amount,status,updated_at\n\
                  a,o1,1,s1,100,paid,2026-01-01\n\
                  a,o1,2,s1,200,paid,2026-01-01\n\
                  b,o2,1,s1,50,paid,2026-01-03\n\
                  c,o3,1,s3,7,paid,2026-01-01\n\
                  c,,1,s1,9,paid,2026-01-01\n";
    write(server, "orders.csv", orders)?;
    let loaded = load(
        server,
        "orders.csv",
        &[
            "--table",
            "orders",
            "--kind",
            "keyed",
            "--create",
            "--id",
            "phone",
            "--key",
            "order_id",
            "--key",
            "line",
            "--version",
            "updated_at",
        ],
    )?;
    ensure!(
        loaded["rows"] == 4 && loaded["rejected"] == 1,
        "a key is empty: {loaded}"
    );
    write(server, "spent.yaml", TAG)?;
    ask(server, &["apply", "-f", "spent.yaml"])?;
    loaded["index"].as_u64().context("no index")
}

/// A later version, an earlier one that changes nothing, and a shop that has moved.
fn corrections(server: &Server) -> Result<u64> {
    let orders = "phone,order_id,line,store,amount,status,updated_at\n\
                  a,o1,2,s1,20,paid,2026-01-02\n\
                  a,o1,1,s1,999,paid,2025-12-31\n\
                  b,o2,1,s1,50,refunded,2026-01-04\n";
    write(server, "fixed.csv", orders)?;
    load(server, "fixed.csv", &["--table", "orders"])?;
    write(server, "moved.csv", "id,city,rank\ns3,Wuhan,2\n")?;
    let loaded = load(server, "moved.csv", &["--table", "stores"])?;
    loaded["index"].as_u64().context("no index")
}

/// A column that a file brings too early; then the table has it, and wider amounts.
fn evolve(server: &Server) -> Result<()> {
    let late = "phone,order_id,line,store,amount,status,updated_at,channel\n\
                a,o9,1,s1,1.50,paid,2026-01-09,app\n";
    write(server, "late.csv", late)?;
    let refused = refused(server, &["load", "late.csv", "--table", "orders"])?;
    ensure!(
        refused.contains("a column `channel`, which table `orders`"),
        "{refused}"
    );
    ensure!(refused.contains("`tagma apply`"), "{refused}");
    write(
        server,
        "table.yaml",
        &document("decimal(21,2)", "updated_at", "\n  channel: text"),
    )?;
    let applied = ask(server, &["apply", "-f", "table.yaml"])?;
    ensure!(applied["changes"][0]["change"] == "changed", "{applied}");
    let loaded = load(server, "late.csv", &["--table", "orders"])?;
    ensure!(loaded["rows"] == 1, "{loaded}");
    let tag = "---\ntag: by_app\nkind: int\nsql: SELECT oneid, count(channel) AS value \
               FROM orders GROUP BY oneid\n";
    write(server, "by_app.yaml", tag)?;
    ask(server, &["apply", "-f", "by_app.yaml"])?;
    run(server)?;
    ensure!(spent(server, "a", 121)?, "100 + 20 + 1.50, whole");
    ensure!(
        server.client().count("by_app = 1")? == 1,
        "older rows have no channel"
    );
    ensure!(
        server.client().count("by_app = 0")? == 2,
        "older rows have no channel"
    );
    Ok(())
}

/// What a table cannot become, each with what to do instead.
fn refusals(server: &Server) -> Result<()> {
    let channel = "\n  channel: text";
    let wide = "decimal(21,2)";
    let cases = [
        (
            document(wide, "updated_at", ""),
            "has a column `channel`, which the document leaves out",
        ),
        (
            document("int", "updated_at", channel),
            "is decimal(21,2) and cannot become int",
        ),
        (
            document(wide, "status", channel),
            "`version` is `updated_at`, not `status`",
        ),
        (
            document(wide, "updated_at", channel).replace("order_id, line", "order_id"),
            "`key` is [order_id, line], not [order_id]",
        ),
        (
            "table: stores\nkind: keyed\nkey: [id]\nidentifiers: {phone: phone}\n\
             columns: {id: text, city: text, rank: int}\n"
                .to_owned(),
            "`kind` is reference, not keyed",
        ),
    ];
    for (text, expected) in cases {
        write(server, "wrong.yaml", &text)?;
        let told = refused(server, &["apply", "-f", "wrong.yaml"])?;
        ensure!(told.contains(expected), "{told}");
    }
    let alone = "tag: lost\nkind: int\nsql: SELECT rank AS oneid, rank AS value FROM stores\n";
    write(server, "wrong.yaml", alone)?;
    let told = refused(server, &["apply", "-f", "wrong.yaml"])?;
    ensure!(told.contains("must be the column of a table"), "{told}");
    Ok(())
}

fn tables(server: &Server) -> Result<()> {
    let listed = ask(server, &["table", "list"])?;
    let shown = listed["tables"].as_array().context("no tables")?;
    let of = |name: &str| {
        let table = shown.iter().find(|table| table["name"] == name);
        let table = table.cloned().unwrap_or_default();
        json!([table["kind"], table["key"], table["version"], table["rows"]])
    };
    assert_eq!(
        of("orders"),
        json!(["keyed", ["order_id", "line"], "updated_at", 8])
    );
    assert_eq!(of("stores"), json!(["reference", ["id"], null, 4]));
    Ok(())
}

/// Files are the same loads after their columns became wider.
fn again(server: &Server) -> Result<()> {
    for (file, table) in [
        ("orders.csv", "orders"),
        ("fixed.csv", "orders"),
        ("late.csv", "orders"),
        ("stores.csv", "stores"),
    ] {
        let loaded = load(server, file, &["--table", table])?;
        ensure!(loaded["already_loaded"] == true, "{loaded}");
    }
    Ok(())
}

fn document(amount: &str, version: &str, more: &str) -> String {
    format!(
        "table: orders
kind: keyed
key: [order_id, line]
version: {version}
identifiers: {{phone: phone}}
columns:
  order_id: text
  line: int
  store: text
  amount: {amount}
  status: text
  updated_at: date{more}
"
    )
}

/// Whether somebody has spent so much.
fn spent(server: &Server, phone: &str, value: i64) -> Result<bool> {
    let expr = format!("spent = {value}");
    let person = format!("phone:{phone}");
    let answer = ask(server, &["contains", &expr, "--person", &person])?;
    answer["contains"].as_bool().context("no answer")
}

fn run(server: &Server) -> Result<()> {
    ask(server, &["tag", "run"]).map(drop)
}

fn load(server: &Server, file: &str, flags: &[&str]) -> Result<Value> {
    let path = server.folder().join(file).display().to_string();
    let answer = server
        .client()
        .ask(&[&["load", &path][..], flags].concat())?;
    Ok(answer["loads"][0].clone())
}

fn ask(server: &Server, arguments: &[&str]) -> Result<Value> {
    let arguments = located(server, arguments);
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    server.client().ask(&arguments)
}

fn refused(server: &Server, arguments: &[&str]) -> Result<String> {
    let arguments = located(server, arguments);
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    Ok(server.client().refused(&arguments)?.message)
}

/// Files by where they are.
fn located(server: &Server, arguments: &[&str]) -> Vec<String> {
    let place = |argument: &&str| match argument.rsplit_once('.') {
        Some((_, "yaml" | "csv")) => server.folder().join(argument).display().to_string(),
        _ => (*argument).to_owned(),
    };
    arguments.iter().map(place).collect()
}

fn write(server: &Server, name: &str, text: &str) -> Result<()> {
    fs::write(server.folder().join(name), text).with_context(|| name.to_owned())
}
