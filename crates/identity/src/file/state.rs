//! The state file: creation order, forest and days, read as a whole when a checkpoint is opened.
//!
//! Body: the three one after the other, each as it encodes itself.

use std::path::Path;

use super::footer::{Footer, Kind};
use super::pages::Pages;
use super::writer::Writer;
use super::{CheckpointFile, Error};
use crate::codec::{Reader, Short};
use crate::forest::Forest;
use crate::map::{Days, IdentityMap};
use crate::resolve::CreationOrder;

/// Reads all three.
pub(super) fn read(pages: &Pages) -> Result<(CreationOrder, Forest, Days), Error> {
    let body = pages.read(0, pages.body_bytes())?;
    let mut reader = Reader::new(body);
    let ends = |Short| pages.corrupt("it ends too early");
    let order = CreationOrder::decode(&mut reader)
        .map_err(ends)?
        .ok_or_else(|| pages.corrupt("a creation order that contradicts itself"))?;
    let forest = Forest::read(&mut reader).map_err(|_| pages.corrupt("its edges are no forest"))?;
    let days = Days::decode(&mut reader)
        .map_err(ends)?
        .ok_or_else(|| pages.corrupt("days that do not ascend"))?;
    match reader.remaining() {
        0 => Ok((order, forest, days)),
        _ => Err(pages.corrupt("bytes after its end")),
    }
}

/// Writes what `map` has committed.
pub(super) fn write(dir: &Path, map: &IdentityMap) -> Result<CheckpointFile, Error> {
    let (order, forest, days) = map.committed_state();
    let body = [order.encode(), forest.encode(), days.encode()].concat();
    let name = format!("identity-{:010x}-state-00000.tgm", map.index().0);
    let mut writer = Writer::create(dir, name)?;
    writer.write(&body)?;
    writer.finish(Footer {
        kind: Kind::State,
        partition: 0,
        partition_bits: 0,
        bucket_bits: 0,
        index: map.index(),
        fingerprint: map.fingerprint(),
        records: body.len() as u64,
        first: 0,
        last: 0,
    })
}
