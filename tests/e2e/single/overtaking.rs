//! Writes of one producer overtake each other on the way, and are taken in order all the same.

use std::sync::Arc;

use anyhow::Result;
use arrow::{
    array::{ArrayRef, RecordBatch, StringArray},
    ipc::writer::StreamWriter,
};
use tagma_proto::pb::ingest::v1::{
    OpenProducerRequest, OpenProducerResponse, WriteRequest, ingest_service_client,
};
use tagma_tests::harness::Server;
use tonic::{Code, transport::Channel};

type Client = ingest_service_client::IngestServiceClient<Channel>;

const TABLE: &str = "table: visits
kind: events
identifiers: {crm_id: who}
columns: {page: text}
---
identifier: crm_id
normalize: none
priority: 1
";

#[test]
fn writes_that_overtake_are_taken_in_order_and_gaps_are_refused() -> Result<()> {
    let server = Server::start()?;
    let path = server.folder().join("visits.yaml");
    std::fs::write(&path, TABLE)?;
    let path = path.display().to_string();
    server.client().ask(&["apply", "-f", &path])?;
    let endpoint = server.client().endpoint().to_owned();
    let indexes = tokio::runtime::Runtime::new()?.block_on(overtake(endpoint))?;
    assert!(indexes.is_sorted(), "{indexes:?}");
    let last = indexes[indexes.len() - 1].to_string();
    let counted = server
        .client()
        .ask(&["count", "TRUE", "--at-least", &last])?;
    assert_eq!(counted["count"], 8, "{counted}");
    Ok(())
}

/// Sends 8 to 1 at once; answers the index of each, in order of their sequences.
async fn overtake(endpoint: String) -> Result<Vec<u64>> {
    let mut client = Client::connect(endpoint).await?;
    let request = OpenProducerRequest {
        name: "visits".to_owned(),
    };
    let producer = client.open_producer(request).await?.into_inner();
    let sent: Vec<_> = (1..=8)
        .rev()
        .map(|sequence| {
            let mut client = client.clone();
            let request = write(&producer, sequence);
            tokio::spawn(async move { client.write(request?).await.map_err(anyhow::Error::from) })
        })
        .collect();
    let mut indexes = Vec::new();
    for answer in sent {
        let answer = answer.await??.into_inner();
        assert_eq!((answer.rows, answer.created), (1, 1));
        indexes.push(answer.log_index);
    }
    indexes.reverse();
    let gap = client.write(write(&producer, 10)?).await;
    let gap = gap.expect_err("sequence 9 was never sent");
    assert_eq!(gap.code(), Code::Aborted, "{gap}");
    let again = client.write(write(&producer, 3)?).await?.into_inner();
    assert_eq!((again.log_index, again.rows), (indexes[2], 1));
    Ok(indexes)
}

/// One row of a person of its own.
fn write(producer: &OpenProducerResponse, sequence: u64) -> Result<WriteRequest> {
    let who: ArrayRef = Arc::new(StringArray::from(vec![format!("C{sequence}")]));
    let page: ArrayRef = Arc::new(StringArray::from(vec!["home"]));
    let rows = RecordBatch::try_from_iter([("who", who), ("page", page)])?;
    let mut stream = StreamWriter::try_new(Vec::new(), rows.schema_ref())?;
    stream.write(&rows)?;
    Ok(WriteRequest {
        producer: producer.producer,
        epoch: producer.epoch,
        sequence,
        table: "visits".to_owned(),
        rows_ipc: stream.into_inner()?.into(),
        first_row: sequence,
        ..WriteRequest::default()
    })
}
