//! Wrong input: a clear answer, nothing half done, nothing lost.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use tagma_tests::harness::{Refused, Server, binary, free_address};

use crate::shop::{Expected, check, define};

#[test]
fn wrong_input_is_refused_and_changes_nothing() -> Result<()> {
    let server = Server::start()?;
    define(server.client(), server.folder())?;
    files(&server)?;
    definitions(&server)?;
    questions(&server)?;
    check(server.client(), server.folder(), &Expected::after(0))?;
    wrong_row(&server)?;
    letters(&server)?;
    second_server(&server)
}

fn files(server: &Server) -> Result<()> {
    let cases = [
        ("empty.csv", "", "is empty"),
        (
            "heading.csv",
            "email,phone,paid_at,amount,city\n",
            "no rows",
        ),
        (
            "strange.csv",
            "email,when\na@x.com,2026-01-01\n",
            "strange.csv",
        ),
    ];
    for (name, text, expected) in cases {
        let path = write(server, name, text)?;
        let refused = server
            .client()
            .refused(&["load", &path, "--table", "orders"])?;
        says(&refused, "invalid", &[name, expected]);
    }
    let nowhere = ["load", "nowhere.csv", "--table", "orders"];
    says(
        &server.client().refused(&nowhere)?,
        "not_found",
        &["nowhere.csv"],
    );
    Ok(())
}

fn definitions(server: &Server) -> Result<()> {
    let tag = "kind: int\nlevel: derived\nsql: ";
    let cases = [
        (
            "segment: a\nexpr: segment('b')\n---\nsegment: b\nexpr: segment('a')\n".to_owned(),
            "a → b → a",
        ),
        (
            format!("tag: t\n{tag}SELEC oneid FROM orders\n"),
            "SELEC at Line: 1, Column: 1",
        ),
        (
            format!("tag: t\n{tag}SELECT oneid, nope(amount) AS value FROM orders\n"),
            "no function `nope` at line 1, column 15",
        ),
        (
            format!("tag: t\n{tag}SELECT oneid, amnt AS value FROM orders\n"),
            "amnt",
        ),
        (
            "segment: c\nexpr: totl > 3\n".to_owned(),
            "did you mean `total`?",
        ),
    ];
    for (text, expected) in cases {
        let path = write(server, "wrong.yaml", &text)?;
        says(
            &server.client().refused(&["apply", "-f", &path])?,
            "invalid",
            &[expected],
        );
    }
    Ok(())
}

fn questions(server: &Server) -> Result<()> {
    let client = server.client();
    let unknown = client.refused(&["count", "totl > 3"])?;
    says(&unknown, "invalid", &["`totl`", "did you mean `total`?"]);
    says(
        &client.refused(&["count", "total > 'many'"])?,
        "invalid",
        &["many"],
    );
    says(
        &client.refused(&["count", "total >"])?,
        "invalid",
        &["column"],
    );
    let ahead = ["count", "TRUE", "--at", "1000000"];
    says(
        &client.refused(&ahead)?,
        "not_found",
        &["there is no index 1000000 yet"],
    );
    let usage = client.refused(&["count"])?;
    assert_eq!(
        (usage.code, usage.kind.as_str()),
        (2, "invalid"),
        "{usage:?}"
    );
    Ok(())
}

/// A row of the wrong type is set aside, its neighbours are kept, and again nothing changes.
fn wrong_row(server: &Server) -> Result<()> {
    let text = "email,phone,paid_at,amount,city\n\
        p1@example.com,,2026-02-01T00:00:00Z,10.00,suzhou\n\
        p2@example.com,,2026-02-01T00:00:00Z,a lot,suzhou\n\
        new@example.com,,2026-02-01T00:00:00Z,20.00,suzhou\n";
    let path = write(server, "mixed.csv", text)?;
    let client = server.client();
    for already_loaded in [false, true] {
        let loaded = client.ask(&["load", &path, "--table", "orders"])?;
        let report = loaded["loads"].get(0).context("no report")?;
        assert_eq!(report["rows"], 2, "{report}");
        assert_eq!(report["rejected"], 1, "{report}");
        assert_eq!(report["created"], 1, "{report}");
        assert_eq!(report["already_loaded"], already_loaded, "{report}");
    }
    assert_eq!(client.count("TRUE")?, Expected::after(0).people() + 1);
    client.ask(&["tag", "run", "total"])?;
    assert_eq!(client.count("total = 20.00 AND frequency IS NULL")?, 1);
    Ok(())
}

/// What was set aside is there with its reason and all its columns, in memory as in files; mended,
/// it is loaded like any other file.
fn letters(server: &Server) -> Result<()> {
    let nobody = "email,phone,paid_at,amount,city\n\
        ,,2026-02-01T00:00:00Z,30.00,\"nan, tong\"\n\
        broken\n";
    let path = write(server, "nobody.csv", nobody)?;
    let client = server.client();
    client.ask(&["load", &path, "--table", "orders"])?;
    let listed = client.ask(&["dead-letter", "list", "--table", "Orders"])?;
    let letters = listed["letters"].as_array().context("no letters")?;
    let told: Vec<(&str, u64)> = letters
        .iter()
        .map(|letter| {
            let source = letter["source"].as_str().unwrap_or_default();
            let name = source.rsplit('/').next().unwrap_or_default();
            (name, letter["source_row"].as_u64().unwrap_or_default())
        })
        .collect();
    assert_eq!(
        told,
        [("mixed.csv", 2), ("nobody.csv", 1), ("nobody.csv", 2)],
        "{listed}"
    );
    let reason = letters[0]["reason"].as_str().unwrap_or_default();
    assert!(reason.contains("`amount`: `a lot`"), "{reason}");
    let one = client.ask(&["dead-letter", "list", "--limit", "1"])?;
    assert_eq!(one["letters"].as_array().map(Vec::len), Some(1), "{one}");
    let none = client.ask(&["dead-letter", "list", "--source", "mixed.csv"])?;
    assert_eq!(none["letters"].as_array().map(Vec::len), Some(0), "{none}");
    says(
        &client.refused(&["dead-letter", "list", "--table", "visits"])?,
        "not_found",
        &["there is no table `visits`"],
    );

    let out = server.folder().join("mend.ndjson");
    let name = out.to_string_lossy();
    let export = ["dead-letter", "export", "--table", "orders", "--out", &name];
    let exported = client.ask(&export)?;
    assert_eq!(
        (&exported["rows"], &exported["left_out"]),
        (&2.into(), &1.into())
    );
    let mended = fs::read_to_string(&out)?;
    assert!(mended.contains("\"city\":\"nan, tong\""), "{mended}");
    let mended = mended
        .replace("a lot", "12.50")
        .replace("\"email\":null", "\"email\":\"late@example.com\"");
    fs::write(&out, mended)?;
    let loaded = client.ask(&["load", &name, "--table", "orders"])?;
    let report = loaded["loads"].get(0).context("no report")?;
    assert_eq!(
        (&report["rows"], &report["created"]),
        (&2.into(), &1.into()),
        "{report}"
    );
    client.ask(&["tag", "run", "total"])?;
    assert_eq!(client.count("total = 30.00")?, 1);
    Ok(())
}

fn second_server(server: &Server) -> Result<()> {
    let output = Command::new(binary()?)
        .args(["up", "--data", &server.data().to_string_lossy()])
        .args(["--listen", &free_address()?.to_string()])
        .args(["--metrics", &free_address()?.to_string()])
        .output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("is in use by process"), "{said}");
    assert_eq!(
        server.client().count("TRUE")?,
        Expected::after(0).people() + 2
    );
    Ok(())
}

fn write(server: &Server, name: &str, text: &str) -> Result<String> {
    let path: &Path = &server.folder().join(name);
    fs::write(path, text)?;
    Ok(path.to_string_lossy().into_owned())
}

fn says(refused: &Refused, kind: &str, parts: &[&str]) {
    assert_eq!(refused.code, 1, "{refused:?}");
    assert_eq!(refused.kind, kind, "{refused:?}");
    for part in parts {
        assert!(refused.message.contains(part), "no `{part}` in {refused:?}");
    }
}
