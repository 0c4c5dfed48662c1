//! `VerifiedStore`: the sections of registered runs as read-only objects.
//!
//! Owns the paths of sections. Serves nothing else and writes nothing: it is the only object
//! store that a query's session has.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures::stream::{BoxStream, StreamExt};
use object_store::path::Path;
use object_store::{
    CopyOptions, GetOptions, GetResult, GetResultPayload, ListResult, MultipartUpload, ObjectMeta,
    ObjectStore, PutMultipartOptions, PutOptions, PutPayload, PutResult,
};

use super::reader::BlockReader;
use crate::run::error::Error;
use crate::run::meta::RunMeta;

const NAME: &str = "tagma runs";

/// The path of section `section` of `run`: a complete Parquet file.
pub fn section_path(run: &RunMeta, section: usize) -> Path {
    Path::from(format!("{}/{}/{section}", run.key, run.offset))
}

/// Sections of a fixed set of runs.
#[derive(Debug)]
pub struct VerifiedStore {
    reader: BlockReader,
    sections: BTreeMap<Path, (Arc<RunMeta>, usize)>,
}

impl VerifiedStore {
    /// Serves the sections of `runs`.
    pub fn new(reader: BlockReader, runs: impl IntoIterator<Item = Arc<RunMeta>>) -> Self {
        let mut sections = BTreeMap::new();
        for run in runs {
            for number in 0..run.sections.len() {
                sections.insert(section_path(&run, number), (Arc::clone(&run), number));
            }
        }
        Self { reader, sections }
    }

    fn find(&self, path: &Path) -> object_store::Result<(&RunMeta, Range<u64>)> {
        let Some((run, number)) = self.sections.get(path) else {
            return Err(failed(Error::Unregistered {
                path: path.to_string(),
            }));
        };
        let section = &run.sections[*number];
        Ok((run, section.offset..section.offset + section.length))
    }

    async fn read(&self, path: &Path, range: Range<u64>) -> object_store::Result<Bytes> {
        let (run, section) = self.find(path)?;
        let wanted = section.start + range.start..section.start + range.end;
        if wanted.end > section.end {
            return Err(failed(Error::Mismatch {
                key: run.key.clone(),
                reason: format!("a read of bytes {} to {}", range.start, range.end),
            }));
        }
        self.reader.read(run, wanted).await.map_err(failed)
    }
}

fn failed(error: Error) -> object_store::Error {
    object_store::Error::Generic {
        store: NAME,
        source: Box::new(error),
    }
}

fn read_only() -> object_store::Error {
    object_store::Error::NotSupported {
        source: "runs are read-only here".into(),
    }
}

fn object_meta(location: &Path, size: u64) -> ObjectMeta {
    ObjectMeta {
        location: location.clone(),
        last_modified: DateTime::<Utc>::UNIX_EPOCH,
        size,
        e_tag: None,
        version: None,
    }
}

impl fmt::Display for VerifiedStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{NAME} ({} sections)", self.sections.len())
    }
}

#[async_trait]
impl ObjectStore for VerifiedStore {
    async fn get_opts(&self, path: &Path, options: GetOptions) -> object_store::Result<GetResult> {
        let (_, section) = self.find(path)?;
        let size = section.end - section.start;
        let range = match &options.range {
            None => 0..size,
            Some(range) => range
                .as_range(size)
                .map_err(|e| object_store::Error::Generic {
                    store: NAME,
                    source: e.into(),
                })?,
        };
        let bytes = if options.head {
            Bytes::new()
        } else {
            self.read(path, range.clone()).await?
        };
        let payload = futures::stream::once(std::future::ready(Ok(bytes))).boxed();
        Ok(GetResult {
            payload: GetResultPayload::Stream(payload),
            meta: object_meta(path, size),
            range,
            attributes: Default::default(),
        })
    }

    async fn get_ranges(
        &self,
        path: &Path,
        ranges: &[Range<u64>],
    ) -> object_store::Result<Vec<Bytes>> {
        let mut all = Vec::with_capacity(ranges.len());
        for range in ranges {
            all.push(self.read(path, range.clone()).await?);
        }
        Ok(all)
    }

    async fn put_opts(
        &self,
        _path: &Path,
        _payload: PutPayload,
        _options: PutOptions,
    ) -> object_store::Result<PutResult> {
        Err(read_only())
    }

    async fn put_multipart_opts(
        &self,
        _path: &Path,
        _options: PutMultipartOptions,
    ) -> object_store::Result<Box<dyn MultipartUpload>> {
        Err(read_only())
    }

    fn delete_stream(
        &self,
        paths: BoxStream<'static, object_store::Result<Path>>,
    ) -> BoxStream<'static, object_store::Result<Path>> {
        paths.map(|_| Err(read_only())).boxed()
    }

    fn list(&self, _prefix: Option<&Path>) -> BoxStream<'static, object_store::Result<ObjectMeta>> {
        futures::stream::once(std::future::ready(Err(read_only()))).boxed()
    }

    async fn list_with_delimiter(
        &self,
        _prefix: Option<&Path>,
    ) -> object_store::Result<ListResult> {
        Err(read_only())
    }

    async fn copy_opts(
        &self,
        _from: &Path,
        _to: &Path,
        _options: CopyOptions,
    ) -> object_store::Result<()> {
        Err(read_only())
    }
}
