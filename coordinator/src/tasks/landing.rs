//! Lets decided merges and unmerges land: rows are collected from their shard's owner and go to
//! those whom they belong to by one entry.
//!
//! Unmerges come first, one entry after the other, and merges wait for them: rows that come back
//! must have been read after the last ones moved, or some would be left behind. Owns nothing that a
//! crash could lose: what is pending stands in the catalog, and a landing that was made twice is
//! taken once.

use std::{collections::BTreeMap, time::Duration};

use bytes::Bytes;
use futures::future::join_all;
use tagma_core::{
    ErrorKind, LogIndex, OneId, ShardId,
    catalog::{Catalog, PendingUnmerge},
    id::RowSeq,
    limits::PEOPLE_PER_LANDING,
    schema::Name,
};
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use tracing::{debug, warn};

use crate::{
    error::{Error, Result},
    query::Leavers,
    sequencer::{Leaving, Returning},
    service::Context,
};

/// How often pending merges are looked at.
const TICK: Duration = Duration::from_millis(100);

/// Pause before rows that could not be moved are read again.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_secs(1);

/// Runs until `stop`.
pub(crate) async fn land_merges(context: Context, stop: CancellationToken) {
    let mut ticks = interval(TICK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = ticks.tick() => {}
        }
        while context.raft.leadership().borrow().is_leader && !stop.is_cancelled() {
            match land_due(&context).await {
                Landed::Some => {}
                Landed::Nothing => break,
                Landed::Failed => {
                    ticks.reset_after(PAUSE_AFTER_FAILURE);
                    break;
                }
            }
        }
    }
}

/// What a round came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Landed {
    /// Nothing was due.
    Nothing,
    /// Every shard has moved rows; more may be due.
    Some,
    /// A shard could not.
    Failed,
}

/// One landing of every shard that has due merges.
async fn land_due(context: &Context) -> Landed {
    let catalog = context.catalog();
    let served = *context.served.watch().borrow();
    if let Some((person, unmerge)) = catalog.pending_unmerges.iter().next() {
        return bring_back(context, &catalog, served, (*person, unmerge)).await;
    }
    let due = due(&catalog, served);
    let landings = due
        .into_iter()
        .map(|(shard, people)| land(context, &catalog, served, (shard, people)));
    let outcomes = join_all(landings).await;
    for error in outcomes.iter().filter_map(|outcome| outcome.as_ref().err()) {
        warn!(%error, "merges have not landed yet");
    }
    match outcomes.iter().any(Result::is_err) {
        true => Landed::Failed,
        false if outcomes.is_empty() => Landed::Nothing,
        false => Landed::Some,
    }
}

/// One entry of an unmerge, once everything that moved before is served.
async fn bring_back(
    context: &Context,
    catalog: &Catalog,
    served: LogIndex,
    (person, unmerge): (OneId, &PendingUnmerge),
) -> Landed {
    if served < unmerge.decided.max(catalog.rows_moved) {
        return Landed::Nothing;
    }
    match give_back(context, catalog, served, (person, unmerge)).await {
        Ok(()) => Landed::Some,
        Err(error) => {
            warn!(%error, "an unmerge has not landed yet");
            Landed::Failed
        }
    }
}

/// As many rows as fit into an entry, in order of arrival.
async fn give_back(
    context: &Context,
    catalog: &Catalog,
    served: LogIndex,
    (person, unmerge): (OneId, &PendingUnmerge),
) -> Result<()> {
    let leavers = Leavers {
        shard: unmerge.holder.shard(),
        people: vec![unmerge.holder],
        origins: unmerge.origins.iter().collect(),
        tables: Vec::new(),
    };
    let collected = context.router.collect_rows(catalog, served, &leavers);
    let rows = collected.await?;
    let is_all = rows.people > 0;
    let back = Returning {
        person,
        holder: unmerge.holder,
        origins: leavers.origins,
        // What arrives later is the holder's own, even where the two were merged again.
        below: match is_all {
            true => RowSeq::end_of(served).0,
            false => rows.below,
        },
        is_all,
    };
    let leaving = Leaving {
        people: Vec::new(),
        portion: None,
        back: Some(back),
        read_at: served,
        tables: named(rows.tables)?,
    };
    let index = context.sequencer.land(leaving).await?;
    debug!(log_index = index.0, is_all, "rows of an unmerge are back");
    Ok(())
}

fn named(tables: Vec<(String, Bytes)>) -> Result<Vec<(Name, Bytes)>> {
    let named = tables.into_iter().map(|(table, stream)| {
        let table = Name::new(&table).map_err(|e| Error::wrap(ErrorKind::Corrupt, &e))?;
        Ok((table, stream))
    });
    named.collect()
}

/// By shard the people whose rows can move: no row of theirs arrives after `served`.
fn due(catalog: &Catalog, served: LogIndex) -> BTreeMap<ShardId, Vec<OneId>> {
    let mut due: BTreeMap<ShardId, Vec<OneId>> = BTreeMap::new();
    for person in catalog.pending_merges.keys() {
        let people = due.entry(person.shard()).or_default();
        let is_due = catalog.pending_since(*person) <= Some(served);
        if is_due && people.len() < PEOPLE_PER_LANDING {
            people.push(*person);
        }
    }
    due.retain(|_, people| !people.is_empty());
    due
}

/// One entry: as many merges as fit, or a portion of one.
async fn land(
    context: &Context,
    catalog: &Catalog,
    served: LogIndex,
    (shard, people): (ShardId, Vec<OneId>),
) -> Result<()> {
    let leavers = Leavers {
        shard,
        people,
        origins: Vec::new(),
        tables: Vec::new(),
    };
    let rows = context
        .router
        .collect_rows(catalog, served, &leavers)
        .await?;
    let (whole, rest) = leavers
        .people
        .split_at(rows.people.min(leavers.people.len()));
    let portion = rest.first().filter(|_| whole.is_empty());
    let leaving = Leaving {
        people: whole.to_vec(),
        portion: portion.map(|person| (*person, rows.below)),
        back: None,
        read_at: served,
        tables: named(rows.tables)?,
    };
    let index = context.sequencer.land(leaving).await?;
    debug!(
        log_index = index.0,
        shard = shard.get(),
        people = whole.len(),
        "merges have landed"
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn merges_are_due_once_their_decision_is_served() {
        let shard = |number| ShardId::new(number).expect("a shard");
        let person = |number, ordinal| OneId::new(shard(number), ordinal);
        let mut catalog = Catalog::default();
        for (person, decided) in [
            (person(1, 4), 7),
            (person(1, 2), 5),
            (person(2, 0), 9),
            (person(3, 1), 6),
        ] {
            catalog.pending_merges.insert(person, LogIndex(decided));
        }
        let due = due(&catalog, LogIndex(7));
        let expected = BTreeMap::from([
            (shard(1), vec![person(1, 2), person(1, 4)]),
            (shard(3), vec![person(3, 1)]),
        ]);
        assert_eq!(due, expected);
    }
}
