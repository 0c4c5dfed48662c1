//! Deleting a shard's objects that nobody reads any more.
//!
//! Owns the read window: an object is deleted only after it has been known as dead here for that
//! long, so that whoever reads by an older manifest is done. Dead is what the manifest that stands
//! lists as garbage, and what an earlier epoch has left without a name: nothing of an earlier
//! epoch is committed any more. What this epoch has put in vain stays until the next one.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use tagma_core::{ErrorKind, ShardEpoch};
use tagma_store::crash_point;

use super::error::Result;
use super::manifest::{ShardManifest, shard_folder};
use super::upkeep::Upkeep;

/// Dead objects, and since when they are known to be.
#[derive(Debug, Default)]
pub struct Dead {
    since: BTreeMap<String, Instant>,
    listed: Option<Instant>,
}

impl Dead {
    /// Whether `interval` has passed since the last listing; the first is due an interval after
    /// the shard was opened.
    fn is_due(&mut self, now: Instant, interval: Duration) -> bool {
        let last = *self.listed.get_or_insert(now);
        let is_due = now.saturating_duration_since(last) >= interval && now > last;
        if is_due {
            self.listed = Some(now);
        }
        is_due
    }

    /// Takes a listing of dead objects; those that have been dead for `window`.
    fn due(&mut self, dead: Vec<String>, now: Instant, window: Duration) -> Vec<String> {
        let before = std::mem::take(&mut self.since);
        for key in dead {
            let since = before.get(&key).copied().unwrap_or(now);
            self.since.insert(key, since);
        }
        let due = self.since.iter();
        let due = due.filter(|(_, since)| now.saturating_duration_since(**since) >= window);
        due.map(|(key, _)| key.clone()).collect()
    }
}

/// Deletes what has been dead for long enough, where it is time to look; how many objects.
///
/// # Errors
/// [`super::Error::Store`]; what was deleted until then is gone.
pub async fn clean(upkeep: &mut Upkeep, now: Instant) -> Result<usize> {
    if !upkeep.dead.is_due(now, upkeep.limits.clean_interval) {
        return Ok(0);
    }
    let (shard, epoch) = (upkeep.shard.id(), upkeep.shard.epoch());
    let listed = upkeep.store.list(&shard_folder(shard)).await?;
    let keys = listed.into_iter().map(|(key, _)| key);
    let named = Named::new(&upkeep.checkpoint.manifest, upkeep.base.as_deref());
    let dead = keys.filter(|key| named.is_dead(key, epoch)).collect();
    let due = upkeep.dead.due(dead, now, upkeep.limits.clean_window);
    for key in &due {
        crash_point("clean.before_delete");
        match upkeep.store.delete(key).await {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error.into()),
        }
        crash_point("clean.after_delete");
    }
    // The next manifest lists them no longer.
    let garbage = &mut upkeep.checkpoint.manifest.garbage;
    garbage.retain(|garbage| due.binary_search(&garbage.key).is_err());
    Ok(due.len())
}

/// What the manifest that stands says of objects.
struct Named<'a> {
    live: BTreeSet<&'a str>,
    garbage: BTreeSet<&'a str>,
}

impl<'a> Named<'a> {
    fn new(manifest: &'a ShardManifest, base: Option<&'a str>) -> Self {
        let runs = manifest.tables.iter().flat_map(|table| &table.runs);
        let live = runs.map(|run| run.key.as_str()).chain(base);
        let garbage = manifest.garbage.iter();
        Self {
            live: live.collect(),
            garbage: garbage.map(|garbage| garbage.key.as_str()).collect(),
        }
    }

    fn is_dead(&self, key: &str, epoch: ShardEpoch) -> bool {
        if self.live.contains(key) {
            return false;
        }
        let written = key.split('/').nth(2).and_then(|part| part.parse().ok());
        self.garbage.contains(key) || written.is_some_and(|written: u64| written < epoch.0)
    }
}
