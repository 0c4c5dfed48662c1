//! `DurableLocal` as an object store: what the trait demands, and the staging folder.

use std::path::Path as FilePath;

use futures::TryStreamExt;
use object_store::path::Path;
use object_store::{
    Error, ObjectStore, ObjectStoreExt, PutMode, PutOptions, PutPayload, UpdateVersion,
};
use tempfile::TempDir;

use super::DurableLocal;

fn open() -> (TempDir, DurableLocal) {
    let directory = TempDir::new().expect("temporary directory");
    let store = DurableLocal::open(directory.path()).expect("opens");
    (directory, store)
}

async fn put(
    store: &DurableLocal,
    key: &str,
    content: &'static str,
    mode: PutMode,
) -> Result<(), Error> {
    let payload = PutPayload::from_static(content.as_bytes());
    store
        .put_opts(&Path::from(key), payload, PutOptions::from(mode))
        .await
        .map(drop)
}

async fn get(store: &DurableLocal, key: &str) -> String {
    let bytes = store
        .get(&Path::from(key))
        .await
        .expect("there")
        .bytes()
        .await
        .expect("read");
    String::from_utf8(bytes.to_vec()).expect("text")
}

async fn keys(store: &DurableLocal, prefix: Option<&str>) -> Vec<String> {
    let prefix = prefix.map(Path::from);
    let listed: Vec<_> = store
        .list(prefix.as_ref())
        .try_collect()
        .await
        .expect("lists");
    let mut keys: Vec<_> = listed
        .into_iter()
        .map(|meta| meta.location.to_string())
        .collect();
    keys.sort();
    keys
}

/// Names of files and folders under `.staging/` beyond the store's own folder and its two locks.
fn staged(root: &FilePath) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(root.join(".staging")).expect("staging folder") {
        let path = entry.expect("entry").path();
        if path.is_dir() {
            for file in std::fs::read_dir(&path).expect("folder") {
                found.push(
                    file.expect("entry")
                        .file_name()
                        .into_string()
                        .expect("text"),
                );
            }
        } else {
            found.push(
                path.file_name()
                    .expect("name")
                    .to_str()
                    .expect("text")
                    .to_owned(),
            );
        }
    }
    found.sort();
    found
}

#[tokio::test]
async fn a_create_is_refused_where_an_object_is_and_an_overwrite_is_not() {
    let (_directory, store) = open();
    put(&store, "a/b/c", "one", PutMode::Create)
        .await
        .expect("created");
    let again = put(&store, "a/b/c", "two", PutMode::Create)
        .await
        .expect_err("exists");
    assert!(matches!(again, Error::AlreadyExists { .. }), "{again}");
    assert_eq!(get(&store, "a/b/c").await, "one");
    put(&store, "a/b/c", "three", PutMode::Overwrite)
        .await
        .expect("overwritten");
    assert_eq!(get(&store, "a/b/c").await, "three");
    assert_eq!(staged(store.root()), ["opening", "owner"]);
}

#[tokio::test]
async fn of_many_creates_at_once_one_succeeds() {
    let (_directory, store) = open();
    let contents = ["0", "1", "2", "3", "4", "5", "6", "7"];
    let puts = contents.map(|content| put(&store, "a/deep/key", content, PutMode::Create));
    let outcomes = futures::future::join_all(puts).await;
    let winners: Vec<_> = contents
        .iter()
        .zip(&outcomes)
        .filter(|(_, outcome)| outcome.is_ok())
        .collect();
    assert_eq!(winners.len(), 1);
    assert_eq!(get(&store, "a/deep/key").await, *winners[0].0);
}

#[tokio::test]
async fn the_entity_tag_of_a_put_is_that_of_a_read() {
    let (_directory, store) = open();
    let key = Path::from("a");
    let put = store
        .put(&key, PutPayload::from_static(b"one"))
        .await
        .expect("put");
    assert!(put.e_tag.is_some());
    assert_eq!(put.e_tag, store.head(&key).await.expect("there").e_tag);
}

#[tokio::test]
async fn ranges_and_sizes() {
    let (_directory, store) = open();
    put(&store, "a", "0123456789", PutMode::Create)
        .await
        .expect("created");
    let key = Path::from("a");
    assert_eq!(store.head(&key).await.expect("there").size, 10);
    assert_eq!(store.get_range(&key, 2..5).await.expect("read"), "234");
    let ranges = store.get_ranges(&key, &[0..1, 8..10]).await.expect("read");
    assert_eq!(ranges, ["0", "89"]);
}

#[tokio::test]
async fn lists_show_objects_and_never_the_staging_folder() {
    let (_directory, store) = open();
    for key in ["b", "a/x", "a/y/z", "ab/w"] {
        put(&store, key, "", PutMode::Create)
            .await
            .expect("created");
    }
    assert_eq!(keys(&store, None).await, ["a/x", "a/y/z", "ab/w", "b"]);
    assert_eq!(keys(&store, Some("a")).await, ["a/x", "a/y/z"]);
    assert_eq!(keys(&store, Some(".staging")).await, [""; 0]);
    let after: Vec<_> = store
        .list_with_offset(None, &Path::from("a/x"))
        .map_ok(|meta| meta.location.to_string())
        .try_collect()
        .await
        .expect("lists");
    assert_eq!(after.len(), 3);
    let root = store.list_with_delimiter(None).await.expect("lists");
    assert_eq!(root.common_prefixes, [Path::from("a"), Path::from("ab")]);
    assert_eq!(root.objects.len(), 1);
}

#[tokio::test]
async fn the_staging_folder_cannot_be_addressed() {
    let (_directory, store) = open();
    let refused = put(&store, ".staging/a", "", PutMode::Create)
        .await
        .expect_err("refused");
    assert!(matches!(refused, Error::NotSupported { .. }), "{refused}");
    let opening = Path::from(".staging/opening");
    assert!(store.get(&opening).await.is_err());
    assert!(store.delete(&opening).await.is_err());
    assert!(store.copy(&opening, &Path::from("a")).await.is_err());
}

#[tokio::test]
async fn what_is_deleted_is_gone_and_what_is_missing_is_not_found() {
    let (_directory, store) = open();
    put(&store, "a/b", "one", PutMode::Create)
        .await
        .expect("created");
    store.delete(&Path::from("a/b")).await.expect("deleted");
    for outcome in [
        store.delete(&Path::from("a/b")).await,
        store.delete(&Path::from("no/such")).await,
        store.get(&Path::from("a/b")).await.map(drop),
        store.copy(&Path::from("a/b"), &Path::from("c")).await,
    ] {
        let error = outcome.expect_err("missing");
        assert!(matches!(error, Error::NotFound { .. }), "{error}");
    }
    put(&store, "a/b", "two", PutMode::Create)
        .await
        .expect("created again");
}

#[tokio::test]
async fn copies_are_objects_of_their_own() {
    let (_directory, store) = open();
    put(&store, "a", "one", PutMode::Create)
        .await
        .expect("created");
    store
        .copy(&Path::from("a"), &Path::from("x/b"))
        .await
        .expect("copied");
    put(&store, "a", "two", PutMode::Overwrite)
        .await
        .expect("overwritten");
    assert_eq!(get(&store, "x/b").await, "one");
    let create = store
        .copy_if_not_exists(&Path::from("a"), &Path::from("x/b"))
        .await;
    assert!(matches!(create, Err(Error::AlreadyExists { .. })));
    store
        .copy(&Path::from("a"), &Path::from("a"))
        .await
        .expect("copied onto itself");
    assert_eq!(get(&store, "a").await, "two");
    store
        .rename(&Path::from("a"), &Path::from("x/b"))
        .await
        .expect("renamed");
    assert_eq!(keys(&store, None).await, ["x/b"]);
    assert_eq!(staged(store.root()), ["opening", "owner"]);
}

#[tokio::test]
async fn multipart_puts_appear_whole_or_not_at_all() {
    let (_directory, store) = open();
    let key = Path::from("a/b");
    let mut upload = store.put_multipart(&key).await.expect("begun");
    let (first, second) = (upload.put_part("one".into()), upload.put_part("two".into()));
    second.await.expect("written");
    first.await.expect("written");
    assert_eq!(keys(&store, None).await, [""; 0]);
    upload.complete().await.expect("completed");
    assert_eq!(get(&store, "a/b").await, "onetwo");
    assert!(upload.complete().await.is_err());

    let mut aborted = store.put_multipart(&key).await.expect("begun");
    aborted.put_part("three".into()).await.expect("written");
    aborted.abort().await.expect("aborted");
    let mut dropped = store.put_multipart(&key).await.expect("begun");
    dropped.put_part("four".into()).await.expect("written");
    drop(dropped);
    let mut partial = store.put_multipart(&key).await.expect("begun");
    drop(partial.put_part("five".into()));
    let error = partial
        .complete()
        .await
        .expect_err("a part is missing")
        .to_string();
    assert!(error.contains("0 of 4 bytes were written"), "{error}");
    assert_eq!(get(&store, "a/b").await, "onetwo");
    assert_eq!(staged(store.root()), ["opening", "owner"]);
}

#[tokio::test]
async fn conditional_updates_are_refused() {
    let (_directory, store) = open();
    let update = PutMode::Update(UpdateVersion {
        e_tag: None,
        version: None,
    });
    let error = put(&store, "a", "one", update).await.expect_err("refused");
    assert!(matches!(error, Error::NotImplemented { .. }), "{error}");
}

#[tokio::test]
async fn an_object_cannot_lie_below_another() {
    let (_directory, store) = open();
    put(&store, "a", "one", PutMode::Create)
        .await
        .expect("created");
    assert!(put(&store, "a/b", "two", PutMode::Create).await.is_err());
    assert_eq!(get(&store, "a").await, "one");
}

#[tokio::test]
async fn opening_removes_what_the_dead_left_and_nothing_of_the_living() {
    let (directory, store) = open();
    let staging = directory.path().join(".staging");
    std::fs::create_dir(staging.join("dead")).expect("folder");
    std::fs::write(staging.join("dead").join("owner"), "").expect("file");
    std::fs::write(staging.join("dead").join("0"), "half").expect("file");
    std::fs::create_dir(staging.join("unborn")).expect("folder");
    std::fs::write(staging.join("stray"), "half").expect("file");
    let mut upload = store.put_multipart(&Path::from("a")).await.expect("begun");
    upload.put_part("one".into()).await.expect("written");

    let second = DurableLocal::open(directory.path()).expect("opens");
    assert_eq!(staged(directory.path()), ["0", "opening", "owner", "owner"]);
    drop(second);
    assert_eq!(staged(directory.path()), ["0", "opening", "owner"]);
    upload.complete().await.expect("completed");
    assert_eq!(get(&store, "a").await, "one");
}

#[test]
fn a_file_cannot_be_opened_as_a_store() {
    let directory = TempDir::new().expect("temporary directory");
    let file = directory.path().join("file");
    std::fs::write(&file, "").expect("file");
    assert!(DurableLocal::open(&file).is_err());
}
