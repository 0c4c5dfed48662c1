//! Clients in Python, as the examples show them: what they are told is what the shop is.

mod environment;

use std::path::Path;

use anyhow::{Context, Result};
use serde_json::{Value, json};
use tagma_tests::harness::{Client, Server};

use crate::shop::{Expected, define};

use environment::{NEEDS, interpreter, script};

/// The folder of the examples.
const EXAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/examples/python");

/// The folder of the protos.
const PROTOS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../proto");

/// The services that every client may find; those between the servers are not promised.
const SERVICES: [&str; 7] = [
    "grpc.health.v1.Health",
    "tagma.catalog.v1.CatalogService",
    "tagma.cluster.v1.ClusterService",
    "tagma.identity.v1.IdentityService",
    "tagma.ingest.v1.IngestService",
    "tagma.segment.v1.SegmentService",
    "tagma.tag.v1.TagService",
];

/// The question.
const BIG: &str = "segment('big')";

const TAGS: [&str; 4] = ["city", "frequency", "regular", "total"];

#[test]
fn python_asks_by_reflection_and_by_stubs() -> Result<()> {
    let Some(python) = interpreter()? else {
        println!("skipped: needs {NEEDS}");
        return Ok(());
    };
    let server = Server::start()?;
    let client = server.client();
    define(client, server.folder())?;
    let address = client.endpoint().trim_start_matches("http://");
    let stubs = server.folder().join("stubs");
    let stubs = stubs.to_string_lossy();
    let made = ["--protos", PROTOS, "--out", &stubs];
    for (person, contains) in one_in_one_out()? {
        let question = [address, BIG, "--person", &person];
        let expected = expected(client, &person, contains)?;
        let reflected = script(&python, "reflect.py", &question)?;
        check_services(&reflected)?;
        assert_eq!(reflected["count_by_tree"], expected["count"], "{person}");
        assert_eq!(reduced(reflected), expected, "{person}");
        let typed = script(&python, "stubs.py", &[&made[..], &question].concat())?;
        let everybody = typed["count"].as_u64().zip(typed["others"].as_u64());
        let everybody = everybody.map(|(big, others)| big + others);
        assert_eq!(everybody, expected["population"].as_u64(), "{person}");
        assert_eq!(reduced(typed), expected, "{person}");
    }
    assert!(
        Path::new(&*stubs)
            .join("tagma/tag/v1/tag_service_pb2.py")
            .is_file()
    );
    Ok(())
}

/// A big customer and another one, with whether they are.
fn one_in_one_out() -> Result<[(String, bool); 2]> {
    let rows = Expected::after(0).rows();
    let is_big =
        |row: &str| row.split(',').nth(3).and_then(|total| total.parse().ok()) >= Some(1e3);
    let find = |contains: bool| {
        let row = rows.iter().find(|row| is_big(row) == contains);
        let email = row.and_then(|row| row.split(',').next());
        let email = email.with_context(|| format!("nobody who is big: {contains}"))?;
        anyhow::Ok((format!("email:{email}"), contains))
    };
    Ok([find(true)?, find(false)?])
}

/// What both scripts have to print, from the orders; the OneID from the command line.
fn expected(client: &Client, person: &str, contains: bool) -> Result<Value> {
    let shop = Expected::after(0);
    let counts = shop.counts();
    let big = counts.iter().find(|(expr, _)| *expr == BIG);
    let (_, big) = big.context("the count of the big ones")?;
    let people = shop.people();
    let resolved = client.ask(&["identity", "resolve", person])?;
    let tags: serde_json::Map<String, Value> = TAGS
        .iter()
        .map(|tag| ((*tag).to_owned(), people.into()))
        .collect();
    Ok(json!({
        "count": big,
        "population": people,
        "contains": contains,
        "oneid": resolved["oneid"],
        "tags": tags,
    }))
}

fn check_services(answer: &Value) -> Result<()> {
    let services = answer["services"].as_array().context("no services")?;
    for service in SERVICES {
        assert!(
            services.contains(&service.into()),
            "no {service}: {services:?}"
        );
    }
    Ok(())
}

/// What both scripts tell.
fn reduced(mut answer: Value) -> Value {
    if let Some(object) = answer.as_object_mut() {
        object.retain(|key, _| !["services", "count_by_tree", "others"].contains(&key.as_str()));
    }
    answer
}
