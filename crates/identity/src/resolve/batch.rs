//! `Batch`: the state of a batch while its records are resolved one by one.
//!
//! Records whose known identifiers agree, and that attach nothing limited, are decided here: they
//! look at no reverse list. All others go to [`super::settle`].

use std::collections::BTreeSet;

use tagma_core::{LogIndex, OneId};

use super::created::Created;
use super::{
    CreationOrder, DropReason, Dropped, Error, Merge, Placement, RecordIdentifier, Rejection,
    Resolution, Resolved, RuleCounts, Rules,
};
use crate::forest::Forest;
use crate::layer::{LayerBuilder, NewIdentifier};
use crate::map::{IdentityMap, Origin};

/// A batch on top of a map.
pub(super) struct Batch<'a> {
    pub(super) map: &'a IdentityMap,
    pub(super) rules: &'a Rules,
    pub(super) has_limits: bool,
    /// UTC days since 1970.
    pub(super) day: i32,
    /// Stands for the index of the batch in `forest`.
    pub(super) index: LogIndex,
    /// Merges, those of the batch included.
    pub(super) forest: Forest,
    /// Creation numbers, those of the batch included.
    order: CreationOrder,
    /// Creation number of the first person that the batch creates.
    first_new: u64,
    placement: Placement,
    pub(super) created: &'a mut Created,
    /// Whom a separation keeps apart from somebody.
    pub(super) separated: BTreeSet<OneId>,
    pub(super) layer: LayerBuilder,
    pub(super) merges: Vec<Merge>,
    dropped: Vec<Dropped>,
    pub(super) counts: RuleCounts,
    /// Origin of each identifier of the record at hand.
    pub(super) origins: Vec<Option<OneId>>,
    pub(super) place: Place,
}

/// The record at hand.
#[derive(Clone, Copy, Default)]
pub(super) struct Place {
    /// Its number within the batch.
    pub(super) record: u32,
    /// Position of its first identifier.
    pub(super) start: u32,
}

/// What the hot path makes of a record.
enum Quick {
    /// All known identifiers mean one person; the origin is that of the strongest.
    Known { origin: OneId, person: OneId },
    /// No identifier is known.
    Nobody,
    /// The rules have to be asked.
    Rules,
}

impl<'a> Batch<'a> {
    pub(super) fn begin(
        map: &'a IdentityMap,
        rules: &'a Rules,
        day: i32,
        placement: Placement,
        created: &'a mut Created,
    ) -> Result<Self, Error> {
        let forest = map.forest().clone();
        let apart = forest.separations().flat_map(|(a, b)| [a, b]);
        let separated = apart.map(|person| forest.root(person)).collect();
        Ok(Self {
            map,
            rules,
            has_limits: rules.has_limits(),
            day,
            index: map.next_provisional(),
            order: map.creation_order().open_ended(placement.shard_count)?,
            first_new: placement.creation_count,
            layer: LayerBuilder::new(placement.shard_count, placement.creation_count),
            placement,
            created,
            separated,
            forest,
            merges: Vec::new(),
            dropped: Vec::new(),
            counts: RuleCounts::default(),
            origins: Vec::new(),
            place: Place::default(),
        })
    }

    /// Decides who the next record is; `known` is what the map says about its identifiers.
    pub(super) fn resolve(
        &mut self,
        record: &[RecordIdentifier],
        known: &[Option<Origin>],
    ) -> Result<Resolution, Error> {
        self.find_origins(record, known);
        let resolution = match self.quick(record) {
            _ if record.is_empty() => Resolution::Rejected(Rejection::NoIdentifier),
            Quick::Known { origin, person } => {
                self.attach_all(record, origin);
                Resolution::Existing {
                    oneid: person,
                    origin,
                }
            }
            Quick::Nobody => {
                let origin = self.create()?;
                self.attach_all(record, origin);
                Resolution::Created {
                    oneid: origin,
                    origin,
                }
            }
            Quick::Rules => self.settle(record)?,
        };
        self.place.record += 1;
        self.place.start += record.len() as u32;
        Ok(resolution)
    }

    /// The batch as a whole, and where the next person goes.
    pub(super) fn finish(
        mut self,
        mut resolutions: Vec<Resolution>,
    ) -> Result<(Resolved, Placement), Error> {
        if !self.merges.is_empty() {
            for resolution in &mut resolutions {
                if let Resolution::Existing { oneid, origin }
                | Resolution::Created { oneid, origin } = resolution
                {
                    *oneid = self.forest.root(*origin);
                }
            }
        }
        for identifier in self.created.identifiers() {
            self.layer.attach(*identifier);
        }
        let resolved = Resolved {
            resolutions,
            layer: self.layer.finish()?,
            merges: self.merges,
            dropped: self.dropped,
            counts: self.counts,
        };
        Ok((resolved, self.placement))
    }

    /// Origins of the record's identifiers, from the map or from earlier records of the batch.
    fn find_origins(&mut self, record: &[RecordIdentifier], known: &[Option<Origin>]) {
        self.origins.clear();
        for (identifier, known) in record.iter().zip(known) {
            let origin = match known {
                Some(origin) => Some(origin.oneid),
                None => self.created.origin(identifier.hash),
            };
            self.origins.push(origin);
        }
    }

    fn quick(&self, record: &[RecordIdentifier]) -> Quick {
        let has_quarantine = self.forest.has_quarantined();
        let mut strongest: Option<(&RecordIdentifier, OneId, OneId)> = None;
        for (identifier, origin) in record.iter().zip(&self.origins) {
            if has_quarantine && self.forest.is_quarantined(identifier.hash) {
                return Quick::Rules;
            }
            let Some(origin) = *origin else {
                if self.has_limits && self.rules.is_limited(identifier.type_number) {
                    return Quick::Rules;
                }
                continue;
            };
            let person = self.forest.root(origin);
            strongest = match strongest {
                Some((_, _, other)) if other != person => return Quick::Rules,
                Some(best) if best.0.rank() <= identifier.rank() => Some(best),
                _ => Some((identifier, origin, person)),
            };
        }
        match strongest {
            Some((_, origin, person)) => Quick::Known { origin, person },
            None => Quick::Nobody,
        }
    }

    /// The next person.
    pub(super) fn create(&mut self) -> Result<OneId, Error> {
        let person = self.placement.create()?;
        self.layer.create(person);
        Ok(person)
    }

    fn attach_all(&mut self, record: &[RecordIdentifier], origin: OneId) {
        for (at, identifier) in record.iter().enumerate() {
            if self.origins[at].is_none() {
                self.attach(identifier, origin);
            }
        }
    }

    pub(super) fn attach(&mut self, identifier: &RecordIdentifier, origin: OneId) {
        let is_limited = self.has_limits && self.rules.is_limited(identifier.type_number);
        let new = NewIdentifier {
            hash: identifier.hash,
            type_number: identifier.type_number,
            origin,
        };
        self.created.insert(new, is_limited);
    }

    /// Notes that the record at hand loses one of its identifiers.
    pub(super) fn note_dropped(&mut self, at: u32, why: DropReason) {
        match why {
            DropReason::Limit { .. } => self.counts.limit += 1,
            DropReason::Unique { .. } => self.counts.unique += 1,
            DropReason::Guard => self.counts.guard += 1,
            DropReason::Quarantined => self.counts.quarantined += 1,
            // Counted once a record, however many identifiers it names the other person by.
            DropReason::Barred => {}
        }
        self.dropped.push(Dropped {
            record: self.place.record,
            identifier: self.place.start + at,
            why,
        });
    }

    /// Creation number of a person, the batch's own included.
    pub(super) fn created_at(&self, person: OneId) -> u64 {
        self.order.number_of(person).unwrap_or(u64::MAX)
    }

    /// Whether the batch creates a person.
    pub(super) fn is_new(&self, person: OneId) -> bool {
        self.created_at(person) >= self.first_new
    }
}
