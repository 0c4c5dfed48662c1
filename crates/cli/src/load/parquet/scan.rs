//! The first pass over a Parquet file: everything is decoded once, so that a damaged page is found
//! before anything is sent.

use std::io::{self, Read, Seek, SeekFrom};

use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::{column, flat};
use crate::{
    load::{
        LoadError,
        guess::Guess,
        heading,
        scan::{Scan, ScannedColumn},
        source::{Digest, Source, open_bytes},
    },
    output::Progress,
};

const MAGIC: &[u8; 4] = b"PAR1";
const ROWS_PER_BATCH: usize = 8_192;

/// Reads the whole file once.
///
/// # Errors
/// What makes the file as a whole unfit.
pub(crate) fn scan_parquet(source: &Source, progress: &Progress) -> Result<Scan, LoadError> {
    let mut digest = Digest::new(open_bytes(source, progress)?);
    io::copy(&mut digest, &mut io::sink()).map_err(|error| source.unreadable(error, 0))?;
    require_end(source)?;
    let unfit = |reason: String| LoadError::Parquet {
        file: source.path.clone(),
        reason,
    };
    let builder = ParquetRecordBatchReaderBuilder::try_new(source.open()?);
    let builder = builder.map_err(|error| unfit(error.to_string()))?;
    let columns = columns(source, &flat::schema(builder.schema()))?;
    let rows = u64::try_from(builder.metadata().file_metadata().num_rows()).unwrap_or(0);
    if rows == 0 {
        return Err(LoadError::NoRows {
            file: source.path.clone(),
        });
    }
    let reader = builder.with_batch_size(ROWS_PER_BATCH).build();
    let mut read = 0;
    for batch in reader.map_err(|error| unfit(error.to_string()))? {
        let batch = batch.map_err(|error| unfit(format!("after row {read}: {error}")))?;
        read += batch.num_rows() as u64;
    }
    if read != rows {
        return Err(unfit(format!(
            "it has {read} rows, and says that they are {rows}"
        )));
    }
    Ok(Scan {
        file: source.path.clone(),
        content: digest.hex(),
        bytes: source.bytes,
        rows,
        columns,
        notes: Vec::new(),
    })
}

fn columns(
    source: &Source,
    schema: &arrow::datatypes::Schema,
) -> Result<Vec<ScannedColumn>, LoadError> {
    let fields = schema.fields();
    let names = heading::names(
        &source.path,
        fields.iter().map(|field| field.name().as_str()),
    )?;
    let mut columns = Vec::new();
    for (name, field) in names.into_iter().zip(fields) {
        let declared = column::declared_type(field.data_type());
        let declared = declared.map_err(|reason| LoadError::Column {
            file: source.path.clone(),
            name: name.to_string(),
            reason,
        })?;
        columns.push(ScannedColumn {
            name,
            path: None,
            guess: declared.map(Guess::declared),
            example: None,
            doubt: None,
            odd_time: None,
        });
    }
    Ok(columns)
}

/// A Parquet file that ends otherwise was not written to its end.
fn require_end(source: &Source) -> Result<(), LoadError> {
    let mut end = [0; MAGIC.len()];
    let mut file = source.open()?;
    let read = file
        .seek(SeekFrom::End(-(MAGIC.len() as i64)))
        .and_then(|_| file.read_exact(&mut end));
    if read.is_ok() && end == *MAGIC {
        return Ok(());
    }
    let reason = match source.starts_with(MAGIC)? {
        true => "it does not end as it should: was it cut short? Fetch it again",
        false => "it does not begin as it should: is it one?",
    };
    Err(LoadError::Parquet {
        file: source.path.clone(),
        reason: reason.to_owned(),
    })
}
