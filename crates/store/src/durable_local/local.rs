//! `DurableLocal`: the object store trait over one directory.
//!
//! Owns the mapping of the trait to blocking steps. Reads and lists are `object_store`'s own,
//! minus `.staging/`. Must not block an async thread: file work runs on blocking threads.

use std::fmt;
use std::io;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::BoxStream;
use futures::{StreamExt, TryStreamExt};
use object_store::path::Path as ObjectPath;
use object_store::{
    Attributes, CopyOptions, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta,
    ObjectStore, PutMode, PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};
use tokio::task::spawn_blocking;

use super::fsync::{Fsync, OsFsync};
use super::publish::{self, Mode};
use super::upload::Upload;
use super::volume::{Volume, check_addressable, is_staging};

/// Deletes of one stream that run at the same time.
const DELETES: usize = 8;

/// An object store in a directory whose writes are durable when they return. Clones share it.
///
/// Supports create-only and overwriting puts; conditional updates and attributes are refused.
/// Needs a tokio runtime.
#[derive(Debug, Clone)]
pub struct DurableLocal {
    volume: Arc<Volume>,
}

impl DurableLocal {
    /// Opens the directory `root`, creating it durably if it is missing, and removes what dead
    /// processes left in its staging folder. Blocks.
    ///
    /// # Errors
    /// Of the file system, if the directory cannot be created, read, written or locked.
    pub fn open(root: &Path) -> io::Result<Self> {
        Self::open_with(root, Arc::new(OsFsync))
    }

    /// As `open`, with another fsync.
    pub(super) fn open_with(root: &Path, fsync: Arc<dyn Fsync>) -> io::Result<Self> {
        Ok(Self {
            volume: Arc::new(Volume::open(root, fsync)?),
        })
    }

    /// The canonical path of the directory.
    pub fn root(&self) -> &Path {
        self.volume.directories.root()
    }

    fn refuse_attributes(&self, attributes: &Attributes) -> Result<()> {
        if attributes.is_empty() {
            Ok(())
        } else {
            Err(self.not_implemented("attributes"))
        }
    }

    fn not_implemented(&self, operation: &str) -> object_store::Error {
        object_store::Error::NotImplemented {
            operation: operation.to_owned(),
            implementer: self.to_string(),
        }
    }
}

impl fmt::Display for DurableLocal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DurableLocal({})", self.root().display())
    }
}

#[async_trait]
impl ObjectStore for DurableLocal {
    async fn put_opts(
        &self,
        location: &ObjectPath,
        payload: PutPayload,
        opts: PutOptions,
    ) -> Result<PutResult> {
        let mode = match opts.mode {
            PutMode::Create => Mode::Create,
            PutMode::Overwrite => Mode::Overwrite,
            PutMode::Update(_) => return Err(self.not_implemented("conditional updates")),
        };
        self.refuse_attributes(&opts.attributes)?;
        let destination = self.volume.file_of(location)?;
        let volume = Arc::clone(&self.volume);
        spawn_blocking(move || publish::put(&volume, &destination, &payload, mode)).await?
    }

    async fn put_multipart_opts(
        &self,
        location: &ObjectPath,
        opts: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        self.refuse_attributes(&opts.attributes)?;
        let destination = self.volume.file_of(location)?;
        let volume = Arc::clone(&self.volume);
        let upload = spawn_blocking(move || {
            let stage = volume.staging.stage()?;
            Ok::<_, object_store::Error>(Upload::new(volume, stage, destination))
        });
        Ok(Box::new(upload.await??))
    }

    async fn get_opts(&self, location: &ObjectPath, options: GetOptions) -> Result<GetResult> {
        check_addressable(location)?;
        self.volume.reads.get_opts(location, options).await
    }

    async fn get_ranges(&self, location: &ObjectPath, ranges: &[Range<u64>]) -> Result<Vec<Bytes>> {
        check_addressable(location)?;
        self.volume.reads.get_ranges(location, ranges).await
    }

    fn delete_stream(
        &self,
        locations: BoxStream<'static, Result<ObjectPath>>,
    ) -> BoxStream<'static, Result<ObjectPath>> {
        let volume = Arc::clone(&self.volume);
        locations
            .map(move |location| {
                let volume = Arc::clone(&volume);
                async move {
                    let location = location?;
                    let file = volume.file_of(&location)?;
                    spawn_blocking(move || publish::delete(&volume, &file)).await??;
                    Ok(location)
                }
            })
            .buffered(DELETES)
            .boxed()
    }

    fn list(&self, prefix: Option<&ObjectPath>) -> BoxStream<'static, Result<ObjectMeta>> {
        let visible = |meta: &ObjectMeta| futures::future::ready(!is_staging(&meta.location));
        self.volume.reads.list(prefix).try_filter(visible).boxed()
    }

    fn list_with_offset(
        &self,
        prefix: Option<&ObjectPath>,
        offset: &ObjectPath,
    ) -> BoxStream<'static, Result<ObjectMeta>> {
        let visible = |meta: &ObjectMeta| futures::future::ready(!is_staging(&meta.location));
        self.volume
            .reads
            .list_with_offset(prefix, offset)
            .try_filter(visible)
            .boxed()
    }

    async fn list_with_delimiter(&self, prefix: Option<&ObjectPath>) -> Result<ListResult> {
        let mut listed = self.volume.reads.list_with_delimiter(prefix).await?;
        listed
            .common_prefixes
            .retain(|location| !is_staging(location));
        listed.objects.retain(|meta| !is_staging(&meta.location));
        Ok(listed)
    }

    async fn copy_opts(
        &self,
        from: &ObjectPath,
        to: &ObjectPath,
        options: CopyOptions,
    ) -> Result<()> {
        let (from, to) = (self.volume.file_of(from)?, self.volume.file_of(to)?);
        let volume = Arc::clone(&self.volume);
        let mode = Mode::from(options.mode);
        spawn_blocking(move || publish::copy(&volume, &from, &to, mode)).await?
    }
}
