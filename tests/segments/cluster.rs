//! A world laid out over shards, as the engine holds it: alive bitmaps and tag sections.
//!
//! People keep the OneIDs of the oracle's world to the outside; inside they have those of the
//! layout.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use tagma_core::{
    LogIndex, OneId, TagVersion,
    schema::Name,
    segment::{Plan, Predicate, TagSlot},
};
use tagma_engine::{
    alive::LiveBitmap,
    eval::{Error, Evaluator, LeafAnswer, Program, ShardView},
    section::{SectionBuilder, TagSection},
};
use tagma_tests::{
    generate::layout,
    oracle::{Tag, World},
};

/// Shards with all versions of all tags.
pub(crate) struct Cluster {
    shards: Vec<Shard>,
    /// OneID in the oracle's world → OneID here.
    ids: BTreeMap<OneId, OneId>,
}

struct Shard {
    alive: LiveBitmap,
    /// By ordinal: OneID in the oracle's world, index of birth.
    people: Vec<(OneId, LogIndex)>,
    sections: BTreeMap<(Name, TagVersion), Arc<TagSection>>,
}

impl Cluster {
    pub(crate) fn new(world: &World, shards: u16) -> Self {
        let ids = layout(world, shards);
        let mut people = vec![Vec::new(); usize::from(shards)];
        for (person, id) in &ids {
            let shard = &mut people[usize::from(id.shard().get()) - 1];
            assert_eq!(shard.len(), id.ordinal() as usize, "ordinals are dense");
            shard.push((*person, world.people[person].from));
        }
        let build = |people| Shard::new(world, people);
        let shards = people.into_iter().map(build).collect();
        Self { shards, ids }
    }

    /// Number of shards.
    pub(crate) fn shards(&self) -> usize {
        self.shards.len()
    }

    /// Everybody who ever lived, newest last.
    pub(crate) fn people(&self) -> impl Iterator<Item = OneId> + '_ {
        self.ids.keys().copied()
    }

    /// Who is in the plan, counted and listed; both ways must agree.
    pub(crate) fn members(&self, plan: &Plan, index: LogIndex) -> Result<BTreeSet<OneId>, Error> {
        let mut found = BTreeSet::new();
        for shard in &self.shards {
            let view = shard.view(Program::compile(plan, &shard.sections_of(plan))?, index);
            let mut evaluator = Evaluator::new(&view);
            let members = evaluator.members(0..view.chunks())?;
            // Again, chunk by chunk, on the same scratch memory.
            let mut count = 0;
            for chunk in 0..view.chunks() {
                count += evaluator.count(chunk..chunk + 1)?;
            }
            assert_eq!(count, members.len(), "count and members of one shard");
            found.extend(
                members
                    .iter()
                    .map(|ordinal| shard.people[ordinal as usize].0),
            );
        }
        Ok(found)
    }

    /// Whether one person is in the plan.
    pub(crate) fn contains(
        &self,
        plan: &Plan,
        index: LogIndex,
        person: OneId,
    ) -> Result<bool, Error> {
        let (shard, ordinal) = self.place(person);
        let view = shard.view(Program::compile(plan, &shard.sections_of(plan))?, index);
        Evaluator::new(&view).contains(ordinal)
    }

    /// People left after each conjunct; the first number is the population.
    pub(crate) fn steps(
        &self,
        plan: &Plan,
        conjuncts: &[Predicate],
        index: LogIndex,
    ) -> Result<Vec<u64>, Error> {
        let mut totals = vec![0; conjuncts.len() + 1];
        for shard in &self.shards {
            let sections = shard.sections_of(plan);
            let program = Program::compile_steps(conjuncts, &plan.tags, &sections)?;
            let view = shard.view(program, index);
            let steps = Evaluator::new(&view).steps(0..view.chunks())?;
            for (total, step) in totals.iter_mut().zip(steps) {
                *total += step;
            }
        }
        Ok(totals)
    }

    /// What each leaf says about a person; `None` for people who are not alive.
    pub(crate) fn why(
        &self,
        plan: &Plan,
        leaves: &[Predicate],
        index: LogIndex,
        person: OneId,
    ) -> Result<Option<Vec<LeafAnswer>>, Error> {
        let (shard, ordinal) = self.place(person);
        let view = shard.view(Program::compile(plan, &shard.sections_of(plan))?, index);
        Evaluator::new(&view).why(ordinal, leaves)
    }

    fn place(&self, person: OneId) -> (&Shard, u32) {
        let id = self.ids[&person];
        (
            &self.shards[usize::from(id.shard().get()) - 1],
            id.ordinal(),
        )
    }
}

impl Shard {
    fn new(world: &World, people: Vec<(OneId, LogIndex)>) -> Self {
        let alive = lives(world, &people);
        let mut shard = Self {
            alive,
            people,
            sections: BTreeMap::new(),
        };
        for (name, tag) in &world.tags {
            for (number, index) in (1..).zip(tag.versions.keys()) {
                let section = shard.section(tag, *index);
                let key = (name.clone(), TagVersion(number));
                shard.sections.insert(key, Arc::new(section));
            }
        }
        shard
    }

    /// Ordinals given out up to an index.
    fn population(&self, index: LogIndex) -> u32 {
        self.people.partition_point(|(_, birth)| *birth <= index) as u32
    }

    fn section(&self, tag: &Tag, index: LogIndex) -> TagSection {
        let population = self.population(index);
        let mut builder = SectionBuilder::new(tag.kind, population);
        for (ordinal, (person, _)) in (0..population).zip(&self.people) {
            if let Some(value) = tag.versions[&index].get(person) {
                builder
                    .push(ordinal, value.clone())
                    .expect("a value of the kind");
            }
        }
        TagSection::parse(builder.finish().bytes, "a section").expect("own bytes")
    }

    fn sections_of(&self, plan: &Plan) -> Vec<Option<Arc<TagSection>>> {
        let section = |slot: &TagSlot| {
            let key = (slot.name.clone(), slot.version?);
            Some(Arc::clone(&self.sections[&key]))
        };
        plan.tags.iter().map(section).collect()
    }

    fn view(&self, program: Program, index: LogIndex) -> ShardView {
        ShardView {
            alive: self.alive.at(index).expect("nothing has expired"),
            population: self.population(index),
            program: Arc::new(program),
        }
    }
}

/// Births and deaths of a shard's people, in the order of the log.
fn lives(world: &World, people: &[(OneId, LogIndex)]) -> LiveBitmap {
    let mut events: BTreeMap<LogIndex, (Vec<u32>, Vec<u32>)> = BTreeMap::new();
    for (ordinal, (person, birth)) in (0..).zip(people) {
        events.entry(*birth).or_default().0.push(ordinal);
        if let Some(death) = world.people[person].until {
            events.entry(death).or_default().1.push(ordinal);
        }
    }
    let mut alive = LiveBitmap::new();
    for (index, (born, died)) in events {
        // Ordinals are given out in order of creation: those of one entry are one range.
        let range = born.first().map(|first| *first..*first + born.len() as u32);
        alive
            .apply(index, range, died)
            .expect("in order of the log");
    }
    alive
}
