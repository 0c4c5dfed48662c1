//! Members as Parquet: the columns as they come, lists as lists.

use arrow::{array::RecordBatch, datatypes::SchemaRef};
use parquet::{
    arrow::ArrowWriter,
    basic::{Compression, ZstdLevel},
    errors::ParquetError,
    file::properties::WriterProperties,
};

use super::{MemberWriter, NewFile};
use crate::failure::Failure;

/// Writes batches of one schema as a Parquet file.
pub(crate) struct ParquetMembers(ArrowWriter<NewFile>);

impl ParquetMembers {
    /// Starts the file.
    ///
    /// # Errors
    /// Where the output cannot be written.
    pub(crate) fn new(file: NewFile, schema: &SchemaRef) -> Result<Self, Failure> {
        let compression = Compression::ZSTD(ZstdLevel::default());
        let properties = WriterProperties::builder()
            .set_compression(compression)
            .build();
        let writer = ArrowWriter::try_new(file, schema.clone(), Some(properties));
        writer.map(Self).map_err(|error| failure(&error))
    }
}

impl MemberWriter for ParquetMembers {
    fn write(&mut self, batch: &RecordBatch) -> Result<(), Failure> {
        self.0.write(batch).map_err(|error| failure(&error))
    }

    fn finish(self: Box<Self>) -> Result<(), Failure> {
        let file = self.0.into_inner().map_err(|error| failure(&error))?;
        file.publish()
    }
}

fn failure(error: &ParquetError) -> Failure {
    Failure::internal("cannot write the Parquet file", error)
}

#[cfg(test)]
mod tests {
    use std::{fs::File, sync::Arc};

    use arrow::array::{ArrayRef, Int64Array};
    use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

    use super::*;

    #[test]
    fn what_was_written_is_read_back() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("a.parquet");
        let oneids: ArrayRef = Arc::new(Int64Array::from(vec![1, 2]));
        let batch = RecordBatch::try_from_iter([("oneid", oneids)]).expect("fits");
        let file = NewFile::create(&path).expect("created");
        let mut writer = ParquetMembers::new(file, &batch.schema()).expect("started");
        writer.write(&batch).expect("written");
        Box::new(writer).finish().expect("published");
        let file = File::open(&path).expect("there");
        let reader = ParquetRecordBatchReaderBuilder::try_new(file).expect("Parquet");
        let read: Vec<_> = reader
            .build()
            .expect("reader")
            .map(|b| b.expect("batch"))
            .collect();
        assert_eq!(read, [batch]);
    }
}
