//! `tagma cluster status`.

use serde::Serialize;
use tagma_proto::pb::cluster::v1::{IdentityRules, StatusRequest, StatusResponse};

use crate::{
    connection::Connection,
    console::Console,
    failure::Failure,
    output::{Grid, text},
};

/// Show nodes, shards and log indexes
#[derive(Debug, clap::Args)]
pub(crate) struct StatusArgs {}

#[derive(Debug, Serialize)]
struct Answer {
    cluster_id: String,
    applied_index: u64,
    served_index: u64,
    floor_index: u64,
    term: u64,
    leader: Option<u64>,
    leader_address: Option<String>,
    node: u64,
    people_created: u64,
    pending_merges: u64,
    pending_unmerges: u64,
    identity_rules: IdentityRulesAnswer,
    timezone: String,
    nodes: Vec<NodeAnswer>,
    shards: Vec<ShardAnswer>,
}

#[derive(Debug, Serialize)]
struct IdentityRulesAnswer {
    merged: u64,
    limit: u64,
    unique: u64,
    guard: u64,
    quarantined: u64,
    barred: u64,
}

impl From<IdentityRules> for IdentityRulesAnswer {
    fn from(rules: IdentityRules) -> Self {
        Self {
            merged: rules.merged,
            limit: rules.limit,
            unique: rules.unique,
            guard: rules.guard,
            quarantined: rules.quarantined,
            barred: rules.barred,
        }
    }
}

#[derive(Debug, Serialize)]
struct NodeAnswer {
    id: u64,
    role: String,
    name: String,
    address: String,
    alive: bool,
}

#[derive(Debug, Serialize)]
struct ShardAnswer {
    shard: u32,
    owner: Option<u64>,
    epoch: u64,
    applied_index: u64,
    flushed_index: u64,
    people: u64,
    stopped: Option<String>,
}

impl From<StatusResponse> for Answer {
    fn from(status: StatusResponse) -> Self {
        let number = |number: u64| Some(number).filter(|number| *number > 0);
        let nodes = status.nodes.into_iter().map(|node| NodeAnswer {
            id: node.id,
            role: node.role,
            name: node.name,
            address: node.address,
            alive: node.alive,
        });
        let shards = status.shards.into_iter().map(|shard| ShardAnswer {
            shard: shard.shard,
            owner: number(shard.owner),
            epoch: shard.epoch,
            applied_index: shard.applied_log_index,
            flushed_index: shard.flushed_log_index,
            people: shard.people,
            stopped: text(&shard.stopped),
        });
        Self {
            cluster_id: status.cluster_id,
            applied_index: status.applied_log_index,
            served_index: status.served_log_index,
            floor_index: status.floor_log_index,
            term: status.term,
            leader: number(status.leader),
            leader_address: text(&status.leader_address),
            node: status.node,
            people_created: status.people_created,
            pending_merges: status.pending_merges,
            pending_unmerges: status.pending_unmerges,
            identity_rules: status.identity_rules.unwrap_or_default().into(),
            timezone: status.timezone,
            nodes: nodes.collect(),
            shards: shards.collect(),
        }
    }
}

pub(crate) async fn run(connection: &Connection, console: &mut Console) -> Result<(), Failure> {
    let answer = Answer::from(connection.status(StatusRequest {}).await?);
    if console.json(&answer)? {
        return Ok(());
    }
    let leader = answer
        .leader
        .map_or("none".to_owned(), |leader| leader.to_string());
    let mut grid = Grid::new(&[
        "cluster", "leader", "term", "served", "floor", "applied", "people",
    ]);
    grid.row([
        answer.cluster_id.clone(),
        leader,
        answer.term.to_string(),
        answer.served_index.to_string(),
        answer.floor_index.to_string(),
        answer.applied_index.to_string(),
        answer.people_created.to_string(),
    ]);
    console.grid(&grid)?;
    console.grid(&nodes(&answer))?;
    console.grid(&shards(&answer))
}

fn nodes(answer: &Answer) -> Grid {
    let mut grid = Grid::new(&["role", "id", "name", "address", "alive"]);
    for node in &answer.nodes {
        let alive = if node.alive { "yes" } else { "no" };
        grid.row([
            node.role.clone(),
            node.id.to_string(),
            node.name.clone(),
            node.address.clone(),
            alive.to_owned(),
        ]);
    }
    grid
}

fn shards(answer: &Answer) -> Grid {
    let mut grid = Grid::new(&[
        "shard", "owner", "epoch", "applied", "flushed", "people", "state",
    ]);
    for shard in &answer.shards {
        let owner = shard
            .owner
            .map_or("none".to_owned(), |owner| owner.to_string());
        grid.row([
            shard.shard.to_string(),
            owner,
            shard.epoch.to_string(),
            shard.applied_index.to_string(),
            shard.flushed_index.to_string(),
            shard.people.to_string(),
            shard.stopped.clone().unwrap_or_else(|| "ok".to_owned()),
        ]);
    }
    grid
}
