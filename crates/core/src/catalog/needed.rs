//! Which objects may still be needed, by their keys.
//!
//! An object is **dead** once nothing names it and nothing ever can: then it stays dead, however
//! old the catalog is that says so. Only keys are judged; one that is not understood is needed.
//!
//! | key | dead where |
//! | --- | --- |
//! | `journal/{term}/…` | the term is over, and no entry of the journal names it |
//! | `identity/{index}-{nonce}/…` | a checkpoint at that index or later stands, and it is another |
//! | `tag/{job}/…` | the job is closed, and no kept version is its |
//!
//! Shards clean up after themselves: their objects are always needed here.

use std::collections::BTreeSet;

use super::state::{Catalog, JobId};
use crate::id::Term;

/// What a catalog says of objects.
#[derive(Debug)]
pub struct Needed<'a> {
    catalog: &'a Catalog,
    term: Term,
    journal: BTreeSet<&'a str>,
    /// Runs that have published a kept version. By number: packs and manifests of one run do not
    /// lie in folders of the same spelling.
    runs: BTreeSet<u64>,
}

impl<'a> Needed<'a> {
    /// By `catalog`, in which the first entry of `term` is applied: no proposal of an earlier term
    /// will be taken any more.
    pub fn new(catalog: &'a Catalog, term: Term) -> Self {
        let journal = catalog.journal.values();
        let versions = catalog.tags.values().flat_map(|tag| &tag.versions);
        Self {
            catalog,
            term,
            journal: journal.map(|entry| entry.object.key.as_str()).collect(),
            runs: versions.map(|published| published.source_index.0).collect(),
        }
    }

    /// Whether the object may be read, now or later.
    pub fn is_needed(&self, key: &str) -> bool {
        let mut parts = key.split('/');
        match (parts.next(), parts.next()) {
            (Some("journal"), Some(term)) => {
                let is_over = number(term).is_some_and(|term| term < self.term.0);
                !is_over || self.journal.contains(key)
            }
            (Some("identity"), Some(name)) => self.is_checkpoint_needed(key, name),
            (Some("tag"), Some(job)) => self.is_job_needed(job),
            _ => true,
        }
    }

    fn is_checkpoint_needed(&self, key: &str, name: &str) -> bool {
        let index = name.split_once('-').and_then(|(index, _)| number(index));
        match (&self.catalog.checkpoint, index) {
            (Some(stands), Some(index)) => {
                index > stands.index.0 || folder(key) == folder(&stands.object.key)
            }
            _ => true,
        }
    }

    fn is_job_needed(&self, job: &str) -> bool {
        let Some(job) = number(job) else {
            return true;
        };
        let is_open = self.catalog.jobs.contains_key(&JobId(job));
        is_open || job > self.catalog.applied.0 || self.runs.contains(&job)
    }
}

/// The first two parts of a key.
fn folder(key: &str) -> &str {
    let end = key.match_indices('/').nth(1);
    end.map_or(key, |(at, _)| &key[..at])
}

fn number(text: &str) -> Option<u64> {
    let is_plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_plain.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        catalog::{CheckpointRef, Job, JournalRef, ObjectRef, Published, TagState},
        id::{AsOf, LogIndex, TagVersion},
        schema::{Name, OnMissing, TagDefinition, TagKind, TagLevel},
    };

    fn object(key: &str) -> ObjectRef {
        ObjectRef {
            key: key.to_owned(),
            bytes: 1,
        }
    }

    fn definition() -> TagDefinition {
        TagDefinition {
            name: Name::new("t").expect("a name"),
            kind: TagKind::Bool,
            level: TagLevel::Base,
            category: None,
            owner: None,
            display: std::collections::BTreeMap::default(),
            description: None,
            sql: String::new(),
            timezone: None,
            on_missing: OnMissing::Empty,
            history: 1,
        }
    }

    fn catalog() -> Catalog {
        let mut catalog = Catalog {
            applied: LogIndex(50),
            checkpoint: Some(CheckpointRef {
                object: object("identity/00000000000000000020-b/checkpoint"),
                index: LogIndex(20),
            }),
            ..Catalog::default()
        };
        catalog.journal.insert(
            LogIndex(40),
            JournalRef {
                object: object("journal/0000000000000003/00000000000000000009-n"),
                nonce: [0; 16],
                sections: Vec::new(),
                identity: None,
                stamp: 0,
            },
        );
        let open = Job {
            index: LogIndex(45),
            as_of: AsOf(0),
            tags: Vec::new(),
        };
        catalog.jobs.insert(JobId(45), open);
        let mut tag = TagState::default();
        tag.versions.push_back(Published {
            version: TagVersion(1),
            index: LogIndex(31),
            source_index: LogIndex(30),
            as_of: AsOf(0),
            manifest: object("tag/00000000000000000030/manifest-n"),
            definition: definition(),
            rows: 1,
            rolled_back_to: None,
        });
        catalog.tags.insert(definition().name, tag);
        catalog
    }

    #[test]
    fn what_something_names_or_may_still_name_is_needed() {
        let catalog = catalog();
        let needed = Needed::new(&catalog, Term(4));
        for key in [
            "journal/0000000000000003/00000000000000000009-n",
            "journal/0000000000000004/00000000000000000011-under-way",
            "journal/0000000000000005/00000000000000000011-later",
            "identity/00000000000000000020-b/checkpoint",
            "identity/00000000000000000020-b/forward-1",
            "identity/00000000000000000021-c/forward-1",
            "tag/00000000000000000030/manifest-n",
            "tag/00000000000000000030/00001-1-pack",
            "tag/30/00001-1-pack",
            "tag/45/00001-1-pack",
            "tag/00000000000000000045/00001-1-pack",
            "tag/00000000000000000051/00001-1-pack",
            "shard/00001/1/run-x",
            "journal",
            "journal/x/y",
            "journal/+3/y",
            "identity/x/y",
            "identity/7/y",
            "tag//x",
            "tag/-1/x",
            "tag/99999999999999999999999/x",
            "probe/1",
            "",
        ] {
            assert!(needed.is_needed(key), "{key}");
        }
    }

    #[test]
    fn what_nothing_can_ever_name_is_dead() {
        let catalog = catalog();
        let needed = Needed::new(&catalog, Term(4));
        for key in [
            "journal/0000000000000003/00000000000000000008-trimmed",
            "journal/0000000000000002/00000000000000000009-n",
            "identity/00000000000000000019-a/checkpoint",
            "identity/00000000000000000020-lost/forward-1",
            "tag/00000000000000000029/manifest-n",
            "tag/00000000000000000044/00001-1-pack",
            "tag/44/00001-1-pack",
        ] {
            assert!(!needed.is_needed(key), "{key}");
        }
        let none = Catalog::default();
        let needed = Needed::new(&none, Term(4));
        assert!(needed.is_needed("identity/00000000000000000019-a/checkpoint"));
    }
}
