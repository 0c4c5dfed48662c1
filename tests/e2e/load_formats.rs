//! Files of every dress, good and bad, from the command line to the counted people.

use std::fs;
use std::io::Write;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use flate2::{Compression, write::GzEncoder};
use serde_json::Value;
use tagma_tests::harness::{Server, binary};

const FLAGS: [&str; 9] = [
    "--table",
    "members",
    "--id",
    "phone",
    "--kind",
    "attributes",
    "--type",
    "n=int",
    "--create",
];

#[test]
fn files_of_any_dress_are_loaded_once_and_wrong_ones_change_nothing() -> Result<()> {
    let server = Server::start()?;
    write(
        &server,
        "in/a.csv",
        "phone,city,n\np1,上海,1\np2,北京,2\n".as_bytes(),
    )?;
    // The same in GB18030 with another person.
    let chinese = b"phone;city;n\np3;\xc9\xcf\xba\xa3;3\n";
    write(&server, "gb/b.csv", chinese)?;
    let lines = concat!(
        "{\"phone\":\"p4\",\"city\":\"杭州\",\"n\":4}\n",
        "{\"phone\":\"p5\",\"n\":\"many\"}\n",
        "{\"n\":1}\n",
    );
    write(&server, "in/c.ndjson.gz", &gzip(lines.as_bytes())?)?;
    cut_short(&server)?;
    let loaded = load(&server, &["in"])?;
    let counts = counts(&loaded)?;
    assert_eq!(counts, [(2, 0, 2, false), (1, 2, 1, false)], "{loaded}");
    let loaded = load(
        &server,
        &["gb", "--delimiter", ";", "--encoding", "gb18030"],
    )?;
    assert_eq!(self::counts(&loaded)?, [(1, 0, 1, false)], "{loaded}");
    assert_eq!(server.client().count("TRUE")?, 4);
    // The same content, packed otherwise.
    let again = load(&server, &["in/a.csv", "in/c.ndjson.gz"])?;
    assert_eq!(
        self::counts(&again)?,
        [(2, 0, 2, true), (1, 2, 1, true)],
        "{again}"
    );
    write(&server, "c.ndjson", lines.as_bytes())?;
    let again = load(&server, &["c.ndjson"])?;
    assert_eq!(self::counts(&again)?, [(1, 2, 1, true)], "{again}");
    mixed(&server)?;
    assert_eq!(server.client().count("TRUE")?, 5);
    Ok(())
}

/// A download that broke is refused, names the last row that can be read, and makes no table.
fn cut_short(server: &Server) -> Result<()> {
    let mut text = "phone,n\n".to_owned();
    for row in 1_u64..=20_000 {
        text.push_str(&format!(
            "q{row},{}\n",
            row.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 2
        ));
    }
    let packed = gzip(text.as_bytes())?;
    let path = write(server, "cut.csv.gz", &packed[..packed.len() / 2])?;
    let refused = server
        .client()
        .refused(&[&["load", &path][..], &FLAGS].concat())?;
    assert_eq!((refused.code, refused.kind.as_str()), (1, "invalid"));
    let said = "is cut short: it can be read up to row ";
    assert!(refused.message.contains(said), "{refused:?}");
    assert!(
        refused.message.contains("None of it is loaded"),
        "{refused:?}"
    );
    let tables = server.client().ask(&["table", "list"])?;
    assert_eq!(
        tables["tables"].as_array().map(Vec::len),
        Some(0),
        "{tables}"
    );
    Ok(())
}

/// One bad file of three: the others are loaded, the command fails and says which.
fn mixed(server: &Server) -> Result<()> {
    write(server, "mixed/a.csv", b"phone,n\np6,6\n")?;
    write(server, "mixed/b.csv", b"phone,n,N\np7,7,7\n")?;
    write(server, "mixed/c.csv", b"phone,n\np6,8\n")?;
    let output = Command::new(binary()?)
        .current_dir(server.folder())
        .args(["load", "mixed"])
        .args(FLAGS)
        .args(["--endpoint", server.client().endpoint(), "--output", "json"])
        .output()?;
    assert_eq!(output.status.code(), Some(1));
    let answer: Value = serde_json::from_slice(&output.stdout)?;
    assert_eq!(
        counts(&answer)?,
        [(1, 0, 1, false), (1, 0, 0, false)],
        "{answer}"
    );
    assert_eq!(answer["failed"][0]["file"], "mixed/b.csv", "{answer}");
    let said = String::from_utf8_lossy(&output.stderr);
    let expected = "1 of 3 files were not loaded; the first: `mixed/b.csv`: headings 2 and 3 are \
        both `n` (case does not count)";
    assert!(said.contains(expected), "{said}");
    Ok(())
}

fn load(server: &Server, arguments: &[&str]) -> Result<Value> {
    let output = Command::new(binary()?)
        .current_dir(server.folder())
        .arg("load")
        .args(arguments)
        .args(FLAGS)
        .args(["--endpoint", server.client().endpoint(), "--output", "json"])
        .output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{arguments:?}: {said}");
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// Rows, rejected, created, already loaded of every file.
fn counts(answer: &Value) -> Result<Vec<(u64, u64, u64, bool)>> {
    let loads = answer["loads"].as_array().context("no loads")?;
    let number = |load: &Value, name: &str| load[name].as_u64().context("no number");
    let mut counts = Vec::new();
    for load in loads {
        counts.push((
            number(load, "rows")?,
            number(load, "rejected")?,
            number(load, "created")?,
            load["already_loaded"].as_bool().context("no flag")?,
        ));
    }
    Ok(counts)
}

fn write(server: &Server, name: &str, bytes: &[u8]) -> Result<String> {
    let path = server.folder().join(name);
    fs::create_dir_all(path.parent().context("a folder")?)?;
    fs::write(&path, bytes)?;
    Ok(path.to_string_lossy().into_owned())
}

fn gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}
