//! A text file as chunks of typed rows.

use std::{borrow::Cow, fs::File, io::BufReader};

use arrow::datatypes::SchemaRef;
use tagma_proto::pb::ingest::v1::DeadLetter;

use super::{
    Delimiter, LoadError,
    cell::ColumnBuilder,
    chunk::{self, BYTES_PER_CHUNK, Chunk, Chunks, ROWS_PER_CHUNK, Read},
    fields,
    plan::FilePlan,
    records::{RawRecord, Records},
    scan,
    source::Source,
};

const READ_BYTES: usize = 1 << 20;

/// Reads a text file whose headings are those of the plan.
pub(crate) struct DelimitedChunks {
    source: Source,
    records: Records<BufReader<File>>,
    delimiter: Delimiter,
    plan: FilePlan,
    schema: SchemaRef,
    builders: Vec<ColumnBuilder>,
    /// Rows read so far.
    row: u64,
}

impl DelimitedChunks {
    /// Opens the file and passes over its heading.
    ///
    /// # Errors
    /// What makes the file unfit.
    pub(crate) fn open(
        source: Source,
        delimiter: Delimiter,
        plan: FilePlan,
    ) -> Result<Self, LoadError> {
        let input = BufReader::with_capacity(READ_BYTES, source.open()?);
        let mut records = Records::new(input, delimiter);
        let headings = scan::read_heading(&source, &mut records, delimiter)?;
        if !headings
            .iter()
            .eq(plan.columns.iter().map(|column| &column.name))
        {
            return Err(LoadError::Changed { file: source.path });
        }
        let rules = plan.columns.iter().map(|column| column.rules);
        Ok(Self {
            schema: chunk::arrow_schema(&plan),
            builders: rules.map(ColumnBuilder::new).collect(),
            source,
            records,
            delimiter,
            plan,
            row: 0,
        })
    }

    /// Reads the records of one chunk, each given to `take` with its number.
    fn each_record(
        &mut self,
        mut take: impl FnMut(&mut RowReader<'_>, RawRecord<'_>, u64),
    ) -> Result<usize, LoadError> {
        let mut reader = RowReader {
            delimiter: self.delimiter,
            plan: &self.plan,
            builders: &mut self.builders,
            rejected: Vec::new(),
        };
        let (mut rows, mut bytes) = (0, 0);
        while rows < ROWS_PER_CHUNK && bytes < BYTES_PER_CHUNK {
            let Some(record) = scan::next(&self.source, &mut self.records, self.row + 1)? else {
                break;
            };
            rows += 1;
            self.row += 1;
            bytes += record.file_bytes;
            take(&mut reader, record, self.row);
        }
        Ok(rows)
    }
}

impl Chunks for DelimitedChunks {
    fn skip(&mut self, chunks: u64) -> Result<u64, LoadError> {
        for _ in 0..chunks {
            self.each_record(|_, _, _| ())?;
        }
        Ok(self.row)
    }

    fn next(&mut self) -> Result<Option<Chunk>, LoadError> {
        let first_row = self.row + 1;
        let mut rejected = Vec::new();
        let rows = self.each_record(|reader, record, row| {
            reader.take(record, row);
            rejected.append(&mut reader.rejected);
        })?;
        if rows == 0 {
            return Ok(None);
        }
        let read = Read {
            first_row,
            rows,
            columns: self
                .builders
                .iter_mut()
                .map(ColumnBuilder::finish)
                .collect(),
            rejected,
        };
        read.encode(&self.source.path, &self.schema).map(Some)
    }
}

/// Appends records to columns. Every record adds one cell to every column, a wrong one too.
struct RowReader<'a> {
    delimiter: Delimiter,
    plan: &'a FilePlan,
    builders: &'a mut [ColumnBuilder],
    rejected: Vec<DeadLetter>,
}

impl RowReader<'_> {
    fn take(&mut self, record: RawRecord<'_>, row: u64) {
        let appended = self.append(record);
        if let Err(reason) = appended {
            self.rejected.push(DeadLetter {
                source_row: row,
                reason,
                original: String::from_utf8_lossy(record.bytes).into_owned(),
            });
        }
    }

    fn append(&mut self, record: RawRecord<'_>) -> Result<(), String> {
        let mut values = Vec::with_capacity(self.builders.len());
        match self.values(record, &mut values) {
            Ok(()) => self.append_values(&values),
            Err(reason) => {
                self.builders
                    .iter_mut()
                    .for_each(ColumnBuilder::append_null);
                Err(reason)
            }
        }
    }

    fn values<'r>(
        &self,
        record: RawRecord<'r>,
        values: &mut Vec<Cow<'r, str>>,
    ) -> Result<(), String> {
        let text = std::str::from_utf8(record.bytes);
        let text = text.map_err(|_| "the row is not valid UTF-8".to_owned())?;
        if record.is_unclosed {
            return Err("a quote is opened and never closed".to_owned());
        }
        fields::split(text, self.delimiter, values);
        let (found, expected) = (values.len(), self.builders.len());
        if found != expected {
            return Err(format!(
                "the row has {found} fields where the heading has {expected}"
            ));
        }
        Ok(())
    }

    /// All columns are filled, the first reason is told.
    fn append_values(&mut self, values: &[Cow<'_, str>]) -> Result<(), String> {
        let mut outcome = Ok(());
        for (position, value) in values.iter().enumerate() {
            let builder = &mut self.builders[position];
            if *value == self.plan.null {
                builder.append_null();
                continue;
            }
            let appended = builder.append(value);
            outcome = outcome.and(appended.map_err(|reason| {
                let name = &self.plan.columns[position].name;
                format!("column `{name}`: {reason}")
            }));
        }
        outcome
    }
}
