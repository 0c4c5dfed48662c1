//! `Resolver`: a batch of records → people, and the layer that the batch adds.

use tagma_core::OneId;

use super::created::Created;
use super::{Error, Placement, RecordIdentifier, Records, Rejection, Resolution, Resolved};
use crate::forest::Forest;
use crate::layer::{LayerBuilder, NewIdentifier};
use crate::map::{IdentityMap, Origin};

/// Resolves batches one after the other; holds nothing but memory that it uses again.
///
/// The same records in the same order give the same people and OneIDs however they are cut into
/// batches: a record sees what all earlier ones attached.
#[derive(Debug, Default)]
pub struct Resolver {
    /// What the map says about each identifier of the batch.
    known: Vec<Option<Origin>>,
    /// What the batch has attached so far.
    created: Created,
    /// Origin of each identifier of the record at hand.
    origins: Vec<Option<OneId>>,
}

/// The strongest known identifier of a record.
#[derive(Clone, Copy)]
struct Strongest {
    origin: OneId,
    person: OneId,
}

impl Resolver {
    /// A resolver without memory yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Resolves `records` on top of `map`, staged layers included, and moves `placement` on.
    ///
    /// # Errors
    /// [`Error`]; `placement` is then as before.
    pub fn resolve(
        &mut self,
        map: &IdentityMap,
        placement: &mut Placement,
        records: &Records,
    ) -> Result<Resolved, Error> {
        let identifiers = records.identifiers();
        map.lookup_many(identifiers, |identifier| identifier.hash, &mut self.known)?;
        let unknown = self.known.iter().filter(|known| known.is_none()).count();
        self.created.reset(unknown);
        let mut next = placement.clone();
        let mut layer = LayerBuilder::new(next.shard_count, next.creation_count);
        let mut resolutions = Vec::with_capacity(records.len());
        for range in records.ranges() {
            let record = &identifiers[range.clone()];
            self.find_origins(record, range.start);
            let resolution = match self.person(record, map.forest()) {
                Ok(Some(Strongest { origin, person })) => {
                    self.attach(record, origin);
                    Resolution::Existing {
                        oneid: person,
                        origin,
                    }
                }
                Ok(None) => {
                    let oneid = next.create()?;
                    layer.create(oneid);
                    self.attach(record, oneid);
                    Resolution::Created { oneid }
                }
                Err(rejection) => Resolution::Rejected(rejection),
            };
            resolutions.push(resolution);
        }
        for identifier in self.created.identifiers() {
            layer.attach(*identifier);
        }
        let layer = layer.finish()?;
        *placement = next;
        Ok(Resolved { resolutions, layer })
    }

    /// Origins of the record's identifiers, from the map or from earlier records of the batch.
    fn find_origins(&mut self, record: &[RecordIdentifier], start: usize) {
        self.origins.clear();
        for (identifier, known) in record.iter().zip(&self.known[start..]) {
            let origin = match known {
                Some(origin) => Some(origin.oneid),
                None => self.created.origin(identifier.hash),
            };
            self.origins.push(origin);
        }
    }

    /// The one person that the record's known identifiers mean; `None` where none is known.
    fn person(
        &self,
        record: &[RecordIdentifier],
        forest: &Forest,
    ) -> Result<Option<Strongest>, Rejection> {
        if record.is_empty() {
            return Err(Rejection::NoIdentifier);
        }
        let mut strongest: Option<(&RecordIdentifier, Strongest)> = None;
        let mut is_one = true;
        for (identifier, origin) in record.iter().zip(&self.origins) {
            let Some(origin) = *origin else { continue };
            let person = forest.root(origin);
            let candidate = (identifier, Strongest { origin, person });
            strongest = match strongest {
                None => Some(candidate),
                Some(best) => {
                    is_one &= best.1.person == person;
                    let wins = identifier.rank() < best.0.rank();
                    Some(if wins { candidate } else { best })
                }
            };
        }
        match strongest {
            Some((_, best)) if !is_one => Err(self.would_merge(record, forest, best.person)),
            best => Ok(best.map(|(_, best)| best)),
        }
    }

    /// Describes a record of several people; rare, so it may sort.
    #[cold]
    fn would_merge(&self, record: &[RecordIdentifier], forest: &Forest, first: OneId) -> Rejection {
        let known = record.iter().zip(&self.origins);
        let mut others: Vec<_> = known
            .filter_map(|(identifier, origin)| Some((identifier.rank(), forest.root((*origin)?))))
            .filter(|(_, person)| *person != first)
            .collect();
        others.sort_unstable();
        let second = others.first().map_or(first, |(_, person)| *person);
        let mut people: Vec<OneId> = others.into_iter().map(|(_, person)| person).collect();
        people.sort_unstable();
        people.dedup();
        Rejection::WouldMerge {
            first,
            second,
            people: people.len() as u32 + 1,
        }
    }

    fn attach(&mut self, record: &[RecordIdentifier], origin: OneId) {
        for (identifier, known) in record.iter().zip(&self.origins) {
            if known.is_none() {
                self.created.insert(NewIdentifier {
                    hash: identifier.hash,
                    type_number: identifier.type_number,
                    origin,
                });
            }
        }
    }
}
