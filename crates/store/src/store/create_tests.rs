//! Whose object is it? Creates against stores that answer wrongly.

use std::sync::Arc;

use bytes::Bytes;
use object_store::ObjectStoreExt;
use object_store::path::Path;
use tagma_core::ErrorKind;

use super::faulty::{Fault, Faulty};
use super::{Created, Store};
use crate::error::{Error, Result};
use crate::object::{Nonce, ObjectKind};
use crate::record::encode_single;

fn object(content: &str) -> (Bytes, Nonce) {
    let nonce = Nonce::random();
    (
        encode_single(ObjectKind::Run, nonce, content.as_bytes()),
        nonce,
    )
}

async fn create(store: &Store, object: &(Bytes, Nonce)) -> Result<Created> {
    store.create("a/b", object.0.clone(), object.1).await
}

#[tokio::test]
async fn the_first_create_wins_and_its_repetition_succeeds() {
    let store = Store::new(Arc::new(Faulty::default()));
    let (ours, theirs) = (object("ours"), object("theirs"));
    assert_eq!(create(&store, &ours).await.expect("created"), Created::Now);
    assert_eq!(
        create(&store, &ours).await.expect("repeated"),
        Created::Before
    );
    let error = create(&store, &theirs).await.expect_err("taken");
    assert!(
        matches!(&error, Error::Exists { key } if key == "a/b"),
        "{error}"
    );
    assert_eq!(error.kind(), ErrorKind::AlreadyExists);
    assert_eq!(store.read("a/b").await.expect("there"), ours.0);
}

#[tokio::test]
async fn a_put_that_landed_without_an_answer_is_found() {
    let store = Store::new(Arc::new(Faulty::puts([Some(Fault::LandsUnanswered)])));
    let outcome = create(&store, &object("ours")).await;
    assert_eq!(outcome.expect("landed"), Created::Before);
}

#[tokio::test]
async fn a_lost_put_is_an_error_and_may_be_repeated() {
    let store = Store::new(Arc::new(Faulty::puts([Some(Fault::IsLost)])));
    let ours = object("ours");
    let error = create(&store, &ours).await.expect_err("lost");
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert_eq!(create(&store, &ours).await.expect("created"), Created::Now);
}

#[tokio::test]
async fn exists_without_an_object_is_tried_again_and_not_for_ever() {
    let fault = Some(Fault::ExistsWithoutCause);
    let store = Store::new(Arc::new(Faulty::puts([fault, fault])));
    assert_eq!(
        create(&store, &object("ours")).await.expect("created"),
        Created::Now
    );

    let store = Store::new(Arc::new(Faulty::puts([fault; 100])));
    let error = create(&store, &object("ours")).await.expect_err("given up");
    assert_eq!(error.kind(), ErrorKind::AlreadyExists);
    assert!(matches!(error, Error::Access { .. }), "{error}");
}

#[tokio::test]
async fn without_answer_and_without_read_back_the_outcome_is_unknown() {
    let faulty = Faulty::puts([Some(Fault::LandsUnanswered)]).with_failing_reads();
    let store = Store::new(Arc::new(faulty));
    let error = create(&store, &object("ours")).await.expect_err("unknown");
    assert!(matches!(error, Error::OutcomeUnknown { .. }), "{error}");
    assert_eq!(error.kind(), ErrorKind::Timeout);
}

#[tokio::test]
async fn a_key_taken_by_foreign_bytes_is_named_as_damaged() {
    for foreign in ["", "short", &"long ".repeat(100)] {
        let faulty = Faulty::default();
        let payload = foreign.to_owned().into();
        faulty
            .inner
            .put(&Path::from("a/b"), payload)
            .await
            .expect("put");
        let store = Store::new(Arc::new(faulty));
        let error = create(&store, &object("ours")).await.expect_err("taken");
        assert_eq!(error.kind(), ErrorKind::Corrupt, "{error}");
    }
}

#[tokio::test]
async fn an_object_is_created_under_the_nonce_that_it_carries() {
    let store = Store::new(Arc::new(Faulty::default()));
    let (bytes, _) = object("ours");
    for bytes in [bytes, Bytes::new(), Bytes::from_static(&[0; 100])] {
        let error = store
            .create("a/b", bytes, Nonce::random())
            .await
            .expect_err("refused");
        assert!(matches!(error, Error::WrongNonce { .. }), "{error}");
    }
    assert_eq!(store.list("").await.expect("lists"), []);
}

#[tokio::test]
async fn the_probe_accepts_create_only_stores_and_cleans_up() {
    let store = Store::new(Arc::new(Faulty::default()));
    store.probe().await.expect("fit");
    assert_eq!(store.list("").await.expect("lists"), []);
}

#[tokio::test]
async fn the_probe_refuses_a_store_that_overwrites() {
    let store = Store::new(Arc::new(Faulty::puts([None, Some(Fault::Overwrites)])));
    let error = store.probe().await.expect_err("unfit");
    assert_eq!(error.kind(), ErrorKind::Incompatible);
    let message = error.to_string();
    let start = "Faulty ignores create-only puts, so acknowledged data could be overwritten: use";
    assert!(message.starts_with(start), "{message}");
    assert_eq!(store.list("").await.expect("lists"), []);
}

#[tokio::test]
async fn the_probe_passes_on_that_a_store_cannot_be_written() {
    let store = Store::new(Arc::new(Faulty::puts([Some(Fault::IsLost)])));
    let error = store.probe().await.expect_err("unfit");
    assert_eq!(error.kind(), ErrorKind::Unavailable);
}
