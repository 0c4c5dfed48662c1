//! The leader and a worker are killed; writes and answers go on, and the dead come back.

use anyhow::{Context, Result};
use serde_json::Value;
use tagma_tests::harness::{Cluster, wait_until};

use crate::shop::{Expected, check, define, steps};

#[test]
fn the_leader_and_a_worker_may_die() -> Result<()> {
    let mut cluster = Cluster::start(3, 2)?;
    let outcome = live_through(&mut cluster);
    outcome.map_err(|error| cluster.failure(&error))
}

fn live_through(cluster: &mut Cluster) -> Result<()> {
    let (client, folder) = (cluster.client().clone(), cluster.folder().to_owned());
    define(&client, &folder)?;
    check(&client, &folder, &Expected::after(0))?;

    let leader = client.status()?["leader"].as_u64().context("no leader")?;
    cluster.kill_coordinator(leader)?;
    cluster.kill_worker(1)?;
    for step in steps(&folder, 1)? {
        let arguments: Vec<&str> = step.iter().map(String::as_str).collect();
        client.with_timeout("10s").until_done(&arguments)?;
    }
    check(&client, &folder, &Expected::after(1))?;

    cluster.restart_coordinator(leader)?;
    cluster.restart_worker(1)?;
    let back = cluster.client_of(leader)?.with_timeout("5s");
    wait_until("the old leader answers", || {
        let asked = back.ask(&["count", "TRUE", "--linearizable"]);
        Ok(asked.map_err(|error| error.to_string()))
    })?;
    wait_until("the killed worker is back", || {
        let status = client.status()?;
        Ok(is_alive(&status, "w1")
            .then_some(())
            .ok_or(status.to_string()))
    })?;
    check(&cluster.client_of(leader)?, &folder, &Expected::after(1))
}

fn is_alive(status: &Value, worker: &str) -> bool {
    let nodes = status["nodes"].as_array();
    let mut nodes = nodes.into_iter().flatten();
    nodes.any(|node| node["name"] == worker && node["alive"] == true)
}
