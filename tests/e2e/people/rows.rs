//! Rows as the worker has them at an index, asked of it directly.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;

use anyhow::{Context, Result, ensure};
use arrow::array::AsArray;
use arrow::datatypes::Int64Type;
use arrow::ipc::reader::StreamReader;
use serde_json::Value;
use tagma_proto::MESSAGE_BYTES_MAX;
use tagma_proto::channel::{GrpcChannel, connect};
use tagma_proto::pb::shard::v1::{
    self as pb, CollectRowsRequest, IdentifiersRequest, shard_service_client::ShardServiceClient,
};
use tokio::runtime::Runtime;

/// More than all rows of a test.
const ALL_BYTES: u64 = 32 << 20;

/// A row: who has it, what it came in under, when it arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) holder: i64,
    pub(super) origin: i64,
    pub(super) arrived: u64,
}

/// The only worker of a cluster.
pub(super) struct Worker {
    runtime: Runtime,
    client: ShardServiceClient<GrpcChannel>,
    cluster_id: String,
    epochs: BTreeMap<i64, pb::ShardEpoch>,
}

impl Worker {
    /// The worker that `status` names.
    pub(super) fn of(status: &Value) -> Result<Self> {
        let nodes = status["nodes"].as_array().context("no nodes")?;
        let worker = nodes.iter().find(|node| node["role"] == "worker");
        let address = worker.and_then(|node| node["address"].as_str());
        let mut epochs = BTreeMap::new();
        for shard in status["shards"].as_array().context("no shards")? {
            let number = shard["shard"].as_i64().context("no number")?;
            let epoch = pb::ShardEpoch {
                shard: u32::try_from(number)?,
                epoch: shard["epoch"].as_u64().context("no epoch")?,
            };
            epochs.insert(number, epoch);
        }
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let channel = {
            let _inside = runtime.enter();
            connect(address.context("no worker")?)?
        };
        let client = ShardServiceClient::new(channel).max_decoding_message_size(MESSAGE_BYTES_MAX);
        let cluster_id = status["cluster_id"].as_str().context("no cluster")?;
        Ok(Self {
            runtime,
            client,
            cluster_id: cluster_id.to_owned(),
            epochs,
        })
    }

    /// Rows of the table `orders` by their number; every row has to have one holder.
    pub(super) fn rows(&self, index: u64, people: &[i64]) -> Result<BTreeMap<i64, Row>> {
        let mut rows = BTreeMap::new();
        for (shard, epoch) in &self.epochs {
            let mut own: Vec<i64> = people
                .iter()
                .copied()
                .filter(|p| p >> 32 == *shard)
                .collect();
            own.sort_unstable();
            let leavers = own.iter().map(|oneid| pb::Leaver {
                oneid: *oneid,
                origins: Vec::new(),
            });
            let request = CollectRowsRequest {
                cluster_id: self.cluster_id.clone(),
                log_index: index,
                shard: Some(*epoch),
                leavers: leavers.collect(),
                bytes_max: ALL_BYTES,
                tables: vec!["orders".to_owned()],
            };
            let call = self.client.clone();
            let answer = self.runtime.block_on({ call }.collect_rows(request));
            let answer = answer.with_context(|| format!("rows of shard {shard} at {index}"))?;
            for table in answer.into_inner().tables {
                add(&mut rows, &table.rows_ipc, index)?;
            }
        }
        Ok(rows)
    }

    /// Who of `people` is alive at an index.
    pub(super) fn alive(&self, index: u64, people: &[i64]) -> Result<BTreeSet<i64>> {
        let mut alive = BTreeSet::new();
        for oneid in people {
            let request = IdentifiersRequest {
                cluster_id: self.cluster_id.clone(),
                log_index: index,
                shard: self.epochs.get(&(oneid >> 32)).copied(),
                oneid: *oneid,
            };
            let call = self.client.clone();
            let answer = self.runtime.block_on({ call }.identifiers(request))?;
            if answer.into_inner().alive {
                alive.insert(*oneid);
            }
        }
        Ok(alive)
    }
}

fn add(rows: &mut BTreeMap<i64, Row>, stream: &[u8], index: u64) -> Result<()> {
    for batch in StreamReader::try_new(Cursor::new(stream), None)? {
        let batch = batch?;
        let column = |name: &str| {
            let column = batch.column_by_name(name).context("no such column")?;
            anyhow::Ok(column.as_primitive::<Int64Type>().values().to_vec())
        };
        let (oneids, origins) = (column("oneid")?, column("_origin")?);
        let (seqs, numbers) = (column("_seq")?, column("amount")?);
        for (place, number) in numbers.into_iter().enumerate() {
            let row = Row {
                holder: oneids[place],
                origin: origins[place],
                arrived: seqs[place].cast_unsigned() >> tagma_core::limits::ROW_BITS,
            };
            let other = rows.insert(number, row);
            ensure!(
                other.is_none(),
                "row {number} is there twice at {index}: {other:?}, {row:?}"
            );
        }
    }
    Ok(())
}
