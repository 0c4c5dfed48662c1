//! Loading one file whose plan is made.

use std::time::Instant;

use tagma_proto::pb::ingest::v1::{Load, OpenLoadRequest};

use super::{
    Format, LoadError, LoadOptions, LoadReport, Session,
    chunk::Chunks,
    json::JsonChunks,
    mapping,
    parquet::ParquetChunks,
    plan::FilePlan,
    scan::Scan,
    send::{self, Wrong},
    source::Source,
    target::Target,
    text::TextChunks,
};
use crate::{failure::Failure, output::Progress};

/// What one file of several needs to be loaded.
pub(crate) struct OneFile<'a> {
    pub(crate) session: &'a Session<'a>,
    pub(crate) options: &'a LoadOptions,
    pub(crate) target: &'a Target,
    pub(crate) scan: &'a Scan,
}

impl OneFile<'_> {
    /// Loads it, or goes on where an earlier load stopped; answers also the first wrong rows.
    ///
    /// # Errors
    /// As for every call; what makes the file unfit.
    pub(crate) async fn load(
        &self,
        source: &Source,
        plan: &FilePlan,
        progress: Progress,
        begin: Instant,
    ) -> Result<(LoadReport, Vec<Wrong>), Failure> {
        let rules = self.options.text.rules(source);
        let mapping = mapping::digest(source.format, &rules, self.target, plan);
        let chunks = open_chunks(source, self.options, plan)?;
        let load = self.open(mapping).await?;
        if load.finished {
            self.session
                .connection
                .wait_served(load.settled_log_index)
                .await?;
            return Ok((self.report(&load, true, begin), Vec::new()));
        }
        let sending = send::Sending {
            session: self.session,
            source,
            rows: self.scan.rows,
            progress,
        };
        let (load, wrong) = sending.send(&load, chunks).await?;
        let connection = self.session.connection;
        let settled = load.last_log_index.max(load.settled_log_index);
        connection.wait_served(settled).await?;
        Ok((self.report(&load, false, begin), wrong))
    }

    async fn open(&self, mapping: String) -> Result<Load, Failure> {
        let request = OpenLoadRequest {
            table: self.target.table.name.to_string(),
            mapping,
            content: self.scan.content.clone(),
            file: self.scan.file.display().to_string(),
            file_bytes: self.scan.bytes,
        };
        let opened = self.session.connection.open_load(request).await?.load;
        let load =
            opened.ok_or_else(|| Failure::internal("OpenLoad", "the answer holds no load"))?;
        Ok(Load {
            table: self.target.table.name.to_string(),
            ..load
        })
    }

    fn report(&self, load: &Load, already_loaded: bool, begin: Instant) -> LoadReport {
        LoadReport {
            file: self.scan.file.display().to_string(),
            table: self.target.table.name.to_string(),
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
    plan: &FilePlan,
) -> Result<Box<dyn Chunks>, LoadError> {
    let rules = options.text.rules(source);
    let source = source.clone();
    Ok(match source.format {
        Format::Text => Box::new(TextChunks::open(source, rules, plan)?),
        Format::Json => Box::new(JsonChunks::open(source, &rules, plan)?),
        Format::Parquet => Box::new(ParquetChunks::open(source, plan.clone())?),
    })
}
