//! What a server tells about itself, on standard error.

use std::io::{self, IsTerminal};

use tracing_subscriber::EnvFilter;

/// How much unless RUST_LOG says otherwise.
const DEFAULT_FILTER: &str = "warn,tagma=info,tagma_coordinator=info,tagma_worker=info";

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub(super) enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// Flags of the log.
#[derive(Debug, clap::Args)]
pub(super) struct LogArgs {
    /// How log lines look; RUST_LOG says which are written, e.g. RUST_LOG=debug
    #[arg(long, value_enum, default_value_t)]
    log_format: LogFormat,
}

impl LogArgs {
    /// Starts the log of this process; a second call changes nothing.
    pub(super) fn start(&self) {
        let filter = EnvFilter::try_from_default_env();
        let filter = filter.unwrap_or_else(|_| EnvFilter::new(DEFAULT_FILTER));
        let lines = tracing_subscriber::fmt()
            .with_env_filter(filter)
            .with_writer(io::stderr)
            .with_ansi(io::stderr().is_terminal());
        // Fails where a log runs already, as in tests of several servers in one process.
        let _started = match self.log_format {
            LogFormat::Text => lines.try_init(),
            LogFormat::Json => lines.json().try_init(),
        };
    }
}
