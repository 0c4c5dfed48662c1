//! Times of calls made one after the other, and their quantiles.

use std::time::Duration;

use serde::Serialize;

use crate::{
    console::Console,
    failure::Failure,
    output::{Grid, thousands},
};

/// Flags of every measurement.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(crate) struct CallArgs {
    /// Calls that are timed
    #[arg(long, value_name = "N", default_value_t = 2_000,
        value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    pub(crate) calls: u32,
    /// Calls before them, which open the line and bring tags into memory
    #[arg(long, value_name = "N", default_value_t = 100)]
    pub(crate) warm_up: u32,
}

/// Times of calls, as the client saw them.
#[derive(Debug, Default)]
pub(crate) struct Times(Vec<Duration>);

/// Quantiles, in milliseconds: the smallest time that at least that share of the calls kept.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(crate) struct Latency {
    calls: usize,
    min_ms: f64,
    p50_ms: f64,
    p90_ms: f64,
    p99_ms: f64,
    max_ms: f64,
    calls_per_second: f64,
}

impl Times {
    pub(crate) fn push(&mut self, time: Duration) {
        self.0.push(time);
    }

    /// Quantiles; `None` without a call.
    pub(crate) fn latency(mut self) -> Option<Latency> {
        self.0.sort_unstable();
        let last = self.0.len().checked_sub(1)?;
        let at = |rank: usize| self.0[rank.min(last)].as_secs_f64() * 1e3;
        let quantile = |percent: usize| at((self.0.len() * percent).div_ceil(100).max(1) - 1);
        let total: Duration = self.0.iter().sum();
        Some(Latency {
            calls: self.0.len(),
            min_ms: at(0),
            p50_ms: quantile(50),
            p90_ms: quantile(90),
            p99_ms: quantile(99),
            max_ms: at(last),
            calls_per_second: self.0.len() as f64 / total.as_secs_f64().max(1e-9),
        })
    }
}

impl Latency {
    /// The quantiles as a table.
    ///
    /// # Errors
    /// Where the output cannot be written.
    pub(crate) fn show(&self, console: &mut Console) -> Result<(), Failure> {
        let mut grid = Grid::new(&["calls", "min", "p50", "p90", "p99", "max", "calls/s"]);
        let ms = |value: f64| format!("{value:.3} ms");
        grid.row([
            thousands(self.calls as u64),
            ms(self.min_ms),
            ms(self.p50_ms),
            ms(self.p90_ms),
            ms(self.p99_ms),
            ms(self.max_ms),
            format!("{:.0}", self.calls_per_second),
        ]);
        console.grid(&grid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantile_is_the_smallest_time_that_enough_calls_kept() {
        let mut times = Times::default();
        for milliseconds in (1..=200).rev() {
            times.push(Duration::from_millis(milliseconds));
        }
        let latency = times.latency().expect("200 calls");
        assert_eq!(latency.calls, 200);
        assert_eq!((latency.min_ms, latency.max_ms), (1.0, 200.0));
        assert_eq!((latency.p50_ms, latency.p90_ms), (100.0, 180.0));
        assert_eq!(latency.p99_ms, 198.0);
    }

    #[test]
    fn one_call_is_every_quantile_and_none_has_no_latency() {
        let mut times = Times::default();
        times.push(Duration::from_millis(7));
        let latency = times.latency().expect("one call");
        assert_eq!((latency.p50_ms, latency.p99_ms), (7.0, 7.0));
        assert_eq!(Times::default().latency(), None);
    }
}
