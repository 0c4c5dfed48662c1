//! `Store`: the handle by which coordinators and workers reach stored objects.
//!
//! Owns the outcome of creates (whose object is it?), key validation and the error kinds. Must
//! not overwrite: there is no such method. Does not retry reads: the cloud clients below it do,
//! and what a local file system refuses once it refuses again.

use std::fmt;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use futures::TryStreamExt;
use object_store::path::Path as ObjectPath;
use object_store::{ObjectStore, ObjectStoreExt};

use crate::durable_local::DurableLocal;
use crate::error::{Error, Result};
use crate::object::{Nonce, SectionRef, verify_section};

mod create;
#[cfg(test)]
mod create_tests;
#[cfg(test)]
mod faulty;
mod probe;
#[cfg(test)]
mod tests;

pub use create::Created;

/// Handle to an object store; clones are cheap and share it.
///
/// Keys are `/`-separated, without empty parts, and belong to the callers; `probe/` is used by
/// [`Store::probe`].
#[derive(Clone)]
pub struct Store {
    inner: Arc<dyn ObjectStore>,
}

impl Store {
    /// A store in the directory `root`, durable against power cuts. Blocks; call it at start.
    ///
    /// # Errors
    /// `Open` if the directory cannot be created, written or locked.
    pub fn open_local(root: &Path) -> Result<Self> {
        let local = DurableLocal::open(root).map_err(|source| Error::Open {
            root: root.display().to_string(),
            source,
        })?;
        Ok(Self::new(Arc::new(local)))
    }

    /// A store over any implementation whose create-only puts work (see [`Store::probe`]).
    pub fn new(inner: Arc<dyn ObjectStore>) -> Self {
        Self { inner }
    }

    /// The implementation beneath, for readers that speak its trait (SQL scans).
    pub fn object_store(&self) -> Arc<dyn ObjectStore> {
        Arc::clone(&self.inner)
    }

    /// Creates the framed object `object`, which carries `nonce`, under `key`.
    ///
    /// Idempotent: repeated with the same nonce it succeeds. On success the object is durable.
    ///
    /// # Errors
    /// `Exists` if another writer's object is there, `OutcomeUnknown` if the store could not tell
    /// (repeat it with the same nonce), `WrongNonce` if `object` does not carry `nonce`,
    /// `Access` (kind `Exhausted` on a full disk) if nothing was created.
    pub async fn create(&self, key: &str, object: Bytes, nonce: Nonce) -> Result<Created> {
        create::create(self.inner.as_ref(), key, object, nonce).await
    }

    /// The whole object.
    ///
    /// # Errors
    /// `NotFound` if there is none.
    pub async fn read(&self, key: &str) -> Result<Bytes> {
        let location = object_path(key)?;
        let failed = |source| Error::access("read", key, source);
        self.inner
            .get(&location)
            .await
            .map_err(failed)?
            .bytes()
            .await
            .map_err(failed)
    }

    /// Bytes `range` of the object.
    ///
    /// # Errors
    /// `NotFound` if there is none; `Corrupt` if it ends before the range does, since ranges come
    /// from references to immutable objects.
    pub async fn read_range(&self, key: &str, range: Range<u64>) -> Result<Bytes> {
        let location = object_path(key)?;
        if range.is_empty() {
            return Ok(Bytes::new());
        }
        let bytes = match self.inner.get_range(&location, range.clone()).await {
            Ok(bytes) => bytes,
            Err(source) => return Err(self.explain_range(key, range, source).await),
        };
        if bytes.len() as u64 != range.end - range.start {
            return Err(cut(key, &range));
        }
        Ok(bytes)
    }

    /// One section of an object, by a reference kept elsewhere, verified.
    ///
    /// # Errors
    /// `NotFound` if there is no such object, `Corrupt` if the section is damaged.
    pub async fn read_section(&self, key: &str, section: &SectionRef) -> Result<Bytes> {
        let bytes = self.read_range(key, section.range()).await?;
        verify_section(bytes, section, key)
    }

    /// Size of the object in bytes.
    ///
    /// # Errors
    /// `NotFound` if there is none.
    pub async fn head(&self, key: &str) -> Result<u64> {
        let location = object_path(key)?;
        let meta = self.inner.head(&location).await;
        Ok(meta
            .map_err(|source| Error::access("examine", key, source))?
            .size)
    }

    /// All objects under the folder `prefix` (empty: all), as (key, size in bytes), by key.
    ///
    /// A prefix matches whole parts: `a/b` lists `a/b/c`, not `a/bc`.
    ///
    /// # Errors
    /// `InvalidKey` or `Access`.
    pub async fn list(&self, prefix: &str) -> Result<Vec<(String, u64)>> {
        let location = match prefix.trim_end_matches('/') {
            "" => None,
            prefix => Some(object_path(prefix)?),
        };
        let objects = self.inner.list(location.as_ref());
        let mut listed: Vec<(String, u64)> = objects
            .map_ok(|meta| (meta.location.to_string(), meta.size))
            .try_collect()
            .await
            .map_err(|source| Error::access("list", prefix, source))?;
        listed.sort_unstable();
        Ok(listed)
    }

    /// Deletes the object; on success it is gone for good.
    ///
    /// # Errors
    /// `NotFound` if there is none (S3 does not tell, and succeeds).
    pub async fn delete(&self, key: &str) -> Result<()> {
        let location = object_path(key)?;
        let outcome = self.inner.delete(&location).await;
        outcome.map_err(|source| Error::access("delete", key, source))
    }

    /// Shows that the store is fit: it creates a probe object, tries to create it again, reads it
    /// back and deletes it. Call it at start.
    ///
    /// # Errors
    /// `NotCreateOnly` if the second create succeeds: such a store must not be used.
    /// `NotFaithful` if other bytes come back. `Access` if it cannot be written or read.
    pub async fn probe(&self) -> Result<()> {
        probe::probe(self.inner.as_ref()).await
    }

    /// Tells a range past the end of the object from a failed read.
    async fn explain_range(
        &self,
        key: &str,
        range: Range<u64>,
        source: object_store::Error,
    ) -> Error {
        match self.head(key).await {
            Ok(size) if size < range.end => cut(key, &range),
            _ => Error::access("read", key, source),
        }
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Store({})", self.inner)
    }
}

fn cut(key: &str, range: &Range<u64>) -> Error {
    let what = format!("it ends before offset {}", range.end);
    Error::corrupt(key, what)
}

/// The path of a key, which must be in its one normal form.
fn object_path(key: &str) -> Result<ObjectPath> {
    match ObjectPath::parse(key) {
        Ok(path) if path.as_ref() == key && !key.is_empty() => Ok(path),
        _ => Err(Error::InvalidKey {
            key: key.to_owned(),
        }),
    }
}
