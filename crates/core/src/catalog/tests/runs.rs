//! Runs of tags: published once or not at all.

use super::*;

#[test]
fn a_run_is_published_once_on_all_shards_or_not_at_all() {
    let mut log = Log::new();
    let documents = ApplyDocuments {
        chain: 1,
        tags: vec![tag("t")],
        ..Default::default()
    };
    log.apply(Command::Apply(Box::new(documents)));
    let open = |log: &mut Log| match log.apply(Command::OpenJob {
        tags: vec![name("t")],
        as_of: 7,
    }) {
        Outcome::Job(job) => job,
        other => panic!("{other:?}"),
    };
    let publish = |job| {
        let tags = vec![PublishedTag {
            name: name("t"),
            rows: 1,
        }];
        Command::PublishTags(PublishTags {
            job,
            manifest: object("tag/1"),
            tags,
        })
    };
    let job = open(&mut log);
    assert_eq!(log.catalog.oldest_kept(), LogIndex(0));
    let published = log.apply(publish(job));
    assert_eq!(
        published,
        Outcome::Published(vec![(name("t"), TagVersion(1))])
    );
    assert_eq!(refusal(log.apply(publish(job))), ErrorKind::Conflict);
    let failed = open(&mut log);
    log.apply(Command::FailJob {
        job: failed,
        reason: "no".into(),
    });
    assert_eq!(refusal(log.apply(publish(failed))), ErrorKind::Conflict);
    let again = open(&mut log);
    log.apply(publish(again));
    let at = log.catalog.version_at("t", LogIndex(log.index - 1));
    assert_eq!(at.map(|published| published.version), Some(TagVersion(1)));
    let back = Command::RollbackTag {
        name: name("t"),
        version: TagVersion(1),
    };
    let rolled = log.apply(back);
    assert_eq!(rolled, Outcome::Published(vec![(name("t"), TagVersion(3))]));
}

#[test]
fn what_a_run_has_published_is_told_by_its_job() {
    let mut log = Log::new();
    let documents = ApplyDocuments {
        chain: 1,
        tags: vec![tag("t")],
        ..Default::default()
    };
    log.apply(Command::Apply(Box::new(documents)));
    let open = Command::OpenJob {
        tags: vec![name("t")],
        as_of: 7,
    };
    let Outcome::Job(job) = log.apply(open.clone()) else {
        panic!("refused");
    };
    assert!(log.catalog.published_by(job).is_empty());
    let tags = vec![PublishedTag {
        name: name("t"),
        rows: 1,
    }];
    log.apply(Command::PublishTags(PublishTags {
        job,
        manifest: object("tag/1"),
        tags,
    }));
    // Its values come back as another version, which no run has published.
    log.apply(Command::RollbackTag {
        name: name("t"),
        version: TagVersion(1),
    });
    let versions = log.catalog.published_by(job);
    assert_eq!(versions.len(), 1);
    assert_eq!((versions[0].version, versions[0].rows), (TagVersion(1), 1));
}
