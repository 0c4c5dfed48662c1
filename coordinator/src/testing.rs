//! What tests of several modules share: a cluster of one node in a folder of its own.

use std::{collections::BTreeMap, time::Duration};

use tagma_core::{
    LogIndex, ShardId,
    catalog::{
        ApplyDocuments, Batch, Catalog, Command, CreateCluster, JobId, PeopleList, RuleCounts,
    },
    document::{Document, parse_documents},
    schema::Name,
};
use tagma_identity::NORMALIZE_VERSION;
use tagma_store::Store;
use tempfile::TempDir;
use tokio::time::timeout;

use crate::{
    journal::JournalObject,
    raft::{RaftNode, RaftSettings},
    service::propose,
};

/// More than anything may ever take; a test that waits for it has failed.
const LONG: Duration = Duration::from_secs(60);

/// A cluster of one node with two shards.
pub(crate) struct Alone {
    pub(crate) raft: RaftNode,
    pub(crate) folder: TempDir,
}

impl Alone {
    /// A new one, which leads.
    pub(crate) async fn start() -> Self {
        let folder = TempDir::new().expect("temporary folder");
        let raft = start(&folder).await;
        let node = Self { raft, folder };
        node.propose(Command::CreateCluster(CreateCluster {
            cluster_id: "alone".to_owned(),
            shard_count: 2,
            key_fingerprint: String::new(),
            zone: "UTC".to_owned(),
        }))
        .await;
        node
    }

    /// Stops it and starts it again: it leads in another term.
    pub(crate) async fn restart(&mut self) {
        self.raft.shutdown().await.expect("stops");
        self.raft = start(&self.folder).await;
    }

    /// A command that has to be taken; its index.
    pub(crate) async fn propose(&self, command: Command) -> LogIndex {
        let applied = propose(&self.raft, command, None, None).await;
        let applied = applied.expect("a leader");
        assert!(!applied.outcome.is_refusal(), "{:?}", applied.outcome);
        applied.index
    }

    /// Documents as in files.
    pub(crate) async fn define(&self, yaml: &str) -> LogIndex {
        let documents = ApplyDocuments {
            chain: self.raft.catalog().chain + 1,
            ..documents(yaml)
        };
        self.propose(Command::Apply(Box::new(documents))).await
    }

    /// Puts a journal object of these sections and commits it: its index and key.
    pub(crate) async fn commit_batch(
        &self,
        store: &Store,
        shards: &[(ShardId, Vec<u8>)],
        identity: &[u8],
    ) -> (LogIndex, String) {
        let chain = self.raft.catalog().chain + 1;
        let term = self.raft.leadership().borrow().term;
        let JournalObject { bytes, layout } = JournalObject::encode(term, chain, shards, identity);
        let key = layout.object.key.clone();
        store
            .create(&key, bytes, layout.nonce)
            .await
            .expect("stored");
        let batch = Batch {
            chain,
            object: layout.object,
            nonce: layout.nonce.0,
            sections: layout.sections,
            identity: layout.identity,
            created: Vec::new(),
            decided: PeopleList::default(),
            rules: RuleCounts::default(),
            requests: Vec::new(),
            tables: Vec::new(),
        };
        (self.propose(Command::Batch(Box::new(batch))).await, key)
    }

    /// Opens a run of one tag, which is defined where it is not.
    pub(crate) async fn open_job(&self, tag: &str) -> JobId {
        if !self.raft.catalog().tags.contains_key(tag) {
            let yaml = format!("tag: {tag}\nkind: bool\nsql: SELECT oneid, true AS value\n");
            self.define(&yaml).await;
        }
        let command = Command::OpenJob {
            tags: vec![Self::name(tag)],
            as_of: 0,
        };
        JobId(self.propose(command).await.0)
    }

    /// Waits until the catalog is as wanted.
    pub(crate) async fn until(&self, is: impl Fn(&Catalog) -> bool) {
        let mut applied = self.raft.applied();
        let wanted = applied.wait_for(|_| is(&self.raft.catalog()));
        timeout(LONG, wanted)
            .await
            .expect("in time")
            .expect("it runs");
    }

    /// A name.
    pub(crate) fn name(text: &str) -> Name {
        Name::new(text).expect("a name")
    }
}

async fn start(folder: &TempDir) -> RaftNode {
    let members = BTreeMap::from([(1, "127.0.0.1:1".to_owned())]);
    let settings = RaftSettings::new("alone", 1, members, folder.path());
    let raft = RaftNode::start(settings).await.expect("starts");
    raft.bootstrap().await.expect("bootstraps");
    let mut leadership = raft.leadership();
    let leads = leadership.wait_for(|now| now.is_leader && now.first_index_of_term.is_some());
    timeout(LONG, leads)
        .await
        .expect("in time")
        .expect("it runs");
    raft
}

/// Documents as in a file; their number in the chain is still to be given.
pub(crate) fn documents(yaml: &str) -> ApplyDocuments {
    let mut documents = ApplyDocuments::default();
    for document in parse_documents(yaml, "test.yaml").expect("documents") {
        match document {
            Document::Identifier(spec) => documents
                .identifiers
                .push(spec.into_type(0, NORMALIZE_VERSION)),
            Document::Table(table) => documents.tables.push(table),
            Document::Tag(tag) => documents.tags.push(tag),
            Document::Segment(segment) => documents.segments.push(segment),
        }
    }
    documents
}
