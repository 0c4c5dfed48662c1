//! `Forest`: all edges ever, as a persistent map: a clone is O(1).

use imbl::{OrdMap, OrdSet};
use tagma_core::{LogIndex, OneId};

use super::edge::EDGE_BYTES;
use super::{Edge, Error, Evidence, ForestChange};
use crate::codec::Reader;
use crate::key::IdentifierHash;

/// Bytes of a separation: loser i64 LE, survivor i64 LE.
const SEPARATION_BYTES: usize = 16;

/// Bytes of an identifier in quarantine.
const HASH_BYTES: usize = 16;

/// Merges over OneIDs, with their whole history above the oldest readable index.
///
/// A loser has at most one edge that is not cut; edges of one loser do not overlap in time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Forest {
    edges: OrdMap<(OneId, LogIndex), Edge>,
    /// (survivor, loser) of edges that are not cut: the way down.
    children: OrdSet<(OneId, OneId)>,
    /// (loser, survivor) of undone merges that rules must not decide again.
    separations: OrdSet<(OneId, OneId)>,
    quarantined: OrdSet<IdentifierHash>,
}

impl Forest {
    /// No merges.
    pub fn new() -> Self {
        Self::default()
    }

    /// Number of edges, cut ones included.
    pub fn len(&self) -> usize {
        self.edges.len()
    }

    /// Number of people who are merged into another one now.
    pub fn merged(&self) -> usize {
        self.children.len()
    }

    /// Whether nobody was ever merged.
    pub fn is_empty(&self) -> bool {
        self.edges.is_empty()
    }

    /// Who `person` is now: the end of the chain of decided merges.
    pub fn root(&self, person: OneId) -> OneId {
        self.climb(person, |edge| edge.cut.is_none())
    }

    /// Who `person` was at `index`, by decided merges: where its new rows went.
    pub fn root_at(&self, person: OneId, index: LogIndex) -> OneId {
        self.climb(person, |edge| edge.holds_at(index))
    }

    /// Who `person` meant at `index`, by landed merges: where its rows were.
    pub fn alias_at(&self, person: OneId, index: LogIndex) -> OneId {
        self.climb(person, |edge| edge.is_alias_at(index))
    }

    /// Everybody merged into `person` by edges that are not cut, itself first, then in OneID order
    /// of each generation.
    pub fn subtree(&self, person: OneId) -> Vec<OneId> {
        let mut people = vec![person];
        let mut next = 0;
        while let Some(&parent) = people.get(next) {
            next += 1;
            let from = (parent, OneId::from_i64(1 << 32).unwrap_or(parent));
            let children = self.children.range(from..);
            people.extend(
                children
                    .take_while(|(survivor, _)| *survivor == parent)
                    .map(|(_, loser)| *loser),
            );
        }
        people
    }

    /// The newest merge of `loser`, if it is not cut.
    pub fn open_edge(&self, loser: OneId) -> Option<Edge> {
        let newest = self.edges_of(loser).next_back().copied();
        newest.filter(|edge| edge.cut.is_none())
    }

    /// (loser, survivor) of everybody that is kept apart.
    pub fn separations(&self) -> impl ExactSizeIterator<Item = (OneId, OneId)> + '_ {
        self.separations.iter().copied()
    }

    /// Identifiers that are left out, in hash order.
    pub fn quarantined(&self) -> impl ExactSizeIterator<Item = IdentifierHash> + '_ {
        self.quarantined.iter().copied()
    }

    /// Whether any identifier is left out.
    pub fn has_quarantined(&self) -> bool {
        !self.quarantined.is_empty()
    }

    /// Whether an identifier is left out.
    pub fn is_quarantined(&self, identifier: IdentifierHash) -> bool {
        self.quarantined.contains(&identifier)
    }

    /// All merges of `loser`, oldest first.
    pub fn edges_of(&self, loser: OneId) -> impl DoubleEndedIterator<Item = &Edge> {
        let all = (loser, LogIndex::ZERO)..=(loser, LogIndex(u64::MAX));
        self.edges.range(all).map(|(_, edge)| edge)
    }

    /// Carries out one step at `index`.
    ///
    /// # Errors
    /// [`Error`] where the step does not fit; the forest is then as before.
    pub fn apply(&mut self, change: ForestChange, index: LogIndex) -> Result<(), Error> {
        match change {
            ForestChange::Decided {
                loser,
                survivor,
                evidence,
            } => self.decide(loser, survivor, evidence, index),
            ForestChange::Landed { loser } => self.land(loser, index),
            ForestChange::Cut { loser } => self.cut(loser, index),
            ForestChange::Separated { loser, survivor } => self.separate(loser, survivor),
            ForestChange::Lifted { loser, survivor } => {
                let lifted = self.separations.remove(&(loser, survivor)).is_some();
                lifted
                    .then_some(())
                    .ok_or(Error::NotSeparated { loser, survivor })
            }
            ForestChange::Quarantined { identifier } => {
                let known = self.quarantined.insert(identifier).is_some();
                (!known).then_some(()).ok_or(Error::Quarantine(identifier))
            }
            ForestChange::Released { identifier } => {
                let known = self.quarantined.remove(&identifier).is_some();
                known.then_some(()).ok_or(Error::Quarantine(identifier))
            }
        }
    }

    /// Three lists, each after its length (u64): edges by loser and age, separations, identifiers
    /// in quarantine.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(24 + self.edges.len() * EDGE_BYTES);
        bytes.extend_from_slice(&(self.edges.len() as u64).to_le_bytes());
        for edge in self.edges.values() {
            bytes.extend_from_slice(&edge.to_bytes());
        }
        bytes.extend_from_slice(&(self.separations.len() as u64).to_le_bytes());
        for (loser, survivor) in &self.separations {
            bytes.extend_from_slice(&loser.get().to_le_bytes());
            bytes.extend_from_slice(&survivor.get().to_le_bytes());
        }
        bytes.extend_from_slice(&(self.quarantined.len() as u64).to_le_bytes());
        for identifier in &self.quarantined {
            bytes.extend_from_slice(&identifier.0);
        }
        bytes
    }

    /// The inverse of [`Forest::encode`], for any bytes.
    ///
    /// # Errors
    /// [`Error::Damaged`] where the bytes are not an encoded forest.
    pub fn decode(bytes: &[u8]) -> Result<Self, Error> {
        let mut reader = Reader::new(bytes);
        let forest = Self::read(&mut reader)?;
        match reader.remaining() {
            0 => Ok(forest),
            _ => Err(Error::Damaged("bytes after its end")),
        }
    }

    /// [`Forest::decode`] of the front of what `reader` has.
    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self, Error> {
        let mut forest = Self::new();
        let mut last: Option<Edge> = None;
        for bytes in records::<EDGE_BYTES>(reader)? {
            let edge = Edge::from_bytes(bytes).ok_or(Error::Damaged("not an edge"))?;
            if !last.is_none_or(|last| follows(&last, &edge)) {
                return Err(Error::Damaged("edges out of order"));
            }
            last = Some(edge);
            forest.insert(edge);
        }
        if forest.has_circle() {
            return Err(Error::Damaged("a circle"));
        }
        for bytes in records::<SEPARATION_BYTES>(reader)? {
            let pair = separation(bytes).ok_or(Error::Damaged("not a separation"))?;
            if forest
                .separations
                .get_max()
                .is_some_and(|last| *last >= pair)
            {
                return Err(Error::Damaged("separations out of order"));
            }
            forest.separations.insert(pair);
        }
        for bytes in records::<HASH_BYTES>(reader)? {
            let identifier = IdentifierHash(*bytes);
            if forest
                .quarantined
                .get_max()
                .is_some_and(|last| *last >= identifier)
            {
                return Err(Error::Damaged("identifiers out of order"));
            }
            forest.quarantined.insert(identifier);
        }
        Ok(forest)
    }

    fn climb(&self, person: OneId, holds: impl Fn(&Edge) -> bool) -> OneId {
        if self.edges.is_empty() {
            return person;
        }
        let mut root = person;
        // A chain is shorter than the forest: damaged memory can't turn this into an endless loop.
        for _ in 0..=self.edges.len() {
            match self.edges_of(root).rev().find(|edge| holds(edge)) {
                Some(edge) => root = edge.survivor,
                None => break,
            }
        }
        root
    }

    fn insert(&mut self, edge: Edge) {
        self.edges.insert((edge.loser, edge.decided), edge);
        if edge.cut.is_none() {
            self.children.insert((edge.survivor, edge.loser));
        } else {
            self.children.remove(&(edge.survivor, edge.loser));
        }
    }

    fn separate(&mut self, loser: OneId, survivor: OneId) -> Result<(), Error> {
        let known = self.separations.contains(&(survivor, loser));
        if known || loser == survivor || self.separations.insert((loser, survivor)).is_some() {
            return Err(Error::AlreadySeparated { loser, survivor });
        }
        Ok(())
    }

    fn decide(
        &mut self,
        loser: OneId,
        survivor: OneId,
        evidence: Evidence,
        index: LogIndex,
    ) -> Result<(), Error> {
        if let Some(last) = self.edges_of(loser).next_back() {
            if last.cut.is_none() {
                return Err(Error::AlreadyMerged(loser));
            }
            in_order(last, index)?;
            if last.decided == index {
                let newest = last.newest();
                return Err(Error::OutOfOrder { index, newest });
            }
        }
        if self.root(survivor) == loser {
            return Err(Error::Circle { loser, survivor });
        }
        self.insert(Edge {
            loser,
            survivor,
            decided: index,
            landed: None,
            cut: None,
            evidence,
        });
        Ok(())
    }

    fn land(&mut self, loser: OneId, index: LogIndex) -> Result<(), Error> {
        let edge = self.open_edge(loser).ok_or(Error::NotMerged(loser))?;
        if edge.landed.is_some() {
            return Err(Error::AlreadyLanded(loser));
        }
        in_order(&edge, index)?;
        self.insert(Edge {
            landed: Some(index),
            ..edge
        });
        Ok(())
    }

    fn cut(&mut self, loser: OneId, index: LogIndex) -> Result<(), Error> {
        let edge = self.open_edge(loser).ok_or(Error::NotMerged(loser))?;
        in_order(&edge, index)?;
        self.insert(Edge {
            cut: Some(index),
            ..edge
        });
        Ok(())
    }

    fn has_circle(&self) -> bool {
        self.edges.values().any(|edge| {
            let end = self.root(edge.loser);
            self.open_edge(end).is_some()
        })
    }
}

fn in_order(edge: &Edge, index: LogIndex) -> Result<(), Error> {
    let newest = edge.newest();
    if index < newest {
        return Err(Error::OutOfOrder { index, newest });
    }
    Ok(())
}

/// Records after their number.
fn records<'a, const N: usize>(reader: &mut Reader<'a>) -> Result<&'a [[u8; N]], Error> {
    let short = |_| Error::Damaged("it ends too early");
    let count = usize::try_from(reader.u64().map_err(short)?).ok();
    let length = count.and_then(|count| count.checked_mul(N));
    let length = length.ok_or(Error::Damaged("more records than there can be"))?;
    let (records, _) = reader.bytes(length).map_err(short)?.as_chunks::<N>();
    Ok(records)
}

fn separation(bytes: &[u8; SEPARATION_BYTES]) -> Option<(OneId, OneId)> {
    let mut reader = Reader::new(bytes);
    let loser = OneId::from_i64(reader.i64().ok()?)?;
    let survivor = OneId::from_i64(reader.i64().ok()?)?;
    (loser != survivor).then_some((loser, survivor))
}

/// Whether `next` may stand after `last` in an encoded forest.
fn follows(last: &Edge, next: &Edge) -> bool {
    if last.loser != next.loser {
        return last.loser < next.loser;
    }
    let apart = last.cut.is_some_and(|cut| cut <= next.decided);
    apart && last.decided < next.decided
}

#[cfg(test)]
mod tests;
