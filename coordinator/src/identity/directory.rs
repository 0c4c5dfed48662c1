//! Who is who: the committed map, and on the leader the staged layers on top of it.

use std::{collections::VecDeque, sync::Arc};

use parking_lot::Mutex;
use tagma_core::{ErrorKind, LogIndex, OneId};
use tagma_identity::{Checkpoint, HashKey, IdentifierHash, IdentityMap, Layer};
use tagma_store::Nonce;
use tokio::sync::watch;

use crate::error::{Error, Result};

/// The identity map of this node.
pub(crate) struct Directory {
    key: HashKey,
    state: Mutex<State>,
    reached: watch::Sender<LogIndex>,
}

struct State {
    map: IdentityMap,
    /// Batches of the leader that are not applied yet, oldest first: nonce of the object, and
    /// whether it has a layer in `map`.
    staged: VecDeque<(Nonce, bool)>,
}

impl Directory {
    /// Starts from a checkpoint, or from nobody.
    pub(crate) fn new(key: HashKey, checkpoint: Option<Arc<Checkpoint>>) -> Self {
        let map = match checkpoint {
            Some(checkpoint) => IdentityMap::from_checkpoint(checkpoint),
            None => IdentityMap::empty(key.fingerprint()),
        };
        let reached = watch::Sender::new(map.index());
        Self {
            key,
            state: Mutex::new(State {
                map,
                staged: VecDeque::new(),
            }),
            reached,
        }
    }

    /// The key that identifiers are hashed with.
    pub(crate) fn key(&self) -> &HashKey {
        &self.key
    }

    /// The map as it is now, staged layers included; a cheap clone.
    pub(crate) fn snapshot(&self) -> IdentityMap {
        self.state.lock().map.clone()
    }

    /// The index that the map has reached.
    pub(crate) fn index(&self) -> LogIndex {
        *self.reached.borrow()
    }

    /// Index of the checkpoint that the map stands on; 0: none.
    pub(crate) fn base_index(&self) -> LogIndex {
        self.state.lock().map.base_index()
    }

    /// Waits until the map has reached `index`.
    ///
    /// # Errors
    /// Unavailable where the node stops first.
    pub(crate) async fn reached(&self, index: LogIndex) -> Result<()> {
        let mut reached = self.reached.subscribe();
        let waited = reached.wait_for(|at| *at >= index).await;
        waited
            .map(|_| ())
            .map_err(|_| Error::new(ErrorKind::Unavailable, "the node stops"))
    }

    /// The person that an identifier meant at `index`, as it stands then.
    ///
    /// # Errors
    /// Unavailable where the map has not reached the index, Corrupt where a file is damaged.
    pub(crate) fn person_at(&self, hash: IdentifierHash, index: LogIndex) -> Result<Option<OneId>> {
        let map = self.snapshot();
        let origin = map
            .lookup_at(hash, index)
            .map_err(|e| Error::wrap(e.kind(), &e))?;
        Ok(origin.map(|origin| map.forest().alias_at(origin.oneid, index)))
    }

    /// Puts a batch on top that was resolved on `day` (UTC days since 1970).
    ///
    /// # Errors
    /// Internal where the layer does not follow the map.
    pub(crate) fn stage(&self, nonce: Nonce, layer: Option<Arc<Layer>>, day: i32) -> Result<()> {
        let mut state = self.state.lock();
        let has_layer = layer.is_some();
        if let Some(layer) = layer {
            state
                .map
                .stage(layer, day)
                .map_err(|e| Error::wrap(ErrorKind::Internal, &e))?;
        }
        state.staged.push_back((nonce, has_layer));
        Ok(())
    }

    /// Drops everything that is staged: the journal will bring what was committed of it.
    pub(crate) fn unstage(&self) {
        let mut state = self.state.lock();
        state.staged.clear();
        state.map.unstage(0);
    }

    /// Takes a batch committed on `day` that is the oldest staged one; false where it is not.
    ///
    /// # Errors
    /// Internal where the index does not follow.
    pub(super) fn commit_staged(&self, nonce: Nonce, index: LogIndex, day: i32) -> Result<bool> {
        let mut state = self.state.lock();
        match state.staged.front().copied() {
            Some((staged, has_layer)) if staged == nonce => {
                state.staged.pop_front();
                if has_layer {
                    state
                        .map
                        .commit(index, day)
                        .map_err(|e| Error::wrap(ErrorKind::Internal, &e))?;
                }
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    /// Takes a layer from the journal, of an entry stamped on `day`.
    ///
    /// # Errors
    /// Corrupt where it does not follow what is known.
    pub(super) fn push(&self, index: LogIndex, layer: Arc<Layer>, day: i32) -> Result<()> {
        self.unstage();
        let mut state = self.state.lock();
        state
            .map
            .push(index, layer, day)
            .map_err(|e| Error::wrap(e.kind(), &e))
    }

    /// Everything up to `index` has been taken.
    ///
    /// # Errors
    /// Internal beyond the range of indexes.
    pub(super) fn advance(&self, index: LogIndex) -> Result<()> {
        let mut state = self.state.lock();
        // Whatever is staged gets a later index.
        state
            .map
            .advance(index)
            .map_err(|e| Error::wrap(ErrorKind::Internal, &e))?;
        drop(state);
        self.reached.send_if_modified(|at| {
            let moved = index > *at;
            *at = index.max(*at);
            moved
        });
        Ok(())
    }

    /// Starts over from a checkpoint that is newer than everything known.
    pub(super) fn start_over(&self, checkpoint: Arc<Checkpoint>) {
        let mut state = self.state.lock();
        state.staged.clear();
        state.map = IdentityMap::from_checkpoint(checkpoint);
        let index = state.map.index();
        drop(state);
        self.reached.send_replace(index);
    }

    /// Stands on a newer checkpoint from now on; does nothing where it does already.
    ///
    /// # Errors
    /// Internal where it does not fit the map.
    pub(super) fn rebase(&self, checkpoint: Arc<Checkpoint>) -> Result<()> {
        let mut state = self.state.lock();
        if state.map.base_index() >= checkpoint.files().index {
            return Ok(());
        }
        let rebased = state.map.rebased(checkpoint);
        state.map = rebased.map_err(|e| Error::wrap(ErrorKind::Internal, &e))?;
        Ok(())
    }
}
