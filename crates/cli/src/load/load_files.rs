//! Loading files, one after the other.

use std::{path::PathBuf, time::Instant};

use serde::Serialize;
use tagma_core::schema::TableSchema;
use tagma_proto::pb::ingest::v1::{Load, OpenLoadRequest};

use super::{
    LoadError, LoadOptions,
    chunk::Chunks,
    declare,
    delimited_chunks::DelimitedChunks,
    mapping,
    parquet_chunks::ParquetChunks,
    plan::{self, FilePlan},
    scan::{Scan, ScanRules, scan},
    send,
    source::{Source, SourceFormat},
    target,
};
use crate::{connection::Connection, failure::Failure, output::Progress};

/// What a load did. Field names are a promise to scripts.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LoadReport {
    /// The file as it was named.
    pub file: String,
    /// The table.
    pub table: String,
    /// Rows in the table.
    pub rows: u64,
    /// Rows in the dead letters.
    pub rejected: u64,
    /// People created.
    pub created: u64,
    /// Index from which all rows are readable.
    pub index: u64,
    /// Whether the file had been loaded before: nothing was changed.
    pub already_loaded: bool,
    /// From the first look to the last row being readable.
    pub seconds: f64,
}

/// Loads `files` in order, each as one load; `loaded` is told of each as soon as it is readable.
///
/// A load that broke goes on where it stopped when it is started again; one that is complete
/// changes nothing.
///
/// # Errors
/// What makes a file as a whole unfit; as for every call. Files before it stay loaded.
pub async fn load_files(
    connection: &Connection,
    files: &[PathBuf],
    options: &LoadOptions,
    shows_progress: bool,
    mut loaded: impl FnMut(&LoadReport) -> Result<(), Failure>,
) -> Result<Vec<LoadReport>, Failure> {
    let start = Instant::now();
    let mut sources = Vec::new();
    for file in files {
        sources.push(Source::look_at(file)?);
    }
    let known = declare::find(connection, options).await?;
    let mut scans = Vec::new();
    for source in &sources {
        scans.push(first_pass(source, options, known.is_none(), shows_progress).await?);
    }
    let table = match known {
        Some(table) => table,
        None => declare::make(connection, options, &scans).await?,
    };
    let zone = target::zone(connection, &table).await?;
    let mut planned = Vec::new();
    for scan in &scans {
        // All files are checked before any of them is sent.
        planned.push(plan::plan(
            &scan.file,
            &scan.headings(),
            options,
            &table,
            zone,
        )?);
    }
    let mut reports = Vec::new();
    let mut begin = start;
    for ((source, scan), plan) in sources.into_iter().zip(&scans).zip(planned) {
        let file = OneFile {
            connection,
            options,
            table: &table,
            scan,
            shows_progress,
        };
        let report = file.load(source, plan, begin).await?;
        loaded(&report)?;
        reports.push(report);
        begin = Instant::now();
    }
    Ok(reports)
}

async fn first_pass(
    source: &Source,
    options: &LoadOptions,
    infers: bool,
    shows_progress: bool,
) -> Result<Scan, Failure> {
    let rules = ScanRules {
        delimiter: options.delimiter,
        null: options.null.clone(),
        time: options.time.clone(),
        infers,
    };
    let source = source.clone();
    let what = format!("reading {}", short_name(&source));
    let progress = Progress::bytes(shows_progress, source.bytes, what);
    let scanned = tokio::task::spawn_blocking(move || {
        let scanned = scan(&source, &rules, &progress);
        progress.done();
        scanned
    });
    Ok(scanned
        .await
        .map_err(|error| Failure::internal("reading the file", error))??)
}

/// What one file of several needs to be loaded.
struct OneFile<'a> {
    connection: &'a Connection,
    options: &'a LoadOptions,
    table: &'a TableSchema,
    scan: &'a Scan,
    shows_progress: bool,
}

impl OneFile<'_> {
    async fn load(
        &self,
        source: Source,
        plan: FilePlan,
        begin: Instant,
    ) -> Result<LoadReport, Failure> {
        let mapping = mapping::digest(source.format, self.options.delimiter, self.table, &plan);
        let chunks = open_chunks(&source, self.options, plan)?;
        let load = self.open(mapping).await?;
        if load.finished {
            self.connection.wait_served(load.settled_log_index).await?;
            return Ok(self.report(&load, true, begin));
        }
        let what = format!("loading {}", short_name(&source));
        let progress = Progress::rows(self.shows_progress, self.scan.rows, what);
        let load = send::send(self.connection, &load, chunks, &source, progress).await?;
        let settled = load.last_log_index.max(load.settled_log_index);
        self.connection.wait_served(settled).await?;
        Ok(self.report(&load, false, begin))
    }

    async fn open(&self, mapping: String) -> Result<Load, Failure> {
        let request = OpenLoadRequest {
            table: self.table.name.to_string(),
            mapping,
            content: self.scan.content.clone(),
            file: self.scan.file.display().to_string(),
            file_bytes: self.scan.bytes,
        };
        let opened = self.connection.open_load(request).await?.load;
        let load =
            opened.ok_or_else(|| Failure::internal("OpenLoad", "the answer holds no load"))?;
        Ok(Load {
            table: self.table.name.to_string(),
            ..load
        })
    }

    fn report(&self, load: &Load, already_loaded: bool, begin: Instant) -> LoadReport {
        LoadReport {
            file: self.scan.file.display().to_string(),
            table: self.table.name.to_string(),
            rows: load.rows,
            rejected: load.rejected,
            created: load.created,
            index: load.last_log_index,
            already_loaded,
            seconds: begin.elapsed().as_secs_f64(),
        }
    }
}

fn open_chunks(
    source: &Source,
    options: &LoadOptions,
    plan: FilePlan,
) -> Result<Box<dyn Chunks>, LoadError> {
    Ok(match source.format {
        SourceFormat::Delimited => Box::new(DelimitedChunks::open(
            source.clone(),
            options.delimiter,
            plan,
        )?),
        SourceFormat::Parquet => Box::new(ParquetChunks::open(source.clone(), plan)?),
    })
}

fn short_name(source: &Source) -> String {
    source
        .path
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}
