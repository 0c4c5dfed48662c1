//! A folder of files and a fake cluster that they are loaded into.

use std::{fs, path::Path, sync::Arc};

use arrow::{
    array::{ArrayRef, RecordBatch},
    ipc::reader::StreamReader,
    util::display::{ArrayFormatter, FormatOptions},
};
use parquet::arrow::ArrowWriter;
use tagma_proto::pb::ingest::v1::WriteRequest;
use tempfile::TempDir;

use crate::fake_server_tests::{FakeLoad, Server};

pub(crate) struct Bench {
    pub(crate) server: Server,
    pub(crate) folder: TempDir,
}

impl Bench {
    pub(crate) async fn new() -> Self {
        Self {
            server: Server::start().await,
            folder: tempfile::tempdir().expect("folder"),
        }
    }

    pub(crate) fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let path = self.folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(&path, bytes).expect("written");
        path.to_str().expect("UTF-8").to_owned()
    }

    pub(crate) fn parquet<const N: usize>(
        &self,
        name: &str,
        columns: [(&str, ArrayRef); N],
    ) -> String {
        let columns = columns.map(|(name, column)| (name, column, true));
        let batch = RecordBatch::try_from_iter_with_nullable(columns).expect("fits");
        let mut bytes = Vec::new();
        let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), None).expect("started");
        writer.write(&batch).expect("written");
        writer.close().expect("closed");
        self.file(name, bytes)
    }

    /// Loads into a table `t` of events by identifier `id`, making it.
    pub(crate) async fn load(&self, arguments: &[&str]) -> (u8, String) {
        let fixed = [
            "load", "--table", "t", "--kind", "events", "--id", "id", "--create",
        ];
        let (code, data, rest) = self.server.tagma(&[&fixed[..], arguments].concat()).await;
        assert_eq!(data, "");
        (code, rest)
    }

    /// The same, and it has to be done.
    pub(crate) async fn loaded(&self, arguments: &[&str]) -> String {
        let (code, rest) = self.load(arguments).await;
        assert_eq!(code, 0, "{arguments:?}: {rest}");
        rest
    }

    pub(crate) async fn refused(&self, arguments: &[&str], expected: &str) {
        let (code, rest) = self.load(arguments).await;
        assert_eq!(code, 1, "{arguments:?}: {rest}");
        assert!(rest.contains(expected), "{arguments:?}: {rest}");
        let tables = self.server.fake.tables.lock().expect("not poisoned");
        assert!(tables.is_empty(), "half done");
    }

    pub(crate) fn loads(&self) -> Vec<FakeLoad> {
        let loads = self.server.fake.loads.lock().expect("not poisoned");
        loads.values().cloned().collect()
    }

    /// The requests of a file that is loaded.
    pub(crate) fn taken(&self, file: &str) -> Vec<WriteRequest> {
        let mut loads = self.loads().into_iter();
        let found = loads.find(|known| known.load.file == file);
        found.expect("loaded").taken
    }

    /// Good rows of a file, fields joined by `|`, null as `~`.
    pub(crate) fn rows(&self, file: &str) -> Vec<String> {
        self.taken(file).iter().flat_map(shown).collect()
    }

    /// Dead letters of a file: number, reason, original.
    pub(crate) fn letters(&self, file: &str) -> Vec<String> {
        let taken = self.taken(file);
        let letters = taken.iter().flat_map(|request| &request.rejected);
        letters
            .map(|l| format!("{}: {}: {}", l.source_row, l.reason, l.original))
            .collect()
    }

    /// The columns that the table was made with.
    pub(crate) fn columns(&self) -> Vec<String> {
        let tables = self.server.fake.tables.lock().expect("not poisoned");
        let columns = tables[0].columns.iter();
        columns
            .map(|column| format!("{} {}", column.name, column.r#type))
            .collect()
    }
}

/// All rows of a request.
pub(crate) fn batch(request: &WriteRequest) -> RecordBatch {
    let mut reader = StreamReader::try_new(request.rows_ipc.as_ref(), None).expect("a stream");
    reader.next().expect("one batch").expect("readable")
}

fn shown(request: &WriteRequest) -> Vec<String> {
    let batch = batch(request);
    let options = FormatOptions::new().with_null("~");
    let formatters: Vec<_> = batch
        .columns()
        .iter()
        .map(|column| ArrayFormatter::try_new(column, &options).expect("shown"))
        .collect();
    let row = |row| {
        let cells: Vec<String> = formatters
            .iter()
            .map(|f| f.value(row).to_string())
            .collect();
        cells.join("|")
    };
    (0..batch.num_rows()).map(row).collect()
}

pub(crate) fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut encoder, content).expect("written");
    encoder.finish().expect("written")
}

pub(crate) fn zstd(content: &[u8]) -> Vec<u8> {
    zstd::encode_all(content, 1).expect("compressed")
}

/// Writes one more column beside identifiers.
pub(crate) fn write_parquet(path: &Path, name: &str, column: ArrayRef) {
    let ids: ArrayRef = Arc::new(arrow::array::Int64Array::from(vec![1; column.len()]));
    let batch = RecordBatch::try_from_iter_with_nullable([("id", ids, true), (name, column, true)]);
    let batch = batch.expect("fits");
    let file = fs::File::create(path).expect("created");
    let mut writer = ArrowWriter::try_new(file, batch.schema(), None).expect("started");
    writer.write(&batch).expect("written");
    writer.close().expect("closed");
}
