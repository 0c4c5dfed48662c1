//! Comparing a running Tagma with what is expected: counts, and everybody's values.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use tagma_tests::harness::Client;

use super::expected::Expected;

/// The columns that everybody is compared by.
const COLUMNS: [&str; 5] = ["email", "phone", "frequency", "total", "regular"];

/// Compares everything; `folder` takes an export.
///
/// # Errors
/// At the first difference.
pub(crate) fn check(client: &Client, folder: &Path, expected: &Expected) -> Result<()> {
    for (expr, count) in expected.counts() {
        let counted = client.count(expr)?;
        ensure!(counted == count, "{expr}: {counted} people, not {count}");
    }
    let rows = everybody(client, &folder.join("everybody.csv"))?;
    let expected = expected.rows();
    ensure!(
        rows.len() == expected.len(),
        "{} people, not {}",
        rows.len(),
        expected.len()
    );
    for (row, expected) in rows.iter().zip(&expected) {
        ensure!(row == expected, "`{row}`, not `{expected}`");
    }
    Ok(())
}

/// Everybody's identifiers and tags, sorted.
fn everybody(client: &Client, path: &Path) -> Result<Vec<String>> {
    if path.exists() {
        fs::remove_file(path)?;
    }
    let out = path.to_string_lossy();
    let with = [
        "--with",
        "frequency,total,regular",
        "--identifiers",
        "email,phone",
    ];
    client.ask(&[&["members", "TRUE", "--out", &out][..], &with].concat())?;
    let text = fs::read_to_string(path)?;
    let mut lines = text.lines();
    let heading: Vec<&str> = lines.next().context("no heading")?.split(',').collect();
    let place = |name: &&str| heading.iter().position(|column| column == name);
    let places: Option<Vec<usize>> = COLUMNS.iter().map(place).collect();
    let places = places.with_context(|| format!("columns {heading:?}"))?;
    let pick = |line: &str| {
        let fields: Vec<&str> = line.split(',').collect();
        let picked = places
            .iter()
            .map(|place| fields.get(*place).copied().unwrap_or("?"));
        picked.collect::<Vec<_>>().join(",")
    };
    let mut rows: Vec<String> = lines.map(pick).collect();
    rows.sort();
    Ok(rows)
}
