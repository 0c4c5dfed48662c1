//! Rows as a CSV file, in which [`NULL`] stands for null and every text is quoted.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use chrono::DateTime;
use tagma_core::Value;
use tagma_tests::generate::history::{Row, Table};

/// What null is written as.
pub(super) const NULL: &str = "\\N";

/// Writes the file.
pub(super) fn write(table: &Table, rows: &[Row], path: &Path) -> Result<()> {
    let names = table.columns.iter().map(|column| column.name.as_str());
    let heading: Vec<&str> = ["crm", "email", "at"].into_iter().chain(names).collect();
    let mut text = heading.join(",") + "\n";
    for row in rows {
        let mut fields = vec![
            row.crm().map_or(NULL.to_owned(), |text| quoted(&text)),
            row.email().map_or(NULL.to_owned(), |text| quoted(&text)),
            instant(row.at)?,
        ];
        for value in &row.values {
            fields.push(field(value)?);
        }
        text += &(fields.join(",") + "\n");
    }
    Ok(fs::write(path, text)?)
}

fn field(value: &Value) -> Result<String> {
    Ok(match value {
        Value::Null => NULL.to_owned(),
        Value::Bool(truth) => truth.to_string(),
        Value::Int(number) => number.to_string(),
        Value::Decimal { unscaled, scale } => decimal(*unscaled, usize::from(*scale)),
        Value::Text(text) => quoted(text),
        Value::Date(day) => {
            let at = DateTime::from_timestamp(i64::from(*day) * 86_400, 0);
            at.context("no date")?.format("%Y-%m-%d").to_string()
        }
        Value::Timestamp(at) => instant(*at)?,
    })
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

fn instant(micros: i64) -> Result<String> {
    let at = DateTime::from_timestamp_micros(micros).context("no instant")?;
    Ok(at.format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string())
}

fn decimal(unscaled: i128, scale: usize) -> String {
    let sign = if unscaled < 0 { "-" } else { "" };
    let digits = format!("{:0>width$}", unscaled.unsigned_abs(), width = scale + 1);
    let (whole, part) = digits.split_at(digits.len() - scale);
    match scale {
        0 => format!("{sign}{whole}"),
        _ => format!("{sign}{whole}.{part}"),
    }
}
