//! A sequencer at work, and writes for it.

use std::{path::PathBuf, sync::Arc};

use arrow::{
    array::{ArrayRef, RecordBatch, StringArray},
    ipc::writer::StreamWriter,
};
use tagma_core::catalog::{ApplyDocuments, Command, Outcome, ProducerId, RequestId};
use tagma_identity::HashKey;
use tagma_store::Store;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::{
    error::Result,
    identity::{Checkpoints, Directory, follow_journal},
    journal::JournalCache,
    sequencer::{Preparer, RawWrite, Sequencer, SequencerHandle, prepare::PreparedWrite},
    service::propose,
    testing::{Alone, documents},
};

/// What the table `visits` is.
const VISITS: &str = "identifier: phone
---
table: visits
kind: events
identifiers: {phone: phone}
columns: {page: text}
";

/// A sequencer with all that it stands on, and one producer.
pub(super) struct Desk {
    pub(super) node: Alone,
    pub(super) directory: Arc<Directory>,
    pub(super) handle: SequencerHandle,
    pub(super) producer: (ProducerId, u64),
    tasks: JoinSet<()>,
    stop: CancellationToken,
}

impl Desk {
    /// One that leads, over the table `visits`.
    pub(super) async fn open() -> Self {
        let node = Alone::start().await;
        let key = HashKey::from_bytes(&[5; 32]).expect("a key");
        let store = Store::open_local(&Self::objects(&node)).expect("a store");
        let folder = node.folder.path().join("identity");
        let checkpoints = Checkpoints::new(folder, store.clone(), key.fingerprint());
        let directory = Arc::new(Directory::new(key, None));
        let journal = Arc::new(JournalCache::new(store.clone()));
        let stop = CancellationToken::new();
        let (raft, map) = (node.raft.clone(), directory.clone());
        let (sequencer, handle) = Sequencer::new(raft.clone(), store, map.clone(), journal.clone());
        let mut tasks = JoinSet::new();
        tasks.spawn(sequencer.run(stop.clone()));
        tasks.spawn(follow_journal(
            raft,
            journal,
            map,
            checkpoints,
            stop.clone(),
        ));
        let open = Command::OpenProducer {
            name: "p".to_owned(),
        };
        let opened = propose(&node.raft, open, None, None).await;
        let Outcome::Producer { id, epoch, .. } = opened.expect("opened").outcome else {
            panic!("no producer");
        };
        let desk = Self {
            node,
            directory,
            handle,
            producer: (id, epoch),
            tasks,
            stop,
        };
        desk.define(VISITS).await.expect("defined");
        desk
    }

    /// Where a node's objects lie.
    pub(super) fn objects(node: &Alone) -> PathBuf {
        node.folder.path().join("objects")
    }

    /// Definitions, by way of the sequencer.
    pub(super) async fn define(&self, yaml: &str) -> Result<()> {
        let documents: ApplyDocuments = documents(yaml);
        let request = RequestId(tagma_store::Nonce::random().to_string());
        self.handle.define(documents, request).await.map(drop)
    }

    /// The producer's next rows, one visit by each phone, prepared by what is defined now.
    pub(super) fn prepare(&self, sequence: u64, phones: &[&str]) -> PreparedWrite {
        let text = |values: &[&str]| -> ArrayRef { Arc::new(StringArray::from(values.to_vec())) };
        let pages = vec!["home"; phones.len()];
        let columns = [("phone", text(phones)), ("page", text(&pages))];
        let rows = RecordBatch::try_from_iter(columns).expect("rows");
        let mut stream = StreamWriter::try_new(Vec::new(), &rows.schema()).expect("a stream");
        stream.write(&rows).expect("written");
        let raw = RawWrite {
            producer: self.producer.0,
            epoch: self.producer.1,
            sequence,
            table: "visits".to_owned(),
            rows_ipc: stream.into_inner().expect("finished").into(),
            first_row: 0,
            source_rows: Vec::new(),
            rejected: Vec::new(),
        };
        let catalog = self.node.raft.catalog();
        let prepared = Preparer::new(&catalog, self.directory.key()).prepare(raw);
        prepared.expect("prepared")
    }

    /// Stops everything.
    pub(super) async fn close(mut self) {
        self.stop.cancel();
        while let Some(ended) = self.tasks.join_next().await {
            ended.expect("no panic");
        }
    }
}
