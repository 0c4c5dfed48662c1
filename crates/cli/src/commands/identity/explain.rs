//! `tagma identity explain`.

use serde::Serialize;
use tagma_proto::pb::identity::v1::{Evidence, ExplainRequest, KnownIdentifier, Merge};

use crate::{
    args::parse_person,
    connection::Connection,
    console::Console,
    failure::Failure,
    output::{Grid, Instant},
};

/// Show why somebody is one person: every identifier and every merge with the row that told it
///
///     tagma identity explain phone:13800138000
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct ExplainArgs {
    /// TYPE:VALUE or oneid:N
    #[arg(value_name = "P", value_parser = parse_person)]
    person: String,
    /// Read at this log index instead of the newest one
    #[arg(long, value_name = "INDEX")]
    at: Option<u64>,
}

#[derive(Debug, Serialize)]
struct Answer {
    oneid: i64,
    identifiers: Vec<IdentifierAnswer>,
    merges: Vec<MergeAnswer>,
    index: u64,
}

#[derive(Debug, Serialize)]
struct IdentifierAnswer {
    r#type: String,
    value: String,
    origin: i64,
    #[serde(flatten)]
    evidence: EvidenceAnswer,
}

#[derive(Debug, Serialize)]
struct MergeAnswer {
    loser: i64,
    survivor: i64,
    r#type: String,
    value: String,
    #[serde(flatten)]
    evidence: EvidenceAnswer,
    landed_index: Option<u64>,
    undone_index: Option<u64>,
}

#[derive(Debug, Serialize)]
struct EvidenceAnswer {
    source: String,
    source_row: u64,
    index: u64,
    at: Option<Instant>,
}

pub(crate) async fn run(
    args: &ExplainArgs,
    connection: &Connection,
    console: &mut Console,
) -> Result<(), Failure> {
    let request = ExplainRequest {
        person: args.person.clone(),
        log_index: args.at,
    };
    let explained = connection.explain_person(request).await?;
    let answer = Answer {
        oneid: explained.oneid,
        identifiers: explained.identifiers.into_iter().map(identifier).collect(),
        merges: explained.merges.into_iter().map(merge).collect(),
        index: explained.log_index,
    };
    if console.json(&answer)? {
        return Ok(());
    }
    console.grid(&identifiers(&answer))?;
    if !answer.merges.is_empty() {
        console.grid(&merges(&answer))?;
    }
    console.note(&format!("oneid:{} at index {}", answer.oneid, answer.index));
    Ok(())
}

fn identifier(known: KnownIdentifier) -> IdentifierAnswer {
    IdentifierAnswer {
        r#type: known.r#type,
        value: known.value,
        origin: known.origin_oneid,
        evidence: evidence(known.evidence),
    }
}

fn merge(merge: Merge) -> MergeAnswer {
    MergeAnswer {
        loser: merge.loser_oneid,
        survivor: merge.survivor_oneid,
        r#type: merge.r#type,
        value: merge.value,
        evidence: evidence(merge.evidence),
        landed_index: merge.landed_log_index,
        undone_index: merge.undone_log_index,
    }
}

fn evidence(evidence: Option<Evidence>) -> EvidenceAnswer {
    let evidence = evidence.unwrap_or_default();
    EvidenceAnswer {
        source: evidence.source,
        source_row: evidence.source_row,
        index: evidence.log_index,
        at: evidence.at_unix_us.map(Instant::new),
    }
}

fn identifiers(answer: &Answer) -> Grid {
    let mut grid = Grid::new(&["type", "value", "first seen in", "row", "index"]);
    for known in &answer.identifiers {
        grid.row([
            known.r#type.clone(),
            known.value.clone(),
            known.evidence.source.clone(),
            known.evidence.source_row.to_string(),
            known.evidence.index.to_string(),
        ]);
    }
    grid
}

fn merges(answer: &Answer) -> Grid {
    let mut grid = Grid::new(&[
        "merged", "into", "by", "in", "row", "decided", "landed", "undone",
    ]);
    for merge in &answer.merges {
        let (landed, undone) = (merge.landed_index, merge.undone_index);
        // An operator's has no identifier, and no row.
        let is_by_record = !merge.r#type.is_empty();
        grid.row([
            merge.loser.to_string(),
            merge.survivor.to_string(),
            match is_by_record {
                true => format!("{}:{}", merge.r#type, merge.value),
                false => String::new(),
            },
            merge.evidence.source.clone(),
            match is_by_record {
                true => merge.evidence.source_row.to_string(),
                false => String::new(),
            },
            merge.evidence.index.to_string(),
            landed.map_or("pending".to_owned(), |index| index.to_string()),
            undone.map_or(String::new(), |index| index.to_string()),
        ]);
    }
    grid
}
