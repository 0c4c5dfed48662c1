//! `World`: an identity map that lives through the same steps as the oracle, in batches that are
//! staged, committed, rolled back and landed as chance has it.

use std::collections::BTreeMap;

use tagma_core::{LogIndex, OneId};

use super::oracle::{Oracle, TypeSpec};
use super::*;
use crate::file::{Checkpoint, write_checkpoint};
use crate::forest::ForestChange;
use crate::layer::{Layer, LayerBuilder};
use crate::operate;

/// One step of a life.
#[derive(Debug, Clone)]
pub(super) enum Step {
    Record(Vec<Id>),
    /// So many days pass.
    Days(i32),
    /// An operator's word.
    Operate(Act),
}

/// What an operator does; numbers choose among what there is, by remainder.
#[derive(Debug, Clone, Copy)]
pub(super) enum Act {
    Merge(usize, usize),
    Unmerge(usize),
    Lift(usize),
    Release(usize),
    Unbind(Id),
}

/// An act whose numbers are people and identifiers, as the oracle has chosen.
#[derive(Debug, Clone, Copy)]
pub(super) enum Chosen {
    Merge(usize, usize),
    Unmerge(usize),
    Lift(usize, usize),
    Release(Id),
    Unbind(Id),
}

/// Numbers as chance has it, the same for one seed.
#[derive(Debug, Clone)]
pub(super) struct Chance(pub(super) u64);

impl Chance {
    /// Less than `end`.
    pub(super) fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) % end.max(1)
    }
}

pub(super) fn rules(types: &BTreeMap<u16, TypeSpec>, guard: usize) -> Rules {
    let declared: Vec<IdentifierType> = types
        .iter()
        .map(|(number, spec)| IdentifierType {
            limit: spec.limit.map(|(per_person, days)| PersonLimit {
                per_person: per_person as u32,
                window: days.map_or(LimitWindow::Ever, |days| LimitWindow::Days(days as u32)),
            }),
            unique: spec.unique,
            quarantine: spec.quarantine as u32,
            ..super::declared(*number)
        })
        .collect();
    Rules::new(&declared).guarded_at(guard)
}

/// Where the world stood before a staged layer.
#[derive(Debug, Clone)]
struct Before {
    step: usize,
    day: i32,
    rows: usize,
    counts: RuleCounts,
    /// Day of the layer.
    staged_on: i32,
}

pub(super) struct World<'a> {
    steps: &'a [Step],
    /// What each step of an operator is, and whether it can be.
    chosen: &'a BTreeMap<usize, (Chosen, bool)>,
    types: &'a BTreeMap<u16, TypeSpec>,
    rules: Rules,
    shards: u16,
    chance: Chance,
    pub(super) map: IdentityMap,
    day: i32,
    /// The next step.
    at: usize,
    staged: Vec<Before>,
    /// Origin of each record's row.
    pub(super) rows: Vec<Option<OneId>>,
    pub(super) counts: RuleCounts,
}

impl<'a> World<'a> {
    pub(super) fn new(
        steps: &'a [Step],
        chosen: &'a BTreeMap<usize, (Chosen, bool)>,
        oracle: &'a Oracle,
        shards: u16,
        seed: u64,
    ) -> Self {
        Self {
            steps,
            chosen,
            types: &oracle.types,
            rules: rules(&oracle.types, oracle.guard),
            shards,
            chance: Chance(seed | 1),
            map: empty(),
            day: 0,
            at: 0,
            staged: Vec::new(),
            rows: Vec::new(),
            counts: RuleCounts::default(),
        }
    }

    /// Lives through all steps, in batches of less than `batch` records.
    pub(super) fn live(&mut self, batch: u64) {
        while self.at < self.steps.len() || !self.staged.is_empty() {
            match self.chance.below(10) {
                0 => self.roll_back(),
                1 => self.land(),
                2..4 => self.commit(),
                _ if self.at < self.steps.len() => self.step(batch),
                _ => self.commit(),
            }
        }
    }

    fn step(&mut self, batch: u64) {
        match &self.steps[self.at] {
            Step::Days(days) => {
                self.day += days;
                self.at += 1;
            }
            Step::Record(_) => self.resolve(batch),
            Step::Operate(_) => {
                if let Some((chosen, can_be)) = self.chosen.get(&self.at).copied() {
                    self.operate(chosen, can_be);
                }
                self.at += 1;
            }
        }
    }

    fn operate(&mut self, chosen: Chosen, can_be: bool) {
        let mut outcome = self.layer_of(chosen);
        if let Err(operate::Error::Pending { loser, .. }) = outcome {
            assert_eq!(
                self.map.forest().open_edge(loser).expect("merged").landed,
                None
            );
            self.land_all();
            outcome = self.layer_of(chosen);
        }
        assert_eq!(outcome.is_ok(), can_be, "{chosen:?} {outcome:?}");
        if let Ok(layer) = outcome {
            let before = self.before();
            self.stage(layer, before);
        }
    }

    fn layer_of(&self, chosen: Chosen) -> Result<Layer, operate::Error> {
        let map = &self.map;
        let person = |number: usize| {
            let person = map.creation_order().person(number as u64);
            person.unwrap_or(super::person(9, 9))
        };
        Ok(match chosen {
            Chosen::Merge(a, b) => operate::merge(map, person(a), person(b))?.layer,
            Chosen::Unmerge(loser) => operate::unmerge(map, person(loser))?.layer,
            Chosen::Lift(a, b) => operate::lift(map, person(a), person(b))?,
            Chosen::Release(id) => operate::release(map, identifier(id).hash)?,
            Chosen::Unbind(id) => operate::unbind(map, identifier(id).hash)?.layer,
        })
    }

    fn resolve(&mut self, batch: u64) {
        let size = 1 + self.chance.below(batch) as usize;
        let mut records = Records::new();
        let before = self.before();
        while let Some(Step::Record(ids)) = self.steps.get(self.at)
            && records.len() < size
        {
            records.push(ids.iter().map(|id| RecordIdentifier {
                priority: self.types.get(&id.0).map_or(id.0, |spec| spec.priority),
                ..identifier(*id)
            }));
            self.at += 1;
        }
        let mut placement = self.map.placement(self.shards).expect("a placement");
        let resolved = Resolver::new()
            .resolve(&self.map, &mut placement, &self.rules, self.day, &records)
            .expect("resolves");
        self.stage(resolved.layer, before);
        assert_eq!(self.map.placement(self.shards).expect("same"), placement);
        for resolution in resolved.resolutions {
            let origin = match resolution {
                Resolution::Existing { oneid, origin } | Resolution::Created { oneid, origin } => {
                    assert_eq!(oneid, self.map.forest().root(origin));
                    Some(origin)
                }
                Resolution::Rejected(_) => None,
            };
            self.rows.push(origin);
        }
        self.add(resolved.counts);
        assert_eq!(resolved.counts.merged, resolved.merges.len() as u64);
    }

    fn before(&self) -> Before {
        Before {
            step: self.at,
            day: self.day,
            rows: self.rows.len(),
            counts: self.counts,
            staged_on: self.day,
        }
    }

    fn stage(&mut self, layer: Layer, before: Before) {
        let layer = Layer::decode(&layer.encode()).expect("round trip");
        self.map.stage(Arc::new(layer), self.day).expect("follows");
        self.staged.push(before);
    }

    fn commit(&mut self) {
        if self.staged.is_empty() {
            return;
        }
        let before = self.staged.remove(0);
        let index = LogIndex(self.map.index().0 + 1 + self.chance.below(3));
        self.map.commit(index, before.staged_on).expect("commits");
        if self.chance.below(4) == 0 {
            self.map.advance(index.next()).expect("moves on");
        }
    }

    /// The put of a staged layer failed: it and all later ones go, and come again.
    fn roll_back(&mut self) {
        let keep = self.chance.below(self.staged.len() as u64 + 1) as usize;
        let Some(before) = self.staged.get(keep).cloned() else {
            return;
        };
        self.staged.truncate(keep);
        self.map.unstage(keep);
        self.at = before.step;
        self.day = before.day;
        self.rows.truncate(before.rows);
        self.counts = before.counts;
    }

    /// Some pending merges land.
    fn land(&mut self) {
        let all = self.chance.below(4) == 0;
        self.land_some(|chance| all || chance.below(2) == 0);
    }

    fn land_all(&mut self) {
        self.land_some(|_| true);
    }

    fn land_some(&mut self, mut lands: impl FnMut(&mut Chance) -> bool) {
        let order = self.map.creation_order();
        let people = (0..order.count()).filter_map(|number| order.person(number));
        let edges = people.filter_map(|person| self.map.forest().open_edge(person));
        let pending: Vec<OneId> = edges
            .filter(|edge| edge.landed.is_none())
            .map(|edge| edge.loser)
            .collect();
        let mut builder = LayerBuilder::new(self.shards, 0);
        for loser in pending {
            if lands(&mut self.chance) {
                builder.change(ForestChange::Landed { loser });
            }
        }
        let layer = builder.finish().expect("a layer");
        if !layer.is_empty() {
            let before = self.before();
            self.stage(layer, before);
        }
    }

    fn add(&mut self, more: RuleCounts) {
        self.counts.merged += more.merged;
        self.counts.limit += more.limit;
        self.counts.unique += more.unique;
        self.counts.guard += more.guard;
        self.counts.quarantined += more.quarantined;
        self.counts.barred += more.barred;
    }

    /// Writes a checkpoint and goes on from it alone.
    pub(super) fn reopen(&mut self) {
        let dir = tempfile::tempdir().expect("a directory");
        let files = write_checkpoint(dir.path(), &self.map).expect("written");
        let opened = Checkpoint::open(dir.path(), &files, self.map.fingerprint()).expect("opens");
        let reopened = IdentityMap::from_checkpoint(Arc::new(opened));
        assert_eq!(reopened.forest(), self.map.forest());
        assert_eq!(reopened.creation_order(), self.map.creation_order());
        self.map = reopened;
    }

    fn number(&self, person: OneId) -> usize {
        let number = self.map.creation_order().number_of(person);
        number.expect("created") as usize
    }

    /// Every record, identifier, person and count is as the oracle says.
    pub(super) fn check(&self, oracle: &Oracle, rows: &[Option<usize>]) {
        let forest = self.map.forest();
        assert_eq!(self.map.creation_count() as usize, oracle.people);
        assert_eq!(self.rows.len(), rows.len());
        for (row, expected) in self.rows.iter().zip(rows) {
            assert_eq!(row.map(|row| self.number(row)), *expected);
            let root = row.map(|row| self.number(forest.root(row)));
            assert_eq!(root, expected.map(|origin| oracle.root(origin)));
        }
        let mut found = 0;
        for number in 0..oracle.people {
            let person = self.map.creation_order().person(number as u64);
            let person = person.expect("created");
            assert_eq!(self.number(forest.root(person)), oracle.root(number));
            if forest.root(person) == person {
                found += self.check_identifiers(oracle, person, number);
            }
        }
        assert_eq!(found, oracle.owner.len());
        let pairs = forest.separations();
        let mut separations: Vec<_> = pairs
            .map(|(loser, survivor)| (self.number(loser), self.number(survivor)))
            .collect();
        separations.sort_unstable();
        assert!(separations.iter().eq(&oracle.separations));
        assert_eq!(forest.quarantined().len(), oracle.quarantined.len());
        let mut quarantined = oracle.quarantined.iter().map(|id| identifier(*id).hash);
        assert!(quarantined.all(|hash| forest.is_quarantined(hash)));
        let count = |rule| oracle.counts.get(rule).copied().unwrap_or_default();
        let expected = RuleCounts {
            merged: count("merged"),
            limit: count("limit"),
            unique: count("unique"),
            guard: count("guard"),
            quarantined: count("quarantined"),
            barred: count("barred"),
        };
        assert_eq!(self.counts, expected);
    }

    fn check_identifiers(&self, oracle: &Oracle, person: OneId, number: usize) -> usize {
        let attached = self.map.identifiers_of(person).expect("readable");
        let mut expected: Vec<_> = oracle
            .owner
            .iter()
            .filter(|(_, (origin, _))| oracle.root(*origin) == number)
            .map(|(id, (origin, _))| (identifier(*id).hash, *origin))
            .collect();
        let mut found: Vec<_> = attached
            .iter()
            .map(|id| (id.hash, self.number(id.origin)))
            .collect();
        expected.sort_unstable();
        found.sort_unstable();
        assert_eq!(found, expected);
        for id in attached {
            let origin = self.map.lookup(id.hash).expect("readable");
            assert_eq!(origin.map(|origin| origin.oneid), Some(id.origin));
        }
        found.len()
    }
}
