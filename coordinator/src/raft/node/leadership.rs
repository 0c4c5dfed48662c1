//! Who leads, as a value that changes.

use std::collections::BTreeMap;
use std::sync::Arc;

use openraft::RaftMetrics;
use openraft::async_runtime::WatchReceiver;
use tagma_core::{LogIndex, Term};
use tokio::sync::watch;

use crate::raft::error::chain;
use crate::raft::state_machine::{Position, Published};
use crate::raft::types::{Raft, TypeConfig};

/// Who leads, as far as this node knows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Leadership {
    /// The leader's number and address.
    pub leader: Option<(u64, String)>,
    /// The current term.
    pub term: Term,
    /// Whether this node leads in `term`.
    pub is_leader: bool,
    /// The first entry of `term`, once it has been applied here. A leader acts on the catalog only
    /// from then on: before, entries of earlier terms may still be missing.
    pub first_index_of_term: Option<LogIndex>,
    /// Why the consensus has stopped, if it has: the process should end.
    pub stopped: Option<String>,
}

impl Leadership {
    fn new(
        metrics: &RaftMetrics<TypeConfig>,
        position: Position,
        addresses: &BTreeMap<u64, String>,
    ) -> Self {
        let membership = metrics.membership_config.membership();
        let leader = metrics.current_leader.map(|id| {
            let known = membership.get_node(&id).map(|peer| peer.address.clone());
            (
                id,
                known
                    .or_else(|| addresses.get(&id).cloned())
                    .unwrap_or_default(),
            )
        });
        let term = Term(metrics.current_term);
        Self {
            leader,
            term,
            is_leader: metrics.state.is_leader() && metrics.current_leader == Some(metrics.id),
            first_index_of_term: (position.term == term && position.index > LogIndex::ZERO)
                .then_some(position.term_start),
            stopped: metrics
                .running_state
                .as_ref()
                .err()
                .map(|fatal| chain(fatal)),
        }
    }
}

/// Follows the consensus and the state machine until the consensus ends.
pub(super) async fn follow(
    raft: Raft,
    published: Arc<Published>,
    addresses: BTreeMap<u64, String>,
    leadership: watch::Sender<Leadership>,
) {
    let mut metrics = raft.metrics();
    let mut position = published.position();
    drop((raft, published));
    loop {
        let at = *position.borrow_and_update();
        let now = Leadership::new(&metrics.borrow_and_update(), at, &addresses);
        leadership.send_if_modified(|known| {
            let changed = *known != now;
            *known = now;
            changed
        });
        let alive = tokio::select! {
            changed = metrics.changed() => changed.is_ok(),
            changed = position.changed() => changed.is_ok(),
        };
        if !alive {
            leadership.send_modify(|known| {
                known.is_leader = false;
                known.stopped.get_or_insert_with(|| "it has ended".into());
            });
            return;
        }
    }
}
