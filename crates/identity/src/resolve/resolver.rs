//! `Resolver`: a batch of records → people, and the layer that the batch adds.

use super::batch::Batch;
use super::created::Created;
use super::{Error, Placement, Records, Resolved, Rules};
use crate::map::{IdentityMap, Origin};

/// Resolves batches one after the other; holds nothing but memory that it uses again.
///
/// The same records in the same order, each on its day, give the same people and OneIDs however
/// they are cut into batches: a record sees what all earlier ones attached and merged.
#[derive(Debug, Default)]
pub struct Resolver {
    /// What the map says about each identifier of the batch.
    known: Vec<Option<Origin>>,
    /// What the batch has attached so far.
    created: Created,
}

impl Resolver {
    /// A resolver without memory yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Resolves `records` on top of `map`, staged layers included, and moves `placement` on.
    ///
    /// `day`: UTC days since 1970 of the batch's stamp; limits with a window count back from it.
    ///
    /// # Errors
    /// [`Error`]; `placement` is then as before.
    pub fn resolve(
        &mut self,
        map: &IdentityMap,
        placement: &mut Placement,
        rules: &Rules,
        day: i32,
        records: &Records,
    ) -> Result<Resolved, Error> {
        let identifiers = records.identifiers();
        map.lookup_many(identifiers, |identifier| identifier.hash, &mut self.known)?;
        let unknown = self.known.iter().filter(|known| known.is_none()).count();
        self.created.reset(unknown);
        let mut batch = Batch::begin(map, rules, day, placement.clone(), &mut self.created)?;
        let mut resolutions = Vec::with_capacity(records.len());
        for range in records.ranges() {
            let known = &self.known[range.clone()];
            resolutions.push(batch.resolve(&identifiers[range], known)?);
        }
        let (resolved, next) = batch.finish(resolutions)?;
        *placement = next;
        Ok(resolved)
    }
}
