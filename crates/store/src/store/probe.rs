//! The probe at start: does a second create of one key fail, as everything here relies on?
//!
//! Owns the objects under `probe/`, each with a name of its own, deleted again.

use bytes::Bytes;
use object_store::path::Path as ObjectPath;
use object_store::{ObjectStore, ObjectStoreExt, PutMode, PutOptions};

use crate::error::{Error, Result};
use crate::object::Nonce;

/// See [`super::Store::probe`].
pub(super) async fn probe(store: &dyn ObjectStore) -> Result<()> {
    let key = format!("probe/{}", Nonce::random());
    let location = ObjectPath::from(key.as_str());
    let outcome = examine(store, &location, &key).await;
    if let Err(error) = store.delete(&location).await
        && !matches!(error, object_store::Error::NotFound { .. })
    {
        tracing::warn!(key, %error, "probe object stays");
    }
    outcome
}

async fn examine(store: &dyn ObjectStore, location: &ObjectPath, key: &str) -> Result<()> {
    let first = Bytes::from_static(b"first");
    put(store, location, first.clone())
        .await
        .map_err(|e| Error::access("create", key, e))?;
    match put(store, location, Bytes::from_static(b"second")).await {
        Ok(()) => {
            return Err(Error::NotCreateOnly {
                store: store.to_string(),
            });
        }
        Err(object_store::Error::AlreadyExists { .. })
        | Err(object_store::Error::Precondition { .. }) => {}
        Err(error) => return Err(Error::access("create again", key, error)),
    }
    let failed = |source| Error::access("read", key, source);
    let found = store
        .get(location)
        .await
        .map_err(failed)?
        .bytes()
        .await
        .map_err(failed)?;
    if found != first {
        return Err(Error::NotFaithful {
            store: store.to_string(),
        });
    }
    Ok(())
}

async fn put(
    store: &dyn ObjectStore,
    location: &ObjectPath,
    bytes: Bytes,
) -> object_store::Result<()> {
    let options = PutOptions::from(PutMode::Create);
    store
        .put_opts(location, bytes.into(), options)
        .await
        .map(drop)
}
