//! Which worker owns which shard: a pure function of who lives and who owns.
//!
//! Balanced (no two live workers differ by more than one shard) and stable (a shard moves only
//! where its owner is gone or owns too many).

use std::collections::{BTreeMap, BTreeSet};

use super::state::Catalog;
use crate::id::{NodeId, ShardEpoch, ShardId};

/// The assignments to propose: (shard, new owner, epoch seen), ascending by shard; empty where all
/// is well or nobody lives.
pub fn place(catalog: &Catalog, live: &BTreeSet<NodeId>) -> Vec<(ShardId, NodeId, ShardEpoch)> {
    if live.is_empty() {
        return Vec::new();
    }
    let mut held: BTreeMap<NodeId, Vec<ShardId>> = live.iter().map(|id| (*id, vec![])).collect();
    let mut homeless = Vec::new();
    for (shard, assignment) in &catalog.shards {
        match assignment.owner.and_then(|owner| held.get_mut(&owner)) {
            Some(shards) => shards.push(*shard),
            None => homeless.push(*shard),
        }
    }
    homeless.extend(surplus(&mut held, catalog.shards.len()));
    homeless.sort_unstable();
    let mut moves = Vec::new();
    for shard in homeless {
        let Some((owner, shards)) = held.iter_mut().min_by_key(|(id, s)| (s.len(), **id)) else {
            break;
        };
        shards.push(shard);
        let epoch = catalog
            .shards
            .get(&shard)
            .map_or(ShardEpoch(0), |a| a.epoch);
        moves.push((shard, *owner, epoch));
    }
    moves
}

/// Takes from each worker what exceeds its fair share, highest shard numbers first.
fn surplus(held: &mut BTreeMap<NodeId, Vec<ShardId>>, shards: usize) -> Vec<ShardId> {
    let most = shards.div_ceil(held.len());
    let mut taken = Vec::new();
    for shards in held.values_mut() {
        taken.extend(shards.split_off(shards.len().min(most)));
    }
    taken
}
