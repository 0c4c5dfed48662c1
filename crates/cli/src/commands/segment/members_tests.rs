//! Files of members: whole, or not there.

use std::{fs, sync::Arc};

use arrow::{
    array::{ArrayRef, Int64Array, ListBuilder, StringBuilder},
    ipc::writer::StreamWriter,
};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::*;
use crate::fake_server_tests::{MemberScript, Server};

fn people(oneids: &[i64]) -> RecordBatch {
    let mut phones = ListBuilder::new(StringBuilder::new());
    for oneid in oneids {
        phones.append_value([Some(format!("b{oneid}")), Some(format!("a{oneid}"))]);
    }
    let columns: [(&str, ArrayRef); 2] = [
        ("oneid", Arc::new(Int64Array::from(oneids.to_vec()))),
        ("phone", Arc::new(phones.finish())),
    ];
    RecordBatch::try_from_iter(columns).expect("fits")
}

fn message(oneids: &[i64], count: u64) -> MembersResponse {
    let batch = people(oneids);
    let mut writer = StreamWriter::try_new(Vec::new(), &batch.schema()).expect("a vector");
    writer.write(&batch).expect("encodable");
    MembersResponse {
        members_ipc: writer.into_inner().expect("encodable").into(),
        log_index: 42,
        as_of_unix_us: 0,
        count,
    }
}

async fn server(scripts: Vec<MemberScript>) -> Server {
    let server = Server::start().await;
    *server.fake.members.lock().expect("not poisoned") = scripts;
    server
}

fn script(messages: Vec<MembersResponse>, breaks: bool) -> MemberScript {
    MemberScript { messages, breaks }
}

#[tokio::test(flavor = "multi_thread")]
async fn members_go_to_standard_output_as_csv() {
    let server = server(vec![script(
        vec![message(&[1, 2], 3), message(&[5], 3)],
        false,
    )])
    .await;
    let (code, data, rest) = server.tagma(&["members", "TRUE", "--out", "-"]).await;
    assert_eq!((code, rest.as_str()), (0, ""));
    assert_eq!(data, "oneid,phone\r\n1,b1;a1\r\n2,b2;a2\r\n5,b5;a5\r\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_stream_goes_on_behind_the_last_person_at_the_same_index() {
    let scripts = vec![
        script(vec![message(&[1, 2], 3)], true),
        script(vec![message(&[5], 3)], false),
    ];
    let server = server(scripts).await;
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("a.csv");
    let out = path.to_str().expect("UTF-8");
    let (code, data, rest) = server
        .tagma(&["members", "TRUE", "--out", out, "--output", "json"])
        .await;
    assert_eq!(code, 0, "{rest}");
    let expected =
        format!(r#"{{"file":"{out}","count":3,"index":42,"as_of":"1970-01-01T00:00:00Z"}}"#);
    assert_eq!(data, format!("{expected}\n"));
    let text = fs::read_to_string(&path).expect("written");
    assert_eq!(text, "oneid,phone\r\n1,b1;a1\r\n2,b2;a2\r\n5,b5;a5\r\n");
    let requests = server
        .fake
        .member_requests
        .lock()
        .expect("not poisoned")
        .clone();
    let again = requests[1].at.clone().expect("an index");
    assert_eq!((requests[0].after_oneid, requests[1].after_oneid), (0, 2));
    assert_eq!((again.log_index, again.as_of_unix_us), (Some(42), Some(0)));
}

#[tokio::test(flavor = "multi_thread")]
async fn too_few_or_disordered_people_leave_no_file() {
    let cases = [
        (vec![message(&[1, 2], 3)], "2 people came of 3"),
        (vec![message(&[2, 1], 2)], "OneIDs do not ascend"),
        (
            vec![message(&[1], 2), message(&[1], 2)],
            "OneIDs do not ascend",
        ),
    ];
    let folder = tempfile::tempdir().expect("folder");
    for (messages, expected) in cases {
        let server = server(vec![script(messages, false)]).await;
        let path = folder.path().join("a.parquet");
        let out = path.to_str().expect("UTF-8");
        let (code, _, rest) = server.tagma(&["members", "TRUE", "--out", out]).await;
        assert_eq!(code, 1);
        assert!(rest.contains(expected), "{rest}");
        assert_eq!(fs::read_dir(folder.path()).expect("listed").count(), 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn parquet_holds_the_columns_as_they_came() {
    let server = server(vec![script(vec![message(&[1, 2], 2)], false)]).await;
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("a.parquet");
    let out = path.to_str().expect("UTF-8");
    let (code, _, rest) = server.tagma(&["members", "TRUE", "--out", out]).await;
    assert_eq!(code, 0, "{rest}");
    assert!(rest.starts_with("wrote 2 people to "), "{rest}");
    let file = fs::File::open(&path).expect("written");
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).expect("Parquet");
    let read: Vec<_> = reader
        .build()
        .expect("reader")
        .map(|b| b.expect("batch"))
        .collect();
    assert_eq!(read, [people(&[1, 2])]);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_a_file_with_a_heading() {
    let server = server(vec![script(vec![message(&[], 0)], false)]).await;
    let (code, data, _) = server.tagma(&["members", "FALSE", "--out", "-"]).await;
    assert_eq!((code, data.as_str()), (0, "oneid,phone\r\n"));
}
