//! Where a command writes: data to one stream, everything else to the other.

use std::io::{self, IsTerminal, Write};

use serde::Serialize;

use crate::{failure::Failure, output::Grid};

/// How answers look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Format {
    /// For people: tables on a terminal, tab-separated otherwise.
    #[default]
    Table,
    /// One JSON document.
    Json,
}

/// The two output streams of a command.
pub struct Console {
    data: Box<dyn Write + Send>,
    rest: Box<dyn Write + Send>,
    format: Format,
    data_is_terminal: bool,
    rest_is_terminal: bool,
}

impl Console {
    /// Standard output and standard error.
    pub fn standard(format: Format) -> Self {
        Self {
            data: Box::new(io::stdout()),
            rest: Box::new(io::stderr()),
            format,
            data_is_terminal: io::stdout().is_terminal(),
            rest_is_terminal: io::stderr().is_terminal(),
        }
    }

    /// Any two streams, neither of them a terminal.
    pub fn to(data: Box<dyn Write + Send>, rest: Box<dyn Write + Send>, format: Format) -> Self {
        Self {
            data,
            rest,
            format,
            data_is_terminal: false,
            rest_is_terminal: false,
        }
    }

    /// Whether answers are JSON.
    pub fn is_json(&self) -> bool {
        self.format == Format::Json
    }

    /// Whether progress is shown.
    pub(crate) fn shows_progress(&self) -> bool {
        self.rest_is_terminal && !self.is_json()
    }

    /// The stream of data, for raw bytes.
    pub(crate) fn data(&mut self) -> &mut dyn Write {
        &mut self.data
    }

    /// The answer as JSON, if that is asked for. Answers whether it was.
    ///
    /// # Errors
    /// Where the output cannot be written.
    pub(crate) fn json(&mut self, answer: &impl Serialize) -> Result<bool, Failure> {
        if !self.is_json() {
            return Ok(false);
        }
        let text = serde_json::to_string(answer).map_err(|e| Failure::internal("JSON", e))?;
        self.line(&text)?;
        Ok(true)
    }

    /// A line of data.
    ///
    /// # Errors
    /// Where the output cannot be written.
    pub(crate) fn line(&mut self, text: &str) -> Result<(), Failure> {
        let written = writeln!(self.data, "{text}").and_then(|()| self.data.flush());
        written.map_err(|error| Failure::output(&error))
    }

    /// A table of data.
    ///
    /// # Errors
    /// Where the output cannot be written.
    pub(crate) fn grid(&mut self, grid: &Grid) -> Result<(), Failure> {
        self.line(&grid.render(self.data_is_terminal))
    }

    /// A remark for people; JSON answers carry what it says in a field.
    pub(crate) fn note(&mut self, text: &str) {
        if !self.is_json() {
            // A closed standard error leaves nobody to tell.
            let _told = writeln!(self.rest, "{text}");
        }
    }

    /// A table for people beside the data; JSON answers carry what it says in fields.
    pub(crate) fn summary(&mut self, grid: &Grid) {
        self.note(&grid.render(self.rest_is_terminal));
    }

    /// The last words of a command that was not done.
    pub(crate) fn failed(&mut self, failure: &Failure) {
        if *failure == Failure::OutputClosed {
            return;
        }
        let text = if self.is_json() {
            let kind = failure.kind().name();
            let message = failure.to_string();
            serde_json::json!({"error": {"kind": kind, "message": message}}).to_string()
        } else {
            format!("error: {failure}")
        };
        let _told = writeln!(self.rest, "{text}");
    }
}
