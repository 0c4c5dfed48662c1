//! Loading: a file through `tagma load` into an empty cluster, until its rows are served.

use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result, ensure};

use super::machine::load_average;
use super::report::{Figure, Report, Target, median};
use super::subject::{Cluster, Subject};
use super::{Scale, orders, purchases};
use crate::demo::client::number;

const ROWS_PER_SECOND: f64 = 150_000.0;

/// A generated file and how it is loaded.
struct Source<'a> {
    what: &'static str,
    path: &'a Path,
    flags: &'a [&'a str],
    rows: u64,
    people: u64,
}

/// Loads each file several times.
pub(crate) fn measure(subject: &Subject, scale: &Scale, report: &mut Report) -> Result<()> {
    println!("\n==> load: files of {} rows, until served", scale.rows);
    let path = subject.file("purchases.txt");
    let source = Source {
        what: "load purchases, 4 columns, text",
        path: &path,
        flags: purchases::LOAD,
        rows: scale.rows,
        people: purchases::write(&path, scale.rows, scale.seed)?,
    };
    source.measure(subject, scale.runs, report)?;
    std::fs::remove_file(&path)?;
    let path = subject.file("orders.csv");
    let people = orders::write_csv(&path, scale.rows, scale.seed)?;
    let source = Source {
        what: "load orders, 12 columns, CSV",
        path: &path,
        flags: orders::LOAD,
        rows: scale.rows,
        people,
    };
    source.measure(subject, scale.runs, report)?;
    std::fs::remove_file(&path)?;
    let path = subject.file("orders.parquet");
    orders::write_parquet(&path, scale.rows, scale.seed)?;
    let source = Source {
        what: "load orders, 12 columns, Parquet",
        path: &path,
        flags: orders::LOAD,
        rows: scale.rows,
        people,
    };
    source.measure(subject, scale.runs, report)?;
    std::fs::remove_file(&path)?;
    Ok(())
}

impl Source<'_> {
    fn measure(&self, subject: &Subject, runs: u32, report: &mut Report) -> Result<()> {
        let bytes = self.path.metadata()?.len();
        let mut rates = Vec::new();
        let mut loads = Vec::new();
        for _ in 0..runs {
            loads.extend(load_average());
            let cluster = subject.cluster()?;
            let seconds = self.load(&cluster)?;
            cluster.stop()?;
            rates.push(self.rows as f64 / seconds);
        }
        let slowest = rates.iter().copied().fold(f64::INFINITY, f64::min);
        let rate = median(rates);
        let megabytes = bytes as f64 / 1e6;
        report.add(
            Figure::new(self.what, rate, format!("rows/s, median of {runs}"))
                .target(Target::AtLeast(ROWS_PER_SECOND))
                .beside("slowest rows/s", slowest)
                .beside("MB/s", rate / self.rows as f64 * megabytes)
                .beside("people created", self.people as f64)
                .beside("load average", median(loads)),
        );
        Ok(())
    }

    /// Seconds from the start of the command to its end: rows are served then.
    fn load(&self, cluster: &Cluster) -> Result<f64> {
        let path = self.path.to_str().context("the folder is not UTF-8")?;
        let arguments: Vec<&str> = ["load", path].iter().chain(self.flags).copied().collect();
        let started = Instant::now();
        let answer = cluster.client.ask_quietly(&arguments)?;
        let seconds = started.elapsed().as_secs_f64();
        let counted = cluster.client.ask_quietly(&["count", "TRUE"])?;
        for (what, found, expected) in [
            ("rows", number(&answer, &["loads", "0", "rows"])?, self.rows),
            (
                "dead letters",
                number(&answer, &["loads", "0", "rejected"])?,
                0,
            ),
            ("people", number(&counted, &["count"])?, self.people),
        ] {
            ensure!(
                found == expected,
                "{}: {found} {what} where the generator made {expected}",
                self.what
            );
        }
        Ok(seconds)
    }
}
