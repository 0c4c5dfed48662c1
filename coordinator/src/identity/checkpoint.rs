//! Identity checkpoints: map files on this node's disk, copies of them in the store.
//!
//! | object | content |
//! | --- | --- |
//! | `identity/{index:020}-{nonce}/{file}` | one map file, frame kind IdentityMap |
//! | `identity/{index:020}-{nonce}/checkpoint` | `CheckpointFiles`, kind IdentityCheckpoint |

use std::{path::PathBuf, sync::Arc};

use tagma_core::{
    ErrorKind,
    catalog::{CheckpointRef, Command, ObjectRef, codec},
};
use tagma_identity::{
    Checkpoint, CheckpointFiles, IdentityMap, KeyFingerprint,
    file::{read_map_file, receive_file},
    remove_others, verify_files, write_checkpoint,
};
use tagma_store::{Nonce, ObjectKind, Store, crash_point, decode_single, encode_single};
use tokio::sync::Mutex;
use tracing::info;

use super::directory::Directory;
use crate::{
    error::{Error, Result},
    raft::RaftNode,
    service::propose_accepted,
    settings::CheckpointLimits,
};

/// Makes and opens checkpoints.
#[derive(Clone)]
pub(crate) struct Checkpoints {
    folder: PathBuf,
    store: Store,
    fingerprint: KeyFingerprint,
    /// The files that this node has written last, whole by construction. Held while files are
    /// written or removed: the two must not meet.
    written: Arc<Mutex<Option<CheckpointFiles>>>,
}

impl Checkpoints {
    /// Keeps map files in `folder`.
    pub(crate) fn new(folder: PathBuf, store: Store, fingerprint: KeyFingerprint) -> Self {
        Self {
            folder,
            store,
            fingerprint,
            written: Arc::default(),
        }
    }

    /// Opens a published checkpoint: from this node's files where they are whole, else from the
    /// store. Files of other checkpoints are removed.
    ///
    /// # Errors
    /// Corrupt where the objects are damaged, Invalid for files of another key.
    pub(crate) async fn open(&self, published: &CheckpointRef) -> Result<Arc<Checkpoint>> {
        let key = &published.object.key;
        let object = self.store.read(key).await?;
        let (_, bytes) = decode_single(ObjectKind::IdentityCheckpoint, object, key)?;
        let files: CheckpointFiles = codec::decode(&bytes, "identity checkpoint")
            .map_err(|error| Error::wrap(error.kind(), &error))?;
        let mut written = self.written.lock().await;
        if written.as_ref() != Some(&files) {
            *written = None;
            if !self.is_whole(&files).await? {
                self.download(key, &files).await?;
            }
        }
        let opened = self.open_files(files.clone()).await?;
        let folder = self.folder.clone();
        on_disk(move || remove_others(&folder, &[&files])).await?;
        Ok(opened)
    }

    /// As [`Checkpoints::open`], for a node that starts: `None` where the checkpoint is gone, since
    /// a newer one stands and has not been heard of here yet. The map then starts over from that.
    ///
    /// # Errors
    /// As [`Checkpoints::open`].
    pub(crate) async fn open_if_there(
        &self,
        published: &CheckpointRef,
    ) -> Result<Option<Arc<Checkpoint>>> {
        match self.open(published).await {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            opened => opened.map(Some),
        }
    }

    /// Makes and publishes a checkpoint, where it is worth it; true if it did. Every node stands
    /// on it once it is applied there: [`super::stand_on_checkpoints`].
    ///
    /// # Errors
    /// Those of files, the store and proposing; nothing has changed then.
    pub(crate) async fn advance(
        &self,
        raft: &RaftNode,
        directory: &Directory,
        limits: &CheckpointLimits,
    ) -> Result<bool> {
        let map = directory.snapshot();
        let before = raft.catalog().checkpoint.as_ref().map_or(0, |c| c.index.0);
        if map.base_index().0 < before {
            // What the last one holds is still in memory.
            return Ok(false);
        }
        let grown = map.len_in_memory() >= limits.identifiers;
        let is_due = grown || map.index().0.saturating_sub(before) >= limits.entries;
        if !is_due || map.index().0 <= before {
            return Ok(false);
        }
        self.make(raft, map).await?;
        Ok(true)
    }

    pub(super) async fn make(&self, raft: &RaftNode, map: IdentityMap) -> Result<()> {
        let mut written = self.written.lock().await;
        let files = self.write(map).await?;
        *written = Some(files.clone());
        let checkpoint = self.publish(&files).await?;
        crash_point("checkpoint.before_commit");
        propose_accepted(raft, Command::CommitCheckpoint { checkpoint }, None).await?;
        crash_point("checkpoint.after_commit");
        info!(
            log_index = files.index.0,
            identifiers = files.identifiers,
            "identity checkpoint"
        );
        Ok(())
    }

    async fn write(&self, map: IdentityMap) -> Result<CheckpointFiles> {
        let folder = self.folder.clone();
        crash_point("checkpoint.before_write");
        let files = on_disk(move || write_checkpoint(&folder, &map)).await?;
        crash_point("checkpoint.after_file");
        Ok(files)
    }

    async fn publish(&self, files: &CheckpointFiles) -> Result<CheckpointRef> {
        let folder = format!("identity/{:020}-{}", files.index.0, Nonce::random());
        for file in &files.files {
            let (path, name) = (self.folder.clone(), file.name.clone());
            let bytes = on_disk(move || read_map_file(&path, &name)).await?;
            let nonce = Nonce::random();
            let object = encode_single(ObjectKind::IdentityMap, nonce, &bytes);
            self.store
                .create(&format!("{folder}/{}", file.name), object, nonce)
                .await?;
        }
        let nonce = Nonce::random();
        let encoded = codec::encode(files);
        let object = encode_single(ObjectKind::IdentityCheckpoint, nonce, &encoded);
        let key = format!("{folder}/checkpoint");
        let bytes = object.len() as u64;
        self.store.create(&key, object, nonce).await?;
        crash_point("checkpoint.after_put");
        Ok(CheckpointRef {
            object: ObjectRef { key, bytes },
            index: files.index,
        })
    }

    async fn download(&self, key: &str, files: &CheckpointFiles) -> Result<()> {
        let prefix = key.rsplit_once('/').map_or("", |(folder, _)| folder);
        for file in &files.files {
            let key = format!("{prefix}/{}", file.name);
            let object = self.store.read(&key).await?;
            let (_, bytes) = decode_single(ObjectKind::IdentityMap, object, &key)?;
            let (folder, file) = (self.folder.clone(), file.clone());
            on_disk(move || receive_file(&folder, &file, &bytes)).await?;
        }
        Ok(())
    }

    async fn is_whole(&self, files: &CheckpointFiles) -> Result<bool> {
        let (folder, files) = (self.folder.clone(), files.clone());
        let checked = tokio::task::spawn_blocking(move || verify_files(&folder, &files)).await;
        let checked = checked.map_err(|error| Error::wrap(ErrorKind::Internal, &error))?;
        Ok(checked.is_ok())
    }

    async fn open_files(&self, files: CheckpointFiles) -> Result<Arc<Checkpoint>> {
        let (folder, fingerprint) = (self.folder.clone(), self.fingerprint);
        let opened = on_disk(move || Checkpoint::open(&folder, &files, fingerprint)).await?;
        Ok(Arc::new(opened))
    }
}

async fn on_disk<T: Send + 'static>(
    work: impl FnOnce() -> std::result::Result<T, tagma_identity::file::Error> + Send + 'static,
) -> Result<T> {
    let done = tokio::task::spawn_blocking(work).await;
    let done = done.map_err(|error| Error::wrap(ErrorKind::Internal, &error))?;
    done.map_err(|error| Error::wrap(error.kind(), &error))
}
