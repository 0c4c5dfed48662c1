//! From files to requests: boundaries, resuming, order, types.

use std::{fmt::Write, fs, sync::Arc, sync::atomic::Ordering};

use arrow::{
    array::{
        ArrayRef, AsArray, Decimal128Array, Float64Array, Int32Array, RecordBatch, StringArray,
        TimestampMillisecondArray, UInt64Array,
    },
    datatypes::{Int64Type, TimestampMicrosecondType},
    ipc::reader::StreamReader,
};
use parquet::{arrow::ArrowWriter, file::properties::WriterProperties};
use tagma_proto::pb::ingest::v1::WriteRequest;

use super::chunk::ROWS_PER_CHUNK;
use crate::fake_server_tests::{FakeLoad, Server};

const FLAGS: [&str; 8] = [
    "load", "--table", "t", "--kind", "events", "--id", "id", "--create",
];

async fn load(server: &Server, arguments: &[&str]) -> (u8, String) {
    let (code, _, rest) = server.tagma(&[&FLAGS[..], arguments].concat()).await;
    (code, rest)
}

fn loads(server: &Server) -> Vec<FakeLoad> {
    server
        .fake
        .loads
        .lock()
        .expect("not poisoned")
        .values()
        .cloned()
        .collect()
}

fn batch(request: &WriteRequest) -> RecordBatch {
    let mut reader = StreamReader::try_new(request.rows_ipc.as_ref(), None).expect("a stream");
    reader.next().expect("one batch").expect("readable")
}

/// A CSV file of `rows` rows whose column `n` is the row number.
fn numbered(rows: usize) -> String {
    let mut text = "id,n\n".to_owned();
    for row in 1..=rows {
        writeln!(text, "p{row},{row}").expect("a string");
    }
    text
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_end_at_fixed_rows_and_hold_every_row_once() {
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("a.csv");
    for rows in [
        1,
        ROWS_PER_CHUNK,
        ROWS_PER_CHUNK + 1,
        5 * ROWS_PER_CHUNK + 7,
    ] {
        let server = Server::start().await;
        fs::write(&path, numbered(rows)).expect("written");
        let (code, rest) = load(&server, &[path.to_str().expect("UTF-8")]).await;
        assert_eq!(code, 0, "{rest}");
        let taken = &loads(&server)[0].taken;
        assert_eq!(taken.len(), rows.div_ceil(ROWS_PER_CHUNK));
        let mut next = 1;
        for (position, request) in taken.iter().enumerate() {
            assert_eq!(request.sequence, position as u64 + 1);
            assert_eq!(request.first_row, (position * ROWS_PER_CHUNK) as u64 + 1);
            assert!(request.source_rows.is_empty());
            let batch = batch(request);
            let numbers = batch.column_by_name("n").expect("a column");
            for number in numbers.as_primitive::<Int64Type>().values() {
                assert_eq!(*number, next);
                next += 1;
            }
        }
        assert_eq!(next, rows as i64 + 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_ends_early_where_rows_are_long() {
    let server = Server::start().await;
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("a.csv");
    let row = format!("x,{}\n", "y".repeat((1 << 20) - 3));
    fs::write(&path, format!("id,a\n{}", row.repeat(9))).expect("written");
    let (code, rest) = load(&server, &[path.to_str().expect("UTF-8")]).await;
    assert_eq!(code, 0, "{rest}");
    let rows: Vec<usize> = loads(&server)[0]
        .taken
        .iter()
        .map(|r| batch(r).num_rows())
        .collect();
    assert_eq!(rows, [8, 1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_file_again_changes_nothing_and_tells_the_index() {
    let server = Server::start().await;
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("a.csv");
    fs::write(&path, numbered(20_000)).expect("written");
    let path = path.to_str().expect("UTF-8");
    let (code, rest) = load(&server, &[path]).await;
    assert_eq!(code, 0, "{rest}");
    assert!(
        rest.contains("20,000 rows, 0 rejected, 20,000 people created, index 12"),
        "{rest}"
    );
    let writes = server.fake.called("write");
    let (code, rest) = load(&server, &[path]).await;
    assert_eq!(code, 0, "{rest}");
    assert!(
        rest.contains("already loaded at index 12: nothing changed"),
        "{rest}"
    );
    // Without the flags, the declared table gives the same mapping.
    let plain = ["load", path, "--table", "t", "--output", "json"];
    let (code, data, _) = server.tagma(&plain).await;
    assert_eq!(code, 0);
    let seconds = data.find("\"seconds\"").expect("seconds");
    let expected = format!(
        concat!(
            r#"{{"loads":[{{"file":"{path}","table":"t","rows":20000,"rejected":0,"#,
            r#""created":20000,"index":12,"already_loaded":true,"#
        ),
        path = path
    );
    assert_eq!(data[..seconds], expected);
    assert_eq!(server.fake.called("write"), writes);
    assert_eq!(server.fake.called("close_load"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_load_goes_on_where_it_stopped() {
    let server = Server::start().await;
    let folder = tempfile::tempdir().expect("folder");
    let (csv, parquet) = (folder.path().join("a.csv"), folder.path().join("a.parquet"));
    let rows = 4 * ROWS_PER_CHUNK + 5;
    fs::write(&csv, numbered(rows)).expect("written");
    let ids: Vec<String> = (1..=rows).map(|row| format!("p{row}")).collect();
    let numbers: Vec<i32> = (1..=rows as i32).collect();
    let columns: [(&str, ArrayRef); 2] = [
        ("id", Arc::new(StringArray::from(ids))),
        ("n", Arc::new(Int32Array::from(numbers))),
    ];
    let batch_of_all = RecordBatch::try_from_iter(columns).expect("fits");
    // Row groups that end nowhere near a chunk.
    let groups = WriterProperties::builder()
        .set_max_row_group_row_count(Some(10_000))
        .build();
    let file = fs::File::create(&parquet).expect("created");
    let mut writer =
        ArrowWriter::try_new(file, batch_of_all.schema(), Some(groups)).expect("started");
    writer.write(&batch_of_all).expect("written");
    writer.close().expect("closed");
    let csv_gz = folder.path().join("b.csv.gz");
    let text = numbered(rows + 1);
    fs::write(&csv_gz, super::testing::gzip(text.as_bytes())).expect("written");
    let json = folder.path().join("a.ndjson");
    let lines = (1..=rows).map(|row| format!("{{\"id\":\"p{row}\",\"n\":{row}}}\n"));
    fs::write(&json, lines.collect::<String>()).expect("written");
    for path in [csv, csv_gz, json, parquet] {
        let path = path.to_str().expect("UTF-8");
        let (code, rest) = load(&server, &[path]).await;
        assert_eq!(code, 0, "{rest}");
        let whole = taken_of(&server, path);
        assert_eq!(whole.len(), 5);
        {
            let mut loads = server.fake.loads.lock().expect("not poisoned");
            let known = loads
                .values_mut()
                .find(|known| known.load.file == path)
                .expect("loaded");
            known.taken.truncate(2);
            known.load.last_sequence = 2;
            known.load.finished = false;
        }
        let (code, rest) = load(&server, &[path]).await;
        assert_eq!(code, 0, "{rest}");
        let again = taken_of(&server, path);
        let rows = |taken: &[WriteRequest]| -> Vec<(u64, RecordBatch)> {
            taken
                .iter()
                .map(|request| (request.first_row, batch(request)))
                .collect()
        };
        assert_eq!(rows(&again), rows(&whole), "{path}");
    }
}

fn taken_of(server: &Server, file: &str) -> Vec<WriteRequest> {
    let found = loads(server)
        .into_iter()
        .find(|known| known.load.file == file);
    found.expect("loaded").taken
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_on_the_way_lose_nothing() {
    let server = Server::start().await;
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("a.csv");
    fs::write(&path, numbered(10 * ROWS_PER_CHUNK)).expect("written");
    // The first requests are refused, so that later ones come too early.
    server.fake.tables.lock().expect("not poisoned").clear();
    let (code, rest) = load(&server, &[path.to_str().expect("UTF-8")]).await;
    assert_eq!(code, 0, "{rest}");
    fs::write(&path, numbered(10 * ROWS_PER_CHUNK + 1)).expect("written");
    server.fake.refusals.store(7, Ordering::SeqCst);
    let (code, rest) = load(&server, &[path.to_str().expect("UTF-8")]).await;
    assert_eq!(code, 0, "{rest}");
    assert!(rest.contains("163,841 rows, 0 rejected"), "{rest}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_blanks_is_read_like_the_example() {
    let server = Server::start().await;
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("CDNOW_master.txt");
    let text = " customer_id  date number_of_cds  dollar_value\r\n 00001 19970101  1   11.77\r\n \
        00002 19970112  1   12.00\r\n 00002 19970112  5   77\r\n";
    fs::write(&path, text).expect("written");
    let flags = [
        "load",
        path.to_str().expect("UTF-8"),
        "--table=purchases",
        "--kind=events",
        "--id=customer_id",
        "--time=date",
        "--delimiter=whitespace",
        "--create",
    ];
    let (code, _, rest) = server.tagma(&flags).await;
    assert_eq!(code, 0, "{rest}");
    let document = server.fake.applied.lock().expect("not poisoned")[0].clone();
    let expected = "identifier: \"customer_id\"\nnormalize: trim\npriority: 1\n---\n\
        table: \"purchases\"\nkind: events\ntime: \"date\"\nidentifiers:\n  \
        \"customer_id\": \"customer_id\"\ncolumns:\n  \"date\": \"date\"\n  \
        \"number_of_cds\": \"int\"\n  \"dollar_value\": \"decimal(18,2)\"\n";
    assert_eq!(document, expected);
    let rows = batch(&loads(&server)[0].taken[0]);
    let text = |name: &str| -> Vec<String> {
        let column = rows.column_by_name(name).expect("a column");
        let value = |row| arrow::util::display::array_value_to_string(column, row);
        (0..3).map(|row| value(row).expect("a value")).collect()
    };
    assert_eq!(text("customer_id"), ["00001", "00002", "00002"]);
    assert_eq!(text("date"), ["1997-01-01", "1997-01-12", "1997-01-12"]);
    assert_eq!(text("number_of_cds"), ["1", "1", "5"]);
    assert_eq!(text("dollar_value"), ["11.77", "12.00", "77.00"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn parquet_values_become_the_tables_and_wrong_ones_are_dead_letters() {
    let server = Server::start().await;
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("a.parquet");
    let money = Decimal128Array::from(vec![150, 250, 350]);
    let money = money.with_precision_and_scale(10, 2).expect("fits");
    let columns: [(&str, ArrayRef); 5] = [
        (
            "id",
            Arc::new(Int32Array::from(vec![Some(7), None, Some(9)])),
        ),
        ("big", Arc::new(UInt64Array::from(vec![1, u64::MAX, 3]))),
        ("x", Arc::new(Float64Array::from(vec![0.5, 1.5, f64::NAN]))),
        ("money", Arc::new(money)),
        (
            "at",
            Arc::new(TimestampMillisecondArray::from(vec![0, 1, 2])),
        ),
    ];
    let all = columns.map(|(name, column)| (name, column, true));
    let all = RecordBatch::try_from_iter_with_nullable(all).expect("fits");
    let file = fs::File::create(&path).expect("created");
    let mut writer = ArrowWriter::try_new(file, all.schema(), None).expect("started");
    writer.write(&all).expect("written");
    writer.close().expect("closed");
    let (code, rest) = load(&server, &[path.to_str().expect("UTF-8"), "--time", "at"]).await;
    assert_eq!(code, 0, "{rest}");
    let document = server.fake.applied.lock().expect("not poisoned")[0].clone();
    let expected = "columns:\n  \"big\": \"int\"\n  \"x\": \"float\"\n  \
        \"money\": \"decimal(10,2)\"\n  \"at\": \"timestamp\"\n";
    assert!(document.ends_with(expected), "{document}");
    let request = loads(&server)[0].taken[0].clone();
    assert_eq!(request.source_rows, [1]);
    let reasons: Vec<&str> = request
        .rejected
        .iter()
        .map(|letter| letter.reason.as_str())
        .collect();
    let expected = [
        "column `big`: the value is out of range",
        "column `x`: `NaN` is not finite",
    ];
    assert_eq!(reasons, expected);
    let original = concat!(
        r#"{"at":"1970-01-01T00:00:00.001","big":"18446744073709551615","id":null,"#,
        r#""money":"2.50","x":"1.5"}"#
    );
    assert_eq!(request.rejected[0].original, original);
    let row = batch(&request);
    let id = row
        .column_by_name("id")
        .expect("a column")
        .as_string::<i32>()
        .value(0);
    assert_eq!(id, "7");
    // Local to the cluster's zone, eight hours ahead of UTC.
    let at = row.column_by_name("at").expect("a column");
    assert_eq!(
        at.as_primitive::<TimestampMicrosecondType>().value(0),
        -28_800_000_000
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn known_identifier_types_are_not_declared_again() {
    let server = Server::start().await;
    server
        .fake
        .identifiers
        .lock()
        .expect("not poisoned")
        .insert("phone".to_owned());
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("a.csv");
    fs::write(&path, "mobile,crm,n\n1,2,3\n").expect("written");
    let flags = [
        "load",
        path.to_str().expect("UTF-8"),
        "--table",
        "t",
        "--kind",
        "attributes",
    ];
    let ids = ["--id", "phone=mobile", "--id", "crm", "--create"];
    let (code, _, rest) = server.tagma(&[&flags[..], &ids[..]].concat()).await;
    assert_eq!(code, 0, "{rest}");
    let document = server.fake.applied.lock().expect("not poisoned")[0].clone();
    assert!(document.starts_with("identifier: \"crm\"\nnormalize: trim\npriority: 2\n---\ntable"));
}
