//! The state file: creation order and forest, read as a whole when a checkpoint is opened.
//!
//! Body: the creation order, then the number of edges (u64) and the edges by loser and age.

use std::path::Path;

use tagma_core::LogIndex;

use super::footer::{Footer, Kind};
use super::pages::Pages;
use super::writer::Writer;
use super::{CheckpointFile, Error};
use crate::codec::{Reader, Short};
use crate::forest::{EDGE_BYTES, Forest};
use crate::key::KeyFingerprint;
use crate::resolve::CreationOrder;

/// Reads both.
pub(super) fn read(pages: &Pages) -> Result<(CreationOrder, Forest), Error> {
    let body = pages.read(0, pages.body_bytes())?;
    let mut reader = Reader::new(body);
    let ends = |Short| pages.corrupt("it ends too early");
    let order = CreationOrder::decode(&mut reader)
        .map_err(ends)?
        .ok_or_else(|| pages.corrupt("a creation order that contradicts itself"))?;
    let edges = reader.u64().map_err(ends)?;
    let length = usize::try_from(edges)
        .ok()
        .and_then(|edges| edges.checked_mul(EDGE_BYTES))
        .filter(|length| *length == reader.remaining())
        .ok_or_else(|| pages.corrupt("a number of edges that does not fit"))?;
    let bytes = reader.bytes(length).map_err(ends)?;
    let forest = Forest::decode(bytes).map_err(|_| pages.corrupt("its edges are no forest"))?;
    Ok((order, forest))
}

/// Writes both.
pub(super) fn write(
    dir: &Path,
    index: LogIndex,
    fingerprint: KeyFingerprint,
    order: &CreationOrder,
    forest: &Forest,
) -> Result<CheckpointFile, Error> {
    let mut body = order.encode();
    body.extend_from_slice(&(forest.len() as u64).to_le_bytes());
    body.extend_from_slice(&forest.encode());
    let name = format!("identity-{:010x}-state-00000.tgm", index.0);
    let mut writer = Writer::create(dir, name)?;
    writer.write(&body)?;
    writer.finish(Footer {
        kind: Kind::State,
        partition: 0,
        partition_bits: 0,
        bucket_bits: 0,
        index,
        fingerprint,
        records: body.len() as u64,
        first: 0,
        last: 0,
    })
}
