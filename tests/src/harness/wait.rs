//! Waiting for what should happen: bounded, and clear about what did not.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

/// Longest wait for anything. Only a test that fails takes this long.
pub const PATIENCE: Duration = Duration::from_secs(90);

/// Pause between two looks.
const PAUSE: Duration = Duration::from_millis(50);

/// Looks until `look` finds something. `Ok(Err(why))` is "not yet"; `why` of the last look is
/// part of the error.
///
/// # Errors
/// Those of `look`, which end the wait; nothing found within [`PATIENCE`].
pub fn wait_until<T>(
    what: &str,
    mut look: impl FnMut() -> Result<std::result::Result<T, String>>,
) -> Result<T> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        match look()? {
            Ok(found) => return Ok(found),
            Err(why) if Instant::now() >= deadline => {
                bail!("{what}: not within {PATIENCE:?}; at the last look: {why}")
            }
            Err(_) => thread::park_timeout(PAUSE),
        }
    }
}
