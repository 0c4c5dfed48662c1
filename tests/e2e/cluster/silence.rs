//! A coordinator that hears of no leader answers nothing, and answers again once it does.

use anyhow::{Context, Result, ensure};
use tagma_tests::harness::{Client, Cluster, wait_until};

#[test]
fn a_coordinator_without_a_leader_refuses_to_answer() -> Result<()> {
    let mut cluster = Cluster::start(3, 1)?;
    let outcome = live_through(&mut cluster);
    outcome.map_err(|error| cluster.failure(&error))
}

fn live_through(cluster: &mut Cluster) -> Result<()> {
    for id in 1..=3 {
        alive(&cluster.client_of(id)?, &[1, 2, 3])?;
    }
    let leader = leader(cluster.client())?;
    // The leader without followers, then a follower without the others.
    alone(cluster, leader)?;
    alone(cluster, leader % 3 + 1)
}

/// Coordinator `id` stays alone with the worker; the others come back.
fn alone(cluster: &mut Cluster, id: u64) -> Result<()> {
    let client = cluster.client_of(id)?.with_timeout("2s");
    answers(&client)?;
    let others = [1, 2, 3].into_iter().filter(|other| *other != id);
    for other in others.clone() {
        cluster.pause_coordinator(other)?;
    }
    let refused = wait_until("a coordinator alone refuses", || {
        let asked = client.ask(&["count", "TRUE"]);
        Ok(asked.err().ok_or("it answers".to_owned()))
    });
    let said = client.refused(&["count", "TRUE"]);
    let lonely = alive(&client, &[id]);
    for other in others {
        cluster.resume_coordinator(other)?;
    }
    refused?;
    lonely?;
    let said = said?;
    ensure!(said.kind == "unavailable", "{said:?}");
    ensure!(said.message.contains("no leader"), "{said:?}");
    answers(&client)
}

fn answers(client: &Client) -> Result<()> {
    let answered = wait_until("it answers", || {
        let asked = client.ask(&["count", "TRUE"]);
        Ok(asked.map_err(|error| error.to_string()))
    });
    answered.map(drop)
}

/// Waits until the status shows these coordinators alive and no others.
fn alive(client: &Client, wanted: &[u64]) -> Result<()> {
    wait_until("the right coordinators are alive", || {
        let status = client.status()?;
        let nodes = status["nodes"].as_array().into_iter().flatten();
        let coordinators = nodes.filter(|node| node["role"] == "coordinator");
        let alive = coordinators.filter(|node| node["alive"] == true);
        let alive: Vec<u64> = alive.filter_map(|node| node["id"].as_u64()).collect();
        Ok((alive == wanted).then_some(()).ok_or(status.to_string()))
    })
}

fn leader(client: &Client) -> Result<u64> {
    client.status()?["leader"].as_u64().context("no leader")
}
