//! One section as a Parquet file, read through the verified reader.

use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use futures::FutureExt;
use futures::future::BoxFuture;
use parquet::arrow::arrow_reader::ArrowReaderOptions;
use parquet::arrow::async_reader::AsyncFileReader;
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::{ParquetMetaData, ParquetMetaDataReader};

use super::meta::RunMeta;
use super::verified::BlockReader;

/// The bytes of one section.
pub(super) struct SectionFile {
    reader: BlockReader,
    run: Arc<RunMeta>,
    section: usize,
}

impl SectionFile {
    pub(super) fn new(reader: BlockReader, run: Arc<RunMeta>, section: usize) -> Self {
        Self {
            reader,
            run,
            section,
        }
    }
}

impl AsyncFileReader for SectionFile {
    fn get_bytes(&mut self, range: Range<u64>) -> BoxFuture<'_, Result<Bytes>> {
        let start = self.run.sections[self.section].offset;
        let wanted = start + range.start..start + range.end;
        let read = async move { self.reader.read(&self.run, wanted).await };
        read.map(|bytes| bytes.map_err(|e| ParquetError::External(Box::new(e))))
            .boxed()
    }

    fn get_metadata<'a>(
        &'a mut self,
        _options: Option<&'a ArrowReaderOptions>,
    ) -> BoxFuture<'a, Result<Arc<ParquetMetaData>>> {
        let length = self.run.sections[self.section].length;
        let load = async move {
            let reader = ParquetMetaDataReader::new();
            reader.load_and_finish(self, length).await.map(Arc::new)
        };
        load.boxed()
    }
}
