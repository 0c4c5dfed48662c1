//! At which state of the world a question is answered.

use tagma_core::time;
use tagma_proto::pb::{cluster::v1::StatusRequest, segment::v1::ReadAt};

use super::InstantArg;
use crate::{connection::Connection, failure::Failure};

/// Index, instant and zone of a read.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "When")]
pub(crate) struct ReadAtArgs {
    /// Read at this log index (as an earlier answer told it) instead of the newest one
    #[arg(long, value_name = "INDEX")]
    at: Option<u64>,
    /// What now() means: 2026-01-31, 2026-01-31 08:00 or 2026-01-31T00:00:00Z
    ///
    /// Without an offset it is local to --timezone, else to the cluster's zone. Left out, it is the
    /// moment of asking, or the commit time of --at.
    #[arg(long, value_name = "T")]
    as_of: Option<InstantArg>,
    /// Wait until this log index can be read
    #[arg(long, value_name = "INDEX")]
    at_least: Option<u64>,
    /// Time zone of the expression's calendar, e.g. Asia/Shanghai [default: the cluster's]
    #[arg(long, value_name = "ZONE", value_parser = parse_zone)]
    timezone: Option<String>,
    /// See everything that was committed before this call
    #[arg(long)]
    linearizable: bool,
}

impl ReadAtArgs {
    /// The wire's form; asks the cluster for its zone where that is needed.
    ///
    /// # Errors
    /// As for every call; an instant outside years 1 to 9999.
    pub(crate) async fn resolve(&self, connection: &Connection) -> Result<ReadAt, Failure> {
        let as_of_unix_us = match self.as_of {
            None => None,
            Some(instant) => Some(micros(instant, self.timezone.as_deref(), connection).await?),
        };
        Ok(ReadAt {
            log_index: self.at,
            as_of_unix_us,
            at_least: self.at_least,
            timezone: self.timezone.clone().unwrap_or_default(),
            linearizable: self.linearizable,
        })
    }
}

/// UTC microseconds of `instant`, local to `timezone` or else to the cluster's zone.
///
/// # Errors
/// As for every call; an instant outside years 1 to 9999.
pub(crate) async fn micros(
    instant: InstantArg,
    timezone: Option<&str>,
    connection: &Connection,
) -> Result<i64, Failure> {
    let name = match timezone {
        Some(name) => name.to_owned(),
        None if instant.is_local() => connection.status(StatusRequest {}).await?.timezone,
        None => "UTC".to_owned(),
    };
    let zone = time::zone(&name).map_err(|error| Failure::invalid(error.to_string()))?;
    instant
        .micros(zone)
        .map_err(|error| Failure::Usage(format!("--as-of: {error}")))
}

/// Reads the IANA name of a zone.
///
/// # Errors
/// A sentence that names the nearest zone.
pub(crate) fn parse_zone(text: &str) -> Result<String, String> {
    let known = time::zone(text).map_err(|error| error.to_string())?;
    Ok(known.name().to_owned())
}
