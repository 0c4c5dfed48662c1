//! Tag runs: opened once, published once or not at all.

use super::super::{
    command::PublishTags,
    history::History,
    outcome::{Outcome, Refusal},
    state::{Catalog, Job, JobId, Published, TagState},
};
use crate::{
    error::ErrorKind,
    id::{AsOf, LogIndex, TagVersion},
    schema::{Name, TagDefinition},
};

/// Failed runs that are remembered.
const FAILED_JOBS_MAX: usize = 256;

impl Catalog {
    pub(super) fn open_job(&mut self, index: LogIndex, tags: &[Name], as_of: i64) -> Outcome {
        let definitions: Result<Vec<TagDefinition>, Refusal> = tags
            .iter()
            .map(|name| self.current_tag(name).cloned())
            .collect();
        match definitions {
            Ok(tags) => {
                self.jobs.insert(
                    JobId(index.0),
                    Job {
                        index,
                        as_of: AsOf(as_of),
                        tags,
                    },
                );
                Outcome::Job(JobId(index.0))
            }
            Err(refusal) => Outcome::Refused(refusal),
        }
    }

    pub(super) fn publish(&mut self, index: LogIndex, publish: &PublishTags) -> Outcome {
        let Some(job) = self.jobs.get(&publish.job).cloned() else {
            let message = format!("job {} is not open", publish.job.0);
            return Outcome::refused(ErrorKind::Conflict, message);
        };
        let missing = job
            .tags
            .iter()
            .find(|t| !publish.tags.iter().any(|p| p.name == t.name));
        if let Some(tag) = missing {
            let message = format!("job {} lacks a result for `{}`", publish.job.0, tag.name);
            return Outcome::refused(ErrorKind::Invalid, message);
        }
        self.jobs.remove(&publish.job);
        let mut versions = Vec::new();
        for definition in &job.tags {
            let rows = publish
                .tags
                .iter()
                .find(|p| p.name == definition.name)
                .map(|p| p.rows);
            let published = Published {
                version: TagVersion(0),
                index,
                source_index: job.index,
                as_of: job.as_of,
                manifest: publish.manifest.clone(),
                definition: definition.clone(),
                rows: rows.unwrap_or(0),
                rolled_back_to: None,
            };
            versions.push(self.add_version(published));
        }
        Outcome::Published(versions)
    }

    pub(super) fn fail_job(&mut self, job: JobId, reason: &str) -> Outcome {
        if self.jobs.remove(&job).is_none() {
            return Outcome::refused(ErrorKind::Conflict, format!("job {} is not open", job.0));
        }
        self.failed_jobs.push_back((job, reason.to_owned()));
        if self.failed_jobs.len() > FAILED_JOBS_MAX {
            self.failed_jobs.pop_front();
        }
        Outcome::Done
    }

    pub(super) fn roll_back(
        &mut self,
        index: LogIndex,
        name: &Name,
        version: TagVersion,
    ) -> Outcome {
        let kept = self.tags.get(name).map(|tag| &tag.versions);
        let found = kept
            .and_then(|v| v.iter().find(|p| p.version == version))
            .cloned();
        let Some(old) = found else {
            let message = format!("tag `{name}` has no kept version {version}");
            return Outcome::refused(ErrorKind::NotFound, message);
        };
        let again = Published {
            index,
            rolled_back_to: Some(version),
            ..old
        };
        Outcome::Published(vec![self.add_version(again)])
    }

    fn current_tag(&self, name: &Name) -> Result<&TagDefinition, Refusal> {
        let found = self
            .tags
            .get(name)
            .and_then(|tag| tag.definitions.current());
        found.ok_or_else(|| Refusal {
            kind: ErrorKind::NotFound,
            message: format!("there is no tag `{name}`"),
        })
    }

    fn add_version(&mut self, published: Published) -> (Name, TagVersion) {
        let name = published.definition.name.clone();
        let floor = self.oldest_kept();
        let tag = self.tags.entry(name.clone()).or_default();
        let version = TagVersion(tag.versions.last().map_or(0, |last| last.version.0) + 1);
        tag.versions.push_back(Published {
            version,
            ..published
        });
        tag.forget(floor);
        (name, version)
    }
}

impl TagState {
    /// Drops versions beyond the tag's history that no readable index needs.
    pub(super) fn forget(&mut self, floor: LogIndex) {
        let keep = self.definitions.current().map_or(1, |d| d.history.max(1)) as usize;
        while self.versions.len() > keep
            && self.versions.get(1).is_some_and(|next| next.index <= floor)
        {
            self.versions.pop_front();
        }
        History::forget_below(&mut self.definitions, floor);
    }
}
