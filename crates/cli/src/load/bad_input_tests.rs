//! Files that cannot be loaded, each with its own message; and rows that go to the dead letters.

use std::{fs, path::Path, sync::Arc};

use arrow::{
    array::{ArrayRef, BinaryArray, Int64Array, ListBuilder, RecordBatch, StringBuilder},
    datatypes::Field,
};
use parquet::arrow::ArrowWriter;
use tagma_proto::pb::ingest::v1::DeadLetter;
use tempfile::TempDir;

use crate::fake_server_tests::Server;

struct Bench {
    server: Server,
    folder: TempDir,
}

impl Bench {
    async fn new() -> Self {
        Self {
            server: Server::start().await,
            folder: tempfile::tempdir().expect("folder"),
        }
    }

    fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let path = self.folder.path().join(name);
        fs::write(&path, bytes).expect("written");
        path.to_str().expect("UTF-8").to_owned()
    }

    /// Loads into a table `t` of events by identifier `id`, making it.
    async fn load(&self, arguments: &[&str]) -> (u8, String) {
        let fixed = [
            "load", "--table", "t", "--kind", "events", "--id", "id", "--create",
        ];
        let (code, data, rest) = self.server.tagma(&[&fixed[..], arguments].concat()).await;
        assert_eq!(data, "");
        (code, rest)
    }

    async fn refused(&self, arguments: &[&str], expected: &str) {
        let (code, rest) = self.load(arguments).await;
        assert_eq!(code, 1, "{arguments:?}: {rest}");
        assert!(rest.contains(expected), "{arguments:?}: {rest}");
        assert!(
            self.server
                .fake
                .tables
                .lock()
                .expect("not poisoned")
                .is_empty(),
            "half done"
        );
    }
}

/// Name, bytes, and what the message says.
const UNFIT: [(&str, &[u8], &str); 11] = [
    ("empty.csv", b"", "is empty: there is not even a heading"),
    (
        "blank.csv",
        b"\n\r\n",
        "is empty: there is not even a heading",
    ),
    ("heading.csv", b"id,a\n", "has a heading but no rows"),
    (
        "twice.csv",
        b"id,A,a\nx,1,2\n",
        "headings 2 and 3 are both `a`",
    ),
    (
        "name.csv",
        b"id,a b\nx,1\n",
        "heading 2: `a b` is not a name",
    ),
    (
        "other.csv",
        b"id;a\nx;1\n",
        "at most 128 bytes; is the --delimiter right?",
    ),
    ("none.csv", b"id,\nx,1\n", "heading 2: `` is not a name"),
    (
        "binary.csv",
        b"id,\xff\nx,1\n",
        "the heading is not valid UTF-8",
    ),
    (
        "hidden.csv",
        b"id,oneid\nx,1\n",
        "the heading `oneid` is reserved",
    ),
    (
        "noid.csv",
        b"a,b\n1,2\n",
        "no column `id`, which --id id names; it has a, b",
    ),
    (
        "broken.parquet",
        b"PAR1 and no more",
        "cannot be read as Parquet",
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn each_unfit_file_has_its_own_message() {
    let bench = Bench::new().await;
    for (name, bytes, expected) in UNFIT {
        let file = bench.file(name, bytes);
        bench.refused(&[&file], expected).await;
    }
    let folder = bench.folder.path().to_str().expect("UTF-8").to_owned();
    let expected = "is a directory: name its files";
    bench.refused(&[&folder], expected).await;
    let expected = "cannot read `/nowhere/a.csv`";
    bench.refused(&["/nowhere/a.csv"], expected).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn records_without_end_are_told_from_long_files() {
    let bench = Bench::new().await;
    let long = bench.file("long.csv", format!("id,a\nx,{}\n", "y".repeat(1 << 20)));
    bench.refused(&[&long], "row 1 is longer than 1 MiB").await;
    let text = format!("id,a\nx,1\nx,\"{}\n", "y\n".repeat(1 << 20));
    let unclosed = bench.file("unclosed.csv", text);
    let expected = "row 2 is longer than 1 MiB: is a quote not closed";
    bench.refused(&[&unclosed], expected).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn columns_that_flags_name_are_there_and_files_agree_on_types() {
    let bench = Bench::new().await;
    let file = bench.file("a.csv", "id,a\nx,1\n");
    let expected = "has no column `ts`, which --time names";
    bench.refused(&[&file, "--time", "ts"], expected).await;
    let expected = "has no column `e`, which --event names";
    bench.refused(&[&file, "--event", "e"], expected).await;
    let other = bench.file("b.csv", "id,a\nx,00012\n");
    let expected = "column `a` is int in `";
    bench.refused(&[&file, &other], expected).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_table_and_create_it_says_so() {
    let bench = Bench::new().await;
    let file = bench.file("a.csv", "id,a\nx,1\n");
    let (code, _, rest) = bench.server.tagma(&["load", &file, "--table", "t"]).await;
    assert_eq!(code, 1);
    assert!(
        rest.starts_with("error: there is no table `t`: add --create"),
        "{rest}"
    );
    let (code, _, rest) = bench
        .server
        .tagma(&["load", &file, "--table", "t", "--create"])
        .await;
    assert_eq!(code, 1);
    assert!(rest.contains("--create needs --id TYPE[=COLUMN]"), "{rest}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_column_that_the_table_does_not_have_is_named() {
    let bench = Bench::new().await;
    let file = bench.file("a.csv", "id,a\nx,1\n");
    let (code, rest) = bench.load(&[&file]).await;
    assert_eq!(code, 0, "{rest}");
    let other = bench.file("b.csv", "id,a,b\nx,1,2\n");
    let (code, rest) = bench.load(&[&other]).await;
    assert_eq!(code, 1);
    assert!(
        rest.contains("has a column `b`, which table `t` does not have; it has a, id"),
        "{rest}"
    );
    let (code, rest) = bench.load(&[&file, "--time", "a"]).await;
    assert_eq!(code, 1);
    assert!(
        rest.contains("table `t` exists and its --time is none"),
        "{rest}"
    );
}

/// Row, reason and original of the wrong rows of the next test.
const LETTERS: [&str; 7] = [
    "2: the row has 3 fields where the heading has 4: b,1,2026-01-31",
    "3: column `n`: `x` is no integer of 64 bits: c,x,2026-01-31,1.50",
    "4: column `day`: `31.01.2026` is no date: YYYY-MM-DD is needed: d,1,31.01.2026,1.50",
    "5: column `money`: `1.505` is too precise or too large for decimal(18,2): \
     e,1,2026-01-31,1.505",
    "6: column `money`: `123456789012345678.00` is too precise or too large for \
     decimal(18,2): f,1,2026-01-31,123456789012345678.00",
    "7: the row is not valid UTF-8: g,\u{fffd},2026-01-31,1.50",
    "9: a quote is opened and never closed: i,1,2026-01-31,\"1.50",
];

#[tokio::test(flavor = "multi_thread")]
async fn wrong_rows_are_rejected_with_number_reason_and_original() {
    let bench = Bench::new().await;
    let good = bench.file("good.csv", "id,n,day,money\nx,1,2026-01-31,1.50\n");
    let (code, rest) = bench.load(&[&good]).await;
    assert_eq!(code, 0, "{rest}");
    let rows: &[&[u8]] = &[
        b"id,n,day,money",
        b"a,1,2026-01-31,1.50",
        b"b,1,2026-01-31",
        b"c,x,2026-01-31,1.50",
        b"d,1,31.01.2026,1.50",
        b"e,1,2026-01-31,1.505",
        b"f,1,2026-01-31,123456789012345678.00",
        b"g,\xff,2026-01-31,1.50",
        b"h,,,",
        b"i,1,2026-01-31,\"1.50",
    ];
    let bad = bench.file("bad.csv", rows.join(&b'\n'));
    let (code, rest) = bench.load(&[&bad]).await;
    assert_eq!(code, 0);
    assert!(rest.contains("2 rows, 7 rejected"), "{rest}");
    let loads = bench
        .server
        .fake
        .loads
        .lock()
        .expect("not poisoned")
        .clone();
    let load = loads
        .values()
        .find(|load| load.load.file == bad)
        .expect("loaded");
    let request = &load.taken[0];
    assert_eq!(request.source_rows, [1, 8]);
    let letter = |letter: &DeadLetter| {
        let (reason, original) = (letter.reason.clone(), letter.original.clone());
        format!("{}: {reason}: {original}", letter.source_row)
    };
    let letters: Vec<String> = request.rejected.iter().map(letter).collect();
    // Rows 1 and 8 are good; in the latter every column but the identifier is null.
    assert_eq!(letters, LETTERS);
}

fn write_parquet(path: &Path, name: &str, column: ArrayRef) {
    let ids: ArrayRef = Arc::new(Int64Array::from(vec![1; column.len()]));
    let batch = RecordBatch::try_from_iter_with_nullable([("id", ids, true), (name, column, true)]);
    let batch = batch.expect("fits");
    let file = fs::File::create(path).expect("created");
    let mut writer = ArrowWriter::try_new(file, batch.schema(), None).expect("started");
    writer.write(&batch).expect("written");
    writer.close().expect("closed");
}

#[tokio::test(flavor = "multi_thread")]
async fn nested_and_unknown_parquet_columns_are_refused_by_name() {
    let bench = Bench::new().await;
    let path = bench.folder.path().join("a.parquet");
    let file = path.to_str().expect("UTF-8");
    let mut lists = ListBuilder::new(StringBuilder::new()).with_field(Field::new_list_field(
        arrow::datatypes::DataType::Utf8,
        true,
    ));
    lists.append_value([Some("a")]);
    write_parquet(&path, "phones", Arc::new(lists.finish()));
    bench
        .refused(&[file], "column `phones` is nested (List")
        .await;
    write_parquet(&path, "blob", Arc::new(BinaryArray::from(vec![&b"a"[..]])));
    bench
        .refused(&[file], "column `blob` is of type Binary")
        .await;
    write_parquet(&path, "a b", Arc::new(Int64Array::from(vec![1])));
    bench
        .refused(&[file], "heading 2: `a b` is not a name")
        .await;
    write_parquet(&path, "a", Arc::new(Int64Array::from(vec![0_i64; 0])));
    bench.refused(&[file], "has a heading but no rows").await;
}
