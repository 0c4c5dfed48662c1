//! A store for tests whose next puts and reads answer as scripted, over an in-memory one.
//!
//! Owns the ways in which real stores answer wrongly.

use std::collections::VecDeque;
use std::fmt;
use std::sync::Mutex;

use async_trait::async_trait;
use futures::stream::BoxStream;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta,
    ObjectStore, PutMode, PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};

/// What happens to one put.
#[derive(Debug, Clone, Copy)]
pub(super) enum Fault {
    /// It lands, but its answer is lost.
    LandsUnanswered,
    /// It neither lands nor is answered.
    IsLost,
    /// It is answered "exists" without landing.
    ExistsWithoutCause,
    /// It replaces what is there.
    Overwrites,
}

/// An in-memory store with scripted faults.
#[derive(Debug, Default)]
pub(super) struct Faulty {
    pub(super) inner: InMemory,
    puts: Mutex<VecDeque<Option<Fault>>>,
    reads_fail: bool,
}

impl Faulty {
    /// The faults of the next puts, in order; after them all is well.
    pub(super) fn puts(faults: impl IntoIterator<Item = Option<Fault>>) -> Self {
        Self {
            puts: Mutex::new(faults.into_iter().collect()),
            ..Self::default()
        }
    }

    /// All reads fail as well.
    pub(super) fn with_failing_reads(self) -> Self {
        Self {
            reads_fail: true,
            ..self
        }
    }
}

fn no_answer() -> Error {
    Error::Generic {
        store: "Faulty",
        source: "connection reset".into(),
    }
}

impl fmt::Display for Faulty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Faulty")
    }
}

#[async_trait]
impl ObjectStore for Faulty {
    async fn put_opts(
        &self,
        location: &Path,
        payload: PutPayload,
        opts: PutOptions,
    ) -> Result<PutResult> {
        let fault = self.puts.lock().expect("script").pop_front().flatten();
        match fault {
            None => self.inner.put_opts(location, payload, opts).await,
            Some(Fault::LandsUnanswered) => {
                self.inner.put_opts(location, payload, opts).await?;
                Err(no_answer())
            }
            Some(Fault::IsLost) => Err(no_answer()),
            Some(Fault::ExistsWithoutCause) => Err(Error::AlreadyExists {
                path: location.to_string(),
                source: "409".into(),
            }),
            Some(Fault::Overwrites) => {
                self.inner
                    .put_opts(location, payload, PutMode::Overwrite.into())
                    .await
            }
        }
    }

    async fn put_multipart_opts(
        &self,
        location: &Path,
        opts: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        self.inner.put_multipart_opts(location, opts).await
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        if self.reads_fail {
            return Err(no_answer());
        }
        self.inner.get_opts(location, options).await
    }

    fn delete_stream(
        &self,
        locations: BoxStream<'static, Result<Path>>,
    ) -> BoxStream<'static, Result<Path>> {
        self.inner.delete_stream(locations)
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.inner.list(prefix)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.inner.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.inner.copy_opts(from, to, options).await
    }
}
