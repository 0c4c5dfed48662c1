//! `Store` over a local directory: reads, ranges, lists, deletes, keys.

use bytes::Bytes;
use tagma_core::ErrorKind;
use tempfile::TempDir;

use super::{Created, Store};
use crate::error::Error;
use crate::object::{Nonce, ObjectBuilder, ObjectKind, SectionRef};
use crate::record::{decode_single, encode_single};

async fn open() -> (TempDir, Store) {
    let directory = TempDir::new().expect("temporary directory");
    let store = Store::open_local(&directory.path().join("objects")).expect("opens");
    store.probe().await.expect("fit");
    (directory, store)
}

async fn create(store: &Store, key: &str, content: &str) -> Bytes {
    let nonce = Nonce::random();
    let object = encode_single(ObjectKind::Run, nonce, content.as_bytes());
    assert_eq!(
        store
            .create(key, object.clone(), nonce)
            .await
            .expect("created"),
        Created::Now
    );
    object
}

#[tokio::test]
async fn objects_outlive_the_handle() {
    let (directory, store) = open().await;
    let object = create(&store, "a/b", "content").await;
    drop(store);
    let store = Store::open_local(&directory.path().join("objects")).expect("opens");
    let read = store.read("a/b").await.expect("there");
    assert_eq!(read, object);
    let (_, content) = decode_single(ObjectKind::Run, read, "a/b").expect("intact");
    assert_eq!(content, "content");
    let size = object.len() as u64;
    assert_eq!(store.head("a/b").await.expect("there"), size);
    assert_eq!(
        store.list("").await.expect("lists"),
        [("a/b".to_owned(), size)]
    );
}

#[tokio::test]
async fn repeated_and_rival_creates_on_disk() {
    let (_directory, store) = open().await;
    let nonce = Nonce::random();
    let object = encode_single(ObjectKind::Run, nonce, b"ours");
    store
        .create("a", object.clone(), nonce)
        .await
        .expect("created");
    assert_eq!(
        store.create("a", object, nonce).await.expect("again"),
        Created::Before
    );
    let rival = Nonce::random();
    let theirs = encode_single(ObjectKind::Run, rival, b"theirs");
    let error = store.create("a", theirs, rival).await.expect_err("taken");
    assert_eq!(error.kind(), ErrorKind::AlreadyExists);
}

#[tokio::test]
async fn sections_are_read_by_reference_and_verified() {
    let (_directory, store) = open().await;
    let nonce = Nonce::random();
    let mut builder = ObjectBuilder::new(ObjectKind::Pack, nonce).aligned();
    let first = builder.section(1, b"first");
    let second = builder.section(2, b"second");
    let empty = builder.section(3, b"");
    store
        .create("p", builder.finish(), nonce)
        .await
        .expect("created");
    assert_eq!(
        store.read_section("p", &second).await.expect("intact"),
        "second"
    );
    assert_eq!(
        store.read_section("p", &first).await.expect("intact"),
        "first"
    );
    assert_eq!(store.read_section("p", &empty).await.expect("intact"), "");
    let wrong = SectionRef {
        crc: !first.crc,
        ..first
    };
    let error = store.read_section("p", &wrong).await.expect_err("checksum");
    assert_eq!(error.kind(), ErrorKind::Corrupt);
}

#[tokio::test]
async fn a_range_past_the_end_is_damage() {
    let (_directory, store) = open().await;
    let size = create(&store, "a", "content").await.len() as u64;
    assert_eq!(store.read_range("a", 0..8).await.expect("read"), "TAGMAOB1");
    for range in [
        size - 1..size + 1,
        size..size + 5,
        size + 10..size + 20,
        0..u64::MAX,
    ] {
        let error = store
            .read_range("a", range.clone())
            .await
            .expect_err("past the end");
        let message = format!("object a is damaged: it ends before offset {}", range.end);
        assert_eq!(error.to_string(), message);
    }
}

#[tokio::test]
async fn lists_are_sorted_and_match_whole_parts() {
    let (_directory, store) = open().await;
    for key in ["b/2", "b/10", "a", "bc/1", "b/1/x"] {
        create(&store, key, key).await;
    }
    let keys = |listed: Vec<(String, u64)>| -> Vec<String> {
        listed.into_iter().map(|(key, _)| key).collect()
    };
    let all = keys(store.list("").await.expect("lists"));
    assert_eq!(all, ["a", "b/1/x", "b/10", "b/2", "bc/1"]);
    for prefix in ["b", "b/"] {
        let below = keys(store.list(prefix).await.expect("lists"));
        assert_eq!(below, ["b/1/x", "b/10", "b/2"]);
    }
    assert_eq!(store.list("nothing/here").await.expect("lists"), []);
}

#[tokio::test]
async fn what_is_missing_is_not_found() {
    let (_directory, store) = open().await;
    create(&store, "a/b", "content").await;
    store.delete("a/b").await.expect("deleted");
    for outcome in [
        store.read("a/b").await.map(drop),
        store.read_range("a/b", 0..4).await.map(drop),
        store.head("a/b").await.map(drop),
        store.delete("a/b").await,
        store.read("a").await.map(drop),
    ] {
        let error = outcome.expect_err("missing");
        assert!(matches!(error, Error::NotFound { .. }), "{error:?}");
        assert_eq!(error.kind(), ErrorKind::NotFound);
    }
}

#[tokio::test]
async fn keys_have_one_form() {
    let (_directory, store) = open().await;
    for key in ["", "/", "/a", "a/", "a//b", ".", "../a", "a/../b", "a\nb"] {
        let error = store.read(key).await.expect_err("not a key");
        assert_eq!(error.kind(), ErrorKind::Invalid, "{key:?}");
    }
}

#[test]
fn a_file_is_no_store() {
    let directory = TempDir::new().expect("temporary directory");
    let file = directory.path().join("file");
    std::fs::write(&file, "").expect("file");
    let error = Store::open_local(&file).expect_err("a file");
    assert!(matches!(error, Error::Open { .. }), "{error}");
}
